"""From a request to a case: facts stated, facts denied, and open questions.

The plan comes from the annotations of the request schema; this module walks a document along it.
What is left out becomes a question, or, for closed predicates, nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from attrs import frozen

from rogatory.annotations import NOT_APPLICABLE, UNKNOWN, Intake, Node, Spec
from rogatory.errors import Diagnostic, DocumentError, did_you_mean
from rogatory.program import CheckedProgram
from rogatory.statuses import Answer, Fact, Question
from rogatory.syntax import Unknown, Value

_MISSING: Any = object()


@frozen
class Stated:
    """A fact that the request states, and where: ``origin`` is request, assumption or reading."""

    fact: Fact
    path: str
    origin: str


@frozen
class Asked:
    """An open question with its wording and, for a number, its unit."""

    question: Question
    text: str
    unit: str = ""


@frozen
class Case:
    """What a request amounts to: facts stated, facts denied, and open questions.

    ``denied`` maps atoms that the request says do not hold to the path that says so.
    ``labels`` names entities for people, by kind and id.
    """

    stated: tuple[Stated, ...]
    denied: Mapping[Fact, str]
    asked: tuple[Asked, ...]
    items: tuple[str, ...]
    labels: Mapping[tuple[str, str], str]


def read_case(intake: Intake, program: CheckedProgram, document: Mapping[str, Any]) -> Case:
    """The facts and questions of a request that fits its schema.

    Raises:
        DocumentError: for a reference, reading or member of a domain that does not exist.
    """
    return _Reader(intake, program, document).case()


class _Reader:
    """Reads one document. Lives for one call."""

    def __init__(
        self, intake: Intake, program: CheckedProgram, document: Mapping[str, Any]
    ) -> None:
        self._intake = intake
        self._program = program
        self._document = document
        self._stated: list[Stated] = []
        self._denied: dict[Fact, str] = {}
        self._open: list[tuple[str, Spec, Mapping[str, str]]] = []
        self._readings: dict[str, str] = {}
        self._entities: dict[str, list[str]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._links: dict[tuple[str, str], tuple[list[str], str]] = {}
        self._found: list[Diagnostic] = []

    def case(self) -> Case:
        self._name_entities(self._intake.root, self._document)
        self._walk(self._intake.root, self._document, "$", {}, "request")
        items = self._items()
        if self._found:
            raise DocumentError(self._found)
        stated = list(dict.fromkeys(self._stated))
        known = {s.fact for s in stated}
        spread = sum(s.kind == "number" for _, s, _ in self._open) if self._intake.wide else 1
        marks = {*self._intake.constants, *(v for f in known for v in f[1] if isinstance(v, int))}
        asked = [a for o in self._open for a in self._ask(*o, known, marks, max(spread, 1))]
        asked += self._ask_readings()
        stated += [
            Stated(self._number_fact(one), one.question.id, "unknown")
            for one in asked
            if one.question.unknown is not None
        ]
        denied = {f: p for f, p in self._denied.items() if f not in known}
        return Case(
            tuple(stated),
            MappingProxyType(denied),
            tuple(asked),
            tuple(items),
            MappingProxyType(self._labels),
        )

    # entities

    def _name_entities(self, node: Node, document: Any) -> None:
        for key, child in node.properties:
            if not child.entity:
                continue
            given = document.get(key, _MISSING)
            count = 1 if given is _MISSING else len(given)
            names: list[str] = []
            for index in range(count):
                entry = {} if given is _MISSING else given[index]
                name = entry.get("id", f"{child.entity}{index + 1}")
                if name in names:
                    hint = "give each its own id, different from the names made up for the others"
                    self._fault(f"`{name}` is used twice", f"$.{key}[{index}].id", hint)
                names.append(name)
                text = entry.get("description", "")
                self._labels[child.entity, name] = (
                    f"the {child.entity}"
                    if count == 1
                    else (f"{child.entity} {name}" + (f" ({text})" if text else ""))
                )
            self._entities[child.entity] = names

    def _items(self) -> list[str]:
        order = self._intake.item_order
        if "item" not in self._program.signatures or not order:
            return []
        names: list[str] = []
        owner = self._intake.item_owner
        combinations: list[dict[str, str]] = []
        for one in self._entities.get(owner, ()):
            pools = []
            for kind in order:
                if kind == owner:
                    pools.append([one])
                    continue
                chosen, path = self._links.get((one, kind), (self._entities[kind], ""))
                for index, name in enumerate(chosen):
                    if name not in self._entities[kind]:
                        hint = did_you_mean(name, self._entities[kind])
                        message = f"there is no {kind} `{name}`"
                        self._fault(message, f"{path}[{index}]", hint)
                pools.append(list(chosen) or [""])
            combinations += [
                {k: v for k, v in zip(order, c, strict=True) if v} for c in product(*pools)
            ]
        if len(combinations) > self._intake.item_limit:
            message = f"the request has {len(combinations)} items (measure, evidence, offence)"
            hint = f"a request may have {self._intake.item_limit}; link measures to their evidence"
            self._fault(message, "$.measures", hint)
            return []
        for parts in combinations:
            name = "/".join(parts.values())
            names.append(name)
            self._labels["item", name] = "the request" if len(combinations) == 1 else f"item {name}"
            self._state(("item", (name,)), "$", "request")
            for kind, part in parts.items():
                self._state((f"item_{kind}", (name, part)), "$", "request")
        return names

    # walking

    def _walk(
        self, node: Node, value: Any, path: str, scope: Mapping[str, str], origin: str
    ) -> None:
        origin = node.origin or origin
        if node.spec is not None:
            self._value(node.spec, value, path, scope, origin)
        if node.readings and value is not _MISSING:
            self._take_readings(value, path)
        if node.entity and node.items is not None:
            entries = [_MISSING] if value is _MISSING else value
            for index, name in enumerate(self._entities[node.entity]):
                inner = {**scope, f"${node.entity}": name}
                place = f"{path}[{index}]"
                self._walk(node.items, entries[index], place, inner, origin)
            return
        if node.items is not None and value is not _MISSING:
            for index, entry in enumerate(value):
                self._walk(node.items, entry, f"{path}[{index}]", scope, origin)
        fields = value if isinstance(value, Mapping) else {}
        for key, child in node.properties:
            inner = {**scope, "$key": key, "$parent": scope.get("$key", "")}
            self._walk(child, fields.get(key, _MISSING), f"{path}.{key}", inner, origin)

    def _value(
        self, spec: Spec, value: Any, path: str, scope: Mapping[str, str], origin: str
    ) -> None:
        if value is _MISSING or value == UNKNOWN:
            if spec.asked:
                self._open.append((path, spec, scope))
            return
        if value == NOT_APPLICABLE:
            self._deny(spec, (), path, scope)
            return
        match spec.kind:
            case "boolean":
                if value is True:
                    self._state(self._fact(spec, scope), path, origin)
                else:
                    self._deny(spec, (), path, scope)
            case "choice":
                self._state(self._fact(spec, scope, value), path, origin)
                self._deny(spec, [c for c in spec.choices if c != value], path, scope)
            case "set":
                for index, entry in enumerate(value):
                    self._state(self._fact(spec, scope, entry), f"{path}[{index}]", origin)
                others = spec.choices if not spec.over else self._over(spec)
                self._deny(spec, [c for c in others if c not in value], path, scope)
            case "number" | "level":
                number = spec.values[value] if isinstance(value, str) else int(value)
                self._state(self._fact(spec, scope, number), path, origin)
                for predicate, terms in spec.implies:
                    row = tuple(self._term(t, scope, None) for t in terms)
                    self._state((predicate, row), path, origin)
            case "object":
                fields = {f"$.{k}": v for k, v in value.items()}
                self._state(self._fact(spec, {**scope, **fields}), path, origin)
            case "date":
                day = datetime.date.fromisoformat(value)
                self._state(self._fact(spec, scope, day), path, origin)
            case "references":
                one = scope[f"${self._intake.item_owner}"]
                self._links[one, spec.entity] = (value, path)
            case _:
                self._state(self._fact(spec, scope, value), path, origin)

    def _over(self, spec: Spec) -> list[str]:
        return list(dict.fromkeys(self._document[p.removeprefix("$/")] for p in spec.over))

    def _fact(self, spec: Spec, scope: Mapping[str, str], value: Value | None = None) -> Fact:
        return spec.predicate, tuple(self._term(t, scope, value) for t in spec.terms)

    def _term(self, term: str, scope: Mapping[str, str], value: Value | None) -> Value:
        if term == "$value":
            assert value is not None
            return value
        return scope[term] if term.startswith("$") else term

    def _state(self, fact: Fact, path: str, origin: str) -> None:
        signature = self._program.signatures[fact[0]]
        for index, value in enumerate(fact[1]):
            domain = self._program.domains.get(signature.type_of(index) or "")
            if domain and domain.members and value not in domain.members:
                hint = did_you_mean(str(value), domain.members)
                self._fault(f"`{value}` is not a known {domain.name}", path, hint)
        self._stated.append(Stated(fact, path, origin))

    def _deny(
        self, spec: Spec, values: Iterable[Value], path: str, scope: Mapping[str, str]
    ) -> None:
        if "$value" not in spec.terms:
            self._denied[self._fact(spec, scope)] = path
        for value in values:
            self._denied[self._fact(spec, scope, value)] = path

    def _fault(self, message: str, path: str, hint: str = "") -> None:
        self._found.append(Diagnostic("invalid_request", message, path, hint))

    # questions

    def _ask(
        self,
        path: str,
        spec: Spec,
        scope: Mapping[str, str],
        known: set[Fact],
        marks: set[int],
        spread: int,
    ) -> Iterator[Asked]:
        match spec.kind:
            case "boolean":
                fact = self._fact(spec, scope)
                if fact not in known:  # another property may imply it
                    yield self._yes_no(path, spec, scope, fact)
            case "choice":
                answers = tuple(Answer(c, (self._fact(spec, scope, c),)) for c in spec.choices)
                yield Asked(Question(path, answers), self._text(spec, scope))
            case "set":
                for choice in self._over(spec) if spec.over else spec.choices:
                    fact = self._fact(spec, scope, choice)
                    if fact not in known:
                        yield self._yes_no(f"{path}[{choice}]", spec, scope, fact, choice)
            case "level":
                numbers = tuple(Answer(k, value=v) for k, v in spec.values.items())
                yield Asked(Question(path, numbers, Unknown(path)), self._text(spec, scope))
            case "number":
                implied = {
                    (p, tuple(self._term(t, scope, None) for t in ts)) for p, ts in spec.implies
                }
                if implied & self._denied.keys():
                    return  # what the request denies cannot have a number
                near = {m + d for m in marks for d in range(-spread, spread + 1)}
                chosen = sorted(
                    n for n in {*near, spec.low, spec.high} if spec.low <= n <= spec.high
                )
                labelled = [Answer(n, value=n) for n in chosen]
                labelled += [Answer(k, value=v) for k, v in spec.values.items()]
                question = Question(path, tuple(labelled), Unknown(path))
                yield Asked(question, self._text(spec, scope), spec.unit)

    def _yes_no(
        self, path: str, spec: Spec, scope: Mapping[str, str], fact: Fact, value: str = ""
    ) -> Asked:
        answers = (Answer(True, (fact,)), Answer(False))
        return Asked(Question(path, answers), self._text(spec, scope, value))

    def _text(self, spec: Spec, scope: Mapping[str, str], value: str = "") -> str:
        labels = {
            "parent": self._label(scope.get("$parent", "")),
            "key": self._label(scope.get("$key", "")),
            "value": self._label(value),
        }
        text = spec.ask
        for name, label in labels.items():
            text = text.replace("{" + name + "}", label)
        several = [
            scope[f"${kind}"]
            for kind, names in self._entities.items()
            if len(names) > 1 and f"${kind}" in scope
        ]
        return text + (f" ({', '.join(several)})" if several else "")

    def _label(self, word: str) -> str:
        if word in self._intake.states:
            return self._intake.states[word]
        for domain in self._program.domains.values():
            if word in domain.members:
                return domain.labels[domain.members.index(word)]
        return word.replace("_", " ")

    def _number_fact(self, asked: Asked) -> Fact:
        path, unknown = asked.question.id, asked.question.unknown
        spec, scope = next((s, c) for p, s, c in self._open if p == path)
        return self._fact(spec, scope, unknown)

    # readings

    def _take_readings(self, given: Mapping[str, str], path: str) -> None:
        for name, alternative in given.items():
            reading = self._program.readings.get(name)
            place = f"{path}.{name}"
            if reading is None:
                hint = did_you_mean(name, self._program.readings)
                message = f"there is no reading `{name}`"
                self._found.append(Diagnostic("unknown_reading", message, place, hint))
            elif alternative not in reading.alternatives:
                hint = did_you_mean(alternative, reading.alternatives)
                hint = hint or f"the alternatives are {', '.join(reading.alternatives)}"
                message = f"`{alternative}` is not an alternative of the reading `{name}`"
                self._found.append(Diagnostic("unknown_reading", message, place, hint))
            else:
                self._readings[name] = alternative
                self._stated.append(Stated(("reading", (name, alternative)), place, "reading"))
                for other in reading.alternatives:
                    if other != alternative:
                        self._denied["reading", (name, other)] = place

    def _ask_readings(self) -> Iterator[Asked]:
        for name, reading in self._program.readings.items():
            if name not in self._readings:
                answers = tuple(Answer(a, (("reading", (name, a)),)) for a in reading.alternatives)
                yield Asked(Question(f"$.readings.{name}", answers), reading.question)
