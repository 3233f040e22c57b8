"""A rule base is shared between threads."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

from tests.conftest import Golden

from rogatory import RuleBase


def test_eight_threads_decide_200_requests_like_one(rules: RuleBase, golden: Golden) -> None:
    """The requests differ in what makes decisions differ: States, penalties and readings."""
    states = ("IR", "CN", "RU", "BY", "FR", "QA", "AZ", "NZ", "VE", "JO")
    penalties = (0, 12, 13, 47, 48, 49, 120, "life", "death", "unknown")
    requests = []
    for state, penalty, reading in product(states, penalties, ("requesting", "requested")):
        request = golden("journalist/iran")
        request.update(requesting=state, readings={"serious_crime_law": reading})
        request["offences"][0]["law"]["requesting"]["maximum_penalty"] = penalty
        requests.append(request)
    alone = [rules.decide(request).text for request in requests]
    assert len(set(alone)) == 200
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: rules.decide(request).text, requests))
    assert together == alone
