"""The runner of golden cases."""

import json
import shutil
from pathlib import Path

import pytest
from tests.conftest import ROOT, Golden

from rogatory import RuleBase
from rogatory.errors import FileError
from rogatory.golden import Result, find_cases, run_case, summary


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of a golden case."""
    return Path(shutil.copytree(ROOT / "fixtures" / "journalist" / "iran", tmp_path / "iran"))


def expected(case: Path) -> dict:
    return json.loads((case / "expected.json").read_text(encoding="utf-8"))


def test_cases_are_found_at_any_depth_in_order(tmp_path: Path) -> None:
    for name in ("b/two", "a", "b/one"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "request.json").write_text("{}")
    assert find_cases(tmp_path) == [tmp_path / n for n in ("a", "b/one", "b/two")]
    assert find_cases(tmp_path / "a") == [tmp_path / "a"]


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FileError) as caught:
            find_cases(folder)
        assert (caught.value.code, caught.value.diagnostics[0].place) == (
            "unreadable_file",
            str(folder),
        )


def test_a_case_that_gives_another_decision_shows_what_differs(case: Path, rules: RuleBase) -> None:
    wrong = expected(case)
    wrong["items"]["m1/e1/o1"]["grounds"]["uncc/40(22)"] = "open"
    (case / "expected.json").write_text(json.dumps(wrong), encoding="utf-8")
    result = run_case(case, rules)
    assert not result.passed
    lines = result.difference.splitlines()
    assert lines[:2] == ["--- expected", "+++ decided"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        '-        "uncc/40(22)": "open"',
        '+        "uncc/40(22)": "established"',
    ]
    diagnostic = result.diagnostic()
    assert (diagnostic.code, diagnostic.place) == ("failed_fixture", case.as_posix())
    assert diagnostic.message == "the decision is not the expected one"
    assert diagnostic.notes == tuple(lines)


def test_what_came_out_can_be_accepted(case: Path, rules: RuleBase) -> None:
    before = (case / "expected.json").read_text(encoding="utf-8")
    (case / "expected.json").unlink()
    assert run_case(case, rules).error.startswith(f"{case / 'expected.json'}: unreadable_file")
    assert run_case(case, rules, accept=True) == Result(case.as_posix())
    assert (case / "expected.json").read_text(encoding="utf-8") == before
    assert run_case(case, rules).passed


def test_a_case_may_have_a_scenario(case: Path, rules: RuleBase) -> None:
    request = json.loads((case / "request.json").read_text(encoding="utf-8"))
    assumptions = request.pop("assumptions")
    (case / "request.json").write_text(json.dumps(request), encoding="utf-8")
    assert not run_case(case, rules).passed
    scenario = {"name": "in force", "assumptions": assumptions}
    (case / "scenario.json").write_text(json.dumps(scenario), encoding="utf-8")
    assert run_case(case, rules).passed


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("request.json", '{"requesting": "IR"}', "`as_of` is required"),
        ("request.json", "{", "invalid_json"),
        ("expected.json", "{}", "`outcome` is required"),
        ("scenario.json", "{}", "`name` is required"),
    ],
)
def test_a_case_that_cannot_be_read_fails_with_the_reason(
    name: str, text: str, words: str, case: Path, rules: RuleBase
) -> None:
    (case / name).write_text(text, encoding="utf-8")
    result = run_case(case, rules)
    assert not result.passed
    assert words in result.error
    assert result.diagnostic().message == "no decision"


def test_a_summary_names_the_open_position_and_what_holds_in_every_case(
    rules: RuleBase, golden: Golden
) -> None:
    decision = rules.decide(golden("journalist/iran-penalty-not-stated")).document
    item = summary(decision)["items"]["m1/e1/o1"]
    assert item["position"] == "open: no_obligation: duty_excluded | no_obligation: out_of_scope"
    assert item["in_every_case"] == "no_obligation"
