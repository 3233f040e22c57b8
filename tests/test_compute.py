"""Arithmetic and comparison of values."""

import datetime
from typing import Any

import pytest
from tests.programs import error_of

from rogatory.compute import compute, holds
from rogatory.parser import parse_syntax
from rogatory.syntax import Comparison, Constant, Expression, Rule, Unknown

DAY = datetime.date(2024, 2, 28)
UNKNOWN = Unknown("age")
VALUES = {"N": 5, "M": -2, "S": "a", "D": DAY, "E": datetime.date(2024, 3, 1), "U": UNKNOWN}


def comparison(text: str) -> Comparison:
    """A comparison, from its text."""
    rule = parse_syntax(f"p :- {text}.").statements[0]
    assert isinstance(rule, Rule)
    (condition,) = rule.body
    assert isinstance(condition, Comparison)
    return condition


def expression(text: str) -> Expression:
    """An expression, from its text; it stands in column 10."""
    return comparison(f"X = {text}").right


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("N", 5),
        ("N + M", 3),
        ("N - M", 7),
        ("N * M", -10),
        ("1 - 2 - 3", -4),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("D + 2", datetime.date(2024, 3, 1)),
        ("D - 28", datetime.date(2024, 1, 31)),
        ("E - D", 2),
        ("D - E", -2),
        ("10000000000000000000 * 10000000000000000000", 10**38),
        ("U", UNKNOWN),
        ("U + 1", UNKNOWN),
        ("1 - U", UNKNOWN),
        ("D + U", UNKNOWN),
    ],
)
def test_an_expression_has_the_value_that_one_calculates_by_hand(text: str, value: Any) -> None:
    assert compute(expression(text), VALUES) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S + 1", "a + 1 cannot be calculated"),
        ("1 + D", "1 + @2024-02-28 cannot be calculated"),
        ("D + E", "@2024-02-28 + @2024-03-01 cannot be calculated"),
        ("D * 2", "@2024-02-28 * 2 cannot be calculated"),
        ("D - S", "@2024-02-28 - a cannot be calculated"),
        ("1 - S", "1 - a cannot be calculated"),
    ],
)
def test_arithmetic_on_anything_else_is_a_type_mismatch(text: str, message: str) -> None:
    (found,) = error_of(lambda: compute(expression(text), VALUES)).diagnostics
    assert (found.code, found.place, found.message) == ("type_mismatch", "<string>:1:10", message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("D + 9999999", "the result of @2024-02-28 + 9999999 is out of range"),
        ("D - 9999999", "the result of @2024-02-28 - 9999999 is out of range"),
        ("D + 99999999999999", "the result of @2024-02-28 + 99999999999999 is out of range"),
    ],
)
def test_a_day_outside_the_calendar_is_over_the_limit(text: str, message: str) -> None:
    (found,) = error_of(lambda: compute(expression(text), VALUES)).diagnostics
    assert (found.code, found.place, found.message) == (
        "evaluation_limit",
        "<string>:1:10",
        message,
    )


@pytest.mark.parametrize(
    ("left", "right", "true"),
    [
        ("1", "2", {"!=", "<", "<="}),
        ("2", "2", {"=", "<=", ">="}),
        ("3", "2", {"!=", ">", ">="}),
        ("D", "E", {"!=", "<", "<="}),
        ("D", "@2024-02-28", {"=", "<=", ">="}),
        ("a", "b", {"!=", "<", "<="}),
        ("S", "a", {"=", "<=", ">="}),
    ],
)
def test_values_of_one_type_are_ordered(left: str, right: str, true: set[str]) -> None:
    operators = ["=", "!=", "<", "<=", ">", ">="]
    found = {o for o in operators if holds(comparison(f"{left} {o} {right}"), VALUES)}
    assert found == true


@pytest.mark.parametrize(
    ("left", "right"), [("1", '"1"'), ("1", "True"), ("D", '"2024-02-28"'), ("D", "0")]
)
def test_values_of_two_types_are_unequal(left: str, right: str) -> None:
    # a variable cannot be upper case text, so True is given a value
    values = VALUES | {"True": "True"}
    equal = holds(comparison(f"{left} = {right}"), values)
    unequal = holds(comparison(f"{left} != {right}"), values)
    assert (equal, unequal) == (False, True)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_values_of_two_types_have_no_order(operator: str) -> None:
    error = error_of(lambda: holds(comparison(f"N {operator} S"), VALUES))
    assert [(d.code, d.place, d.message) for d in error.diagnostics] == [
        ("type_mismatch", "<string>:1:6", "5 and a have no common order")
    ]


@pytest.mark.parametrize("lenient", [True, False])
@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("sides", [(UNKNOWN, 1), (1, UNKNOWN), (UNKNOWN, UNKNOWN)])
def test_a_comparison_with_an_unknown_value_holds_if_it_is_lenient(
    operator: str, sides: tuple[Any, Any], lenient: bool
) -> None:
    left, right = sides
    assert holds(Comparison(operator, Constant(left), Constant(right), lenient), {}) is lenient
