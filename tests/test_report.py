"""A decision as text for people."""

import copy

import pytest
from tests.conftest import ROOT, Decide, Golden
from tests.requests import random_request

from rogatory import RuleBase
from rogatory.library import schema
from rogatory.report import MARKS, OUTCOMES, WIDTH, render

BARE = {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}


def flat(text: str) -> str:
    """The text without the breaks of its lines."""
    return " ".join(text.split())


def test_the_outcome_comes_first_then_why(decide: Decide, rules: RuleBase, golden: Golden) -> None:
    request = golden("journalist/iran")
    lines = render(decide(request), rules, request["title"]).splitlines()
    assert lines[:4] == [
        "Iran asks the United States for the e-mails of a journalist",
        "Iran asks the United States, as of 2026-06-01.",
        "",
        f"OUTCOME: {OUTCOMES['no_obligation']}: a clause keeps the duty from arising.",
    ]
    headings = [line for line in lines if line.isupper()]
    assert headings == [
        "OBLIGATIONS",
        "EXITS",
        "DUTIES",
        "POSTPONEMENT",
        "GROUNDS THAT MAY NOT BE USED",
        "LEGAL BASIS OF ASSISTANCE WITHOUT AN OBLIGATION",
        "ASSUMPTIONS",
        "READINGS",
        "OPEN QUESTIONS",
        "JURISDICTION AND OTHER CONCLUSIONS",
        "CAUTION",
        "PROOF",
    ]


def test_the_proof_can_be_left_out(decide: Decide, rules: RuleBase, golden: Golden) -> None:
    decision = decide(golden("journalist/iran"))
    whole, short = render(decision, rules), render(decision, rules, proof=False)
    assert whole.startswith(short)
    assert "\nPROOF\n" in whole
    assert "\nPROOF\n" not in short
    assert "(shown above)" in whole


def test_established_exits_come_before_open_ones_with_standards_and_duties(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    text = render(decide(golden("journalist/iran")), rules, proof=False)
    exits = text.partition("EXITS\n")[2].partition("\n\n")[0]
    marks = [line[2:5] for line in exits.splitlines() if line[2:5] in MARKS.values()]
    assert marks == ["[x]"] * 4 + ["[?]"] * 2
    assert "standard: substantial grounds · for: requested State · text: quoted" in flat(exits)
    assert "duty: give reasons for the refusal (uncc/40(25))" in flat(exits)
    assert "possibly duty: consult the requesting State first" in flat(exits)


def test_a_penalty_left_open_is_explained_by_ranges(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    text = flat(render(decide(golden("journalist/iran-penalty-not-stated")), rules, proof=False))
    assert "OUTCOME: Open. In every case: no obligation; assistance is discretionary;" in text
    assert (
        "What is the maximum penalty for the offence under the law of the requesting State?" in text
    )


def test_an_open_outcome_lists_its_alternatives_and_answers(
    decide: Decide, rules: RuleBase
) -> None:
    text = flat(render(decide(BARE), rules))
    assert "OUTCOME: Open: must refuse, or no obligation; assistance is discretionary, or" in text
    assert "Whether refusal is required is open." in text
    assert "and 5 more" in text
    assert "yes, no: must refuse or no obligation or not covered" in text
    assert "0 or more, life, death: " in text
    assert "No instrument applies to the request." in text


def test_a_conflict_is_named(decide: Decide, rules: RuleBase) -> None:
    request = {
        **BARE,
        "requesting": "RU",
        "measures": [{"kind": "search_and_seizure", "probable_cause": False}],
        "offences": [
            {
                "conduct": "theft",
                "law": {"requesting": {"criminal": True}, "requested": {"maximum_penalty": 60}},
                "character": {"purely_military": False},
            }
        ],
        "evidence": [],
        "findings": {"certain_prejudice": {"requested_state": "none"}},
        "form": {"conforms": True},
    }
    text = flat(render(decide(request), rules))
    assert (
        "OUTCOME: Must refuse. Under the treaties: an instrument obliges and leaves no exit. "
        "This breaches a treaty that obliges assistance and leaves no exit."
    ) in text
    assert "applies and obliges, without an exit." in text


def test_several_items_have_an_outcome_and_a_proof_each(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    request = golden("journalist/iran")
    minor = {"maximum_penalty": 6}
    request["offences"].append({"id": "o2", "law": {"requesting": minor, "requested": minor}})
    text = render(decide(request), rules)
    assert "OUTCOME OF THE WHOLE: Mixed: the items differ.\n" in text
    for item in ("m1/e1/o1", "m1/e1/o2"):
        assert f"\nOUTCOME (item {item}): " in text
        assert f"\nPROOF FOR ITEM {item.upper()}\n" in text


def test_a_scenario_and_assumptions_are_shown(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    decision = decide(golden("journalist/iran"), {"name": "Both ratify", "as_of": "2027-01-01"})
    text = render(decision, rules)
    assert "\nScenario: Both ratify.\n" in text
    assert "  - It is assumed that the UN Convention against Cybercrime is in force.\n" in text
    assert "(assumed)" in text
    assert "(reading chosen)" in text


def test_a_reading_left_open_is_said_to_be_open(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    text = flat(render(decide(golden("claims/c12-by-unset")), rules))
    assert "Whose law sets the four years of a serious crime? Left open." in text
    taken = flat(render(decide(golden("claims/c12-by-both")), rules))
    assert "Whose law sets the four years of a serious crime? Taken as: the laws of both" in taken


def test_an_unfinished_refinement_is_confessed(
    decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    decision = copy.deepcopy(decide(golden("journalist/iran")))
    said = "Some conclusions are called open although cases could settle them."
    assert said not in render(decision, rules)
    decision["refinement_complete"] = False
    assert said in render(decision, rules)


def test_a_stored_decision_of_unknown_states_is_shown_all_the_same(
    decide: Decide, rules: RuleBase
) -> None:
    decision = {**decide(BARE), "requesting": "ZZ"}
    assert render(decision, rules).startswith("ZZ asks the United States, as of")


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES) == set(schema("decision")["properties"]["outcome"]["enum"])


@pytest.mark.parametrize("seed", range(24))
def test_lines_keep_their_width_unless_a_word_is_longer(
    seed: int, decide: Decide, rules: RuleBase
) -> None:
    text = render(decide(random_request(seed)), rules)
    for line in text.splitlines():
        assert len(line) <= WIDTH or len(line.split()) < 4 or "[" in line or "=" in line, line
        assert line == line.rstrip()
        assert "{" not in line


@pytest.mark.parametrize(
    "case", ["boundaries/cn-crime-in-us", "claims/c36-bank-records", "claims/c25-military"]
)
def test_golden_cases_can_be_shown(
    case: str, decide: Decide, rules: RuleBase, golden: Golden
) -> None:
    assert (ROOT / "fixtures" / case).is_dir()
    text = render(decide(golden(case)), rules)
    assert "OUTCOME: " in text
    assert "None" not in text
