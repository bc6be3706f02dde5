"""Mistakes: everything wrong in what a person wrote, told at once, each with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

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


def unreadable(refused: PreuveError) -> PreuveError:
    """The refusal of a text that is not YAML, in plain words; any other refusal as it is."""
    error = refused.__cause__
    if not isinstance(error, yaml.MarkedYAMLError):
        return refused
    told, remedy = _yaml_fault(str(error.problem))
    if not told:
        return refused
    begun = error.context_mark.line + 1 if error.context_mark else 0
    if begun and not refused.where.endswith(f":{begun}"):
        told += " " + _("What is unfinished begins on line {line}.").format(line=begun)
    return PreuveError(told, where=refused.where, remedy=remedy)


def _yaml_fault(problem: str) -> tuple[str, str]:
    """What PyYAML found, in words, and how to mend it; two empty texts for a rare fault."""
    if "'\\t'" in problem:
        return _("A tab stands at the start of the line."), _("Indent with spaces only.")
    if "end of stream" in problem or "expected ',' or" in problem:
        return (
            _("A quote or a bracket is not closed."),
            _("Close every quote and bracket; put a text that holds : or # between quotes."),
        )
    if "expected ':'" in problem:
        return (
            _("A colon is missing: this line is not “key: value”."),
            _("Write key: value, with a space after the colon."),
        )
    if "mapping values are not allowed" in problem:
        return (
            _("A colon stands where none may."),
            _("Put a text that holds a colon between quotes."),
        )
    if "<block end>" in problem:
        return (
            _("The line is not aligned with those above it."),
            _("Give the keys of one block the same number of spaces."),
        )
    return "", ""


def point_for_comma(text: str) -> str:
    """“ Write 0.15 …” where a text is a number as the French write it, or nothing."""
    written = re.sub(r"[\s\u00a0\u202f_]", "", text).replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?", written) or written == text:
        return ""
    return _(" Write {number}: a point for decimals, no space between digits.").format(
        number=written
    )


def _cut_number(key: object) -> bool:
    """Whether a key is what a comma left of a number: {value: 0,15} holds the key 15."""
    return re.fullmatch(r"\d+\s*%?", str(key)) is not None


def explained(error: Any, known: Iterable[str]) -> str:
    """A fault found by pydantic, in words; `known` are the keys that stand at that place."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("extra_forbidden", "invalid_key"):
        key = error["loc"][-1] if kind == "extra_forbidden" else error["input"]
        if _cut_number(key):
            return _(
                "“{key}” looks like the end of a number written with a comma: "
                "write a point, as 0.15 or 2.5 %."
            ).format(key=key)
        return _("this key is not known.") + nearest(str(key), known)
    if kind == "union_tag_invalid":
        words = re.findall(r"'([^']+)'", str(context["expected_tags"]))
        return _not_among(str(context["tag"]), words)
    if kind == "union_tag_not_found":
        return _("the key {key} is missing.").format(key=str(context["discriminator"]).strip("'"))
    if kind == "missing":
        return _("this field is missing.")
    if kind == "literal_error":
        words = re.findall(r"'([^']+)'", str(context["expected"])) or [context["expected"]]
        return _not_among(str(error["input"]), words)
    bound = _bound(kind, context)
    if bound:
        numeric = kind.startswith(("float_", "int_")) and isinstance(error["input"], str)
        return bound + (point_for_comma(error["input"]) if numeric else "")
    return str(error["msg"]).removeprefix("Value error, ")


def _not_among(word: str, words: list[str]) -> str:
    return (
        _("“{word}” is not known.").format(word=word)
        + nearest(word, words)
        + _(" Choose among {words}.").format(words=", ".join(words))
    )


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
        "int_parsing": lambda: _("must be a whole number."),
        "float_parsing": lambda: _("must be a number."),
        "bool_type": lambda: _("must be true or false."),
        "bool_parsing": lambda: _("must be true or false."),
        "string_type": lambda: _("must be a text."),
        "string_too_short": lambda: _("must not be empty."),
        "too_short": lambda: _("must not be empty."),
        "tuple_type": lambda: _("must be a list."),
        "dict_type": lambda: _("must be a list of keys and values."),
        "model_type": lambda: _("must be a list of keys and values."),
    }
    return asked[kind]() if kind in asked else ""
