"""JSON-LD for people: prefixes in a context, one line for a plain text, the same graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from preuve.catalogue.names import TYPE


def compact(expanded: bytes, prefixes: Mapping[str, str]) -> bytes:
    """Expanded JSON-LD with the names of properties and classes shortened by a context.

    Addresses of nodes stay whole. Where one begins as a prefix does (`dct:…` as a scheme), the
    context would change its meaning: the content comes back as it is.
    """
    nodes: list[dict[str, Any]] = json.loads(expanded)
    if any(f'"{prefix}:'.encode() in expanded for prefix in prefixes):
        return expanded
    short = _Short(prefixes)
    graph = [short.node(node) for node in nodes]
    found: dict[str, Any] = {"@context": dict(prefixes), "@graph": graph}
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


class _Short:
    """Names shortened by the prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes

    def name(self, iri: str) -> str:
        for prefix, namespace in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and local and not local.startswith("/"):
                return f"{prefix}:{local}"
        return iri

    def node(self, node: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, values in node.items():
            if key == "@id":
                found[key] = values
            elif key == TYPE and all(value.keys() == {"@id"} for value in values):
                found["@type"] = _one([self.name(value["@id"]) for value in values])
            else:
                found[self.name(key)] = _one([self._value(value) for value in values])
        return found

    def _value(self, value: dict[str, Any]) -> Any:
        if value.keys() == {"@value"}:
            return value["@value"]
        return {key: self.name(v) if key == "@type" else v for key, v in value.items()}


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
