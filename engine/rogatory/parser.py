"""Text of the rule language to syntax tree, with places; all syntax errors at once."""

import datetime
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError
from lark.tree import Meta

from rogatory.errors import Diagnostic, ProgramError, at
from rogatory.source import Span
from rogatory.syntax import (
    Anonymous,
    Argument,
    Atom,
    Comparison,
    Constant,
    Declaration,
    Domain,
    Expression,
    Here,
    Literal,
    Operation,
    Reading,
    Rule,
    Statement,
    Syntax,
    Term,
    Variable,
)

MOST_DIGITS = 1000
"""How long a number may be; Python itself refuses to read much longer ones."""

_STATEMENT = re.compile(
    r"""(?:\s|%[^\n]*|//[^\n]*|/\*.*?\*/)*     # blanks and comments before it
        (?:\.[a-z]+)?                          # the word of a declaration
        (?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|["'][^\n]*
          |%[^\n]*|//[^\n]*|/\*.*?\*/|(?<=[0-9])\.(?=[0-9])|[^."'%])*
        (?:\.|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_PLAIN = {
    "NAME": "a name",
    "VARIABLE": "a variable",
    "STRING": "a text in quotes",
    "INTEGER": "a number",
    "DATE": "a date",
    "OPERATOR": "a comparison",
    "ANONYMOUS": "`_`",
    "NOT": "`not`",
    "HERE": "`here`",
    "KIND": "a declaration",
    "SIGN": "`+` or `-`",
    "STAR": "`*`",
    "MARK": "`?`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "COLON": "`:`",
    "VBAR": "`|`",
    "EQUAL": "`=`",
    "IMPLIES": "`:-`",
    "DOMAIN": "`.domain`",
    "READING": "`.reading`",
    "$END": "the end of the text",
}


def parse_syntax(text: str, file: str = "<string>", line: int = 1) -> Syntax:
    """Parse a text that starts at ``line`` of ``file``.

    Raises:
        ProgramError: with one ``syntax_error`` for each statement that does not parse.
    """
    try:
        return Syntax(tuple(_run(text, file, line)))
    except (UnexpectedInput, RecursionError):
        pass  # parse again, statement by statement, to find every fault
    diagnostics = list(_faults(text, file, line))
    if not diagnostics:  # the whole fails though every piece parses: report the whole
        diagnostics = list(_fault(text, file, line, 1))
    raise ProgramError(diagnostics)


def _run(text: str, file: str, line: int) -> list[Statement]:
    tree = _grammar().parse(text)
    try:
        statements: list[Statement] = _Builder(file, line).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, ProgramError):
            raise error.orig_exc from None
        raise
    return statements


def _faults(text: str, file: str, line: int) -> Iterator[Diagnostic]:
    for piece in _STATEMENT.finditer(text):
        if not piece.group().strip():
            continue
        before = text[: piece.start()]
        row = line + before.count("\n")
        column = piece.start() - (before.rfind("\n") + 1) + 1
        yield from _fault(piece.group(), file, row, column)


def _fault(text: str, file: str, line: int, column: int) -> Iterator[Diagnostic]:
    try:
        _run(" " * (column - 1) + text, file, line)
    except UnexpectedInput as error:
        row = max(error.line, 1)
        start = max(error.column, 1)
        span = Span(file, line + row - 1, start, line + row - 1, start + 1)
        token = getattr(error, "token", None)
        found = f"`{token}`" if token else _character(error)
        wanted = sorted({_PLAIN.get(name, name) for name in _expected(error)})
        hint = f"expected {' or '.join(wanted)}" if 0 < len(wanted) <= 8 else ""
        yield at("syntax_error", f"unexpected {found}", span, hint)
    except ProgramError as error:
        yield from error.diagnostics
    except RecursionError:
        start = len(text) - len(text.lstrip())
        row = line + text[:start].count("\n")
        span = Span(file, row, 1 if row > line else column + start, row, column)
        yield at("syntax_error", "an expression of this text is nested too deeply", span)


def _character(error: UnexpectedInput) -> str:
    char = getattr(error, "char", None)
    return f"character `{char}`" if char else "end of the text"


def _expected(error: UnexpectedInput) -> set[str]:
    for name in ("accepts", "expected", "allowed"):
        found = getattr(error, name, None)
        if found:
            return set(found)
    return set()


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    text = files("rogatory").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def unquote(token: str) -> str:
    """The text that a quoted token stands for."""
    return re.sub(
        r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), token[1:-1], flags=re.S
    )


class _Builder(Transformer[Token, list[Statement]]):
    """Turns lark's tree into ours, bottom up."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self._file = file
        self._shift = line - 1

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span(self._file, self._shift + 1, 1, self._shift + 1, 1)
        shift = self._shift
        return Span(
            self._file, meta.line + shift, meta.column, meta.end_line + shift, meta.end_column
        )

    def start(self, children: list[Statement]) -> list[Statement]:
        return children

    @v_args(meta=True)
    def rule(self, meta: Meta, children: list[Any]) -> Rule:
        head, _, *body = children
        return Rule(head, tuple(c for c in body if c is not None), span=self._span(meta))

    @v_args(meta=True)
    def declaration(self, meta: Meta, children: list[Any]) -> Declaration:
        kind, name, *rest = children
        arguments = tuple(c for c in rest if isinstance(c, Argument))
        sentences = [c for c in rest if isinstance(c, str)] + ["", ""]
        return Declaration(
            str(kind)[1:], str(name), arguments, sentences[0], sentences[1], span=self._span(meta)
        )

    plain_declaration = declaration

    @v_args(meta=True)
    def argument(self, meta: Meta, children: list[Token | None]) -> Argument:
        name, kind, mark = children
        return Argument(str(name), str(kind or "symbol"), mark is not None, span=self._span(meta))

    def sentence(self, children: list[Token]) -> str:
        return unquote(children[0])

    @v_args(meta=True)
    def domain(self, meta: Meta, children: list[Any]) -> Domain:
        _, name, *members = children
        values, labels = _columns(members)
        return Domain(str(name), values, labels, span=self._span(meta))

    @v_args(meta=True)
    def reading(self, meta: Meta, children: list[Any]) -> Reading:
        _, name, question, *members = children
        values, labels = _columns(members)
        return Reading(str(name), question, values, labels, span=self._span(meta))

    def member(self, children: list[Token | None]) -> tuple[str, str]:
        name, label = children
        value = unquote(name) if name and name[0] in "\"'" else str(name)
        return value, unquote(label) if label else value.replace("_", " ")

    @v_args(meta=True)
    def literal(self, meta: Meta, children: list[Atom]) -> Literal:
        return Literal(children[0], span=self._span(meta))

    @v_args(meta=True)
    def negated(self, meta: Meta, children: list[Any]) -> Literal:
        return Literal(children[1], negated=True, span=self._span(meta))

    @v_args(meta=True)
    def comparison(self, meta: Meta, children: list[Any]) -> Comparison:
        left, operator, right = children
        return Comparison(str(operator), left, right, span=self._span(meta))

    @v_args(meta=True)
    def atom(self, meta: Meta, children: list[Any]) -> Atom:
        name, *terms = children
        return Atom(str(name), tuple(t for t in terms if t is not None), span=self._span(meta))

    @v_args(meta=True)
    def operation(self, meta: Meta, children: list[Any]) -> Expression:
        left, sign, right = children
        return Operation(str(sign), left, right, span=self._span(meta))

    def _leaf(make: Callable[[Any, Span], Term]) -> Any:  # type: ignore[misc]  # noqa: N805
        @v_args(meta=True)
        def build(self: "_Builder", meta: Meta, children: list[Token]) -> Term:
            return make(children, self._span(meta))

        return build

    variable = _leaf(lambda c, span: Variable(str(c[0]), span=span))
    anonymous = _leaf(lambda _, span: Anonymous(span=span))
    here = _leaf(lambda _, span: Here(span=span))
    symbol = _leaf(lambda c, span: Constant(str(c[0]), span=span))
    text = _leaf(lambda c, span: Constant(unquote(c[0]), span=span))
    integer = _leaf(lambda c, span: Constant(_integer(c[0], span), span=span))
    signed = _leaf(lambda c, span: Constant(_integer(c[0] + c[1], span), span=span))
    date = _leaf(lambda c, span: Constant(_date(str(c[0]), span), span=span))


def _columns(members: list[tuple[str, str] | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    present = [m for m in members if m is not None]
    return tuple(m[0] for m in present), tuple(m[1] for m in present)


def _integer(token: str, span: Span) -> int:
    if len(token) > MOST_DIGITS:
        message = f"a number of {len(token)} digits"
        hint = f"numbers have at most {MOST_DIGITS} digits"
        raise ProgramError([at("syntax_error", message, span, hint)])
    return int(token)


def _date(token: str, span: Span) -> datetime.date:
    try:
        return datetime.date.fromisoformat(token[1:])
    except ValueError:
        hint = "write a day of the calendar as @YYYY-MM-DD"
        raise ProgramError([at("syntax_error", f"`{token}` is not a date", span, hint)]) from None
