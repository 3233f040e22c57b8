"""How long one decision takes, warm, and where the time goes: medians over the golden cases.

    python benchmarks/decide.py [--rounds N] [--evaluator pydatalog|seminaive]

Figures of one run can be compared with each other, not with those of another machine or hour.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rogatory import Request, RuleBase
from rogatory.answer import build_answer
from rogatory.case import read_case
from rogatory.checker import check_decision
from rogatory.evaluation import evaluate
from rogatory.seminaive import SemiNaive
from rogatory.topdown import PyDatalog

FIXTURES = Path(__file__).parent.parent / "fixtures"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--evaluator", choices=["pydatalog", "seminaive"], default="pydatalog")
    options = parser.parse_args()
    evaluator: Any = PyDatalog() if options.evaluator == "pydatalog" else SemiNaive()
    rules = RuleBase.default()
    paths = sorted(FIXTURES.rglob("request.json"))
    documents = [json.loads(p.read_text(encoding="utf-8")) for p in paths]
    for document in documents:
        rules.decide(document, evaluator=evaluator)  # warm: load the rules in this thread
    stages: dict[str, list[float]] = {}

    def timed(stage: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = call()
        stages.setdefault(stage, []).append(1000 * (time.perf_counter() - start))
        return result

    for _ in range(options.rounds):
        for document in documents:
            request = timed("validate", lambda d=document: Request.read(d))
            data = request.document
            case = timed("facts", lambda d=data: read_case(rules.intake, rules.program, d))
            result = timed("evaluate", lambda c=case: evaluate(rules, c, evaluator))
            answer = timed(
                "proof and answer", lambda c=case, e=result, d=data: build_answer(rules, c, e, d)
            )
            timed("write", lambda a=answer: json.dumps(a, sort_keys=True))
            whole = timed("whole", lambda d=document: rules.decide(d, evaluator=evaluator))
            timed("checker", lambda w=whole: check_decision(w.document, rules))
    print(f"{platform.python_version()} on {platform.machine()}, {options.evaluator}")
    print(f"{len(documents)} golden cases, {options.rounds} rounds")
    total = sum(statistics.median(v) for k, v in stages.items() if k not in ("whole", "checker"))
    for stage, values in stages.items():
        median, worst = statistics.median(values), max(values)
        share = "" if stage in ("whole", "checker") else f"{100 * median / total:5.0f} %"
        print(f"{stage:18} median {median:7.2f} ms   worst {worst:7.2f} ms {share}")
    command = [sys.executable, "-m", "rogatory", "decide", str(paths[0])]
    cold = []
    for _ in range(options.rounds):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        cold.append(1000 * (time.perf_counter() - start))
    print(f"{'command line, cold':18} median {statistics.median(cold):7.2f} ms")


if __name__ == "__main__":
    main()
