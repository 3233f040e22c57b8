"""Types: of declarations, of terms and of comparisons."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping

from rogatory.errors import Diagnostic, at, did_you_mean
from rogatory.printer import print_syntax, print_value
from rogatory.program import READING, Signature
from rogatory.syntax import (
    Atom,
    Comparison,
    Constant,
    Domain,
    Expression,
    Operation,
    Reading,
    Rule,
    Variable,
    atoms,
)

BUILT_IN_TYPES = frozenset({"symbol", "number", "date"})


def declaration_faults(
    signatures: Iterable[Signature], domains: Mapping[str, Domain]
) -> Iterator[Diagnostic]:
    """Faults of declarations: unknown types, missing sentences, wrong slots."""
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
        if len(names) < len(item.arguments):
            message = f"two arguments of `{item.predicate}` have the same name"
            yield at("duplicate_declaration", message, item.span)
        for argument in item.arguments:
            if argument.unsourced and (item.kind != "closed" or argument.type != "date"):
                message = f"`{argument.name}: {argument.type}?` is not allowed here"
                hint = "only a date of a `.closed` predicate can be marked as not sourced"
                yield at("type_mismatch", message, argument.span, hint)
        for slot in re.findall(r"\{(\w*)\}", item.sentence + item.denial):
            if slot not in names:
                message = f"the sentence of `{item.predicate}` has a slot `{{{slot}}}`"
                hint = did_you_mean(slot, names) or f"slots are {', '.join(sorted(names))}"
                yield at("missing_sentence", message, item.span, hint)


def type_faults(
    rule: Rule,
    signatures: Mapping[str, Signature],
    domains: Mapping[str, Domain],
    readings: Mapping[str, Reading],
) -> Iterator[Diagnostic]:
    """Terms of a rule that do not have the type of their place."""
    types: dict[str, str] = {}
    for atom in atoms(rule):
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
                yield from constant_faults(term, kind, domains)
            elif isinstance(term, Variable):
                before = types.setdefault(term.name, kind)
                if before == "symbol" and _symbolic(kind):
                    types[term.name] = kind
                elif before != kind and not (kind == "symbol" and _symbolic(before)):
                    message = f"`{term.name}` has the type `{before}` before and `{kind}` here"
                    yield at("type_mismatch", message, term.span)
    for condition in rule.body:
        if isinstance(condition, Comparison):
            yield from _comparison(condition, types, domains)


def _symbolic(kind: str) -> bool:
    return kind not in ("number", "date")


def constant_faults(
    term: Constant, kind: str, domains: Mapping[str, Domain]
) -> Iterator[Diagnostic]:
    """Why a constant does not fit a type, if it does not."""
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
    for side in (comparison.left, comparison.right):
        yield from _arithmetic(side, types)
    left, right = _kind(comparison.left, types), _kind(comparison.right, types)
    text = print_syntax(comparison)
    if comparison.operator in ("=", "!="):
        for side, other in ((comparison.left, right), (comparison.right, left)):
            if isinstance(side, Constant) and other in domains:
                yield from constant_faults(side, str(other), domains)
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


def _arithmetic(side: Expression, types: Mapping[str, str]) -> Iterator[Diagnostic]:
    if not isinstance(side, Operation):
        return
    for part in (side.left, side.right):
        yield from _arithmetic(part, types)
        kind = _kind(part, types)
        if kind and (_symbolic(kind) or (kind == "date" and side.operator == "*")):
            message = f"`{print_syntax(side)}` calculates with a {kind}"
            yield at("type_mismatch", message, side.span)


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
