"""Evaluation of a case under a rule base: facts and registries in, statuses out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from rogatory.case import Asked, Case
from rogatory.program import Evaluator
from rogatory.registry import Entry
from rogatory.rulebase import RuleBase
from rogatory.statuses import Answer, Fact, Question, Statuses, load

LAST_DAY = datetime.date.max.toordinal()


@frozen
class Evaluation:
    """The statuses of a case, with the questions and registry rows behind them."""

    statuses: Statuses
    asked: tuple[Asked, ...]
    entries: Mapping[Fact, Entry]


def evaluate(rules: RuleBase, case: Case, evaluator: Evaluator | None = None) -> Evaluation:
    """Evaluate a case under a rule base; pyDatalog if no evaluator is given."""
    if evaluator is None:
        from rogatory.topdown import PyDatalog  # noqa: PLC0415  # loads pyDatalog

        evaluator = PyDatalog()
    entries = rules.entries_about(v for s in case.stated for v in s.fact[1])
    asked = (*case.asked, *_registry_questions(rules, entries, case))
    questions = [a.question for a in asked]
    known = [s.fact for s in case.stated]
    known += [e.fact for e in entries if e.status != "unconfirmed"]
    store = load(rules.doubled, known, questions)
    evaluator.evaluate(rules.doubled.program, store)
    statuses = Statuses(rules.doubled, store, questions)
    return Evaluation(statuses, tuple(asked), {e.fact: e for e in entries})


def _registry_questions(rules: RuleBase, entries: Sequence[Entry], case: Case) -> Iterator[Asked]:
    """What the registries themselves leave open: unconfirmed rows and missing days."""
    days = {v for s in case.stated for v in s.fact[1] if isinstance(v, datetime.date)}
    shifts = {0, *rules.intake.constants}
    for entry in entries:
        place = f"registry:{entry.span.file}:{entry.span.line}"
        if entry.status == "unconfirmed":
            answers = (Answer(True, (entry.fact,)), Answer(False))
            text = f"{entry.source} leaves open whether this holds: {entry.note or 'unconfirmed'}"
            yield Asked(Question(place, answers), text)
        for unknown in entry.unknowns:
            near = sorted(
                {
                    datetime.date.fromordinal(number)
                    for day in days
                    for shift in shifts
                    for sign in (1, -1)
                    for step in (-1, 0, 1)
                    if 1 <= (number := day.toordinal() + sign * shift + step) <= LAST_DAY
                }
            )
            dated = tuple(Answer(d.isoformat(), value=d) for d in near)
            text = f"{entry.source} does not give the day: {entry.note or entry.fact[0]}"
            yield Asked(Question(unknown.question, dated, unknown), text)
