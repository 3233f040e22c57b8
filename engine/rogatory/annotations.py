"""The request schema's annotations, compiled into a plan for reading requests.

The schema says with ``x-fact`` which fact a property states; nothing here knows what the
properties mean. docs/schema.md describes the annotations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from rogatory.errors import Diagnostic, ProgramError, did_you_mean
from rogatory.opennumbers import open_columns, open_variables
from rogatory.program import CheckedProgram
from rogatory.syntax import (
    Comparison,
    Constant,
    Expression,
    Literal,
    Operation,
    variables,
)

UNKNOWN, NOT_APPLICABLE = "unknown", "not_applicable"


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
class Intake:
    """The plan by which requests are turned into facts.

    ``units`` gives, for a predicate and the index of a number, its unit and the names of
    special numbers. ``constants`` are the integers of the rules; ``wide`` says that rules
    compare unknown numbers with each other. ``predicates`` are those that requests state,
    ``unmapped`` lists properties whose predicates the rules do not declare.
    """

    root: Node = field(repr=False)
    item_order: tuple[str, ...]
    item_owner: str
    item_limit: int
    states: Mapping[str, str] = field(repr=False)
    unmapped: tuple[str, ...]
    predicates: frozenset[str] = field(repr=False)
    units: Mapping[tuple[str, int], tuple[str, Mapping[int, str]]] = field(repr=False)
    constants: tuple[int, ...] = field(repr=False)
    wide: bool = False


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
            ((note["implies"][0], tuple(note["implies"][1:])),) if "implies" in note else (),
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
