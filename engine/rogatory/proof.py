"""Proofs: why an atom is established, open or excluded, down to facts, rows and readings.

A proof is a directed acyclic graph of nodes, one for each atom that matters. A node of an
established or open atom lists every rule instance that fires or may fire; a node of an
excluded one lists, for each rule that could have concluded it, the first premise that failed.
The nodes are plain JSON data; :mod:`rogatory.checker` verifies them without the evaluators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from rogatory.case import Case
from rogatory.codec import plain
from rogatory.compute import compute
from rogatory.diagram import FALSE, TRUE, TooLarge
from rogatory.phrase import Phrasebook
from rogatory.plan import Bind, Scan, Step, order
from rogatory.printer import print_value
from rogatory.registry import Entry
from rogatory.rulebase import RuleBase
from rogatory.statuses import (
    ESTABLISHED,
    EXCLUDED,
    OPEN,
    Fact,
    Pattern,
    Statuses,
    condition_of,
    pattern_of,
)
from rogatory.syntax import (
    Comparison,
    Condition,
    Constant,
    Literal,
    Rule,
    Value,
    Variable,
)

JSON = dict[str, Any]


@frozen
class Proof:
    """The nodes of a proof by number, and the number of each atom.

    What is established or open rests on other nodes without a cycle. What is excluded may rest
    on its own exclusion, where rules are recursive and nothing supports them from outside.
    """

    nodes: tuple[JSON, ...] = field(repr=False)
    index: Mapping[Pattern, int] = field(repr=False)


class Prover:
    """Builds one proof. ``prove`` may be called for as many atoms as wanted."""

    def __init__(
        self, rules: RuleBase, case: Case, entries: Mapping[Fact, Entry], statuses: Statuses
    ) -> None:
        self._rules = rules
        self._program = rules.program
        self._statuses = statuses
        self._phrases = Phrasebook(rules, case.labels)
        self._stated = {s.fact: s for s in case.stated}
        self._denied = case.denied
        self._entries = entries
        self._loaded = set(rules.facts)
        self._by_head = {p: self._program.rules_for(p) for p in self._program.signatures}
        self._nodes: list[JSON] = []
        self._index: dict[Pattern, int] = {}
        self._orders: dict[tuple[int, frozenset[str]], tuple[Step, ...]] = {}

    def proof(self) -> Proof:
        """What has been proved so far."""
        return Proof(tuple(self._nodes), dict(self._index))

    def prove(self, pattern: Pattern) -> int:
        """The number of the node of an atom, or of a pattern that nothing matches."""
        known = self._index.get(pattern)
        if known is not None:
            return known
        predicate, terms = pattern
        fact: Fact | None = (predicate, terms) if None not in terms else None  # type: ignore[assignment]
        status = self._statuses.status(fact) if fact else EXCLUDED
        number = len(self._nodes)
        node: JSON = {"id": number, "atom": [predicate, *map(plain, terms)], "status": status}
        self._index[pattern] = number
        self._nodes.append(node)
        shown = True
        if fact is not None:
            self._leaf(fact, status, node)
            shown = self._shown(fact)
        if self._by_head.get(predicate):
            self._derive(pattern, fact, status, node)
        node["sentence"] = self._phrases.sentence(predicate, terms, status, shown)
        return number

    def _shown(self, fact: Fact) -> bool:
        predicate = fact[0]
        closed = self._program.signatures[predicate].kind == "closed"
        return not closed or predicate in self._rules.intake.predicates

    def _leaf(self, fact: Fact, status: str, node: JSON) -> None:
        if fact in self._entries:
            entry = self._entries[fact]
            node["origin"] = "registry"
            node["source"] = {
                "place": str(entry.span).rpartition(":")[0],
                "status": entry.status,
                "source": entry.source,
                "source_date": entry.source_date.isoformat(),
            }
            if entry.note:
                node["source"]["note"] = entry.note
        elif fact in self._stated:
            stated = self._stated[fact]
            node["origin"] = stated.origin if stated.origin != "unknown" else "question"
            node["path"] = stated.path
        elif fact in self._loaded:
            node["origin"] = "provision"
        elif fact in self._denied:
            node["origin"] = "denied"
            node["path"] = self._denied[fact]
        elif self._program.signatures[fact[0]].kind in ("open", "closed"):
            if status == EXCLUDED:
                node["origin"] = "not stated"
            else:
                question = self._statuses.questions[self._statuses.turns_on(fact)[0]]
                node["origin"] = "question"
                node["path"] = question.id
        if status == OPEN:
            questions = self._statuses.questions
            node["turns_on"] = [questions[q].id for q in self._statuses.turns_on(fact)]

    def _derive(self, pattern: Pattern, fact: Fact | None, status: str, node: JSON) -> None:
        if fact is not None and status != EXCLUDED:
            steps = [
                self._instance(i.rule, i.environment)
                for i in self._statuses.instances(fact)
                if self._statuses.well_founded(fact, i)
            ]
            node["by"] = [s for s in steps if s is not None]
            if self._statuses.kleene(fact) != status:
                node["cases"] = self._cases(fact)
            return
        blocked = [b for rule in self._by_head[pattern[0]] for b in self._blocked(rule, pattern)]
        if blocked:
            node["blocked"] = blocked
        if fact is not None and self._statuses.kleene(fact) != status:
            node["cases"] = self._cases(fact)
            node["by"] = [
                s
                for i in self._statuses.instances(fact)
                if (s := self._instance(i.rule, i.environment)) is not None
            ]

    def _cases(self, fact: Fact) -> list[str]:
        """The questions over which a distinction of cases shows a refined status."""
        seen: set[Fact] = set()
        found: set[int] = set()
        stack = [fact]
        while stack:
            one = stack.pop()
            if one in seen or self._statuses.kleene(one) != OPEN:
                continue
            seen.add(one)
            if one != fact and self._statuses.status(one) == OPEN:
                found.update(self._statuses.turns_on(one))
            for instance in self._statuses.instances(one):
                for condition in self._statuses.conditions(instance.rule):
                    if isinstance(condition, Literal):
                        stack += self._statuses.matching(
                            pattern_of(condition, instance.environment)
                        )
                    else:
                        node = self._statuses.premise(condition, instance.environment)
                        found.update(self._statuses.diagrams.support(node))
        return [self._statuses.questions[q].id for q in sorted(found)]

    def _instance(self, index: int, env: Mapping[str, Value]) -> JSON | None:
        premises = []
        for condition in self._statuses.conditions(index):
            premise = self._premise(condition, env)
            if premise["status"] == EXCLUDED:
                return None
            premises.append(premise)
        return {**self._cite(index), "bindings": bindings(env), "premises": premises}

    def _cite(self, index: int) -> JSON:
        rule = self._program.rules[index]
        place = f"{rule.span.file}:{rule.span.line}"
        return {"provision": self._rules.citations[index], "rule": index, "place": place}

    def _premise(self, condition: Condition, env: Mapping[str, Value]) -> JSON:
        if isinstance(condition, Comparison):
            return self._comparison(condition, env)
        pattern = pattern_of(condition, env)
        try:
            status = status_of(self._statuses.premise(condition, env))
        except TooLarge:
            status = OPEN
        if None not in pattern[1]:
            nodes = [self.prove(pattern)]
        else:
            matching = self._statuses.matching(pattern)
            if not condition.negated:  # what cannot hold does not help
                matching = [f for f in matching if self._statuses.status(f) != EXCLUDED] or matching
            nodes = [self.prove(f) for f in matching] or [self.prove(pattern)]
        premise: JSON = {"nodes": nodes, "status": status}
        if condition.negated:
            premise["negated"] = True
        if None in pattern[1]:
            premise["pattern"] = [pattern[0], *map(plain, pattern[1])]
        return premise

    def _comparison(self, comparison: Comparison, env: Mapping[str, Value]) -> JSON:
        left, right = compute(comparison.left, env), compute(comparison.right, env)
        status = status_of(self._statuses.premise(comparison, env))
        text = f"{print_value(left)} {comparison.operator} {print_value(right)}"
        sides = [plain(left), comparison.operator, plain(right)]
        return {"comparison": text, "sides": sides, "status": status}

    def _blocked(self, index: int, pattern: Pattern) -> Iterator[JSON]:
        """The first premise that fails in a rule that could have concluded the pattern."""
        rule = self._program.rules[index]
        start = unify(rule, pattern)
        if start is None:
            return
        steps = self._ordered(index, frozenset(start))
        environments: list[Mapping[str, Value]] = [start]
        for step in steps:
            condition = condition_of(step)
            left = [e for env in environments for e in self._extend(step, condition, env)]
            if not left:
                env = environments[0]
                premise = self._premise_in_part(condition, env)
                yield {**self._cite(index), "bindings": bindings(env), "premise": premise}
                return
            environments = left

    def _ordered(self, index: int, bound: frozenset[str]) -> tuple[Step, ...]:
        key = (index, bound)
        if key not in self._orders:
            self._orders[key] = order(self._program.rules[index].body, bound=bound, written=True)
        return self._orders[key]

    def _extend(
        self, step: Step, condition: Condition, env: Mapping[str, Value]
    ) -> Iterator[Mapping[str, Value]]:
        if isinstance(step, Scan):
            for fact in self._statuses.matching(partial(step.literal, env)):
                extended = match_row(step.literal, fact[1], env)
                if extended is not None and self._statuses.status(fact) != EXCLUDED:
                    yield extended
        elif isinstance(step, Bind):
            yield {**env, step.name: compute(step.expression, env)}
        elif self._holds(condition, env):
            yield env

    def _holds(self, condition: Condition, env: Mapping[str, Value]) -> bool:
        try:
            return self._statuses.premise(condition, env) != FALSE
        except TooLarge:
            return True

    def _premise_in_part(self, condition: Condition, env: Mapping[str, Value]) -> JSON:
        if isinstance(condition, Comparison):
            return self._comparison(condition, env)
        pattern = partial(condition, env)
        premise: JSON = {"nodes": [], "status": EXCLUDED}
        if condition.negated:
            premise["negated"] = True
        if None in pattern[1]:
            premise["pattern"] = [pattern[0], *map(plain, pattern[1])]
            matching = self._statuses.matching(pattern)
            premise["nodes"] = [self.prove(f) for f in matching] or [self.prove(pattern)]
        else:
            premise["nodes"] = [self.prove(pattern)]
        return premise


def status_of(node: int) -> str:
    """The status that a diagram stands for."""
    return {TRUE: ESTABLISHED, FALSE: EXCLUDED}.get(node, OPEN)


def bindings(env: Mapping[str, Value]) -> JSON:
    """The values of a rule's variables as JSON, by name."""
    return {name: plain(env[name]) for name in sorted(env)}


def unify(rule: Rule, pattern: Pattern) -> dict[str, Value] | None:
    """The bindings under which a rule's head fits a pattern, or None."""
    env: dict[str, Value] = {}
    for term, value in zip(rule.head.terms, pattern[1], strict=True):
        if value is None:
            continue
        if isinstance(term, Constant):
            if term.value != value:
                return None
        elif isinstance(term, Variable) and env.setdefault(term.name, value) != value:
            return None
    return env


def partial(literal: Literal, env: Mapping[str, Value]) -> Pattern:
    """The pattern of a literal, None where a variable is not bound yet."""
    terms: Sequence[Value | None] = [
        t.value if isinstance(t, Constant) else env.get(t.name) if isinstance(t, Variable) else None
        for t in literal.atom.terms
    ]
    return literal.atom.predicate, tuple(terms)


def match_row(
    literal: Literal, row: Sequence[Value], env: Mapping[str, Value]
) -> Mapping[str, Value] | None:
    """The bindings extended by a row that fits a literal, or None if it does not fit."""
    extended = dict(env)
    for term, value in zip(literal.atom.terms, row, strict=True):
        if isinstance(term, Variable) and extended.setdefault(term.name, value) != value:
            return None
    return extended
