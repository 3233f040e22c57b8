"""Registries: CSV tables beside the rules, whose rows are facts with a source.

A file ``name.csv`` fills the predicate ``name``; its columns are the declared arguments, then
``status``, ``source``, ``source_date`` and, if wanted, ``note``. The status of a row is

* ``sourced``: seen in the source named;
* ``unverified``: restated from knowledge; it counts, and a decision that uses it says so;
* ``unconfirmed``: the source leaves open whether it is so; the row is unknown.

``?`` in a column whose type is marked with ``?`` is a value that the source does not give.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import field, frozen

from rogatory.errors import Diagnostic, ProgramError, at, did_you_mean
from rogatory.program import Signature
from rogatory.source import Span
from rogatory.statuses import Fact
from rogatory.syntax import Argument, Domain, Row, Unknown, Value

_COLUMNS = ("status", "source", "source_date")
_SPELLINGS = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "number": re.compile(r"-?[0-9]{1,1000}"),
}
_STATUSES = ("sourced", "unverified", "unconfirmed")


@frozen
class Entry:
    """A row of a registry: its fact and where that is from."""

    fact: Fact
    status: str
    source: str
    source_date: datetime.date
    note: str
    span: Span = field(eq=False)

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """The values that the source does not give."""
        return tuple(v for v in self.fact[1] if isinstance(v, Unknown))


def read_registry(
    text: str,
    file: str,
    predicate: str,
    signatures: Mapping[str, Signature],
    domains: Mapping[str, Domain] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """The entries of one table.

    Raises:
        ProgramError: ``bad_registry`` for every row that does not fit its predicate.
    """
    signature = signatures.get(predicate)
    if signature is None or signature.declaration is None or signature.kind != "closed":
        message = f"the table `{file}` fills no predicate that is declared `.closed`"
        closed = [n for n, s in signatures.items() if s.kind == "closed"]
        hint = did_you_mean(predicate, closed)
        raise ProgramError([at("bad_registry", message, Span(file, 1, 1, 1, 1), hint)])
    arguments = signature.declaration.arguments
    names = [a.name for a in arguments]
    try:
        rows = _rows(text)
    except csv.Error as error:
        span = Span(file, 1, 1, 1, 1)
        raise ProgramError(
            [at("bad_registry", f"the table cannot be read: {error}", span)]
        ) from None
    header = rows.pop(0)[1] if rows else []
    if header not in ([*names, *_COLUMNS], [*names, *_COLUMNS, "note"]):
        wanted = ",".join([*names, *_COLUMNS, "note"])
        message = f"the columns are {','.join(header)}"
        raise ProgramError(
            [at("bad_registry", message, Span(file, 1, 1, 1, 1), f"expected {wanted}")]
        )
    found: list[Diagnostic] = []
    entries = []
    for number, cells in rows:
        span = Span(file, number, 1, number, 1)
        faults = list(_faults(cells, header, arguments, domains, span))
        found += faults
        if not faults:
            entries.append(_entry(cells, header, predicate, arguments, span))
    if found:
        raise ProgramError(found)
    return tuple(entries)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a table, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""))
    found, line = [], 1
    for cells in reader:
        found.append((line, cells))
        line = reader.line_num + 1
    return found


def _faults(
    cells: list[str],
    header: list[str],
    arguments: tuple[Argument, ...],
    domains: Mapping[str, Domain],
    span: Span,
) -> Iterator[Diagnostic]:
    if len(cells) != len(header):
        yield at("bad_registry", f"{len(cells)} columns instead of {len(header)}", span)
        return
    row = dict(zip(header, cells, strict=True))
    if row["status"] not in _STATUSES:
        hint = did_you_mean(row["status"], _STATUSES) or f"one of {', '.join(_STATUSES)}"
        yield at("bad_registry", f"unknown status `{row['status']}`", span, hint)
    if not row["source"]:
        yield at("bad_registry", "the row names no source", span)
    for name in ("source_date", *(a.name for a in arguments)):
        kind = next((a.type for a in arguments if a.name == name), "date")
        unsourced = any(a.name == name and a.unsourced for a in arguments)
        cell = row[name]
        if cell == "?" and unsourced:
            continue
        members = domains[kind].members if kind in domains else ()
        if not cell:
            yield at("bad_registry", f"column `{name}` is empty", span)
        elif members and cell not in members:
            hint = did_you_mean(cell, members)
            yield at("bad_registry", f"`{cell}` is not a member of `{kind}`", span, hint)
        elif not _readable(cell, kind):
            yield at("bad_registry", f"`{cell}` in column `{name}` is not a {kind}", span)
        elif cell == "?":
            hint = "only a column whose type is marked with `?` can leave the value open"
            yield at("bad_registry", f"column `{name}` holds `?`", span, hint)


def _readable(cell: str, kind: str) -> bool:
    try:
        _value(cell, kind, "")
    except ValueError:
        return False
    return True


def _value(cell: str, kind: str, question: str) -> Value:
    if cell == "?" and question:
        return Unknown(question)
    if kind in _SPELLINGS and not _SPELLINGS[kind].fullmatch(cell):
        raise ValueError(cell)
    if kind == "date":
        return datetime.date.fromisoformat(cell)
    return int(cell) if kind == "number" else cell


def _entry(
    cells: list[str],
    header: list[str],
    predicate: str,
    arguments: tuple[Argument, ...],
    span: Span,
) -> Entry:
    row = dict(zip(header, cells, strict=True))
    values: Row = tuple(
        _value(row[a.name], a.type, f"registry:{span.file}:{span.line}:{a.name}" * a.unsourced)
        for a in arguments
    )
    day = datetime.date.fromisoformat(row["source_date"])
    return Entry((predicate, values), row["status"], row["source"], day, row.get("note", ""), span)
