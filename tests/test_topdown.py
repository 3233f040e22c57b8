"""The pyDatalog evaluator, and what it relies on in pyDatalog's undocumented engine."""

import importlib.metadata
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pyDatalog import Logic, pyDatalog, pyEngine
from tests.programs import EXAMPLES, OpenCase, Sample, open_cases, samples

from rogatory import datalog, topdown
from rogatory.errors import EvaluationError
from rogatory.kleene import double, uncertain
from rogatory.seminaive import SemiNaive
from rogatory.statuses import load
from rogatory.store import Relation, Store
from rogatory.syntax import Unknown
from rogatory.topdown import PyDatalog

PROGRAM = (
    "p(X, Z) :- e(X, Y), e(Y, Z), X != Z. q(X) :- e(X, _), not e(_, X). r(M) :- n(N), M = N * 2."
)
FACTS: dict[str, list[Any]] = {"e": [("a", "b"), ("b", "c"), ("c", "d")], "n": [1, 2]}
MODEL = {
    "p": {("a", "c"), ("b", "d")},
    "e": {("a", "b"), ("b", "c"), ("c", "d")},
    "q": {("a",)},
    "r": {(2,), (4,)},
    "n": {(1,), (2,)},
}


def in_new_thread(call: Callable[[], Any]) -> Any:
    """What a call returns in a thread that has never used pyDatalog."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


# --- sessions


def test_programs_may_take_turns() -> None:
    one, other = datalog.parse("p(X) :- q(X)."), datalog.parse("p(X) :- q(X), not r(X).")
    facts = {"q": ["a", "b"], "r": ["a"]}
    found = [set(p.evaluate(facts, PyDatalog())["p"]) for p in (one, other, one, other)]
    assert found == [{("a",), ("b",)}, {("b",)}] * 2


def test_an_evaluation_leaves_no_fact_behind_for_the_next() -> None:
    program = datalog.parse("p(X) :- q(X), not r(X). s :- not q(_).")
    facts: list[dict[str, list[Any]]] = [
        {"q": ["a"], "r": []},
        {"q": [], "r": []},
        {"q": ["a", "b"], "r": ["a"]},
        {"q": ["a"], "r": []},
    ]
    found = [program.evaluate(f, PyDatalog()) for f in facts]
    assert [(set(m["p"]), set(m["s"])) for m in found] == [
        ({("a",)}, set()),
        (set(), {()}),
        ({("b",)}, set()),
        ({("a",)}, set()),
    ]


@EXAMPLES
@given(samples(arithmetic=True), st.data())
def test_an_evaluation_after_others_is_as_the_first(sample: Sample, data: st.DataObject) -> None:
    program = datalog.parse(sample.text)
    others = {
        p: data.draw(st.lists(st.sampled_from(r), max_size=3)) if r else []
        for p, r in sample.facts.items()
    }
    program.evaluate(others, PyDatalog())
    found = program.evaluate(sample.facts, PyDatalog())
    assert dict(found) == dict(program.evaluate(sample.facts, SemiNaive()))


def test_more_programs_than_a_thread_keeps_loaded_can_be_evaluated() -> None:
    programs = [datalog.parse(f"p(X) :- q(X), X != {i}.") for i in range(20)]
    facts = {"q": list(range(20))}
    found = [set(p.evaluate(facts, PyDatalog())["p"]) for p in [*programs, *programs]]
    assert found == [{(i,) for i in range(20) if i != n} for n in range(20)] * 2


def test_a_thread_keeps_a_bounded_number_of_programs_loaded() -> None:
    def loaded() -> int:
        programs = [datalog.parse("p(X) :- q(X).") for _ in range(20)]
        for program in programs:
            program.evaluate({"q": []}, PyDatalog())
        return len(topdown._sessions())

    assert in_new_thread(loaded) == topdown._LOADED_PROGRAMS


def test_the_program_that_was_unused_for_longest_is_unloaded() -> None:
    def loaded() -> list[bool]:
        programs = [datalog.parse(f"p{i}(X) :- q(X).") for i in range(topdown._LOADED_PROGRAMS + 1)]
        for program in [*programs[:-1], programs[0], programs[-1]]:
            program.evaluate({"q": []}, PyDatalog())
        return [id(p.checked) in topdown._sessions() for p in programs]

    kept = [True] * (topdown._LOADED_PROGRAMS - 1)
    assert in_new_thread(loaded) == [True, False, *kept]


@EXAMPLES
@given(open_cases())
def test_a_doubled_program_is_closed_as_by_the_bottom_up_evaluator(case: OpenCase) -> None:
    # which brings unknown values and lenient comparisons to pyDatalog
    doubled = case.doubled()
    stores = [load(doubled, case.known, case.questions) for _ in range(2)]
    for evaluator, store in zip((SemiNaive(), PyDatalog()), stores, strict=True):
        evaluator.evaluate(doubled.program, store)
    one, other = ({p: set(store[p]) for p in doubled.program.signatures} for store in stores)
    assert one == other


def test_an_unknown_value_comes_back_as_it_went_in() -> None:
    program = datalog.parse(
        '.open n(k: symbol, v: number) "s".\n.derived p(v: number) "s".\np(V) :- n(_, V).'
    )
    doubled = double(program.checked, uncertain(program.checked, {"n"}))
    store = load(doubled, [("n", ("a", Unknown("n[0]")))], [])
    PyDatalog().evaluate(doubled.program, store)
    assert [set(store[p]) for p in ("p", "p?")] == [{(Unknown("n[0]"),)}] * 2


# --- threads


def test_threads_that_evaluate_the_same_program_get_the_same_model() -> None:
    program, barrier = datalog.parse(PROGRAM), threading.Barrier(8)

    def work(_: int) -> list[dict[str, Any]]:
        barrier.wait()
        return [dict(program.evaluate(FACTS, PyDatalog())) for _ in range(10)]

    assert run_in_threads(work) == [[MODEL] * 10] * 8


def test_threads_with_different_facts_do_not_see_those_of_the_others() -> None:
    program, barrier = datalog.parse("p(X, Y) :- e(X), e(Y), not f(X, Y)."), threading.Barrier(8)

    def work(number: int) -> list[set[Any]]:
        barrier.wait()
        facts = {"e": [number, f"t{number}"], "f": [(number, number)]}
        return [set(program.evaluate(facts, PyDatalog())["p"]) for _ in range(10)]

    expected = [[{(n, f"t{n}"), (f"t{n}", n), (f"t{n}", f"t{n}")}] * 10 for n in range(8)]
    assert run_in_threads(work) == expected


def test_threads_with_different_programs_do_not_see_those_of_the_others() -> None:
    barrier = threading.Barrier(8)

    def work(number: int) -> list[set[Any]]:
        program = datalog.parse(f"p(X) :- e(X), not f(X). f(X) :- e(X), X < {number}.")
        barrier.wait()
        return [set(program.evaluate({"e": list(range(8))}, PyDatalog())["p"]) for _ in range(10)]

    assert run_in_threads(work) == [[{(i,) for i in range(n, 8)}] * 10 for n in range(8)]


def run_in_threads(work: Callable[[int], Any]) -> list[Any]:
    """What eight threads return that take turns as often as Python can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(interval)


# --- the user's own pyDatalog


@pytest.fixture
def users_logic() -> Iterator[Any]:
    """A thread's own pyDatalog program, with predicates named as ours."""
    saved = getattr(Logic.tl, "logic", None)
    Logic()
    pyDatalog.assert_fact("e", "mine")
    pyDatalog.load("p(X) <= e(X)")
    yield Logic.tl.logic
    if saved is None:
        del Logic.tl.logic
    else:
        Logic.tl.logic = saved


def snapshot(logic: Any) -> dict[str, Any]:
    """What a pyDatalog program consists of and is busy with."""
    clauses = {name: sorted(map(str, pred.db.values())) for name, pred in logic.Db.items()}
    rest = {k: v for k, v in vars(logic).items() if k not in ("Db", "Pred_registry")}
    return {"clauses": clauses, "known": sorted(logic.Pred_registry), **rest}


class Broken(Relation):
    """A relation that cannot be read."""

    def __init__(self, error: BaseException) -> None:
        super().__init__([("a",)])
        self.error = error

    def select(self, *_: Any) -> Any:
        raise self.error


def broken_store(error: BaseException) -> Store:
    """A store in which one relation raises an error when it is read."""
    store = Store({"q": [("a",)]})
    store.share("r", Broken(error))
    return store


def test_the_thread_keeps_its_own_pydatalog_program(users_logic: Any) -> None:
    before = snapshot(users_logic)
    program = datalog.parse("e(X) :- q(X). p(X) :- e(X), not r(X).")
    program.evaluate({"q": ["a"], "r": []}, PyDatalog())
    assert (Logic.tl.logic is users_logic, snapshot(users_logic)) == (True, before)
    assert pyDatalog.ask("p(X)").answers == [("mine",)]


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(), MemoryError(), ValueError("broken")], ids=repr
)
@pytest.mark.parametrize("rule", ["p(X) :- q(X), r(X).", "p(X) :- q(X), not r(X)."])
def test_the_thread_keeps_its_own_pydatalog_program_when_an_evaluation_is_interrupted(
    users_logic: Any, error: BaseException, rule: str
) -> None:
    before = snapshot(users_logic)
    with pytest.raises(type(error)) as caught:
        PyDatalog().evaluate(datalog.parse(rule).checked, broken_store(error))
    assert caught.value is error
    assert (Logic.tl.logic is users_logic, snapshot(users_logic)) == (True, before)
    assert pyDatalog.ask("p(X)").answers == [("mine",)]


def test_the_thread_keeps_its_own_pydatalog_program_when_values_cannot_be_compared(
    users_logic: Any,
) -> None:
    before = snapshot(users_logic)
    with pytest.raises(EvaluationError):
        datalog.parse("p :- e(X), X < 1.").evaluate({"e": ["a"]}, PyDatalog())
    assert (Logic.tl.logic is users_logic, snapshot(users_logic)) == (True, before)


def test_a_thread_without_a_pydatalog_program_has_none_afterwards() -> None:
    def work() -> tuple[bool, bool]:
        before = hasattr(Logic.tl, "logic")
        datalog.parse(PROGRAM).evaluate(FACTS, PyDatalog())
        return before, hasattr(Logic.tl, "logic")

    assert in_new_thread(work) == (False, False)


def test_a_thread_without_a_pydatalog_program_has_none_after_an_error() -> None:
    def work() -> bool:
        program = datalog.parse("p(X) :- q(X), r(X).").checked
        with pytest.raises(KeyboardInterrupt):
            PyDatalog().evaluate(program, broken_store(KeyboardInterrupt()))
        return hasattr(Logic.tl, "logic")

    assert in_new_thread(work) is False


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("broken")], ids=repr)
def test_an_interrupted_evaluation_does_not_spoil_the_next(error: BaseException) -> None:
    program = datalog.parse("p(X) :- q(X), r(X). s(X) :- p(X), not r(X).")
    with pytest.raises(type(error)):
        PyDatalog().evaluate(program.checked, broken_store(error))
    found = program.evaluate({"q": ["a", "b"], "r": ["b", "c"]}, PyDatalog())
    assert (found["p"], found["s"]) == ({("b",)}, frozenset())


def test_the_program_of_an_interrupted_evaluation_is_unloaded() -> None:
    program = datalog.parse("p(X) :- q(X), r(X).").checked
    PyDatalog().evaluate(program, Store({"q": [("a",)], "r": [("a",)]}))
    before = id(program) in topdown._sessions()
    with pytest.raises(KeyboardInterrupt):
        PyDatalog().evaluate(program, broken_store(KeyboardInterrupt()))
    assert (before, id(program) in topdown._sessions()) == (True, False)


# --- what we rely on in pyDatalog


@pytest.fixture
def engine() -> Iterator[Any]:
    """A fresh engine context of pyDatalog."""
    saved = getattr(Logic.tl, "logic", None)
    yield Logic()
    if saved is None:
        del Logic.tl.logic
    else:
        Logic.tl.logic = saved


def ask(literal: Any) -> Any:
    """The answers of pyDatalog's engine, in an order of ours."""
    found = literal.ask()
    return sorted(found) if isinstance(found, list) else found


def test_the_installed_pydatalog_is_one_for_which_its_engine_was_read() -> None:
    version = tuple(map(int, importlib.metadata.version("pyDatalog").split(".")))
    assert (0, 22, 4) <= version < (0, 23)


def test_the_package_requires_a_pydatalog_for_which_its_engine_was_read() -> None:
    required = importlib.metadata.requires("rogatory") or []
    (bound,) = [r for r in required if re.match("pydatalog", r, re.IGNORECASE)]
    assert set(re.findall(r"[<>=!~]+[\d.]+", bound)) == {">=0.22.4", "<0.23"}


def test_a_new_logic_becomes_the_threads_own(engine: Any) -> None:
    other = Logic()
    assert (Logic.tl.logic is other, other is engine) == (True, False)


def test_a_primitive_is_called_with_its_literal_and_answers_through_its_subgoal(
    engine: Any,
) -> None:
    calls = []

    def read(literal: Any, subgoal: Any) -> None:
        calls.append([t.id if t.is_const() else None for t in literal.terms])
        for row in (("a", 1), ("a", 2)):
            terms = [pyEngine.Const(v) for v in row]
            subgoal.fact(pyEngine.Literal(literal.pred, terms))

    x = pyEngine.Var("X")
    literal = pyEngine.Literal("read", [pyEngine.Const("a"), x])
    pyEngine.insert(literal.pred).prim = read
    head = pyEngine.Literal("head", [x])
    pyEngine.assert_(pyEngine.Clause(head, [literal]))
    assert (ask(pyEngine.Literal("head", [x])), calls) == ([(1,), (2,)], [["a", None]])
    assert set(engine.Db) >= {"read/2", "head/1"}


def test_a_primitive_may_answer_that_its_literal_is_true(engine: Any) -> None:
    def small(literal: Any, subgoal: Any) -> None:
        if literal.terms[0].id < 3:
            subgoal.fact(True)

    def numbers(literal: Any, subgoal: Any) -> None:
        for n in range(6):
            subgoal.fact(pyEngine.Literal(literal.pred, [pyEngine.Const(n)]))

    x = pyEngine.Var("X")
    literals = [pyEngine.Literal("numbers", [x]), pyEngine.Literal("small", [x])]
    for literal, primitive in zip(literals, (numbers, small), strict=True):
        pyEngine.insert(literal.pred).prim = primitive
    pyEngine.assert_(pyEngine.Clause(pyEngine.Literal("head", [x]), literals))
    assert ask(pyEngine.Literal("head", [x])) == [(0,), (1,), (2,)]
    assert "head/1" in engine.Db


@pytest.mark.parametrize(
    ("predicate", "answers", "expected"),
    [
        ("primitive", True, True),
        ("primitive", False, []),
        ("rule", True, [()]),
        ("rule", False, []),
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_goal_without_variables_is_answered(predicate: str, answers: bool, expected: Any) -> None:
    def primitive(_: Any, subgoal: Any) -> None:
        if answers:
            subgoal.fact(True)

    literal = pyEngine.Literal("primitive", [])
    pyEngine.insert(literal.pred).prim = primitive
    pyEngine.assert_(pyEngine.Clause(pyEngine.Literal("rule", []), [literal]))
    assert ask(pyEngine.Literal(predicate, [])) == expected


@pytest.mark.usefixtures("engine")
def test_variables_of_one_name_are_one_variable_in_a_clause() -> None:
    rows = (("a", "b"), ("b", "c"), ("c", "c"))

    def read(literal: Any, subgoal: Any) -> None:
        for row in rows:
            terms = [pyEngine.Const(v) for v in row]
            # the engine takes it that a primitive answers only what fits its literal
            if all(not t.is_const() or t.id == v for t, v in zip(literal.terms, row, strict=True)):
                subgoal.fact(pyEngine.Literal(literal.pred, terms))

    x, same, y, z = (pyEngine.Var(name) for name in "XXYZ")
    body = [pyEngine.Literal("read", [x, y]), pyEngine.Literal("read", [y, z])]
    pyEngine.insert(body[0].pred).prim = read
    pyEngine.assert_(pyEngine.Clause(pyEngine.Literal("head", [same, z]), body))
    goal = pyEngine.Literal("head", [pyEngine.Var("A"), pyEngine.Var("B")])
    assert ask(goal) == [("a", "c"), ("b", "c"), ("c", "c")]


@pytest.mark.usefixtures("engine")
def test_a_repeated_variable_is_passed_to_a_primitive_as_one() -> None:
    calls = []

    def read(literal: Any, subgoal: Any) -> None:
        calls.append(len({t.id for t in literal.terms}))
        constants = [pyEngine.Const("a"), pyEngine.Const("a")]
        subgoal.fact(pyEngine.Literal(literal.pred, constants))

    x = pyEngine.Var("X")
    literal = pyEngine.Literal("read", [x, pyEngine.Var("X")])
    pyEngine.insert(literal.pred).prim = read
    pyEngine.assert_(pyEngine.Clause(pyEngine.Literal("head", [x]), [literal]))
    assert (ask(pyEngine.Literal("head", [x])), calls) == ([("a",)], [1])


@pytest.mark.parametrize(("one", "other"), [("1", 1), ("s1", "d1"), ("a", "A"), (1, -1)])
@pytest.mark.usefixtures("engine")
def test_constants_are_compared_with_their_type(one: Any, other: Any) -> None:
    for value in (one, other):
        fact = pyEngine.Literal("fact", [pyEngine.Const(value)])
        pyEngine.assert_(pyEngine.Clause(fact, []))
    found = pyEngine.Literal("fact", [pyEngine.Var("X")]).ask()
    assert {(v, type(v)) for (v,) in found} == {(one, type(one)), (other, type(other))}


@pytest.mark.usefixtures("engine")
def test_subgoals_are_tabled_under_their_tags() -> None:
    calls = []

    def read(literal: Any, subgoal: Any) -> None:
        calls.append(literal.get_tag())
        subgoal.fact(pyEngine.Literal(literal.pred, [pyEngine.Const("a")]))

    x = pyEngine.Var("X")
    literal = pyEngine.Literal("read", [x])
    pyEngine.insert(literal.pred).prim = read
    for name in ("one", "other"):
        pyEngine.assert_(pyEngine.Clause(pyEngine.Literal(name, [x]), [literal]))
    tables: dict[Any, Any] = {}
    found = [topdown._answers(pyEngine.Literal(name, [x]), tables) for name in ("one", "other")]
    # the table of the first question answers the second
    assert (found, len(calls), calls[0] in tables) == ([[("a",)], [("a",)]], 1, True)


@EXAMPLES
@given(samples(arithmetic=True))
def test_asking_with_shared_tables_answers_as_pydatalogs_own_ask(sample: Sample) -> None:
    program = datalog.parse(sample.text)
    store = Store(sample.facts)
    SemiNaive().evaluate(program.checked, store)
    session = topdown._session(program.checked)
    session._store = store  # complete, so that the order of the strata does not matter
    tables: dict[Any, Any] = {}
    with session._entered():
        goals = [goal for goal, _ in session._rules]
        ours = [set(topdown._answers(goal, tables)) for goal in goals]
        theirs = [goal.ask() for goal in goals]
    session._store = Store()
    assert ours == [{()} if answer is True else set(answer) for answer in theirs]


def test_the_bodies_are_loaded_in_the_order_of_the_plan() -> None:
    # pyDatalog resolves from left to right: a comparison before its variables would fail
    program = datalog.parse("p(X) :- X < 3, not r(X), q(X).").checked
    backwards = evolve(program, rules=(evolve(program.rules[0], body=program.rules[0].body[::-1]),))
    for checked in (program, backwards):
        store = Store({"q": [(1,), (2,), (5,)], "r": [(2,)]})
        PyDatalog().evaluate(checked, store)
        assert list(store["p"]) == [(1,)]
