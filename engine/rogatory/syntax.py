"""The syntax tree of the rule language: frozen values, compared without their places."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TypeAlias

from attrs import field, frozen

from rogatory.source import NOWHERE, Span


@frozen
class Unknown:
    """A number or a date that exists but is not known; ``question`` names it."""

    question: str


Value: TypeAlias = str | int | datetime.date | Unknown
"""What a constant stands for: a symbol, an integer, a date, or an unknown value."""

Row: TypeAlias = tuple[Value, ...]
"""The arguments of a fact."""


def _span() -> Span:
    return field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Variable:
    """A named variable."""

    name: str
    span: Span = _span()


@frozen
class Anonymous:
    """The variable ``_``: each occurrence is another one."""

    span: Span = _span()


@frozen
class Constant:
    """A symbol, an integer or a date."""

    value: Value
    span: Span = _span()


@frozen
class Here:
    """The word ``here``: the pinpoint of the section in which the rule stands."""

    span: Span = _span()


Term: TypeAlias = Variable | Anonymous | Constant | Here


@frozen
class Operation:
    """Integer arithmetic (``+``, ``-``, ``*``); a date plus or minus days is a date."""

    operator: str
    left: Expression
    right: Expression
    span: Span = _span()


Expression: TypeAlias = Term | Operation


@frozen
class Atom:
    """A predicate applied to terms."""

    predicate: str
    terms: tuple[Term, ...] = ()
    span: Span = _span()

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.terms)


@frozen
class Literal:
    """An atom or its negation, in a body."""

    atom: Atom
    negated: bool = False
    span: Span = _span()


@frozen
class Comparison:
    """``left operator right``, the operator one of ``= != < <= > >=``.

    ``lenient`` says how a comparison with an unknown value comes out; the author's own
    comparisons are strict, those of the "possibly" copy of a rule are lenient.
    """

    operator: str
    left: Expression
    right: Expression
    lenient: bool = False
    span: Span = _span()


Condition: TypeAlias = Literal | Comparison


@frozen
class Rule:
    """``head :- body.``; a fact is a rule with an empty body."""

    head: Atom
    body: tuple[Condition, ...] = ()
    span: Span = _span()


@frozen
class Argument:
    """A declared argument: its name and its type.

    ``unsourced`` (written ``date?``) lets a registry say that it does not know the value.
    """

    name: str
    type: str
    unsourced: bool = False
    span: Span = _span()


@frozen
class Declaration:
    """``.open``, ``.closed``, ``.derived`` or ``.output`` with a predicate and its sentences.

    ``sentence`` says that the atom holds, ``denial`` that it does not.
    """

    kind: str
    predicate: str
    arguments: tuple[Argument, ...]
    sentence: str = ""
    denial: str = ""
    span: Span = _span()


@frozen
class Domain:
    """``.domain name: a, b, c.``: a type with a closed list of symbols and their labels."""

    name: str
    members: tuple[str, ...]
    labels: tuple[str, ...]
    span: Span = _span()


@frozen
class Reading:
    """``.reading name: a | b.``: exactly one of the alternatives holds."""

    name: str
    question: str
    alternatives: tuple[str, ...]
    labels: tuple[str, ...]
    span: Span = _span()


Statement: TypeAlias = Rule | Declaration | Domain | Reading


@frozen
class Syntax:
    """A parsed text: its statements in order. Nothing has been checked yet."""

    statements: tuple[Statement, ...]


def variables(node: Condition | Atom | Expression) -> Iterator[Variable]:
    """Every occurrence of a named variable in a node, from left to right."""
    match node:
        case Variable():
            yield node
        case Literal(atom=atom):
            yield from variables(atom)
        case Atom(terms=terms):
            for term in terms:
                yield from variables(term)
        case Comparison(left=left, right=right) | Operation(left=left, right=right):
            yield from variables(left)
            yield from variables(right)


def atoms(rule: Rule) -> Iterator[Atom]:
    """The atoms of a rule: its head, then those of its body."""
    yield rule.head
    for condition in rule.body:
        if isinstance(condition, Literal):
            yield condition.atom
