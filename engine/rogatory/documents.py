"""JSON documents in: strict parsing, schema validation, errors that name the JSON path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from rogatory.errors import Diagnostic, DocumentError, did_you_mean
from rogatory.library import schema


def parse_json(text: str | bytes, place: str = "") -> Any:
    """Parse JSON strictly: no duplicate keys, no NaN.

    Raises:
        DocumentError: ``invalid_json`` with line and column.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        where = f"{place or 'input'}:{error.lineno}:{error.colno}"
        raise DocumentError([Diagnostic("invalid_json", error.msg, where)]) from None
    except UnicodeDecodeError as error:
        message = f"the input is not UTF-8 (byte {error.start})"
        raise DocumentError([Diagnostic("invalid_json", message, place)]) from None
    except RecursionError:
        message = "the input is nested too deeply"
        raise DocumentError([Diagnostic("invalid_json", message, place)]) from None
    except ValueError as error:
        raise DocumentError([Diagnostic("invalid_json", str(error), place)]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise ValueError(f"the key `{twice}` occurs twice in one object")
    return found


def _constant(word: str) -> None:
    raise ValueError(f"`{word}` is not JSON")


def validate(document: Any, name: str) -> None:
    """Check a document against a packaged schema.

    Raises:
        DocumentError: one diagnostic for each fault, each with its JSON path.
    """
    faults = sorted(_validator(name).iter_errors(document), key=lambda e: e.json_path)
    if faults:
        found = [d for fault in faults for d in _explain(fault)]
        raise DocumentError(dict.fromkeys(found))


@cache
def _validator(name: str) -> Draft202012Validator:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema(name), format_checker=checker)


def _explain(error: ValidationError) -> Iterator[Diagnostic]:
    make: Callable[[ValidationError], Iterator[Diagnostic]] = _EXPLAIN.get(
        str(error.validator), _other
    )
    yield from make(error)


def _limit(error: ValidationError) -> Any:
    """The value of the keyword that failed; jsonschema's types allow it to be unset."""
    return error.validator_value


def _instance(error: ValidationError) -> Any:
    return error.instance


def _properties(error: ValidationError) -> Mapping[str, Any]:
    schema_part: Any = error.schema
    properties: Mapping[str, Any] = schema_part.get("properties", {})
    return properties


def _unknown_keys(error: ValidationError) -> Iterator[Diagnostic]:
    known = _properties(error)
    for key in _instance(error):
        if key not in known:
            hint = did_you_mean(key, known) or f"known here: {', '.join(sorted(known))}"
            message = f"unknown key `{key}`"
            yield Diagnostic("invalid_request", message, f"{error.json_path}.{key}", hint)


def _enum(error: ValidationError) -> Iterator[Diagnostic]:
    choices = [str(c) if isinstance(c, str) else json.dumps(c) for c in _limit(error)]
    shown = json.dumps(error.instance, ensure_ascii=False)
    hint = did_you_mean(str(error.instance), choices) if isinstance(error.instance, str) else ""
    if not hint:
        listed = choices if len(choices) <= 32 else [*choices[:8], f"... ({len(choices)} in all)"]
        hint = f"expected one of {', '.join(listed)}"
    yield Diagnostic(
        "invalid_request", f"{_short(shown)} is not allowed here", error.json_path, hint
    )


def _required(error: ValidationError) -> Iterator[Diagnostic]:
    for key in _limit(error):
        if key not in _instance(error):
            near = did_you_mean(key, [k for k in _instance(error) if k not in _properties(error)])
            hint = f"`{near[14:-2]}` may be meant for it" if near else ""
            message = f"`{key}` is required"
            yield Diagnostic("invalid_request", message, f"{error.json_path}.{key}", hint)


def _type(error: ValidationError) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    words = " or ".join(wanted) if isinstance(wanted, list) else wanted
    shown = json.dumps(error.instance, ensure_ascii=False, default=repr)
    message = f"{_short(shown)} is not of type {words}"
    yield Diagnostic("invalid_request", message, error.json_path, f"expected {words}")


def _format(error: ValidationError) -> Iterator[Diagnostic]:
    message = f"`{_short(str(error.instance))}` is not a {error.validator_value}"
    hint = "write a day of the calendar as YYYY-MM-DD" if error.validator_value == "date" else ""
    yield Diagnostic("invalid_request", message, error.json_path, hint)


def _pattern(error: ValidationError) -> Iterator[Diagnostic]:
    message = f"`{_short(str(error.instance))}` is not allowed here"
    words = str(error.validator_value)
    hint = f"expected a text of the form {words}"
    if words.startswith("^("):
        choices = words[2 : words.index(")")].split("|")
        hint = did_you_mean(str(error.instance), choices) or f"expected {' or '.join(choices)}"
    yield Diagnostic("invalid_request", message, error.json_path, hint)


def _other(error: ValidationError) -> Iterator[Diagnostic]:
    yield Diagnostic("invalid_request", _short(error.message), error.json_path)


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "..."


_EXPLAIN: Mapping[str, Callable[[ValidationError], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown_keys,
    "enum": _enum,
    "required": _required,
    "type": _type,
    "format": _format,
    "pattern": _pattern,
}
