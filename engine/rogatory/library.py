"""What ships with the package: the law and the schemas, through importlib.resources only."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rogatory.errors import Diagnostic, ProgramError

SCHEMAS = ("request", "decision", "scenario", "problem", "provision", "case")
"""The names of the schemas that ship with the package."""


def packaged_rules() -> Traversable:
    """The folder of the packaged law."""
    return files("rogatory.rules")


@cache
def schema(name: str) -> Any:
    """A packaged JSON Schema as data; do not change it.

    Raises:
        KeyError: if there is no schema of that name.
    """
    if name not in SCHEMAS:
        raise KeyError(name)
    return json.loads(schema_text(name))


def schema_text(name: str) -> str:
    """The text of a packaged JSON Schema."""
    return files("rogatory.schemas").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")


def rule_files(folder: Traversable | Path) -> list[tuple[str, str]]:
    """The Markdown and CSV files of a rule base: (relative path, text), sorted by path.

    Only files in sub-folders count, one folder an instrument; what lies at the top explains the
    rule base to its readers.

    Raises:
        ProgramError: ``rules_not_found`` if a file cannot be read.
    """
    found = []
    for sub in folder.iterdir():
        if sub.is_dir() and not sub.name.startswith(("_", ".")):
            chosen = (i for i in sub.iterdir() if i.name.endswith((".md", ".csv")))
            found += [(f"{sub.name}/{item.name}", _text(item)) for item in chosen]
    return sorted(found)


def _text(item: Traversable | Path) -> str:
    try:
        return item.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file `{item.name}` cannot be read: {error}"
        hint = "rules are UTF-8 text"
        raise ProgramError([Diagnostic("rules_not_found", message, item.name, hint)]) from None
