"""Syntax tree to text: the canonical spelling, which parses back to the same tree."""

import datetime
import re

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
    Unknown,
    Value,
    Variable,
)

_NAME = re.compile(r"[a-z][A-Za-z0-9_]*\Z")
_RESERVED = frozenset({"not", "here"})

Printable = Syntax | Statement | Literal | Comparison | Atom | Argument | Expression


def print_value(value: Value) -> str:
    """A constant as the rule language spells it."""
    match value:
        case str():
            if _NAME.match(value) and value not in _RESERVED:
                return value
            return _quote(value)
        case datetime.date():
            return f"@{value.isoformat()}"
        case Unknown():
            return f"?{value.question}"
    return str(value)


def print_syntax(node: Printable) -> str:
    """The text of a node. ``parse_syntax(print_syntax(s)) == s`` for every syntax ``s``."""
    match node:
        case Syntax(statements=statements):
            return "".join(print_syntax(s) + "\n" for s in statements)
        case Rule(head=head, body=body):
            text = print_syntax(head)
            if body:
                text += " :- " + ", ".join(print_syntax(c) for c in body)
            return text + "."
        case Declaration():
            return _declaration(node)
        case Domain(name=name):
            members = ", ".join(_members(node))
            return f".domain {name}{': ' if members else ''}{members}."
        case Reading(name=name, question=question):
            return f".reading {name} {_quote(question)}: {' | '.join(_members(node))}."
        case Argument(name=name, type=kind, unsourced=unsourced):
            return f"{name}: {kind}{'?' if unsourced else ''}"
        case Literal(atom=atom, negated=negated):
            return ("not " if negated else "") + print_syntax(atom)
        case Comparison(operator=operator, left=left, right=right):
            return f"{print_syntax(left)} {operator} {print_syntax(right)}"
        case Atom(predicate=predicate, terms=terms):
            if not terms:
                return predicate
            return f"{predicate}({', '.join(print_syntax(t) for t in terms)})"
        case Operation():
            return _operation(node)
        case Variable(name=name):
            return name
        case Constant(value=value):
            return print_value(value)
        case Anonymous():
            return "_"
        case Here():
            return "here"


def _declaration(node: Declaration) -> str:
    text = f".{node.kind} {node.predicate}"
    if node.arguments:
        text += f"({', '.join(print_syntax(a) for a in node.arguments)})"
    sentences = (
        [node.sentence, node.denial] if node.denial else [node.sentence] * bool(node.sentence)
    )
    return text + "".join(" " + _quote(s) for s in sentences) + "."


def _members(node: Domain | Reading) -> list[str]:
    values = node.members if isinstance(node, Domain) else node.alternatives
    return [
        print_value(value) + ("" if label == value.replace("_", " ") else f" = {_quote(label)}")
        for value, label in zip(values, node.labels, strict=True)
    ]


def _operation(node: Operation) -> str:
    left, right = print_syntax(node.left), print_syntax(node.right)
    if node.operator == "*" and isinstance(node.left, Operation) and node.left.operator != "*":
        left = f"({left})"
    if isinstance(node.right, Operation) and (node.operator == "*" or node.right.operator != "*"):
        right = f"({right})"
    return f"{left} {node.operator} {right}"


def _quote(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    )
    return f'"{escaped}"'
