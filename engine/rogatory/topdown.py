"""The pyDatalog evaluator. This is the one module that imports pyDatalog.

pyDatalog is driven at the level of its engine: clauses and literals are built from the
syntax tree, never from text, so nothing is executed and a constant stays a constant.

A program is cut into segments. Recursive strata, on which pyDatalog can hang or err, are
closed by the semi-naive evaluator; each run of other strata is one query, which asks every
predicate of the run with all arguments free. Rules are loaded once per thread and program.
Facts are not asserted at all: pyDatalog reads them from the store through primitives, and
comparisons are primitives, too. So a request leaves nothing behind, however it ends.

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

from rogatory.checks import CheckedProgram
from rogatory.compute import compute, holds
from rogatory.plan import Absent, Bind, Scan, Step, Stratum, Test
from rogatory.seminaive import SemiNaive
from rogatory.store import Store
from rogatory.syntax import (
    Anonymous,
    Atom,
    Constant,
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
            for segment in session.segments:
                if isinstance(segment, Stratum):
                    SemiNaive().close(program, segment, store)
                else:
                    segment.run(store)
        except BaseException:
            _sessions().pop(id(program), None)  # its tables may be half filled
            raise


class _Session:
    """A program loaded into engine contexts of one thread."""

    def __init__(self, program: CheckedProgram) -> None:
        self.program = program  # keeps the id, under which the session is filed, in use
        self.segments: list[_Segment | Stratum] = []
        run: list[str] = []
        for stratum in program.strata:
            if stratum.recursive:
                self._flush(run)
                run = []
                self.segments.append(stratum)
            else:
                run += stratum.predicates
        self._flush(run)

    def _flush(self, run: Sequence[str]) -> None:
        if run:
            self.segments.append(_Segment(self.program, run))


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


class _Segment:
    """Consecutive non-recursive strata, loaded into an engine context of their own."""

    def __init__(self, program: CheckedProgram, predicates: Sequence[str]) -> None:
        self._program = program
        self._arity = {p: program.signatures[p].arity for p in predicates}
        self._store = Store()
        self._known: set[str] = set()
        self._context = _new_context()
        with self._entered():
            for predicate in predicates:
                self._load(predicate)
            for predicate, arity in self._arity.items():
                # a goal without a variable would stop at its first answer
                goal = pyEngine.Literal("goal", [pyEngine.Const(predicate)])
                literal = pyEngine.Literal(f"r:{predicate}", _fresh(arity))
                pyEngine.assert_(pyEngine.Clause(goal, [literal]))

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

    def _load(self, predicate: str) -> None:
        indexes = self._program.rules_for(predicate)
        if not self._program.declared:  # a plain program may be given facts for it as well
            arity = self._arity[predicate]
            terms = _fresh(arity)
            head = pyEngine.Literal(f"r:{predicate}", terms)
            pyEngine.assert_(pyEngine.Clause(head, [self._stored(predicate, terms)]))
        for index in indexes:
            rule, steps = self._program.rules[index], self._program.steps[index]
            head = self._literal(rule.head)
            body = [self._condition(s, index, n) for n, s in enumerate(steps)]
            pyEngine.assert_(pyEngine.Clause(head, body))

    def _condition(self, step: Step, index: int, number: int) -> Any:
        match step:
            case Scan(literal=literal):
                return self._literal(literal.atom)
            case Absent(literal=literal):
                return self._negation(literal.atom)
            case Test(comparison=comparison):
                names = _names(variables(comparison))

                def test(literal: Any, subgoal: Any) -> None:
                    env = dict(zip(names, map(_decoded, literal.terms), strict=True))
                    if holds(comparison, env):
                        subgoal.fact(True)

                return self._primitive(f"c:{index}:{number}", test, names)
            case Bind(name=name, expression=expression):
                inputs = _names(variables(expression))

                def bind(literal: Any, subgoal: Any) -> None:
                    given = literal.terms[:-1]
                    env = dict(zip(inputs, map(_decoded, given), strict=True))
                    value = pyEngine.Const(_encode(compute(expression, env)))
                    subgoal.fact(pyEngine.Literal(literal.pred, [*given, value]))

                return self._primitive(f"b:{index}:{number}", bind, [*inputs, name])

    def _literal(self, atom: Atom) -> Any:
        terms = [_term(t, n) for n, t in enumerate(atom.terms)]
        if atom.predicate in self._arity:
            return pyEngine.Literal(f"r:{atom.predicate}", terms)
        return self._stored(atom.predicate, terms)

    def _negation(self, atom: Atom) -> Any:
        terms = [_term(t, n) for n, t in enumerate(atom.terms)]
        if atom.predicate in self._arity:
            name = f"r:{atom.predicate}"
        else:
            name = self._stored(atom.predicate, terms).pred.name
        return pyEngine.Literal(f"~{name}", terms)

    def _stored(self, predicate: str, terms: Sequence[Any]) -> Any:
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

        return self._primitive(f"e:{predicate}", read, terms)

    def _primitive(
        self, name: str, function: Callable[[Any, Any], None], terms: Sequence[Any]
    ) -> Any:
        built = [pyEngine.Var(t) if isinstance(t, str) else t for t in terms]
        literal = pyEngine.Literal(name, built)
        if literal.pred.id not in self._known:
            self._known.add(literal.pred.id)
            pyEngine.insert(literal.pred).prim = function
        return literal

    def run(self, store: Store) -> None:
        """Ask for everything at once and add the answers to the store."""
        self._store = store
        try:
            with self._entered():
                tables = _tables(pyEngine.Literal("goal", _fresh(1)))
        finally:
            self._store = Store()
        for predicate, arity in self._arity.items():
            found = tables[f"r:{predicate}/{arity}", *(("v", n) for n in range(arity))]
            if found.facts is True:
                store.add(predicate, ())
            else:
                for fact in found.facts.values():
                    store.add(predicate, tuple(_decode(t.id) for t in fact.terms))


def _new_context() -> Any:
    local = Logic.tl
    saved = getattr(local, "logic", None)
    context = Logic()
    if saved is None:
        del local.logic
    else:
        local.logic = saved
    return context


def _tables(goal: Any) -> Any:
    """``Literal.ask`` of pyDatalog, keeping the tables of all subgoals, which it throws away."""
    state = Logic.tl.logic
    state.Tasks, state.Recursive_Tasks = pyEngine.TaskList(), pyEngine.TaskDeque()
    state.Subgoals, state.Goal = {}, pyEngine.Subgoal(goal)
    state.gc_uncollected, state.Recursive = True, False
    todo, arguments = pyEngine.SEARCH, (state.Goal,)
    while todo is not None:
        step = todo(*arguments)
        if step is None:
            break
        todo, arguments = step
    tables = state.Subgoals
    state.Tasks = state.Recursive_Tasks = state.Goal = None
    state.Subgoals = {}
    return tables


def _fresh(arity: int) -> list[Any]:
    return [pyEngine.Var(f"V{n}") for n in range(arity)]


def _names(found: Iterator[Variable]) -> list[str]:
    return list(dict.fromkeys(v.name for v in found))


def _term(term: Term, position: int) -> Any:
    match term:
        case Variable(name=name):
            return pyEngine.Var(name)
        case Anonymous(span=span):
            return pyEngine.Var(f"_{position}_{id(term)}_{span.column}")
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


def _decoded(term: Any) -> Value:
    return _decode(term.id)

