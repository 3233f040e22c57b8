"""Numbers and days that may be unknown: where they can occur, and that they are not joined.

An unknown value can be compared - then the comparison is open - but not matched with another
one, used in arithmetic or looked for by a constant: no status could be given to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rogatory.errors import Diagnostic, at
from rogatory.plan import Bind, Step, Test
from rogatory.printer import print_syntax
from rogatory.program import Signature
from rogatory.syntax import (
    Comparison,
    Constant,
    Literal,
    Operation,
    Rule,
    Variable,
    variables,
)


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


def open_number_faults(
    rules: Sequence[Rule],
    steps: Sequence[Sequence[Step]],
    signatures: Mapping[str, Signature],
) -> Iterator[Diagnostic]:
    """Report numbers that may be unknown and are joined: an unknown value can only be compared."""
    columns = open_columns(rules, signatures)
    for rule, ordered in zip(rules, steps, strict=True):
        loose = open_variables(rule, columns)
        for step in ordered:
            if isinstance(step, Bind | Test):
                yield from _calculated(step.comparison, loose)
        seen: set[str] = set()
        for condition in rule.body:
            if isinstance(condition, Literal):
                yield from _joined(condition, columns, loose, seen)


def _joined(
    literal: Literal, columns: set[tuple[str, int]], loose: set[str], seen: set[str]
) -> Iterator[Diagnostic]:
    for index, term in enumerate(literal.atom.terms):
        if isinstance(term, Variable) and term.name in loose:
            wrong = literal.negated or term.name in seen
            seen.add(term.name)
        else:
            column = (literal.atom.predicate, index)
            wrong = isinstance(term, Constant) and column in columns
        if wrong:
            message = f"`{print_syntax(term)}` may be unknown and is joined here"
            hint = "bind it once, to a variable of its own, and compare it with `=`"
            yield at("open_number_join", message, term.span, hint)


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
    equalities = [
        {v.name for v in variables(c)}
        for c in rule.body
        if isinstance(c, Comparison) and c.operator == "="
    ]
    for _ in equalities:  # an unknown value can pass through a chain of them
        for found in equalities:
            if found & names:
                names |= found
    return names
