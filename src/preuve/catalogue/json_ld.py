"""JSON-LD for people: prefixes in a context, one line for a plain text, the same graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


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
        return {
            key if key.startswith("@") else self.name(key): self._values(key, values)
            for key, values in node.items()
        }

    def _values(self, key: str, values: Any) -> Any:
        if key == "@id":
            return values
        found = [self._value(key, one) for one in values]
        return found[0] if len(found) == 1 else found

    def _value(self, key: str, value: Any) -> Any:
        if key == "@type":
            return self.name(value)
        if value.keys() == {"@value"}:
            return value["@value"]
        return {k: self.name(v) if k == "@type" else v for k, v in value.items()}
