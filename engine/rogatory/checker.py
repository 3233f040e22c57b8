"""An independent check of decisions: every step of a proof, without the evaluators.

From the facts and questions that a decision lists, every rule instance that may fire is derived
by brute repetition, and with it the answers under which each atom holds. Each node, step and
conclusion of the decision is compared with what follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rogatory.codec import Atom, Env, agrees, atom_of, atom_under, bind, unify, value_of
from rogatory.compute import compute, holds
from rogatory.diagram import FALSE, TRUE, Diagrams, TooLarge
from rogatory.errors import Diagnostic, DocumentError, EvaluationError
from rogatory.rulebase import RuleBase
from rogatory.syntax import Comparison, Condition, Literal, Rule, Unknown, variables

NAMES = {TRUE: "established", FALSE: "excluded"}
MALFORMED = (LookupError, TypeError, ValueError, TooLarge, EvaluationError)


def check_decision(decision: Mapping[str, Any], rules: RuleBase) -> int:
    """Check a decision against the rule base; the number of steps that were checked.

    Raises:
        DocumentError: ``bad_proof`` for every node, step or conclusion that does not hold.
    """
    return _Checker(decision, rules).run()


class _Checker:
    def __init__(self, decision: Mapping[str, Any], rules: RuleBase) -> None:
        self.decision, self.rules, self.program = decision, rules, rules.program
        self.found: list[Diagnostic] = []
        self.steps = 0
        self.instances: dict[Atom, list[tuple[int, Env]]] = {}
        self.by_name: dict[str, dict[Atom, None]] = {}
        self.known: set[Atom] = set()
        self.asked: dict[Atom, list[tuple[int, int]]] = {}
        self.numbers: dict[str, int] = {}
        self.values: list[list[Any]] = []
        self.memo: dict[Atom, int] = {}

    def run(self) -> int:
        if self.decision["rules_digest"] != self.rules.digest:
            self.fault("$.rules_digest", "the decision was made under another rule base")
            raise DocumentError(self.found)
        try:
            self.read_facts()
            self.ground()
        except MALFORMED as error:
            self.fault("$.facts", f"nothing can be derived from the facts: {error!r}")
            raise DocumentError(self.found) from None
        for number, node in enumerate(self.decision["proof"]):
            place = f"$.proof[{number}]"
            try:
                self.check_node(number, node, place)
            except MALFORMED as error:
                self.fault(place, f"the node makes no sense: {error!r}")
        try:
            self.check_conclusions(self.decision, "$")
            self.check_items()
        except MALFORMED as error:
            self.fault("$", f"the conclusions make no sense: {error!r}")
        if self.found:
            raise DocumentError(self.found)
        return self.steps

    def fault(self, place: str, message: str) -> None:
        self.found.append(Diagnostic("bad_proof", message, place))

    def read_facts(self) -> None:
        facts = self.decision["facts"]
        self.known = {atom_of(s["atom"]) for s in facts["stated"]}
        for index, question in enumerate(facts["questions"]):
            answers = question["answers"]
            self.numbers[question["question"]] = index
            self.values.append([value_of(a.get("value")) for a in answers])
            for number, answer in enumerate(answers):
                for fact in answer["facts"]:
                    self.asked.setdefault(atom_of(fact), []).append((index, number))
        self.diagrams = Diagrams([len(v) for v in self.values], limit=1_000_000)
        self.rows = {}
        for entry in self.rules.entries_about([v for fact in self.known for v in fact[1:]]):
            fact = (entry.fact[0], *entry.fact[1])
            self.rows[f"{entry.span.file}:{entry.span.line}"] = fact
            if entry.status != "unconfirmed":
                self.known.add(fact)
            elif fact not in self.asked:
                self.fault("$.facts.questions", f"no question for the row {entry.span}")
        self.known |= {(p, *row) for p, row in self.rules.facts}
        for fact in [*self.known, *self.asked]:
            self.by_name.setdefault(fact[0], {})[fact] = None

    def ground(self) -> None:
        """Every instance that may fire, and when its atom holds, stratum by stratum."""
        seen: set[tuple[Any, ...]] = set()
        for stratum in self.program.strata:
            grown = True
            while grown:
                grown = False
                for name in stratum.predicates:
                    for index in self.program.rules_for(name):
                        for env in list(self.fires(self.program.rules[index])):
                            if (key := (index, *env.items())) not in seen:
                                seen.add(key)
                                head = atom_under(self.program.rules[index].head, env)
                                self.instances.setdefault(head, []).append((index, env))
                                self.by_name.setdefault(name, {})[head] = None
                                grown = stratum.recursive
            atoms = [a for name in stratum.predicates for a in self.by_name.get(name, ())]
            self.memo.update(dict.fromkeys(atoms, FALSE))
            grown = True
            while grown:  # the least fixpoint; one round more than needed where nothing recurs
                found = {atom: self.when(atom) for atom in atoms}
                grown = any(self.memo[a] != w for a, w in found.items()) and stratum.recursive
                self.memo.update(found)

    def fires(self, rule: Rule) -> Iterator[dict[str, Any]]:
        scans = [c for c in rule.body if isinstance(c, Literal) and not c.negated]
        rest = [c for c in rule.body if isinstance(c, Comparison) or c.negated]
        environments: list[dict[str, Any]] = [{}]
        for scan in scans:
            facts = list(self.by_name.get(scan.atom.predicate, ()))
            fits = (unify(scan.atom.terms, fact, e) for e in environments for fact in facts)
            environments = [e for e in fits if e is not None]
        for env in environments:
            for c in [*rest] * len(rest):  # `=` gives values to variables that no literal binds
                if isinstance(c, Comparison) and c.operator == "=":
                    bind(c.left, c.right, env)
                    bind(c.right, c.left, env)
            if all(self.holds(c, env) != FALSE for c in rest):
                yield env

    def when(self, atom: Atom) -> int:
        """The answers under which an atom holds, as a diagram."""
        if atom in self.known:
            return TRUE
        found = FALSE
        for question, number in self.asked.get(atom, ()):
            marks = [n == number for n in range(len(self.values[question]))]
            found = self.diagrams.either(found, self.diagrams.question(question, marks))
        for index, env in self.instances.get(atom, ()):
            body = TRUE
            for condition in self.program.rules[index].body:
                body = self.diagrams.both(body, self.holds(condition, env))
            found = self.diagrams.either(found, body)
        return found

    def holds(self, condition: Condition, env: Env) -> int:
        """The answers under which a condition holds, as a diagram."""
        if isinstance(condition, Comparison):
            used = {v.name: env[v.name] for v in variables(condition)}
            for unknown in (v for v in used.values() if isinstance(v, Unknown)):
                number = self.numbers[unknown.question]
                answers = self.values[number]
                cases = [{n: a if v == unknown else v for n, v in used.items()} for a in answers]
                return self.diagrams.choose(number, [self.holds(condition, c) for c in cases])
            return TRUE if holds(condition, used) else FALSE
        found = self.some(self.matching(atom_under(condition.atom, env)))
        return self.diagrams.negate(found) if condition.negated else found

    def matching(self, pattern: Atom) -> list[Atom]:
        names = self.by_name.get(pattern[0], {})
        return [f for f in (names if ... in pattern else [pattern]) if agrees(pattern, f)]

    def status(self, atoms: list[Atom]) -> str:
        return NAMES.get(self.some(atoms), "open")

    def some(self, atoms: list[Atom]) -> int:
        found = FALSE
        for atom in atoms:
            when = self.memo[atom] if atom in self.memo else self.when(atom)
            found = self.diagrams.either(found, when)
        return found

    def check_node(self, number: int, node: Mapping[str, Any], place: str) -> None:
        atom, claim = atom_of(node["atom"]), node["status"]
        self.steps += 1
        truth = self.status(self.matching(atom))
        if node["id"] != number:
            self.fault(place, "the node has another number")
        if truth != claim:
            self.fault(place, f"the atom is {truth}, not {claim}")
        self.check_origin(atom, node, place)
        supported = "origin" in node or bool("cases" in node and node["by"])
        for index, step in enumerate(node.get("by", ())):
            self.check_step(atom, step, f"{place}.by[{index}]")
            supported |= all(p["status"] == "established" for p in step["premises"])
        if claim == "established" and not supported:
            self.fault(place, "no step establishes the atom")
        for index, step in enumerate(node.get("blocked", ())):
            self.check_block(atom, step, f"{place}.blocked[{index}]")
        if claim == "excluded" and "cases" not in node:
            rules = self.program.rules_for(atom[0])
            heads = {i: self.program.rules[i].head.terms for i in rules}
            able = {i for i, terms in heads.items() if unify(terms, atom, {}) is not None}
            if able - {step["rule"] for step in node.get("blocked", ())}:
                self.fault(place, "a rule that could conclude the atom is not accounted for")

    def check_origin(self, atom: Atom, node: Mapping[str, Any], place: str) -> None:
        origin, ok = node.get("origin"), atom in self.known or atom in self.asked
        if origin in ("denied", "not stated"):
            ok = not ok
        elif origin == "registry":
            ok = self.rows.get(node["source"]["place"]) == atom
        elif origin is None:
            ok = self.program.signatures[atom[0]].kind not in ("open", "closed") or ... in atom
        if not ok:
            self.fault(place, f"the atom is no fact of the origin `{origin}`")

    def cited(self, step: Mapping[str, Any], place: str) -> tuple[Rule, dict[str, Any]]:
        """The rule that a step cites, and its bindings."""
        self.steps += 1
        if self.rules.citations[step["rule"]] != step["provision"]:
            self.fault(place, f"the rule does not stand in {step['provision']}")
        env = {name: value_of(v) for name, v in step["bindings"].items()}
        return self.program.rules[step["rule"]], env

    def check_step(self, atom: Atom, step: Mapping[str, Any], place: str) -> None:
        rule, env = self.cited(step, place)
        if (step["rule"], env) not in self.instances.get(atom, ()):
            self.fault(place, "no such instance of the rule concludes the atom")
            return
        left = list(step["premises"])
        for condition in rule.body:
            premise = next((p for p in left if self.states(p, condition, env)), None)
            if premise is None:
                self.fault(place, "a condition of the rule is not among the premises")
                return
            left.remove(premise)
            truth = NAMES.get(self.holds(condition, env), "open")
            if truth != premise["status"]:
                self.fault(place, f"a premise is {truth}, not {premise['status']}")
        if left:
            self.fault(place, "a premise is no condition of the rule")

    def check_block(self, atom: Atom, step: Mapping[str, Any], place: str) -> None:
        (rule, env), premise = self.cited(step, place), step["premise"]
        head = unify(rule.head.terms, atom, {})
        if head is None or any(env.get(n) != v for n, v in head.items()):
            self.fault(place, "the rule cannot conclude the atom with these values")
        if not any(self.states(premise, c, env) for c in rule.body):
            self.fault(place, "the premise is no condition of the rule")
        statuses = {self.decision["proof"][n]["status"] for n in premise.get("nodes", ())}
        if premise["status"] != "excluded" or (
            "nodes" in premise and not premise.get("negated") and statuses != {"excluded"}
        ):
            self.fault(place, "the premise does not fail")

    def states(self, premise: Mapping[str, Any], condition: Condition, env: Env) -> bool:
        """Whether a premise is the instance of a condition, and its nodes are about it."""
        if isinstance(condition, Comparison):
            if "sides" not in premise or any(v.name not in env for v in variables(condition)):
                return False
            sides = [compute(condition.left, env), compute(condition.right, env)]
            left, sign, right = premise["sides"]
            return sign == condition.operator and sides == [value_of(left), value_of(right)]
        if "nodes" not in premise or premise.get("negated", False) != condition.negated:
            return False
        wanted = atom_under(condition.atom, {**{v.name: ... for v in variables(condition)}, **env})
        nodes = [self.decision["proof"][n] for n in premise["nodes"]]
        return bool(nodes) and all(agrees(wanted, atom_of(n["atom"])) for n in nodes)

    def check_items(self) -> None:
        """The items, what is said of them, and the outcome of the whole, are those that follow."""
        items = self.decision["items"]
        if {i["id"] for i in items} != {a[1] for a in self.by_name.get("item", ())}:
            self.fault("$.items", "the items are not those of the request")
        for number, item in enumerate(items):
            for key in ("must_refuse", "conflict"):
                if item[key] != self.status([(key, item["id"])]):
                    self.fault(f"$.items[{number}].{key}", "it does not follow")
            said = {"position": item["position"]["possible"], "ground": item["grounds"]}
            for key, entries in said.items():
                live = [a for a in self.by_name.get(key, ()) if item["id"] in a and self.some([a])]
                if len(entries) != len(live):
                    self.fault(f"$.items[{number}]", f"a {key} is missing or added")
            if item["outcome"]["determined"] and "node" not in item["outcome"]:
                self.fault(f"$.items[{number}].outcome", "it has no proof")
        values = {i["outcome"]["value"] for i in items} or {"undetermined"}
        if self.decision["outcome"] != (values.pop() if len(values) == 1 else "mixed"):
            self.fault("$.outcome", "it is not the outcome of the items")

    def check_conclusions(self, value: Any, place: str) -> None:
        """What the decision says of itself agrees with its proof."""
        for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            if key != "proof" and isinstance(inner, Mapping | list):
                self.check_conclusions(inner, f"{place}[{key!r}]")
        if isinstance(value, Mapping) and "node" in value:
            self.steps += 1
            node = self.decision["proof"][value["node"]]
            said = value.get("atom", [*node["atom"][:2], value.get("value"), value.get("basis")])
            if [v for v in said if v is not None] != node["atom"] or (
                value.get("status", "established") != node.get("status")
            ):
                self.fault(place, "the conclusion differs from its node in the proof")
