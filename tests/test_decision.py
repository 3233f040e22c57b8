"""What requests amount to under the packaged law, and how a decision says so."""

import json
from typing import Any

import pytest
from tests.conftest import Decide, Golden

from rogatory import Decision, RuleBase
from rogatory.seminaive import SemiNaive

IRAN = "journalist/iran"
BARE = {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}
PENALTY = "$.offences[0].law.requesting.maximum_penalty"


def only(decision: dict) -> dict:
    """The only item of a decision."""
    (item,) = decision["items"]
    return item


def statuses(decision: dict, key: str = "grounds") -> dict[str, str]:
    """The statuses of one list of the only item, by provision."""
    return {entry["provision"]: entry["status"] for entry in only(decision)[key]}


def with_penalty(request: dict, penalty: Any) -> dict:
    request["offences"][0]["law"]["requesting"]["maximum_penalty"] = penalty
    return request


# --- the journalist


def test_a_persecuted_journalist_leaves_no_obligation_and_four_exits_with_duties(
    decide: Decide, golden: Golden
) -> None:
    decision = decide(golden(IRAN))
    item = only(decision)
    assert decision["outcome"] == "no_obligation"
    assert (item["position"]["value"], item["position"]["basis"]) == (
        "no_obligation",
        "duty_excluded",
    )
    (obligation,) = item["obligations"]
    assert (obligation["instrument"], obligation["status"], obligation["stands"]) == (
        "uncc",
        "established",
        "excluded",
    )
    assert [e["provision"] for e in obligation["exits"] if e["status"] == "established"] == [
        "uncc/40(21)(a)",
        "uncc/40(21)(b)",
        "uncc/40(21)(c)",
        "uncc/40(22)",
    ]
    ground = next(g for g in item["grounds"] if g["provision"] == "uncc/40(21)(b)")
    assert {d["duty"]: d["provision"] for d in ground["duties"]} == {
        "give_reasons": "uncc/40(25)",
        "consult_first": "uncc/40(28)",
    }
    assert ground["duties"][0]["duty_text"] == "give reasons for the refusal"


def test_without_the_assumed_ratifications_no_instrument_binds(
    decide: Decide, golden: Golden
) -> None:
    request = golden(IRAN)
    del request["assumptions"]
    decision = decide(request)
    position = only(decision)["position"]
    assert (decision["outcome"], position["basis"]) == ("no_obligation", "no_instrument")
    assert (only(decision)["grounds"], only(decision)["obligations"]) == ([], [])
    assert decision["assumptions"] == []


@pytest.mark.parametrize(
    ("penalty", "basis"),
    [
        (0, "out_of_scope"),
        (36, "out_of_scope"),
        (47, "out_of_scope"),
        (48, "duty_excluded"),
        (1200, "duty_excluded"),
        ("life", "duty_excluded"),
        ("death", "duty_excluded"),
    ],
)
def test_a_serious_crime_begins_at_48_months(
    penalty: Any, basis: str, decide: Decide, golden: Golden
) -> None:
    decision = decide(with_penalty(golden(IRAN), penalty))
    assert decision["outcome"] == "no_obligation"
    assert only(decision)["position"]["basis"] == basis


def test_a_penalty_left_out_leaves_only_the_basis_open(decide: Decide, golden: Golden) -> None:
    request = golden(IRAN)
    del request["offences"][0]["law"]["requesting"]["maximum_penalty"]
    decision = decide(request)
    outcome = only(decision)["outcome"]
    assert decision["outcome"] == outcome["value"] == "undetermined"
    assert outcome["in_every_case"] == "no_obligation"
    assert outcome["turns_on"] == [
        {
            "question": PENALTY,
            "answers": [
                {
                    "if": [{"from": 0, "below": 48}],
                    "then": [{"value": "no_obligation", "basis": "out_of_scope"}],
                },
                {
                    "if": [{"from": 48}, "life", "death"],
                    "then": [{"value": "no_obligation", "basis": "duty_excluded"}],
                },
            ],
        }
    ]
    question = next(q for q in decision["open_questions"] if q["question"] == PENALTY)
    assert question["unit"] == "months"


def test_a_penalty_said_to_be_unknown_is_one_left_out(rules: RuleBase, golden: Golden) -> None:
    said, left_out = with_penalty(golden(IRAN), "unknown"), golden(IRAN)
    del left_out["offences"][0]["law"]["requesting"]["maximum_penalty"]
    decisions = [rules.decide(r).document for r in (said, left_out)]
    assert decisions[0].pop("request_digest") != decisions[1].pop("request_digest")
    assert decisions[0] == decisions[1]


def test_penalties_beyond_numbers_have_names_in_sentences(decide: Decide, golden: Golden) -> None:
    for name in ("life", "death"):
        decision = decide(with_penalty(golden(IRAN), name))
        sentences = [n["sentence"] for n in decision["proof"] if n["atom"][0] == "maximum_penalty"]
        assert (
            f"the maximum penalty for the offence under the law of the requesting State is {name}"
        ) in sentences


def test_between_china_and_the_united_states_the_grounds_of_their_agreement_displace_article_40(
    decide: Decide, golden: Golden
) -> None:
    decision = decide(golden("journalist/china"))
    assert decision["outcome"] == "may_refuse"
    found = statuses(decision)
    established = [p for p, s in found.items() if s == "established"]
    assert established == ["us_cn/3(1)(d)#political-offence", "us_cn/3(1)(d)#persecution"]
    assert [p for p in found if p.startswith("uncc/40")] == ["uncc/40(22)"]
    assert found["uncc/40(22)"] == "open"
    ground = next(g for g in only(decision)["grounds"] if g["provision"] == "uncc/40(22)")
    assert "$.readings.uncc_40_22_under_another_treaty" in ground["turns_on"]


@pytest.mark.parametrize(
    ("alternative", "status"), [("survives", "established"), ("displaced", "excluded")]
)
def test_the_reading_of_article_40_22_settles_whether_it_stands(
    alternative: str, status: str, decide: Decide, golden: Golden
) -> None:
    request = golden("journalist/china")
    request["readings"]["uncc_40_22_under_another_treaty"] = alternative
    # a ground that is excluded is not listed
    assert statuses(decide(request)).get("uncc/40(22)", "excluded") == status


# --- the outcome


def test_refusal_required_at_home_that_a_treaty_does_not_excuse_is_a_conflict(
    decide: Decide,
) -> None:
    law = {"maximum_penalty": 60}
    request = {
        "requesting": "RU",
        "requested": "US",
        "as_of": "2026-06-01",
        "measures": [{"kind": "search_and_seizure", "probable_cause": False}],
        "offences": [
            {
                "conduct": "theft",
                "law": {"requesting": law, "requested": law},
                "character": {"purely_military": False},
            }
        ],
        "evidence": [],
        "findings": {"certain_prejudice": {"requested_state": "none"}},
        "form": {"conforms": True},
    }
    decision = decide(request)
    item = only(decision)
    assert decision["outcome"] == "must_refuse"
    assert (item["must_refuse"], item["conflict"]) == ("established", "established")
    assert (item["position"]["value"], item["position"]["basis"]) == ("must_assist", "no_exit")
    assert item["obligations"][0]["without_exit"] == "established"
    assert set(statuses(decision)) == {"us/amendment-4", "us/constitution"}

    request["measures"][0]["probable_cause"] = True
    request["findings"]["unconstitutional_execution"] = {"requested_state": "none"}
    lawful = decide(request)
    assert (lawful["outcome"], only(lawful)["conflict"]) == ("must_assist", "excluded")


def test_items_that_differ_make_the_whole_mixed(decide: Decide, golden: Golden) -> None:
    request = golden(IRAN)
    minor = {"maximum_penalty": 6}
    request["offences"].append(
        {"id": "o2", "conduct": "theft", "law": {"requesting": minor, "requested": minor}}
    )
    request["readings"]["us_3512e_covers_2703"] = "yes"
    decision = decide(request)
    assert decision["outcome"] == "mixed"
    assert {i["id"]: i["outcome"]["value"] for i in decision["items"]} == {
        "m1/e1/o1": "no_obligation",
        "m1/e1/o2": "must_refuse",
    }
    assert [i["label"] for i in decision["items"]] == ["item m1/e1/o1", "item m1/e1/o2"]


def test_items_that_agree_share_their_outcome_with_the_whole(
    decide: Decide, golden: Golden
) -> None:
    request = golden(IRAN)
    request["evidence"].append({"id": "e2", "kind": "subscriber_information", "electronic": True})
    decision = decide(request)
    assert [i["id"] for i in decision["items"]] == ["m1/e1/o1", "m1/e2/o1"]
    assert decision["outcome"] == "no_obligation"


def test_a_bare_request_turns_on_what_it_leaves_out_most_decisive_first(decide: Decide) -> None:
    decision = decide(BARE)
    outcome = only(decision)["outcome"]
    assert decision["outcome"] == "undetermined"
    assert "in_every_case" not in outcome
    assert [p["value"] for p in outcome["possible"]] == [
        "must_refuse",
        "no_obligation",
        "not_covered",
    ]
    first = outcome["turns_on"][0]
    assert first["question"] == "$.findings.unconstitutional_execution.requested_state"
    assert first["answers"][1] == {"if": ["established"], "then": [{"value": "must_refuse"}]}
    decisive = [q["question"] for q in decision["open_questions"] if q["decides_outcome_of"]]
    assert sorted(decisive) == sorted(t["question"] for t in outcome["turns_on"])


def test_law_that_is_not_encoded_makes_a_request_not_covered(decide: Decide) -> None:
    request = {
        **BARE,
        "measures": [{"kind": "extradition"}],
        "findings": {"unconstitutional_execution": {"requested_state": "none"}},
    }
    decision = decide(request)
    assert decision["outcome"] == "not_covered"
    assert [g["atom"][2] for g in only(decision)["gaps"] if g["status"] == "established"] == [
        "form_of_cooperation"
    ]


# --- readings


@pytest.mark.parametrize(
    ("reading", "basis"),
    [
        ("requesting", "duty_excluded"),
        ("requested", "out_of_scope"),
        ("both", "out_of_scope"),
    ],
)
def test_a_reading_says_whose_law_makes_a_crime_serious(
    reading: str, basis: str, decide: Decide, golden: Golden
) -> None:
    request = golden(IRAN)
    request["offences"][0]["law"]["requested"]["maximum_penalty"] = 24
    request["readings"] = {"serious_crime_law": reading}
    decision = decide(request)
    assert only(decision)["position"]["basis"] == basis
    assert [(r["reading"], r["chosen"]) for r in decision["readings"]] == [
        ("serious_crime_law", reading)
    ]
    stated = [f for f in decision["facts"]["stated"] if f["origin"] == "reading"]
    assert [f["atom"] for f in stated] == [["reading", "serious_crime_law", reading]]


def test_a_reading_left_open_is_a_question_on_which_the_basis_turns(
    decide: Decide, golden: Golden
) -> None:
    request = golden(IRAN)
    request["offences"][0]["law"]["requested"]["maximum_penalty"] = 24
    del request["readings"]
    decision = decide(request)
    (turn,) = only(decision)["position"]["turns_on"]
    assert turn == {
        "question": "$.readings.serious_crime_law",
        "answers": [
            {
                "if": ["requesting"],
                "then": [{"value": "no_obligation", "basis": "duty_excluded"}],
            },
            {
                "if": ["requested", "both"],
                "then": [{"value": "no_obligation", "basis": "out_of_scope"}],
            },
        ],
    }
    entry = next(r for r in decision["readings"] if r["reading"] == "serious_crime_law")
    assert entry["chosen"] is None
    assert set(entry["alternatives"]) == {"requesting", "requested", "both"}


# --- what a request leaves open, and what it denies


def test_a_finding_not_applicable_is_denied_and_not_asked(decide: Decide, golden: Golden) -> None:
    request = golden(IRAN)
    request["findings"]["persecutory_purpose"]["requested_state"] = "not_applicable"
    request["findings"]["prejudice_to_position"] = {"requested_state": "not_applicable"}
    found = decide(request)
    assert "uncc/40(22)" not in statuses(found)
    assert not [q for q in found["open_questions"] if "persecutory_purpose" in q["question"]]


def test_a_finding_left_out_leaves_its_ground_open(decide: Decide, golden: Golden) -> None:
    request = golden(IRAN)
    del request["findings"]["persecutory_purpose"]
    found = decide(request)
    assert statuses(found)["uncc/40(22)"] == "open"
    questions = [q["question"] for q in found["open_questions"]]
    assert "$.findings.persecutory_purpose.requested_state" in questions


def test_an_empty_list_is_an_answer_and_a_list_left_out_is_not(
    decide: Decide, golden: Golden
) -> None:
    left_out, empty = golden(IRAN), golden(IRAN)
    for request in (left_out, empty):
        request["findings"]["prejudice_to_position"] = {"requested_state": "none"}
    del left_out["persecution_on_account_of"]
    empty["persecution_on_account_of"] = []
    assert statuses(decide(left_out))["uncc/40(22)"] == "open"
    assert "uncc/40(22)" not in statuses(decide(empty))


def test_an_empty_list_of_evidence_makes_items_of_measures_and_offences(decide: Decide) -> None:
    none, unknown = decide({**BARE, "evidence": []}), decide(BARE)
    assert only(none)["id"] == "measure1/offence1"
    assert only(unknown)["id"] == "measure1/evidence1/offence1"


# --- scenarios


def test_a_scenario_is_laid_over_the_request(decide: Decide, golden: Golden) -> None:
    request = golden("journalist/iran-no-treaty")
    del request["readings"]
    parties = golden(IRAN)["assumptions"]
    scenario = {
        "name": "in force",
        "as_of": "2027-01-01",
        "readings": {"serious_crime_law": "requesting"},
        "assumptions": parties,
    }
    decision = decide(request, scenario)
    assert only(decision)["position"]["basis"] == "duty_excluded"
    assert decision["as_of"] == "2027-01-01"
    assert decision["scenario"]["name"] == "in force"
    assert len(decision["assumptions"]) == 3
    assert decision["request_digest"] == decide(request)["request_digest"]
    assert "scenario" not in decide(request)
    whole = {**golden(IRAN), "as_of": "2027-01-01"}
    assert decision["items"] == decide(whole)["items"]


def test_an_assumption_against_the_registry_ends_a_participation(decide: Decide) -> None:
    request = {**BARE, "requesting": "CN"}
    scenario = {
        "name": "without the agreement",
        "assumptions": {"not_parties": [{"state": "CN", "instrument": "us_cn"}]},
    }
    instruments = [
        [o["instrument"] for o in only(decide(request, s))["obligations"]] for s in (None, scenario)
    ]
    assert instruments == [["us_cn"], []]


# --- what the registries leave open


def in_force_at(request: dict, state: str, day: str) -> dict:
    request.update(requesting=state, as_of=day)
    request["assumptions"] = {
        "in_force": ["uncc"],
        "parties": [{"state": "US", "instrument": "uncc"}],
    }
    return request


def test_a_day_that_a_registry_lacks_is_a_question(decide: Decide, golden: Golden) -> None:
    decision = decide(in_force_at(golden(IRAN), "QA", "2027-06-01"))
    outcome = only(decision)["outcome"]
    (turn,) = outcome["turns_on"]
    assert turn["question"].startswith("registry:uncc/participation.csv:")
    assert turn["question"].endswith(":day")
    # a State becomes a party on the thirtieth day after its deposit, here 2027-05-02
    late = next(a for a in turn["answers"] if a["then"][0]["basis"] == "no_instrument")
    assert late["if"] == [{"from": "2027-05-03"}]
    assert outcome["in_every_case"] == "no_obligation"


def test_a_row_that_a_registry_does_not_confirm_is_a_question(
    decide: Decide, golden: Golden
) -> None:
    decision = decide(in_force_at(golden(IRAN), "AZ", "2027-06-01"))
    obligations = {o["instrument"]: o["status"] for o in only(decision)["obligations"]}
    assert obligations == {"budapest": "established", "uncc": "open"}
    questions = {q["question"]: q["text"] for q in decision["open_questions"]}
    rows = [q for q in questions if q.startswith("registry:")]
    assert len(rows) == 2
    assert "leaves open whether this holds" in questions[min(rows)]
    assert "does not give the day" in questions[max(rows)]


# --- entities


def test_ids_may_be_reused_across_kinds(decide: Decide, golden: Golden) -> None:
    plain, reused = golden(IRAN), golden(IRAN)
    for key in ("measures", "offences", "evidence", "persons"):
        reused[key][0]["id"] = "same"
    one, other = decide(plain), decide(reused)
    assert only(other)["id"] == "same/same/same"
    assert statuses(other) == statuses(one)
    assert only(other)["position"]["basis"] == "duty_excluded"
    sentences = [g["sentence"] for g in only(other)["grounds"]]
    assert sentences == [g["sentence"] for g in only(one)["grounds"]]


@pytest.mark.parametrize("name", ["requested", "US", "uncc", "uncc_7", "unknown", "I", "x-1_2.3"])
def test_an_id_may_be_a_word_of_the_rules(name: str, decide: Decide, golden: Golden) -> None:
    request = golden(IRAN)
    request["offences"][0]["id"] = name
    assert statuses(decide(request)) == statuses(decide(golden(IRAN)))


# --- the decision as a value


def test_a_decision_is_frozen_and_hands_out_copies(rules: RuleBase, golden: Golden) -> None:
    decision = rules.decide(golden(IRAN))
    assert isinstance(decision, Decision)
    assert (decision.outcome, decision.determined) == ("no_obligation", True)
    decision.items.clear()
    decision.document.clear()
    decision.to_dict().clear()
    assert decision.to_dict() == decision.document == json.loads(decision.to_json())
    assert decision.items == decision.document["items"]
    assert decision.questions == decision.document["open_questions"]
    assert not rules.decide(BARE).determined
    with pytest.raises(AttributeError):
        decision.outcome = "must_assist"  # type: ignore[misc]


def test_the_order_of_the_keys_of_a_request_does_not_matter(
    rules: RuleBase, golden: Golden
) -> None:
    request = golden(IRAN)
    turned = dict(reversed(request.items()))
    assert list(turned) != list(request)
    assert rules.decide(turned).text == rules.decide(request).text


def test_an_evaluator_may_be_chosen(rules: RuleBase) -> None:
    used = []

    class Watching(SemiNaive):
        def evaluate(self, program: Any, store: Any) -> None:
            used.append(program)
            super().evaluate(program, store)

    assert rules.decide(BARE, evaluator=Watching()) == rules.decide(BARE)
    assert used == [rules.doubled.program]


def test_a_decision_warns_of_what_it_rests_on(decide: Decide, golden: Golden) -> None:
    decision = decide(golden(IRAN))
    about = {w["warning"]: w["about"] for w in decision["warnings"]}
    assert list(about) == [
        "unverified_provisions",
        "unverified_registry",
        "registry_older_than_question",
    ]
    assert "uncc/40(21)(a)" in about["unverified_provisions"]
    assert all(row.split(":")[0].endswith(".csv") for row in about["unverified_registry"])
    quoted = [g["provision"] for g in only(decision)["grounds"] if g["checked"] != "unverified"]
    assert not set(quoted) & set(about["unverified_provisions"])
