"""Every golden case: the same decision, by both evaluators, with a proof that holds."""

import json
from pathlib import Path

import pytest
from tests.conftest import ROOT

from rogatory import RuleBase
from rogatory.checker import check_decision
from rogatory.documents import validate
from rogatory.golden import find_cases, summary
from rogatory.seminaive import SemiNaive
from rogatory.topdown import PyDatalog

CASES = find_cases(ROOT / "fixtures")
each_case = pytest.mark.parametrize(
    "case", CASES, ids=[c.relative_to(ROOT / "fixtures").as_posix() for c in CASES]
)


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@each_case
def test_a_golden_case_gives_the_expected_decision_with_a_proof_that_holds(
    case: Path, rules: RuleBase
) -> None:
    decision = rules.decide(read(case / "request.json"), evaluator=PyDatalog())
    document = decision.document
    assert summary(document) == read(case / "expected.json")
    validate(document, "decision")
    assert check_decision(document, rules) > len(document["proof"])
    other = rules.decide(read(case / "request.json"), evaluator=SemiNaive())
    assert other.to_json() == decision.to_json()


@each_case
def test_a_golden_case_has_an_expectation_that_fits_and_a_note(case: Path) -> None:
    validate(read(case / "expected.json"), "case")
    assert len((case / "note.md").read_text(encoding="utf-8").split()) >= 8


def test_the_golden_cases_cover_the_outcomes_a_request_can_have() -> None:
    outcomes = {read(c / "expected.json")["outcome"] for c in CASES}
    assert {"no_obligation", "may_refuse", "must_refuse", "undetermined"} <= outcomes
