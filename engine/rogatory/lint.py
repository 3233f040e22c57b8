"""Best-effort checks of a rule base: warnings, which ``--strict`` turns into errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rogatory.errors import Diagnostic, at
from rogatory.golden import REQUEST, SCENARIO, find_cases
from rogatory.request import Request, Scenario
from rogatory.rulebase import LOADED, RuleBase
from rogatory.syntax import Literal

GROUNDS = ("permits_refusal", "requires_refusal", "no_obligation", "bars_ground")
"""Effects for which a golden case is asked."""


def warnings(rules: RuleBase, fixtures: Path | None = None) -> list[Diagnostic]:
    """Unused predicates, rules that cannot fire, and grounds that no golden case exercises.

    Args:
        rules: the rule base.
        fixtures: the folder of its golden cases; without it, grounds are not looked at.

    Raises:
        FileError: if there are no golden cases in ``fixtures``.
    """
    found = [*_unused(rules), *_dead(rules), *_unmapped(rules)]
    if fixtures is not None:
        found += _untested(rules, fixtures)
    return sorted(found, key=lambda d: (d.place.partition(":")[0], d.span.line if d.span else 0))


def _unused(rules: RuleBase) -> Iterator[Diagnostic]:
    used = {c.atom.predicate for r in rules.program.rules for c in r.body if isinstance(c, Literal)}
    for name, signature in rules.program.signatures.items():
        if name not in used and signature.kind != "output" and name not in LOADED:
            message = f"nothing uses the predicate `{name}`"
            yield at("unused_predicate", message, signature.span)


def _dead(rules: RuleBase) -> Iterator[Diagnostic]:
    """Rules with a positive premise that nothing can ever supply."""
    program = rules.program
    alive = {s.predicate for s in program.signatures.values() if s.kind == "open"}
    alive |= {p for p, _ in rules.facts} | rules.tables
    alive |= set(rules.intake.predicates)
    grown = True
    while grown:
        grown = False
        for rule in program.rules:
            if rule.head.predicate not in alive and not _missing(rule.body, alive):
                alive.add(rule.head.predicate)
                grown = True
    for rule in program.rules:
        for name in _missing(rule.body, alive):
            message = f"the rule for `{rule.head.predicate}` can never fire"
            hint = f"no rule, request or registry supplies `{name}`"
            yield at("dead_rule", message, rule.span, hint)
            break


def _missing(body: tuple[object, ...], alive: set[str]) -> list[str]:
    return [
        c.atom.predicate
        for c in body
        if isinstance(c, Literal) and not c.negated and c.atom.predicate not in alive
    ]


def _unmapped(rules: RuleBase) -> Iterator[Diagnostic]:
    if rules.intake.unmapped:
        count = len(rules.intake.unmapped)
        message = f"{count} properties of requests state facts that these rules do not declare"
        yield Diagnostic("bad_annotation", message, notes=rules.intake.unmapped)


def _untested(rules: RuleBase, fixtures: Path) -> Iterator[Diagnostic]:
    exercised: set[str] = set()
    for case in find_cases(fixtures):
        request = Request.read((case / REQUEST).read_bytes())
        overlay = case / SCENARIO
        scenario = Scenario.read(overlay.read_bytes()) if overlay.exists() else None
        for node in rules.decide(request, scenario).document["proof"]:
            if node["status"] == "established":
                exercised.update(step["provision"] for step in node.get("by", ()))
    for section in rules.provisions:
        if section.metadata["effect"] in GROUNDS and section.pinpoint not in exercised:
            message = f"no golden case exercises `{section.pinpoint}`"
            yield at("untested_ground", message, section.span)
