"""The JSON Schemas: valid, described, annotated, and in step with each other and the rules."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.conftest import ROOT
from tests.requests import SCHEMA, random_request, resolve

from rogatory import RuleBase
from rogatory.errors import ERROR_CODES
from rogatory.golden import find_cases
from rogatory.library import SCHEMAS, schema


def parts(value: Any, path: str = "$") -> Iterator[tuple[str, dict]]:
    """Every object of a schema with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from parts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from parts(inner, f"{path}[{index}]")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_valid_schema_with_titles(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["title"]
    assert schema(name)["description"]


@pytest.mark.parametrize("name", ["request", "scenario", "case", "problem", "decision"])
def test_objects_with_properties_are_closed(name: str) -> None:
    for path, part in parts(schema(name)):
        conditional = ".if" in path or ".then" in path
        if isinstance(part.get("properties"), dict) and part.get("type") and not conditional:
            assert part.get("additionalProperties") is False, path


@pytest.mark.parametrize("name", ["request", "scenario"])
def test_every_property_of_what_people_write_is_described(name: str) -> None:
    for path, part in parts(schema(name)):
        for key, child in part.get("properties", {}).items() if "type" in part else ():
            assert child.get("description") or resolve_in(name, child).get("description"), (
                f"{path}.{key}"
            )


def resolve_in(name: str, part: dict) -> dict:
    while "$ref" in part:
        target: Any = schema(name)
        for key in part["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        part = target
    return part


def test_every_question_has_its_wording(rules: RuleBase) -> None:
    for path, part in parts(SCHEMA):
        note = part.get("x-fact")
        if (note and "atom" in note and "$value" in note["atom"][1:]) or (
            note and note["as"] == "boolean"
        ):
            signature = rules.program.signatures[note["atom"][0]]
            if signature.kind == "open" and note.get("absent") != "false":
                assert note["ask"].endswith("?") or "{" in note["ask"], path


def test_what_a_scenario_and_a_request_share_is_defined_alike() -> None:
    def plain(part: Any) -> Any:
        if isinstance(part, dict):
            return {k: plain(v) for k, v in part.items() if not k.startswith("x-")}
        return [plain(v) for v in part] if isinstance(part, list) else part

    own, other = plain(schema("scenario")["$defs"]), plain(SCHEMA["$defs"])
    for name in own:
        assert own[name] == other[name]


def test_all_states_have_names() -> None:
    state = SCHEMA["$defs"]["state"]
    assert set(state["enum"]) == set(state["x-labels"])
    assert state["enum"] == sorted(state["enum"])


def test_the_outcomes_of_the_schemas_are_those_of_the_rules(rules: RuleBase) -> None:
    signature = rules.program.signatures["outcome"]
    domain = rules.program.domains[signature.type_of(1)]
    assert set(schema("decision")["properties"]["outcome"]["enum"]) == {
        *domain.members,
        "undetermined",
        "mixed",
    }
    assert (
        schema("case")["properties"]["outcome"]["enum"]
        == (schema("decision")["properties"]["outcome"]["enum"])
    )


def test_every_property_of_a_request_is_known_to_the_rules(rules: RuleBase) -> None:
    assert rules.intake.unmapped == ()


def test_random_requests_and_golden_cases_fit_the_schema() -> None:
    validator = Draft202012Validator(SCHEMA)
    requests = [random_request(seed) for seed in range(50)]
    requests += [
        json.loads((c / "request.json").read_text()) for c in find_cases(ROOT / "fixtures")
    ]
    assert [list(validator.iter_errors(r)) for r in requests] == [[]] * len(requests)
    used = {key for request in requests for key in request}
    assert used == set(SCHEMA["properties"])


def test_random_requests_are_repeatable_and_differ() -> None:
    assert random_request(3) == random_request(3)
    assert len({json.dumps(random_request(seed)) for seed in range(50)}) == 50


def test_a_reference_is_resolved_with_the_words_beside_it() -> None:
    part = resolve(SCHEMA["properties"]["requesting"])
    assert part["description"] == SCHEMA["properties"]["requesting"]["description"]
    assert "US" in part["enum"]


def test_codes_are_words_with_a_meaning() -> None:
    for code, meaning in ERROR_CODES.items():
        assert code == code.lower()
        assert meaning.endswith(".")
