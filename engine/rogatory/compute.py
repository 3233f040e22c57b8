"""Values: arithmetic and comparison of symbols, integers, dates and unknown values."""

import datetime
import operator
from collections.abc import Callable, Mapping

from rogatory.errors import EvaluationError, at
from rogatory.printer import print_value
from rogatory.source import Span
from rogatory.syntax import (
    Comparison,
    Constant,
    Expression,
    Operation,
    Unknown,
    Value,
    Variable,
)

MOST_BITS = 4096
"""How large a number may become; a recursion that multiplies would never end otherwise."""

Environment = Mapping[str, Value]
"""The values of a rule's variables."""

_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARE: Mapping[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compute(expression: Expression, environment: Environment) -> Value:
    """The value of an expression whose variables are all bound.

    Raises:
        EvaluationError: ``type_mismatch`` for arithmetic on what is not a number or a date,
            ``evaluation_limit`` for a date outside the calendar.
    """
    match expression:
        case Constant(value=value):
            return value
        case Variable(name=name):
            return environment[name]
        case Operation(operator=sign, left=left, right=right, span=span):
            return _calculate(sign, compute(left, environment), compute(right, environment), span)
    raise AssertionError(f"no value for {expression!r}")


def holds(comparison: Comparison, environment: Environment) -> bool:
    """Whether a comparison holds; with an unknown value it does exactly if it is lenient.

    Raises:
        EvaluationError: ``type_mismatch`` if the two sides have no common order.
    """
    left = compute(comparison.left, environment)
    right = compute(comparison.right, environment)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return comparison.lenient
    if type(left) is not type(right):
        if comparison.operator in ("=", "!="):
            return comparison.operator == "!="
        message = f"{print_value(left)} and {print_value(right)} have no common order"
        raise EvaluationError([at("type_mismatch", message, comparison.span)])
    return _COMPARE[comparison.operator](left, right)


def _calculate(sign: str, left: Value, right: Value, span: Span) -> Value:
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    try:
        if isinstance(left, int) and isinstance(right, int):
            result = _ARITHMETIC[sign](left, right)
            if result.bit_length() > MOST_BITS:
                raise OverflowError
            return result
        if isinstance(left, datetime.date):
            if isinstance(right, int) and sign in "+-":
                return left + datetime.timedelta(days=right if sign == "+" else -right)
            if isinstance(right, datetime.date) and sign == "-":
                return (left - right).days
    except OverflowError:
        shown = f"{print_value(left)} {sign} {print_value(right)}"
        if isinstance(left, int):
            shown = "a multiplication"  # its numbers are too long to show
        message = f"the result of {shown} is out of range"
        raise EvaluationError([at("evaluation_limit", message, span)]) from None
    message = f"{print_value(left)} {sign} {print_value(right)} cannot be calculated"
    hint = "arithmetic takes integers; a date takes plus or minus a number of days"
    raise EvaluationError([at("type_mismatch", message, span, hint)])
