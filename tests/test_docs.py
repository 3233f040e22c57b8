"""What the documentation shows is what happens."""

import re
from pathlib import Path

import pytest

from rogatory import ProgramError, datalog

DOCS = Path(__file__).parent.parent / "docs"
LANGUAGE_CODES = [
    "arity_mismatch",
    "cyclic_negation",
    "duplicate_declaration",
    "input_redefined",
    "missing_sentence",
    "open_number_join",
    "syntax_error",
    "type_mismatch",
    "unbound_variable",
    "unknown_constant",
    "unknown_predicate",
    "unknown_type",
]


def blocks(path: Path, language: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", LANGUAGE_CODES)
def test_the_example_of_an_error_page_gives_that_error_as_shown(code: str) -> None:
    page = DOCS / "errors" / f"{code}.md"
    with pytest.raises(ProgramError) as caught:
        datalog.parse(blocks(page, "datalog")[0], "example.dl")
    assert {d.code for d in caught.value.diagnostics} == {code}
    assert str(caught.value) in blocks(page, "text")[0]


@pytest.mark.parametrize("page", ["language.md", "semantics.md"])
def test_the_programs_of_the_guide_parse_and_round_trip(page: str) -> None:
    programs = [b for b in blocks(DOCS / page, "datalog") if "here" not in b]
    assert programs
    for text in programs:
        program = datalog.parse(text)
        assert datalog.parse(datalog.unparse(program)) == program


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda p: p.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
