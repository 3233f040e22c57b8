"""Requests and scenarios: what is refused, where, and with which hint."""

import datetime
import hashlib
import json
from types import MappingProxyType
from typing import Any

import pytest

from rogatory import DocumentError, Request, RuleBase, Scenario
from rogatory.request import canonical, digest

BARE = {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}


def faults(document: Any, kind: type[Request] | type[Scenario] = Request) -> list[tuple]:
    """Code, place, message and hint of every fault of a document."""
    with pytest.raises(DocumentError) as caught:
        kind.read(document)
    return [(d.code, d.place, d.message, d.hint) for d in caught.value.diagnostics]


def invalid(place: str, message: str, hint: str = "") -> tuple[str, str, str, str]:
    return ("invalid_request", place, message, hint)


# --- requests


def test_an_unknown_key_is_reported_with_the_nearest_known_one() -> None:
    assert faults({**BARE, "ofences": []}) == [
        invalid("$.ofences", "unknown key `ofences`", "did you mean `offences`?")
    ]
    assert faults({**BARE, "form": {"qqqqq": True}}) == [
        invalid("$.form.qqqqq", "unknown key `qqqqq`", "known here: conforms, missing")
    ]


def test_a_required_key_that_is_misspelt_is_named_as_such() -> None:
    document = {"requesting": "IR", "reqested": "US", "as_of": "2026-06-01"}
    assert faults(document) == [
        invalid("$.reqested", "unknown key `reqested`", "did you mean `requested`?"),
        invalid("$.requested", "`requested` is required", "`reqested` may be meant for it"),
    ]


def test_every_fault_is_reported_at_its_place() -> None:
    document = {
        "requesting": "XX",
        "requested": "US",
        "as_of": "2026-02-30",
        "measures": [{"kind": "stored_dta"}],
        "offences": [{"law": {"requesting": {"maximum_penalty": 9999}}}],
        "evidence": "none",
        "persecution_on_account_of": ["race", "race"],
    }
    assert [f[1] for f in faults(document)] == [
        "$.as_of",
        "$.evidence",
        "$.measures[0].kind",
        "$.offences[0].law.requesting.maximum_penalty",
        "$.persecution_on_account_of",
        "$.requesting",
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-6-1", "20260601", "2026-W23-1", "", "today"])
def test_a_day_that_is_not_in_the_calendar_is_refused(day: str) -> None:
    hint = "write a day of the calendar as YYYY-MM-DD"
    assert faults({**BARE, "as_of": day}) == [invalid("$.as_of", f"`{day}` is not a date", hint)]


def test_an_unknown_state_is_reported_with_a_hint_that_is_not_too_long() -> None:
    ((_, place, message, hint),) = faults({**BARE, "requested": "XX"})
    assert (place, message) == ("$.requested", '"XX" is not allowed here')
    assert hint.startswith("expected one of AD, AE,")
    assert hint.endswith(" in all)")
    assert len(hint) < 80
    ((_, _, _, near),) = faults({**BARE, "requested": "USA"})
    assert near == "did you mean `US`?"


def test_a_short_list_of_choices_is_shown_whole() -> None:
    assert faults({**BARE, "form": {"conforms": "x"}}) == [
        invalid(
            "$.form.conforms",
            '"x" is not allowed here',
            "expected one of true, false, unknown, not_applicable",
        )
    ]
    assert faults({**BARE, "form": {"conforms": 1}})[0][3].startswith("expected one of true")


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "null"), (True, "true"), ({}, "{}"), (2026, "2026")]
)
def test_a_wrong_type_is_named(value: Any, shown: str) -> None:
    assert faults({**BARE, "title": value}) == [
        invalid("$.title", f"{shown} is not of type string", "expected string")
    ]


def test_a_long_value_is_cut_short_in_the_message() -> None:
    ((_, _, message, _),) = faults({**BARE, "persons": "x" * 500})
    assert len(message) < 160
    assert message.endswith("... is not of type array")


def test_a_value_that_is_no_json_is_shown_all_the_same() -> None:
    day = datetime.date(2026, 6, 1)
    assert faults({**BARE, "as_of": day})[0][1:] == (
        "$.as_of",
        '"datetime.date(2026, 6, 1)" is not of type string',
        "expected string",
    )


def test_words_for_a_number_are_those_the_schema_knows() -> None:
    law = {"requesting": {"maximum_penalty": "lief"}, "requested": {"maximum_penalty": "forever"}}
    assert faults({**BARE, "offences": [{"law": law}]}) == [
        invalid(
            "$.offences[0].law.requested.maximum_penalty",
            "`forever` is not allowed here",
            "expected life or death or unknown or not_applicable",
        ),
        invalid(
            "$.offences[0].law.requesting.maximum_penalty",
            "`lief` is not allowed here",
            "did you mean `life`?",
        ),
    ]


def test_an_id_has_the_form_of_the_schema() -> None:
    ((_, place, message, hint),) = faults({**BARE, "measures": [{"id": "m/1"}]})
    assert (place, message) == ("$.measures[0].id", "`m/1` is not allowed here")
    assert hint.startswith("expected a text of the form ^[A-Za-z0-9]")


@pytest.mark.parametrize(("key", "most"), [("measures", 20), ("offences", 20), ("evidence", 50)])
def test_too_many_entries_are_refused(key: str, most: int) -> None:
    assert [f[1] for f in faults({**BARE, key: [{}] * (most + 1)})] == [f"$.{key}"]
    assert Request.read({**BARE, key: [{}] * most}).document[key] == [{}] * most


def test_a_state_does_not_ask_itself() -> None:
    message = "the requested State is the requesting State itself"
    assert faults({**BARE, "requested": "IR"}) == [invalid("$.requested", message)]


@pytest.mark.parametrize("document", [None, [], 5, True])
def test_a_request_is_an_object(document: Any) -> None:
    ((_, place, message, hint),) = faults(document)
    assert (place, hint) == ("$", "expected object")
    assert message == f"{json.dumps(document)} is not of type object"


def test_what_is_no_crime_has_no_penalty() -> None:
    law = {"requesting": {"criminal": False, "maximum_penalty": 12}}
    ((_, place, _, hint),) = faults({**BARE, "offences": [{"law": law}]})
    assert place == "$.offences[0].law.requesting.maximum_penalty"
    assert hint == "expected one of unknown, not_applicable"


def test_a_request_may_be_text_bytes_or_any_mapping() -> None:
    text = json.dumps(BARE)
    wrapped = MappingProxyType({**BARE, "measures": (MappingProxyType({"id": "a"}),)})
    assert Request.read(text) == Request.read(text.encode()) == Request.read(BARE)
    assert Request.read(wrapped).document == {**BARE, "measures": [{"id": "a"}]}


def test_a_request_is_canonical_json_with_a_digest() -> None:
    one = Request.read({"as_of": "2026-06-01", "requested": "US", "requesting": "IR"})
    assert one == Request.read(BARE)
    assert one.text == '{"as_of":"2026-06-01","requested":"US","requesting":"IR"}'
    assert one.digest == digest(one.text)
    assert one.digest == "sha256:" + hashlib.sha256(one.text.encode()).hexdigest()
    assert one.digest != Request.read({**BARE, "title": ""}).digest


def test_a_penalty_written_as_a_whole_float_is_the_same_request() -> None:
    requests = [
        Request.read({**BARE, "offences": [{"law": {"requested": {"maximum_penalty": n}}}]})
        for n in (36, 36.0)
    ]
    assert requests[0] == requests[1]


def test_text_that_canonical_json_cannot_hold_is_refused() -> None:
    ((code, _, message, _),) = faults({**BARE, "title": "\ud800"})
    assert code == "invalid_json"
    assert "UTF-8" in message
    with pytest.raises(DocumentError):
        canonical({"x": float("nan")})


def test_a_checked_request_and_a_checked_scenario_can_be_decided(rules: RuleBase) -> None:
    scenario = {"name": "later", "as_of": "2027-01-01"}
    assert rules.decide(Request.read(BARE), Scenario.read(scenario)) == rules.decide(BARE, scenario)


# --- scenarios


def test_a_scenario_needs_a_name() -> None:
    assert faults({}, Scenario) == [invalid("$.name", "`name` is required")]
    assert [f[1] for f in faults({"name": ""}, Scenario)] == ["$.name"]
    assert faults({"name": "x", "asof": "2026-01-01"}, Scenario)[0][3] == "did you mean `as_of`?"


def test_a_scenario_has_a_name_and_a_digest() -> None:
    scenario = Scenario.read('{"name": "later"}')
    assert (scenario.name, scenario.digest) == ("later", digest('{"name":"later"}'))


def test_a_scenario_replaces_the_day_and_single_readings_and_adds_assumptions() -> None:
    request = Request.read(
        {
            **BARE,
            "readings": {"a": "kept", "b": "replaced"},
            "assumptions": {"in_force": ["uncc"], "not_parties": []},
        }
    )
    party = {"state": "IR", "instrument": "uncc"}
    scenario = Scenario.read(
        {
            "name": "s",
            "as_of": "2030-01-01",
            "readings": {"b": "new", "c": "added"},
            "assumptions": {"in_force": ["uncc", "budapest"], "parties": [party]},
        }
    )
    assert scenario.over(request) == {
        **BARE,
        "as_of": "2030-01-01",
        "readings": {"a": "kept", "b": "new", "c": "added"},
        "assumptions": {"in_force": ["uncc", "budapest"], "not_parties": [], "parties": [party]},
    }
    assert Scenario.read({"name": "empty"}).over(request) == request.document


def test_a_scenario_with_an_unknown_reading_is_refused(rules: RuleBase) -> None:
    with pytest.raises(DocumentError) as caught:
        rules.decide(BARE, {"name": "s", "readings": {"nope": "x"}})
    assert (caught.value.code, caught.value.diagnostics[0].place) == (
        "unknown_reading",
        "$.readings.nope",
    )
