"""Three-valued evaluation: what is established, what is excluded, and what turns on what.

The definition: a *completion* answers every open question; a conclusion is *established*
if it holds in every completion, *excluded* if it holds in none, else *open*. Kleene's pass
(:mod:`rogatory.kleene`) settles most atoms. What it leaves open is refined exactly: every
rule instance that could fire is turned into a decision diagram over the questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from rogatory.compute import holds
from rogatory.diagram import FALSE, TRUE, Diagrams, TooLarge
from rogatory.kleene import POSSIBLY, Doubled
from rogatory.plan import Bind, Step, Test, instantiate, matches
from rogatory.store import Store
from rogatory.syntax import (
    Anonymous,
    Comparison,
    Condition,
    Constant,
    Literal,
    Row,
    Unknown,
    Value,
    Variable,
    variables,
)

ESTABLISHED, OPEN, EXCLUDED = "established", "open", "excluded"

Fact: TypeAlias = tuple[str, Row]
"""A ground atom: its predicate and its arguments."""

Pattern: TypeAlias = tuple[str, tuple[Value | None, ...]]
"""A predicate and its arguments, None where any value will do."""


@frozen
class Answer:
    """One way to answer a question: the facts that it makes true, or the value it gives."""

    label: object
    facts: tuple[Fact, ...] = ()
    value: Value | None = None


@frozen
class Question:
    """Something that is not known; exactly one of its answers is right.

    ``id`` is where the answer belongs (a JSON path, a registry row, a reading). For an
    unknown number or date ``unknown`` stands in the facts and each answer has a ``value``.
    """

    id: str
    answers: tuple[Answer, ...]
    unknown: Unknown | None = None


@frozen
class Instance:
    """A rule with values for its variables, such that Kleene's pass says it may fire."""

    rule: int
    environment: Mapping[str, Value]


def load(doubled: Doubled, known: Iterable[Fact], questions: Sequence[Question]) -> Store:
    """A store with the facts known and, in the copies for what is possible, the others."""
    store = Store()
    for predicate, relation in doubled.static.items():
        store.share(predicate, relation)
    for predicate, row in known:
        store.add(predicate, row)
        if predicate in doubled.unknown:
            store.add(predicate + POSSIBLY, row)
    for question in questions:
        for answer in question.answers:
            for predicate, row in answer.facts:
                store.add(doubled.possibly(predicate), row)
    return store


class Statuses:
    """The status of every atom, computed where it is asked for and then kept.

    ``store`` is what an evaluator made of :func:`load`. ``cut`` tells whether some diagram
    was given up because it grew too large; such atoms keep the status open.
    """

    def __init__(
        self,
        doubled: Doubled,
        store: Store,
        questions: Sequence[Question],
        limit: int = 50_000,
    ) -> None:
        self._doubled = doubled
        self._rules = doubled.original.rules
        self._store = store
        self.questions = tuple(questions)
        self.diagrams = Diagrams([len(q.answers) for q in questions], limit)
        self._unknowns = {q.unknown: i for i, q in enumerate(questions) if q.unknown}
        self._asked: dict[Fact, tuple[int, list[bool]]] = {}
        for index, question in enumerate(questions):
            for number, answer in enumerate(question.answers):
                for fact in answer.facts:
                    marks = self._asked.setdefault(fact, (index, [False] * len(question.answers)))
                    marks[1][number] = True
        self._recursive = {
            p: s for s in doubled.original.strata if s.recursive for p in s.predicates
        }
        self._instances: dict[str, dict[Row, list[Instance]]] = {}
        self._nodes: dict[Fact, int | None] = {}
        self._ranks: dict[Fact, int] = {}

    @property
    def cut(self) -> bool:
        """Whether the exact refinement of some atom was given up."""
        return any(node is None for node in self._nodes.values())

    def status(self, fact: Fact) -> str:
        """``established``, ``open`` or ``excluded``."""
        node = self.node(fact)
        return {TRUE: ESTABLISHED, FALSE: EXCLUDED}.get(node, OPEN) if node is not None else OPEN

    def kleene(self, fact: Fact) -> str:
        """The status after Kleene's pass, before refinement."""
        predicate, row = fact
        if row in self._store[predicate]:
            return ESTABLISHED
        return OPEN if row in self._store[self._doubled.possibly(predicate)] else EXCLUDED

    def turns_on(self, fact: Fact) -> tuple[int, ...]:
        """The indexes of the questions on which an open atom depends."""
        node = self.node(fact)
        return tuple(sorted(self.diagrams.support(node))) if node is not None else ()

    def facts(self, predicate: str) -> list[Fact]:
        """The atoms of a predicate that hold in some completion as far as Kleene's pass knows."""
        rows = self._store[self._doubled.possibly(predicate)]
        return [(predicate, row) for row in sorted(rows, key=_row_key)]

    def matching(self, pattern: Pattern) -> list[Fact]:
        """The atoms of :meth:`facts` that fit a pattern."""
        predicate, terms = pattern
        bound = tuple(i for i, v in enumerate(terms) if v is not None)
        key = tuple(v for v in terms if v is not None)
        relation = self._store[self._doubled.possibly(predicate)]
        rows = list(relation.select(bound, key))
        if len(rows) > 1:  # evaluators differ in the order in which they derive
            rows.sort(key=_row_key)
        return [(predicate, row) for row in rows]

    def instances(self, fact: Fact) -> Sequence[Instance]:
        """The rule instances that conclude an atom in some completion."""
        predicate, row = fact
        known = self._instances.get(predicate)
        if known is None:
            known = self._instances[predicate] = self._ground(predicate)
        return known.get(row, ())

    def node(self, fact: Fact) -> int | None:
        """The diagram of an atom; None if it was given up as too large."""
        if fact in self._nodes:
            return self._nodes[fact]
        stratum = self._recursive.get(fact[0])
        if stratum is not None:
            self._close(stratum.predicates)
            return self._nodes.get(fact, FALSE)
        self._nodes[fact] = node = self._build(fact)
        return node

    def premise(self, condition: Condition, environment: Mapping[str, Value]) -> int:
        """The diagram of a ground condition.

        Raises:
            TooLarge: if it needs too many nodes.
        """
        if isinstance(condition, Comparison):
            return self._comparison(condition, environment)
        found = FALSE
        for fact in self.matching(pattern_of(condition, environment)):
            node = self.node(fact)
            if node is None:
                raise TooLarge
            found = self.diagrams.either(found, node)
        return self.diagrams.negate(found) if condition.negated else found

    def conditions(self, rule: int) -> list[Condition]:
        """The body of a rule in the order in which it is evaluated."""
        return [condition_of(s) for s in self._doubled.original.steps[rule]]

    def well_founded(self, fact: Fact, instance: Instance) -> bool:
        """Whether an instance rests on atoms of lower rank only, so that proofs have no cycle.

        In a recursive stratum an atom's rank is the round in which it is derived; what certainly
        holds ranks before what possibly holds.
        """
        stratum = self._recursive.get(fact[0])
        if stratum is None:
            return True
        if fact not in self._ranks:
            self._rank(stratum.predicates)
        own = self._ranks[fact]
        return all(
            any(self._ranks.get(f, own) < own for f in peers)
            for peers in self._peers(instance, stratum.predicates)
        )

    def _peers(self, instance: Instance, predicates: Sequence[str]) -> list[list[Fact]]:
        """For each premise about the same stratum, the atoms of which one has to hold."""
        return [
            self.matching(pattern_of(condition, instance.environment))
            for condition in self.conditions(instance.rule)
            if isinstance(condition, Literal) and condition.atom.predicate in predicates
        ]

    def _rank(self, predicates: Sequence[str]) -> None:
        facts = [f for p in predicates for f in self.facts(p)]
        for certain in (True, False):
            level = 1 if certain else len(facts) + 1
            waiting = [f for f in facts if f not in self._ranks]
            while True:
                ready = [f for f in waiting if self._supported(f, predicates, certain)]
                if not ready:
                    break
                self._ranks.update(dict.fromkeys(ready, level))
                waiting = [f for f in waiting if f not in self._ranks]
                level += 1

    def _supported(self, fact: Fact, predicates: Sequence[str], certain: bool) -> bool:
        if certain and self.kleene(fact) != ESTABLISHED:
            return False
        if fact in self._asked or not self.instances(fact):
            return True
        return any(
            all(any(f in self._ranks for f in peers) for peers in self._peers(i, predicates))
            and (not certain or self._body(i) == TRUE)
            for i in self.instances(fact)
        )

    def _ground(self, predicate: str) -> dict[Row, list[Instance]]:
        grounded: dict[Row, list[Instance]] = {}
        seen: set[tuple[object, ...]] = set()
        for index in self._doubled.original.rules_for(predicate):
            rule = self._rules[index]
            steps = self._doubled.program.steps[self._doubled.possible[index]]
            for env in matches(steps, self._store):
                key = (index, *env.items())  # `_` can give the same values twice
                if key not in seen:
                    seen.add(key)
                    row = instantiate(rule, env)
                    grounded.setdefault(row, []).append(Instance(index, env))
        for found in grounded.values():
            found.sort(key=_instance_key)
        return grounded

    def _build(self, fact: Fact) -> int | None:
        kleene = self.kleene(fact)
        if kleene != OPEN:
            return TRUE if kleene == ESTABLISHED else FALSE
        try:
            found = FALSE
            if fact in self._asked:
                found = self.diagrams.question(*self._asked[fact])
            for instance in self.instances(fact):
                found = self.diagrams.either(found, self._body(instance))
        except TooLarge:
            return None
        return found

    def _body(self, instance: Instance) -> int:
        found = TRUE
        for condition in self.conditions(instance.rule):
            found = self.diagrams.both(found, self.premise(condition, instance.environment))
            if found == FALSE:
                break
        return found

    def _close(self, predicates: Iterable[str]) -> None:
        """The least fixpoint of the diagrams of a recursive stratum."""
        facts = [f for p in predicates for f in self.facts(p)]
        self._nodes.update(dict.fromkeys(facts, FALSE))
        try:
            changed = True
            while changed:
                changed = False
                for fact in facts:
                    before = self._nodes[fact]
                    after = self._build(fact)
                    if after is None:
                        raise TooLarge
                    if after != before:
                        self._nodes[fact] = after
                        changed = True
        except TooLarge:
            certain = {f: TRUE for f in facts if self.kleene(f) == ESTABLISHED}
            self._nodes.update({f: certain.get(f) for f in facts})

    def _comparison(self, comparison: Comparison, environment: Mapping[str, Value]) -> int:
        names = {v.name for v in variables(comparison)}
        env = {name: environment[name] for name in names}
        unknown = next((v for v in env.values() if isinstance(v, Unknown)), None)
        if unknown is None:
            return TRUE if holds(comparison, env) else FALSE
        question = self._unknowns[unknown]
        branches = [
            self._comparison(
                comparison, {n: _given(answer) if v == unknown else v for n, v in env.items()}
            )
            for answer in self.questions[question].answers
        ]
        return self.diagrams.choose(question, branches)


def _row_key(row: Row) -> tuple[str, ...]:
    return tuple(map(str, row))


def _instance_key(instance: Instance) -> tuple[object, ...]:
    return (instance.rule, *((n, str(v)) for n, v in sorted(instance.environment.items())))


def _given(answer: Answer) -> Value:
    assert answer.value is not None, "an unknown number has answers with values"
    return answer.value


def pattern_of(literal: Literal, environment: Mapping[str, Value]) -> Pattern:
    """The pattern of a literal under an assignment."""
    atom = literal.atom
    terms: list[Value | None] = []
    for term in atom.terms:
        if isinstance(term, Constant):
            terms.append(term.value)
        elif isinstance(term, Variable):
            terms.append(environment[term.name])
        else:
            assert isinstance(term, Anonymous)
            terms.append(None)
    return atom.predicate, tuple(terms)


def condition_of(step: Step) -> Condition:
    """The author's condition behind a step of the plan."""
    return step.comparison if isinstance(step, Test | Bind) else step.literal
