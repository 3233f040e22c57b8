"""Syntax tree to text: the canonical spelling, and that it parses back."""

import datetime

import pytest
from hypothesis import given
from tests.programs import EXAMPLES, Sample, samples, syntaxes

from rogatory import datalog
from rogatory.parser import parse_syntax
from rogatory.printer import print_syntax, print_value
from rogatory.syntax import (
    Anonymous,
    Argument,
    Atom,
    Comparison,
    Constant,
    Here,
    Literal,
    Syntax,
    Unknown,
    Variable,
)


@EXAMPLES
@given(syntaxes())
def test_every_tree_is_printed_as_a_text_that_parses_to_the_same_tree(tree: Syntax) -> None:
    assert parse_syntax(print_syntax(tree)) == tree


@EXAMPLES
@given(samples(arithmetic=True))
def test_a_program_printed_and_parsed_again_is_the_same_program(sample: Sample) -> None:
    program = datalog.parse(sample.text)
    assert datalog.parse(str(program)) == program


@EXAMPLES
@given(samples(arithmetic=True))
def test_the_canonical_text_is_its_own_canonical_text(sample: Sample) -> None:
    text = datalog.unparse(datalog.parse(sample.text))
    assert datalog.unparse(datalog.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "p.",
        'p("A b", -1, @2024-01-31, "not", "here", here, X, _).',
        "p(X) :- q(X, _), not r(_, X), X != a, 1 <= 2.",
        "p :- X = 1 + 2 * 3 - 4.",
        "p :- X = (1 + 2) * 3, X = 1 - (2 - 3), X = 1 * (2 * 3), X = 1 + (2 + 3).",
        'p("a \\"b\\" \\\\ \\n \\t c").',
        '.open p "s".',
        ".derived p.",
        '.closed p(a: symbol, b: date?) "yes" "no".',
        ".domain d.",
        '.domain d: a_b, "C d", e = "another label".',
        '.reading r "which?": narrow = "the narrow one" | wide.',
    ],
)
def test_a_text_in_canonical_spelling_is_printed_unchanged(text: str) -> None:
    assert print_syntax(parse_syntax(text)) == text + "\n"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("p  (  a ,b ) :-q,not  r .", "p(a, b) :- q, not r."),
        ("p('a').", "p(a)."),
        ("p(+1, 01).", "p(1, 1)."),
        ("p :- X = ((1 * 2)) + 3.", "p :- X = 1 * 2 + 3."),
        (".open p(a).", ".open p(a: symbol)."),
        ('.domain d: a_b = "a b".', ".domain d: a_b."),
        ('.open p "s" "".', '.open p "s".'),
    ],
)
def test_other_spellings_become_canonical(text: str, canonical: str) -> None:
    assert print_syntax(parse_syntax(text)) == canonical + "\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        ("not", '"not"'),
        ("", '""'),
        ("A", '"A"'),
        ("a\n", '"a\\n"'),
        ("'); import os", '"\'); import os"'),
        ("é", '"é"'),
        (0, "0"),
        (-7, "-7"),
        (datetime.date(987, 6, 5), "@0987-06-05"),
        (Unknown("persons[0].age"), "?persons[0].age"),
    ],
)
def test_a_value_is_quoted_only_if_it_must_be(value: object, text: str) -> None:
    assert print_value(value) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Variable("X"), "X"),
        (Anonymous(), "_"),
        (Here(), "here"),
        (Constant("a b"), '"a b"'),
        (Atom("p"), "p"),
        (Argument("day", "date", True), "day: date?"),
        (Literal(Atom("p", (Anonymous(),)), True), "not p(_)"),
        (Comparison("<=", Variable("X"), Constant(3)), "X <= 3"),
        (Syntax(()), ""),
    ],
)
def test_parts_of_a_program_are_printed_on_their_own(node: object, text: str) -> None:
    assert print_syntax(node) == text  # type: ignore[arg-type]
