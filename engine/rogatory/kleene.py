"""Kleene's first pass as a program: two copies of whatever may be unknown.

``p`` holds what certainly holds and ``p?`` what possibly holds; a negation in one copy
reads the other (Kleene, Introduction to Metamathematics, section 64; for logic programs
Fitting 1985). Both copies are plain stratified Datalog, so any evaluator can run them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from rogatory.plan import order, strata
from rogatory.program import CheckedProgram, Signature
from rogatory.seminaive import SemiNaive
from rogatory.store import Relation, Store
from rogatory.syntax import Comparison, Condition, Literal, Row, Rule

POSSIBLY = "?"
"""The suffix of the copy of a predicate that holds what possibly holds."""


def uncertain(program: CheckedProgram, inputs: Iterable[str]) -> frozenset[str]:
    """The predicates that may be unknown if ``inputs`` may be: those and their dependants."""
    found = set(inputs)
    for stratum in program.strata:
        for predicate in stratum.predicates:
            for index in program.rules_for(predicate):
                body = program.rules[index].body
                if any(isinstance(c, Literal) and c.atom.predicate in found for c in body):
                    found.update(stratum.predicates)
    return frozenset(found)


@frozen
class Doubled:
    """A program with two copies of each predicate of ``unknown``.

    ``possible[i]`` is the index, in ``program``, of the copy of the original rule ``i`` that
    concludes what possibly holds. ``static`` are relations that no request can change: they
    are closed once, and their strata are left out of ``program``.
    """

    original: CheckedProgram
    program: CheckedProgram
    unknown: frozenset[str]
    possible: tuple[int, ...]
    static: Mapping[str, Relation] = field(eq=False, repr=False)

    def possibly(self, predicate: str) -> str:
        """The name of the copy of a predicate that holds what possibly holds."""
        return predicate + POSSIBLY if predicate in self.unknown else predicate


def double(
    program: CheckedProgram,
    unknown: frozenset[str],
    fixed: Mapping[str, Iterable[Row]] | None = None,
) -> Doubled:
    """Make two copies of each predicate of ``unknown``, which :func:`uncertain` gives.

    ``fixed`` are the rows of predicates that are the same for every request.
    """
    rules: list[Rule] = []
    possible: list[int] = []
    for rule in program.rules:
        if rule.head.predicate in unknown:
            rules.append(_copy(rule, unknown, possible=False))
            rules.append(_copy(rule, unknown, possible=True))
        else:
            rules.append(rule)
        possible.append(len(rules) - 1)
    signatures = dict(program.signatures)
    for name in unknown:
        old = signatures[name]
        signatures[name + POSSIBLY] = Signature(
            name + POSSIBLY, old.arity, old.declaration, span=old.span
        )
    doubled = CheckedProgram(
        tuple(rules),
        tuple(order(rule.body) for rule in rules),
        strata(rules),
        MappingProxyType(signatures),
        program.domains,
        program.readings,
    )
    static = _close(doubled, fixed) if fixed is not None else {}
    rest = tuple(s for s in doubled.strata if not set(s.predicates) <= static.keys())
    return Doubled(program, evolve(doubled, strata=rest), unknown, tuple(possible), static)


def _close(program: CheckedProgram, fixed: Mapping[str, Iterable[Row]]) -> Mapping[str, Relation]:
    """The relations that depend on fixed ones and on the facts of the rules only."""
    store = Store(fixed)
    names = set(fixed)
    for stratum in program.strata:
        bodies = [program.rules[i].body for p in stratum.predicates for i in program.rules_for(p)]
        needed = {c.atom.predicate for body in bodies for c in body if isinstance(c, Literal)}
        if needed <= names | set(stratum.predicates):
            names.update(stratum.predicates)
            SemiNaive().close(program, stratum, store)
    return MappingProxyType({name: store[name] for name in names})


def _copy(rule: Rule, unknown: frozenset[str], *, possible: bool) -> Rule:
    head = rule.head
    if possible:
        head = evolve(head, predicate=head.predicate + POSSIBLY)
    body = tuple(_condition(c, unknown, possible) for c in rule.body)
    return Rule(head, body, span=rule.span)


def _condition(condition: Condition, unknown: frozenset[str], possible: bool) -> Condition:
    if isinstance(condition, Comparison):
        return evolve(condition, lenient=possible)
    if condition.atom.predicate not in unknown or possible == condition.negated:
        return condition
    name = condition.atom.predicate + POSSIBLY
    return evolve(condition, atom=evolve(condition.atom, predicate=name))
