"""Properties that hold of every request, on random ones (seeded: a failure can be repeated)."""

import random

import pytest
from tests.conftest import Decide
from tests.requests import FAULTS, answered, broken, random_request

from rogatory import DocumentError, RuleBase
from rogatory.documents import validate
from rogatory.golden import summary
from rogatory.seminaive import SemiNaive


@pytest.mark.parametrize("seed", range(60))
def test_the_proof_of_a_random_request_holds(seed: int, decide: Decide, rules: RuleBase) -> None:
    request = random_request(seed)
    decision = decide(request)
    outcomes = {i["outcome"]["value"] for i in decision["items"]}
    assert decision["outcome"] == (outcomes.pop() if len(outcomes) == 1 else "mixed")
    validate(summary(decision), "case")


@pytest.mark.parametrize("seed", range(100, 112))
def test_both_evaluators_decide_a_random_request_alike(seed: int, rules: RuleBase) -> None:
    request = random_request(seed)
    assert rules.decide(request).text == rules.decide(request, evaluator=SemiNaive()).text


@pytest.mark.parametrize("seed", range(150))
def test_a_broken_request_is_refused_at_the_place_of_its_fault(seed: int, rules: RuleBase) -> None:
    request, place = broken(random_request(seed % 30), seed)
    with pytest.raises(DocumentError) as caught:
        rules.decide(request)
    assert place in [d.place for d in caught.value.diagnostics]
    assert {d.code for d in caught.value.diagnostics} <= {"invalid_request", "unknown_reading"}
    validate(caught.value.to_dict(), "problem")


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_is_reported_where_it_is(fault: str, rules: RuleBase) -> None:
    request = {**random_request(1), "measures": [{"kind": "stored_data"}]}
    place = FAULTS[fault](request, random.Random(7))
    with pytest.raises(DocumentError) as caught:
        rules.decide(request)
    assert place in [d.place for d in caught.value.diagnostics]


def conclusions(decision: dict) -> dict[str, str]:
    """The statuses of what a decision concludes and shows, by item and atom."""
    found = {}
    for item in decision["items"]:
        found[f"{item['id']} must refuse"] = item["must_refuse"]
        found[f"{item['id']} conflict"] = item["conflict"]
        lists = [v for v in item.values() if isinstance(v, list)]
        for entry in [e for entries in lists for e in entries]:
            found[str(entry["atom"])] = entry["status"]
            found.update({str(d["atom"]): d["status"] for d in entry.get("duties", ())})
    found.update({str(c["atom"]): c["status"] for c in decision["conclusions"]})
    return found


@pytest.mark.parametrize("seed", range(24))
def test_an_answer_never_overturns_what_was_settled(seed: int, decide: Decide) -> None:
    chance = random.Random(seed)
    request = random_request(seed)
    before = decide(request)
    questions = [q["question"] for q in before["open_questions"]]
    for question in chance.sample(questions, min(2, len(questions))):
        if question.startswith("registry:"):
            continue  # no request can answer what a registry leaves open
        after = decide(answered(request, question, chance))
        # what a decision does not list is excluded
        old, new = conclusions(before), conclusions(after)
        for name in {*old, *new}:
            was, now = old.get(name, "excluded"), new.get(name, "excluded")
            assert was in ("open", now), (question, name, was, now)
        for one, other in zip(before["items"], after["items"], strict=True):
            possible = [p["value"] for p in one["outcome"]["possible"]]
            assert {p["value"] for p in other["outcome"]["possible"]} <= set(possible)
