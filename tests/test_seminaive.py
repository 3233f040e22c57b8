"""Facts in memory, and the bottom-up evaluator."""

import datetime
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from tests.programs import EXAMPLES, Sample, error_of, least_model, samples

from rogatory import datalog
from rogatory.checks import check
from rogatory.parser import parse_syntax
from rogatory.seminaive import FACT_LIMIT, SemiNaive
from rogatory.store import Relation, Store

# --- the store


def test_a_relation_keeps_its_rows_once_and_in_order_of_arrival() -> None:
    relation = Relation([("b",), ("a",), ("b",)])
    added = [relation.add(("c",)), relation.add(("a",))]
    assert (added, list(relation), len(relation)) == ([True, False], [("b",), ("a",), ("c",)], 3)


def test_a_relation_tells_whether_it_holds_a_row() -> None:
    relation = Relation([("a", 1)])
    assert [("a", 1) in relation, ("a", "1") in relation] == [True, False]


def test_a_relation_selects_rows_by_any_positions() -> None:
    relation = Relation([("a", 1, "x"), ("b", 1, "y"), ("a", 2, "x")])
    found = [
        list(relation.select((), ())),
        list(relation.select((0,), ("a",))),
        list(relation.select((1, 2), (1, "y"))),
        list(relation.select((0, 1, 2), ("a", 2, "x"))),
        list(relation.select((2,), ("z",))),
    ]
    assert found == [
        [("a", 1, "x"), ("b", 1, "y"), ("a", 2, "x")],
        [("a", 1, "x"), ("a", 2, "x")],
        [("b", 1, "y")],
        [("a", 2, "x")],
        [],
    ]


def test_a_row_added_after_a_selection_is_selected_the_next_time() -> None:
    relation = Relation([("a", 1)])
    before = list(relation.select((0,), ("a",)))
    relation.add(("a", 2))
    assert (before, list(relation.select((0,), ("a",)))) == ([("a", 1)], [("a", 1), ("a", 2)])


def test_a_store_without_facts_has_an_empty_relation_for_every_predicate() -> None:
    store = Store()
    assert (list(store["p"]), list(store)) == ([], [])


def test_a_store_adds_facts_by_predicate() -> None:
    store = Store({"p": [("a",)]})
    added = [store.add("p", ("a",)), store.add("q", ("b",)), store.add("q", ())]
    assert (added, {p: list(store[p]) for p in store}) == (
        [False, True, True],
        {"p": [("a",)], "q": [("b",), ()]},
    )


def test_a_shared_relation_is_read_and_not_copied() -> None:
    relation = Relation([("a",)])
    store = Store()
    store.share("p", relation)
    assert store["p"] is relation


# --- the evaluator


@EXAMPLES
@given(samples())
def test_the_model_is_the_least_one_by_definition(sample: Sample) -> None:
    model = datalog.parse(sample.text).evaluate(sample.facts, SemiNaive())
    assert dict(model) == least_model(sample)


CYCLE = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]
CLOSURE = {(x, y) for x in "abc" for y in "abcd"}


@pytest.mark.parametrize(
    "rules",
    [
        "p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), e(Y, Z).",
        "p(X, Y) :- e(X, Y). p(X, Z) :- e(X, Y), p(Y, Z).",
        "p(X, Y) :- e(X, Y). p(X, Z) :- p(X, Y), p(Y, Z).",
        "p(X, Z) :- p(Y, Z), p(X, Y). p(X, Y) :- e(X, Y).",
        "p(X, Y) :- e(X, Y). p(X, Y) :- q(X, Y). q(X, Z) :- e(X, Y), p(Y, Z).",
    ],
)
def test_reachability_ends_on_a_graph_with_cycles_however_it_is_written(rules: str) -> None:
    model = datalog.parse(rules).evaluate({"e": CYCLE}, SemiNaive())
    assert model["p"] == CLOSURE


def test_facts_supplied_for_a_recursive_predicate_are_closed_too() -> None:
    program = datalog.parse("p(X, Z) :- p(X, Y), e(Y, Z). p(x, x).")
    model = program.evaluate({"e": [("a", "b"), ("x", "y")], "p": [("z", "a")]}, SemiNaive())
    assert model["p"] == {("z", "a"), ("z", "b"), ("x", "x"), ("x", "y")}


def test_each_place_in_a_recursion_that_is_new_is_used() -> None:
    text = "even(0). odd(M) :- even(N), next(N, M). even(M) :- odd(N), next(N, M)."
    model = datalog.parse(text).evaluate({"next": [(i, i + 1) for i in range(9)]}, SemiNaive())
    assert (model["even"], model["odd"]) == (
        {(i,) for i in range(0, 10, 2)},
        {(i,) for i in range(1, 10, 2)},
    )


def test_negation_reads_a_lower_stratum_that_is_complete() -> None:
    text = (
        "reach(X) :- start(X). reach(Y) :- reach(X), e(X, Y)."
        "cut(X) :- node(X), not reach(X). all_reached :- not cut(_)."
    )
    program = datalog.parse(text)
    facts = {"start": ["a"], "node": ["a", "b", "z"], "e": [("a", "b"), ("b", "a")]}
    one = program.evaluate(facts, SemiNaive())
    other = program.evaluate({**facts, "e": [("a", "b"), ("b", "z")]}, SemiNaive())
    assert (one["cut"], one["all_reached"]) == ({("z",)}, frozenset())
    assert (other["cut"], other["all_reached"]) == (frozenset(), {()})


def test_counting_in_a_recursion_ends_where_the_rules_end_it() -> None:
    text = (
        "n(0). n(M) :- n(N), N < 5, M = N + 2."
        "\nday(@2024-02-28). day(E) :- day(D), D < @2024-03-01, E = D + 1."
    )
    model = datalog.parse(text).evaluate({}, SemiNaive())
    assert (model["n"], model["day"]) == (
        {(0,), (2,), (4,), (6,)},
        {
            (datetime.date(2024, 2, 28),),
            (datetime.date(2024, 2, 29),),
            (datetime.date(2024, 3, 1),),
        },
    )


def test_counting_without_an_end_stops_at_the_limit() -> None:
    program = datalog.parse("p(0). p(M) :- p(N), M = N + 1.")
    error = error_of(lambda: program.evaluate({}, SemiNaive(limit=100)))
    assert [(d.code, d.message, d.hint) for d in error.diagnostics] == [
        (
            "evaluation_limit",
            "more than 100 facts for p",
            "bound the numbers that the recursion counts with",
        )
    ]


def test_as_many_facts_as_the_limit_allows_may_be_derived() -> None:
    # the facts of the first round, 0 and 1, do not count: they come from no recursion
    program = datalog.parse("p(0). p(M) :- p(N), N < 101, M = N + 1.")
    model = program.evaluate({}, SemiNaive(limit=100))
    assert model["p"] == {(i,) for i in range(102)}


def test_the_limit_is_high_if_not_given() -> None:
    assert SemiNaive() == SemiNaive(limit=FACT_LIMIT)


def test_threads_may_share_relations_and_the_evaluator() -> None:
    program = check(
        parse_syntax("p(X, Z) :- e(X, Y), e(Y, Z). q(X) :- e(_, X), not e(X, _).").statements
    )
    shared = Relation([(i, i + 1) for i in range(200)])
    evaluator, barrier = SemiNaive(), threading.Barrier(8)

    def work(_: int) -> tuple[frozenset[object], frozenset[object]]:
        store = Store()
        store.share("e", shared)
        barrier.wait()
        evaluator.evaluate(program, store)
        return frozenset(store["p"]), frozenset(store["q"])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # or the threads would run one after the other
    try:
        with ThreadPoolExecutor(8) as pool:
            results = set(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert results == {(frozenset((i, i + 2) for i in range(199)), frozenset({(200,)}))}
