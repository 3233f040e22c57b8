"""The rule language on its own, with either evaluator."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from tests.programs import EXAMPLES, Sample, error_of, faults, samples

from rogatory import datalog
from rogatory.datalog import Evaluator, Model
from rogatory.plan import Stratum
from rogatory.printer import print_value
from rogatory.seminaive import SemiNaive
from rogatory.topdown import PyDatalog

EVALUATORS: list[Evaluator] = [SemiNaive(), PyDatalog()]
both = pytest.mark.parametrize("evaluator", EVALUATORS, ids=["seminaive", "pydatalog"])


def derived(text: str, facts: Mapping[str, Any], evaluator: Evaluator) -> dict[str, set[Any]]:
    """What a program adds to the facts, by predicate."""
    model = datalog.parse(text).evaluate(facts, evaluator)
    return {p: set(rows) for p, rows in model.items() if p not in facts}


@EXAMPLES
@given(samples(arithmetic=True))
def test_both_evaluators_find_the_same_model(sample: Sample) -> None:
    program = datalog.parse(sample.text)
    one, other = (program.evaluate(sample.facts, e) for e in EVALUATORS)
    assert dict(one) == dict(other)


@both
@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("p(X) :- q(X).", {"q": []}, {"p": set()}),
        ("p.", {}, {"p": {()}}),
        ("p(a, 1). p(b, -1).", {}, {"p": {("a", 1), ("b", -1)}}),
        ("p :- q(_).", {"q": ["a", "b"]}, {"p": {()}}),
        ("p(X) :- q(X, X).", {"q": [("a", "a"), ("a", "b")]}, {"p": {("a",)}}),
        ("p(Y, X, X, c) :- q(X, Y).", {"q": [("a", "b")]}, {"p": {("b", "a", "a", "c")}}),
        ("p(X) :- q(X). p(X) :- r(X).", {"q": ["a"], "r": ["b"]}, {"p": {("a",), ("b",)}}),
        # a cross product, and a join through a third
        ("p(X, Y) :- q(X), r(Y).", {"q": ["a", "b"], "r": [1]}, {"p": {("a", 1), ("b", 1)}}),
        (
            "p(X, Z) :- q(X, Y), q(Y, Z), X != Z.",
            {"q": [("a", "b"), ("b", "c"), ("b", "a")]},
            {"p": {("a", "c")}},
        ),
        ("p(X) :- X = 1. q(Y) :- p(X), Y = X.", {}, {"p": {(1,)}, "q": {(1,)}}),
        # a predicate with facts and rules
        (
            "p(a). p(X) :- q(X). r(X) :- p(X), not q(X).",
            {"q": ["b"]},
            {"p": {("a",), ("b",)}, "r": {("a",)}},
        ),
    ],
)
def test_a_rule_holds_for_every_match_of_its_body(
    evaluator: Evaluator, text: str, facts: Mapping[str, Any], expected: dict[str, set[Any]]
) -> None:
    assert derived(text, facts, evaluator) == expected


@both
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # two `_` in one literal, in two literals, and in a recursion are different variables
        ("p :- e(_, _).", {()}),
        ("p(X) :- e(X, _), e(_, X).", {("b",)}),
        ("p(X, Y) :- e(X, _), e(_, Y).", {(x, y) for x in "ab" for y in "bc"}),
        ("p(X) :- e(X, _). p(Y) :- p(_), e(_, Y).", {("a",), ("b",), ("c",)}),
        ("p(X) :- e(X, _), not e(_, X).", {("a",)}),
        ("p(X) :- e(_, X), not e(X, _).", {("c",)}),
        ("p :- not e(c, _), not e(_, a), e(_, c).", {()}),
        ("p :- not e(_, _).", set()),
        ("p :- not f(_, _), not f(_, a), not f(a, _).", {()}),
    ],
)
def test_each_anonymous_variable_is_another_one(
    evaluator: Evaluator, text: str, expected: set[Any]
) -> None:
    facts = {"e": [("a", "b"), ("b", "c")], "f": []}
    assert derived(text, facts, evaluator)["p"] == expected


@both
def test_a_negation_with_an_anonymous_variable_says_that_there_is_no_such(
    evaluator: Evaluator,
) -> None:
    facts = {"person": ["ann", "bob"], "child": [("ann", "cid"), ("ann", "dan")]}
    assert derived("childless(P) :- person(P), not child(P, _).", facts, evaluator) == {
        "childless": {("bob",)}
    }


@both
def test_a_negation_is_stratified_through_several_layers(evaluator: Evaluator) -> None:
    text = "d(X) :- not c(X), n(X). c(X) :- n(X), not b(X). b(X) :- n(X), not a(X). a(x)."
    expected = {"a": {("x",)}, "b": {("y",)}, "c": {("x",)}, "d": {("y",)}}
    assert derived(text, {"n": ["x", "y"]}, evaluator) == expected


@both
@pytest.mark.parametrize("name", ["left", "right", "both"])
def test_transitive_closure_ends_on_cyclic_graphs(evaluator: Evaluator, name: str) -> None:
    step = {
        "left": "p(X, Y), e(Y, Z)",
        "right": "e(X, Y), p(Y, Z)",
        "both": "p(X, Y), p(Y, Z)",
    }[name]
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "c"), ("d", "d")]
    text = f"p(X, Y) :- e(X, Y). p(X, Z) :- {step}."
    expected = {(x, y) for x in "ab" for y in "abc"} | {("c", "c"), ("d", "d")}
    assert derived(text, {"e": edges}, evaluator) == {"p": expected}


@both
def test_a_recursion_may_stand_on_rules_and_under_rules(evaluator: Evaluator) -> None:
    text = (
        "e(X, Y) :- raw(X, Y), not closed(X)."
        "p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), e(Y, Z)."
        "far(Y) :- p(a, Y), not e(a, Y). none :- not far(_)."
    )
    facts = {"raw": [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")], "closed": ["d"]}
    assert derived(text, facts, evaluator) == {
        "e": {("a", "b"), ("b", "c"), ("c", "d")},
        "p": {("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")},
        "far": {("c",), ("d",)},
        "none": set(),
    }


@both
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("n(X), X < 3", {1, 2}),
        ("n(X), 3 <= X", {3, 4}),
        ("n(X), n(Y), X + Y = 7, X < Y", {3}),
        ("n(X), n(Y), Y = X * X - 2", {2}),
        ("n(Y), X = Y * 10, X > 25", {30, 40}),
        ("n(Y), 2 * (Y - 1) = X, n(X)", {2, 4}),
        ("n(Y), n(Z), X = Y - Z, not n(X)", {-3, -2, -1, 0}),
        ("X = 6 * 7", {42}),
        ("n(Y), Z = Y + 1, X = Z * Z, Y != 2, X <= 16", {4, 16}),
    ],
)
def test_comparisons_calculate_with_integers(
    evaluator: Evaluator, body: str, expected: set[int]
) -> None:
    found = derived(f"p(X) :- {body}.", {"n": [1, 2, 3, 4]}, evaluator)["p"]
    assert found == {(x,) for x in expected}


@both
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("d(X), X >= @2024-02-29", [datetime.date(2024, 2, 29)]),
        ("d(D), X = D + 1", [datetime.date(2024, 2, 29), datetime.date(2024, 3, 1)]),
        ("d(D), D - @2024-02-01 = X", [27, 28]),
        ("d(X), d(Y), X - Y = 1", [datetime.date(2024, 2, 29)]),
        ("d(D), X = D - 60, X < @2023-12-31", [datetime.date(2023, 12, 30)]),
    ],
)
def test_comparisons_calculate_with_days(
    evaluator: Evaluator, body: str, expected: list[Any]
) -> None:
    days = [datetime.date(2024, 2, 28), datetime.date(2024, 2, 29)]
    assert derived(f"p(X) :- {body}.", {"d": days}, evaluator)["p"] == {(x,) for x in expected}


HOSTILE = [
    '"); import os',
    "'); import os",
    "') & ask(",
    "__import__('os')",
    "X",
    "_",
    "_pyD_class",
    "f",
    "==",
    "a,b",
    "p(X)",
    "",
    " ",
    "\n",
    "\0",
    "None",
    "@2024-01-01",
    "d2024-01-01",
    "s",
    "u",
    "not",
    "here",
    "{x}",
    "%s",
    "\\",
    "é",
    "\U0001f600",
]


@both
@pytest.mark.parametrize("value", HOSTILE)
def test_a_constant_is_never_taken_for_anything_else(evaluator: Evaluator, value: str) -> None:
    text = (
        "p(X) :- e(X), not f(X). q(X) :- e(X), X = Y, f2(Y). r(Y) :- r(X), g(X, Y). r(X) :- e(X)."
    )
    facts = {"e": [value], "f": ["other"], "f2": [value, "other"], "g": [(value, "z")]}
    assert derived(text, facts, evaluator) == {
        "p": {(value,)},
        "q": {(value,)},
        "r": {(value,), ("z",)},
    }


@both
@pytest.mark.parametrize("value", HOSTILE)
def test_a_constant_of_a_program_is_never_taken_for_anything_else(
    evaluator: Evaluator, value: str
) -> None:
    word = print_value(value)
    text = f"p({word}). q :- p({word}), not p({word}). r(X) :- p(X), X = {word}."
    assert derived(text, {}, evaluator) == {"p": {(value,)}, "q": set(), "r": {(value,)}}


@both
@pytest.mark.parametrize("name", ["id", "type", "class", "true", "none", "lambda", "ask", "print"])
def test_a_name_of_python_is_a_plain_predicate(evaluator: Evaluator, name: str) -> None:
    text = f"{name}({name}). {name}(X) :- e(X). p(X) :- {name}(X), not q(X), X != {name}."
    assert derived(text, {"e": ["a", "True"], "q": ["a"]}, evaluator) == {
        name: {(name,), ("a",), ("True",)},
        "p": {("True",)},
    }


@both
def test_a_number_the_text_of_a_number_and_the_name_of_a_truth_value_are_three_constants(
    evaluator: Evaluator,
) -> None:
    text = (
        'one(X) :- e(X), X = 1. text(X) :- e(X), X = "1". name(X) :- e(X), X = "True".'
        'rest(X) :- e(X), not one(X). pair(X, Y) :- e(X), e(Y), X = Y. got :- e("1"), e(1).'
    )
    values = [1, "1", "True", 0, ""]
    assert derived(text, {"e": values}, evaluator) == {
        "one": {(1,)},
        "text": {("1",)},
        "name": {("True",)},
        "rest": {("1",), ("True",), (0,), ("",)},
        "pair": {(v, v) for v in values},
        "got": {()},
    }


@both
def test_a_day_and_its_text_are_two_constants(evaluator: Evaluator) -> None:
    day = datetime.date(2024, 1, 1)
    facts = {"e": [day, "2024-01-01", "@2024-01-01", 20240101]}
    assert derived("p(X) :- e(X), X = @2024-01-01.", facts, evaluator) == {"p": {(day,)}}


@both
def test_large_and_negative_numbers_keep_their_value(evaluator: Evaluator) -> None:
    values = [-1, -2, 2**61 - 1, 2**64, -(2**64), 10**50]
    assert derived("p(X, Y) :- e(X), Y = X + 1.", {"e": values}, evaluator) == {
        "p": {(v, v + 1) for v in values}
    }


# --- errors of facts and of evaluation


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"e": [("a", None)]}, [("bad_fact", "facts.e[0]")]),
        ({"e": [("a", "b"), ("a", 1.5)]}, [("bad_fact", "facts.e[1]")]),
        ({"e": [(True, "a")]}, [("bad_fact", "facts.e[0]")]),
        ({"e": [("a", datetime.datetime.min)]}, [("bad_fact", "facts.e[0]")]),
        ({"e": [("a", ["b"])]}, [("bad_fact", "facts.e[0]")]),
        ({"e": [None]}, [("bad_fact", "facts.e[0]")]),
        ({"e": [("a", "b", "c")]}, [("arity_mismatch", "facts.e[0]")]),
        ({"e": ["ab"]}, [("arity_mismatch", "facts.e[0]")]),
        ({"e": [5]}, [("arity_mismatch", "facts.e[0]")]),
        (
            {"e": [(), ("a", "b"), (None,)]},
            [("arity_mismatch", "facts.e[0]"), ("bad_fact", "facts.e[2]")],
        ),
    ],
)
def test_a_fact_of_a_wrong_shape_is_refused_with_its_place(
    facts: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    program = datalog.parse("p(X) :- e(X, _).")
    assert faults(lambda: program.evaluate(facts)) == expected


def test_the_messages_for_bad_facts_say_what_is_right() -> None:
    program = datalog.parse("p(X) :- e(X, _).")
    error = error_of(lambda: program.evaluate({"e": [("a", 1.5), ("a",)]}))
    assert [(d.message, d.hint) for d in error.diagnostics] == [
        ("1.5 is no symbol, integer or date", "constants are str, int and datetime.date"),
        ("`e` takes 2 arguments, here 1", ""),
    ]


DECLARED = """\
.domain color: red, green.
.closed e(c: color, n: number, d: date) "s".
.derived p(c: color) "s".
p(C) :- e(C, _, _).
"""


def test_the_facts_of_a_declared_predicate_must_have_its_types() -> None:
    program = datalog.parse(DECLARED)
    day = datetime.date(2024, 1, 1)
    error = error_of(
        lambda: program.evaluate({"e": [("red", 1, day), ("gren", 1, day), (1, day, "x")]})
    )
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        ("bad_fact", "facts.e[1][0]", "`gren` is not a member of `color`", "did you mean `green`?"),
        ("bad_fact", "facts.e[2][0]", "`1` is a number, a color is required", ""),
        ("bad_fact", "facts.e[2][1]", "`@2024-01-01` is a date, a number is required", ""),
        ("bad_fact", "facts.e[2][2]", "`x` is a symbol, a date is required", ""),
    ]


def test_a_declared_program_takes_facts_of_declared_predicates_only() -> None:
    error = error_of(lambda: datalog.parse(DECLARED).evaluate({"ee": [], "zzz": [("a",)]}))
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        (
            "unknown_predicate",
            "facts.ee",
            "facts for an unknown predicate `ee`",
            "did you mean `e`?",
        ),
        ("unknown_predicate", "facts.zzz", "facts for an unknown predicate `zzz`", ""),
    ]


def test_a_declared_program_need_not_be_given_facts() -> None:
    assert dict(datalog.parse(DECLARED).evaluate()) == {"e": frozenset(), "p": frozenset()}


def test_a_plain_program_must_be_told_of_every_predicate_that_no_rule_gives() -> None:
    program = datalog.parse("p(X) :- edge(X), not seen(X).\nq :- edge(_), p(_), zzz.")
    error = error_of(lambda: program.evaluate({"edges": [], "seen": []}))
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        (
            "unknown_predicate",
            "<string>:1:9",
            "no rule and no fact gives `edge`",
            "did you mean `edges`?",
        ),
        (
            "unknown_predicate",
            "<string>:2:21",
            "no rule and no fact gives `zzz`",
            'give an empty list if it has none: {"zzz": []}',
        ),
    ]


@both
@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("p :- e(X, Y), X < Y.", "type_mismatch", "<string>:1:15"),
        ("p(Z) :- e(X, _), Z = X * 2.", "type_mismatch", "<string>:1:22"),
        ("p :- e(_, X), X + 1 = 2, e(Y, _), Y - 1 != 3.", "type_mismatch", "<string>:1:35"),
        ("p(D) :- D = @2024-01-01 + 9999999999.", "evaluation_limit", "<string>:1:13"),
        # in a recursion, too
        ("p(X) :- e(X, _). p(Y) :- p(X), Y = X + 1.", "type_mismatch", "<string>:1:36"),
    ],
)
def test_what_cannot_be_calculated_is_reported_where_it_stands(
    evaluator: Evaluator, text: str, code: str, place: str
) -> None:
    program = datalog.parse(text)
    assert faults(lambda: program.evaluate({"e": [("a", 1)]}, evaluator)) == [(code, place)]


# --- values


def test_a_model_is_a_mapping_of_all_predicates_to_their_facts() -> None:
    model = datalog.parse("p(X) :- q(X), not r(X).").evaluate(
        {"q": ["a"], "r": [], "s": [("b", 1)]}
    )
    assert (dict(model), len(model), "p" in model, list(model)) == (
        {"p": {("a",)}, "q": {("a",)}, "r": frozenset(), "s": {("b", 1)}},
        4,
        True,
        ["p", "q", "r", "s"],
    )
    with pytest.raises(KeyError):
        model["unknown"]


def test_two_evaluations_with_the_same_facts_give_equal_models() -> None:
    program = datalog.parse("p(X) :- q(X).")
    assert program.evaluate({"q": ["a", "b"]}) == program.evaluate({"q": ["b", "a"]})


def test_models_with_other_facts_are_not_equal() -> None:
    assert Model({"p": frozenset({("a",)})}) != Model({"p": frozenset({("b",)})})


def test_rows_may_be_lists_strings_single_values_and_generators() -> None:
    program = datalog.parse("p(X) :- q(X). r(X, Y) :- s(X, Y).")
    model = program.evaluate({"q": ["ab", 1, ["c"]], "s": ([i, i] for i in range(2))})
    assert (model["p"], model["r"]) == ({("ab",), (1,), ("c",)}, {(0, 0), (1, 1)})


def test_the_facts_given_are_not_changed() -> None:
    facts = {"p": [("a",)], "q": [("b",)]}
    datalog.parse("p(X) :- q(X).").evaluate(facts)
    assert facts == {"p": [("a",)], "q": [("b",)]}


def test_two_programs_are_equal_if_their_statements_are() -> None:
    one, other = datalog.parse("p(X):-q(X).", "a"), datalog.parse("p(X)\n:- q(X). % x", "b")
    assert (one == other, hash(one) == hash(other), one == datalog.parse("p(Y) :- q(Y).")) == (
        True,
        True,
        False,
    )


def test_a_program_lists_its_strata_in_the_order_of_evaluation() -> None:
    program = datalog.parse("p :- not q. q :- r, q.")
    assert program.strata == (Stratum(("q",), recursive=True), Stratum(("p",), recursive=False))


def test_places_of_errors_begin_with_the_name_of_the_file() -> None:
    assert faults(lambda: datalog.parse("p(X).", "my.dl")) == [("unbound_variable", "my.dl:1:3")]
