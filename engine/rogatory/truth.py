"""Kleene's three truth values: true, false, and None for not known (Kleene 1952, section 64)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Truth: TypeAlias = bool | None


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction."""
    return negation(some(negation(t) for t in truths))


def negation(truth: Truth) -> Truth:
    """Kleene's negation."""
    return None if truth is None else not truth


def some(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction."""
    found = set(truths)
    return True if True in found else None if None in found else False
