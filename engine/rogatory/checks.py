"""Static checks: from a syntax tree to a program that may be evaluated.

The checks read and report; they change nothing. Every fault of a program is reported at
once. What was not checked cannot be evaluated: evaluators take a :class:`CheckedProgram`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from rogatory.errors import Diagnostic, ProgramError, at, did_you_mean
from rogatory.opennumbers import open_number_faults
from rogatory.plan import Bind, Scan, Step, Stratum, Unordered, order, strata
from rogatory.printer import print_syntax
from rogatory.program import INPUTS, READING, CheckedProgram, Signature
from rogatory.source import Span
from rogatory.syntax import (
    Anonymous,
    Comparison,
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
    atoms,
    variables,
)
from rogatory.typecheck import BUILT_IN_TYPES, declaration_faults, type_faults


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
    found += declaration_faults(signatures.values(), domains)
    declared = any(s.declaration for s in signatures.values())
    if declared:
        for rule in rules:
            found += _names(rule, signatures)
    for rule in rules:
        found += _arities(rule, signatures)
        found += type_faults(rule, signatures, domains, readings)
        found += _heads(rule, signatures)
    steps: list[tuple[Step, ...]] = []
    for rule in rules:
        faults, ordered = _safety(rule)
        found += faults
        steps.append(ordered)
    layers = strata(rules)
    found += _stratification(rules, layers)
    if declared and not found:
        found += open_number_faults(rules, steps, signatures)
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
        members = item.members if isinstance(item, Domain) else item.alternatives
        found += [
            at("duplicate_declaration", f"`{m}` is listed twice in {what} `{item.name}`", item.span)
            for m in sorted({m for m in members if members.count(m) > 1})
        ]
        if item.name in BUILT_IN_TYPES and isinstance(item, Domain):
            message = f"`{item.name}` is a built-in type"
            found.append(at("duplicate_declaration", message, item.span))
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
                for atom in atoms(rule):
                    known.setdefault(
                        atom.predicate, Signature(atom.predicate, atom.arity, span=atom.span)
                    )
    return known


def _names(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    for atom in atoms(rule):
        if atom.predicate not in signatures:
            hint = did_you_mean(atom.predicate, signatures)
            message = f"unknown predicate `{atom.predicate}`"
            yield at("unknown_predicate", message, atom.span, hint)


def _arities(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    for atom in atoms(rule):
        signature = signatures.get(atom.predicate)
        if signature and signature.arity != atom.arity:
            message = (
                f"`{atom.predicate}` takes {signature.arity} arguments, here it has {atom.arity}"
            )
            note = f"the other use is at {signature.span}"
            yield at("arity_mismatch", message, atom.span, notes=[note])


def _heads(rule: Rule, signatures: Mapping[str, Signature]) -> Iterator[Diagnostic]:
    signature = signatures.get(rule.head.predicate)
    if signature is None:
        return
    if signature.kind in INPUTS:
        what = "a rule concludes" if rule.body else "the text states a fact of"
        message = f"{what} `{rule.head.predicate}`, which is declared `.{signature.kind}`"
        hint = "inputs come from requests and registries; declare it with `.derived`"
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
    terms: list[Expression] = [t for atom in atoms(rule) for t in atom.terms]
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
    paths: list[tuple[Literal, ...]] = [(first,)]
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
