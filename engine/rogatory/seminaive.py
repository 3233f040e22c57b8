"""The semi-naive evaluator: bottom-up, stratum by stratum, recursion included.

It closes recursive strata for the pyDatalog evaluator and is the second opinion on whole
programs. (Ullman, Principles of Database and Knowledge-Base Systems, vol. 1, ch. 3.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from rogatory.errors import Diagnostic, EvaluationError
from rogatory.plan import Stratum, instantiate, matches, order
from rogatory.program import CheckedProgram
from rogatory.store import Relation, Store
from rogatory.syntax import Literal, Row

FACT_LIMIT = 1_000_000
"""The most facts that one recursive stratum may derive before evaluation gives up."""


@frozen
class SemiNaive:
    """Evaluates checked programs bottom up. Stateless and safe to share between threads."""

    limit: int = FACT_LIMIT

    def evaluate(self, program: CheckedProgram, store: Store) -> None:
        """Add to ``store`` every fact that the program derives from it.

        Raises:
            EvaluationError: ``evaluation_limit`` if arithmetic in a recursion does not end,
                ``type_mismatch`` if values are compared that have no common order.
        """
        for stratum in program.strata:
            self.close(program, stratum, store)

    def close(self, program: CheckedProgram, stratum: Stratum, store: Store) -> None:
        """Evaluate one stratum; what it depends on must be complete in ``store``."""
        indexes = [i for p in stratum.predicates for i in program.rules_for(p)]
        fresh: dict[str, Relation] = {p: Relation() for p in stratum.predicates}
        for i in indexes:
            rule = program.rules[i]
            rows = [instantiate(rule, env) for env in matches(program.steps[i], store)]
            self._add(rule.head.predicate, rows, store, fresh)
        if not stratum.recursive:
            return
        for predicate in stratum.predicates:  # facts supplied from outside count as new, too
            for row in store[predicate]:
                fresh[predicate].add(row)
        deltas = [
            (program.rules[i], literal.atom.predicate, order(program.rules[i].body, first=n))
            for i in indexes
            for n, literal in enumerate(program.rules[i].body)
            if isinstance(literal, Literal)
            and not literal.negated
            and literal.atom.predicate in stratum.predicates
        ]
        derived = 0
        while any(len(r) for r in fresh.values()):
            previous = fresh
            fresh = {p: Relation() for p in stratum.predicates}
            for rule, predicate, steps in deltas:
                if len(previous[predicate]):
                    rows = [
                        instantiate(rule, env) for env in matches(steps, store, previous[predicate])
                    ]
                    self._add(rule.head.predicate, rows, store, fresh)
            derived += sum(len(r) for r in fresh.values())
            if derived > self.limit:
                names = ", ".join(stratum.predicates)
                message = f"more than {self.limit} facts for {names}"
                hint = "bound the numbers that the recursion counts with"
                raise EvaluationError([Diagnostic("evaluation_limit", message, hint=hint)])

    def _add(
        self,
        predicate: str,
        rows: Sequence[Row],
        store: Store,
        fresh: Mapping[str, Relation],
    ) -> None:
        for row in rows:
            if store.add(predicate, row):
                fresh[predicate].add(row)
