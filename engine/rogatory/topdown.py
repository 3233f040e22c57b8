"""The pyDatalog evaluator. This is the one module that imports pyDatalog.

pyDatalog is driven at the level of its engine: clauses and literals are built from the
syntax tree, never from text, so nothing is executed and a constant stays a constant.

Rules are loaded once per thread and program. Facts are not asserted at all: pyDatalog reads
them from the store through primitives, and negations and comparisons are primitives, too. So
a request leaves nothing behind, however it ends. Strata are closed one after the other, and
tables are kept from one question to the next. Recursive strata, on which pyDatalog can hang
or err, never reach it: the semi-naive evaluator closes them.

What is used of pyDatalog's undocumented engine is pinned by tests/test_topdown.py.
"""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from pyDatalog import Logic, pyEngine

from rogatory.compute import compute, holds
from rogatory.plan import Absent, Bind, Scan, Step, Test, instantiate
from rogatory.program import CheckedProgram
from rogatory.seminaive import SemiNaive
from rogatory.store import Store
from rogatory.syntax import (
    Anonymous,
    Atom,
    Constant,
    Row,
    Term,
    Unknown,
    Value,
    Variable,
    variables,
)

_LOADED_PROGRAMS = 8
"""How many programs a thread keeps loaded; the one unused for longest is dropped."""


@frozen
class PyDatalog:
    """Evaluates checked programs with pyDatalog. Safe to share between threads."""

    def evaluate(self, program: CheckedProgram, store: Store) -> None:
        """Add to ``store`` every fact that the program derives from it.

        Raises:
            EvaluationError: as :class:`~rogatory.seminaive.SemiNaive` does.
        """
        session = _session(program)
        try:
            session.run(store)
        except BaseException:
            _sessions().pop(id(program), None)  # its tables may be half filled
            raise


class _Session:
    """A program loaded into an engine context of one thread.

    Each rule is a predicate of its own, ``r:<index>``, over the variables of the rule's head.
    Its body reads the store, in which all lower strata are complete, so that a rule whose body
    asks for what is not there need not be tried, and tables stay valid from rule to rule.
    """

    def __init__(self, program: CheckedProgram) -> None:
        self.program = program  # keeps the id, under which the session is filed, in use
        self._store = Store()
        self._known: set[str] = set()
        self._context = _new_context()
        with self._entered():
            self._rules = [self._load(index) for index in range(len(program.rules))]
        self._needs = [
            tuple({_fixed(s.literal.atom) for s in steps if isinstance(s, Scan)})
            for steps in program.steps
        ]

    def run(self, store: Store) -> None:
        """Close a store under the program."""
        self._store = store
        tables: dict[Any, Any] = {}
        try:
            with self._entered():
                for stratum in self.program.strata:
                    if stratum.recursive:
                        SemiNaive().close(self.program, stratum, store)
                        tables = {}  # they may hold what the recursion has added to
                    else:
                        self._ask_all(stratum.predicates[0], store, tables)
        finally:
            self._store = Store()

    def _ask_all(self, predicate: str, store: Store, tables: dict[Any, Any]) -> None:
        for index in self.program.rules_for(predicate):
            if all(store[name].has(where, key) for name, where, key in self._needs[index]):
                goal, names = self._rules[index]
                rule = self.program.rules[index]
                for row in _answers(goal, tables):
                    env = dict(zip(names, map(_decode, row), strict=True))
                    store.add(predicate, instantiate(rule, env))

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Make this context the thread's, and put back whatever was there before."""
        local = Logic.tl
        saved = getattr(local, "logic", None)
        local.logic = self._context
        try:
            yield
        finally:
            if saved is None:
                del local.logic
            else:
                local.logic = saved

    def _load(self, index: int) -> tuple[Any, list[str]]:
        rule, steps = self.program.rules[index], self.program.steps[index]
        names = _names(variables(rule.head))
        head = pyEngine.Literal(f"r:{index}", [pyEngine.Var(n) for n in names])
        body = [self._condition(step, index, n) for n, step in enumerate(steps)]
        # a clause without a body would be a fact, and a goal without a variable stops early
        pyEngine.assert_(pyEngine.Clause(head, body or [self._true()]))
        return head, names

    def _true(self) -> Any:
        def succeed(_: Any, subgoal: Any) -> None:
            subgoal.fact(True)

        return self._primitive("true", succeed, [])

    def _condition(self, step: Step, index: int, number: int) -> Any:
        match step:
            case Scan(literal=literal):
                name = literal.atom.predicate
                terms = _terms(literal.atom, number)
                return self._primitive(f"e:{name}", self._reader(name), terms)
            case Absent(literal=literal, positions=positions):
                name = literal.atom.predicate

                def absent(found: Any, subgoal: Any) -> None:
                    key = tuple(_decode(t.id) for t in found.terms)
                    if not self._store[name].has(positions, key):
                        subgoal.fact(True)

                terms = [t for t in _terms(literal.atom, number) if not isinstance(t, _Free)]
                suffix = ",".join(map(str, positions))
                return self._primitive(f"n:{name}:{suffix}", absent, terms)
            case Test(comparison=comparison):
                names = _names(variables(comparison))

                def test(found: Any, subgoal: Any) -> None:
                    env = {n: _decode(t.id) for n, t in zip(names, found.terms, strict=True)}
                    if holds(comparison, env):
                        subgoal.fact(True)

                return self._primitive(f"c:{index}:{number}", test, names)
            case Bind(name=name, expression=expression):
                inputs = _names(variables(expression))

                def bind(found: Any, subgoal: Any) -> None:
                    given = found.terms[:-1]
                    env = {n: _decode(t.id) for n, t in zip(inputs, given, strict=True)}
                    value = _constant(compute(expression, env))
                    subgoal.fact(pyEngine.Literal(found.pred, [*given, value]))

                return self._primitive(f"b:{index}:{number}", bind, [*inputs, name])

    def _reader(self, predicate: str) -> Callable[[Any, Any], None]:
        def read(literal: Any, subgoal: Any) -> None:
            bound = [i for i, t in enumerate(literal.terms) if t.is_const()]
            key = tuple(_decode(literal.terms[i].id) for i in bound)
            rows = self._store[predicate].select(tuple(bound), key)
            if len(bound) == len(literal.terms):
                if rows:
                    subgoal.fact(True)
                return
            ids = [t.id for t in literal.terms]
            repeats = [(ids.index(t), i) for i, t in enumerate(ids) if ids.index(t) < i]
            for row in rows:
                if all(row[i] == row[j] for i, j in repeats):
                    subgoal.fact(pyEngine.Literal(literal.pred, [_constant(v) for v in row]))

        return read

    def _primitive(
        self, name: str, function: Callable[[Any, Any], None], terms: Sequence[Any]
    ) -> Any:
        built = [pyEngine.Var(t) if isinstance(t, str) else t for t in terms]
        literal = pyEngine.Literal(name, built)
        if literal.pred.id not in self._known:
            self._known.add(literal.pred.id)
            pyEngine.insert(literal.pred).prim = function
        return literal


_threads = threading.local()


def _sessions() -> OrderedDict[int, _Session]:
    sessions: OrderedDict[int, _Session] | None = getattr(_threads, "sessions", None)
    if sessions is None:
        sessions = _threads.sessions = OrderedDict()
    return sessions


def _session(program: CheckedProgram) -> _Session:
    sessions = _sessions()
    session = sessions.get(id(program))
    if session is None:
        session = sessions[id(program)] = _Session(program)
        while len(sessions) > _LOADED_PROGRAMS:
            sessions.popitem(last=False)
    sessions.move_to_end(id(program))
    return session


def _new_context() -> Any:
    local = Logic.tl
    saved = getattr(local, "logic", None)
    context = Logic()
    if saved is None:
        del local.logic
    else:
        local.logic = saved
    return context


def _answers(goal: Any, tables: dict[Any, Any]) -> list[tuple[Any, ...]]:
    """``Literal.ask`` of pyDatalog, keeping the tables of subgoals, which it throws away."""
    state = Logic.tl.logic
    state.Tasks, state.Recursive_Tasks = pyEngine.TaskList(), pyEngine.TaskDeque()
    state.Subgoals, state.Goal = tables, pyEngine.Subgoal(goal)
    state.gc_uncollected, state.Recursive = True, False
    todo, arguments = pyEngine.SEARCH, (state.Goal,)
    while todo is not None:
        step = todo(*arguments)
        if step is None:
            break
        todo, arguments = step
    facts = state.Goal.facts
    state.Tasks = state.Recursive_Tasks = state.Goal = None
    state.Subgoals = {}
    if facts is True:
        return [()]
    return [tuple(t.id for t in literal.terms) for literal in facts.values()]


def _names(found: Iterator[Variable]) -> list[str]:
    return list(dict.fromkeys(v.name for v in found))


def _fixed(atom: Atom) -> tuple[str, tuple[int, ...], Row]:
    """What of a literal is constant; without a row that has it, the rule cannot fire."""
    fixed = [(i, t.value) for i, t in enumerate(atom.terms) if isinstance(t, Constant)]
    return atom.predicate, tuple(i for i, _ in fixed), tuple(v for _, v in fixed)


class _Free(pyEngine.Var):  # type: ignore[misc]
    """A variable that stands for ``_``."""


def _terms(atom: Atom, number: int) -> list[Any]:
    return [_term(term, f"_{number}_{place}") for place, term in enumerate(atom.terms)]


def _term(term: Term, unique: str) -> Any:
    match term:
        case Variable(name=name):
            return pyEngine.Var(name)
        case Anonymous():
            return _Free(unique)
        case Constant(value=value):
            return _constant(value)
    raise AssertionError(f"unchecked term {term!r}")


def _constant(value: Value) -> Any:
    return pyEngine.Const(_encode(value))


def _encode(value: Value) -> str | int:
    """A value as pyDatalog takes it: a string that begins with its kind, or an integer."""
    match value:
        case str():
            return "s" + value
        case int():
            return value
        case datetime.date():
            return "d" + value.isoformat()
        case Unknown(question=question):
            return "u" + question


def _decode(code: Any) -> Value:
    if isinstance(code, int):
        return code
    kind, text = code[0], code[1:]
    if kind == "s":
        return str(text)
    return datetime.date.fromisoformat(text) if kind == "d" else Unknown(text)
