"""CSV tables whose rows are facts with a source."""

import datetime
from typing import Any

import pytest
from tests.programs import error_of

from rogatory import datalog
from rogatory.registry import Entry, read_registry
from rogatory.source import Span
from rogatory.syntax import Unknown

PROGRAM = datalog.parse(
    """\
.domain state: "DE", "FR", "US".
.domain treaty.
.closed party(state: state, treaty: treaty, since: date?) "s".
.closed limit(name: symbol, years: number) "s".
.open asked(state: state) "s".
.derived bound(state: state) "s".
bound(S) :- party(S, _, _).
"""
).checked
PARTY = "state,treaty,since,status,source,source_date,note"
LIMIT = "name,years,status,source,source_date"


def read(text: str, predicate: str = "party") -> tuple[Entry, ...]:
    """The entries of a table."""
    return read_registry(text, "party.csv", predicate, PROGRAM.signatures, PROGRAM.domains)


def found(text: str, predicate: str = "party") -> list[tuple[str, str, str]]:
    """The places, messages and hints of what is wrong with a table."""
    diagnostics = error_of(lambda: read(text, predicate)).diagnostics
    assert {d.code for d in diagnostics} == {"bad_registry"}
    return [(d.place, d.message, d.hint) for d in diagnostics]


def row(text: str, predicate: str = "party") -> list[tuple[str, str]]:
    """What is wrong with the first row of a table."""
    header = PARTY if predicate == "party" else LIMIT
    places = found(f"{header}\n{text}\n", predicate)
    assert {place for place, _, _ in places} == {"party.csv:2:1"}
    return [(message, hint) for _, message, hint in places]


def test_a_row_is_a_fact_with_its_source() -> None:
    day = datetime.date(2024, 5, 6)
    text = (
        f'{PARTY}\nDE,uncc,2005-12-14,sourced,"treaties.un.org, ch. 18",2024-05-06,"a ""note"""\n'
    )
    assert read(text) == (
        Entry(
            ("party", ("DE", "uncc", datetime.date(2005, 12, 14))),
            "sourced",
            "treaties.un.org, ch. 18",
            day,
            'a "note"',
            Span("party.csv", 2, 1, 2, 1),
        ),
    )


def test_numbers_and_symbols_are_read_by_the_type_of_their_column() -> None:
    text = f"{LIMIT}\n1,1,sourced,s,2024-01-01\nTrue,-3,sourced,s,2024-01-01\n"
    facts: list[Any] = [e.fact[1] for e in read(text, "limit")]
    assert facts == [("1", 1), ("True", -3)]
    assert [type(v) for fact in facts for v in fact] == [str, int, str, int]


@pytest.mark.parametrize("status", ["sourced", "unverified", "unconfirmed"])
def test_a_row_keeps_its_status(status: str) -> None:
    (entry,) = read(f"{PARTY}\nDE,uncc,2005-12-14,{status},s,2024-01-01,\n")
    assert (entry.status, entry.note) == (status, "")


def test_the_note_may_be_left_out() -> None:
    header = PARTY.removesuffix(",note")
    (entry,) = read(f"{header}\nDE,uncc,2005-12-14,sourced,s,2024-01-01\n")
    assert entry.note == ""


def test_a_value_that_the_source_does_not_give_is_unknown_and_named_by_its_cell() -> None:
    one, other = read(
        f"{PARTY}\nDE,uncc,?,sourced,s,2024-01-01,\nFR,uncc,2005-12-14,sourced,s,2024-01-01,\n"
    )
    unknown = Unknown("registry:party.csv:2:since")
    assert (one.fact, one.unknowns, other.unknowns) == (
        ("party", ("DE", "uncc", unknown)),
        (unknown,),
        (),
    )


def test_a_domain_without_members_takes_any_symbol() -> None:
    (entry,) = read(f"{PARTY}\nDE,any thing,2005-12-14,sourced,s,2024-01-01,\n")
    assert entry.fact[1][1] == "any thing"


def test_a_table_may_be_empty() -> None:
    assert read(PARTY) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "XX,uncc,2005-12-14,sourced,s,2024-01-01,",
            [("`XX` is not a member of `state`", "")],
        ),
        (
            "DEU,uncc,2005-12-14,sourced,s,2024-01-01,",
            [("`DEU` is not a member of `state`", "did you mean `DE`?")],
        ),
        ("?,uncc,2005-12-14,sourced,s,2024-01-01,", [("`?` is not a member of `state`", "")]),
        (",uncc,2005-12-14,sourced,s,2024-01-01,", [("column `state` is empty", "")]),
        ("DE,,2005-12-14,sourced,s,2024-01-01,", [("column `treaty` is empty", "")]),
        ("DE,uncc,,sourced,s,2024-01-01,", [("column `since` is empty", "")]),
        ("DE,uncc,soon,sourced,s,2024-01-01,", [("`soon` in column `since` is not a date", "")]),
        (
            "DE,uncc,2023-02-29,sourced,s,2024-01-01,",
            [("`2023-02-29` in column `since` is not a date", "")],
        ),
        (
            "DE,uncc,20051214,sourced,s,2024-01-01,",
            [("`20051214` in column `since` is not a date", "")],
        ),
        (
            "DE,uncc,2005-12-14,sourcd,s,2024-01-01,",
            [("unknown status `sourcd`", "did you mean `sourced`?")],
        ),
        (
            "DE,uncc,2005-12-14,,s,2024-01-01,",
            [("unknown status ``", "one of sourced, unverified, unconfirmed")],
        ),
        ("DE,uncc,2005-12-14,sourced,,2024-01-01,", [("the row names no source", "")]),
        ("DE,uncc,2005-12-14,sourced,s,,", [("column `source_date` is empty", "")]),
        ("DE,uncc,2005-12-14,sourced,s,?,", [("`?` in column `source_date` is not a date", "")]),
        ("DE,uncc,2005-12-14,sourced,s,2024-01-01", [("6 columns instead of 7", "")]),
        ("DE,uncc,2005-12-14,sourced,s,2024-01-01,,", [("8 columns instead of 7", "")]),
        ("", [("0 columns instead of 7", "")]),
    ],
)
def test_a_row_that_does_not_fit_is_refused(text: str, expected: list[tuple[str, str]]) -> None:
    assert row(text) == expected


@pytest.mark.parametrize("number", ["three", "1.5", "?", "0x10", "1 year"])
def test_what_is_no_number_is_refused_in_a_column_of_numbers(number: str) -> None:
    assert row(f"a,{number},sourced,s,2024-01-01", "limit") == [
        (f"`{number}` in column `years` is not a number", "")
    ]


def test_all_faults_of_a_row_are_reported() -> None:
    assert row("XX,,x,maybe,,x,") == [
        ("unknown status `maybe`", "one of sourced, unverified, unconfirmed"),
        ("the row names no source", ""),
        ("`x` in column `source_date` is not a date", ""),
        ("`XX` is not a member of `state`", ""),
        ("column `treaty` is empty", ""),
        ("`x` in column `since` is not a date", ""),
    ]


def test_all_faults_of_a_table_are_reported_with_their_lines() -> None:
    text = (
        f"{PARTY}\nDE,uncc,2005-12-14,sourced,s,2024-01-01,\nXX,uncc,?,sourced,s,2024-01-01,\n"
        "too short\nFR,uncc,?,sourced,,2024-01-01,\n"
    )
    assert [(place, message) for place, message, _ in found(text)] == [
        ("party.csv:3:1", "`XX` is not a member of `state`"),
        ("party.csv:4:1", "1 columns instead of 7"),
        ("party.csv:5:1", "the row names no source"),
    ]


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("", ""),
        ("state,treaty,status,source,source_date", "state,treaty,status,source,source_date"),
        (
            "treaty,state,since,status,source,source_date",
            "treaty,state,since,status,source,source_date",
        ),
        (PARTY + ",more", PARTY + ",more"),
    ],
)
def test_the_columns_are_the_arguments_and_the_source(header: str, given: str) -> None:
    assert found(f"{header}\n") == [
        ("party.csv:1:1", f"the columns are {given}", f"expected {PARTY}")
    ]


@pytest.mark.parametrize("predicate", ["asked", "bound", "zzz"])
def test_a_table_fills_a_closed_predicate_only(predicate: str) -> None:
    message = "the table `party.csv` fills no predicate that is declared `.closed`"
    assert [f[:2] for f in found(PARTY, predicate)] == [("party.csv:1:1", message)]


def test_the_nearest_predicate_is_proposed_for_a_table_of_another_name() -> None:
    assert [hint for *_, hint in found(PARTY, "partys")] == ["did you mean `party`?"]


def test_a_table_cannot_fill_a_predicate_of_a_program_without_declarations() -> None:
    signatures = datalog.parse("p(X) :- q(X).").checked.signatures
    error = error_of(lambda: read_registry("x", "q.csv", "q", signatures))
    assert [(d.code, d.place) for d in error.diagnostics] == [("bad_registry", "q.csv:1:1")]
