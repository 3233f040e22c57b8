"""Golden cases: folders with a request, an expected decision and a note.

``expected.json`` names the outcome, grounds, duties, open questions and readings, never the
outcome alone. A case may have a ``scenario.json``. ``note.md`` says in a few lines what the case
shows. Adding a case needs no Python.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from rogatory.documents import parse_json, validate
from rogatory.errors import Diagnostic, FileError, RogatoryError
from rogatory.rulebase import RuleBase

REQUEST, SCENARIO, EXPECTED = "request.json", "scenario.json", "expected.json"


@frozen
class Result:
    """How one case went: no difference and no error means that it passed."""

    name: str
    difference: str = ""
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the decision is the expected one."""
        return not self.difference and not self.error

    def diagnostic(self) -> Diagnostic:
        """What is wrong with a case that failed."""
        message = "the decision is not the expected one" if self.difference else "no decision"
        notes = tuple((self.difference or self.error).splitlines())
        hint = "if the new decision is right, write it with --accept and read the diff"
        return Diagnostic("failed_fixture", message, self.name, hint, notes=notes)


def find_cases(folder: Path) -> list[Path]:
    """The folders at or below a folder that hold a request, sorted.

    Raises:
        FileError: ``unreadable_file`` if there is none.
    """
    found = sorted(p.parent for p in folder.rglob(REQUEST))
    if not found:
        message = f"there is no golden case under `{folder}`"
        hint = f"a case is a folder with {REQUEST} and {EXPECTED}"
        raise FileError([Diagnostic("unreadable_file", message, str(folder), hint)])
    return found


def summary(decision: Mapping[str, Any]) -> dict[str, Any]:
    """What a golden case pins of a decision: short, a line a fact."""
    items = {}
    for item in decision["items"]:
        position = item["position"]
        entry: dict[str, Any] = {
            "outcome": item["outcome"]["value"],
            "position": _position(position),
            "must_refuse": item["must_refuse"],
            "conflict": item["conflict"],
            "applies": {o["instrument"]: o["status"] for o in item["obligations"]},
            "obliges": {o["instrument"]: o["stands"] for o in item["obligations"]},
            "grounds": {g["provision"]: g["status"] for g in item["grounds"]},
            "exits": {
                o["instrument"]: sorted(e["provision"] for e in o["exits"])
                for o in item["obligations"]
            },
            "duties": [f"{d['provision']} {d['duty']}: {d['status']}" for d in item["duties"]]
            + [
                f"{d['provision']} {d['duty']} for {g['provision']}: {d['status']}"
                for g in item["grounds"]
                for d in g["duties"]
            ],
            "barred": [
                f"{b['provision']} {b['atom'][2]}: {b['status']}" for b in item["barred_grounds"]
            ],
            "gaps": [f"{g['atom'][2]}: {g['status']}" for g in item["gaps"]],
        }
        if "in_every_case" in item["outcome"]:
            entry["in_every_case"] = item["outcome"]["in_every_case"]
        items[item["id"]] = entry
    return {
        "outcome": decision["outcome"],
        "items": items,
        "jurisdiction": [
            f"{c['atom'][1]} {' '.join(map(str, c['atom'][2:]))}: {c['status']}"
            for c in decision["conclusions"]
            if c["atom"][0] == "jurisdiction"
        ],
        "turns_on": [q["question"] for q in decision["open_questions"] if q["decides_outcome_of"]],
        "readings": {r["reading"]: r["chosen"] for r in decision["readings"]},
        "unverified": next(
            (w["about"] for w in decision["warnings"] if w["warning"] == "unverified_provisions"),
            [],
        ),
    }


def _position(position: Mapping[str, Any]) -> str:
    if position["determined"]:
        return f"{position['value']}: {position['basis']}"
    possible = sorted(f"{p['value']}: {p['basis']}" for p in position["possible"])
    return "open: " + " | ".join(possible)


def run_case(folder: Path, rules: RuleBase, *, accept: bool = False) -> Result:
    """Decide one case and compare it; with ``accept``, write what came out as expected."""
    name = folder.as_posix()
    try:
        request = _read(folder / REQUEST)
        scenario = _read(folder / SCENARIO) if (folder / SCENARIO).exists() else None
        found = summary(rules.decide(request, scenario).document)
        path = folder / EXPECTED
        if accept:
            path.write_text(_text(found), encoding="utf-8")
            return Result(name)
        expected = _read(path)
        validate(expected, "case")
    except RogatoryError as error:
        return Result(name, error=str(error))
    return Result(name, "\n".join(_difference(expected, found)))


def _difference(expected: Any, found: Any) -> Iterator[str]:
    yield from difflib.unified_diff(
        _text(expected).splitlines(),
        _text(found).splitlines(),
        "expected",
        "decided",
        n=2,
        lineterm="",
    )


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _read(path: Path) -> Any:
    try:
        return parse_json(path.read_bytes(), str(path))
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise FileError([Diagnostic("unreadable_file", message, str(path))]) from None
