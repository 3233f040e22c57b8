"""Three-valued evaluation against its definition: every way to answer all questions."""

import datetime
import graphlib
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from tests.programs import EXAMPLES, OpenCase, number_cases, open_cases

from rogatory import datalog
from rogatory.datalog import Evaluator
from rogatory.diagram import FALSE, TRUE, TooLarge
from rogatory.errors import ProgramError
from rogatory.kleene import Doubled, double, uncertain
from rogatory.parser import parse_syntax
from rogatory.seminaive import SemiNaive
from rogatory.statuses import (
    ESTABLISHED,
    EXCLUDED,
    OPEN,
    Answer,
    Fact,
    Question,
    Statuses,
    condition_of,
    load,
    pattern_of,
)
from rogatory.store import Store
from rogatory.syntax import Constant, Literal, Rule, Unknown
from rogatory.topdown import PyDatalog

# a case is checked for every way to answer its questions, so fewer of them will do
CASES = settings(EXAMPLES, max_examples=120)


def statuses_of(
    case: OpenCase, evaluator: Evaluator | None = None, limit: int = 50_000
) -> Statuses:
    """The statuses of a case, computed with an evaluator."""
    doubled = case.doubled()
    store = load(doubled, case.known, case.questions)
    (evaluator or SemiNaive()).evaluate(doubled.program, store)
    return Statuses(doubled, store, case.questions, limit)


def by_definition(fact: Fact, models: Iterable[Store]) -> str:
    """The status of an atom, from the models of all completions."""
    found = {fact[1] in model[fact[0]] for model in models}
    return OPEN if len(found) == 2 else ESTABLISHED if found == {True} else EXCLUDED


@CASES
@given(open_cases())
def test_the_statuses_are_those_of_the_definition(case: OpenCase) -> None:
    models = case.completions().values()
    expected = {fact: by_definition(fact, models) for fact in case.conclusions()}
    for evaluator in (SemiNaive(), PyDatalog()):
        statuses = statuses_of(case, evaluator)
        assert {fact: statuses.status(fact) for fact in expected} == expected


@CASES
@given(open_cases())
def test_an_atom_turns_on_the_questions_whose_answer_can_make_a_difference(case: OpenCase) -> None:
    statuses, models = statuses_of(case), case.completions()
    expected = {
        fact: tuple(
            q
            for q, question in enumerate(case.questions)
            if any(
                (fact[1] in models[(*choice[:q], a, *choice[q + 1 :])][fact[0]])
                != (fact[1] in model[fact[0]])
                for choice, model in models.items()
                for a in range(len(question.answers))
            )
        )
        for fact in case.conclusions()
    }
    assert {fact: statuses.turns_on(fact) for fact in expected} == expected


@CASES
@given(open_cases())
def test_what_kleenes_pass_settles_is_right(case: OpenCase) -> None:
    statuses, models = statuses_of(case), case.completions().values()
    found = {fact: statuses.kleene(fact) for fact in case.conclusions()}
    settled = {fact: status for fact, status in found.items() if status != OPEN}
    assert settled == {fact: by_definition(fact, models) for fact in settled}


@CASES
@given(open_cases())
def test_a_limit_leaves_atoms_open_but_makes_none_wrong(case: OpenCase) -> None:
    full, cut = statuses_of(case), statuses_of(case, limit=5)
    facts = case.conclusions()
    found = {fact: cut.status(fact) for fact in facts}
    settled = {fact: status for fact, status in found.items() if status != OPEN}
    assert settled == {fact: full.status(fact) for fact in settled}
    if any(found[fact] != full.status(fact) for fact in facts):
        assert cut.cut


@CASES
@given(open_cases(loose=False))
def test_well_founded_instances_give_proofs_without_cycles(case: OpenCase) -> None:
    statuses = statuses_of(case)
    rests_on = {
        fact: {
            premise
            for instance in statuses.instances(fact)
            if statuses.well_founded(fact, instance)
            for premise in premises(statuses, instance)
        }
        for fact in case.conclusions()
    }
    # which raises CycleError if there is a cycle
    order = list(graphlib.TopologicalSorter(rests_on).static_order())
    assert set(order) >= set(rests_on)


@CASES
@given(open_cases(loose=False))
def test_what_is_well_founded_is_enough_to_prove_each_conclusion(case: OpenCase) -> None:
    statuses = statuses_of(case)
    nodes, expected = {}, {}
    for fact in case.conclusions():
        nodes[fact] = FALSE
        for instance in statuses.instances(fact):
            if statuses.well_founded(fact, instance):
                body = whole_body(statuses, instance)
                nodes[fact] = statuses.diagrams.either(nodes[fact], body)
        expected[fact] = statuses.node(fact)
    established = {fact for fact, node in expected.items() if node == TRUE}
    assert {fact for fact, node in nodes.items() if node == TRUE} == established


def premises(statuses: Statuses, instance: Any) -> list[Fact]:
    """The atoms that the positive conditions of an instance match."""
    return [
        fact
        for condition in statuses.conditions(instance.rule)
        if isinstance(condition, Literal) and not condition.negated
        for fact in statuses.matching(pattern_of(condition, instance.environment))
    ]


def whole_body(statuses: Statuses, instance: Any) -> int:
    """The diagram of all conditions of an instance."""
    node = TRUE
    for condition in statuses.conditions(instance.rule):
        node = statuses.diagrams.both(node, statuses.premise(condition, instance.environment))
    return node


@CASES
@given(number_cases())
def test_numbers_that_may_be_unknown_are_refused_or_have_the_statuses_of_the_definition(
    case: OpenCase,
) -> None:
    # the statuses are right only because `open_number_join` refuses what they cannot express
    try:
        datalog.parse(case.text)
    except ProgramError as error:
        assert {d.code for d in error.diagnostics} == {"open_number_join"}
        return
    models = case.completions().values()
    expected = {fact: by_definition(fact, models) for fact in (("p0", ()), ("p1", ()))}
    for evaluator in (SemiNaive(), PyDatalog()):
        statuses = statuses_of(case, evaluator)
        assert {fact: statuses.status(fact) for fact in expected} == expected


# --- by hand


def case_of(text: str, known: Sequence[Fact], *questions: Question) -> Statuses:
    """The statuses of a small case."""
    return statuses_of(OpenCase(text, tuple(known), questions))


def yes_or_no(fact: Fact) -> Question:
    """The question whether an atom holds."""
    return Question(fact[0], (Answer(True, (fact,)), Answer(False)))


A: Fact = ("a", ())
B: Fact = ("b", ())
TWO = '.open a "s".\n.open b "s".\n.derived p "s".\n.derived q "s".\n'
P: Fact = ("p", ())
Q: Fact = ("q", ())


@pytest.mark.parametrize(
    ("rules", "status", "kleene", "turns_on"),
    [
        ("p :- a.", OPEN, OPEN, (0,)),
        ("p :- not a.", OPEN, OPEN, (0,)),
        ("p :- a. p :- not a.", ESTABLISHED, OPEN, ()),
        ("p :- a, not a.", EXCLUDED, OPEN, ()),
        ("p :- a, b. p :- not b, a.", OPEN, OPEN, (0,)),
        ("p :- a, b.", OPEN, OPEN, (0, 1)),
        ("p.", ESTABLISHED, ESTABLISHED, ()),
        ("p :- q.", EXCLUDED, EXCLUDED, ()),
        ("p :- not q. q :- a, b, not a.", ESTABLISHED, OPEN, ()),
        ("p :- q. q :- p. q :- a. p :- not a.", ESTABLISHED, OPEN, ()),
    ],
)
def test_an_atom_is_established_if_it_holds_however_one_answers(
    rules: str, status: str, kleene: str, turns_on: tuple[int, ...]
) -> None:
    statuses = case_of(TWO + rules, [], yes_or_no(A), yes_or_no(B))
    found = (statuses.status(P), statuses.kleene(P), statuses.turns_on(P))
    assert found == (status, kleene, turns_on)


def test_exactly_one_answer_of_a_question_is_right() -> None:
    text = (
        '.open c(x: symbol) "s".\n.derived some "s".\n.derived two "s".\n.derived red "s".\n'
        "some :- c(_).\ntwo :- c(X), c(Y), X != Y.\nred :- c(red)."
    )
    question = Question("c", tuple(Answer(x, (("c", (x,)),)) for x in ("red", "green", "blue")))
    statuses = case_of(text, [], question)
    found = {p: statuses.status((p, ())) for p in ("some", "two", "red")}
    assert found == {"some": ESTABLISHED, "two": EXCLUDED, "red": OPEN}


def test_two_answers_may_make_the_same_atom_true() -> None:
    text = '.open c(x: symbol) "s".\n.derived warm "s".\nwarm :- c(warm).'
    answers = [("red", ("red", "warm")), ("pink", ("pink", "warm"))]
    question = Question("c", tuple(Answer(n, tuple(("c", (x,)) for x in xs)) for n, xs in answers))
    assert case_of(text, [], question).status(("warm", ())) == ESTABLISHED


def test_an_atom_that_is_known_is_established_though_a_question_is_about_it() -> None:
    statuses = case_of(TWO + "p :- a.", [A], yes_or_no(A))
    assert [statuses.status(A), statuses.status(P)] == [ESTABLISHED, ESTABLISHED]


def test_an_atom_that_is_asked_and_concluded_needs_one_of_both() -> None:
    program = parse_syntax("p :- a. q :- p.")
    checked = datalog.check(program.statements)
    doubled = double(checked, uncertain(checked, {"a", "p"}))
    questions = [yes_or_no(A), yes_or_no(P)]
    store = load(doubled, [], questions)
    SemiNaive().evaluate(doubled.program, store)
    statuses = Statuses(doubled, store, questions)
    assert (statuses.status(Q), statuses.turns_on(Q)) == (OPEN, (0, 1))


NUMBER = '.open n(k: symbol, v: number) "s".\n.closed least(v: number) "s".\n' + "".join(
    f'.derived p{i} "s".\n' for i in range(6)
)
AGE = Unknown("age")
SIZE = Unknown("size")


def test_an_unknown_number_has_the_values_of_its_answers() -> None:
    text = NUMBER + (
        "p0 :- n(_, V), V < 10.\np1 :- n(_, V), V < 12.\np2 :- n(_, V), V > 20.\n"
        "p3 :- n(_, V), V = 9.\np4 :- n(_, V), least(M), V >= M + 1.\np5 :- n(_, V), V != 3."
    )
    question = Question("age", tuple(Answer(i, value=i) for i in (9, 10, 11)), AGE)
    statuses = case_of(text, [("n", ("a", AGE)), ("least", (8,))], question)
    assert {i: statuses.status((f"p{i}", ())) for i in range(6)} == {
        0: OPEN,
        1: ESTABLISHED,
        2: EXCLUDED,
        3: OPEN,
        4: ESTABLISHED,
        5: ESTABLISHED,
    }


def test_two_unknown_numbers_are_compared_by_all_pairs_of_answers() -> None:
    text = NUMBER + (
        "p0 :- n(a, V), n(b, W), V < W.\np1 :- n(a, V), n(b, W), V <= W.\n"
        "p2 :- n(a, V), n(b, W), V = W.\np3 :- n(a, V), n(b, W), V > W.\n"
        "p4 :- n(a, V), n(a, W), V = W."
    )
    questions = [
        Question("age", (Answer(1, value=1), Answer(2, value=2)), AGE),
        Question("size", (Answer(2, value=2), Answer(3, value=3)), SIZE),
    ]
    statuses = case_of(text, [("n", ("a", AGE)), ("n", ("b", SIZE))], *questions)
    found = {
        i: (statuses.status((f"p{i}", ())), statuses.turns_on((f"p{i}", ()))) for i in range(5)
    }
    assert found == {
        0: (OPEN, (0, 1)),
        1: (ESTABLISHED, ()),
        2: (OPEN, (0, 1)),
        3: (EXCLUDED, ()),
        4: (ESTABLISHED, ()),
    }


def test_an_unknown_day_has_the_values_of_its_answers() -> None:
    text = '.open d(v: date) "s".\n.derived p "s".\np :- d(V), V < @2020-01-01.'
    days = (datetime.date(2019, 1, 1), datetime.date(2020, 1, 1))
    question = Question("day", tuple(Answer(d, value=d) for d in days), Unknown("day"))
    assert case_of(text, [("d", (Unknown("day"),))], question).status(P) == OPEN


def test_reachability_over_edges_that_may_be_there() -> None:
    text = (
        '.open e(x: symbol, y: symbol) "s".\n.derived r(x: symbol, y: symbol) "s".\n'
        "r(X, Y) :- e(X, Y).\nr(X, Z) :- r(X, Y), e(Y, Z)."
    )
    maybe: list[Fact] = [("e", ("a", "c")), ("e", ("c", "d"))]
    known: list[Fact] = [("e", ("a", "b")), ("e", ("b", "a")), ("e", ("b", "d"))]
    statuses = case_of(text, known, *map(yes_or_no, maybe))
    found = {f[1]: (statuses.status(f), statuses.turns_on(f)) for f in statuses.facts("r")}
    assert found == {
        ("a", "a"): (ESTABLISHED, ()),
        ("a", "b"): (ESTABLISHED, ()),
        ("a", "c"): (OPEN, (0,)),
        ("a", "d"): (ESTABLISHED, ()),
        ("b", "a"): (ESTABLISHED, ()),
        ("b", "b"): (ESTABLISHED, ()),
        ("b", "c"): (OPEN, (0,)),
        ("b", "d"): (ESTABLISHED, ()),
        ("c", "d"): (OPEN, (1,)),
    }
    assert statuses.status(("r", ("d", "a"))) == EXCLUDED


# --- what proofs are made of


def test_instances_are_the_ways_in_which_an_atom_could_be_concluded() -> None:
    text = (
        '.open e(x: symbol, y: symbol) "s".\n.derived p(x: symbol) "s".\n'
        "p(X) :- e(X, Y), not e(Y, X).\np(X) :- e(X, _).\np(z)."
    )
    statuses = case_of(text, [("e", ("a", "b")), ("e", ("a", "c"))], yes_or_no(("e", ("b", "a"))))
    found = [(i.rule, dict(i.environment)) for i in statuses.instances(("p", ("a",)))]
    # two rows match `_`, but they are one instance
    assert found == [(0, {"X": "a", "Y": "b"}), (0, {"X": "a", "Y": "c"}), (1, {"X": "a"})]
    assert [(i.rule, i.environment) for i in statuses.instances(("p", ("z",)))] == [(2, {})]
    assert list(statuses.instances(("p", ("x",)))) == []


def test_facts_and_matches_come_in_an_order_of_their_own() -> None:
    text = '.open e(x: symbol, y: symbol) "s".\n.derived p "s".\np :- e(_, _).'
    rows = [("b", "x"), ("a", "y"), ("a", "x"), ("c", "x")]
    statuses = case_of(text, [("e", r) for r in rows[:2]], *(yes_or_no(("e", r)) for r in rows[2:]))
    found = [
        statuses.facts("e"),
        statuses.matching(("e", ("a", None))),
        statuses.matching(("e", (None, None))),
        statuses.matching(("e", ("c", "x"))),
        statuses.matching(("e", ("c", "y"))),
    ]
    everything = [("e", r) for r in sorted(rows)]
    assert found == [everything, everything[:2], everything, everything[3:], []]


def test_the_conditions_of_a_rule_come_in_the_order_of_evaluation() -> None:
    text = (
        '.closed e(x: symbol) "s".\n.closed f(x: symbol) "s".\n.derived p "s".\n'
        "p :- X != b, not f(X), Y = X, e(X)."
    )
    conditions = case_of(text, []).conditions(0)
    assert [datalog.print_syntax(c) for c in conditions] == ["e(X)", "X != b", "not f(X)", "Y = X"]


def test_a_pattern_leaves_anonymous_variables_open() -> None:
    rule = parse_syntax("p :- q(X, _, c, 1).").statements[0]
    assert isinstance(rule, Rule)
    (literal,) = rule.body
    assert isinstance(literal, Literal)
    assert pattern_of(literal, {"X": "a"}) == ("q", ("a", None, "c", 1))


def test_the_condition_of_a_step_is_the_authors() -> None:
    program = datalog.parse("p :- q(X), not r(X), Y = X, Y != 1.").checked
    assert [condition_of(s) for s in program.steps[0]] == list(program.rules[0].body)


def test_premises_have_diagrams_as_their_atoms() -> None:
    statuses = case_of(TWO + "p :- a, not b, 1 < 2, 2 < 1.", [], yes_or_no(A), yes_or_no(B))
    (rule,) = (s for s in parse_syntax("p :- a, not b, 1 < 2, 2 < 1.").statements)
    assert isinstance(rule, Rule)
    found = [statuses.premise(condition, {}) for condition in rule.body]
    a, b = (
        statuses.diagrams.question(0, [True, False]),
        statuses.diagrams.question(1, [True, False]),
    )
    assert found == [a, statuses.diagrams.negate(b), 1, 0]


PARITY = "".join(f'.open a{i} "s".\n.derived p{i} "s".\n' for i in range(12)) + (
    "p0 :- a0.\n"
    + "".join(f"p{i} :- a{i}, not p{i - 1}.\np{i} :- not a{i}, p{i - 1}.\n" for i in range(1, 12))
    + '.derived even "s".\neven :- not p11.\n'
)
SWITCHES = [yes_or_no((f"a{i}", ())) for i in range(12)]


def test_an_atom_whose_diagram_grows_too_large_stays_open_and_turns_on_nothing_named() -> None:
    statuses = statuses_of(OpenCase(PARITY, (), tuple(SWITCHES)), limit=20)
    found = [(statuses.status((p, ())), statuses.turns_on((p, ()))) for p in ("p0", "p11", "even")]
    assert (found, statuses.cut) == ([(OPEN, (0,)), (OPEN, ()), (OPEN, ())], True)


def test_a_premise_whose_diagram_grew_too_large_has_none() -> None:
    statuses = statuses_of(OpenCase(PARITY, (), tuple(SWITCHES)), limit=20)
    condition = Literal(datalog.parse("p11.").checked.rules[0].head)
    with pytest.raises(TooLarge):
        statuses.premise(condition, {})


def test_nothing_is_cut_if_every_diagram_fits() -> None:
    statuses = statuses_of(OpenCase(PARITY, (), tuple(SWITCHES)))
    assert (statuses.turns_on(("even", ())), statuses.cut) == (tuple(range(12)), False)


def test_a_recursion_whose_diagrams_grow_too_large_keeps_what_is_certain() -> None:
    text = PARITY + (
        '.derived r(x: symbol) "s".\nr(known).\nr(X) :- next(Y, X), r(Y), p11.\n'
        "r(X) :- sure(Y, X), r(Y).\n"
        '.closed next(x: symbol, y: symbol) "s".\n.closed sure(x: symbol, y: symbol) "s".'
    )
    known: list[Fact] = [("next", ("known", "maybe")), ("sure", ("known", "certain"))]
    statuses = statuses_of(OpenCase(text, tuple(known), tuple(SWITCHES)), limit=20)
    found = {x: statuses.status(("r", (x,))) for x in ("known", "certain", "maybe", "never")}
    assert (found, statuses.cut) == (
        {"known": ESTABLISHED, "certain": ESTABLISHED, "maybe": OPEN, "never": EXCLUDED},
        True,
    )


# --- ranks

RANKS = (
    '.open e(x: symbol, y: symbol) "s".\n.closed f(x: symbol, y: symbol) "s".\n'
    '.derived r(x: symbol, y: symbol) "s".\n'
    "r(X, Y) :- f(X, Y).\nr(X, Y) :- e(X, Y).\nr(X, Z) :- r(X, Y), r(Y, Z).\n"
)


def test_an_instance_that_rests_on_its_own_conclusion_is_not_well_founded() -> None:
    statuses = case_of(RANKS, [("f", ("a", "b")), ("f", ("b", "a"))])
    fact = ("r", ("a", "b"))
    found = {
        (i.rule, *(v for _, v in sorted(i.environment.items()))): statuses.well_founded(fact, i)
        for i in statuses.instances(fact)
    }
    # directly; a-a-b and a-b-b would need themselves
    assert found == {(0, "a", "b"): True, (2, "a", "a", "b"): False, (2, "a", "b", "b"): False}


def test_what_is_certain_ranks_before_what_is_possible() -> None:
    # a-c-d is possible in the second round, a-b-x-y-d is certain only in the third
    known: list[Fact] = [("f", pair) for pair in (("a", "b"), ("b", "x"), ("x", "y"), ("y", "d"))]
    maybe = [yes_or_no(("e", pair)) for pair in (("a", "c"), ("c", "d"))]
    statuses = case_of(RANKS, known, *maybe)
    fact = ("r", ("a", "d"))
    through = {i.environment["Y"]: statuses.well_founded(fact, i) for i in statuses.instances(fact)}
    assert (statuses.status(fact), through) == (
        ESTABLISHED,
        {"b": False, "x": True, "y": False, "c": False},
    )


def test_what_is_supplied_of_a_recursive_predicate_ranks_first() -> None:
    checked = datalog.parse("r(X, Z) :- r(X, Y), r(Y, Z).").checked
    plain = double(checked, uncertain(checked, {"r"}))
    question = Question("b-c", (Answer(True, (("r", ("b", "c")),)), Answer(False)))
    store = load(plain, [("r", ("a", "b"))], [question])
    SemiNaive().evaluate(plain.program, store)
    statuses = Statuses(plain, store, [question])
    (instance,) = statuses.instances(("r", ("a", "c")))
    assert statuses.well_founded(("r", ("a", "c")), instance)


def test_outside_a_recursion_every_instance_is_well_founded() -> None:
    statuses = case_of(TWO + "p :- a. q :- p, a. q :- p.", [A])
    assert [statuses.well_founded(Q, i) for i in statuses.instances(Q)] == [True, True]


# --- the doubled program


def doubled(text: str, inputs: Iterable[str], fixed: Any = None) -> Doubled:
    """A program with two copies of what may be unknown."""
    checked = datalog.parse(text).checked
    return double(checked, uncertain(checked, inputs), fixed)


def shown(rules: Iterable[Rule]) -> list[str]:
    """Rules as text."""
    return [datalog.print_syntax(r) for r in rules]


CHAIN = "p :- a, not b, X = 1, X < 2. q :- p, not c. r :- c, not d."


def test_what_depends_on_an_unknown_input_may_be_unknown() -> None:
    program = datalog.parse(CHAIN + " s :- t. t :- s, r. t :- s, b.").checked
    found = [uncertain(program, inputs) for inputs in ({"a"}, {"b"}, {"d"}, set())]
    assert found == [
        {"a", "p", "q"},
        {"b", "p", "q", "s", "t"},
        {"d", "r", "s", "t"},
        frozenset(),
    ]


def test_a_negation_in_one_copy_reads_the_other_copy() -> None:
    found = doubled(CHAIN, {"a", "b"})
    assert shown(found.program.rules) == [
        "p :- a, not b?, X = 1, X < 2.",
        "p? :- a?, not b, X = 1, X < 2.",
        "q :- p, not c.",
        "q? :- p?, not c.",
        "r :- c, not d.",
    ]
    assert (found.possible, found.unknown) == ((1, 3, 4), {"a", "b", "p", "q"})
    assert [found.possibly(p) for p in ("a", "p", "c", "r")] == ["a?", "p?", "c", "r"]


def test_comparisons_are_lenient_in_the_copy_for_what_is_possible() -> None:
    text = '.open n(v: number) "s".\n.derived p "s".\np :- n(V), V < 3.'
    rules = doubled(text, {"n"}).program.rules
    assert [rule.body[1].lenient for rule in rules] == [False, True]  # type: ignore[union-attr]


def test_what_no_request_can_change_is_closed_once() -> None:
    text = (
        "p(X) :- f(X), not g(X). t(X, Z) :- t(X, Y), t(Y, Z). t(X, Y) :- h(X, Y)."
        "q :- p(_), a. u(k)."
    )
    found = doubled(text, {"a"}, {"f": [("x",), ("y",)], "g": [("y",)], "h": [(1, 2), (2, 3)]})
    assert {p: set(r) for p, r in found.static.items()} == {
        "f": {("x",), ("y",)},
        "g": {("y",)},
        "h": {(1, 2), (2, 3)},
        "p": {("x",)},
        "t": {(1, 2), (2, 3), (1, 3)},
        "u": {("k",)},
    }
    left = {p for s in found.program.strata for p in s.predicates}
    assert left == {"q", "q?"}


def test_without_fixed_relations_nothing_is_closed_in_advance() -> None:
    found = doubled("p(X) :- f(X).", set())
    assert (dict(found.static), len(found.program.strata)) == ({}, 1)


def test_a_store_holds_what_is_fixed_known_and_possible() -> None:
    found = doubled("p :- a(_), f(_).", {"a"}, {"f": [("x",)]})
    question = Question("which", (Answer(1, (("a", (1,)),)), Answer(2, (("a", (2,)), ("b", ())))))
    store = load(found, [("a", (3,)), ("b", (3,))], [question])
    assert {p: list(store[p]) for p in store} == {
        "f": [("x",)],
        "a": [(3,)],
        "a?": [(3,), (1,), (2,)],
        "b": [(3,), ()],
    }


def test_unknown_values_stay_apart_from_constants() -> None:
    assert Constant(Unknown("x")) != Constant("x")
