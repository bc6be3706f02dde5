"""Roles: who may do what, read from `permissions.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from preuve.core.language import current_language

PUBLIC, CONTRIBUTOR, CURATOR = "public", "contributor", "curator"
EVALUATOR, ADMINISTRATOR = "evaluator", "administrator"
_FILE = Path(__file__).parent / "permissions.yaml"


@dataclass(frozen=True)
class Action:
    """Something a visitor may ask for.

    Attributes:
        name: "catalogue.edit".
        words: what it is, by language.
        roles: those who may.
        signed_in: whether nobody may without an account.
    """

    name: str
    words: dict[str, str]
    roles: frozenset[str]
    signed_in: bool

    @property
    def shown(self) -> str:
        return self.words[current_language()]


@cache
def actions() -> dict[str, Action]:
    """Every action by name."""
    known = set(_written()["roles"])
    made = {}
    for name, row in _written()["actions"].items():
        unknown = set(row["roles"]) - known
        if unknown:
            raise ValueError(f"{_FILE.name}: {name} names unknown roles {sorted(unknown)}")
        words = {"fr": row["fr"], "en": row["en"]}
        made[name] = Action(name, words, frozenset(row["roles"]), bool(row.get("signed_in", False)))
    return made


def roles() -> tuple[str, ...]:
    """The names of the roles, the least trusted first."""
    return tuple(_written()["roles"])


def role_shown(role: str) -> str:
    """A role in the current language."""
    return str(_written()["roles"][role][current_language()])


def may(role: str, action: str) -> bool:
    """Whether a role may do something; an action that is not in the file is nobody's."""
    known = actions().get(action)
    return known is not None and role in known.roles


@cache
def _written() -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return written
