"""Markdown with provisions as sections and their rules in fenced blocks."""

import pytest
from tests.programs import error_of, faults

from rogatory.literate import Section, read_sections
from rogatory.source import Span
from rogatory.syntax import Atom, Constant, Declaration, Literal, Rule

LAW = """\
Some words before the first heading.

# `uncc` The Convention

Text of the instrument, see `uncc/3(1)`.

## `uncc/3(1)` Scope *of* application

| Key | Value |
| --- | --- |
| Source | A/RES/79/243, [link](x) |
| Verified | `yes` |

The article applies to `offences` as in `uncc/2(a)` and `other/1`.

```datalog
.derived applies(where: symbol) "{where} applies".
applies(here) :- offence(_), not barred(here).
```

| Another | table |
| --- | --- |
| Source | which is part of no metadata |

```text
not(datalog
```

```datalog
applies(X) :- offence(X), X != here.
```

## Notes

Nothing here, but

- a point
- another point
"""


def sections() -> dict[str, Section]:
    """The sections of the example, by pinpoint or title."""
    return {s.pinpoint or s.title: s for s in read_sections(LAW, "law.md")}


def found(text: str) -> list[tuple[str, str]]:
    """The codes and places of the faults of a text."""
    return faults(lambda: read_sections(text, "law.md"))


def test_each_heading_begins_a_section() -> None:
    found = [
        (s.pinpoint, s.title, s.instrument, s.is_provision, str(s.span))
        for s in read_sections(LAW, "law.md")
    ]
    assert found == [
        ("", "", "", False, "law.md:1:1"),
        ("uncc", "The Convention", "uncc", False, "law.md:3:1"),
        ("uncc/3(1)", "Scope of application", "uncc", True, "law.md:7:1"),
        ("", "Notes", "", False, "law.md:33:1"),
    ]


def test_the_span_of_a_section_is_its_heading() -> None:
    assert sections()["uncc"].span == Span("law.md", 3, 1, 3, 24)


def test_the_first_table_of_a_section_is_its_metadata() -> None:
    assert {name: dict(s.metadata) for name, s in sections().items()} == {
        "": {},
        "uncc": {},
        "uncc/3(1)": {"Source": "A/RES/79/243, link", "Verified": "yes"},
        "Notes": {},
    }


def test_a_row_of_metadata_has_one_value() -> None:
    text = "# `a/1`\n\n| Key | Value | More |\n|---|---|---|\n| One | two | three |\n| Four | | |"
    (section,) = read_sections(text, "law.md")
    assert dict(section.metadata) == {"One": "two three", "Four": " "}


def test_the_text_of_a_section_is_its_markdown_without_heading_tables_and_rules() -> None:
    assert {name: s.text for name, s in sections().items()} == {
        "": "Some words before the first heading.",
        "uncc": "Text of the instrument, see `uncc/3(1)`.",
        "uncc/3(1)": (
            "The article applies to `offences` as in `uncc/2(a)` and `other/1`.\n\n"
            "```text\nnot(datalog\n```"
        ),
        "Notes": "Nothing here, but\n\n- a point\n- another point",
    }


def test_the_references_of_a_section_are_the_pinpoints_in_its_heading_text_and_tables() -> None:
    found = {name: [(r, str(at)) for r, at in s.references] for name, s in sections().items()}
    assert found == {
        "": [],
        "uncc": [("uncc/3(1)", "law.md:5:1")],
        "uncc/3(1)": [
            ("uncc/3(1)", "law.md:7:1"),
            ("uncc/2(a)", "law.md:14:1"),
            ("other/1", "law.md:14:1"),
        ],
        "Notes": [],
    }


def test_the_blocks_of_a_section_are_its_statements() -> None:
    statements = sections()["uncc/3(1)"].statements
    found = [(type(s), str(s.span)) for s in statements]
    assert found == [
        (Declaration, "law.md:17:1"),
        (Rule, "law.md:18:1"),
        (Rule, "law.md:30:1"),
    ]
    assert sections()["uncc/3(1)"].rules == statements[1:]


def test_here_is_the_pinpoint_of_the_section_wherever_it_stands() -> None:
    text = (
        "# `x/1(2)`\n\n```datalog\n"
        "p(here, a) :- q(here), not r(here, _), here != X, s(X), Y = 1 + here.\n```\n"
    )
    (section,) = read_sections(text, "law.md")
    pinpoint = Constant("x/1(2)")
    (rule,) = section.rules
    literal, negation, inequality, _, equality = rule.body
    assert rule.head == Atom("p", (pinpoint, Constant("a")))
    assert literal == Literal(Atom("q", (pinpoint,)))
    assert isinstance(negation, Literal)
    assert negation.atom.terms[0] == pinpoint
    assert inequality.left == pinpoint  # type: ignore[union-attr]
    assert equality.right.right == pinpoint  # type: ignore[union-attr]
    # an error about it must point to the word
    assert str(rule.head.terms[0].span) == "law.md:4:3"


def test_declarations_may_stand_anywhere() -> None:
    text = (
        "```datalog\n.domain d.\n```\n"
        '# Words\n```datalog\n.open p "s".\n```\n'
        '# `x`\n```datalog\n.reading r "q": a.\n```'
    )
    found = [[type(s).__name__ for s in section.statements] for section in read_sections(text, "f")]
    assert found == [["Domain"], ["Declaration"], ["Reading"]]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("```datalog\np(a).\n```", "law.md:2:1"),
        ("# Words\n\n```datalog\n\n  p(a).\n```", "law.md:5:3"),
        ("# `x` An instrument\n```datalog\np :- q.\n```", "law.md:3:1"),
    ],
)
def test_a_rule_outside_a_provision_is_refused(text: str, place: str) -> None:
    (fault,) = error_of(lambda: read_sections(text, "law.md")).diagnostics
    assert (fault.code, fault.place, fault.message, fault.hint) == (
        "rule_outside_provision",
        place,
        "a rule for `p` stands outside a provision",
        "put it under a heading such as ## `instrument/1(2)`: a rule cites its section",
    )


def test_all_errors_of_a_file_are_reported_at_their_places() -> None:
    text = (
        "```datalog\np.\n```\n\n# `x/1`\n\nText.\n\n```datalog\np(a).\nq(b,.\n\nr(.\n```\n\n"
        "## `x/2`\n~~~datalog\n% note\n   s(@2024-02-30).\n~~~\n"
    )
    assert found(text) == [
        ("rule_outside_provision", "law.md:2:1"),
        ("syntax_error", "law.md:11:5"),
        ("syntax_error", "law.md:13:3"),
        ("syntax_error", "law.md:19:6"),
    ]


def test_a_block_that_is_never_closed_ends_with_the_file() -> None:
    assert found("# `x/1`\n```datalog\np(a)") == [("syntax_error", "law.md:3:4")]


def test_a_block_in_a_list_is_read_too() -> None:
    (section,) = read_sections("# `x/1`\n\n- item\n\n  ```datalog\n  p(a).\n  ```\n", "law.md")
    assert section.rules == (Rule(Atom("p", (Constant("a"),))),)


@pytest.mark.parametrize("info", ["", "text", "python", "datalog-example"])
def test_a_block_in_another_language_is_text(info: str) -> None:
    (section,) = read_sections(f"# `x/1`\n\n```{info}\np(a,.\n```", "law.md")
    assert (section.statements, section.text) == ((), f"```{info}\np(a,.\n```")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_has_no_sections(text: str) -> None:
    assert read_sections(text, "law.md") == ()


def test_a_heading_without_anything_is_a_section_without_name() -> None:
    (section,) = read_sections("#", "law.md")
    assert (section.pinpoint, section.title, section.text) == ("", "", "")


def test_an_underlined_heading_begins_a_section_too() -> None:
    (section,) = read_sections("`x/1` Title\n===\n\nText.\n", "law.md")
    assert (section.pinpoint, section.title, section.text) == ("x/1", "Title", "Text.")
