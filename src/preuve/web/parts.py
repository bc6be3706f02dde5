"""The parts of the site, in the order of the navigation."""

from __future__ import annotations

from preuve.web import catalogue, register, results
from preuve.web.part import Part


def parts() -> tuple[Part, ...]:
    return catalogue.part, register.part, results.part
