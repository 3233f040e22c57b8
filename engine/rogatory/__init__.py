"""Rogatory: rules as code for mutual legal assistance.

>>> from rogatory import RuleBase
>>> decision = RuleBase.default().decide(
...     {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}
... )
"""

from rogatory import datalog
from rogatory.decision import Decision
from rogatory.errors import (
    Diagnostic,
    DocumentError,
    EvaluationError,
    ProgramError,
    RogatoryError,
)
from rogatory.request import Request, Scenario
from rogatory.rulebase import RuleBase

__all__ = [
    "Decision",
    "Diagnostic",
    "DocumentError",
    "EvaluationError",
    "ProgramError",
    "Request",
    "RogatoryError",
    "RuleBase",
    "Scenario",
    "datalog",
]
