"""Static checks: from a syntax tree to a program that may be evaluated.

The checks read and report; they change nothing. Every fault of a program is reported at
once. What was not checked cannot be evaluated: evaluators take a :class:`CheckedProgram`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from attrs import field, frozen

from rogatory.errors import Diagnostic, ProgramError, at, did_you_mean
from rogatory.plan import Bind, Scan, Step, Stratum, Test, Unordered, order, strata
from rogatory.printer import print_syntax, print_value
from rogatory.source import Span
from rogatory.syntax import (
    Anonymous,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Domain,
    Expression,
    Here,
    Literal,
    Operation,
    Reading,
    Rule,
    Statement,
    Variable,
    variables,
)

INPUTS = frozenset({"open", "closed"})
"""Kinds of predicates that are supplied from outside and that no rule may conclude."""

BUILT_IN_TYPES = frozenset({"symbol", "number", "date"})

READING = Declaration(
    "open",
    "reading",
    (),
    "the reading of {name} is {alternative}",
    "the reading of {name} is not {alternative}",
)
"""The predicate that holds the alternatives of readings; declared by the first reading."""


@frozen
class Signature:
    """What is known of a predicate: its arity and, if it is declared, the rest."""

    predicate: str
    arity: int
    declaration: Declaration | None = None
    span: Span = field(kw_only=True, eq=False, repr=False)

    @property
    def kind(self) -> str:
        """``open``, ``closed``, ``derived``, ``output``, or ``free`` if not declared."""
        return self.declaration.kind if self.declaration else "free"

    def type_of(self, index: int) -> str | None:
        """The declared type of an argument; None for ``reading`` and undeclared ones."""
        if self.declaration and self.declaration.arguments:
            return self.declaration.arguments[index].type
        return None


@frozen
class CheckedProgram:
    """A program that passed every check: what evaluators take.

    ``steps[i]`` is the evaluation order of ``rules[i]``; ``strata`` lists the concluded
    predicates, dependencies first.
    """

    rules: tuple[Rule, ...]
    steps: tuple[tuple[Step, ...], ...]
    strata: tuple[Stratum, ...]
    signatures: Mapping[str, Signature] = field(eq=False, repr=False)
    domains: Mapping[str, Domain] = field(eq=False, repr=False)
    readings: Mapping[str, Reading] = field(eq=False, repr=False)
    _by_head: Mapping[str, tuple[int, ...]] = field(init=False, eq=False, repr=False)

    @_by_head.default
    def _index(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            found.setdefault(rule.head.predicate, []).append(index)
        return MappingProxyType({name: tuple(indexes) for name, indexes in found.items()})

    @property
    def declared(self) -> bool:
        """Whether the program declares its predicates, so that all must be declared."""
        return any(s.declaration for s in self.signatures.values())

    def rules_for(self, predicate: str) -> tuple[int, ...]:
        """The indexes of the rules that conclude a predicate."""
        return self._by_head.get(predicate, ())


def check(statements: Sequence[Statement]) -> CheckedProgram:
    """Check a program.

    Raises:
        ProgramError: with every fault found, sorted by place.
    """
    rules = tuple(s for s in statements if isinstance(s, Rule))
    found: list[Diagnostic] = []
    domains = _unique([s for s in statements if isinstance(s, Domain)], "domain", found)
    readings = _unique([s for s in statements if isinstance(s, Reading)], "reading", found)
    signatures = _signatures(statements, bool(readings), found)
    found += _declarations(signatures.values(), domains)
    declared = any(s.declaration for s in signatures.values())
    if declared:
        for rule in rules:
            found += _names(rule, signatures)
    for rule in rules:
        found += _arities(rule, signatures)
        found += _types(rule, signatures, domains, readings)
        found += _heads(rule, signatures)
    steps: list[tuple[Step, ...]] = []
    for rule in rules:
        faults, ordered = _safety(rule)
        found += faults
        steps.append(ordered)
    layers = strata(rules)
    found += _stratification(rules, layers)
    if declared and not found:
        found += _open_numbers(rules, steps, signatures)
    if found:
        raise ProgramError(found)
    return CheckedProgram(
        rules,
        tuple(steps),
        layers,
        MappingProxyType(signatures),
        MappingProxyType(domains),
        MappingProxyType(readings),
    )


_Named = TypeVar("_Named", Domain, Reading)


def _unique(items: Sequence[_Named], what: str, found: list[Diagnostic]) -> dict[str, _Named]:
    names: dict[str, _Named] = {}
    for item in items:
        if item.name in names:
            found.append(_twice(what, item.name, item.span, names[item.name].span))
        names.setdefault(item.name, item)
    return names


def _twice(what: str, name: str, span: Span, first: Span) -> Diagnostic:
    message = f"{what} `{name}` is declared a second time"
    return at("duplicate_declaration", message, span, notes=[f"first declared at {first}"])


def _signatures(
    statements: Iterable[Statement], readings: bool, found: list[Diagnostic]
) -> dict[str, Signature]:
    known: dict[str, Signature] = {}
    if readings:
        known["reading"] = Signature("reading", 2, READING, span=READING.span)
    declared = [s for s in statements if isinstance(s, Declaration)]
    for item in declared:
        if item.predicate in known:
            first = known[item.predicate].span
            found.append(_twice("predicate", item.predicate, item.span, first))
            continue
        known[item.predicate] = Signature(item.predicate, len(item.arguments), item, span=item.span)
    if not known:  # a plain program: the first use fixes the arity
        for rule in statements:
            if isinstance(rule, Rule):
                for atom in _atoms(rule):
                    known.setdefault(
                        atom.predicate, Signature(atom.predicate, atom.arity, span=atom.span)
                    )
    return known


def _atoms(rule: Rule) -> Iterator[Atom]:
    yield rule.head
    for condition in rule.body:
        if isinstance(condition, Literal):
            yield condition.atom


def _declarations(
    signatures: Iterable[Signature], domains: Mapping[str, Domain]
) -> Iterator[Diagnostic]:
    for signature in signatures:
        item = signature.declaration
        if item is None or item is READING:
            continue
        for argument in item.arguments:
            if argument.type not in BUILT_IN_TYPES and argument.type not in domains:
                hint = did_you_mean(argument.type, [*BUILT_IN_TYPES, *domains])
                hint = hint or f"declare it with `.domain {argument.type}.`"
                yield at("unknown_type", f"unknown type `{argument.type}`", argument.span, hint)
        if not item.sentence:
            message = f"predicate `{item.predicate}` has no sentence"
            hint = 'write one after the arguments, such as "{person} is a national of {state}"'
            yield at("missing_sentence", message, item.span, hint)
        names = {a.name for a in item.arguments}
        for slot in re.findall(r"\{(\w*)\}", item.sentence + item.denial):
            if slot not in names:
                message = f"the sentence of `{item.predicate}` has a slot `{{{slot}}}`"
                hint = did_you_mean(slot, names) or f"slots are {', '.join(sorted(names))}"
                yield at("missing_sentence", message, item.span, hint)


def _names(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    for atom in _atoms(rule):
        if atom.predicate not in signatures:
            hint = did_you_mean(atom.predicate, signatures)
            message = f"unknown predicate `{atom.predicate}`"
            yield at("unknown_predicate", message, atom.span, hint)


def _arities(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    for atom in _atoms(rule):
        signature = signatures.get(atom.predicate)
        if signature and signature.arity != atom.arity:
            message = (
                f"`{atom.predicate}` takes {signature.arity} arguments, here it has {atom.arity}"
            )
            note = f"the other use is at {signature.span}"
            yield at("arity_mismatch", message, atom.span, notes=[note])


def _types(
    rule: Rule,
    signatures: Mapping[str, Signature],
    domains: Mapping[str, Domain],
    readings: Mapping[str, Reading],
) -> Iterator[Diagnostic]:
    types: dict[str, str] = {}
    for atom in _atoms(rule):
        signature = signatures.get(atom.predicate)
        if signature is None or signature.arity != atom.arity:
            continue
        if signature.declaration is READING:
            yield from _reading(atom, readings)
            continue
        for index, term in enumerate(atom.terms):
            kind = signature.type_of(index)
            if kind is None:
                continue
            if isinstance(term, Constant):
                yield from _constant(term, kind, domains)
            elif isinstance(term, Variable):
                before = types.setdefault(term.name, kind)
                if before == "symbol" and _symbolic(kind):
                    types[term.name] = kind
                elif before != kind and not (kind == "symbol" and _symbolic(before)):
                    message = f"`{term.name}` is a {before} before and a {kind} here"
                    yield at("type_mismatch", message, term.span)
    for condition in rule.body:
        if isinstance(condition, Comparison):
            yield from _comparison(condition, types, domains)


def _symbolic(kind: str) -> bool:
    return kind not in ("number", "date")


def _constant(term: Constant, kind: str, domains: Mapping[str, Domain]) -> Iterator[Diagnostic]:
    actual = _type_of(term.value)
    if actual != (kind if kind in ("number", "date") else "symbol"):
        message = f"`{print_value(term.value)}` is a {actual}, a {kind} is required"
        yield at("type_mismatch", message, term.span)
    elif kind in domains and domains[kind].members and term.value not in domains[kind].members:
        hint = did_you_mean(str(term.value), domains[kind].members)
        message = f"`{print_value(term.value)}` is not a member of `{kind}`"
        yield at("unknown_constant", message, term.span, hint)


def _type_of(value: object) -> str:
    if isinstance(value, int):
        return "number"
    return "date" if isinstance(value, datetime.date) else "symbol"


def _reading(atom: Atom, readings: Mapping[str, Reading]) -> Iterator[Diagnostic]:
    name, alternative = atom.terms
    if not isinstance(name, Constant):
        yield at("type_mismatch", "a reading must be named, not left variable", name.span)
    elif name.value not in readings:
        hint = did_you_mean(str(name.value), readings)
        message = f"`{print_value(name.value)}` is not a declared reading"
        yield at("unknown_constant", message, name.span, hint)
    elif isinstance(alternative, Constant):
        known = readings[str(name.value)].alternatives
        if alternative.value not in known:
            hint = did_you_mean(str(alternative.value), known)
            message = f"`{print_value(alternative.value)}` is not an alternative of this reading"
            yield at("unknown_constant", message, alternative.span, hint)


def _comparison(
    comparison: Comparison, types: Mapping[str, str], domains: Mapping[str, Domain]
) -> Iterator[Diagnostic]:
    if not types:  # nothing is declared: types are checked when values are compared
        return
    left, right = _kind(comparison.left, types), _kind(comparison.right, types)
    text = print_syntax(comparison)
    if comparison.operator in ("=", "!="):
        for side, other in ((comparison.left, right), (comparison.right, left)):
            if isinstance(side, Constant) and other in domains:
                yield from _constant(side, str(other), domains)
        plain = {k if k in ("number", "date") else "symbol" for k in (left, right) if k}
        if len(plain) > 1:
            yield at("type_mismatch", f"`{text}` compares two types", comparison.span)
    else:
        for kind in (left, right):
            if kind and _symbolic(kind):
                message = f"`{text}` orders a {kind}; only numbers and dates have an order"
                yield at("type_mismatch", message, comparison.span)
        if left and right and left != right and not (_symbolic(left) or _symbolic(right)):
            yield at("type_mismatch", f"`{text}` compares a {left} with a {right}", comparison.span)


def _kind(expression: Expression, types: Mapping[str, str]) -> str | None:
    match expression:
        case Variable(name=name):
            return types.get(name)
        case Constant(value=value):
            return _type_of(value)
        case Operation(operator=sign, left=left, right=right):
            kinds = (_kind(left, types), _kind(right, types))
            if "date" in kinds:
                return "number" if kinds == ("date", "date") and sign == "-" else "date"
            return "number"
    return None


def _heads(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    signature = signatures.get(rule.head.predicate)
    if signature is None:
        return
    if signature.kind == "open" or (signature.kind == "closed" and rule.body):
        message = f"a rule concludes `{rule.head.predicate}`, which is an {signature.kind} input"
        hint = "declare it with `.derived`, or conclude another predicate"
        yield at("input_redefined", message, rule.head.span, hint)


def _safety(rule: Rule) -> tuple[list[Diagnostic], tuple[Step, ...]]:
    faults = []
    try:
        steps = order(rule.body)
        bound = _bound(steps)
    except Unordered as problem:
        steps, bound = (), problem.bound
        for condition in problem.conditions:
            for name in dict.fromkeys(v.name for v in variables(condition)):
                if name not in bound:
                    what = "negation" if isinstance(condition, Literal) else "comparison"
                    message = f"`{name}` in a {what} is bound by no positive literal"
                    hint = f"use `{name}` in a positive literal"
                    hint += ", or write `_` for `there is no such`" if what == "negation" else ""
                    faults.append(at("unbound_variable", message, condition.span, hint))
    for condition in rule.body:
        if isinstance(condition, Comparison):
            for side in (condition.left, condition.right):
                faults += [
                    at("unbound_variable", "`_` has no value to compare", t.span)
                    for t in _leaves(side)
                    if isinstance(t, Anonymous)
                ]
    for term in rule.head.terms:
        if isinstance(term, Anonymous) or (isinstance(term, Variable) and term.name not in bound):
            text = print_syntax(term)
            message = f"`{text}` in the head is bound by no positive literal of the body"
            hint = "" if rule.body else "a fact holds constants only; a variable is upper case"
            faults.append(at("unbound_variable", message, term.span, hint))
    for here in _heres(rule):
        message = "`here` has a meaning only in the section of a provision"
        faults.append(at("rule_outside_provision", message, here.span))
    return faults, steps


def _bound(steps: Iterable[Step]) -> set[str]:
    names: set[str] = set()
    for step in steps:
        if isinstance(step, Scan):
            names |= {v.name for v in variables(step.literal)}
        elif isinstance(step, Bind):
            names.add(step.name)
    return names


def _leaves(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Operation):
        yield from _leaves(expression.left)
        yield from _leaves(expression.right)
    else:
        yield expression


def _heres(rule: Rule) -> Iterator[Here]:
    terms: list[Expression] = [t for atom in _atoms(rule) for t in atom.terms]
    for condition in rule.body:
        if isinstance(condition, Comparison):
            terms += [*_leaves(condition.left), *_leaves(condition.right)]
    for term in terms:
        if isinstance(term, Here):
            yield term


def _stratification(rules: Sequence[Rule], layers: Sequence[Stratum]) -> Iterator[Diagnostic]:
    for layer in layers:
        if not layer.recursive:
            continue
        members = set(layer.predicates)
        edges = [
            (rule.head.predicate, condition)
            for rule in rules
            if rule.head.predicate in members
            for condition in rule.body
            if isinstance(condition, Literal) and condition.atom.predicate in members
        ]
        for head, condition in edges:
            if condition.negated:
                cycle = _cycle(head, condition, edges)
                path = " -> ".join([head, *(c.atom.predicate for c in cycle)])
                notes = [f"{c.span}: {print_syntax(c)}" for c in cycle]
                message = f"`{head}` depends on its own negation: {path}"
                hint = "break the cycle: no meaning is given to negation through recursion"
                yield at("cyclic_negation", message, condition.span, hint, notes)
                break


def _cycle(head: str, first: Literal, edges: Sequence[tuple[str, Literal]]) -> tuple[Literal, ...]:
    """The shortest way from the negated literal back to the predicate it belongs to."""
    seen = {first.atom.predicate}
    paths = [(first,)]
    while paths:
        path = paths.pop(0)
        if path[-1].atom.predicate == head:
            return path
        for source, literal in edges:
            target = literal.atom.predicate
            if source == path[-1].atom.predicate and (target not in seen or target == head):
                seen.add(target)
                paths.append((*path, literal))
    return (first,)


def open_columns(
    rules: Sequence[Rule], signatures: Mapping[str, Signature]
) -> set[tuple[str, int]]:
    """The arguments, as (predicate, index), that can hold an unknown number or date."""
    columns = {
        (s.predicate, i)
        for s in signatures.values()
        for i in range(s.arity)
        if _may_be_unknown(s, i)
    }
    grown = True
    while grown:
        grown = False
        for rule in rules:
            loose = open_variables(rule, columns)
            for i, term in enumerate(rule.head.terms):
                place = (rule.head.predicate, i)
                if isinstance(term, Variable) and term.name in loose and place not in columns:
                    columns.add(place)
                    grown = True
    return columns


def _open_numbers(
    rules: Sequence[Rule],
    steps: Sequence[Sequence[Step]],
    signatures: Mapping[str, Signature],
) -> Iterator[Diagnostic]:
    """Report numbers that may be unknown and are joined: an unknown value can only be compared."""
    columns = open_columns(rules, signatures)
    for rule, ordered in zip(rules, steps, strict=True):
        loose = open_variables(rule, columns)
        for step in ordered:
            if isinstance(step, Bind):
                yield from _calculated(step.comparison, loose)
            elif isinstance(step, Test):
                yield from _calculated(step.comparison, loose)
        seen: set[str] = set()
        for condition in rule.body:
            if not isinstance(condition, Literal):
                continue
            atom = condition.atom
            for i, term in enumerate(atom.terms):
                if isinstance(term, Anonymous):
                    continue
                joined = isinstance(term, Variable) and term.name in seen
                loose_column = (atom.predicate, i) in columns
                if loose_column and (joined or condition.negated or isinstance(term, Constant)):
                    message = f"`{print_syntax(term)}` may be unknown and is joined here"
                    hint = "bind it once, to a variable of its own, and compare it with `=`"
                    yield at("open_number_join", message, term.span, hint)
                if isinstance(term, Variable) and (
                    loose_column or signatures[atom.predicate].type_of(i) in ("number", "date")
                ):
                    seen.add(term.name)


def _may_be_unknown(signature: Signature, index: int) -> bool:
    declaration = signature.declaration
    if declaration is None or not declaration.arguments:
        return False
    argument = declaration.arguments[index]
    return argument.unsourced or (
        declaration.kind == "open" and argument.type in ("number", "date")
    )


def _calculated(comparison: Comparison, loose: set[str]) -> Iterator[Diagnostic]:
    for side in (comparison.left, comparison.right):
        if isinstance(side, Operation):
            for variable in variables(side):
                if variable.name in loose:
                    message = f"`{variable.name}` may be unknown and is calculated with"
                    hint = "calculate on the other side of the comparison"
                    yield at("open_number_join", message, variable.span, hint)


def open_variables(rule: Rule, columns: set[tuple[str, int]]) -> set[str]:
    """The variables of a rule that can hold an unknown number or date."""
    names = {
        term.name
        for condition in rule.body
        if isinstance(condition, Literal)
        for i, term in enumerate(condition.atom.terms)
        if isinstance(term, Variable) and (condition.atom.predicate, i) in columns
    }
    for condition in rule.body:
        if isinstance(condition, Comparison) and condition.operator == "=":
            found = {v.name for v in variables(condition)}
            if found & names:
                names |= found
    return names
