"""Provisions in the terminal: an index, and single sections with their encoding."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.table import Table

from rogatory.errors import Diagnostic, DocumentError, did_you_mean
from rogatory.literate import Section
from rogatory.printer import print_syntax
from rogatory.rulebase import RuleBase


def show_index(rules: RuleBase, console: Console | None = None) -> None:
    """Print every instrument with its provisions: pinpoint, title, effect, how it was checked."""
    console = console or Console(highlight=False)
    for instrument in rules.sections.values():
        if instrument.is_provision:
            continue
        table = Table(title=instrument.metadata["title"], title_justify="left", box=None)
        for heading in ("provision", "title", "effect", "text"):
            table.add_column(heading, no_wrap=heading == "provision")
        for section in rules.provisions:
            if section.instrument == instrument.pinpoint:
                meta = section.metadata
                table.add_row(section.pinpoint, section.title, meta["effect"], meta["checked"])
        console.print(table)
        console.print()


def show_section(rules: RuleBase, pinpoint: str, console: Console | None = None) -> None:
    """Print the sections at or below a pinpoint: restatement, metadata, rules.

    Raises:
        DocumentError: ``dangling_reference`` if there is no such provision.
    """
    console = console or Console(highlight=False)
    chosen = [s for s in rules.sections.values() if _covers(pinpoint, s.pinpoint)]
    if not chosen:
        hint = did_you_mean(pinpoint, rules.sections) or "`rogatory rules` lists the provisions"
        message = f"there is no provision `{pinpoint}`"
        raise DocumentError([Diagnostic("dangling_reference", message, pinpoint, hint)])
    for section in chosen:
        _show(section, console)


def _covers(pinpoint: str, candidate: str) -> bool:
    rest = candidate.removeprefix(pinpoint)
    return candidate == pinpoint or (rest != candidate and rest[0] in "(#/")


def _show(section: Section, console: Console) -> None:
    console.rule(f"[bold]{section.pinpoint}[/]  {section.title}", align="left")
    meta = " · ".join(f"{key}: {value}" for key, value in section.metadata.items())
    console.print(meta, style="dim")
    console.print()
    if section.text:
        console.print(Markdown(section.text))
        console.print()
    if section.statements:
        code = "\n".join(print_syntax(s) for s in section.statements)
        console.print(Syntax(code, "prolog", word_wrap=True, background_color="default"))
        console.print()
    console.print(f"{section.span.file}:{section.span.line}", style="dim")
    console.print()
