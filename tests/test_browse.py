"""Provisions in the terminal."""

import io

import pytest
from rich.console import Console

from rogatory import DocumentError, RuleBase
from rogatory.browse import show_index, show_section


def console() -> Console:
    return Console(file=io.StringIO(), width=160, highlight=False)


def section(rules: RuleBase, pinpoint: str) -> str:
    to = console()
    show_section(rules, pinpoint, to)
    return to.file.getvalue()  # type: ignore[attr-defined]


def test_the_index_lists_every_instrument_and_provision(rules: RuleBase) -> None:
    to = console()
    show_index(rules, to)
    text = to.file.getvalue()  # type: ignore[attr-defined]
    lines = text.splitlines()
    for one in rules.provisions:
        assert any(line.split()[:1] == [one.pinpoint] for line in lines), one.pinpoint
    for one in rules.sections.values():
        if not one.is_provision:
            assert one.metadata["title"][:40] in text


def test_a_provision_is_shown_with_restatement_table_and_rules(rules: RuleBase) -> None:
    text = section(rules, "uncc/2(h)")
    assert "uncc/2(h)  Serious crime" in text
    assert "effect: interprets · standard: objective · checked: authentic" in text
    assert "A serious crime is conduct" in text
    assert "grave_under(O, L) :- criminal(O, L), maximum_penalty(O, L, N), N >= 48." in text
    assert f"uncc/10_general.md:{rules.sections['uncc/2(h)'].span.line}" in text


def test_the_units_below_a_pinpoint_are_shown_with_it(rules: RuleBase) -> None:
    text = section(rules, "uncc/40(21)")
    assert all(f"uncc/40(21)({limb})" in text for limb in "abcd")
    assert "uncc/40(22)  " not in text
    # uncc/4 is no part of uncc/40
    with pytest.raises(DocumentError):
        section(rules, "uncc/4")
    whole = section(rules, "us_ru")
    assert "us_ru/1(1)" in whole
    assert "us_cn/" not in whole


def test_a_section_without_rules_or_text_is_shown_too(rules: RuleBase) -> None:
    for one in rules.sections.values():
        assert one.pinpoint in section(rules, one.pinpoint)


def test_an_unknown_pinpoint_is_refused_with_a_hint(rules: RuleBase) -> None:
    for pinpoint, hint in (
        ("uncc/40(21)(z)", "did you mean `uncc/40(21)("),
        ("zzzzzzzz", "`rogatory rules` lists the provisions"),
    ):
        with pytest.raises(DocumentError) as caught:
            section(rules, pinpoint)
        (fault,) = caught.value.diagnostics
        assert (fault.code, fault.place) == ("dangling_reference", pinpoint)
        assert fault.hint.startswith(hint)
