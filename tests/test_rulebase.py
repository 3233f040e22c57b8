"""Rule bases: the packaged one, one of one's own, and every fault that loading reports."""

from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT, Decide
from tests.rulebases import documented_treaty, line_of, own_rules, provision

from rogatory import ProgramError, RuleBase
from rogatory.annotations import plan_intake
from rogatory.checks import check
from rogatory.datalog import parse
from rogatory.library import SCHEMAS, schema
from rogatory.rulebase import enclosing

REQUEST = {
    "requesting": "AD",
    "requested": "LI",
    "as_of": "2026-06-01",
    "measures": [{"kind": "take_evidence"}],
    "offences": [{"conduct": "theft", "law": {"requested": {"maximum_penalty": 6}}}],
    "findings": {"unconstitutional_execution": {"requested_state": "none"}},
    "requested_law": {"requires_refusal": False},
    "agreements": {"other_mla_treaty": False},
}


def faults(folder: Path | str) -> list[tuple[str, str]]:
    """The code and place of every fault of a rule base."""
    with pytest.raises(ProgramError) as caught:
        RuleBase.load(folder)
    return [(d.code, d.place) for d in caught.value.diagnostics]


def hints(folder: Path) -> list[str]:
    with pytest.raises(ProgramError) as caught:
        RuleBase.load(folder)
    return [d.hint for d in caught.value.diagnostics]


# --- the packaged law


def test_the_packaged_law_is_loaded_once_and_equals_the_folder(rules: RuleBase) -> None:
    assert RuleBase.default() is rules
    loaded = RuleBase.load(ROOT / "rules")
    assert loaded.digest == rules.digest
    assert loaded.citations == rules.citations
    assert hash(loaded.digest) == hash(rules.digest)


def test_the_law_is_in_provisions_of_five_instruments(rules: RuleBase) -> None:
    names = {s.instrument for s in rules.provisions}
    assert {"general", "uncc", "budapest", "us", "us_cn", "us_ru"} <= names
    assert len(rules.citations) == len(rules.program.rules)
    assert set(rules.citations) <= set(rules.sections)
    assert not any(s.pinpoint in names for s in rules.provisions)


def test_rows_of_other_states_are_not_loaded_for_a_request(rules: RuleBase) -> None:
    chosen = rules.entries_about(["IR", "US"])
    states = {v for e in chosen for v in e.fact[1] if isinstance(v, str) and len(v) == 2}
    assert {"US"} <= states <= {"IR", "US"}
    assert len(chosen) < len(rules.entries)


def test_a_pinpoint_lies_within_the_larger_units_that_hold_it() -> None:
    assert enclosing("uncc/40(8)#de-minimis") == ["uncc/40(8)#de-minimis", "uncc/40(8)", "uncc/40"]
    assert enclosing("a/1(2)(b)") == ["a/1(2)(b)", "a/1(2)", "a/1"]
    assert enclosing("a") == ["a"]


# --- one of one's own


def test_the_documented_treaty_decides_as_documented(tmp_path: Path, decide: Decide) -> None:
    assert sorted(documented_treaty()) == [
        "ad_li/README.md",
        "ad_li/articles.md",
        "ad_li/instrument_in_force.csv",
        "ad_li/participation.csv",
    ]
    base = RuleBase.load(own_rules(tmp_path))
    law = REQUEST["offences"][0]["law"]["requested"]

    def outcome(**penalty: Any) -> dict:
        offence = {"conduct": "theft", "law": {"requested": {"criminal": True, **penalty}}}
        (item,) = decide({**REQUEST, "offences": [offence]}, base=base)["items"]
        return item["outcome"]

    assert outcome(**law)["value"] == "may_refuse"
    assert outcome(maximum_penalty=24)["value"] == "must_assist"
    left_out = outcome()
    assert left_out["value"] == "undetermined"
    assert [t["question"] for t in left_out["turns_on"]] == [
        "$.offences[0].law.requested.maximum_penalty"
    ]


def test_a_path_may_be_text_and_the_digest_covers_every_file(tmp_path: Path) -> None:
    folder = own_rules(tmp_path)
    before = RuleBase.load(str(folder)).digest
    assert RuleBase.load(folder).digest == before
    (folder / "ad_li" / "participation.csv").write_text(
        "state,instrument,event,day,status,source,source_date,note\n", encoding="utf-8"
    )
    assert RuleBase.load(folder).digest != before


def test_files_at_the_top_and_hidden_folders_are_not_read(tmp_path: Path) -> None:
    folder = own_rules(tmp_path)
    before = RuleBase.load(folder).digest
    (folder / "README.md").write_text("```datalog\nnonsense\n```\n", encoding="utf-8")
    for name in (".hidden", "_draft", "ad_li/inner"):
        (folder / name).mkdir()
        (folder / name / "x.md").write_text("```datalog\nnonsense\n```\n", encoding="utf-8")
    (folder / "ad_li" / "notes.txt").write_text("notes", encoding="utf-8")
    assert RuleBase.load(folder).digest == before


def test_rules_without_items_conclude_nothing_about_items(tmp_path: Path) -> None:
    """A rule base may know nothing of the vocabulary of requests."""
    folder = tmp_path / "x"
    folder.mkdir()
    head = (
        "# `x` X\n\n| | |\n|---|---|\n| title | X |\n| short | X |\n| kind | method |\n"
        "| checked | quoted |\n"
    )
    (folder / "x.md").write_text(
        head + provision("x/1", '.output p "p holds".\n.output q(who: symbol) "{who}".\np.'),
        encoding="utf-8",
    )
    base = RuleBase.load(tmp_path)
    decision = base.decide(REQUEST).document
    assert decision["items"] == []
    assert [c["sentence"] for c in decision["conclusions"]] == ["p holds"]
    assert len(base.intake.unmapped) > 50


# --- faults


def test_a_folder_that_is_missing_empty_or_unreadable_is_no_rule_base(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert faults(missing) == faults(str(missing)) == [("rules_not_found", str(missing))]
    assert faults(tmp_path) == [("rules_not_found", str(tmp_path))]
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "bad.md").write_bytes(b"\xff\xfe")
    assert faults(tmp_path) == [("rules_not_found", "bad.md")]
    assert hints(tmp_path) == ["rules are UTF-8 text"]


def test_a_misspelt_predicate_is_reported_at_its_line(tmp_path: Path) -> None:
    text = provision("ad_li/9", "permits_refusal(here, I) :- aplies(ad_li, I).", "permits_refusal")
    folder = own_rules(tmp_path, articles=text)
    line = line_of(folder / "ad_li" / "articles.md", "aplies")
    assert faults(folder) == [("unknown_predicate", f"ad_li/articles.md:{line}:29")]
    assert hints(folder) == ["did you mean `applies`?"]


def test_faults_of_several_files_are_reported_together_by_place(tmp_path: Path) -> None:
    folder = own_rules(
        tmp_path,
        articles=provision("ad_li/9", "p(X :- q."),
        README="```datalog\np(X) :- q(X).\n```\n",
    )
    readme = line_of(folder / "ad_li" / "README.md", "q(X)")
    article = line_of(folder / "ad_li" / "articles.md", "p(X :-")
    assert faults(folder) == [
        ("rule_outside_provision", f"ad_li/README.md:{readme}:1"),
        ("syntax_error", f"ad_li/articles.md:{article}:5"),
    ]


def test_a_pinpoint_used_twice_is_reported_with_its_first_place(tmp_path: Path) -> None:
    folder = own_rules(tmp_path, articles=provision("ad_li/1", "% nothing"))
    with pytest.raises(ProgramError) as caught:
        RuleBase.load(folder)
    (fault,) = caught.value.diagnostics
    assert fault.code == "duplicate_pinpoint"
    first = line_of(folder / "ad_li" / "articles.md", "`ad_li/1`")
    assert fault.notes == (f"first used at ad_li/articles.md:{first}:1",)


def test_references_must_lead_somewhere(tmp_path: Path) -> None:
    text = "\nSee `ad_li/3(a)` and `ad_li/3(b)`.\n" + provision("nowhere/1", "% nothing")
    folder = own_rules(tmp_path, articles=text)
    assert [code for code, _ in faults(folder)] == ["dangling_reference"] * 2
    assert hints(folder)[0] == "did you mean `ad_li/3(a)`?"


def test_a_gate_must_exist(tmp_path: Path) -> None:
    text = provision("ad_li/9", "% nothing").replace(
        "| checked", "| gated by | ad_li/7 |\n| checked"
    )
    folder = own_rules(tmp_path, articles=text)
    assert [code for code, _ in faults(folder)] == ["dangling_reference"]


def test_a_gate_closes_what_it_gates(tmp_path: Path) -> None:
    gate = provision("ad_li/9", 'gate_closed(here) :- requesting("AD").', "displaces")
    folder = own_rules(tmp_path, articles=gate)
    path = folder / "ad_li" / "articles.md"
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition("## `ad_li/3(a)`")
    after = after.replace("| checked", "| gated by | ad_li/9 |\n| checked", 1)
    path.write_text(f"{before}## `ad_li/3(a)`{after}", encoding="utf-8")
    base = RuleBase.load(folder)
    assert ("gated_by", ("ad_li/3(a)", "ad_li/9")) in base.facts
    assert base.decide(REQUEST).outcome == "must_assist"


@pytest.mark.parametrize(
    ("row", "other", "words"),
    [
        ("| effect | defines |\n", "", "'effect' is a required property"),
        ("| effect | defines |", "| effect | permit_refusal |", "'permit_refusal' is not one of"),
        ("| effect | defines |", "| effect | defines |\n| colour | red |", "'colour'"),
    ],
)
def test_the_table_of_a_provision_is_checked(
    row: str, other: str, words: str, tmp_path: Path
) -> None:
    text = provision("ad_li/9", "% nothing").replace(row, other)
    with pytest.raises(ProgramError) as caught:
        RuleBase.load(own_rules(tmp_path, articles=text))
    (fault,) = caught.value.diagnostics
    assert fault.code == "bad_metadata"
    assert words in fault.message
    assert fault.hint == ("did you mean `permits_refusal`?" if "permit_" in other else "")


def test_a_section_concludes_its_effect(tmp_path: Path) -> None:
    text = provision("ad_li/9", "permits_refusal(here, I) :- applies(ad_li, I).", "duty")
    folder = own_rules(tmp_path, articles=text)
    assert [code for code, _ in faults(folder)] == ["bad_metadata"]
    assert hints(folder) == ["they conclude permits_refusal"]


def test_a_row_of_a_registry_that_does_not_fit_is_reported_at_its_line(tmp_path: Path) -> None:
    folder = own_rules(tmp_path)
    path = folder / "ad_li" / "participation.csv"
    path.write_text(
        path.read_text() + "AD,ad_li,entry_into_farce,2020-03-01,sourced,x,2020-01-01,\n"
    )
    (folder / "ad_li" / "no_such_table.csv").write_text("a,b\n", encoding="utf-8")
    assert faults(folder) == [
        ("bad_registry", "ad_li/no_such_table.csv:1:1"),
        ("bad_registry", "ad_li/participation.csv:4:1"),
    ]


# --- the annotations of the schema


def intake_faults(annotation: dict, program: str) -> list[tuple[str, str, str]]:
    request = {"type": "object", "properties": {"x": annotation}}
    with pytest.raises(ProgramError) as caught:
        plan_intake(request, parse(program).checked)
    return [(d.code, d.place, d.hint) for d in caught.value.diagnostics]


def test_an_annotation_must_fit_its_declaration() -> None:
    choice = {"enum": ["red", "gren"], "x-fact": {"as": "choice", "atom": ["colour", "$value"]}}
    assert intake_faults(choice, '.domain c: red, green.\n.open colour(x: c) "{x}".') == [
        ("bad_annotation", "$.x", "did you mean `green`?")
    ]
    assert intake_faults(choice, '.open colour "s".') == [("bad_annotation", "$.x", "")]
    assert intake_faults(choice, '.derived colour(x: symbol) "{x}".\ncolour(a).') == [
        ("bad_annotation", "$.x", "")
    ]


def test_a_fault_of_the_annotations_is_a_fault_of_the_rules(tmp_path: Path) -> None:
    folder = own_rules(tmp_path)
    path = folder / "general" / "vocabulary.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sedition, treason", "sedation, treason"), encoding="utf-8")
    assert ("bad_annotation", "$.offences[].conduct") in faults_of_vocabulary(folder)


def faults_of_vocabulary(folder: Path) -> list[tuple[str, str]]:
    """The faults once the rules no longer use the word that the vocabulary lost."""
    for path in (folder / "general").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("(sedition", "(sedation"), encoding="utf-8")
    return faults(folder)


def test_a_property_of_an_unknown_predicate_is_left_out() -> None:
    request = {"properties": {"x": {"x-fact": {"as": "boolean", "atom": ["p", "$offence"]}}}}
    intake = plan_intake(request, check(parse("q.").syntax.statements))
    assert intake.unmapped == ("$.x (p)",)
    assert (intake.predicates, intake.item_order, intake.wide) == (frozenset(), (), False)


def test_rules_that_compare_unknown_numbers_ask_for_wider_samples() -> None:
    number = {"type": "integer", "x-fact": {"as": "number", "atom": ["n", "$key", "$value"]}}
    request = {"properties": {"a": number, "b": number}}
    program = parse(
        '.open n(k: symbol, v: number) "s {k} {v}".\n.derived p "s".\np :- n(a, X), n(b, Y), X < Y.'
    )
    assert plan_intake(request, program.checked).wide


# --- the schemas


def test_only_schemas_that_exist_are_served() -> None:
    assert {name: schema(name)["$id"] for name in SCHEMAS} == {
        name: f"urn:rogatory:schema:{name}" for name in SCHEMAS
    }
    with pytest.raises(KeyError):
        schema("no_such_schema")
