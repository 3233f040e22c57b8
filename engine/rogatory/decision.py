"""Decisions: a request, decided under a rule base, as a frozen value and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from attrs import field, frozen

from rogatory.answer import build_answer
from rogatory.case import read_case
from rogatory.evaluation import evaluate
from rogatory.program import Evaluator
from rogatory.proof import JSON
from rogatory.request import Request, Scenario
from rogatory.rulebase import RuleBase


@frozen
class Decision:
    """The answer to a request: frozen, and the same bytes for the same input.

    ``document`` fits ``decision.schema.json``; the properties name its main parts.
    """

    text: str = field(repr=False)
    outcome: str
    determined: bool

    @property
    def document(self) -> JSON:
        """The decision as JSON data; a fresh copy."""
        data: JSON = json.loads(self.text)
        return data

    @property
    def items(self) -> list[JSON]:
        """The decision on each item."""
        return list(self.document["items"])

    @property
    def questions(self) -> list[JSON]:
        """The open questions on which some conclusion turns."""
        return list(self.document["open_questions"])

    def to_json(self) -> str:
        """The decision as JSON text."""
        return self.text

    def to_dict(self) -> JSON:
        """The decision as JSON data."""
        return self.document


def decide(
    rules: RuleBase,
    request: Mapping[str, Any] | Request,
    scenario: Mapping[str, Any] | Scenario | None = None,
    evaluator: Evaluator | None = None,
) -> Decision:
    """Decide a request; see :meth:`rogatory.RuleBase.decide`."""
    if not isinstance(request, Request):
        request = Request.read(request)
    if scenario is not None and not isinstance(scenario, Scenario):
        scenario = Scenario.read(scenario)
    document = scenario.over(request) if scenario else request.document
    case = read_case(rules.intake, rules.program, document)
    evaluation = evaluate(rules, case, evaluator)
    answer = build_answer(rules, case, evaluation, document)
    answer["request_digest"] = request.digest
    answer["rules_digest"] = rules.digest
    answer["engine_version"] = version("rogatory")
    if scenario:
        answer["scenario"] = {"name": scenario.name, "digest": scenario.digest}
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    items = answer["items"]
    determined = bool(items) and all(i["outcome"]["determined"] for i in items)
    return Decision(text, answer["outcome"], determined)
