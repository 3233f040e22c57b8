"""Plain English: sentences for atoms, from the templates beside their declarations.

Three wordings are kept apart: what is *false* (denied, or excluded by the rules), what is
*not shown* (a closed predicate of which nothing is recorded), and what is *unknown*.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from rogatory.printer import print_value
from rogatory.rulebase import RuleBase
from rogatory.statuses import ESTABLISHED, OPEN
from rogatory.syntax import Unknown, Value


@frozen
class Phrasebook:
    """Words for one rule base and one case; ``labels`` names its entities, by kind and id."""

    rules: RuleBase
    labels: Mapping[tuple[str, str], str]

    def sentence(
        self, predicate: str, arguments: tuple[Value | None, ...], status: str, shown: bool = True
    ) -> str:
        """The sentence for an atom of the given status; None stands for any value.

        ``shown`` is False for a closed predicate of which simply nothing is recorded.
        """
        signature = self.rules.program.signatures[predicate]
        declaration = signature.declaration
        if declaration is None:
            text = ", ".join(self.value(v, None) for v in arguments)
            return f"{predicate}({text})"
        if predicate == "reading":
            names, kinds = ("name", "alternative"), ("", "")
        else:
            names = tuple(a.name for a in declaration.arguments)  # type: ignore[assignment]
            kinds = tuple(a.type for a in declaration.arguments)  # type: ignore[assignment]
        words = {
            name: self._argument(predicate, index, value, kind)
            for index, (name, value, kind) in enumerate(zip(names, arguments, kinds, strict=True))
        }
        if None in arguments:
            return self._none(declaration.sentence, kinds, arguments, words)
        if status == ESTABLISHED:
            return _fill(declaration.sentence, words)
        if status == OPEN:
            return "it is not known whether " + _fill(declaration.sentence, words)
        if not shown:
            return "nothing shows that " + _fill(declaration.sentence, words)
        if declaration.denial:
            return _fill(declaration.denial, words)
        return "it is not so that " + _fill(declaration.sentence, words)

    def _none(
        self,
        sentence: str,
        kinds: Sequence[str],
        arguments: Sequence[Value | None],
        words: Mapping[str, str],
    ) -> str:
        """The sentence that nothing fits a pattern."""
        missing = [
            kind.replace("_", " ") for kind, v in zip(kinds, arguments, strict=True) if v is None
        ]
        return f"it holds of no {' and no '.join(missing)} that {_fill(sentence, words)}"

    def value(self, value: Value | None, kind: str | None) -> str:
        """A value in words, given the type of its place."""
        if value is None:
            return "any"
        if isinstance(value, Unknown):
            return "unknown"
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, int):
            return str(value)
        if kind == "state":
            return self.rules.intake.states.get(value, value)
        if kind == "instrument" and value in self.rules.sections:
            return self.rules.sections[value].metadata["short"]
        if kind is not None and (kind, value) in self.labels:
            return self.labels[kind, value]
        domain = self.rules.program.domains.get(kind or "")
        if domain and value in domain.members:
            return domain.labels[domain.members.index(value)]
        return value.replace("_", " ") if kind in (None, "", "symbol") else value

    def _argument(self, predicate: str, index: int, value: Value | None, kind: str) -> str:
        if value is None:
            return "it"
        if predicate == "reading" and isinstance(value, str):
            return self._reading(value, index)
        if isinstance(value, int):
            unit, names = self.rules.intake.units.get((predicate, index), ("", {}))
            if value in names:
                return names[value].replace("_", " ")
            return f"{value} {unit}".strip()
        return self.value(value, kind)

    def _reading(self, word: str, index: int) -> str:
        for reading in self.rules.program.readings.values():
            if index == 0 and reading.name == word:
                return f"`{word}`"
            if index == 1 and word in reading.alternatives:
                return f"`{word}`"
        return print_value(word)


@lru_cache(maxsize=1024)
def _parts(template: str) -> tuple[str, ...]:
    return tuple(re.split(r"\{(\w+)\}", template))


def _fill(template: str, words: Mapping[str, str]) -> str:
    parts = _parts(template)
    return "".join(words[p] if i % 2 else p for i, p in enumerate(parts))
