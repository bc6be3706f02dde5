"""Hosts: one concept, several addresses; each brought to the usual one, or to a target's own."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "hosts.json"


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def _also() -> tuple[tuple[str, str], ...]:
    pairs = [(also, one["usual"]) for one in _written()["hosts"] for also in one["also"]]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _except() -> tuple[str, ...]:
    return tuple(start for one in _written()["hosts"] for start in one.get("except", ()))


@cache
def _namespaces() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_written()["namespaces"].items(), key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=16_384)
def normal(iri: str) -> str:
    """The address at the usual host of its vocabulary; any other address unchanged.

    The types of publisher of the pilot portal have other codes than those of Release 8: they stay.
    """
    if iri.startswith(_except()):
        return iri
    for also, usual in _also():
        if iri.startswith(also):
            return usual + iri.removeprefix(also)
    return iri


def is_equivalent_host(iri: str) -> bool:
    """Whether the address names a vocabulary at a host that is not its usual one."""
    return normal(iri) != iri


def for_target(iri: str, target: str) -> str:
    """The address as a target knows it: `r8` (the usual hosts) or `hdh`."""
    usual = normal(iri)
    for mine, theirs in _written()["targets"].get(target, {}).items():
        if usual.startswith(mine):
            return str(theirs) + usual.removeprefix(mine)
    return usual


@lru_cache(maxsize=4_096)
def right_namespace(iri: str) -> str:
    """The name of a property or a class in the namespace meant; any other name unchanged."""
    for wrong, right in _namespaces():
        if iri.startswith(wrong):
            return right + iri.removeprefix(wrong).lstrip("#")
    return iri
