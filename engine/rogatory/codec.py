"""Values, atoms and patterns as proofs hold them: as JSON, and as tuples.

An atom is a tuple of its predicate and its values; in a pattern ``...`` stands for any value.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rogatory import syntax
from rogatory.compute import compute
from rogatory.syntax import Constant, Unknown, Value, Variable, variables

Atom = tuple[Any, ...]
Env = Mapping[str, Any]


def plain(value: Value | None) -> Any:
    """A value as JSON: text, number, {"date": ...}, {"unknown": ...}, or null for any value."""
    match value:
        case datetime.date():
            return {"date": value.isoformat()}
        case Unknown(question=question):
            return {"unknown": question}
    return value


def value_of(data: Any) -> Any:
    """The value that JSON stands for; the inverse of :func:`plain`, but ``...`` for null."""
    if isinstance(data, Mapping):
        if "date" in data:
            return datetime.date.fromisoformat(data["date"])
        return Unknown(data["unknown"])
    return ... if data is None else data


def atom_of(data: Sequence[Any]) -> Atom:
    """An atom as a tuple of its predicate and its values."""
    return (data[0], *map(value_of, data[1:]))


def atom_under(atom: syntax.Atom, env: Env) -> Atom:
    """The instance of an atom; ``...`` where any value will do."""
    values = (
        t.value if isinstance(t, Constant) else env[t.name] if isinstance(t, Variable) else ...
        for t in atom.terms
    )
    return (atom.predicate, *values)


def agrees(pattern: Atom, fact: Atom) -> bool:
    """Whether a fact fits a pattern, in which ``...`` stands for any value."""
    return all(p is ... or p == f for p, f in zip(pattern, fact, strict=True))


def unify(terms: Iterable[Any], fact: Atom, env: Env) -> dict[str, Any] | None:
    """The bindings extended so that terms fit an atom, or None if they cannot."""
    extended = dict(env)
    for term, value in zip(terms, fact[1:], strict=True):
        if isinstance(term, Constant) and value not in (term.value, ...):
            return None
        if (
            isinstance(term, Variable)
            and value is not ...
            and extended.setdefault(term.name, value) != value
        ):
            return None
    return extended


def bind(one: Any, other: Any, env: dict[str, Any]) -> None:
    """Give a variable that has no value the value of the other side."""
    free = isinstance(one, Variable) and one.name not in env
    if free and all(v.name in env for v in variables(other)):
        env[one.name] = compute(other, env)
