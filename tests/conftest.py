"""Fixtures for the tests that decide requests under the packaged law."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rogatory import RuleBase
from rogatory.checker import check_decision
from rogatory.documents import validate

ROOT = Path(__file__).parents[1]

Decide = Callable[..., dict[str, Any]]
Golden = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def rules() -> RuleBase:
    """The packaged law."""
    return RuleBase.default()


@pytest.fixture(scope="session")
def decide(rules: RuleBase) -> Decide:
    """Decide a request; every decision must fit its schema and its proof must hold."""

    def run(
        request: Mapping[str, Any],
        scenario: Mapping[str, Any] | None = None,
        base: RuleBase = rules,
    ) -> dict[str, Any]:
        document = base.decide(request, scenario).document
        validate(document, "decision")
        assert check_decision(document, base) >= len(document["proof"])
        return document

    return run


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The request of a golden case, by the path of its folder under fixtures/; a fresh copy."""

    def read(name: str) -> dict[str, Any]:
        return json.loads((ROOT / "fixtures" / name / "request.json").read_text(encoding="utf-8"))

    return read
