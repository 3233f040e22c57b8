"""The README shows what the program really prints."""

import json
import re
from pathlib import Path

from rogatory import RuleBase, datalog
from rogatory.report import render

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASE = ROOT / "fixtures" / "journalist" / "iran" / "request.json"


def blocks(language: str = "") -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for kind, text in found if kind == language]


def test_the_request_in_the_readme_is_the_golden_case() -> None:
    assert json.loads(blocks("json")[0]) == json.loads(CASE.read_text(encoding="utf-8"))


def test_the_decision_in_the_readme_is_what_the_command_prints(rules: RuleBase) -> None:
    request = json.loads(CASE.read_text(encoding="utf-8"))
    text = render(rules.decide(request).document, rules, request["title"], proof=False)
    assert text in blocks()


def test_the_proof_in_the_readme_is_the_beginning_of_the_real_one(rules: RuleBase) -> None:
    request = json.loads(CASE.read_text(encoding="utf-8"))
    text = render(rules.decide(request).document, rules, request["title"])
    shown = next(b for b in blocks() if b.startswith("PROOF"))
    assert shown.removesuffix("  ...\n") in text


def test_the_library_example_of_the_readme_runs(rules: RuleBase) -> None:
    example = next(b for b in blocks("python") if "datalog.parse" in b)
    program = example.partition("program = ")[2]
    names: dict[str, object] = {"datalog": datalog}
    exec("program = " + program.partition("\n")[0], names)  # the README is ours
    assert sorted(eval(program.splitlines()[1], names)) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
