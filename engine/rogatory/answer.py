"""The answer: what the statuses of the output predicates amount to, item by item.

The law is in the rules, down to the outcome. This module asks for the statuses of the declared
outputs, says what open ones turn on, and puts the parts together.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rogatory.case import Case
from rogatory.codec import plain
from rogatory.diagram import FALSE, TRUE
from rogatory.evaluation import Evaluation
from rogatory.phrase import Phrasebook
from rogatory.proof import JSON, Prover
from rogatory.rulebase import RuleBase
from rogatory.statuses import ESTABLISHED, EXCLUDED, OPEN, Answer, Fact, Question

UNDETERMINED, MIXED = "undetermined", "mixed"
"""Outcomes that no rule concludes: it turns on unknowns; the items differ."""


def build_answer(
    rules: RuleBase, case: Case, evaluation: Evaluation, document: Mapping[str, Any]
) -> JSON:
    """The parts of a decision that depend on the evaluation, as JSON data."""
    return _Answer(rules, case, evaluation, document).build()


class _Answer:
    """Puts one decision together. Lives for one call."""

    def __init__(
        self, rules: RuleBase, case: Case, evaluation: Evaluation, document: Mapping[str, Any]
    ) -> None:
        self._rules = rules
        self._case = case
        self._statuses = evaluation.statuses
        self._asked = evaluation.asked
        self._document = document
        self._phrases = Phrasebook(rules, case.labels)
        self._prover = Prover(rules, case, evaluation.entries, evaluation.statuses)
        self._relevant: set[int] = set()
        order = {pinpoint: index for index, pinpoint in enumerate(rules.sections)}
        self._outputs = {
            p: sorted(self._statuses.facts(p), key=lambda f: [order.get(str(v), -1) for v in f[1]])
            for p, s in rules.program.signatures.items()
            if s.kind == "output"
        }

    def build(self) -> JSON:
        items = [self._item(name) for name in self._case.items]
        outcomes = sorted({i["outcome"]["value"] for i in items})
        others = [
            self._conclusion(f)
            for p, facts in self._outputs.items()
            for f in facts
            if not set(f[1]) & set(self._case.items) and self._live(f)
        ]
        questions = self._questions(items)
        proof = self._prover.proof()
        return {
            "requesting": self._document["requesting"],
            "requested": self._document["requested"],
            "as_of": self._document["as_of"],
            "outcome": (outcomes or [UNDETERMINED])[0] if len(outcomes) < 2 else MIXED,
            "items": items,
            "conclusions": others,
            "open_questions": questions,
            "readings": self._readings(questions),
            "assumptions": [
                self._phrases.sentence(*s.fact, ESTABLISHED)
                for s in self._case.stated
                if s.origin == "assumption"
            ],
            "warnings": self._warnings(proof.nodes),
            "facts": self._facts(),
            "refinement_complete": not self._statuses.cut,
            "proof": list(proof.nodes),
        }

    # one item

    def _item(self, name: str) -> JSON:
        outcome = self._choice(self._facts_of("outcome", name))
        position = self._choice(self._facts_of("position", name))
        if (
            outcome["determined"]
            and not position["determined"]
            and (outcome["value"] == position.get("in_every_case"))
        ):
            # the word is settled, but not on which basis, and with it the duties
            outcome = position
        for fact in self._facts_of("outcome", name):
            self._prover.prove(fact)
        return {
            "id": name,
            "label": self._case.labels["item", name],
            "outcome": outcome,
            "position": position,
            "must_refuse": self._flag("must_refuse", name),
            "conflict": self._flag("conflict", name),
            "obligations": self._obligations(name),
            "grounds": self._grounds(name),
            "duties": self._duties(name),
            "bases_of_assistance": self._list("assistance_basis", name),
            "postponement": self._list("postponable", name),
            "barred_grounds": self._list("barred", name),
            "interpretation": self._list("guides", name),
            "gaps": self._list("gap", name),
        }

    def _facts_of(self, predicate: str, item: str) -> list[Fact]:
        """The atoms of an output that may hold for an item, in the order of the rules."""
        return [f for f in self._outputs.get(predicate, ()) if item in f[1]]

    def _live(self, fact: Fact) -> bool:
        return self._statuses.status(fact) != EXCLUDED

    def _choice(self, facts: Sequence[Fact]) -> JSON:
        """A conclusion of which one alternative holds: the value, or what it turns on."""
        live = [f for f in facts if self._live(f)]
        settled = [f for f in live if self._statuses.status(f) == ESTABLISHED]
        possible = [self._alternative(f) for f in live]
        result: JSON = {"determined": bool(settled) and len(live) == 1, "possible": possible}
        if result["determined"]:
            result.update(possible[0])
            if len(live[0][1]) > 2:
                result["basis_text"] = self._domain_label(live[0], 2)
            result["node"] = self._prover.prove(live[0])
            return result
        result["value"] = UNDETERMINED
        for fact in live:
            self._prover.prove(fact)
        values = {p["value"] for p in possible}
        if len(values) == 1 and self._exhaustive(live):
            result["in_every_case"] = values.pop()
        result["turns_on"] = self._turns_on(live)
        return result

    def _alternative(self, fact: Fact) -> JSON:
        return dict(zip(("value", "basis"), fact[1][1:], strict=False))

    def _domain_label(self, fact: Fact, index: int) -> str:
        kind = self._rules.program.signatures[fact[0]].type_of(index)
        return self._phrases.value(fact[1][index], kind)

    def _exhaustive(self, facts: Iterable[Fact]) -> bool:
        diagrams, total = self._statuses.diagrams, 0
        for fact in facts:
            node = self._statuses.node(fact)
            if node is None:
                return False
            total = diagrams.either(total, node)
        return total == TRUE

    def _turns_on(self, facts: Sequence[Fact]) -> list[JSON]:
        """The questions on which a choice depends, with what is left of it after each answer.

        Answers with the same consequence are listed together; the questions that settle most
        come first.
        """
        nodes = [(f, n) for f in facts if (n := self._statuses.node(f)) is not None]
        diagrams = self._statuses.diagrams
        support = sorted({q for _, n in nodes for q in diagrams.support(n)})
        found = []
        for index in support:
            asked = self._asked[index]
            branches: list[tuple[Answer, tuple[Fact, ...]]] = []
            for number, answer in enumerate(asked.question.answers):
                left = tuple(f for f, n in nodes if diagrams.given(n, index, number) != FALSE)
                branches.append((answer, left))
            entry: JSON = {"question": asked.question.id, "answers": []}
            for consequence in dict.fromkeys(left for _, left in branches):
                labels = answers_with(consequence, branches, asked.question)
                then = [self._alternative(f) for f in consequence]
                entry["answers"].append({"if": labels, "then": then})
            found.append((min(len(left) for _, left in branches), entry))
        return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]

    def _flag(self, predicate: str, item: str) -> str:
        fact = (predicate, (item,))
        return self._statuses.status(fact) if predicate in self._outputs else EXCLUDED

    # what goes with an item

    def _conclusion(self, fact: Fact) -> JSON:
        status = self._statuses.status(fact)
        found: JSON = {
            "atom": [fact[0], *map(plain, fact[1])],
            "status": status,
            "sentence": self._phrases.sentence(*fact, status),
            "node": self._prover.prove(fact),
        }
        provision = fact[1][0] if fact[1] else None
        section = self._rules.sections.get(str(provision))
        if section is not None and section.is_provision:
            found.update({"provision": section.pinpoint, "title": section.title})
            for key in ("modality", "bearer", "standard", "checked"):
                if key in section.metadata:
                    found[key] = section.metadata[key]
        if status == OPEN:
            turns = self._statuses.turns_on(fact)
            found["turns_on"] = [self._asked[q].question.id for q in turns]
            self._relevant.update(turns)
        return found

    def _list(self, predicate: str, item: str) -> list[JSON]:
        return [self._conclusion(f) for f in self._facts_of(predicate, item) if self._live(f)]

    def _obligations(self, item: str) -> list[JSON]:
        found = []
        for fact in self._facts_of("applies", item):
            if not self._live(fact):
                continue
            instrument = str(fact[1][0])
            entry = self._conclusion(fact)
            entry["instrument"] = instrument
            entry["title"] = self._rules.sections[instrument].metadata["short"]
            entry["provisions"] = self._obliging(instrument, item)
            entry["stands"] = self._statuses.status(("obliged", (instrument, item)))
            entry["without_exit"] = self._statuses.status(("no_exit", (instrument, item)))
            entry["exits"] = [
                {"provision": f[1][1], "status": self._statuses.status(f)}
                for f in self._facts_of("exit", item)
                if f[1][0] == instrument and self._live(f)
            ]
            found.append(entry)
        return found

    def _obliging(self, instrument: str, item: str) -> list[JSON]:
        return [
            {"provision": f[1][0], "status": self._statuses.status(f)}
            for f in self._statuses.facts("obliges")
            if f[1][1] == item
            and self._live(f)
            and self._rules.sections[str(f[1][0])].instrument == instrument
        ]

    def _grounds(self, item: str) -> list[JSON]:
        found = []
        for fact in self._facts_of("ground", item):
            if not self._live(fact):
                continue
            provision = str(fact[1][0])
            entry = self._conclusion(fact)
            entry["effect"] = self._rules.sections[provision].metadata["effect"]
            entry["counts_under"] = [
                f[1][0]
                for f in self._facts_of("exit", item)
                if f[1][1] == provision and self._live(f)
            ]
            entry["duties"] = [
                self._duty(f, 1)
                for f in self._facts_of("owed_with", item)
                if f[1][2] == provision and self._live(f)
            ]
            found.append(entry)
        return found

    def _duties(self, item: str) -> list[JSON]:
        return [self._duty(f, 1) for f in self._facts_of("owed", item) if self._live(f)]

    def _duty(self, fact: Fact, index: int) -> JSON:
        entry = self._conclusion(fact)
        entry["duty"] = fact[1][index]
        entry["duty_text"] = self._domain_label(fact, index)
        return entry

    # what goes with the whole

    def _questions(self, items: Sequence[JSON]) -> list[JSON]:
        decisive: dict[int, set[str]] = {}
        numbers = {a.question.id: index for index, a in enumerate(self._asked)}
        for item in items:
            for turn in item["outcome"].get("turns_on", ()):
                decisive.setdefault(numbers[turn["question"]], set()).add(item["id"])
        found = []
        for q in sorted({*decisive, *self._relevant}):
            asked = self._asked[q]
            entry: JSON = {
                "question": asked.question.id,
                "text": asked.text,
                "decides_outcome_of": sorted(decisive.get(q, ())),
            }
            if asked.unit:
                entry["unit"] = asked.unit
            found.append(entry)
        return sorted(found, key=lambda e: not e["decides_outcome_of"])

    def _readings(self, questions: Sequence[JSON]) -> list[JSON]:
        used = {q["question"] for q in questions}
        found = []
        for name, reading in self._rules.program.readings.items():
            chosen = next(
                (
                    s.fact[1][1]
                    for s in self._case.stated
                    if s.fact[0] == "reading" and s.fact[1][0] == name
                ),
                None,
            )
            if chosen is None and f"$.readings.{name}" not in used:
                continue
            found.append(
                {
                    "reading": name,
                    "question": reading.question,
                    "chosen": chosen,
                    "alternatives": dict(zip(reading.alternatives, reading.labels, strict=True)),
                }
            )
        return found

    def _warnings(self, nodes: Sequence[JSON]) -> list[JSON]:
        found: list[JSON] = []
        cited = {
            step["provision"]
            for node in nodes
            if node["status"] != EXCLUDED
            for step in node.get("by", ())
        }
        unverified = sorted(
            p for p in cited if self._rules.sections[p].metadata["checked"] == "unverified"
        )
        if unverified:
            text = "the texts of these provisions were not seen; they are restated from knowledge"
            found.append({"warning": "unverified_provisions", "text": text, "about": unverified})
        sources = [n["source"] for n in nodes if "source" in n and n["status"] != EXCLUDED]
        rows = sorted({s["place"] for s in sources if s["status"] == "unverified"})
        if rows:
            text = "these registry rows were not seen in a source that gives them"
            found.append({"warning": "unverified_registry", "text": text, "about": rows})
        old = sorted(
            {
                s["place"].partition("/")[0]
                for s in sources
                if s["source_date"] < self._document["as_of"]
            }
        )
        if old:
            text = "the sources on who is bound by these are older than the day asked for"
            found.append({"warning": "registry_older_than_question", "text": text, "about": old})
        return found

    def _facts(self) -> JSON:
        """All that the proof rests on besides the rule base: what a checker needs."""
        stated = [
            {"atom": [s.fact[0], *map(plain, s.fact[1])], "path": s.path, "origin": s.origin}
            for s in self._case.stated
        ]
        questions = []
        for asked in self._asked:
            entry: JSON = {"question": asked.question.id, "answers": []}
            for answer in asked.question.answers:
                part: JSON = {"facts": [[p, *map(plain, r)] for p, r in answer.facts]}
                if answer.value is not None:
                    part["value"] = plain(answer.value)
                entry["answers"].append(part)
            questions.append(entry)
        return {"stated": stated, "questions": questions}


def answers_with(
    consequence: tuple[Fact, ...],
    branches: Sequence[tuple[Answer, tuple[Fact, ...]]],
    question: Question,
) -> list[Any]:
    """The answers that have a consequence; neighbouring numbers and days as ranges.

    A range is {"from": a, "below": b}, without "below" for the last one.
    """
    found: list[Any] = []
    numeric = [question.unknown is not None and _ranged(a) for a, _ in branches]
    for index, (answer, left) in enumerate(branches):
        if left != consequence:
            continue
        if not numeric[index]:
            found.append(answer.label)
        elif index > 0 and numeric[index - 1] and branches[index - 1][1] == consequence:
            continue  # the range begins further up
        else:
            one: JSON = {"from": answer.label}
            for later, (other, then) in enumerate(branches[index:], start=index):
                if numeric[later] and then != consequence:
                    one["below"] = other.label
                    break
            found.append(one)
    return found


def _ranged(answer: Answer) -> bool:
    return isinstance(answer.label, int) or isinstance(answer.value, datetime.date)
