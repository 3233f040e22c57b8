"""Random programs, syntax trees and open cases for the tests of the rule language."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rogatory import datalog
from rogatory.errors import RogatoryError
from rogatory.kleene import Doubled, double, uncertain
from rogatory.seminaive import SemiNaive
from rogatory.statuses import Answer, Fact, Question
from rogatory.store import Store
from rogatory.syntax import (
    Anonymous,
    Argument,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Domain,
    Here,
    Literal,
    Operation,
    Reading,
    Rule,
    Syntax,
    Unknown,
    Variable,
)

EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,  # a failure must not depend on the day
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def faults(call: Callable[[], Any]) -> list[tuple[str, str]]:
    """The code and place of every diagnostic of the error that a call raises."""
    return [(d.code, d.place) for d in error_of(call).diagnostics]


def error_of(call: Callable[[], Any]) -> RogatoryError:
    """The error that a call raises."""
    try:
        result = call()
    except RogatoryError as error:
        return error
    raise AssertionError(f"no error but {result!r}")


# --- syntax trees


def names() -> st.SearchStrategy[str]:
    """Names as authors may choose them, also ones that mean something to Python."""
    known = st.sampled_from(["p", "q", "id", "type", "class", "none", "notable", "heres", "x1_Y"])
    # `not` and `here` are words of the language
    free = st.from_regex(r"[a-z][A-Za-z0-9_]{0,5}", fullmatch=True)
    return known | free.filter(lambda n: n not in ("not", "here"))


def texts() -> st.SearchStrategy[str]:
    """Any text, and the ones that are awkward to quote."""
    awkward = [
        "",
        '"',
        "'",
        "\\",
        "\\n",
        "\n",
        "\t",
        "% no comment",
        "// x",
        "/* x */",
        ". ",
        "not",
    ]
    return st.sampled_from(
        [*awkward, "here", "a_b", "a b", "'); import os", "@2020-01-01"]
    ) | st.text(st.characters(codec="utf-8"), max_size=8)


def _variables() -> st.SearchStrategy[Variable]:
    return st.builds(
        Variable, st.from_regex(r"([A-Z]|_[A-Za-z0-9_])[A-Za-z0-9_]{0,3}", fullmatch=True)
    )


def terms() -> st.SearchStrategy[Any]:
    """A variable, a constant, `_` or `here`."""
    values = texts() | names() | st.integers() | st.dates()
    return st.one_of(
        _variables(), st.builds(Constant, values), st.builds(Anonymous), st.builds(Here)
    )


def expressions() -> st.SearchStrategy[Any]:
    """Arithmetic in every nesting."""
    return st.recursive(
        terms(),
        lambda part: st.builds(Operation, st.sampled_from("+-*"), part, part),
        max_leaves=6,
    )


def _atoms() -> st.SearchStrategy[Atom]:
    return st.builds(Atom, names(), st.lists(terms(), max_size=3).map(tuple))


def _conditions() -> st.SearchStrategy[Any]:
    compared = st.builds(Comparison, st.sampled_from(OPERATORS), expressions(), expressions())
    return st.one_of(st.builds(Literal, _atoms(), st.booleans()), compared)


@st.composite
def _declarations(draw: st.DrawFn) -> Declaration:
    arguments = st.lists(st.builds(Argument, names(), names(), st.booleans()), max_size=3)
    sentence = draw(texts())
    # a denial stands after a sentence, so that there is none without one
    denial = draw(texts()) if sentence else ""
    kind = draw(st.sampled_from(["open", "closed", "derived", "output"]))
    return Declaration(kind, draw(names()), tuple(draw(arguments)), sentence, denial)


@st.composite
def _lists(draw: st.DrawFn, least: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    members = draw(st.lists(texts() | names(), min_size=least, max_size=3))
    plain = [m.replace("_", " ") for m in members]
    labels = [draw(texts() | st.just(label)) for label in plain]
    return tuple(members), tuple(labels)


def syntaxes() -> st.SearchStrategy[Syntax]:
    """Whole texts as trees, well formed but not checked."""
    rules = st.builds(Rule, _atoms(), st.lists(_conditions(), max_size=3).map(tuple))
    domains = st.builds(lambda n, m: Domain(n, *m), names(), _lists(0))
    readings = st.builds(lambda n, q, m: Reading(n, q, *m), names(), texts(), _lists(1))
    statements = st.one_of(rules, _declarations(), domains, readings)
    return st.builds(Syntax, st.lists(statements, max_size=4).map(tuple))


# --- stratified programs

SYMBOLS = ("a", "b", 'c"); import os', 1, 2)


@frozen
class Sample:
    """A program, facts for it, and its concluded predicates by layer."""

    text: str
    facts: Mapping[str, list[tuple[Any, ...]]]
    layers: tuple[tuple[str, ...], ...]


@st.composite
def samples(draw: st.DrawFn, *, arithmetic: bool = False) -> Sample:
    """Stratified programs with recursion, negation and comparisons, at most three layers.

    With ``arithmetic`` rules also calculate with integers and days.
    """
    arity = {f"e{i}": draw(st.integers(1, 3)) for i in range(3)} | {"num": 2, "day": 2}
    layer = dict.fromkeys(arity, -1)
    for i in range(draw(st.integers(1, 5))):
        arity[f"p{i}"] = draw(st.integers(0, 3))
        layer[f"p{i}"] = draw(st.integers(0, 2))
    concluded = [p for p, level in layer.items() if level >= 0]
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        head = draw(st.sampled_from(concluded))
        count = arithmetic and draw(st.booleans())
        # counting in a recursion need not end: such a rule reads lower layers only
        reach = layer[head] - 1 if count else layer[head]
        plain = [p for p in arity if layer[p] <= reach and p not in ("num", "day")]
        lower = [p for p in arity if layer[p] < layer[head] and p not in ("num", "day")]
        body, bound = _positive(draw, plain, arity)
        if draw(st.booleans()):
            body.append("not " + _atom(draw, draw(st.sampled_from(lower)), arity, bound))
        if bound and draw(st.booleans()):
            other = draw(st.sampled_from([*bound, "a", "1"]))
            body.append(
                f"{draw(st.sampled_from(bound))} {draw(st.sampled_from(['=', '!=']))} {other}"
            )
        if count:
            body += draw(st.sampled_from(_COUNTING))
            bound += [v for v in ("N", "M") if any(v in c for c in body)]
        body = draw(st.permutations(body))
        args = ", ".join(draw(st.sampled_from([*bound, "b"])) for _ in range(arity[head]))
        lines.append(f"{head}{f'({args})' if args else ''} :- {', '.join(body)}.")
    facts = {p: _rows(draw, arity[p]) for p in arity if layer[p] < 0 and p not in ("num", "day")}
    facts["num"] = [(k, draw(st.integers(-2, 4))) for k in ("a", "b")]
    facts["day"] = [(k, datetime.date(2020, 2, draw(st.integers(27, 29)))) for k in ("a", 1)]
    facts |= {p: [] for p in concluded if not any(line.startswith(p) for line in lines)}
    order = tuple(tuple(p for p in concluded if layer[p] == level) for level in range(3))
    return Sample("\n".join(lines), facts, order)


_COUNTING = (
    ["num(a, N)", "M = N + 1", "M != 2"],
    ["num(_, N)", "N * 2 - 1 = M", "M < 3"],
    ["day(_, N)", "M = N + 2", "M <= @2020-03-01"],
    ["day(a, N)", "day(1, O)", "N - O = M", "M >= -1"],
)


def _positive(
    draw: st.DrawFn, choice: list[str], arity: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    names = ["X", "Y", "Z"]
    inputs = [p for p in choice if p.startswith("e")]  # which have rows more often
    picked = draw(st.lists(st.sampled_from([*inputs, *choice]), min_size=1, max_size=3))
    body = [_atom(draw, p, arity, names) for p in picked]
    return body, [v for v in names if any(v in atom for atom in body)]


def _atom(
    draw: st.DrawFn,
    predicate: str,
    arity: Mapping[str, int],
    names: list[str],
    others: tuple[str, ...] = ("_", "a", "1"),
) -> str:
    # most often a variable, so that bodies join
    choice = st.sampled_from([*names, *names, *others])
    args = ", ".join(draw(choice) for _ in range(arity[predicate]))
    return f"{predicate}({args})" if args else predicate


def _rows(draw: st.DrawFn, arity: int) -> list[tuple[Any, ...]]:
    row = st.tuples(*[st.sampled_from(SYMBOLS)] * arity)
    return draw(st.lists(row, min_size=2, max_size=8))


def least_model(sample: Sample) -> dict[str, frozenset[tuple[Any, ...]]]:
    """The model by definition: try every assignment until nothing is added, layer by layer.

    It shares no code with the evaluators. It does not know arithmetic.
    """
    rules = [r for r in datalog.parse(sample.text).syntax.statements if isinstance(r, Rule)]
    model = {p: set(rows) for p, rows in sample.facts.items()}
    constants = {v for rows in model.values() for row in rows for v in row} | {"a", "b", 1}
    for layer in sample.layers:
        grown = True
        while grown:
            grown = False
            for rule in rules:
                if rule.head.predicate not in layer:
                    continue
                rows = model.setdefault(rule.head.predicate, set())
                new = set(_conclusions(rule, model, constants)) - rows
                rows |= new
                grown = grown or bool(new)
    return {p: frozenset(rows) for p, rows in model.items()}


def _conclusions(
    rule: Rule, model: Mapping[str, set[tuple[Any, ...]]], constants: set[Any]
) -> Iterator[tuple[Any, ...]]:
    used = sorted(set(_named(rule)))
    for choice in itertools.product(constants, repeat=len(used)):
        env = dict(zip(used, choice, strict=True))
        if all(_true(c, env, model) for c in rule.body):
            yield tuple(_value(t, env) for t in rule.head.terms)


def _named(rule: Rule) -> Iterator[str]:
    atoms = [rule.head, *(c.atom for c in rule.body if isinstance(c, Literal))]
    yield from (t.name for atom in atoms for t in atom.terms if isinstance(t, Variable))


def _true(condition: Any, env: Mapping[str, Any], model: Mapping[str, set[Any]]) -> bool:
    if isinstance(condition, Comparison):
        same = _value(condition.left, env) == _value(condition.right, env)
        return same if condition.operator == "=" else not same
    terms = [None if isinstance(t, Anonymous) else _value(t, env) for t in condition.atom.terms]
    found = any(
        all(t is None or t == v for t, v in zip(terms, row, strict=True))
        for row in model.get(condition.atom.predicate, ())
    )
    return found != condition.negated


def _value(term: Any, env: Mapping[str, Any]) -> Any:
    return env[term.name] if isinstance(term, Variable) else term.value


# --- open cases


@frozen
class OpenCase:
    """A declared program, what is known, and what is asked."""

    text: str
    known: tuple[Fact, ...]
    questions: tuple[Question, ...]

    @property
    def program(self) -> datalog.Program:
        """The program, checked."""
        return datalog.parse(self.text)

    def doubled(self) -> Doubled:
        """The program with the copies that the questions require."""
        checked = self.program.checked
        inputs = {f[0] for q in self.questions for a in q.answers for f in a.facts}
        inputs |= {p for p, row in self.known if any(isinstance(v, Unknown) for v in row)}
        return double(checked, uncertain(checked, inputs))

    def completions(self) -> dict[tuple[int, ...], Store]:
        """The model for every way to answer all questions, by the numbers of the answers."""
        checked = self.program.checked
        found = {}
        for numbers in itertools.product(*(range(len(q.answers)) for q in self.questions)):
            answers = [q.answers[n] for q, n in zip(self.questions, numbers, strict=True)]
            values = {
                q.unknown: a.value
                for q, a in zip(self.questions, answers, strict=True)
                if q.unknown
            }
            store = Store()
            for predicate, row in [*self.known, *(f for a in answers for f in a.facts)]:
                store.add(predicate, tuple(values.get(v, v) for v in row))
            SemiNaive().evaluate(checked, store)
            found[numbers] = store
        return found

    def conclusions(self) -> list[Fact]:
        """Every atom that a rule might conclude."""
        signatures = self.program.checked.signatures.values()
        return [
            (s.predicate, row)
            for s in signatures
            if s.kind == "derived"
            for row in itertools.product(KEYS, repeat=s.arity)
        ]


KEYS = "abc"

_RECURSIONS = (
    # reachability, in its usual forms; `maybe` is a predicate of the case without arguments
    "r(X, Y) :- e(X, Y).\nr(X, Z) :- r(X, Y), e(Y, Z).",
    "r(X, Y) :- e(X, Y), not maybe.\nr(X, Z) :- r(X, Y), r(Y, Z).",
    "r(X, Y) :- e(X, Y).\nr(X, Z) :- e(X, Y), r(Y, Z), maybe.\nr(X, X) :- e(_, X), not maybe.",
    "r(X, Y) :- e(X, Y).\nr(X, Z) :- s(X, Y), e(Y, Z).\ns(X, Y) :- r(X, Y), not e(Y, X).\ns(c, a).",
    "r(a, a) :- maybe.\nr(X, Y) :- s(Y, X).\ns(X, Y) :- r(X, Y).\ns(X, Y) :- e(X, Y), r(Y, _).",
    "r(X, Y) :- e(X, Y).\nr(X, Y) :- r(X, _), e(_, Y).",
)


@st.composite
def open_cases(draw: st.DrawFn, *, loose: bool = True) -> OpenCase:
    """Stratified programs with yes-or-no questions, one of three, and unknown numbers.

    With ``loose`` a recursion may read itself with ``_``.
    """
    arity = {"e0": draw(st.integers(0, 1)), "e1": 1, "e": 2, "maybe": 0}
    layer = dict.fromkeys(arity, -1)
    arity |= {"r": 2, "s": 2}
    layer |= {"r": 0, "s": 0}
    for i in range(draw(st.integers(1, 4))):
        arity[f"p{i}"] = draw(st.integers(0, 1))
        layer[f"p{i}"] = draw(st.integers(1, 3))
    lines = ['.open num(k: symbol, n: number) "s".']
    for name, size in arity.items():
        args = ", ".join(f"a{i}: symbol" for i in range(size))
        kind = "open" if layer[name] < 0 else "derived"
        lines.append(f'.{kind} {name}{f"({args})" if args else ""} "s".')
    lines.append(draw(st.sampled_from(_RECURSIONS[: None if loose else -2])))
    count = draw(st.integers(2, 7))
    lines += [_open_rule(draw, arity, layer, loose=loose) for _ in range(count)]
    atoms = [
        (p, row) for p in arity if layer[p] < 0 for row in itertools.product(KEYS, repeat=arity[p])
    ]
    atoms = draw(st.permutations(atoms))
    yes_or_no = draw(st.integers(1, 4))
    questions = [Question(str(f), (Answer(True, (f,)), Answer(False))) for f in atoms[:yes_or_no]]
    rest = atoms[yes_or_no:]
    if draw(st.booleans()):
        questions.append(Question("which", tuple(Answer(str(f), (f,)) for f in rest[:3])))
        rest = rest[3:]
    known = [f for f in rest if draw(st.booleans())]
    for key in "ab":
        if draw(st.booleans()):
            known.append(("num", (key, draw(st.integers(0, 3)))))
        else:
            unknown = Unknown(f"num {key}")
            known.append(("num", (key, unknown)))
            answers = tuple(Answer(i, value=i) for i in range(4))
            questions.append(Question(f"num {key}", answers, unknown))
    return OpenCase("\n".join(lines), tuple(known), tuple(questions))


def _open_rule(
    draw: st.DrawFn, arity: Mapping[str, int], layer: Mapping[str, int], *, loose: bool
) -> str:
    head = draw(st.sampled_from([p for p in arity if layer[p] >= 1]))
    inputs = [p for p in arity if layer[p] < 0]
    plain = [*inputs, *(p for p in arity if layer[p] <= layer[head])]
    names = ["X", "Y"]
    body = []
    for predicate in draw(st.lists(st.sampled_from(plain), min_size=1, max_size=2)):
        others = ("_", "a", "b") if loose or layer[predicate] < layer[head] else ("a", "b")
        body.append(_atom(draw, predicate, arity, names, others))
    bound = [v for v in names if any(v in atom for atom in body)]
    if draw(st.booleans()):
        lower = [p for p in arity if layer[p] < layer[head]]
        body.append("not " + _atom(draw, draw(st.sampled_from(lower)), arity, bound, ("_", "a")))
    if draw(st.booleans()):
        operator, number = draw(st.sampled_from(OPERATORS)), draw(st.integers(0, 3))
        key = draw(st.sampled_from([*bound, "a", "b"]))
        body += [f"num({key}, N)", f"N {operator} {number}"]
        if draw(st.booleans()):
            body += ["num(b, M)", f"N {draw(st.sampled_from(OPERATORS))} M"]
    body = draw(st.permutations(body))
    args = ", ".join(draw(st.sampled_from([*bound, "b"])) for _ in range(arity[head]))
    return f"{head}{f'({args})' if args else ''} :- {', '.join(body)}."


_NUMBERS = """\
.open num(k: symbol, n: number) "s".
.open e(k: symbol) "s".
.closed lim(n: number) "s".
.closed pair(m: number, n: number) "s".
.derived d0(n: number) "s".
.derived d1(k: symbol, n: number) "s".
.derived p0 "s".
.derived p1 "s".
"""
_COLUMNS = {
    "num": "kn",
    "e": "k",
    "lim": "n",
    "pair": "nn",
    "d0": "n",
    "d1": "kn",
    "p0": "",
    "p1": "",
}
_LAYERS = {"num": -1, "e": -1, "lim": -1, "pair": -1, "d0": 0, "d1": 0, "p0": 1, "p1": 2}


@st.composite
def number_cases(draw: st.DrawFn) -> OpenCase:
    """Programs that pass unknown numbers through rules and join them; some are refused."""
    lines = [_number_rule(draw, head) for head in ("d0", "d1", "p0", "p1")]
    lines += [_number_rule(draw, draw(st.sampled_from(["d0", "d1", "p0", "p1"])))]
    known: list[Fact] = [("lim", (i,)) for i in range(3) if draw(st.booleans())]
    known += [("pair", (i, j)) for i in range(3) for j in range(3) if draw(st.booleans())]
    questions = []
    for key in "ab":
        unknown = Unknown(f"num {key}")
        known.append(("num", (key, unknown)))
        answers = tuple(Answer(i, value=i) for i in range(3))
        questions.append(Question(f"num {key}", answers, unknown))
        fact = ("e", (key,))
        if draw(st.booleans()):
            questions.append(Question(str(fact), (Answer(True, (fact,)), Answer(False))))
        elif draw(st.booleans()):
            known.append(fact)
    return OpenCase(_NUMBERS + "\n".join(lines), tuple(known), tuple(questions))


def _number_rule(draw: st.DrawFn, head: str) -> str:
    def atom(predicate: str, keys: list[str], numbers: list[str]) -> str:
        kinds = {"k": st.sampled_from(keys), "n": st.sampled_from(numbers)}
        args = ", ".join(draw(kinds[kind]) for kind in _COLUMNS[predicate])
        return f"{predicate}({args})" if args else predicate

    reach = [p for p in _COLUMNS if _LAYERS[p] <= _LAYERS[head]]
    picked = draw(st.lists(st.sampled_from(reach), min_size=1, max_size=3))
    body = [atom(p, ["X", "Y", "a", "_"], ["N", "N", "M", "_", "1"]) for p in picked]
    keys = [v for v in ("X", "Y") if any(v in part for part in body)] + ["a"]
    numbers = [v for v in ("N", "M") if any(v in part for part in body)] + ["1"]
    if draw(st.booleans()):
        other = draw(st.sampled_from([*numbers, "2", "1 + 1"]))
        operator = draw(st.sampled_from(OPERATORS))
        body.append(f"{draw(st.sampled_from(numbers))} {operator} {other}")
    if draw(st.booleans()):
        body.append(f"K = {draw(st.sampled_from(numbers))}")
        numbers.append("K")
    if draw(st.booleans()):
        lower = [p for p in reach if _LAYERS[p] < _LAYERS[head]]
        body.append("not " + atom(draw(st.sampled_from(lower)), [*keys, "_"], [*numbers, "_"]))
    body = draw(st.permutations(body))
    return f"{atom(head, keys, numbers)} :- {', '.join(body)}."
