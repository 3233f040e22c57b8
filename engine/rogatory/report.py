"""A decision as text for people: the outcome first, then why, and what is still open.

Works on a decision's JSON alone, so that a stored decision can be shown as well.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rogatory.rulebase import RuleBase

JSON = Mapping[str, Any]

WIDTH = 96
"""The width of the text in columns."""

OUTCOMES = {
    "must_refuse": "Must refuse",
    "must_assist": "Must assist",
    "may_refuse": "May refuse",
    "no_obligation": "No obligation; assistance is discretionary",
    "not_covered": "Not covered by these rules",
    "undetermined": "Open",
    "mixed": "Mixed: the items differ",
}
MARKS = {"established": "[x]", "open": "[?]", "excluded": "[ ]"}


def render(decision: JSON, rules: RuleBase, title: str = "", proof: bool = True) -> str:
    """The text of a decision.

    Args:
        decision: the decision as JSON data.
        rules: the rule base it was made under, for names and titles.
        title: the title of the request, if it has one.
        proof: whether to add the proof of each outcome.
    """
    return "\n".join(_Report(decision, rules).lines(title, proof)) + "\n"


class _Report:
    def __init__(self, decision: JSON, rules: RuleBase) -> None:
        self._decision = decision
        self._rules = rules
        self._nodes: Sequence[JSON] = decision["proof"]
        self._texts = {q["question"]: q for q in decision["open_questions"]}

    def lines(self, title: str, proof: bool) -> Iterator[str]:
        decision = self._decision
        states = self._rules.intake.states
        asking = states.get(decision["requesting"], decision["requesting"])
        asked = states.get(decision["requested"], decision["requested"])
        if title:
            yield from _wrap(title)
        yield from _wrap(f"{_capital(asking)} asks {asked}, as of {decision['as_of']}.")
        if "scenario" in decision:
            yield from _wrap(f"Scenario: {decision['scenario']['name']}.")
        items = decision["items"]
        if len(items) > 1:
            yield ""
            yield f"OUTCOME OF THE WHOLE: {OUTCOMES[decision['outcome']]}."
        for item in items:
            yield from self._item(item, len(items) > 1)
        assumed = (f"  - {_sentence(a)}" for a in decision["assumptions"])
        yield from self._section("Assumptions", assumed)
        yield from self._section("Readings", self._readings())
        yield from self._section("Open questions", self._questions())
        yield from self._section("Jurisdiction and other conclusions", self._others())
        yield from self._section("Caution", self._warnings())
        if proof:
            for item in items:
                heading = "Proof" + (f" for {item['label']}" if len(items) > 1 else "")
                yield from self._section(heading, self._proof(item))

    def _section(self, heading: str, lines: Iterable[str]) -> Iterator[str]:
        content = list(lines)
        if content:
            yield ""
            yield heading.upper()
            yield from content

    def _item(self, item: JSON, several: bool) -> Iterator[str]:
        yield ""
        label = f" ({item['label']})" if several else ""
        yield from _wrap(f"OUTCOME{label}: {self._headline(item)}", indent=2)
        yield from self._section("Obligations", self._obligations(item))
        yield from self._section("Exits", self._grounds(item))
        yield from self._section("Duties", (line for d in item["duties"] for line in self._duty(d)))
        yield from self._section("Postponement", self._plain(item["postponement"]))
        yield from self._section(
            "Grounds that may not be used", self._plain(item["barred_grounds"])
        )
        yield from self._section(
            "Legal basis of assistance without an obligation",
            self._plain(item["bases_of_assistance"]),
        )
        yield from self._section("Law that is not encoded", self._plain(item["gaps"]))

    def _headline(self, item: JSON) -> str:
        outcome, position = item["outcome"], item["position"]
        if outcome["determined"]:
            text = OUTCOMES[outcome["value"]]
            if position["determined"]:
                link = ". Under the treaties: " if outcome["value"] == "must_refuse" else ": "
                text += link + position["basis_text"]
            if item["conflict"] == "established":
                text += ". This breaches a treaty that obliges assistance and leaves no exit"
            return text + "."
        if "in_every_case" in outcome:
            text = f"Open. In every case: {_lower(OUTCOMES[outcome['in_every_case']])}; "
            text += "but it is open on which basis, and with it which duties apply."
        else:
            values = dict.fromkeys(OUTCOMES[p["value"]] for p in outcome["possible"])
            text = f"Open: {', or '.join(_lower(v) for v in values)}."
            if position["determined"]:
                text += f" Under the treaties: {_lower(OUTCOMES[position['value']])}: "
                text += f"{position['basis_text']}."
            if item["must_refuse"] == "open":
                text += " Whether refusal is required is open."
        turns = [self._name(t["question"]) for t in outcome["turns_on"]]
        shown = "; ".join(turns[:4]) + (f"; and {len(turns) - 4} more" if len(turns) > 4 else "")
        return f"{text} It turns on: {shown}"

    def _name(self, question: str) -> str:
        return str(self._texts[question]["text"]) if question in self._texts else question

    def _obligations(self, item: JSON) -> Iterator[str]:
        for entry in item["obligations"]:
            by = ", ".join(p["provision"] for p in entry["provisions"])
            text = f"{MARKS[entry['status']]} {_capital(entry['title'])} ({by}) "
            text += "applies" if entry["status"] == "established" else "may apply"
            if entry["stands"] == "excluded":
                text += ", but then" if entry["status"] == "open" else ", but"
                text += " a clause keeps the duty from arising"
            elif entry["without_exit"] == "established":
                text += " and obliges, without an exit"
            elif entry["stands"] == "established":
                text += " and obliges, subject to the exits below"
            else:
                text += "; whether the duty arises is open"
            yield from _wrap(text + ".", indent=6, start=2)
        if not item["obligations"]:
            yield "  No instrument applies to the request."

    def _grounds(self, item: JSON) -> Iterator[str]:
        order = {"established": 0, "open": 1}
        for entry in sorted(item["grounds"], key=lambda g: order[g["status"]]):
            effect = _EFFECTS.get(entry["effect"], entry["effect"])
            text = f"{MARKS[entry['status']]} {entry['provision']}  {entry['title']}: {effect}"
            yield from _wrap(text, indent=6, start=2)
            details = []
            if "standard" in entry:
                details.append(f"standard: {entry['standard'].replace('_', ' ')}")
            if "bearer" in entry:
                details.append(f"for: {entry['bearer']}")
            details.append(f"text: {entry['checked']}")
            yield from _wrap(" · ".join(details), indent=6, start=6)
            for duty in entry["duties"]:
                mark = "" if duty["status"] == "established" else "possibly "
                yield from _wrap(f"{mark}duty: {duty['duty_text']} ({duty['provision']})", 8, 6)
            if entry["status"] == "open":
                turns = " ".join(self._name(q) for q in entry["turns_on"][:3])
                yield from _wrap(f"turns on: {turns}", indent=8, start=6)

    def _duty(self, entry: JSON) -> Iterator[str]:
        text = f"{MARKS[entry['status']]} {entry['provision']}  {_capital(entry['duty_text'])}."
        yield from _wrap(text, indent=6, start=2)

    def _plain(self, entries: Iterable[JSON]) -> Iterator[str]:
        for entry in entries:
            text = f"{MARKS[entry['status']]} {_sentence(entry['sentence'])}"
            yield from _wrap(text, indent=6, start=2)

    def _others(self) -> Iterator[str]:
        chosen = [c for c in self._decision["conclusions"] if c["status"] == "established"]
        yield from self._plain(chosen)

    def _readings(self) -> Iterator[str]:
        for entry in self._decision["readings"]:
            chosen = entry["chosen"]
            said = f"taken as: {entry['alternatives'][chosen]}" if chosen else "left open"
            yield from _wrap(f"- {entry['question']} {_capital(said)}.", indent=4, start=2)

    def _questions(self) -> Iterator[str]:
        decisive = [q for q in self._decision["open_questions"] if q["decides_outcome_of"]]
        others = [q for q in self._decision["open_questions"] if not q["decides_outcome_of"]]
        for entry in decisive:
            yield from _wrap(f"- {entry['text']}  [{entry['question']}]", indent=4, start=2)
            for answer in self._answers(entry["question"]):
                yield from _wrap(answer, indent=8, start=6)
        grounds = {
            q
            for item in self._decision["items"]
            for g in item["grounds"]
            for q in g.get("turns_on", ())
        }
        named = [q for q in others if q["question"] in grounds]
        if named:
            yield "  These cannot change the outcome, but they can add or remove an exit:"
            for entry in named:
                yield from _wrap(f"- {entry['text']}  [{entry['question']}]", indent=4, start=2)
        rest = len(others) - len(named)
        if rest:
            yield f"  {rest} more bear on side conclusions only (see the JSON output)."

    def _answers(self, question: str) -> Iterator[str]:
        for item in self._decision["items"]:
            for turn in item["outcome"].get("turns_on", ()):
                if turn["question"] == question:
                    for answer in turn["answers"]:
                        when = ", ".join(_answer(a) for a in answer["if"])
                        values = dict.fromkeys(_then(t) for t in answer["then"])
                        yield f"{when}: {' or '.join(values)}"

    def _warnings(self) -> Iterator[str]:
        for entry in self._decision["warnings"]:
            yield from _wrap(f"- {_capital(entry['text'])}: {', '.join(entry['about'])}.", 4, 2)
        if not self._decision["refinement_complete"]:
            yield "  - Some conclusions are called open although cases could settle them."

    # the proof

    def _proof(self, item: JSON) -> Iterator[str]:
        yield "  [x] holds, [ ] does not hold, [?] is open"
        seen: set[int] = set()
        if item["outcome"]["determined"]:
            yield from self._node(item["outcome"]["node"], 1, seen)
            return
        for conclusion in [*item["obligations"], *item["grounds"]]:
            yield from self._node(conclusion["node"], 1, seen)

    def _node(self, number: int, depth: int, seen: set[int]) -> Iterator[str]:
        node = self._nodes[number]
        origin = self._origin(node)
        text = f"{MARKS[node['status']]} {_sentence(node['sentence'])}{origin}"
        if number in seen and (node.get("by") or node.get("blocked")):
            yield from _wrap(f"{text} (shown above)", indent=2 * depth + 6, start=2 * depth)
            return
        seen.add(number)
        step = self._step(node)
        cited = f" - {step['provision']}" if step else ""
        yield from _wrap(text + cited, indent=2 * depth + 6, start=2 * depth)
        if step is None:
            return
        premises = step["premises"] if "premises" in step else [step["premise"]]
        for premise in premises:
            if "comparison" in premise:
                mark = MARKS[premise["status"]]
                yield " " * (2 * depth + 2) + f"{mark} {premise['comparison']}"
                continue
            for inner in self._shown(premise):
                yield from self._node(inner, depth + 1, seen)

    def _shown(self, premise: JSON) -> list[int]:
        nodes = [n for n in premise["nodes"] if not self._noise(self._nodes[n])]
        wanted = premise["status"]
        if premise.get("negated"):
            return nodes
        return [n for n in nodes if self._nodes[n]["status"] == wanted][:1] or nodes[:1]

    def _noise(self, node: JSON) -> bool:
        """What the loader writes, and the make-up of items, explains nothing to a reader."""
        return node.get("origin") == "provision" or node["atom"][0].startswith("item")

    def _step(self, node: JSON) -> JSON | None:
        if node["status"] == "excluded":
            blocked = node.get("blocked", ())  # the rule that came nearest says most
            return max(blocked, key=lambda b: len(b["bindings"])) if blocked else None
        steps = node.get("by", ())
        full = [s for s in steps if all(p["status"] == "established" for p in s["premises"])]
        return full[0] if full else steps[0] if steps else None

    def _origin(self, node: JSON) -> str:
        match node.get("origin"):
            case "registry":
                source = node["source"]
                unseen = ", not seen" if source["status"] == "unverified" else ""
                return f" ({source['source']}, {source['source_date']}{unseen})"
            case "assumption":
                return " (assumed)"
            case "reading":
                return " (reading chosen)"
            case "request" | "denied":
                return f" ({node['path']})"
        return ""


_EFFECTS = {
    "permits_refusal": "permits refusal",
    "requires_refusal": "requires refusal",
    "no_obligation": "keeps the duty from arising",
}


def _answer(answer: Any) -> str:
    if isinstance(answer, Mapping):
        if "below" in answer:
            return f"{answer['from']} to below {answer['below']}"
        return f"{answer['from']} or more"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer).replace("_", " ")


def _then(alternative: JSON) -> str:
    text = str(alternative["value"]).replace("_", " ")
    return text + (f" ({alternative['basis'].replace('_', ' ')})" if "basis" in alternative else "")


def _sentence(text: str) -> str:
    return _capital(text) + ("" if text.endswith(".") else ".")


def _capital(text: str) -> str:
    if "/" in text.partition(" ")[0]:  # a pinpoint keeps its spelling
        return text
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _wrap(text: str, indent: int = 0, start: int = 0) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * start,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
