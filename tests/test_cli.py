"""The command line: commands, formats, exit codes, errors as JSON, never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from tests.conftest import ROOT
from tests.rulebases import line_of, own_rules, provision

from rogatory import RuleBase
from rogatory.cli import Exit, main
from rogatory.documents import validate
from rogatory.library import schema_text

IRAN = ROOT / "fixtures" / "journalist" / "iran"
REQUEST = str(IRAN / "request.json")
BARE = {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rogatory", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def problems(result: Result) -> list[dict]:
    """The problems that a command wrote to standard error as JSON."""
    assert result.stdout == ""
    document = json.loads(result.stderr)
    validate(document, "problem")
    return document["problems"]


# --- decide


def test_decide_prints_the_decision_as_json(rules: RuleBase) -> None:
    result = run("decide", REQUEST)
    assert (result.exit_code, result.stderr) == (Exit.DETERMINED, "")
    document = json.loads(result.stdout)
    validate(document, "decision")
    assert document == rules.decide(json.loads(Path(REQUEST).read_text())).document


def test_decide_prints_text_with_and_without_the_proof() -> None:
    whole = run("decide", REQUEST, "--format", "text")
    short = run("decide", REQUEST, "--format", "text", "--no-proof")
    assert (whole.exit_code, short.exit_code) == (0, 0)
    assert whole.stdout.startswith("Iran asks the United States for the e-mails of a journalist\n")
    assert whole.stdout.startswith(short.stdout)
    assert "\nPROOF\n" in whole.stdout.removeprefix(short.stdout)


def test_decide_reads_standard_input() -> None:
    assert (
        run("decide", "-", stdin=Path(REQUEST).read_bytes()).stdout == run("decide", REQUEST).stdout
    )


def test_an_open_outcome_has_an_exit_code_of_its_own() -> None:
    result = run("decide", "-", stdin=json.dumps(BARE))
    assert result.exit_code == Exit.UNDETERMINED == 3
    assert json.loads(result.stdout)["outcome"] == "undetermined"


def test_decide_takes_a_scenario(tmp_path: Path) -> None:
    scenario = tmp_path / "s.json"
    scenario.write_text('{"name": "later", "as_of": "2030-01-01"}')
    result = run("decide", REQUEST, "--scenario", str(scenario))
    assert json.loads(result.stdout)["scenario"]["name"] == "later"
    scenario.write_text('{"nme": "later"}')
    failed = run("decide", REQUEST, "--scenario", str(scenario))
    assert failed.exit_code == Exit.INVALID_REQUEST
    assert [p["place"] for p in problems(failed)] == ["$.name", "$.nme"]


def test_decide_takes_rules_of_ones_own(tmp_path: Path) -> None:
    folder = own_rules(tmp_path)
    request = {**BARE, "requesting": "AD", "requested": "LI"}
    result = run("decide", "-", "--rules", str(folder), stdin=json.dumps(request))
    assert result.exit_code == Exit.UNDETERMINED
    assert json.loads(result.stdout)["rules_digest"] == RuleBase.load(folder).digest


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "invalid_json", "standard input:1:1"),
        ('{"a": 1, "a": 2}', "invalid_json", "standard input"),
        ('{"requesting": NaN}', "invalid_json", "standard input"),
        ("[]", "invalid_request", "$"),
        (json.dumps({**BARE, "as_of": "2026-02-30"}), "invalid_request", "$.as_of"),
        (json.dumps({**BARE, "readings": {"x": "y"}}), "unknown_reading", "$.readings.x"),
    ],
)
def test_an_invalid_request_is_one_json_object_on_standard_error(
    text: str, code: str, place: str
) -> None:
    result = run("decide", "-", stdin=text)
    assert result.exit_code == Exit.INVALID_REQUEST == 2
    assert [(p["code"], p["place"]) for p in problems(result)] == [(code, place)]


def test_an_invalid_request_in_text_has_a_line_for_each_fault() -> None:
    text = json.dumps({**BARE, "requested": "USA", "ofences": []})
    result = run("decide", "-", "--format", "text", stdin=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "$.ofences: invalid_request: unknown key `ofences`\n  hint: did you mean `offences`?\n"
        '$.requested: invalid_request: "USA" is not allowed here\n  hint: did you mean `US`?\n'
    )


@pytest.mark.parametrize("command", ["decide", "verify"])
def test_a_file_that_is_missing_or_a_folder_is_reported(command: str, tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "no.json", "No such file"), (tmp_path, "Is a directory")):
        result = run(command, str(path), "--format", "json")
        assert result.exit_code == Exit.INVALID_REQUEST
        (problem,) = problems(result)
        assert (problem["code"], problem["place"]) == ("unreadable_file", str(path))
        assert reason in problem["message"]


def test_rules_that_are_missing_are_invalid_rules(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    result = run("decide", REQUEST, "--rules", missing)
    assert result.exit_code == Exit.INVALID_RULES == 4
    assert [p["code"] for p in problems(result)] == ["rules_not_found"]


# --- check


def test_check_counts_what_the_packaged_law_holds(rules: RuleBase) -> None:
    result = run("check", "--strict")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{len(rules.provisions)} sections, {len(rules.program.rules)} rules and facts, "
        f"{len(rules.program.signatures)} predicates, {len(rules.program.readings)} readings, "
        f"{len(rules.entries)} registry rows: no errors, 0 warnings\n"
    )
    as_json = run("check", "--format", "json")
    assert json.loads(as_json.stdout) == {"rules_digest": rules.digest, "warnings": []}


FAULTY = {
    "a misspelt predicate": (
        "permits_refusal(here, I) :- aplies(ad_li, I).",
        "permits_refusal",
        "unknown_predicate",
        "aplies",
    ),
    "an unbound variable": (
        "permits_refusal(here, I) :- applies(ad_li, _).",
        "permits_refusal",
        "unbound_variable",
        "applies(ad_li, _)",
    ),
    "a negation that feeds on itself": (
        (
            '.derived p(i: item) "{i}".\n.derived q(i: item) "{i}".\n'
            "p(I) :- item(I), not q(I).\nq(I) :- p(I)."
        ),
        "defines",
        "cyclic_negation",
        "not q(I)",
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_check_reports_a_fault_at_its_file_and_line(fault: str, tmp_path: Path) -> None:
    rules, effect, code, words = FAULTY[fault]
    folder = own_rules(tmp_path, articles=provision("ad_li/9", rules, effect))
    line = line_of(folder / "ad_li" / "articles.md", words)
    result = run("check", str(folder))
    assert (result.exit_code, result.stdout) == (Exit.INVALID_RULES, "")
    assert f"ad_li/articles.md:{line}:" in result.stderr
    (problem,) = problems(run("check", str(folder), "--format", "json"))
    assert problem["code"] == code
    assert problem["place"].startswith(f"ad_li/articles.md:{line}:")
    assert f"{problem['place']}: {code}: {problem['message']}" in result.stderr


def test_check_reports_a_rule_outside_a_provision(tmp_path: Path) -> None:
    folder = own_rules(tmp_path, README="\n```datalog\nmla_treaty(ad_li).\n```\n")
    line = line_of(folder / "ad_li" / "README.md", "mla_treaty(ad_li)")
    (problem,) = problems(run("check", str(folder), "--format", "json"))
    assert (problem["code"], problem["place"]) == (
        "rule_outside_provision",
        f"ad_li/README.md:{line}:1",
    )


def test_warnings_are_errors_only_if_strict(tmp_path: Path) -> None:
    text = provision("ad_li/9", '.derived idle(i: item) "{i}".\nidle(I) :- item(I).')
    folder = str(own_rules(tmp_path, articles=text))
    lenient = run("check", folder)
    assert lenient.exit_code == 0
    assert lenient.stderr.startswith("warning: ")
    assert "unused_predicate: nothing uses the predicate `idle`" in lenient.stderr
    as_json = json.loads(run("check", folder, "--format", "json").stdout)
    strict = run("check", folder, "--strict", "--format", "json")
    assert strict.exit_code == Exit.INVALID_RULES
    key = json.dumps
    assert sorted(problems(strict), key=key) == sorted(as_json["warnings"], key=key)


def test_check_asks_for_golden_cases_of_each_ground(tmp_path: Path) -> None:
    shutil.copytree(IRAN, tmp_path / "iran")
    result = run("check", "--strict", "--fixtures", str(tmp_path), "--format", "json")
    assert result.exit_code == Exit.INVALID_RULES
    assert {p["code"] for p in problems(result)} == {"untested_ground"}


# --- schema and rules


@pytest.mark.parametrize("name", ["request", "decision", "scenario", "problem", "case"])
def test_schema_prints_the_packaged_file(name: str) -> None:
    assert run("schema", name).stdout == schema_text(name)


def test_an_unknown_schema_is_a_fault_of_usage() -> None:
    result = run("schema", "nope")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'nope' is not one of" in result.stderr


def test_rules_shows_the_index_or_a_provision(tmp_path: Path) -> None:
    assert "uncc/40(8)" in run("rules").stdout
    assert "Serious crime" in run("rules", "uncc/2(h)").stdout
    folder = str(own_rules(tmp_path))
    assert "ad_li/3(a)" in run("rules", "--rules", folder).stdout
    unknown = run("rules", "uncc/2(x)")
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("uncc/2(x): dangling_reference: there is no provision")


# --- test


def test_golden_cases_that_pass_are_counted() -> None:
    folder = ROOT / "fixtures" / "journalist"
    count = len(list(folder.iterdir()))
    result = run("test", str(folder))
    assert (result.exit_code, result.stdout) == (0, f"{count} passed, 0 failed\n")


def test_a_golden_case_that_fails_is_shown_as_a_difference_and_can_be_accepted(
    tmp_path: Path,
) -> None:
    case = Path(shutil.copytree(IRAN, tmp_path / "iran"))
    expected = case / "expected.json"
    right = expected.read_text(encoding="utf-8")
    expected.write_text(right.replace('"uncc/40(22)": "established"', '"uncc/40(22)": "open"'))
    failed = run("test", str(tmp_path))
    assert failed.exit_code == Exit.FAILED_CHECK == 5
    assert failed.stdout == "0 passed, 1 failed\n"
    assert failed.stderr.startswith(f"{case}: failed_fixture: the decision is not the expected one")
    assert '\n  -        "uncc/40(22)": "open"\n' in failed.stderr
    assert '\n  +        "uncc/40(22)": "established"\n' in failed.stderr
    accepted = run("test", str(tmp_path), "--accept")
    assert (accepted.exit_code, accepted.stdout) == (0, "1 passed, 0 failed\n")
    assert expected.read_text(encoding="utf-8") == right


def test_a_folder_without_golden_cases_is_an_error(tmp_path: Path) -> None:
    result = run("test", str(tmp_path))
    assert result.exit_code == Exit.INVALID_REQUEST
    assert "unreadable_file: there is no golden case" in result.stderr


# --- verify


def test_what_decide_prints_can_be_verified(tmp_path: Path) -> None:
    decision = run("decide", REQUEST).stdout
    result = run("verify", "-", stdin=decision)
    assert result.exit_code == 0
    steps = json.loads(run("verify", "-", "--format", "json", stdin=decision).stdout)["steps"]
    assert result.stdout == f"{steps} steps hold\n"
    assert steps > 300


def test_a_decision_that_was_tampered_with_fails() -> None:
    document = json.loads(run("decide", REQUEST).stdout)
    document["proof"][0]["status"] = "open"
    result = run("verify", "-", "--format", "json", stdin=json.dumps(document))
    assert result.exit_code == Exit.FAILED_CHECK
    assert {p["code"] for p in problems(result)} == {"bad_proof"}
    assert "$.proof[0]" in [p["place"] for p in problems(result)]
    del document["proof"]
    invalid = run("verify", "-", "--format", "json", stdin=json.dumps(document))
    assert invalid.exit_code == Exit.INVALID_REQUEST
    assert [p["place"] for p in problems(invalid)] == ["$.proof"]


def test_a_decision_is_verified_under_its_own_rules(tmp_path: Path) -> None:
    folder = str(own_rules(tmp_path))
    request = json.dumps({**BARE, "requesting": "AD", "requested": "LI"})
    decision = run("decide", "-", "--rules", folder, stdin=request).stdout
    assert run("verify", "-", "--rules", folder, stdin=decision).exit_code == 0
    other = run("verify", "-", stdin=decision)
    assert other.exit_code == Exit.FAILED_CHECK
    assert "the decision was made under another rule base" in other.stderr


# --- the process


def test_help_names_the_commands_and_exit_codes() -> None:
    text = run("--help").stdout
    for command in ("decide", "check", "schema", "rules", "test", "verify"):
        assert f"\n  {command} " in text
        assert run(command, "-h").exit_code == 0
    shown = text.partition("Exit codes:")[2].split("\n")[1:]
    assert [int(line.split()[0]) for line in shown if line.strip()[:1].isdigit()] == list(Exit)


def test_wrong_usage_has_the_exit_code_of_an_invalid_request() -> None:
    for arguments in (("decide",), ("nope",), ("decide", REQUEST, "--format", "xml")):
        assert run(*arguments).exit_code == 2


def test_a_defect_is_reported_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(RuleBase, "decide", fail)
    result = run("decide", REQUEST)
    assert result.exit_code == Exit.INTERNAL == 70
    (problem,) = problems(result)
    assert (problem["code"], problem["message"]) == ("internal_error", "RuntimeError: boom")
    assert "please report it" in problem["hint"]


def test_an_interrupt_is_not_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise click.Abort

    monkeypatch.setattr(RuleBase, "decide", interrupt)
    result = run("decide", REQUEST)
    assert result.exit_code == 1
    assert "Aborted!" in result.stderr


def test_the_module_runs_as_a_program() -> None:
    decided = process("decide", REQUEST)
    assert (decided.returncode, decided.stderr) == (0, "")
    verified = process("verify", "-", input=decided.stdout)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert process("--version").stdout.startswith("rogatory, version ")


def test_the_module_has_exit_codes_for_what_went_wrong(tmp_path: Path) -> None:
    undetermined = process("decide", "-", input=json.dumps(BARE))
    assert (undetermined.returncode, undetermined.stderr) == (3, "")
    missing = process("decide", str(tmp_path / "no.json"))
    assert (missing.returncode, missing.stdout) == (2, "")
    validate(json.loads(missing.stderr), "problem")
    assert process("check", str(tmp_path)).returncode == 4


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)  # gone before the first byte: what `| head` does to a longer output
    try:
        command = [sys.executable, "-m", "rogatory", "decide", REQUEST]
        result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (result.returncode, result.stderr) == (0, b"")


def test_output_is_utf_8_whatever_the_locale_says() -> None:
    environment = {"LC_ALL": "C", "PATH": ""}
    result = subprocess.run(
        [sys.executable, "-m", "rogatory", "decide", REQUEST, "--format", "text"],
        capture_output=True,
        check=True,
        env=environment,
    )
    assert "·" in result.stdout.decode("utf-8")
