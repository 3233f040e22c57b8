"""Proofs: sound links, complete accounts of what fails, and sentences for people."""

from typing import Any

import pytest
from tests.conftest import Golden
from tests.requests import random_request

from rogatory import RuleBase
from rogatory.phrase import Phrasebook
from rogatory.proof import match_row, partial, unify
from rogatory.syntax import Anonymous, Atom, Constant, Literal, Rule, Unknown, Variable

JSON = dict[str, Any]


@pytest.fixture(scope="module")
def decisions(rules: RuleBase, golden: Golden) -> list[JSON]:
    """Decisions of several kinds, settled and open."""
    names = ["iran", "iran-penalty-not-stated", "china", "russia"]
    requests = [golden(f"journalist/{n}") for n in names] + [random_request(s) for s in range(6)]
    return [rules.decide(r).document for r in requests]


def nodes_of(decisions: list[JSON]) -> list[JSON]:
    return [n for d in decisions for n in d["proof"]]


def below(node: JSON) -> list[int]:
    """The nodes on which a node rests."""
    steps = [s["premises"] for s in node.get("by", ())]
    steps += [[b["premise"]] for b in node.get("blocked", ())]
    return [n for premises in steps for p in premises for n in p.get("nodes", ())]


def test_every_atom_has_one_node_and_every_reference_a_node(decisions: list[JSON]) -> None:
    for decision in decisions:
        proof = decision["proof"]
        assert [n["id"] for n in proof] == list(range(len(proof)))
        assert len({str(n["atom"]) for n in proof}) == len(proof)
        assert {i for n in proof for i in below(n)} <= set(range(len(proof)))


def test_what_holds_or_may_hold_rests_on_other_nodes_without_a_cycle(
    decisions: list[JSON],
) -> None:
    for decision in decisions:
        proof, done = decision["proof"], set()

        def visit(number: int, path: tuple[int, ...], proof=proof, done=done) -> None:
            assert number not in path
            if number not in done and proof[number]["status"] != "excluded":
                for inner in below(proof[number]):
                    visit(inner, (*path, number))
            done.add(number)

        for number in range(len(proof)):
            visit(number, ())


def test_every_node_says_where_it_comes_from(decisions: list[JSON], rules: RuleBase) -> None:
    for node in nodes_of(decisions):
        kind = rules.program.signatures[node["atom"][0]].kind
        if kind in ("open", "closed") and None not in node["atom"]:
            assert node["origin"] in {
                "assumption",
                "denied",
                "not stated",
                "provision",
                "question",
                "reading",
                "registry",
                "request",
            }
        elif node["status"] == "established":
            assert node["by"]
        if node["status"] == "open":
            assert node["turns_on"]


def test_every_step_cites_a_provision_and_the_line_of_its_rule(
    decisions: list[JSON], rules: RuleBase
) -> None:
    steps = [s for n in nodes_of(decisions) for s in (*n.get("by", ()), *n.get("blocked", ()))]
    assert len(steps) > 500
    for step in steps:
        rule = rules.program.rules[step["rule"]]
        assert step["provision"] == rules.citations[step["rule"]]
        assert step["place"] == f"{rule.span.file}:{rule.span.line}"


def test_a_row_of_a_registry_is_shown_with_its_source(decisions: list[JSON]) -> None:
    rows = [n["source"] for n in nodes_of(decisions) if n.get("origin") == "registry"]
    assert rows
    for source in rows:
        assert source["place"].partition(":")[0].endswith(".csv")
        assert source["source"]
        assert source["status"] in ("sourced", "unverified", "unconfirmed")


def test_sentences_have_no_slots_left(decisions: list[JSON]) -> None:
    for node in nodes_of(decisions):
        assert node["sentence"]
        assert "{" not in node["sentence"]


def test_false_not_shown_and_unknown_have_wordings_of_their_own(rules: RuleBase) -> None:
    book = Phrasebook(rules, {("offence", "o1"): "the offence"})

    def say(predicate: str, *values: Any, status: str, shown: bool = True) -> str:
        return book.sentence(predicate, values, status, shown)

    assert say("de_minimis", "o1", status="open").startswith("it is not known whether ")
    assert "not" in say("de_minimis", "o1", status="excluded")
    assert say("uncc_offence", "o1", status="excluded") == (
        "the offence is not an offence established under the UN convention"
    )
    assert say("reservation", "US", "uncc", status="excluded", shown=False).startswith(
        "nothing shows that "
    )
    assert (
        say("governs", None, status="excluded")
        == "it holds of no instrument that it governs the request"
    )
    assert "`serious_crime_law`" in say(
        "reading", "serious_crime_law", "both", status="established"
    )
    assert '"no such reading"' in say("reading", "no such reading", "both", status="established")


def test_values_have_words_by_their_type(rules: RuleBase) -> None:
    book = Phrasebook(rules, {("offence", "o1"): "the offence"})
    words = {
        ("IR", "state"): "Iran",
        ("ZZ", "state"): "ZZ",
        ("o1", "offence"): "the offence",
        ("o2", "offence"): "o2",
        ("sedition", "conduct"): "sedition",
        ("assembly", "conduct"): "assembly or association",
        ("a_b", "symbol"): "a b",
        ("a_b", "text"): "a_b",
        (5, "number"): "5",
        (None, "state"): "any",
        (Unknown("$.x"), "number"): "unknown",
    }
    assert {pair: book.value(*pair) for pair in words} == words
    assert book.value("uncc", "instrument") == rules.sections["uncc"].metadata["short"]


def test_rules_and_rows_fit_patterns() -> None:
    x, y = Variable("X"), Variable("Y")
    rule = Rule(Atom("p", (x, Constant("a"), x)))
    assert unify(rule, ("p", ("b", "a", "b"))) == {"X": "b"}
    assert unify(rule, ("p", ("b", "a", "c"))) is None
    assert unify(rule, ("p", ("b", "z", "b"))) is None
    assert unify(rule, ("p", (None, "a", None))) == {}
    literal = Literal(Atom("q", (x, Anonymous(), Constant(1), y)))
    assert partial(literal, {"X": "b"}) == ("q", ("b", None, 1, None))
    assert match_row(literal, ("b", 0, 1, "c"), {"X": "b"}) == {"X": "b", "Y": "c"}
    assert match_row(literal, ("d", 0, 1, "c"), {"X": "b"}) is None
