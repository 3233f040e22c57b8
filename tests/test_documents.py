"""JSON in: strict parsing and faults that name their place."""

import pytest

from rogatory import DocumentError
from rogatory.documents import parse_json, validate


def fault(text: str | bytes, place: str = "") -> tuple[str, str]:
    with pytest.raises(DocumentError) as caught:
        parse_json(text, place)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "invalid_json"
    return diagnostic.place, diagnostic.message


def test_valid_json_is_read_from_text_and_bytes() -> None:
    assert parse_json('{"a": [1, 2.5, null, true, "é"]}') == {"a": [1, 2.5, None, True, "é"]}
    assert parse_json('{"a": "é"}'.encode()) == {"a": "é"}
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}  # a byte-order mark does no harm


def test_a_syntax_error_has_line_and_column() -> None:
    assert fault('{"a": 1,\n  }', "r.json") == (
        "r.json:2:3",
        "Expecting property name enclosed in double quotes",
    )
    assert fault("")[0] == "input:1:1"


def test_a_key_that_occurs_twice_is_refused_however_deep() -> None:
    assert fault('{"a": [{"b": 1, "c": 2, "b": 3}]}', "r.json") == (
        "r.json",
        "the key `b` occurs twice in one object",
    )
    assert parse_json('[{"b": 1}, {"b": 2}]') == [{"b": 1}, {"b": 2}]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_not_json_are_refused(word: str) -> None:
    assert fault('{"a": ' + word + "}") == ("", f"`{word}` is not JSON")


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert fault(b'{"a": "\xff"}', "r.json") == ("r.json", "the input is not UTF-8 (byte 7)")


def test_input_that_is_nested_too_deeply_is_refused() -> None:
    assert fault("[" * 200_000) == ("", "the input is nested too deeply")


def test_a_number_with_too_many_digits_is_refused() -> None:
    assert "digits" in fault("1" * 5000)[1]


def test_a_fault_is_reported_once() -> None:
    with pytest.raises(DocumentError) as caught:
        validate({"problems": [{"code": 1, "message": "m", "place": "p"}]}, "problem")
    assert [(d.place, d.message) for d in caught.value.diagnostics] == [
        ("$.problems[0].code", "1 is not of type string")
    ]


def test_a_keyword_without_words_of_its_own_is_reported_all_the_same() -> None:
    with pytest.raises(DocumentError) as caught:
        validate({"problems": []}, "problem")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.place, diagnostic.hint) == ("$.problems", "")
    assert diagnostic.message == "[] should be non-empty"
