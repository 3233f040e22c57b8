"""How to evaluate: the order of a body's conditions, and the strata of a program.

Authors write conditions in any order. The planner puts each one where its variables are
bound: comparisons and negations as early as possible, and of the positive literals the
one with the most bound arguments next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

from attrs import frozen

from rogatory.compute import compute, holds
from rogatory.store import Relation
from rogatory.syntax import (
    Comparison,
    Condition,
    Constant,
    Expression,
    Literal,
    Row,
    Rule,
    Value,
    Variable,
    variables,
)


@frozen
class Scan:
    """Read the rows of a predicate that fit the bound positions; bind the others.

    ``repeats`` are the positions of a variable that occurs twice in the literal.
    """

    literal: Literal
    positions: tuple[int, ...]
    key: tuple[Constant | Variable, ...]
    binds: tuple[tuple[int, str], ...]
    repeats: tuple[tuple[int, int], ...]


@frozen
class Absent:
    """Go on only if no row fits the bound positions."""

    literal: Literal
    positions: tuple[int, ...]
    key: tuple[Constant | Variable, ...]


@frozen
class Test:
    """Go on only if the comparison holds."""

    comparison: Comparison


@frozen
class Bind:
    """Give a variable the value of an expression."""

    comparison: Comparison
    name: str
    expression: Expression


class Relations(Protocol):
    """Rows by predicate, as :class:`~rogatory.store.Store` holds them."""

    def __getitem__(self, predicate: str, /) -> Relation: ...


Step: TypeAlias = Scan | Absent | Test | Bind


class Unordered(Exception):  # noqa: N818  # what a body is, not what went wrong
    """Some conditions can never be evaluated: their variables stay unbound."""

    def __init__(self, conditions: Sequence[Condition], bound: set[str]) -> None:
        super().__init__("unbound variables")
        self.conditions = conditions
        self.bound = bound


def order(
    body: Sequence[Condition],
    first: int | None = None,
    bound: Iterable[str] = (),
    *,
    written: bool = False,
) -> tuple[Step, ...]:
    """The steps of a body.

    ``first`` names the positive literal to start with; ``bound`` are variables that have a
    value from the start; ``written`` keeps the positive literals in the author's order, in
    which explanations read best.

    Raises:
        Unordered: if a negation or a comparison keeps an unbound variable.
    """
    steps: list[Step] = []
    bound = set(bound)
    rest = list(body)
    # what a positive literal binds is never bound by `=`: the value may be unknown there,
    # and an unknown value can be compared but not joined
    scanned = {
        v.name
        for condition in body
        if isinstance(condition, Literal) and not condition.negated
        for v in variables(condition)
    }
    if first is not None:
        condition = rest.pop(first)
        assert isinstance(condition, Literal)
        steps.append(_scan(condition, bound))
    while rest:
        choice = _choose(rest, bound, scanned, written)
        if choice is None:
            raise Unordered(rest, bound)
        condition = rest.pop(choice)
        steps.append(_step(condition, bound, scanned))
    return tuple(steps)


def _choose(
    rest: Sequence[Condition], bound: set[str], scanned: set[str], written: bool
) -> int | None:
    best, score = None, -1
    for index, condition in enumerate(rest):
        names = {v.name for v in variables(condition)}
        if isinstance(condition, Literal) and not condition.negated:
            fixed = sum(
                isinstance(t, Constant) or (isinstance(t, Variable) and t.name in bound)
                for t in condition.atom.terms
            )
            # a literal with everything bound is a test; prefer it to any join
            value = 0 if written else 1000 if names <= bound else fixed
            if value > score:
                best, score = index, value
        elif names <= bound or _binder(condition, bound, scanned):
            return index
    return best


def _binder(
    condition: Condition, bound: set[str], scanned: set[str]
) -> tuple[str, Expression] | None:
    if not isinstance(condition, Comparison) or condition.operator != "=":
        return None
    for one, other in (
        (condition.left, condition.right),
        (condition.right, condition.left),
    ):
        if (
            isinstance(one, Variable)
            and one.name not in bound
            and one.name not in scanned
            and all(v.name in bound for v in variables(other))
        ):
            return one.name, other
    return None


def _step(condition: Condition, bound: set[str], scanned: set[str]) -> Step:
    if isinstance(condition, Comparison):
        binder = _binder(condition, bound, scanned)
        if binder is None:
            return Test(condition)
        bound.add(binder[0])
        return Bind(condition, *binder)
    if not condition.negated:
        return _scan(condition, bound)
    positions, key = _key(condition, bound)
    return Absent(condition, positions, key)


def _key(
    literal: Literal, bound: set[str]
) -> tuple[tuple[int, ...], tuple[Constant | Variable, ...]]:
    fixed = [
        (i, t)
        for i, t in enumerate(literal.atom.terms)
        if isinstance(t, Constant) or (isinstance(t, Variable) and t.name in bound)
    ]
    return tuple(i for i, _ in fixed), tuple(t for _, t in fixed)


def _scan(literal: Literal, bound: set[str]) -> Scan:
    positions, key = _key(literal, bound)
    binds: dict[str, int] = {}
    repeats: list[tuple[int, int]] = []
    for i, term in enumerate(literal.atom.terms):
        if isinstance(term, Variable) and i not in positions:
            if term.name in binds:
                repeats.append((binds[term.name], i))
            else:
                binds[term.name] = i
    bound.update(binds)
    pairs = tuple((i, name) for name, i in binds.items())
    return Scan(literal, positions, key, pairs, tuple(repeats))


def matches(
    steps: Sequence[Step],
    relations: Relations,
    replacement: Relation | None = None,
) -> Iterator[dict[str, Value]]:
    """Every assignment of a body's variables under which all steps succeed.

    ``relations`` maps a predicate to its rows (a :class:`~rogatory.store.Store` does);
    ``replacement`` stands in for the relation of the first step.
    """
    yield from _match(steps, 0, {}, relations, replacement)


def _match(
    steps: Sequence[Step],
    index: int,
    env: dict[str, Value],
    relations: Relations,
    replacement: Relation | None,
) -> Iterator[dict[str, Value]]:
    if index == len(steps):
        yield env
        return
    step = steps[index]
    match step:
        case Scan(literal=literal, positions=positions, binds=binds, repeats=repeats):
            relation = replacement if replacement is not None and index == 0 else None
            if relation is None:
                relation = relations[literal.atom.predicate]
            for row in relation.select(positions, values(step.key, env)):
                if all(row[i] == row[j] for i, j in repeats):
                    extended = env | {name: row[i] for i, name in binds} if binds else env
                    yield from _match(steps, index + 1, extended, relations, replacement)
        case Absent(literal=literal, positions=positions, key=key):
            relation = relations[literal.atom.predicate]
            if not relation.has(positions, values(key, env)):
                yield from _match(steps, index + 1, env, relations, replacement)
        case Test(comparison=comparison):
            if holds(comparison, env):
                yield from _match(steps, index + 1, env, relations, replacement)
        case Bind(name=name, expression=expression):
            extended = env | {name: compute(expression, env)}
            yield from _match(steps, index + 1, extended, relations, replacement)


def values(terms: Iterable[Constant | Variable], env: Mapping[str, Value]) -> Row:
    """The values of bound terms."""
    return tuple(t.value if isinstance(t, Constant) else env[t.name] for t in terms)


def instantiate(rule: Rule, env: Mapping[str, Value]) -> Row:
    """The arguments of a rule's head under an assignment."""
    return values(rule.head.terms, env)  # type: ignore[arg-type]  # heads hold no `_`


@frozen
class Stratum:
    """Predicates that are evaluated together, after all that they depend on."""

    predicates: tuple[str, ...]
    recursive: bool


def strata(rules: Sequence[Rule]) -> tuple[Stratum, ...]:
    """The strongly connected components of the dependency graph, dependencies first.

    Only predicates that some rule concludes appear. (Tarjan 1972, without recursion.)
    """
    uses: dict[str, dict[str, None]] = {}
    for rule in rules:
        found = uses.setdefault(rule.head.predicate, {})
        for condition in rule.body:
            if isinstance(condition, Literal):
                found[condition.atom.predicate] = None
    result = []
    for component in _components(uses):
        names = tuple(sorted(p for p in component if p in uses))
        if names:
            recursive = len(component) > 1 or component[0] in uses[component[0]]
            result.append(Stratum(names, recursive))
    return tuple(result)


def _components(graph: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    for root in graph:
        if root in number:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(graph[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in number:
                    number[successor] = low[successor] = len(number)
                    stack.append(successor)
                    work.append((successor, iter(graph.get(successor, ()))))
                    break
                if successor in low:
                    low[node] = min(low[node], number[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        component.append(member)
                        del low[member]
                        if member == node:
                            break
                    yield component
