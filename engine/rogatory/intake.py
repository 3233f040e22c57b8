"""From a request to facts, by annotations in the request's JSON Schema.

The schema says with ``x-fact`` which fact a property states; this module knows how to walk
a schema and nothing of what the properties mean. What is left out becomes a question, or,
for closed predicates, nothing. docs/schema.md describes the annotations.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from rogatory.checks import CheckedProgram, open_columns, open_variables
from rogatory.errors import Diagnostic, DocumentError, ProgramError, did_you_mean
from rogatory.statuses import Answer, Fact, Question
from rogatory.syntax import (
    Comparison,
    Constant,
    Expression,
    Literal,
    Operation,
    Unknown,
    Value,
    variables,
)

UNKNOWN, NOT_APPLICABLE = "unknown", "not_applicable"
_MISSING: Any = object()


@frozen
class Spec:
    """What one property says: the annotation ``x-fact`` with the limits of the property."""

    kind: str
    predicate: str
    terms: tuple[str, ...]
    implies: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: Mapping[str, int] = MappingProxyType({})
    choices: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    ask: str = ""
    unit: str = ""
    asked: bool = True
    entity: str = ""


@frozen
class Node:
    """A place in the schema: an object with properties, a list of entities, or a value."""

    properties: tuple[tuple[str, Node], ...] = ()
    entity: str = ""
    items: Node | None = None
    spec: Spec | None = None
    origin: str = ""
    readings: bool = False


@frozen
class Stated:
    """A fact that the request states, and where: ``origin`` is request, assumption or reading."""

    fact: Fact
    path: str
    origin: str


@frozen
class Asked:
    """An open question with its wording; ``fact`` is the atom or the pattern that it is about."""

    question: Question
    text: str
    unit: str = ""


@frozen
class Case:
    """What a request amounts to: facts stated, facts denied, and open questions.

    ``denied`` maps atoms that the request says do not hold to the path that says so.
    ``labels`` names the entities for people, ``parts`` lists items by what they consist of.
    """

    stated: tuple[Stated, ...]
    denied: Mapping[Fact, str]
    asked: tuple[Asked, ...]
    items: tuple[str, ...]
    labels: Mapping[str, str]


@frozen
class Intake:
    """The plan by which requests are turned into facts.

    ``units`` gives, for a predicate and the index of a number, its unit and the names of
    special numbers. ``predicates`` are those that requests state. ``unmapped`` lists properties whose predicates the rules do not declare.
    """

    root: Node = field(repr=False)
    item_order: tuple[str, ...]
    item_owner: str
    item_limit: int
    states: Mapping[str, str] = field(repr=False)
    unmapped: tuple[str, ...]
    predicates: frozenset[str] = field(repr=False)
    units: Mapping[tuple[str, int], tuple[str, Mapping[int, str]]] = field(repr=False)
    _program: CheckedProgram = field(repr=False)
    constants: tuple[int, ...] = field(repr=False)
    _wide: bool = False

    def read(self, document: Mapping[str, Any]) -> Case:
        """The facts and questions of a request that fits its schema.

        Raises:
            DocumentError: for a reference, reading or member of a domain that does not exist.
        """
        reader = _Reader(self, self._program, document)
        return reader.case(self.constants, self._wide)


def plan_intake(schema: Mapping[str, Any], program: CheckedProgram) -> Intake:
    """Compile the annotations of a request schema.

    Annotations of predicates that the rules do not declare are listed as ``unmapped``.

    Raises:
        ProgramError: ``bad_annotation`` for annotations that do not fit the declarations.
    """
    planner = _Planner(schema, program)
    root = planner.node(schema, "$")
    if planner.found:
        raise ProgramError(planner.found)
    config = schema.get("x-items", {})
    states = schema.get("$defs", {}).get("state", {}).get("x-labels", {})
    columns = open_columns(program.rules, program.signatures)
    wide = any(
        isinstance(c, Comparison)
        and len({v.name for v in variables(c)} & open_variables(rule, columns)) > 1
        for rule in program.rules
        for c in rule.body
    )
    return Intake(
        root,
        tuple(config.get("of", ())),
        config.get("by", ""),
        config.get("most", 200),
        MappingProxyType(states),
        tuple(planner.unmapped),
        frozenset({*planner.predicates, *_item_predicates(config, program)}),
        MappingProxyType(planner.units),
        program,
        tuple(sorted(set(_constants(program)))),
        wide,
    )


def _item_predicates(config: Mapping[str, Any], program: CheckedProgram) -> Iterator[str]:
    for name in ("item", *(f"item_{kind}" for kind in config.get("of", ()))):
        if name in program.signatures:
            yield name


class _Planner:
    def __init__(self, schema: Mapping[str, Any], program: CheckedProgram) -> None:
        self._schema = schema
        self._program = program
        self.found: list[Diagnostic] = []
        self.unmapped: list[str] = []
        self.predicates: set[str] = set()
        self.units: dict[tuple[str, int], tuple[str, Mapping[int, str]]] = {}

    def node(self, schema: Mapping[str, Any], path: str) -> Node:
        schema = self._resolve(schema)
        children = tuple(
            (key, self.node(child, f"{path}.{key}"))
            for key, child in schema.get("properties", {}).items()
        )
        items = schema.get("items")
        inner = None
        if items is not None and ("x-entity" in schema or "x-fact" not in schema):
            inner = self.node(items, f"{path}[]")
        return Node(
            children,
            schema.get("x-entity", ""),
            inner,
            self._spec(schema, path) if "x-fact" in schema else None,
            schema.get("x-origin", ""),
            schema.get("x-readings", False),
        )

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            target: Any = self._schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def _spec(self, schema: Mapping[str, Any], path: str) -> Spec | None:
        note = schema["x-fact"]
        if note["as"] == "references":
            return Spec("references", "", (), entity=note["entity"])
        predicate, *terms = note["atom"]
        signature = self._program.signatures.get(predicate)
        if signature is None:
            self.unmapped.append(f"{path} ({predicate})")
            return None
        if signature.kind not in ("open", "closed") or signature.arity != len(terms):
            message = f"`{predicate}/{len(terms)}` is no input predicate of the rules"
            self.found.append(Diagnostic("bad_annotation", message, path))
            return None
        self.predicates.add(predicate)
        item = self._resolve(schema.get("items", schema))
        choices = tuple(
            c for c in item.get("enum", ()) if c not in (UNKNOWN, NOT_APPLICABLE, True, False)
        )
        spec = Spec(
            note["as"],
            predicate,
            tuple(terms),
            tuple((i[0], tuple(i[1:])) for i in [note["implies"]] if i)
            if "implies" in note
            else (),
            MappingProxyType(note.get("values", {})),
            choices,
            tuple(note.get("over", ())),
            schema.get("minimum", 0),
            schema.get("maximum", 0),
            note.get("ask", ""),
            note.get("unit", ""),
            signature.kind == "open" and note.get("absent") != "false",
        )
        if spec.kind in ("number", "level"):
            names = MappingProxyType({number: label for label, number in spec.values.items()})
            self.units[predicate, terms.index("$value")] = (spec.unit, names)
        if "$value" in terms and spec.kind in ("choice", "set") and not spec.over:
            kind = signature.type_of(terms.index("$value"))
            domain = self._program.domains.get(kind or "")
            for choice in choices:
                if domain and domain.members and choice not in domain.members:
                    hint = did_you_mean(choice, domain.members)
                    message = f"`{choice}` is not a member of `{kind}`"
                    self.found.append(Diagnostic("bad_annotation", message, path, hint))
        return spec


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
        self._labels: dict[str, str] = {}
        self._links: dict[tuple[str, str], tuple[list[str], str]] = {}
        self._found: list[Diagnostic] = []

    def case(self, numbers: Sequence[int], wide: bool) -> Case:
        self._name_entities(self._intake.root, self._document)
        self._walk(self._intake.root, self._document, "$", {}, "request")
        items = self._items()
        if self._found:
            raise DocumentError(self._found)
        stated = list(dict.fromkeys(self._stated))
        known = {s.fact for s in stated}
        spread = sum(s.kind == "number" for _, s, _ in self._open) if wide else 1
        marks = {*numbers, *(v for f in known for v in f[1] if isinstance(v, int))}
        asked = [a for o in self._open for a in self._ask(*o, known, marks, max(spread, 1))]
        asked += self._ask_readings()
        for one in asked:
            if one.question.unknown is not None:
                stated.append(Stated(self._number_fact(one), one.question.id, "unknown"))
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
                self._labels[name] = (
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
            self._labels[name] = "the request" if len(combinations) == 1 else f"item {name}"
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
                terms = {f"$.{k}": v for k, v in value.items()}
                self._state(self._fact(spec, {**scope, **terms}), path, origin)
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
            name
            for kind, names in self._entities.items()
            if len(names) > 1 and (name := scope.get(f"${kind}"))
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


def _constants(program: CheckedProgram) -> Iterator[int]:
    for rule in program.rules:
        terms: list[Expression] = list(rule.head.terms)
        for condition in rule.body:
            if isinstance(condition, Literal):
                terms += condition.atom.terms
            else:
                terms += [condition.left, condition.right]
        while terms:
            term = terms.pop()
            if isinstance(term, Operation):
                terms += [term.left, term.right]
            elif isinstance(term, Constant) and isinstance(term.value, int):
                yield term.value
