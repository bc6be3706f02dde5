"""Which AI systems exist: what runs, behind one of the doors, and what the register says of it."""

from typing import Any

from preuve.registry.limits import Limits
from preuve.registry.scores import Scores
from preuve.registry.system import System

__all__ = ["Entry", "Limits", "Scores", "System", "load_entry", "parse_entry", "qualify"]

_LATER = {
    "Entry": "preuve.registry.entry",
    "load_entry": "preuve.registry.entry",
    "parse_entry": "preuve.registry.entry",
    "qualify": "preuve.registry.classification",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
