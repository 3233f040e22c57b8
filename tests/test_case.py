"""From a request to facts, denials and questions."""

import json
from typing import Any

import pytest

from rogatory import DocumentError, RuleBase
from rogatory.case import Case, read_case
from rogatory.syntax import Unknown

BARE = {"requesting": "FR", "requested": "US", "as_of": "2026-06-01"}


def read(rules: RuleBase, **more: Any) -> Case:
    return read_case(rules.intake, rules.program, {**BARE, **more})


def stated(case: Case) -> dict[tuple, str]:
    return {s.fact: s.origin for s in case.stated}


def asked(case: Case) -> dict[str, str]:
    return {a.question.id: a.text for a in case.asked}


def refused(rules: RuleBase, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        read(rules, **more)
    return [(d.place, d.hint) for d in caught.value.diagnostics]


def test_the_example_of_the_documentation_states_the_facts_listed_there(rules: RuleBase) -> None:
    case = read(
        rules,
        measures=[{"id": "m1", "kind": "stored_data"}],
        offences=[{"id": "o1", "law": {"requested": {"maximum_penalty": 36}}}],
        evidence=[],
        readings={"budapest_is_mla_treaty": "no"},
    )
    known = {f: o for f, o in stated(case).items() if o != "unknown"}
    assert {(p, *map(str, row)) for p, row in known} == {
        ("requesting", "FR"),
        ("requested", "US"),
        ("as_of", "2026-06-01"),
        ("measure_kind", "m1", "stored_data"),
        ("maximum_penalty", "o1", "requested", "36"),
        ("criminal", "o1", "requested"),
        ("reading", "budapest_is_mla_treaty", "no"),
        ("item", "m1/o1"),
        ("item_measure", "m1/o1", "m1"),
        ("item_offence", "m1/o1", "o1"),
    }
    assert known["reading", ("budapest_is_mla_treaty", "no")] == "reading"
    assert case.denied["reading", ("budapest_is_mla_treaty", "yes")] == (
        "$.readings.budapest_is_mla_treaty"
    )
    assert case.denied["measure_kind", ("m1", "extradition")] == "$.measures[0].kind"
    assert ("measure_kind", ("m1", "stored_data")) not in case.denied
    assert {"$.offences[0].law.requesting.criminal", "$.offences[0].conduct"} <= set(asked(case))
    assert "$.offences[0].law.requested.criminal" not in asked(case)


@pytest.mark.parametrize("value", ["unknown", None])
def test_what_is_unknown_is_asked(value: str | None, rules: RuleBase) -> None:
    offence = {} if value is None else {"conduct": value, "already_judged": value}
    questions = asked(read(rules, offences=[offence]))
    assert questions["$.offences[0].conduct"] == "What conduct is alleged?"
    assert "$.offences[0].already_judged" in questions


def test_what_is_not_applicable_is_denied_and_not_asked(rules: RuleBase) -> None:
    law = {"requesting": {"maximum_penalty": "not_applicable"}}
    case = read(
        rules,
        offences=[{"already_judged": "not_applicable", "conduct": "not_applicable", "law": law}],
    )
    names = set(asked(case))
    assert not names & {
        "$.offences[0].already_judged",
        "$.offences[0].conduct",
        "$.offences[0].law.requesting.maximum_penalty",
    }
    assert case.denied["already_judged", ("offence1",)] == "$.offences[0].already_judged"


def test_conduct_that_is_no_crime_has_no_penalty_to_ask_for(rules: RuleBase) -> None:
    case = read(rules, offences=[{"law": {"requested": {"criminal": False}}}])
    assert "$.offences[0].law.requested.maximum_penalty" not in asked(case)
    assert "$.offences[0].law.requesting.maximum_penalty" in asked(case)


def test_an_unknown_number_is_sampled_at_its_ends_and_around_the_numbers_of_the_rules(
    rules: RuleBase,
) -> None:
    case = read(rules, offences=[{"law": {"requesting": {"maximum_penalty": 30}}}])
    path = "$.offences[0].law.requested.maximum_penalty"
    (one,) = [a for a in case.asked if a.question.id == path]
    labels = [a.label for a in one.question.answers]
    assert labels[-2:] == ["life", "death"]
    numbers = labels[:-2]
    assert numbers == sorted(set(numbers))
    assert {0, 1200, 11, 12, 13, 29, 30, 31, 47, 48, 49} <= set(numbers)
    assert one.unit == "months"
    assert stated(case)["maximum_penalty", ("offence1", "requested", Unknown(path))] == "unknown"


def test_a_set_denies_what_it_does_not_list(rules: RuleBase) -> None:
    case = read(rules, persecution_on_account_of=["race", "sex"])
    traits = [row[0] for predicate, row in stated(case) if predicate == "on_account_of"]
    assert traits == ["race", "sex"]
    denied = {row[0] for predicate, row in case.denied if predicate == "on_account_of"}
    assert denied == {"language", "religion", "nationality", "ethnic_origin", "political_opinions"}


def test_a_set_left_out_is_a_question_for_each_value(rules: RuleBase) -> None:
    questions = asked(read(rules))
    assert (
        questions["$.persecution_on_account_of[race]"] == "Is the persecution on account of race?"
    )
    # of all States only the two of the request are worth asking for
    over = [q for q in questions if q.startswith("$.offences[0].links.territory")]
    assert over == ["$.offences[0].links.territory[FR]", "$.offences[0].links.territory[US]"]
    assert questions[over[1]] == "Was the offence committed in the United States?"


def test_a_set_that_nobody_asks_for_counts_as_empty(rules: RuleBase) -> None:
    case = read(rules)
    assert not [q for q in asked(case) if "form.missing" in q or "agreements.made" in q]


def test_questions_name_the_entity_where_there_are_several(rules: RuleBase) -> None:
    questions = asked(read(rules, offences=[{"id": "a"}, {"id": "b"}]))
    assert questions["$.offences[1].conduct"] == "What conduct is alleged? (b)"
    assert "{" not in "".join(questions.values())


def test_entities_are_labelled_by_kind_and_name_and_description(rules: RuleBase) -> None:
    case = read(
        rules,
        measures=[{"id": "m"}],
        evidence=[{}, {"description": "a mailbox"}],
        persons=[],
    )
    assert case.items == ("m/evidence1/offence1", "m/evidence2/offence1")
    assert {k: v for k, v in case.labels.items() if k[0] != "item"} == {
        ("measure", "m"): "the measure",
        ("offence", "offence1"): "the offence",
        ("evidence", "evidence1"): "evidence evidence1",
        ("evidence", "evidence2"): "evidence evidence2 (a mailbox)",
    }


def test_measures_are_combined_with_the_evidence_and_offences_they_name(rules: RuleBase) -> None:
    case = read(
        rules,
        measures=[
            {"id": "m1", "evidence": ["e2"]},
            {"id": "m2", "evidence": [], "offences": ["o1"]},
            {"id": "m3", "offences": ["o2"]},
        ],
        evidence=[{"id": "e1"}, {"id": "e2"}],
        offences=[{"id": "o1"}, {"id": "o2"}],
    )
    assert case.items == ("m1/e2/o1", "m1/e2/o2", "m2/o1", "m3/e1/o2", "m3/e2/o2")


def test_a_wrong_reference_is_reported_with_the_nearest_id(rules: RuleBase) -> None:
    assert refused(
        rules,
        measures=[{"evidence": ["mailbx"], "offences": ["theft", "zzz"]}],
        evidence=[{"id": "mailbox"}],
        offences=[{"id": "theft"}],
    ) == [
        ("$.measures[0].evidence[0]", "did you mean `mailbox`?"),
        ("$.measures[0].offences[1]", ""),
    ]


def test_an_id_used_twice_is_reported_even_if_one_was_made_up(rules: RuleBase) -> None:
    hint = "give each its own id, different from the names made up for the others"
    assert refused(rules, offences=[{}, {"id": "offence1"}]) == [("$.offences[1].id", hint)]


def test_too_many_items_are_refused(rules: RuleBase) -> None:
    entries = [{} for _ in range(15)]
    ((place, hint),) = refused(rules, measures=entries, offences=entries)
    assert (place, hint) == (
        "$.measures",
        "a request may have 200; link measures to their evidence",
    )
    assert len(read(rules, measures=entries[:14], offences=entries[:14]).items) == 196


def test_an_unknown_reading_alternative_or_instrument_is_reported_with_a_hint(
    rules: RuleBase,
) -> None:
    assert refused(
        rules,
        readings={
            "serious_crime_lw": "both",
            "serious_crime_law": "requestin",
            "us_3512e_covers_2703": "maybe",
        },
    ) == [
        ("$.readings.serious_crime_law", "did you mean `requesting`?"),
        ("$.readings.serious_crime_lw", "did you mean `serious_crime_law`?"),
        ("$.readings.us_3512e_covers_2703", "the alternatives are yes, no"),
    ]
    assert refused(
        rules,
        assumptions={"parties": [{"state": "US", "instrument": "unc"}], "in_force": ["budapst"]},
    ) == [
        ("$.assumptions.in_force[0]", "did you mean `budapest`?"),
        ("$.assumptions.parties[0]", "did you mean `uncc`?"),
    ]


def test_assumptions_keep_their_origin(rules: RuleBase) -> None:
    case = read(
        rules,
        assumptions={
            "in_force": ["uncc"],
            "parties": [{"state": "FR", "instrument": "uncc"}],
            "not_parties": [{"state": "US", "instrument": "budapest"}],
        },
    )
    assumed = {f for f, origin in stated(case).items() if origin == "assumption"}
    assert assumed == {
        ("assumed_in_force", ("uncc",)),
        ("assumed_party", ("FR", "uncc")),
        ("assumed_not_party", ("US", "budapest")),
    }


def test_a_fact_stated_twice_is_stated_once_and_what_is_stated_is_not_denied(
    rules: RuleBase,
) -> None:
    party = {"state": "FR", "instrument": "uncc"}
    case = read(rules, assumptions={"parties": [party, dict(party)]})
    facts = [s.fact for s in case.stated]
    assert facts.count(("assumed_party", ("FR", "uncc"))) == 2  # at two places of the request
    assert not set(facts) & case.denied.keys()


def test_every_question_has_words_and_at_least_two_answers(rules: RuleBase) -> None:
    for one in read(rules).asked:
        assert "?" in one.text and "{" not in one.text, one.question.id
        assert len(one.question.answers) >= 2
        assert json.dumps([a.label for a in one.question.answers])
