"""Random requests that fit the request schema, and ways to break them."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rogatory import RuleBase
from rogatory.library import schema

SCHEMA: Mapping[str, Any] = schema("request")
JSON = dict[str, Any]
Path = tuple[str | int, ...]

# parties to every encoded treaty, States with and without encoded law or a complete list of
# treaties, and States whose rows in the registries have unknown days
STATES = ("US", "CN", "RU", "IR", "BY", "FR", "QA", "AZ", "NZ", "VE", "JO", "HK")
INSTRUMENTS = ("uncc", "uncc", "us_cn", "us_ru", "budapest")
NUMBERS = (0, 11, 12, 13, 36, 47, 48, 49, 120, 1200)  # around the thresholds of the law
ENTITIES = ("measures", "offences", "evidence", "persons")


def resolve(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of the schema with its references replaced by what they refer to."""
    while "$ref" in part:
        target: Any = SCHEMA
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = {**target, **{k: v for k, v in part.items() if k != "$ref"}}
    return part


def random_request(seed: int) -> JSON:
    """A request that fits its schema; the same one for the same seed."""
    chance = random.Random(seed)
    request: JSON = _Generator(chance).value(SCHEMA, "", 0)
    while request["requesting"] == request["requested"]:
        request["requested"] = chance.choice(STATES)
    return request


class _Generator:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def value(self, part: Mapping[str, Any], key: str, depth: int) -> Any:
        part = resolve(part)
        if "enum" in part:
            known = {"US", "CN"} <= {w for w in part["enum"] if isinstance(w, str)}
            return self.chance.choice(STATES if known else part["enum"])
        if part.get("format") == "date":
            year = self.chance.choice((2001, 2005, 2020, 2026, 2027))
            return f"{year}-{self.chance.randint(1, 12):02}-{self.chance.randint(1, 28):02}"
        kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
        match self.chance.choice(kinds):
            case "object":
                return self.object(part, key, depth)
            case "array":
                return self.array(part, key, depth)
            case "integer":
                return self.chance.choice(NUMBERS)
        words = re.fullmatch(r"\^\(([a-z_|]*)\)\(\?!.*\)", part.get("pattern", ""))
        return self.chance.choice(words[1].split("|")) if words else "text"

    def object(self, part: Mapping[str, Any], key: str, depth: int) -> JSON:
        if key == "readings":
            return self.readings()
        found: JSON = {}
        for name, child in part.get("properties", {}).items():
            # ids are made up; a measure that refers to ids would need to know them
            skipped = name == "id" or (depth and name in ("evidence", "offences"))
            likely = self.chance.random() < (0.55 if depth else 0.75)
            if not skipped and (likely or name in part.get("required", ())):
                found[name] = self.value(child, name, depth + 1)
        if found.get("criminal") is False:
            found.pop("maximum_penalty", None)  # no crime, no penalty
        return found

    def readings(self) -> dict[str, str]:
        declared = RuleBase.default().program.readings.values()
        half = [r for r in declared if self.chance.random() < 0.5]
        return {r.name: self.chance.choice(r.alternatives) for r in half}

    def array(self, part: Mapping[str, Any], key: str, depth: int) -> list[Any]:
        if key == "in_force":
            return self.chance.sample(("uncc", "budapest"), self.chance.randint(0, 2))
        if key in ("parties", "not_parties"):
            count = self.chance.randint(0, 3)
            return [self.participation() for _ in range(count)]
        count = self.chance.choice((1, 1, 1, 2)) if key in ENTITIES else self.chance.randint(0, 3)
        found: list[Any] = []
        for _ in range(count):
            value = self.value(part["items"], "", depth + 1)
            if value not in found:
                found.append(value)
        return found

    def participation(self) -> JSON:
        return {
            "state": self.chance.choice(STATES[:6]),
            "instrument": self.chance.choice(INSTRUMENTS),
        }


# --- answers to questions


def answered(request: JSON, question: str, chance: random.Random) -> JSON:
    """The request with an answer at the JSON path of an open question."""
    request = copy.deepcopy(request)
    here: Any = request
    names = re.findall(r"\.(\w+)(?:\[(\d+)\])?", re.sub(r"\[[A-Za-z_]+\]$", "", question))
    part = SCHEMA
    for name, index in names[:-1]:
        part = resolve(resolve(part)["properties"][name])
        here = here.setdefault(name, [{}] if index else {})
        if index:
            here, part = here[int(index)], resolve(part["items"])
    last = names[-1][0]
    here[last] = _answer(part, last, question, chance)
    return request


def _answer(parent: Mapping[str, Any], name: str, question: str, chance: random.Random) -> Any:
    if question.startswith("$.readings."):
        return chance.choice(RuleBase.default().program.readings[name].alternatives)
    part = resolve(resolve(parent)["properties"][name])
    if part["x-fact"]["as"] == "set":
        member = question.rpartition("[")[2].rstrip("]")
        return chance.choice(([], [member]))
    if part["x-fact"]["as"] == "number":
        return chance.choice((*NUMBERS, *part["x-fact"]["values"]))
    return chance.choice([c for c in part["enum"] if c not in ("unknown", "not_applicable")])


# --- requests that do not fit


def broken(request: JSON, seed: int) -> tuple[JSON, str]:
    """The request with one fault, and the JSON path at which the fault must be reported."""
    chance = random.Random(seed)
    faults = list(FAULTS.values())
    chance.shuffle(faults)
    for fault in faults:
        changed = copy.deepcopy(request)
        place = fault(changed, chance)
        if place:
            return changed, place
    raise AssertionError("no fault fits the request")


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def at(value: Any, path: Path) -> Any:
    """The value at a path."""
    for key in path:
        value = value[key]
    return value


def shown(path: Path) -> str:
    """A path as JSON path."""
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)


def _unknown_key(request: JSON, chance: random.Random) -> str:
    objects = [(), *(p for p in places(request) if isinstance(at(request, p), dict))]
    closed = [p for p in objects if p != ("readings",)]
    path = chance.choice(closed)
    at(request, path)["no_such_key"] = True
    return shown((*path, "no_such_key"))


def _wrong_type(request: JSON, chance: random.Random) -> str:
    path = chance.choice(list(places(request)))
    at(request, path[:-1])[path[-1]] = 3.5  # fits nowhere
    return shown(path)


def _impossible_date(request: JSON, chance: random.Random) -> str:
    request["as_of"] = chance.choice(("2026-02-30", "2026-6-1", "20260601", "", "today"))
    return "$.as_of"


def _unknown_state(request: JSON, chance: random.Random) -> str:
    side = chance.choice(("requesting", "requested"))
    request[side] = chance.choice(("XX", "us", "USA", "", "unknown"))
    return f"$.{side}"


def _unknown_word(request: JSON, chance: random.Random) -> str:
    words = [p for p in places(request) if p[-1] in ("kind", "conduct", "role", "fiscal")]
    if not words:
        return ""
    path = chance.choice(words)
    at(request, path[:-1])[path[-1]] = "no_such_word"
    return shown(path)


def _missing(request: JSON, chance: random.Random) -> str:
    key = chance.choice(("requesting", "requested", "as_of"))
    del request[key]
    return f"$.{key}"


def _too_many(request: JSON, chance: random.Random) -> str:
    key, most = chance.choice((("measures", 20), ("offences", 20), ("evidence", 50)))
    request[key] = [{} for _ in range(most + 1)]
    return f"$.{key}"


def _too_few(request: JSON, chance: random.Random) -> str:
    key = chance.choice(("measures", "offences"))
    request[key] = []
    return f"$.{key}"


def _same_state(request: JSON, chance: random.Random) -> str:
    request["requested"] = request["requesting"]
    return "$.requested"


def _unknown_reading(request: JSON, chance: random.Random) -> str:
    request.setdefault("readings", {})["no_such_reading"] = "yes"
    return "$.readings.no_such_reading"


def _unknown_alternative(request: JSON, chance: random.Random) -> str:
    request.setdefault("readings", {})["serious_crime_law"] = "no_such_alternative"
    return "$.readings.serious_crime_law"


def _unknown_instrument(request: JSON, chance: random.Random) -> str:
    request.setdefault("assumptions", {})["in_force"] = ["no_such_instrument"]
    return "$.assumptions.in_force[0]"


def _unknown_reference(request: JSON, chance: random.Random) -> str:
    key = chance.choice(("evidence", "offences"))
    request.setdefault("measures", [{}])[0][key] = ["no-such-id"]
    return f"$.measures[0].{key}[0]"


def _id_twice(request: JSON, chance: random.Random) -> str:
    key = chance.choice(ENTITIES)
    request[key] = [{"id": "x"}, {"id": "x"}]
    return f"$.{key}[1].id"


def _entry_twice(request: JSON, chance: random.Random) -> str:
    request["persecution_on_account_of"] = ["race", "sex", "race"]
    return "$.persecution_on_account_of"


def _penalty_without_crime(request: JSON, chance: random.Random) -> str:
    request["offences"] = [{"law": {"requesting": {"criminal": False, "maximum_penalty": 12}}}]
    return "$.offences[0].law.requesting.maximum_penalty"


FAULTS: Mapping[str, Callable[[JSON, random.Random], str]] = {
    "an unknown key": _unknown_key,
    "a value of a wrong type": _wrong_type,
    "an impossible date": _impossible_date,
    "an unknown State": _unknown_state,
    "an unknown word": _unknown_word,
    "a required key left out": _missing,
    "too many entries": _too_many,
    "too few entries": _too_few,
    "one State on both sides": _same_state,
    "an unknown reading": _unknown_reading,
    "an unknown alternative": _unknown_alternative,
    "an unknown instrument": _unknown_instrument,
    "an unknown id": _unknown_reference,
    "an id used twice": _id_twice,
    "an entry that occurs twice": _entry_twice,
    "a penalty for what is no crime": _penalty_without_crime,
}
"""Ways to break a request, by name; each returns the place, or nothing if it does not fit."""
