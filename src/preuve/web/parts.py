"""The parts of the site, in the order of the navigation."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from preuve.web.part import Part

_NAMES = ("catalogue", "register", "results")


def parts() -> tuple[Part, ...]:
    """The parts that are there."""
    there = [f"preuve.web.{name}" for name in _NAMES if find_spec(f"preuve.web.{name}")]
    return tuple(found for name in there if (found := getattr(import_module(name), "part", None)))
