"""Requests and scenarios: checked JSON documents, frozen, with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785
from attrs import frozen

from rogatory.documents import parse_json, validate
from rogatory.errors import Diagnostic, DocumentError


@frozen
class Request:
    """A request that fits its schema. ``text`` is its canonical JSON (RFC 8785)."""

    text: str

    @classmethod
    def read(cls, document: Mapping[str, Any] | str | bytes) -> Request:
        """Check a request, given as JSON data or JSON text.

        Raises:
            DocumentError: with every fault, each with its JSON path.
        """
        return cls.of(_data(document))

    @classmethod
    def of(cls, data: Any) -> Request:
        """Check a request, given as JSON data of any type.

        Raises:
            DocumentError: with every fault, each with its JSON path.
        """
        validate(data, "request")
        if data["requesting"] == data["requested"]:
            message = "the requested State is the requesting State itself"
            raise DocumentError([Diagnostic("invalid_request", message, "$.requested")])
        return cls(canonical(data))

    @property
    def document(self) -> dict[str, Any]:
        """The request as JSON data; a fresh copy."""
        data: dict[str, Any] = json.loads(self.text)
        return data

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON."""
        return digest(self.text)


@frozen
class Scenario:
    """A scenario that fits its schema. ``text`` is its canonical JSON (RFC 8785)."""

    text: str

    @classmethod
    def read(cls, document: Mapping[str, Any] | str | bytes) -> Scenario:
        """Check a scenario, given as JSON data or JSON text.

        Raises:
            DocumentError: with every fault, each with its JSON path.
        """
        return cls.of(_data(document))

    @classmethod
    def of(cls, data: Any) -> Scenario:
        """Check a scenario, given as JSON data of any type.

        Raises:
            DocumentError: with every fault, each with its JSON path.
        """
        validate(data, "scenario")
        return cls(canonical(data))

    @property
    def name(self) -> str:
        """The name under which results are shown."""
        return str(json.loads(self.text)["name"])

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON."""
        return digest(self.text)

    def over(self, request: Request) -> dict[str, Any]:
        """The request's document with the scenario laid over it."""
        data, own = request.document, json.loads(self.text)
        if "as_of" in own:
            data["as_of"] = own["as_of"]
        if "readings" in own:
            data["readings"] = {**data.get("readings", {}), **own["readings"]}
        if "assumptions" in own:
            merged = dict(data.get("assumptions", {}))
            for key, entries in own["assumptions"].items():
                merged[key] = [
                    *merged.get(key, []),
                    *(e for e in entries if e not in merged.get(key, [])),
                ]
            data["assumptions"] = merged
        return data


def canonical(data: Any) -> str:
    """JSON data as canonical text (RFC 8785).

    Raises:
        DocumentError: ``invalid_json`` for numbers that canonical JSON cannot hold.
    """
    try:
        return rfc8785.dumps(data).decode()
    except rfc8785.CanonicalizationError as error:
        raise DocumentError([Diagnostic("invalid_json", str(error))]) from None


def digest(text: str) -> str:
    """SHA-256 of a text, with the name of the algorithm before it."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _data(document: Mapping[str, Any] | str | bytes) -> Any:
    if isinstance(document, str | bytes):
        return parse_json(document)
    return _plain(document)


def _plain(value: Any) -> Any:
    """Plain dicts and lists, so that jsonschema takes any mapping and sequence."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                message = f"the key {key!r} is no text"
                raise DocumentError([Diagnostic("invalid_request", message, "$")])
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
