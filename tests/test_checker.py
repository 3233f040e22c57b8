"""The independent checker: what holds passes, and every change is found where it was made."""

import copy
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Golden

from rogatory import DocumentError, RuleBase
from rogatory.checker import bind, check_decision
from rogatory.codec import agrees, atom_of, plain, unify, value_of
from rogatory.documents import validate
from rogatory.syntax import Constant, Unknown, Variable

JSON = dict[str, Any]


@pytest.fixture(scope="module")
def decision(rules: RuleBase, golden: Golden) -> JSON:
    """A decision with a proof of several hundred nodes; not to be changed."""
    return rules.decide(golden("journalist/iran")).document


@pytest.fixture(scope="module")
def unsettled(rules: RuleBase, golden: Golden) -> JSON:
    """A decision whose outcome turns on a number; not to be changed."""
    return rules.decide(golden("journalist/iran-penalty-not-stated")).document


def number_of(decision: JSON, wanted: Callable[[JSON], Any]) -> int:
    """The number of the first node that fits."""
    return next(n["id"] for n in decision["proof"] if wanted(n))


def faults(changed: JSON, rules: RuleBase) -> dict[str, str]:
    """The messages of the faults that the checker finds, by place."""
    validate(changed, "decision")  # what fits the schema must not confuse the checker
    with pytest.raises(DocumentError) as caught:
        check_decision(changed, rules)
    assert {d.code for d in caught.value.diagnostics} == {"bad_proof"}
    found: dict[str, str] = {}
    for fault in caught.value.diagnostics:
        found[fault.place] = "; ".join(filter(None, [found.get(fault.place), fault.message]))
    return found


def established_step(node: JSON) -> bool:
    """Whether a node rests on a step with premises that are nodes."""
    steps = node.get("by", ())
    return bool(node["status"] == "established" and steps and steps[0]["premises"])


def test_the_steps_of_a_proof_are_counted(decision: JSON, rules: RuleBase) -> None:
    nodes = decision["proof"]
    inner = sum(len(n.get("by", ())) + len(n.get("blocked", ())) for n in nodes)
    assert check_decision(decision, rules) > len(nodes) + inner


def test_a_decision_under_other_rules_is_rejected(decision: JSON, rules: RuleBase) -> None:
    changed = {**decision, "rules_digest": "sha256:" + "0" * 64}
    assert faults(changed, rules) == {
        "$.rules_digest": "the decision was made under another rule base"
    }


def test_a_fact_left_out_is_missed_by_every_node_that_rests_on_it(
    decision: JSON, rules: RuleBase
) -> None:
    changed = copy.deepcopy(decision)
    stated = changed["facts"]["stated"]
    fact = next(s for s in stated if s["atom"][0] == "maximum_penalty")
    stated.remove(fact)
    node = number_of(changed, lambda n: n["atom"] == fact["atom"])
    found = faults(changed, rules)
    assert found[f"$.proof[{node}]"].endswith("the atom is no fact of the origin `request`")
    above = number_of(changed, lambda n: n["atom"][0] == "grave_under")
    assert f"$.proof[{above}]" in found


def test_a_fact_that_was_changed_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    fact = next(s for s in changed["facts"]["stated"] if s["atom"][0] == "maximum_penalty")
    fact["atom"][3] = 12
    old = [*fact["atom"][:3], 120]
    node = number_of(changed, lambda n: n["atom"] == old)
    assert f"$.proof[{node}]" in faults(changed, rules)


def test_a_fact_that_was_added_is_found_where_something_was_denied(
    decision: JSON, rules: RuleBase
) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n.get("origin") == "denied")
    atom = changed["proof"][node]["atom"]
    changed["facts"]["stated"].append({"atom": atom, "path": "$", "origin": "request"})
    assert f"$.proof[{node}]" in faults(changed, rules)


@pytest.mark.parametrize(
    "atom",
    [
        ["conduct"],
        ["conduct", "o1", "theft", "more"],
        ["as_of", {"date": "2026-13-01"}],
        ["as_of", {"no": "such"}],
        ["maximum_penalty", "o1", "requesting", {"unknown": "$.no.such.question"}],
        ["as_of", None],
    ],
)
def test_a_fact_that_makes_no_sense_is_rejected(
    atom: list[Any], decision: JSON, rules: RuleBase
) -> None:
    changed = copy.deepcopy(decision)
    stated = [s for s in changed["facts"]["stated"] if s["atom"][0] != atom[0]]
    changed["facts"]["stated"] = [*stated, {"atom": atom, "path": "$", "origin": "request"}]
    assert faults(changed, rules)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("established", "open"),
        ("established", "excluded"),
        ("open", "established"),
        ("open", "excluded"),
        ("excluded", "established"),
        ("excluded", "open"),
    ],
)
def test_a_status_that_was_changed_is_found_at_its_node(
    was: str, becomes: str, decision: JSON, rules: RuleBase
) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n["status"] == was and n["id"] > 5)
    changed["proof"][node]["status"] = becomes
    found = faults(changed, rules)
    assert f"the atom is {was}, not {becomes}" in found[f"$.proof[{node}]"]


def test_a_premise_left_out_is_found_at_its_step(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["premises"].pop()
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "a condition of the rule is not among the premises"
    }


def test_a_premise_too_many_is_found_at_its_step(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    premises = changed["proof"][node]["by"][0]["premises"]
    premises.append(copy.deepcopy(premises[0]))
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "a premise is no condition of the rule"
    }


def test_the_status_of_a_premise_is_checked(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["premises"][0]["status"] = "open"
    found = faults(changed, rules)
    assert found[f"$.proof[{node}].by[0]"] == "a premise is established, not open"


def test_a_premise_that_refers_to_another_node_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: established_step(n) and n["by"][0]["premises"][0]["nodes"])
    changed["proof"][node]["by"][0]["premises"][0]["nodes"] = [node]
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "a condition of the rule is not among the premises"
    }


def test_a_premise_that_refers_to_no_node_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["premises"][0]["nodes"] = [10**6]
    assert list(faults(changed, rules)) == [f"$.proof[{node}]"]


def test_a_comparison_with_other_sides_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node, index = next(
        (n["id"], i)
        for n in changed["proof"]
        for i, p in enumerate((n.get("by") or [{"premises": ()}])[0]["premises"])
        if "sides" in p and n["status"] == "established"
    )
    changed["proof"][node]["by"][0]["premises"][index]["sides"][1] = "!="
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "a condition of the rule is not among the premises"
    }


def test_another_binding_is_found_at_its_step(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: established_step(n) and n["by"][0]["bindings"])
    bindings = changed["proof"][node]["by"][0]["bindings"]
    bindings[min(bindings)] = "tampered"
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "no such instance of the rule concludes the atom"
    }


def test_another_rule_is_found_at_its_step(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["rule"] += 1
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "no such instance of the rule concludes the atom"
    }


def test_a_rule_that_does_not_exist_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["rule"] = 10**6
    assert list(faults(changed, rules)) == [f"$.proof[{node}]"]


def test_another_citation_is_found_at_its_step(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, established_step)
    changed["proof"][node]["by"][0]["provision"] = "uncc/99"
    assert faults(changed, rules) == {
        f"$.proof[{node}].by[0]": "the rule does not stand in uncc/99"
    }


def test_a_step_left_out_is_found_at_its_node(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: established_step(n) and len(n["by"]) == 1)
    del changed["proof"][node]["by"]
    assert faults(changed, rules) == {f"$.proof[{node}]": "no step establishes the atom"}


def test_a_blocker_left_out_is_found_at_its_node(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n.get("blocked"))
    changed["proof"][node]["blocked"].pop()
    assert faults(changed, rules) == {
        f"$.proof[{node}]": "a rule that could conclude the atom is not accounted for"
    }


def test_a_blocker_that_does_not_fail_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n.get("blocked"))
    changed["proof"][node]["blocked"][0]["premise"]["status"] = "open"
    assert faults(changed, rules) == {f"$.proof[{node}].blocked[0]": "the premise does not fail"}


def test_a_blocker_with_another_premise_or_head_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    node = number_of(
        changed, lambda n: n.get("blocked") and n["blocked"][0]["premise"].get("nodes")
    )
    block = changed["proof"][node]["blocked"][0]
    block["premise"]["nodes"] = [0]
    assert f"$.proof[{node}].blocked[0]" in faults(changed, rules)

    changed = copy.deepcopy(decision)
    block = changed["proof"][node]["blocked"][0]
    block["bindings"] = dict.fromkeys(block["bindings"], "tampered")
    assert f"$.proof[{node}].blocked[0]" in faults(changed, rules)


def test_another_node_number_or_origin_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    changed["proof"][3]["id"] = 4
    assert faults(changed, rules) == {"$.proof[3]": "the node has another number"}

    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n.get("origin") == "request")
    changed["proof"][node]["origin"] = "denied"
    assert faults(changed, rules) == {
        f"$.proof[{node}]": "the atom is no fact of the origin `denied`"
    }

    changed = copy.deepcopy(decision)
    node = number_of(changed, lambda n: n.get("origin") == "registry")
    changed["proof"][node]["source"]["place"] = "uncc/participation.csv:9999"
    assert faults(changed, rules) == {
        f"$.proof[{node}]": "the atom is no fact of the origin `registry`"
    }


def test_a_conclusion_that_differs_from_its_node_is_found(decision: JSON, rules: RuleBase) -> None:
    message = "the conclusion differs from its node in the proof"
    changed = copy.deepcopy(decision)
    changed["items"][0]["outcome"]["value"] = "must_assist"
    found = faults(changed, rules)
    assert found == {
        "$['items'][0]['outcome']": message,
        "$.outcome": "it is not the outcome of the items",
    }

    changed = copy.deepcopy(decision)
    changed["items"][0]["grounds"][0]["status"] = "established"
    (place,) = faults(changed, rules)
    assert "['grounds']" in place

    changed = copy.deepcopy(decision)
    changed["items"][0]["position"]["basis"] = "no_instrument"
    (place,) = faults(changed, rules)
    assert place.endswith("['position']")


def test_what_a_decision_says_beside_its_proof_is_checked(decision: JSON, rules: RuleBase) -> None:
    def changed(**parts: object) -> JSON:
        return {**copy.deepcopy(decision), **parts}

    def changed_item(**parts: object) -> JSON:
        return changed(items=[{**copy.deepcopy(decision["items"][0]), **parts}])

    unproved = {"value": "must_assist", "determined": True, "possible": [{"value": "must_assist"}]}
    tampered = {
        "$.outcome": changed(outcome="must_assist"),
        "$.items": changed(items=[]),
        "$.items[0].must_refuse": changed_item(must_refuse="established"),
        "$.items[0].conflict": changed_item(conflict="established"),
        "$.items[0].outcome": changed_item(outcome=unproved),
        "$.items[0]": changed_item(grounds=[]),
    }
    for place, document in tampered.items():
        assert place in faults(document, rules)


def test_a_conclusion_without_a_node_in_the_proof_is_found(decision: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(decision)
    changed["items"][0]["outcome"]["node"] = 10**6
    assert faults(changed, rules)


def test_a_question_left_out_closes_what_it_left_open(unsettled: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(unsettled)
    question = unsettled["items"][0]["outcome"]["turns_on"][0]["question"]
    questions = changed["facts"]["questions"]
    changed["facts"]["questions"] = [q for q in questions if q["question"] != question]
    assert list(faults(changed, rules)) == ["$.facts"]


def test_fewer_answers_to_a_question_change_what_is_open(unsettled: JSON, rules: RuleBase) -> None:
    changed = copy.deepcopy(unsettled)
    name = unsettled["items"][0]["outcome"]["turns_on"][0]["question"]
    question = next(q for q in changed["facts"]["questions"] if q["question"] == name)
    question["answers"] = [a for a in question["answers"] if a["value"] < 48]
    node = unsettled["items"][0]["obligations"][0]["node"]
    assert f"$.proof[{node}]" in faults(changed, rules)


def test_an_open_row_of_a_registry_needs_its_question(rules: RuleBase, golden: Golden) -> None:
    request = golden("journalist/iran")
    request.update(requesting="AZ", as_of="2027-06-01", assumptions={"in_force": ["uncc"]})
    changed = rules.decide(request).document
    questions = changed["facts"]["questions"]
    row = next(
        q for q in questions if q["question"].startswith("registry:") and q["answers"][0]["facts"]
    )
    questions.remove(row)
    place = row["question"].removeprefix("registry:")
    assert f"no question for the row {place}:1" in faults(changed, rules)["$.facts.questions"]


def test_settled_by_cases_holds_and_its_opposite_does_not(rules: RuleBase, golden: Golden) -> None:
    """Each case of a reading needs another answer; together they settle the conclusion."""
    request = golden("journalist/iran")
    del request["readings"]
    decision = rules.decide(request).document
    refined = [n for n in decision["proof"] if "cases" in n and n["status"] == "established"]
    assert refined
    assert check_decision(decision, rules)
    decision["proof"][refined[0]["id"]]["status"] = "open"
    assert f"$.proof[{refined[0]['id']}]" in faults(decision, rules)


# --- values as JSON


def test_values_survive_the_way_to_json_and_back() -> None:
    for value in ("text", 5, datetime.date(2026, 6, 1), Unknown("$.x")):
        assert value_of(plain(value)) == value
    assert plain(None) is None
    assert value_of(None) is ...
    assert atom_of(["p", 1, None]) == ("p", 1, ...)


def test_patterns_agree_with_atoms_and_terms_unify() -> None:
    assert agrees(("p", ..., 1), ("p", 2, 1))
    assert not agrees(("p", ..., 1), ("p", 2, 2))
    x = Variable("X")
    assert unify([x, Constant("a")], ("p", 1, "a"), {}) == {"X": 1}
    assert unify([x, x], ("p", 1, 2), {}) is None
    assert unify([Constant("a")], ("p", "b"), {}) is None
    assert unify([x], ("p", ...), {"X": 3}) == {"X": 3}


def test_equality_gives_a_value_only_to_a_variable_that_has_none() -> None:
    env = {"Y": 2}
    bind(Variable("X"), Variable("Y"), env)
    bind(Variable("Y"), Constant(9), env)
    bind(Variable("Z"), Variable("W"), env)
    assert env == {"Y": 2, "X": 2}
