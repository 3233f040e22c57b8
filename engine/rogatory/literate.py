"""Literate law: Markdown with the provisions as sections and their rules in fenced blocks.

A heading that begins with inline code opens a section; the code is its pinpoint. The first
two-column table of the section holds its metadata, its ``datalog`` blocks hold its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import evolve, field, frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rogatory.errors import Diagnostic, ProgramError, at
from rogatory.parser import parse_syntax
from rogatory.source import Span
from rogatory.syntax import (
    Atom,
    Comparison,
    Condition,
    Constant,
    Expression,
    Here,
    Literal,
    Operation,
    Rule,
    Statement,
)


@frozen
class Section:
    """A section of a file of rules.

    ``pinpoint`` is empty for text that belongs to no provision; a pinpoint without a slash
    names an instrument. ``text`` is the restatement as Markdown, ``statements`` what the
    section encodes, with ``here`` replaced by the pinpoint.
    """

    pinpoint: str
    title: str
    text: str
    metadata: Mapping[str, str]
    statements: tuple[Statement, ...]
    references: tuple[tuple[str, Span], ...]
    span: Span = field(eq=False)

    @property
    def instrument(self) -> str:
        """The instrument to which the section belongs."""
        return self.pinpoint.partition("/")[0]

    @property
    def is_provision(self) -> bool:
        """Whether the section is a provision and may hold rules."""
        return "/" in self.pinpoint

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the section, facts included."""
        return tuple(s for s in self.statements if isinstance(s, Rule))


def read_sections(text: str, file: str) -> tuple[Section, ...]:
    """The sections of a Markdown text, in order.

    Raises:
        ProgramError: with every syntax error of its blocks and a ``rule_outside_provision``
            for each rule that stands in no provision.
    """
    sections, found = scan_sections(text, file)
    if found:
        raise ProgramError(found)
    return sections


def scan_sections(text: str, file: str) -> tuple[tuple[Section, ...], list[Diagnostic]]:
    """The sections of a Markdown text without what is faulty in them, and the faults."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    lines = text.split("\n")
    found: list[Diagnostic] = []
    sections = []
    for part in _split(tokens):
        section, faults = _section(part, lines, file)
        found += faults
        sections.append(section)
    return tuple(sections), found


def _split(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and part:
            yield part
            part = []
        part.append(token)
    if part:
        yield part


def _section(
    tokens: Sequence[Token], lines: Sequence[str], file: str
) -> tuple[Section, list[Diagnostic]]:
    start = (tokens[0].map or [0, 1])[0]
    span = Span(file, start + 1, 1, start + 1, len(lines[start]) + 1 if lines else 1)
    pinpoint, title = _heading(tokens)
    found: list[Diagnostic] = []
    statements: list[Statement] = []
    text: list[str] = []
    for token in tokens:
        if token.map is None:
            continue
        if token.type == "fence" and token.info.strip() == "datalog":
            try:
                parsed = parse_syntax(_code(token, lines), file, token.map[0] + 2).statements
            except ProgramError as error:
                found += error.diagnostics
                continue
            for statement in parsed:
                if isinstance(statement, Rule):
                    if "/" not in pinpoint:
                        found.append(_outside(statement))
                        continue
                    statement = _here(statement, pinpoint)
                statements.append(statement)
        elif token.level == 0 and token.type not in ("heading_open", "table_open"):
            text += [*lines[token.map[0] : token.map[1]], ""]
    section = Section(
        pinpoint,
        title,
        "\n".join(text).strip(),
        MappingProxyType(_metadata(tokens)),
        tuple(statements),
        tuple(_references(tokens, file)),
        span,
    )
    return section, found


def _code(token: Token, lines: Sequence[str]) -> str:
    """The text of a block as it stands in the file, indentation included, so that places agree."""
    content = token.content.removesuffix("\n").split("\n")
    start = (token.map or [0, 0])[0] + 1
    raw = lines[start : start + len(content)]
    same = [r.strip() == c.strip() for r, c in zip(raw, content, strict=False)]
    return "\n".join(raw) if len(raw) == len(content) and all(same) else token.content


def _outside(rule: Rule) -> Diagnostic:
    message = f"a rule for `{rule.head.predicate}` stands outside a provision"
    hint = "put it under a heading such as ## `instrument/1(2)`: a rule cites its section"
    return at("rule_outside_provision", message, rule.span, hint)


def _heading(tokens: Sequence[Token]) -> tuple[str, str]:
    if tokens[0].type != "heading_open" or tokens[0].level != 0:
        return "", ""
    children = tokens[1].children or []
    if children and children[0].type == "code_inline":
        return children[0].content.strip(), "".join(c.content for c in children[1:]).strip()
    return "", tokens[1].content.strip()


def _metadata(tokens: Sequence[Token]) -> dict[str, str]:
    rows: dict[str, str] = {}
    cells: list[str] = []
    inside = False
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            inside = True
        elif token.type == "table_close":
            break
        elif inside and token.type == "td_open":
            cells.append(_plain(tokens[index + 1]))
        elif inside and token.type == "tr_close" and cells:
            rows[cells[0]] = " ".join(cells[1:])
            cells = []
    return rows


def _plain(token: Token) -> str:
    return "".join(child.content for child in token.children or []).strip()


def _references(tokens: Sequence[Token], file: str) -> Iterator[tuple[str, Span]]:
    """The pinpoints that a section's text names in inline code."""
    for token in tokens:
        if token.type != "inline" or token.map is None:
            continue
        line = token.map[0] + 1
        for child in token.children or []:
            if child.type == "code_inline" and "/" in child.content and " " not in child.content:
                yield child.content, Span(file, line, 1, line, 1)


def _here(rule: Rule, pinpoint: str) -> Rule:
    """The rule with ``here`` replaced by the pinpoint of its section."""
    body = tuple(_condition(c, pinpoint) for c in rule.body)
    return evolve(rule, head=_atom(rule.head, pinpoint), body=body)


def _condition(condition: Condition, pinpoint: str) -> Condition:
    if isinstance(condition, Literal):
        return evolve(condition, atom=_atom(condition.atom, pinpoint))
    assert isinstance(condition, Comparison)
    return evolve(
        condition,
        left=_expression(condition.left, pinpoint),
        right=_expression(condition.right, pinpoint),
    )


def _atom(atom: Atom, pinpoint: str) -> Atom:
    terms: list[Any] = [_expression(t, pinpoint) for t in atom.terms]
    return evolve(atom, terms=tuple(terms))


def _expression(term: Expression, pinpoint: str) -> Expression:
    if isinstance(term, Here):
        return Constant(pinpoint, span=term.span)
    if isinstance(term, Operation):
        return evolve(
            term,
            left=_expression(term.left, pinpoint),
            right=_expression(term.right, pinpoint),
        )
    return term
