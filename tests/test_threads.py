"""A rule base is shared between threads."""

from concurrent.futures import ThreadPoolExecutor

from tests.requests import random_request

from rogatory import RuleBase


def test_eight_threads_decide_200_requests_like_one(rules: RuleBase) -> None:
    requests = [random_request(seed) for seed in range(1000, 1200)]
    alone = [rules.decide(request).text for request in requests]
    assert len(set(alone)) == 200
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: rules.decide(request).text, requests))
    assert together == alone
