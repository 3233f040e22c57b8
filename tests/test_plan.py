"""The order of a body's conditions, and the strata of a program."""

import datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.programs import EXAMPLES, Sample, samples

from rogatory import datalog, plan
from rogatory.checks import check
from rogatory.plan import Absent, Scan, Stratum, Unordered, matches, order, strata
from rogatory.printer import print_syntax
from rogatory.seminaive import SemiNaive
from rogatory.statuses import condition_of
from rogatory.store import Relation, Store
from rogatory.syntax import Condition, Rule, Variable


def body(text: str) -> tuple[Condition, ...]:
    """The body of a rule, from its text."""
    rule = datalog.parse_syntax(f"p :- {text}.").statements[0]
    assert isinstance(rule, Rule)
    return rule.body


def shown(steps: tuple[plan.Step, ...]) -> list[str]:
    """Steps as their kinds and conditions."""
    return [f"{type(step).__name__}: {print_syntax(condition_of(step))}" for step in steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q(X), r(Y)", ["Scan: q(X)", "Scan: r(Y)"]),
        # what is bound comes first
        ("q(X), r(a)", ["Scan: r(a)", "Scan: q(X)"]),
        ("q(X, Y), r(Y, a), s(X)", ["Scan: r(Y, a)", "Scan: q(X, Y)", "Scan: s(X)"]),
        # a literal without variables is a test
        ("q(a, b, X), r", ["Scan: r", "Scan: q(a, b, X)"]),
        # comparisons and negations as soon as they can be
        (
            "not q(X), X < 3, r(X), s(Y)",
            ["Scan: r(X)", "Absent: not q(X)", "Test: X < 3", "Scan: s(Y)"],
        ),
        ("q(X), not r(_)", ["Absent: not r(_)", "Scan: q(X)"]),
        ("1 < 2, q(X)", ["Test: 1 < 2", "Scan: q(X)"]),
        # `=` binds, from either side and through a chain
        ("Z = Y * 2, X + 1 = Y, q(X)", ["Scan: q(X)", "Bind: X + 1 = Y", "Bind: Z = Y * 2"]),
        ("X = 1", ["Bind: X = 1"]),
        # but not what a positive literal binds: its value may be unknown
        ("X = 1, q(X)", ["Scan: q(X)", "Test: X = 1"]),
        # the second `=` for a variable compares
        ("q(X), Y = X, Y = 1", ["Bind: Y = 1", "Scan: q(X)", "Test: Y = X"]),
    ],
)
def test_conditions_come_where_their_variables_are_bound(text: str, expected: list[str]) -> None:
    assert shown(order(body(text))) == expected


def test_an_order_may_start_with_a_given_literal() -> None:
    steps = order(body("q(X, a), r(X, Y), not s(X)"), first=1)
    assert shown(steps) == ["Scan: r(X, Y)", "Absent: not s(X)", "Scan: q(X, a)"]


def test_an_order_may_start_with_variables_that_have_a_value() -> None:
    steps = order(body("q(X, Y), r(Y, Z), not s(X)"), bound=["X", "Z"])
    assert shown(steps) == ["Absent: not s(X)", "Scan: q(X, Y)", "Scan: r(Y, Z)"]


def test_the_written_order_keeps_positive_literals_as_the_author_put_them() -> None:
    steps = order(body("q(X), X < 3, r(a), s(X), not t(X)"), written=True)
    assert shown(steps) == [
        "Scan: q(X)",
        "Test: X < 3",
        "Absent: not t(X)",
        "Scan: r(a)",
        "Scan: s(X)",
    ]


def test_a_scan_knows_what_it_looks_up_what_it_binds_and_what_must_be_equal() -> None:
    (step,) = order(body("q(a, X, Y, Y, _, Y, Z)"), bound=["X"])
    assert isinstance(step, Scan)
    assert (step.positions, [print_syntax(t) for t in step.key], step.binds, step.repeats) == (
        (0, 1),
        ["a", "X"],
        ((2, "Y"), (6, "Z")),
        ((2, 3), (2, 5)),
    )


def test_an_absence_looks_up_what_is_bound_and_ignores_anonymous_variables() -> None:
    step = order(body("q(X), not r(_, X, a)"))[1]
    assert isinstance(step, Absent)
    assert (step.positions, step.key[0]) == ((1, 2), Variable("X"))


@pytest.mark.parametrize(
    ("text", "stuck", "bound"),
    [
        ("not q(X)", ["not q(X)"], set()),
        ("q(X), Y < X, not r(Z)", ["Y < X", "not r(Z)"], {"X"}),
        ("X = Y + 1, Y = X - 1", ["X = Y + 1", "Y = X - 1"], set()),
        ("X + 1 = 2", ["X + 1 = 2"], set()),
    ],
)
def test_conditions_that_stay_unbound_have_no_order(
    text: str, stuck: list[str], bound: set[str]
) -> None:
    with pytest.raises(Unordered) as caught:
        order(body(text))
    assert ([print_syntax(c) for c in caught.value.conditions], caught.value.bound) == (
        stuck,
        bound,
    )


FACTS = Store(
    {
        "e": [("a", "b"), ("b", "b"), ("b", "c")],
        "n": [("a", 1), ("b", 2), ("c", 3)],
        "d": [(datetime.date(2024, 1, 31),)],
        "t": [()],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e(X, Y)", [{"X": "a", "Y": "b"}, {"X": "b", "Y": "b"}, {"X": "b", "Y": "c"}]),
        ("e(X, X)", [{"X": "b"}]),
        ("e(b, X)", [{"X": "b"}, {"X": "c"}]),
        ("e(X, c), t", [{"X": "b"}]),
        ("e(a, c)", []),
        ("none(X)", []),
        ("e(X, _), not e(_, X)", [{"X": "a"}]),
        ("n(X, N), N >= 2, not e(X, X)", [{"X": "c", "N": 3}]),
        ("n(a, N), M = N + 4", [{"N": 1, "M": 5}]),
        (
            "n(X, N), n(Y, M), N + 1 = M, e(X, Y)",
            [{"X": "a", "N": 1, "Y": "b", "M": 2}, {"X": "b", "N": 2, "Y": "c", "M": 3}],
        ),
        ("d(D), E = D + 1", [{"D": datetime.date(2024, 1, 31), "E": datetime.date(2024, 2, 1)}]),
        ("not e(c, _)", [{}]),
        ("not t", []),
    ],
)
def test_a_body_has_the_matches_that_one_finds_by_hand(
    text: str, expected: list[dict[str, Any]]
) -> None:
    found = list(matches(order(body(text)), FACTS))
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_a_replacement_stands_in_for_the_first_relation_only() -> None:
    steps = order(body("e(X, Y), e(Y, Z)"), first=0)
    found = list(matches(steps, FACTS, Relation([("x", "b")])))
    assert found == [{"X": "x", "Y": "b", "Z": "b"}, {"X": "x", "Y": "b", "Z": "c"}]


@EXAMPLES
@given(samples(arithmetic=True), st.data())
def test_the_order_of_conditions_and_rules_does_not_change_the_model(
    sample: Sample, data: st.DataObject
) -> None:
    program = datalog.parse(sample.text)
    rules = [s for s in program.syntax.statements if isinstance(s, Rule)]
    shuffled = [
        evolve(rule, body=tuple(data.draw(st.permutations(rule.body))))
        for rule in data.draw(st.permutations(rules))
    ]
    store = Store(sample.facts)
    SemiNaive().evaluate(check(shuffled), store)
    expected = dict(program.evaluate(sample.facts, SemiNaive()))
    assert {p: frozenset(store[p]) for p in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("p :- q.", [(("p",), False)]),
        ("p :- p.", [(("p",), True)]),
        ("p :- q. q :- r. r :- s.", [(("r",), False), (("q",), False), (("p",), False)]),
        ("p :- q. q :- p. r :- not p.", [(("p", "q"), True), (("r",), False)]),
        ("p :- q, r. q :- r. r :- r. r :- s.", [(("r",), True), (("q",), False), (("p",), False)]),
        (
            "a :- b. b :- c. c :- a. c :- d. d :- e. e :- d.",
            [(("d", "e"), True), (("a", "b", "c"), True)],
        ),
        # a cycle through one that was visited before
        ("a :- b, c. b :- a. c :- b.", [(("a", "b", "c"), True)]),
        ("p :- X = 1.", [(("p",), False)]),
    ],
)
def test_strata_come_after_what_they_depend_on(
    text: str, expected: list[tuple[tuple[str, ...], bool]]
) -> None:
    rules = [s for s in datalog.parse_syntax(text).statements if isinstance(s, Rule)]
    assert strata(rules) == tuple(Stratum(*item) for item in expected)


def test_a_long_chain_of_predicates_does_not_exhaust_the_stack() -> None:
    text = " ".join(f"p{i} :- p{i + 1}." for i in range(3000))
    assert len(datalog.parse(text).strata) == 3000
