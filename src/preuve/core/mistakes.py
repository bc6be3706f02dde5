"""Mistakes: everything wrong in what a person wrote, told at once, each with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location, Origin

SHOWN = 20
"""How many mistakes are told at once."""


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: the field, and what is wrong with it."""

    location: Location
    text: str


def refusal(heading: str, mistakes: Iterable[Mistake], origin: Origin) -> PreuveError:
    """The error that tells every mistake, in the order of the lines, those without one last."""
    ordered = sorted(mistakes, key=lambda one: origin.line(one.location) or math.inf)
    told = [_told(one, origin) for one in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        told.append(_("… and {count} more.").format(count=len(ordered) - SHOWN))
    return PreuveError(
        heading + "".join(f"\n  {line}" for line in told),
        where=origin.where(ordered[0].location),
    )


def _told(mistake: Mistake, origin: Origin) -> str:
    name = ".".join(str(part) for part in mistake.location) or _("(file)")
    line = origin.line(mistake.location)
    if line is None:
        return f"{name}: {mistake.text}"
    return _("line {line}, {field}: {problem}").format(line=line, field=name, problem=mistake.text)


def nearest(word: str, known: Iterable[str]) -> str:
    """“ Did you mean …?” with the nearest known word, or nothing."""
    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(word.lower(), by_lower, n=1)
    return _(" Did you mean “{word}”?").format(word=by_lower[near[0]]) if near else ""


def explained(error: Any, known: Iterable[str]) -> str:
    """A fault found by pydantic, in words; `known` are the keys that stand at that place."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _("this key is not known.") + nearest(str(error["loc"][-1]), known)
    if kind == "missing":
        return _("this field is missing.")
    if kind == "literal_error":
        words = re.findall(r"'([^']+)'", str(context["expected"])) or [context["expected"]]
        return (
            _("“{word}” is not known.").format(word=error["input"])
            + nearest(str(error["input"]), words)
            + _(" Choose among {words}.").format(words=", ".join(words))
        )
    bound = _bound(kind, context)
    if bound:
        return bound
    return str(error["msg"]).removeprefix("Value error, ")


def _bound(kind: str, context: dict[str, Any]) -> str:
    """What a plain type or a bound of pydantic asks for; empty for any other fault."""
    asked = {
        "greater_than": lambda: _("must be more than {bound}.").format(bound=f"{context['gt']:g}"),
        "greater_than_equal": lambda: _("must be {bound} or more.").format(
            bound=f"{context['ge']:g}"
        ),
        "less_than": lambda: _("must be less than {bound}.").format(bound=f"{context['lt']:g}"),
        "less_than_equal": lambda: _("must be {bound} or less.").format(bound=f"{context['le']:g}"),
        "finite_number": lambda: _("must be a finite number (no NaN, no infinity)."),
        "float_type": lambda: _("must be a number."),
        "int_type": lambda: _("must be a whole number."),
        "int_from_float": lambda: _("must be a whole number."),
        "bool_type": lambda: _("must be true or false."),
        "string_type": lambda: _("must be a text."),
        "string_too_short": lambda: _("must not be empty."),
        "too_short": lambda: _("must not be empty."),
        "tuple_type": lambda: _("must be a list."),
        "dict_type": lambda: _("must be a list of keys and values."),
        "model_type": lambda: _("must be a list of keys and values."),
    }
    return asked[kind]() if kind in asked else ""
