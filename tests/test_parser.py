"""Text to syntax tree: what each construct means, where it stands, what is refused."""

import datetime

import pytest
from tests.programs import error_of

from rogatory.errors import Diagnostic
from rogatory.parser import MOST_DIGITS, parse_syntax, unquote
from rogatory.source import Span
from rogatory.syntax import (
    Anonymous,
    Argument,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Domain,
    Here,
    Literal,
    Operation,
    Reading,
    Rule,
    Statement,
    Syntax,
    Variable,
)

X, Y = Variable("X"), Variable("Y")


def only(text: str) -> Statement:
    """The one statement of a text."""
    (statement,) = parse_syntax(text).statements
    return statement


def diagnostics(text: str, file: str = "<string>", line: int = 1) -> tuple[Diagnostic, ...]:
    """What is wrong with a text."""
    return error_of(lambda: parse_syntax(text, file, line)).diagnostics


def found(text: str) -> list[tuple[str, str, str]]:
    """The places, messages and hints of a text's syntax errors."""
    assert {d.code for d in diagnostics(text)} == {"syntax_error"}
    return [(d.place, d.message, d.hint) for d in diagnostics(text)]


@pytest.mark.parametrize("text", ["", " \n\t\r\f", "% note", "// note\n", "/* a\n * b **/"])
def test_a_text_of_blanks_and_comments_has_no_statements(text: str) -> None:
    assert parse_syntax(text) == Syntax(())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.", Rule(Atom("p"))),
        ("p(a, X).", Rule(Atom("p", (Constant("a"), X)))),
        ("p :- q.", Rule(Atom("p"), (Literal(Atom("q")),))),
        (
            "p(X) :- q(X, _), not r(_, X).",
            Rule(
                Atom("p", (X,)),
                (
                    Literal(Atom("q", (X, Anonymous()))),
                    Literal(Atom("r", (Anonymous(), X)), negated=True),
                ),
            ),
        ),
        ("p(here).", Rule(Atom("p", (Here(),)))),
        ("here(hereafter).", Rule(Atom("here", (Constant("hereafter"),)))),
        (
            "p :- notable(nothing).",
            Rule(Atom("p"), (Literal(Atom("notable", (Constant("nothing"),))),)),
        ),
        ("p(_x, _X, _1).", Rule(Atom("p", (Variable("_x"), Variable("_X"), Variable("_1"))))),
    ],
)
def test_a_rule_becomes_its_head_and_its_body(text: str, expected: Rule) -> None:
    assert only(text) == expected


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("a", "a"),
        ("camelCase_1", "camelCase_1"),
        ("0", 0),
        ("007", 7),
        ("-3", -3),
        ("+3", 3),
        ("@2024-02-29", datetime.date(2024, 2, 29)),
        ("@0001-01-01", datetime.date(1, 1, 1)),
        ('""', ""),
        ('"1"', "1"),
        ('"True"', "True"),
        ("'single'", "single"),
        ("'a \"b\" c'", 'a "b" c'),
        (r'"a \"b\" \\ \n \t \x"', 'a "b" \\ \n \t x'),
        ('"\'); import os"', "'); import os"),
        ('"% // /* . :-"', "% // /* . :-"),
        ('"Ünïcødé 条約"', "Ünïcødé 条約"),
    ],
)
def test_a_constant_becomes_its_value(token: str, value: object) -> None:
    statement = only(f"p({token}).")
    assert isinstance(statement, Rule)
    (term,) = statement.head.terms
    assert isinstance(term, Constant)
    # 1 == True, but a constant is never a bool
    assert (term.value, type(term.value)) == (value, type(value))


def test_escapes_in_a_quoted_text_are_resolved_once() -> None:
    assert unquote(r'"\\n\'"') == r"\n'"


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_a_comparison_keeps_its_operator(operator: str) -> None:
    assert only(f"p :- X {operator} Y.") == Rule(Atom("p"), (Comparison(operator, X, Y),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2", Operation("+", Constant(1), Constant(2))),
        ("1 -2", Operation("-", Constant(1), Constant(2))),
        ("1 - -2", Operation("-", Constant(1), Constant(-2))),
        ("X - Y - 1", Operation("-", Operation("-", X, Y), Constant(1))),
        ("X - (Y - 1)", Operation("-", X, Operation("-", Y, Constant(1)))),
        ("X + Y * 2", Operation("+", X, Operation("*", Y, Constant(2)))),
        ("X * Y + 2", Operation("+", Operation("*", X, Y), Constant(2))),
        ("(X + Y) * 2", Operation("*", Operation("+", X, Y), Constant(2))),
        ("-1 * ((X))", Operation("*", Constant(-1), X)),
    ],
)
def test_arithmetic_binds_as_in_school(text: str, expected: Operation) -> None:
    assert only(f"p :- Y = {text}.") == Rule(Atom("p"), (Comparison("=", Y, expected),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('.open p "s".', Declaration("open", "p", (), "s")),
        (".derived p.", Declaration("derived", "p", ())),
        (
            '.closed p(a, b: number, c: date?) "yes" "no".',
            Declaration(
                "closed",
                "p",
                (Argument("a", "symbol"), Argument("b", "number"), Argument("c", "date", True)),
                "yes",
                "no",
            ),
        ),
        (
            '.output p(x: thing)\n "{x} counts".',
            Declaration("output", "p", (Argument("x", "thing"),), "{x} counts"),
        ),
        (".domain d.", Domain("d", (), ())),
        (
            '.domain d: a_b, "C d" = "see \\"d\\"", c = "".',
            Domain("d", ("a_b", "C d", "c"), ("a b", 'see "d"', "")),
        ),
        (
            '.reading r "which?": narrow = "the narrow one" | \'wide one\'.',
            Reading("r", "which?", ("narrow", "wide one"), ("the narrow one", "wide one")),
        ),
    ],
)
def test_a_declaration_becomes_its_parts(text: str, expected: Statement) -> None:
    assert only(text) == expected


def test_comments_and_line_breaks_may_stand_between_any_two_tokens() -> None:
    text = "p % head\n(X /* the\nvariable */) // :- r(X).\n:-\n\tq(X)\r\n,not r(X)."
    assert parse_syntax(text) == parse_syntax("p(X) :- q(X), not r(X).")


def test_statements_keep_their_order() -> None:
    text = 'p. .open q "s". .domain d. .reading r "q": a. s.'
    kinds = [type(s) for s in parse_syntax(text).statements]
    assert kinds == [Rule, Declaration, Domain, Reading, Rule]


def test_every_node_knows_its_place() -> None:
    text = "p(X) :-\n  not q(_, here),\n  X < 1 + 2."
    rule = parse_syntax(text, "f.md").statements[0]
    assert isinstance(rule, Rule)
    literal, comparison = rule.body
    assert isinstance(literal, Literal)
    assert isinstance(comparison, Comparison)
    spans = {
        "rule": rule.span,
        "head": rule.head.span,
        "X": rule.head.terms[0].span,
        "literal": literal.span,
        "atom": literal.atom.span,
        "_": literal.atom.terms[0].span,
        "here": literal.atom.terms[1].span,
        "comparison": comparison.span,
        "sum": comparison.right.span,
    }
    assert spans == {
        "rule": Span("f.md", 1, 1, 3, 13),
        "head": Span("f.md", 1, 1, 1, 5),
        "X": Span("f.md", 1, 3, 1, 4),
        "literal": Span("f.md", 2, 3, 2, 17),
        "atom": Span("f.md", 2, 7, 2, 17),
        "_": Span("f.md", 2, 9, 2, 10),
        "here": Span("f.md", 2, 12, 2, 16),
        "comparison": Span("f.md", 3, 3, 3, 12),
        "sum": Span("f.md", 3, 7, 3, 12),
    }


def test_declarations_and_their_arguments_know_their_places() -> None:
    text = '.open p(a: number,\n b) "s".\n.domain d: x.\n.reading r "q": y.'
    first, domain, reading = parse_syntax(text, "f.md", line=10).statements
    assert isinstance(first, Declaration)
    places = [str(n.span) for n in (first, *first.arguments, domain, reading)]
    assert places == ["f.md:10:1", "f.md:10:9", "f.md:11:2", "f.md:12:1", "f.md:13:1"]


def test_places_are_no_part_of_the_meaning_of_a_tree() -> None:
    assert parse_syntax("p(X):-q(X).", "a.md") == parse_syntax("\n\n p(X)\n:- q( X ).", "b.md", 7)


TERM = (
    "expected `+` or `-` or `_` or `here` or a date or a name or a number or a text in quotes "
    "or a variable"
)
STATEMENT = "expected `.domain` or `.reading` or a declaration or a name or the end of the text"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p(X :- q.", [("<string>:1:5", "unexpected `:-`", "expected `)` or `,`")]),
        ("p().", [("<string>:1:3", "unexpected `)`", TERM)]),
        ("p(a,.", [("<string>:1:5", "unexpected `.`", TERM)]),
        ("p(a) q.", [("<string>:1:6", "unexpected `q`", "expected `.` or `:-`")]),
        ("p(a)\nq(b).", [("<string>:2:1", "unexpected `q`", "expected `.` or `:-`")]),
        ("P(a).", [("<string>:1:1", "unexpected `P`", STATEMENT)]),
        ("p :- q(X, X + 1).", [("<string>:1:13", "unexpected `+`", "expected `)` or `,`")]),
        (
            "p :- q(X), X.",
            [("<string>:1:13", "unexpected `.`", "expected `+` or `-` or a comparison")],
        ),
        (
            "p :- q(X), X < 1 < 2.",
            [("<string>:1:18", "unexpected `<`", "expected `+` or `-` or `,` or `.`")],
        ),
        # more than eight words could follow: a list of them would not help
        ("p :- .", [("<string>:1:6", "unexpected `.`", "")]),
        ("p(X) <- q(X).", [("<string>:1:6", "unexpected `<`", "expected `.` or `:-`")]),
    ],
)
def test_a_syntax_error_says_where_it_is_and_what_was_expected(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("p(a);", "<string>:1:5", "unexpected character `;`"),
        ("p(a).\n  q(#).", "<string>:2:5", "unexpected character `#`"),
        ("p(a).\n/* never closed", "<string>:2:1", "unexpected character `/`"),
        ("p(a)", "<string>:1:4", "unexpected end of the text"),
        ("p(a).\nq(b)\n\n", "<string>:2:4", "unexpected end of the text"),
    ],
)
def test_a_wrong_character_and_a_missing_end_are_named(text: str, place: str, message: str) -> None:
    assert [(p, m) for p, m, _ in found(text)] == [(place, message)]


def test_all_syntax_errors_of_a_text_are_reported_at_once() -> None:
    text = "p(a).\nq(b,.\nr(c). s(X) :- .\n% t(.\nu('.'). v(X :- w."
    assert [(p, m) for p, m, _ in found(text)] == [
        ("<string>:2:5", "unexpected `.`"),
        ("<string>:3:15", "unexpected `.`"),
        ("<string>:5:13", "unexpected `:-`"),
    ]


def test_the_line_of_a_syntax_error_counts_from_the_line_where_the_text_starts() -> None:
    places = [d.place for d in diagnostics("p.\nq(.\n", "law.md", line=40)]
    assert places == ["law.md:41:3"]


def test_a_day_that_the_calendar_does_not_have_is_a_syntax_error_where_it_stands() -> None:
    assert found("p(a).\nq(a, @2023-02-29).") == [
        (
            "<string>:2:6",
            "`@2023-02-29` is not a date",
            "write a day of the calendar as @YYYY-MM-DD",
        )
    ]


def test_an_impossible_day_is_reported_together_with_other_errors() -> None:
    assert [p for p, _, _ in found("p(@2024-13-01).\nq(.")] == ["<string>:1:3", "<string>:2:3"]


def test_the_longest_number_is_read_and_a_longer_one_refused() -> None:
    digits = "9" * MOST_DIGITS
    assert only(f"p({digits}).") == Rule(Atom("p", (Constant(int(digits)),)))
    assert found(f"p(9{digits}).") == [
        (
            "<string>:1:3",
            f"a number of {MOST_DIGITS + 1} digits",
            f"numbers have at most {MOST_DIGITS} digits",
        )
    ]


def test_an_expression_that_is_nested_too_deeply_is_a_syntax_error() -> None:
    text = "p :- X = " + "+".join(["1"] * 5000) + "."
    (fault,) = diagnostics(text)
    assert (fault.code, fault.message) == (
        "syntax_error",
        "an expression of this text is nested too deeply",
    )
