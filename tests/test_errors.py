"""Diagnostics and exceptions as values."""

import pickle

import pytest

from rogatory.errors import (
    ERROR_CODES,
    Diagnostic,
    DocumentError,
    EvaluationError,
    FileError,
    ProgramError,
    RogatoryError,
    at,
    did_you_mean,
)
from rogatory.source import NOWHERE, Span

PLACE = Span("rules.md", 3, 7, 3, 9)


def test_a_span_is_written_as_file_line_and_column() -> None:
    assert str(PLACE) == "rules.md:3:7"


def test_a_built_node_stands_nowhere() -> None:
    assert str(NOWHERE) == "<built>:1:1"


def test_a_diagnostic_with_an_unregistered_code_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="unregistered diagnostic code 'oops'"):
        Diagnostic("oops", "message")


def test_codes_are_lower_case_words_and_their_meanings_sentences() -> None:
    wrong = {
        code: meaning
        for code, meaning in ERROR_CODES.items()
        if not (code.replace("_", "").isalpha() and code.islower() and meaning.endswith("."))
    }
    assert wrong == {}


def test_a_diagnostic_in_a_text_knows_its_span_and_its_place() -> None:
    found = at("syntax_error", "unexpected `x`", PLACE, "expected `.`", ["a note"])
    assert found == Diagnostic(
        "syntax_error", "unexpected `x`", "rules.md:3:7", "expected `.`", PLACE, ("a note",)
    )


def test_a_diagnostic_prints_place_code_message_notes_and_hint() -> None:
    found = at("syntax_error", "unexpected `x`", PLACE, "expected `.`", ["one", "two"])
    assert str(found) == (
        "rules.md:3:7: syntax_error: unexpected `x`\n  one\n  two\n  hint: expected `.`"
    )


def test_a_diagnostic_without_place_notes_and_hint_prints_code_and_message() -> None:
    assert str(Diagnostic("internal_error", "broken")) == "internal_error: broken"


def test_a_diagnostic_as_json_has_hint_and_notes_only_if_there_are_any() -> None:
    full = at("syntax_error", "m", PLACE, "h", ["n"])
    bare = Diagnostic("invalid_json", "m", "$")
    assert [full.to_dict(), bare.to_dict()] == [
        {
            "code": "syntax_error",
            "message": "m",
            "place": "rules.md:3:7",
            "hint": "h",
            "notes": ["n"],
        },
        {"code": "invalid_json", "message": "m", "place": "$"},
    ]


def test_an_error_sorts_its_diagnostics_by_file_line_and_column() -> None:
    places = [
        Span("b.md", 1, 1, 1, 1),
        Span("a.md", 10, 1, 10, 1),
        Span("a.md", 9, 20, 9, 20),
        Span("a.md", 9, 3, 9, 3),
    ]
    error = ProgramError(at("syntax_error", "m", place) for place in places)
    assert [d.place for d in error.diagnostics] == [
        "a.md:9:3",
        "a.md:9:20",
        "a.md:10:1",
        "b.md:1:1",
    ]


def test_an_error_sorts_diagnostics_without_a_span_by_their_place() -> None:
    error = EvaluationError(
        [Diagnostic("bad_fact", "m", "facts.q[0]"), Diagnostic("arity_mismatch", "m", "facts.p[1]")]
    )
    assert [d.place for d in error.diagnostics] == ["facts.p[1]", "facts.q[0]"]


def test_the_code_of_an_error_is_that_of_its_first_diagnostic() -> None:
    error = ProgramError(
        [at("arity_mismatch", "m", Span("a", 2, 1, 2, 1)), at("syntax_error", "m", PLACE)]
    )
    assert error.code == "arity_mismatch"


def test_the_text_of_an_error_is_that_of_all_its_diagnostics() -> None:
    error = DocumentError([Diagnostic("invalid_json", "b", "$.b"), Diagnostic("invalid_json", "a")])
    assert str(error) == "invalid_json: a\n$.b: invalid_json: b"


def test_an_error_as_json_lists_its_problems() -> None:
    error = FileError([Diagnostic("unreadable_file", "no such file", "x.json")])
    assert error.to_dict() == {
        "problems": [{"code": "unreadable_file", "message": "no such file", "place": "x.json"}]
    }


def test_an_error_without_diagnostics_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="an error needs a diagnostic"):
        RogatoryError([])


@pytest.mark.parametrize("kind", [ProgramError, EvaluationError, DocumentError, FileError])
def test_an_error_survives_pickling_as_between_processes(kind: type[RogatoryError]) -> None:
    error = kind([at("syntax_error", "m", PLACE, "h", ["n"]), Diagnostic("bad_fact", "m", "x")])
    copy = pickle.loads(pickle.dumps(error))  # our own bytes
    assert (type(copy), copy.diagnostics) == (kind, error.diagnostics)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("edgs", ["edge", "node"], "did you mean `edge`?"),
        ("xyz", ["edge", "node"], ""),
        ("p", [], ""),
        ("aab", ["aac", "aad", "aaa"], "did you mean `aad`?"),
    ],
)
def test_the_nearest_known_word_is_proposed(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


def test_a_proposal_does_not_depend_on_the_order_of_the_known_words() -> None:
    words = ["aac", "aad", "aaa"]
    assert did_you_mean("aab", words) == did_you_mean("aab", reversed(words))
