"""Facts in memory: rows by predicate, with an index for each pattern that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rogatory.syntax import Row, Value


class Relation:
    """The rows of one predicate, in order of arrival."""

    __slots__ = ("_indexes", "_rows")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: dict[Row, None] = dict.fromkeys(rows)
        self._indexes: dict[tuple[int, ...], dict[Row, list[Row]]] = {}

    def __contains__(self, row: Row) -> bool:
        return row in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> bool:
        """Add a row; true if it is new."""
        if row in self._rows:
            return False
        self._rows[row] = None
        for positions, index in self._indexes.items():
            index.setdefault(tuple(row[i] for i in positions), []).append(row)
        return True

    def has(self, positions: tuple[int, ...], key: tuple[Value, ...]) -> bool:
        """Whether some row has ``key`` at ``positions``."""
        return bool(self.select(positions, key) if positions else self._rows)

    def select(self, positions: tuple[int, ...], key: tuple[Value, ...]) -> Iterable[Row]:
        """The rows that have ``key`` at ``positions``."""
        if not positions:
            return list(self._rows)
        index = self._indexes.get(positions)
        if index is None:
            index = {}  # filled before it is published: relations are shared by threads
            for row in self._rows:
                index.setdefault(tuple(row[i] for i in positions), []).append(row)
            self._indexes[positions] = index
        return index.get(key, ())


_EMPTY = Relation()  # shared, and therefore never added to


class Store:
    """Relations by predicate."""

    __slots__ = ("_relations",)

    def __init__(self, facts: Mapping[str, Iterable[Row]] | None = None) -> None:
        self._relations = {name: Relation(rows) for name, rows in (facts or {}).items()}

    def __getitem__(self, predicate: str) -> Relation:
        return self._relations.get(predicate, _EMPTY)

    def __iter__(self) -> Iterator[str]:
        return iter(self._relations)

    def add(self, predicate: str, row: Row) -> bool:
        """Add a fact; true if it is new."""
        relation = self._relations.get(predicate)
        if relation is None:
            relation = self._relations[predicate] = Relation()
        return relation.add(row)

    def share(self, predicate: str, relation: Relation) -> None:
        """Use a relation that another store owns and that nobody will change."""
        self._relations[predicate] = relation
