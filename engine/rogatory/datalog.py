"""The rule language on its own: parse, check, print and evaluate Datalog programs.

>>> from rogatory import datalog
>>> program = datalog.parse("path(X, Y) :- edge(X, Y). path(X, Z) :- path(X, Y), edge(Y, Z).")
>>> sorted(program.evaluate({"edge": [("a", "b"), ("b", "c")]})["path"])
[('a', 'b'), ('a', 'c'), ('b', 'c')]
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from rogatory.checks import check
from rogatory.errors import Diagnostic, EvaluationError, did_you_mean
from rogatory.parser import parse_syntax
from rogatory.plan import Stratum
from rogatory.printer import print_syntax
from rogatory.program import CheckedProgram, Evaluator, Signature
from rogatory.store import Store
from rogatory.syntax import Constant, Literal, Row, Syntax
from rogatory.typecheck import constant_faults

__all__ = ["Evaluator", "Facts", "Model", "Program", "parse", "unparse"]

Facts = Mapping[str, Iterable[Sequence[Any]]]
"""Rows by predicate; values are strings, integers and dates."""


@frozen
class Model(Mapping[str, frozenset[Row]]):
    """The facts that hold, by predicate: those supplied and those derived."""

    facts: Mapping[str, frozenset[Row]]

    def __getitem__(self, predicate: str) -> frozenset[Row]:
        return self.facts[predicate]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


@frozen
class Program:
    """A parsed and checked program. Two programs are equal if their statements are."""

    syntax: Syntax
    checked: CheckedProgram = field(eq=False, repr=False)

    def evaluate(self, facts: Facts | None = None, evaluator: Evaluator | None = None) -> Model:
        """The least model of the program with the facts given (two-valued, stratified).

        Args:
            facts: rows by predicate, such as ``{"edge": [("a", "b")]}``.
            evaluator: pyDatalog with a semi-naive evaluator for recursive strata, if not given.

        Raises:
            EvaluationError: ``unknown_predicate``, ``arity_mismatch`` or ``bad_fact`` for the
                facts; ``type_mismatch`` or ``evaluation_limit`` while evaluating.
        """
        if evaluator is None:
            from rogatory.topdown import PyDatalog  # noqa: PLC0415  # loads pyDatalog

            evaluator = PyDatalog()
        rows = _rows(self.checked, facts or {})
        store = Store(rows)
        try:
            evaluator.evaluate(self.checked, store)
        except RecursionError:
            message = "a rule has too many conditions to be evaluated"
            raise EvaluationError([Diagnostic("evaluation_limit", message)]) from None
        names = dict.fromkeys([*self.checked.signatures, *rows])
        return Model(MappingProxyType({name: frozenset(store[name]) for name in names}))

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The concluded predicates in evaluation order."""
        return self.checked.strata

    def __str__(self) -> str:
        return print_syntax(self.syntax)


def parse(text: str, file: str = "<string>") -> Program:
    """Parse and check a program.

    Args:
        text: the program; docs/language.md describes the language.
        file: the name that places in errors begin with.

    Raises:
        ProgramError: with every fault found; ``code`` is that of the first. Codes:
            ``syntax_error``, ``arity_mismatch``, ``unbound_variable``, ``cyclic_negation``,
            ``unknown_predicate`` and others of :data:`rogatory.errors.ERROR_CODES`.
    """
    syntax = parse_syntax(text, file)
    return Program(syntax, check(syntax.statements))


def unparse(program: Program) -> str:
    """The canonical text of a program; ``parse(unparse(p)) == p``."""
    return print_syntax(program.syntax)


def _rows(program: CheckedProgram, facts: Facts) -> dict[str, list[Row]]:
    found: list[Diagnostic] = []
    rows: dict[str, list[Row]] = {}
    for predicate, given in facts.items():
        signature = program.signatures.get(predicate)
        if signature is None and program.declared:
            hint = did_you_mean(predicate, program.signatures)
            message = f"facts for an unknown predicate `{predicate}`"
            found.append(Diagnostic("unknown_predicate", message, f"facts.{predicate}", hint))
            continue
        rows[predicate] = []
        if isinstance(given, str) or not isinstance(given, Iterable):
            message = f"the facts of `{predicate}` are no list of rows"
            found.append(Diagnostic("bad_fact", message, f"facts.{predicate}"))
            continue
        if signature is not None and signature.kind in ("derived", "output"):
            message = f"`{predicate}` is concluded by rules and takes no facts"
            found.append(Diagnostic("bad_fact", message, f"facts.{predicate}"))
            continue
        for index, row in enumerate(given):
            place = f"facts.{predicate}[{index}]"
            single = isinstance(row, str) or not isinstance(row, Iterable)
            values = (row,) if single else tuple(row)
            found += _faults(values, signature, program, place)
            rows[predicate].append(values)
    if not program.declared:
        found += _undefined(program, rows)
    if found:
        raise EvaluationError(found)
    return rows


def _faults(
    values: tuple[Any, ...], signature: Signature | None, program: CheckedProgram, place: str
) -> Iterator[Diagnostic]:
    for value in values:
        ok = isinstance(value, str | int | datetime.date)
        if not ok or isinstance(value, bool | datetime.datetime):
            message = f"{value!r} is no symbol, integer or date"
            hint = "constants are str, int and datetime.date"
            yield Diagnostic("bad_fact", message, place, hint)
            return
    if signature is None:
        return
    if len(values) != signature.arity:
        message = f"`{signature.predicate}` takes {signature.arity} arguments, here {len(values)}"
        yield Diagnostic("arity_mismatch", message, place)
        return
    for index, value in enumerate(values):
        kind = signature.type_of(index)
        if kind is not None:
            for fault in constant_faults(Constant(value), kind, program.domains):
                yield Diagnostic("bad_fact", fault.message, f"{place}[{index}]", fault.hint)


def _undefined(program: CheckedProgram, rows: Mapping[str, object]) -> Iterator[Diagnostic]:
    known = {rule.head.predicate for rule in program.rules} | set(rows)
    seen = set()
    for rule in program.rules:
        for condition in rule.body:
            if isinstance(condition, Literal):
                atom = condition.atom
                if atom.predicate not in known and atom.predicate not in seen:
                    seen.add(atom.predicate)
                    message = f"no rule and no fact gives `{atom.predicate}`"
                    hint = did_you_mean(atom.predicate, known)
                    hint = hint or f'give an empty list if it has none: {{"{atom.predicate}": []}}'
                    yield Diagnostic("unknown_predicate", message, str(atom.span), hint, atom.span)
