"""Decision diagrams against truth tables."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.programs import EXAMPLES

from rogatory.diagram import FALSE, TRUE, Diagrams, TooLarge

SIZES = (2, 3, 1, 2)
Table = tuple[bool, ...]


def answers() -> Iterator[tuple[int, ...]]:
    """Every way to answer all questions."""
    return itertools.product(*(range(size) for size in SIZES))


def table(diagrams: Diagrams, node: int) -> Table:
    """Whether a diagram holds, for every way to answer all questions."""
    values = []
    for choice in answers():
        rest = node
        for question, answer in enumerate(choice):
            rest = diagrams.given(rest, question, answer)
        values.append({FALSE: False, TRUE: True}[rest])
    return tuple(values)


def built(diagrams: Diagrams, wanted: Table) -> int:
    """The diagram of a truth table, as the disjunction of its true rows."""
    node = FALSE
    for choice, value in zip(answers(), wanted, strict=True):
        if value:
            row = TRUE
            for question, answer in enumerate(choice):
                marks = [i == answer for i in range(SIZES[question])]
                row = diagrams.both(row, diagrams.question(question, marks))
            node = diagrams.either(node, row)
    return node


def tables() -> st.SearchStrategy[Table]:
    """Truth tables, also ones that do not depend on everything."""
    count = len(list(answers()))
    free = st.lists(st.booleans(), min_size=count, max_size=count).map(tuple)
    alike = st.tuples(*[st.tuples(*[st.booleans()] * size) for size in SIZES]).map(
        lambda marks: tuple(
            all(m[a] for m, a in zip(marks, choice, strict=True)) for choice in answers()
        )
    )
    return free | alike


@EXAMPLES
@given(tables())
def test_a_diagram_holds_where_its_table_does(wanted: Table) -> None:
    diagrams = Diagrams(SIZES)
    assert table(diagrams, built(diagrams, wanted)) == wanted


@EXAMPLES
@given(tables(), tables())
def test_two_diagrams_are_the_same_node_exactly_if_their_tables_are(
    one: Table, other: Table
) -> None:
    diagrams = Diagrams(SIZES)
    assert (built(diagrams, one) == built(diagrams, other)) == (one == other)


@EXAMPLES
@given(tables(), tables())
def test_operations_are_those_of_the_tables(one: Table, other: Table) -> None:
    diagrams = Diagrams(SIZES)
    left, right = built(diagrams, one), built(diagrams, other)
    found = {
        "both": table(diagrams, diagrams.both(left, right)),
        "either": table(diagrams, diagrams.either(left, right)),
        "negate": table(diagrams, diagrams.negate(left)),
    }
    assert found == {
        "both": tuple(a and b for a, b in zip(one, other, strict=True)),
        "either": tuple(a or b for a, b in zip(one, other, strict=True)),
        "negate": tuple(not a for a in one),
    }


@EXAMPLES
@given(tables())
def test_laws_of_logic_lead_to_the_same_node(wanted: Table) -> None:
    diagrams = Diagrams(SIZES)
    node = built(diagrams, wanted)
    other = diagrams.negate(node)
    found = [
        diagrams.negate(other),
        diagrams.both(node, node),
        diagrams.either(node, node),
        diagrams.both(node, other),
        diagrams.either(node, other),
        *(
            op(*pair)
            for op in (diagrams.both, diagrams.either)
            for pair in ((node, TRUE), (TRUE, node), (node, FALSE), (FALSE, node))
        ),
    ]
    assert found == [
        node,
        node,
        node,
        FALSE,
        TRUE,
        node,
        node,
        FALSE,
        FALSE,
        TRUE,
        TRUE,
        node,
        node,
    ]


@EXAMPLES
@given(st.sampled_from(range(len(SIZES))), st.data())
def test_a_choice_is_the_branch_of_the_answer(question: int, data: st.DataObject) -> None:
    diagrams = Diagrams(SIZES)
    branches = [data.draw(tables()) for _ in range(SIZES[question])]
    node = diagrams.choose(question, [built(diagrams, branch) for branch in branches])
    rows = enumerate(answers())
    assert table(diagrams, node) == tuple(branches[c[question]][i] for i, c in rows)


@EXAMPLES
@given(tables())
def test_the_support_is_the_questions_whose_answer_can_make_a_difference(wanted: Table) -> None:
    diagrams = Diagrams(SIZES)
    values = dict(zip(answers(), wanted, strict=True))
    matters = {
        q
        for q in range(len(SIZES))
        for choice, value in values.items()
        if any(values[(*choice[:q], a, *choice[q + 1 :])] != value for a in range(SIZES[q]))
    }
    assert diagrams.support(built(diagrams, wanted)) == matters


@EXAMPLES
@given(tables(), st.sampled_from(range(len(SIZES))), st.data())
def test_what_is_left_after_an_answer_no_longer_depends_on_the_question(
    wanted: Table, question: int, data: st.DataObject
) -> None:
    diagrams = Diagrams(SIZES)
    answer = data.draw(st.sampled_from(range(SIZES[question])))
    left = diagrams.given(built(diagrams, wanted), question, answer)
    values = dict(zip(answers(), wanted, strict=True))
    expected = tuple(values[(*c[:question], answer, *c[question + 1 :])] for c in answers())
    assert (table(diagrams, left), question in diagrams.support(left)) == (expected, False)


@EXAMPLES
@given(tables(), tables(), st.permutations(range(len(SIZES))))
def test_the_order_in_which_questions_are_answered_does_not_matter(
    one: Table, other: Table, order: list[int]
) -> None:
    diagrams = Diagrams(SIZES)
    node = diagrams.either(built(diagrams, one), built(diagrams, other))
    for choice, value in zip(answers(), zip(one, other, strict=True), strict=True):
        left = node
        for question in order:
            left = diagrams.given(left, question, choice[question])
        assert left == (TRUE if any(value) else FALSE)


def test_a_question_without_a_choice_is_decided() -> None:
    diagrams = Diagrams(SIZES)
    found = [
        diagrams.question(2, [True]),
        diagrams.question(2, [False]),
        diagrams.question(1, [True] * 3),
        diagrams.question(1, [False] * 3),
    ]
    assert found == [TRUE, FALSE, TRUE, FALSE]


def parity(diagrams: Diagrams, count: int) -> int:
    """Whether an odd number of questions is answered with yes: two nodes for each but the first."""
    node = FALSE
    for question in reversed(range(count)):
        yes = diagrams.question(question, [False, True])
        node = diagrams.either(
            diagrams.both(yes, diagrams.negate(node)), diagrams.both(diagrams.negate(yes), node)
        )
    return node


def test_a_diagram_larger_than_the_limit_is_given_up() -> None:
    with pytest.raises(TooLarge):
        parity(Diagrams([2] * 20, limit=40), 20)


def test_the_limit_counts_nodes_and_not_ways_to_answer() -> None:
    diagrams = Diagrams([2] * 20, limit=400)
    assert diagrams.support(parity(diagrams, 20)) == frozenset(range(20))


def test_diagrams_can_be_used_after_one_was_given_up() -> None:
    diagrams = Diagrams([2] * 20, limit=40)
    with pytest.raises(TooLarge):
        parity(diagrams, 20)
    known = diagrams.question(19, [False, True])  # made before the limit was met
    assert diagrams.both(known, diagrams.negate(known)) == FALSE
