"""Decision diagrams over questions: which answers make a conclusion hold.

A diagram is a reduced ordered multi-valued decision diagram (Bryant 1986; Srinivasan et
al. 1990): a conclusion that follows however the questions are answered is the node TRUE, one that
follows in no case is FALSE, and any other depends exactly on the questions in its support.
"""

from __future__ import annotations

from collections.abc import Sequence

FALSE, TRUE = 0, 1


class TooLarge(Exception):  # noqa: N818  # a limit was met; nothing went wrong
    """A diagram needs more nodes than the limit allows."""


class Diagrams:
    """Hash-consed diagrams over questions with ``sizes[q]`` answers each.

    Nodes are integers. Questions are ordered by their index.
    """

    def __init__(self, sizes: Sequence[int], limit: int = 50_000) -> None:
        self._sizes = tuple(sizes)
        self._limit = limit
        self._nodes: list[tuple[int, tuple[int, ...]]] = [(len(sizes), ())] * 2
        self._ids: dict[tuple[int, tuple[int, ...]], int] = {}
        self._memo: dict[tuple[int, int, int], int] = {}
        self._supports: dict[int, frozenset[int]] = {FALSE: frozenset(), TRUE: frozenset()}

    def question(self, question: int, holds: Sequence[bool]) -> int:
        """The diagram that holds exactly for the answers marked in ``holds``."""
        return self._make(question, tuple(TRUE if h else FALSE for h in holds))

    def choose(self, question: int, branches: Sequence[int]) -> int:
        """The diagram that is ``branches[i]`` for answer ``i``."""
        result = FALSE
        for index, branch in enumerate(branches):
            marks = [i == index for i in range(self._sizes[question])]
            result = self.either(result, self.both(self.question(question, marks), branch))
        return result

    def both(self, one: int, other: int) -> int:
        """Conjunction."""
        if one == FALSE or other == FALSE:
            return FALSE
        if one in (TRUE, other):
            return other
        return one if other == TRUE else self._apply(0, one, other)

    def either(self, one: int, other: int) -> int:
        """Disjunction."""
        if one == TRUE or other == TRUE:
            return TRUE
        if one in (FALSE, other):
            return other
        return one if other == FALSE else self._apply(1, one, other)

    def negate(self, node: int) -> int:
        """Negation."""
        if node <= TRUE:
            return TRUE - node
        key = (2, node, node)
        found = self._memo.get(key)
        if found is None:
            question, children = self._nodes[node]
            found = self._make(question, tuple(self.negate(c) for c in children))
            self._memo[key] = found
        return found

    def given(self, node: int, question: int, answer: int) -> int:
        """The diagram that is left when a question has been answered."""
        top, children = self._nodes[node]
        if top > question:
            return node
        if top == question:
            return children[answer]
        key = (3 + answer, node, question)
        found = self._memo.get(key)
        if found is None:
            parts = tuple(self.given(c, question, answer) for c in children)
            found = self._memo[key] = self._make(top, parts)
        return found

    def support(self, node: int) -> frozenset[int]:
        """The questions on which a diagram depends."""
        found = self._supports.get(node)
        if found is None:
            question, children = self._nodes[node]
            found = frozenset({question}).union(*(self.support(c) for c in children))
            self._supports[node] = found
        return found

    def _make(self, question: int, children: tuple[int, ...]) -> int:
        if all(c == children[0] for c in children):
            return children[0]
        key = (question, children)
        node = self._ids.get(key)
        if node is None:
            if len(self._nodes) >= self._limit:
                raise TooLarge
            node = self._ids[key] = len(self._nodes)
            self._nodes.append(key)
        return node

    def _apply(self, operation: int, one: int, other: int) -> int:
        if one > other:
            one, other = other, one
        key = (operation, one, other)
        found = self._memo.get(key)
        if found is None:
            (left, lefts), (right, rights) = self._nodes[one], self._nodes[other]
            top = min(left, right)
            width = self._sizes[top]
            combine = self.either if operation else self.both
            found = self._make(
                top,
                tuple(
                    combine(
                        lefts[i] if left == top else one,
                        rights[i] if right == top else other,
                    )
                    for i in range(width)
                ),
            )
            self._memo[key] = found
        return found
