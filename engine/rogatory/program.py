"""Checked programs: what evaluators take, and what is known of each predicate."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from attrs import field, frozen

from rogatory.plan import Step, Stratum
from rogatory.source import Span
from rogatory.store import Store
from rogatory.syntax import Declaration, Domain, Reading, Rule

INPUTS = frozenset({"open", "closed"})
"""Kinds of predicates that are supplied from outside and that no rule may conclude."""

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


class Evaluator(Protocol):
    """What closes a store under a program: pyDatalog, semi-naive, later also compiled ones."""

    def evaluate(self, program: CheckedProgram, store: Store, /) -> None:
        """Add to the store every fact that the program derives from it."""
