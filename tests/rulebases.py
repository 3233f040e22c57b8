"""Small rule bases of one's own, written to a folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.conftest import ROOT


def documented_treaty() -> dict[str, str]:
    """The files of the example treaty in docs/rules.md, by path."""
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    pattern = r"`rules/(ad_li/[^`]+)`:\n\n(`{3,})\w+\n(.*?)\n\2\n"
    return {m[1]: m[3] + "\n" for m in re.finditer(pattern, text, re.DOTALL)}


def own_rules(folder: Path, **changed: str) -> Path:
    """A rule base in a folder: the general rules and the documented treaty, with changes.

    A change appends to `articles` or another Markdown file of the treaty.
    """
    shutil.copytree(ROOT / "rules" / "general", folder / "general")
    for name, text in documented_treaty().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + changed.get(path.stem, ""), encoding="utf-8")
    return folder


def provision(pinpoint: str, rules: str, effect: str = "defines") -> str:
    """The Markdown of a section with rules."""
    table = f"| | |\n|---|---|\n| effect | {effect} |\n| checked | unverified |\n"
    return f"\n## `{pinpoint}` A section of a test\n\n{table}\n```datalog\n{rules}\n```\n"


def line_of(path: Path, words: str) -> int:
    """The number of the first line that holds some words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line)
