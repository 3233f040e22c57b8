"""The rule base: literate law, registries and the request's mapping to facts, all checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from rogatory import library
from rogatory.annotations import Intake, plan_intake
from rogatory.checks import check
from rogatory.errors import Diagnostic, ProgramError, at, did_you_mean
from rogatory.kleene import Doubled, double, uncertain
from rogatory.literate import Section, scan_sections
from rogatory.program import CheckedProgram, Evaluator, Signature
from rogatory.registry import Entry, read_registry
from rogatory.statuses import Fact
from rogatory.syntax import Domain, Row, Rule, Statement, Value

if TYPE_CHECKING:
    from rogatory.decision import Decision
    from rogatory.request import Request, Scenario

LOADED = ("provision_of", "within", "gated_by")
"""Predicates that the loader fills from the sections, if the rules declare them."""


@frozen
class RuleBase:
    """A checked rule base: immutable, hashable by ``digest``, safe to share between threads.

    ``sections`` are keyed by pinpoint, instruments included; ``citations[i]`` is the pinpoint of
    rule ``i`` of ``program``; ``entries`` are the rows of the registries, ``tables`` the predicates
    that registries fill, empty ones included.
    """

    program: CheckedProgram = field(repr=False)
    doubled: Doubled = field(repr=False)
    sections: Mapping[str, Section] = field(repr=False)
    citations: tuple[str, ...] = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    tables: frozenset[str] = field(repr=False)
    facts: tuple[Fact, ...] = field(repr=False)
    intake: Intake = field(repr=False)
    digest: str

    @classmethod
    def default(cls) -> RuleBase:
        """The packaged law; loaded once per process."""
        return _default()

    @classmethod
    def load(cls, path: str | Path | Traversable) -> RuleBase:
        """Load and check a folder of rules.

        Raises:
            ProgramError: with every fault of the rules, sorted by place.
        """
        folder = Path(path) if isinstance(path, str) else path
        if not folder.is_dir():
            message = f"there is no folder of rules at `{folder}`"
            raise ProgramError([Diagnostic("rules_not_found", message, str(folder))])
        files = library.rule_files(folder)
        if not files:
            message = f"the folder `{folder}` holds no rules"
            hint = "rules lie in one sub-folder for each instrument, as Markdown files"
            raise ProgramError([Diagnostic("rules_not_found", message, str(folder), hint)])
        return _assemble(files)

    @property
    def provisions(self) -> tuple[Section, ...]:
        """The sections that are provisions, in the order of their files."""
        return tuple(s for s in self.sections.values() if s.is_provision)

    def entries_about(self, values: Iterable[Value]) -> tuple[Entry, ...]:
        """The rows of the registries whose States are all among the values given.

        Rows about States that a request does not mention are not loaded for it; no rule can
        therefore quantify over all States of the world.
        """
        mentioned = set(values)
        return tuple(
            e
            for e in self.entries
            if all(
                value in mentioned
                for index, value in enumerate(e.fact[1])
                if self.program.signatures[e.fact[0]].type_of(index) == "state"
            )
        )

    def decide(
        self,
        request: Mapping[str, Any] | Request,
        scenario: Mapping[str, Any] | Scenario | None = None,
        evaluator: Evaluator | None = None,
    ) -> Decision:
        """Decide a request under this rule base.

        Args:
            request: JSON data that fits the request schema, or a checked request.
            scenario: JSON data that fits the scenario schema; laid over the request.
            evaluator: pyDatalog if not given.

        Raises:
            DocumentError: if the request or the scenario is not valid.
        """
        from rogatory.decision import decide  # noqa: PLC0415  # decide needs a RuleBase

        return decide(self, request, scenario, evaluator)


@lru_cache(maxsize=1)
def _default() -> RuleBase:
    return RuleBase.load(library.packaged_rules())


def _assemble(files: Sequence[tuple[str, str]]) -> RuleBase:
    found: list[Diagnostic] = []
    parts: list[Section] = []
    for name, text in files:
        if name.endswith(".md"):
            read, faults = scan_sections(text, name)
            parts += read
            found += faults
    sections = _sections(parts, found)
    found += _metadata(sections)
    found += _references(sections)
    if any(d.code == "syntax_error" for d in found):
        raise ProgramError(found)  # what could not be read would be missed everywhere else
    statements = [*_domains(sections), *(s for part in parts for s in part.statements)]
    citations = [part.pinpoint for part in parts for s in part.statements if isinstance(s, Rule)]
    try:
        program = check(statements)
    except ProgramError as error:
        raise ProgramError([*found, *error.diagnostics]) from None
    found += _effects(sections)
    entries: list[Entry] = []
    tables: set[str] = set()
    for name, text in files:
        if name.endswith(".csv"):
            stem = name.rpartition("/")[2].removesuffix(".csv")
            tables.add(stem)
            try:
                entries += read_registry(text, name, stem, program.signatures, program.domains)
            except ProgramError as error:
                found += error.diagnostics
    intake: Intake | None = None
    try:
        intake = plan_intake(library.schema("request"), program)
    except ProgramError as error:
        found += error.diagnostics
    if found or intake is None:
        raise ProgramError(found)
    loaded = tuple(_loaded(sections, program.signatures))
    unknown = {s.predicate for s in program.signatures.values() if s.kind == "open"}
    unknown |= {e.fact[0] for e in entries if e.status == "unconfirmed" or e.unknowns}
    fixed: dict[str, list[Row]] = {p: [] for p in LOADED if p in program.signatures}
    for predicate, row in loaded:
        fixed[predicate].append(row)
    doubled = double(program, uncertain(program, unknown), fixed)
    return RuleBase(
        program,
        doubled,
        MappingProxyType(sections),
        tuple(citations),
        tuple(entries),
        frozenset(tables),
        loaded,
        intake,
        _digest(files),
    )


def _digest(files: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over the paths and contents of all files, and of the request's mapping to facts."""
    total = hashlib.sha256()
    for name, text in [*files, ("request.schema.json", library.schema_text("request"))]:
        for part in (name, text):
            data = part.encode()
            total.update(len(data).to_bytes(8, "big"))
            total.update(data)
    return "sha256:" + total.hexdigest()


def _sections(parts: Sequence[Section], found: list[Diagnostic]) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    for part in parts:
        if not part.pinpoint:
            continue
        if part.pinpoint in sections:
            message = f"`{part.pinpoint}` is the pinpoint of a second section"
            notes = [f"first used at {sections[part.pinpoint].span}"]
            found.append(at("duplicate_pinpoint", message, part.span, notes=notes))
        sections.setdefault(part.pinpoint, part)
    return sections


def _metadata(sections: Mapping[str, Section]) -> Iterator[Diagnostic]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to import

    whole = library.schema("provision")
    parts = {
        kind: Draft202012Validator({**whole, "oneOf": [{"$ref": f"#/$defs/{kind}"}]})
        for kind in ("provision", "instrument")
    }
    for section in sections.values():
        validator = parts["provision" if section.is_provision else "instrument"]
        for error in validator.iter_errors(dict(section.metadata)):
            for cause in error.context or [error]:
                word = str(cause.instance) if isinstance(cause.instance, str) else ""
                choices = cause.schema.get("enum", ()) if isinstance(cause.schema, dict) else ()
                message = f"the table of `{section.pinpoint}`: {cause.message}"
                yield at("bad_metadata", message, section.span, did_you_mean(word, choices))


def _references(sections: Mapping[str, Section]) -> Iterator[Diagnostic]:
    for section in sections.values():
        references = list(section.references)
        if section.is_provision and section.instrument not in sections:
            references.append((section.instrument, section.span))
        if "gated by" in section.metadata:
            references.append((section.metadata["gated by"], section.span))
        for name, span in dict(reversed(references)).items():
            if name != section.pinpoint and name not in sections:
                others = [s for s in sections if name != section.instrument or "/" not in s]
                hint = did_you_mean(name, others)
                yield at("dangling_reference", f"there is no section `{name}`", span, hint)


def _domains(sections: Mapping[str, Section]) -> Iterator[Statement]:
    """The types `provision` and `instrument`, whose members are the sections."""
    for name, wanted in (("provision", True), ("instrument", False)):
        chosen = [s for s in sections.values() if s.is_provision is wanted]
        labels = tuple(s.pinpoint if wanted else s.metadata.get("title", s.title) for s in chosen)
        yield Domain(name, tuple(s.pinpoint for s in chosen), labels)


def _effects(sections: Mapping[str, Section]) -> Iterator[Diagnostic]:
    """A section that concludes an effect for itself has that effect in its table."""
    for section in sections.values():
        heads = {
            rule.head.predicate
            for rule in section.rules
            if rule.head.terms and getattr(rule.head.terms[0], "value", None) == section.pinpoint
        }
        effect = section.metadata.get("effect", "")
        if (
            heads
            and effect not in {h.removesuffix("_with") for h in heads}
            and effect != "displaces"
        ):
            message = f"the rules of `{section.pinpoint}` do not conclude its effect `{effect}`"
            hint = f"they conclude {', '.join(sorted(heads))}"
            yield at("bad_metadata", message, section.span, hint)


def _loaded(sections: Mapping[str, Section], signatures: Mapping[str, Signature]) -> Iterator[Fact]:
    for section in sections.values():
        if not section.is_provision:
            continue
        pinpoint = section.pinpoint
        facts: list[Fact] = [("provision_of", (pinpoint, section.instrument))]
        facts += [("within", (pinpoint, larger)) for larger in enclosing(pinpoint)]
        if "gated by" in section.metadata:
            facts.append(("gated_by", (pinpoint, section.metadata["gated by"])))
        yield from (f for f in facts if f[0] in signatures)


def enclosing(pinpoint: str) -> list[str]:
    """A pinpoint and the larger units that hold it: ``a/1(2)(b)``, ``a/1(2)``, ``a/1``."""
    found = [pinpoint]
    while match := re.fullmatch(r"(.*[^/])(?:\([^()]*\)|#[^#]*)", found[-1]):
        found.append(match[1])
    return found
