"""Warnings about a rule base."""

import shutil
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.rulebases import line_of, own_rules, provision

from rogatory import RuleBase
from rogatory.errors import FileError
from rogatory.lint import GROUNDS, warnings


def found(folder: Path, fixtures: Path | None = None) -> list[tuple[str, str]]:
    """The code and message of the warnings about the treaty of a rule base."""
    given = warnings(RuleBase.load(folder), fixtures)
    return [(d.code, d.message) for d in given if not d.place.startswith("general/")]


def test_the_packaged_law_gives_no_warnings(rules: RuleBase) -> None:
    assert warnings(rules) == []


def test_a_predicate_that_nothing_uses_is_named_at_its_declaration(tmp_path: Path) -> None:
    text = provision("ad_li/9", '.derived idle(i: item) "{i}".\nidle(I) :- item(I).')
    folder = own_rules(tmp_path, articles=text)
    assert found(folder) == [("unused_predicate", "nothing uses the predicate `idle`")]
    (warning,) = [w for w in warnings(RuleBase.load(folder)) if "idle" in w.message]
    line = line_of(folder / "ad_li" / "articles.md", ".derived idle")
    assert warning.place.startswith(f"ad_li/articles.md:{line}:")


def test_a_rule_that_nothing_can_feed_is_dead(tmp_path: Path) -> None:
    rules = (
        '.closed never(i: item) "{i}".\n.derived middle(i: item) "{i}".\n'
        "middle(I) :- never(I).\npermits_refusal(here, I) :- middle(I)."
    )
    folder = own_rules(tmp_path, articles=provision("ad_li/9", rules, "permits_refusal"))
    given = [w for w in warnings(RuleBase.load(folder)) if w.place.startswith("ad_li")]
    assert [(w.code, w.message, w.hint) for w in given] == [
        (
            "dead_rule",
            "the rule for `middle` can never fire",
            "no rule, request or registry supplies `never`",
        ),
        (
            "dead_rule",
            "the rule for `permits_refusal` can never fire",
            "no rule, request or registry supplies `middle`",
        ),
    ]
    assert [w.place for w in given] == sorted(w.place for w in given)


def test_a_predicate_that_a_registry_fills_is_not_dead_even_if_empty(tmp_path: Path) -> None:
    rules = '.closed listed(i: item) "{i}".\npermits_refusal(here, I) :- listed(I).'
    folder = own_rules(tmp_path, articles=provision("ad_li/9", rules, "permits_refusal"))
    assert [code for code, _ in found(folder)] == ["dead_rule"]
    (folder / "ad_li" / "listed.csv").write_text("i,status,source,source_date,note\n")
    assert found(folder) == []


def test_properties_that_state_nothing_are_listed(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "x.md").write_text(
        "# `x` X\n\n| | |\n|---|---|\n| title | X |\n| short | X |\n| kind | method |\n"
        "| checked | quoted |\n" + provision("x/1", '.output p "p holds".\np.')
    )
    (warning,) = warnings(RuleBase.load(tmp_path))
    assert warning.code == "bad_annotation"
    assert "$.as_of (as_of)" in warning.notes
    assert warning.message.startswith(f"{len(warning.notes)} properties of requests")


def test_a_ground_that_no_golden_case_exercises_is_named(rules: RuleBase, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixtures" / "journalist" / "iran", tmp_path / "one")
    given = warnings(rules, tmp_path)
    assert {w.code for w in given} == {"untested_ground"}
    named = {w.message.partition("`")[2].rstrip("`") for w in given}
    assert not named & {"uncc/40(21)(a)", "uncc/40(21)(b)", "uncc/40(21)(c)", "uncc/40(22)"}
    assert {"uncc/6(1)", "us_ru/4(1)(3)"} <= named
    assert {rules.sections[p].metadata["effect"] for p in named} <= set(GROUNDS)


def test_a_scenario_of_a_golden_case_counts(rules: RuleBase, tmp_path: Path) -> None:
    case = shutil.copytree(ROOT / "fixtures" / "journalist" / "iran-no-treaty", tmp_path / "one")
    without = {w.message for w in warnings(rules, tmp_path)}
    party = '{"state": "%s", "instrument": "uncc"}'
    (Path(case) / "scenario.json").write_text(
        '{"name": "s", "assumptions": {"in_force": ["uncc"], "parties": ['
        + ", ".join(party % s for s in ("IR", "US"))
        + "]}}"
    )
    assert warnings(rules, tmp_path) != []
    assert without - {w.message for w in warnings(rules, tmp_path)} >= {
        "no golden case exercises `uncc/40(22)`"
    }


def test_without_golden_cases_there_is_nothing_to_look_at(rules: RuleBase, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        warnings(rules, tmp_path)
