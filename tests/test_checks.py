"""Static checks: each code of the language, where it points and what it proposes."""

import pytest
from tests.programs import error_of, faults

from rogatory import datalog
from rogatory.checks import check
from rogatory.errors import ProgramError
from rogatory.opennumbers import open_columns
from rogatory.program import CheckedProgram
from rogatory.syntax import Atom, Literal, Rule

VOCABULARY = """\
.domain color: red, green, "dark blue".
.domain thing.
.reading scope "how far?": narrow | wide.
.open a(c: color, n: number, d: date) "s".
.open b(x: thing) "s".
.closed k(x: symbol, n: number, d: date?) "s".
.derived p "s".
.derived q(n: number) "s".
"""
LINE = VOCABULARY.count("\n") + 1


def found(text: str) -> list[tuple[str, str]]:
    """The codes and places of the faults of a text."""
    return faults(lambda: datalog.parse(text))


def in_vocabulary(text: str) -> list[tuple[str, int, str]]:
    """The codes, columns and messages of a line of rules after the vocabulary."""
    error = error_of(lambda: datalog.parse(VOCABULARY + text))
    spans = [d.span for d in error.diagnostics]
    assert {s.line for s in spans if s} == {LINE}
    return [
        (d.code, s.column, d.message) for d, s in zip(error.diagnostics, spans, strict=True) if s
    ]


def hints(text: str) -> list[str]:
    """The hints of the faults of a text."""
    return [d.hint for d in error_of(lambda: datalog.parse(text)).diagnostics]


# --- predicates


def test_another_number_of_arguments_than_at_the_first_use_is_a_mismatch() -> None:
    (fault,) = error_of(lambda: datalog.parse("p(X) :- q(X).\nr :- p(_), q(_, _).")).diagnostics
    assert (fault.code, fault.place, fault.message, fault.notes) == (
        "arity_mismatch",
        "<string>:2:12",
        "`q` takes 1 arguments, here it has 2",
        ("the other use is at <string>:1:9",),
    )


def test_a_predicate_without_arguments_is_used_without() -> None:
    assert found("p. q :- p(_). p(a).") == [
        ("arity_mismatch", "<string>:1:9"),
        ("arity_mismatch", "<string>:1:15"),
    ]


def test_a_declared_predicate_takes_the_declared_number_of_arguments() -> None:
    assert in_vocabulary("p :- b(_, _), not q.") == [
        ("arity_mismatch", 6, "`b` takes 1 arguments, here it has 2"),
        ("arity_mismatch", 19, "`q` takes 1 arguments, here it has 0"),
    ]


def test_if_anything_is_declared_all_predicates_must_be() -> None:
    text = '.derived path "s".\n.open edge(x: symbol) "s".\npath :- egde(_), not zzz.\nx.'
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        ("unknown_predicate", "<string>:3:9", "unknown predicate `egde`", "did you mean `edge`?"),
        ("unknown_predicate", "<string>:3:22", "unknown predicate `zzz`", ""),
        ("unknown_predicate", "<string>:4:1", "unknown predicate `x`", ""),
    ]


@pytest.mark.parametrize("name", ["id", "type", "none", "true", "class", "print", "reading"])
def test_names_that_mean_something_to_python_are_plain_predicates_and_constants(name: str) -> None:
    program = datalog.parse(f"{name}({name}). p :- {name}({name}), not {name}(x).")
    assert dict(program.evaluate()) == {name: {(name,)}, "p": {()}}


# --- constants and types


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("p :- a(gren, _, _).", 8, "`gren` is not a member of `color`"),
        ("p :- not a(blue, _, _).", 12, "`blue` is not a member of `color`"),
        ("p :- a(C, _, _), C = yellow.", 22, "`yellow` is not a member of `color`"),
        ("p :- a(C, _, _), gren != C.", 18, "`gren` is not a member of `color`"),
        ("p :- reading(scop, narrow).", 14, "`scop` is not a declared reading"),
        ("p :- reading(scope, wdie).", 21, "`wdie` is not an alternative of this reading"),
    ],
)
def test_a_constant_that_is_no_member_of_its_domain_is_unknown(
    text: str, column: int, message: str
) -> None:
    assert in_vocabulary(text) == [("unknown_constant", column, message)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("p :- a(gren, _, _).", "did you mean `green`?"),
        ("p :- reading(scop, narrow).", "did you mean `scope`?"),
        ("p :- reading(scope, wdie).", "did you mean `wide`?"),
        ("p :- reading(scope, zzz).", ""),
    ],
)
def test_the_nearest_member_is_proposed_for_an_unknown_constant(text: str, hint: str) -> None:
    assert hints(VOCABULARY + text) == [hint]


@pytest.mark.parametrize(
    "text",
    [
        'p :- a("dark blue", _, _), b(anything), reading(scope, _), reading(scope, wide).',
        "p :- a(C, N, D), C != red, N <= 3, D >= @2020-01-01.",
        "p :- a(_, N, D), k(_, M, E), N < M, D < E, 3 <= N.",
        # a symbol may be a member of a domain
        "p :- a(C, _, _), k(C, _, _), C = red. p :- k(C, _, _), a(C, _, _), C = red.",
        "q(N) :- k(_, M, _), N = M * 2 - 1.",
        "q(N) :- k(_, M, _), N = @2020-02-01 - @2020-01-01 + M, 1 < 2.",
        "p :- a = b.",
    ],
)
def test_what_has_the_right_types_passes(text: str) -> None:
    assert isinstance(datalog.parse(VOCABULARY + text).checked, CheckedProgram)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("p :- a(1, _, _).", 8, "`1` is a number, a color is required"),
        ("p :- a(_, red, _).", 11, "`red` is a symbol, a number is required"),
        ("p :- a(_, _, 5).", 14, "`5` is a number, a date is required"),
        ("p :- b(@2020-01-01).", 8, "`@2020-01-01` is a date, a thing is required"),
        ("p :- a(C, C, _).", 11, "`C` has the type `color` before and `number` here"),
        ("p :- a(C, _, _), b(C).", 20, "`C` has the type `color` before and `thing` here"),
        ("q(N) :- k(N, _, _).", 11, "`N` has the type `number` before and `symbol` here"),
        ("p :- reading(X, wide), b(X).", 14, "a reading must be named, not left variable"),
        ("p :- reading(_, wide).", 14, "a reading must be named, not left variable"),
        ("p :- a(C, N, _), C = N.", 18, "`C = N` compares two types"),
        ("p :- a(_, N, _), N != red.", 18, "`N != red` compares two types"),
        ("p :- a(_, N, D), D - @2020-01-01 = D.", 18, "`D - @2020-01-01 = D` compares two types"),
        ("p :- a(_, N, D), N < D.", 18, "`N < D` compares a number with a date"),
        (
            "p :- k(_, N, _), a(_, _, D), N + 1 >= D + 1.",
            30,
            "`N + 1 >= D + 1` compares a number with a date",
        ),
    ],
)
def test_a_term_of_another_type_is_a_mismatch(text: str, column: int, message: str) -> None:
    assert in_vocabulary(text)[0] == ("type_mismatch", column, message)


def test_symbols_have_no_order() -> None:
    assert in_vocabulary("p :- a(C, _, _), b(X), C < 3, red >= X.") == [
        ("type_mismatch", 24, "`C < 3` orders a color; only numbers and dates have an order"),
        ("type_mismatch", 31, "`red >= X` orders a symbol; only numbers and dates have an order"),
        ("type_mismatch", 31, "`red >= X` orders a thing; only numbers and dates have an order"),
    ]


def test_a_type_that_is_neither_built_in_nor_a_domain_is_unknown() -> None:
    text = '.domain color.\n.open p(x: numbr, y: colour, z: zzz, u: color, v: date) "s".'
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        ("unknown_type", "<string>:2:9", "unknown type `numbr`", "did you mean `number`?"),
        ("unknown_type", "<string>:2:19", "unknown type `colour`", "did you mean `color`?"),
        ("unknown_type", "<string>:2:30", "unknown type `zzz`", "declare it with `.domain zzz.`"),
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('.open p(d: date?) "s".', 9),
        ('.closed p(n: number?) "s".', 11),
        ('.derived p(x: symbol?) "s".', 12),
    ],
)
def test_only_a_date_of_a_closed_predicate_can_be_marked_as_not_sourced(
    text: str, column: int
) -> None:
    assert found(text) == [("type_mismatch", f"<string>:1:{column}")]


# --- variables


def test_each_variable_that_no_positive_literal_binds_is_reported() -> None:
    text = "p(X, V) :- q(Y), not r(X, Z, Z), W < Y + U, T = S."
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message) for d in error.diagnostics] == [
        (
            "unbound_variable",
            "<string>:1:3",
            "`X` in the head is bound by no positive literal of the body",
        ),
        (
            "unbound_variable",
            "<string>:1:6",
            "`V` in the head is bound by no positive literal of the body",
        ),
        ("unbound_variable", "<string>:1:18", "`X` in a negation is bound by no positive literal"),
        ("unbound_variable", "<string>:1:18", "`Z` in a negation is bound by no positive literal"),
        (
            "unbound_variable",
            "<string>:1:34",
            "`W` in a comparison is bound by no positive literal",
        ),
        (
            "unbound_variable",
            "<string>:1:34",
            "`U` in a comparison is bound by no positive literal",
        ),
        (
            "unbound_variable",
            "<string>:1:45",
            "`T` in a comparison is bound by no positive literal",
        ),
        (
            "unbound_variable",
            "<string>:1:45",
            "`S` in a comparison is bound by no positive literal",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("p :- not q(X).", "use `X` in a positive literal, or write `_` for `there is no such`"),
        ("p :- X < 1.", "use `X` in a positive literal"),
        ("p(X).", "a fact holds constants only; a variable is upper case"),
        ("p(X) :- q.", ""),
    ],
)
def test_the_hint_for_an_unbound_variable_says_how_to_bind_it(text: str, hint: str) -> None:
    assert hints(text) == [hint]


@pytest.mark.parametrize(
    ("text", "column"),
    [("p(_) :- q(_).", 3), ("p(_).", 3), ("p :- _ = 1.", 6), ("p :- q(X), X < 2 * _.", 20)],
)
def test_an_anonymous_variable_has_no_value_to_conclude_or_compare(text: str, column: int) -> None:
    assert found(text) == [("unbound_variable", f"<string>:1:{column}")]


def test_an_anonymous_variable_has_no_type_to_compare() -> None:
    assert [f[:2] for f in in_vocabulary("p :- k(X, N, _), X != _, N < _ + 1.")] == [
        ("unbound_variable", 23),
        ("unbound_variable", 30),
    ]


def test_here_has_no_meaning_outside_a_provision() -> None:
    text = "p(here).\nq :- p(here), not p(here), X = here, here != 1 + here, r(X)."
    assert found(text) == [
        ("rule_outside_provision", f"<string>:{place}")
        for place in ("1:3", "2:8", "2:21", "2:32", "2:38", "2:50")
    ]


# --- negation


@pytest.mark.parametrize(
    ("text", "column", "cycle", "notes"),
    [
        ("p :- not p.", 6, "p -> p", ["6: not p"]),
        ("p :- not q. q :- p.", 6, "p -> q -> p", ["6: not q", "18: p"]),
        (
            "p :- not q. q :- s, r. r :- q. r :- s, p. s.",
            6,
            "p -> q -> r -> p",
            ["6: not q", "21: r", "40: p"],
        ),
        # the shortest way back is named
        (
            "p :- not q. q :- r. r :- p. q :- q, p.",
            6,
            "p -> q -> p",
            ["6: not q", "37: p"],
        ),
    ],
)
def test_negation_through_recursion_is_refused_and_the_cycle_named(
    text: str, column: int, cycle: str, notes: list[str]
) -> None:
    (fault,) = error_of(lambda: datalog.parse(text)).diagnostics
    assert (fault.code, fault.place, fault.message, fault.notes) == (
        "cyclic_negation",
        f"<string>:1:{column}",
        f"`p` depends on its own negation: {cycle}",
        tuple(f"<string>:1:{note}" for note in notes),
    )


def test_each_stratum_with_negation_through_recursion_is_reported_once() -> None:
    text = "p :- not p. p :- q, not p. q :- not q. r :- r, not s."
    assert found(text) == [
        ("cyclic_negation", "<string>:1:6"),
        ("cyclic_negation", "<string>:1:33"),
    ]


# --- declarations


def test_what_is_declared_twice_is_reported_with_the_first_place() -> None:
    text = (
        '.open p "s".\n.derived p "t".\n.domain d: x.\n.domain d: y.\n'
        '.reading r "q": x.\n.reading r "q": y.\n'
    )
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message, d.notes) for d in error.diagnostics] == [
        (
            "duplicate_declaration",
            f"<string>:{line}:1",
            f"{what} is declared a second time",
            (f"first declared at <string>:{first}:1",),
        )
        for line, what, first in (
            (2, "predicate `p`", 1),
            (4, "domain `d`", 3),
            (6, "reading `r`", 5),
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        '.reading r "q": x | y.\n.open reading(n: symbol, a: symbol) "s".',
        ".domain e: x.\n.domain d: x, y, x.",
        '.domain e.\n.reading r "q": x | x.',
        ".domain e.\n.domain number: one.",
        '.domain e.\n.open p(x: symbol, x: symbol) "s".',
    ],
)
def test_other_names_that_would_mean_two_things_are_duplicates(text: str) -> None:
    assert found(text) == [("duplicate_declaration", "<string>:2:1")]


def test_an_input_cannot_be_concluded() -> None:
    text = (
        '.open o(x: symbol) "s".\n.closed c(x: symbol) "s".\n.derived d(x: symbol) "s".\n'
        "d(a).\no(a).\nc(X) :- d(X)."
    )
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message) for d in error.diagnostics] == [
        (
            "input_redefined",
            "<string>:5:1",
            "the text states a fact of `o`, which is declared `.open`",
        ),
        ("input_redefined", "<string>:6:1", "a rule concludes `c`, which is declared `.closed`"),
    ]


def test_the_predicate_of_readings_cannot_be_concluded() -> None:
    text = '.reading r "q": x.\n.derived p "s".\nreading(r, x) :- p.'
    assert found(text) == [("input_redefined", "<string>:3:1")]


def test_a_declared_predicate_needs_a_sentence() -> None:
    (fault,) = error_of(lambda: datalog.parse(".open person(name: symbol).")).diagnostics
    assert (fault.code, fault.place, fault.message, fault.hint) == (
        "missing_sentence",
        "<string>:1:1",
        "predicate `person` has no sentence",
        'write one after the arguments, such as "{person} is a national of {state}"',
    )


def test_the_slots_of_both_sentences_must_be_arguments() -> None:
    text = '.open p(person: symbol, state: symbol) "{person} {stat} {}" "{zzz}".'
    error = error_of(lambda: datalog.parse(text))
    assert [(d.code, d.place, d.message, d.hint) for d in error.diagnostics] == [
        ("missing_sentence", "<string>:1:1", f"the sentence of `p` has a slot `{{{slot}}}`", hint)
        for slot, hint in (
            ("stat", "did you mean `state`?"),
            ("", "slots are person, state"),
            ("zzz", "slots are person, state"),
        )
    ]


# --- numbers that may be unknown


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("p :- a(_, N, _), k(_, N, _).", 23, "`N` may be unknown and is joined here"),
        ("p :- k(_, N, _), a(_, N, _).", 23, "`N` may be unknown and is joined here"),
        ("p :- a(_, 3, _).", 11, "`3` may be unknown and is joined here"),
        ("p :- a(_, N, _), not k(_, N, _).", 27, "`N` may be unknown and is joined here"),
        ("p :- k(_, N, _), not a(_, N, _).", 27, "`N` may be unknown and is joined here"),
        ("p :- a(_, _, D), k(_, _, D).", 26, "`D` may be unknown and is joined here"),
        ("p :- k(_, _, D), k(a, _, D).", 26, "`D` may be unknown and is joined here"),
        # an unknown number can pass through a rule and through `=`
        ("q(N) :- a(_, N, _). p :- q(N), k(_, N, _).", 37, "`N` may be unknown and is joined here"),
        ("q(M) :- a(_, N, _), M = N. p :- q(3).", 35, "`3` may be unknown and is joined here"),
        (
            "p :- a(_, N, _), L = M, M = N, not k(_, L, _).",
            41,
            "`L` may be unknown and is joined here",
        ),
        ("p :- a(_, N, _), N + 1 < 3.", 18, "`N` may be unknown and is calculated with"),
        ("p :- a(_, N, _), M = 2 * N, M < 3.", 26, "`N` may be unknown and is calculated with"),
        ("p :- a(_, N, _), M = N, 3 = M - 1.", 29, "`M` may be unknown and is calculated with"),
    ],
)
def test_a_number_that_may_be_unknown_is_compared_only(
    text: str, column: int, message: str
) -> None:
    assert in_vocabulary(text) == [("open_number_join", column, message)]


@pytest.mark.parametrize(
    "text",
    [
        "p :- a(_, N, _), k(_, M, _), N < M, N < M + 1, N = 3.",
        "p :- k(_, N, _), k(a, N, _), not k(b, N, _), k(_, 3, _), N + 1 < 3.",
        "p :- a(C, _, _), a(C, _, _), not a(C, _, _).",
        "q(N) :- a(_, N, _). p :- q(N), q(M), N = M.",
    ],
)
def test_known_numbers_may_be_joined_and_unknown_ones_compared(text: str) -> None:
    assert isinstance(datalog.parse(VOCABULARY + text).checked, CheckedProgram)


def test_in_a_plain_program_every_number_may_be_joined() -> None:
    program = datalog.parse("p(N) :- a(N), b(N), not c(N), 1 + N < 9.")
    assert program.evaluate({"a": [1, 2], "b": [1, 2], "c": [2]})["p"] == {(1,)}


def test_the_columns_that_may_be_unknown_follow_the_rules() -> None:
    text = VOCABULARY + "q(N) :- a(_, N, _), not k(x, 1, _). p :- q(_)."
    program = datalog.parse(text).checked
    assert open_columns(program.rules, program.signatures) == {
        ("a", 1),
        ("a", 2),
        ("k", 2),
        ("q", 0),
    }


# --- the whole


def test_all_faults_of_a_program_are_reported_at_once_in_the_order_of_the_text() -> None:
    text = (
        ".open p(x: nubmer).\n"
        '.closed q(x: symbol) "s".\n'
        '.derived r(x: number) "{y}".\n'
        "r(X) :- q(X), not r(X), s.\n"
        "q(1)."
    )
    assert found(text) == [
        ("missing_sentence", "<string>:1:1"),
        ("unknown_type", "<string>:1:9"),
        ("missing_sentence", "<string>:3:1"),
        ("type_mismatch", "<string>:4:11"),
        ("cyclic_negation", "<string>:4:15"),
        ("unknown_predicate", "<string>:4:25"),
        ("input_redefined", "<string>:5:1"),
        ("type_mismatch", "<string>:5:3"),
    ]


def test_a_checked_program_holds_what_evaluators_need() -> None:
    program = datalog.parse(VOCABULARY + "p :- q(_).\nq(1).\nq(2) :- reading(scope, wide).").checked
    kinds = {name: (s.kind, s.arity) for name, s in program.signatures.items()}
    assert kinds == {
        "reading": ("open", 2),
        "a": ("open", 3),
        "b": ("open", 1),
        "k": ("closed", 3),
        "p": ("derived", 0),
        "q": ("derived", 1),
    }
    assert [s.predicates for s in program.strata] == [("q",), ("p",)]
    assert [program.rules_for(p) for p in ("p", "q", "a")] == [(0,), (1, 2), ()]
    assert (list(program.domains), list(program.readings)) == (["color", "thing"], ["scope"])
    assert [program.signatures["a"].type_of(i) for i in range(3)] == ["color", "number", "date"]
    assert program.signatures["reading"].type_of(0) is None


def test_a_plain_program_declares_nothing() -> None:
    program = datalog.parse("p :- q.").checked
    assert (program.declared, program.signatures["q"].kind) == (False, "free")


def test_checks_take_trees_that_were_built_and_not_parsed() -> None:
    with pytest.raises(ProgramError, match="<built>:1:1: cyclic_negation"):
        check((Rule(Atom("p"), (Literal(Atom("p"), negated=True),)),))
