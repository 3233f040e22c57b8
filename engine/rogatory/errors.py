"""Diagnostics: what went wrong, where, and what to do about it.

A diagnostic is a value with a stable code; an exception only carries diagnostics. Every
exception that leaves the package is a :class:`RogatoryError`.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from rogatory.source import Span

ERROR_CODES: Mapping[str, str] = {
    # the language
    "syntax_error": "The text does not follow the grammar of the rule language.",
    "arity_mismatch": "A predicate is used with another number of arguments than before.",
    "unknown_predicate": "A predicate is neither declared nor defined nor supplied.",
    "unknown_constant": "A constant is not a member of the domain that its place requires.",
    "unknown_type": "A declaration names a type that is neither built in nor a domain.",
    "type_mismatch": "A term of one type stands where another type is required.",
    "unbound_variable": "A variable is not bound by a positive literal of the body.",
    "cyclic_negation": "A predicate depends on its own negation.",
    "duplicate_declaration": "A predicate, domain or reading is declared twice.",
    "input_redefined": "A rule concludes a predicate that was declared as an input.",
    "missing_sentence": "A declared predicate has no sentence, or the sentence has a wrong slot.",
    "open_number_join": "A number that may be unknown is joined or counted with, not compared.",
    "bad_fact": "A fact handed in from outside has a wrong shape, type or predicate.",
    "evaluation_limit": "The evaluation derived more facts than its limit allows.",
    # the rule base
    "rule_outside_provision": "A rule stands in a section that is not a provision.",
    "duplicate_pinpoint": "Two sections have the same pinpoint.",
    "dangling_reference": "A reference names a provision, instrument or file that does not exist.",
    "bad_metadata": "The metadata table of a provision lacks a row or has an unknown value.",
    "bad_registry": "A row of a CSV table does not fit the predicate that it fills.",
    "bad_annotation": "The request schema maps a property to a fact that the rules do not know.",
    "rules_not_found": "The folder of rules is missing, empty or unreadable.",
    # warnings about the rule base
    "unused_predicate": "A predicate is declared but no rule, output or annotation uses it.",
    "dead_rule": "A rule can never fire.",
    "untested_ground": "No fixture exercises this ground.",
    # requests, scenarios, decisions
    "invalid_json": "The input is not JSON.",
    "invalid_request": "A request, scenario or other document does not fit its schema.",
    "unknown_reading": "A request sets a reading or an alternative that the rules do not declare.",
    "unreadable_file": "A file cannot be read or written.",
    "failed_fixture": "A golden case does not give the expected decision.",
    "bad_proof": "A step of a decision's proof does not hold.",
    "internal_error": "The engine broke one of its own promises.",
}
"""Every code that a diagnostic can carry, with its meaning. docs/errors/ has a page for each."""


@frozen
class Diagnostic:
    """One finding about a program, a rule base or a document.

    ``place`` is ``file:line:column`` for texts and a JSON path for documents.
    """

    code: str
    message: str
    place: str = ""
    hint: str = ""
    span: Span | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.code not in ERROR_CODES:
            raise ValueError(f"unregistered diagnostic code {self.code!r}")

    def to_dict(self) -> dict[str, Any]:
        """The diagnostic as plain JSON data (``problem.schema.json``)."""
        data: dict[str, Any] = {"code": self.code, "message": self.message, "place": self.place}
        if self.hint:
            data["hint"] = self.hint
        if self.notes:
            data["notes"] = list(self.notes)
        return data

    def __str__(self) -> str:
        text = f"{self.place}: " if self.place else ""
        text += f"{self.code}: {self.message}"
        for note in self.notes:
            text += f"\n  {note}"
        return text + (f"\n  hint: {self.hint}" if self.hint else "")


def at(
    code: str, message: str, span: Span, hint: str = "", notes: Iterable[str] = ()
) -> Diagnostic:
    """A diagnostic that stands at a place in a text."""
    return Diagnostic(code, message, str(span), hint, span, tuple(notes))


class RogatoryError(Exception):
    """Base of all errors of this package.

    ``code`` is the code of the first diagnostic, ``diagnostics`` holds all of them, sorted
    by place.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=_order))
        if not self.diagnostics:
            raise ValueError("an error needs a diagnostic")
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    @property
    def code(self) -> str:
        """The stable code of the first diagnostic."""
        return self.diagnostics[0].code

    def to_dict(self) -> dict[str, Any]:
        """The error as plain JSON data (``problem.schema.json``)."""
        return {"problems": [d.to_dict() for d in self.diagnostics]}

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.diagnostics,))


class ProgramError(RogatoryError):
    """A program or a rule base is not well formed."""


class EvaluationError(RogatoryError):
    """A checked program could not be evaluated on the facts given."""


class DocumentError(RogatoryError):
    """A request, scenario, decision or other document is not valid."""


class FileError(RogatoryError):
    """A file cannot be read or written."""


def _order(diagnostic: Diagnostic) -> tuple[Any, ...]:
    span = diagnostic.span
    return (span.file, span.line, span.column) if span else (diagnostic.place, 0, 0)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or an empty text."""
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""
