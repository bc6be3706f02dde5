"""Names for people: of paths, terms and shapes."""

from __future__ import annotations

from functools import lru_cache

import pyoxigraph as ox

from preuve.catalogue.profile.elements import label, short
from preuve.catalogue.profile.tables import Path, Profile
from preuve.catalogue.profile.terms import Term
from preuve.core.language import _

_LONGEST = 80


def first_property(path: Path | None) -> str:
    """The property a path begins with, or nothing."""
    if path is None or isinstance(path, str):
        return path or ""
    return first_property(path.of[0])


def path_name(path: Path | None) -> str:
    """A path in words, with its properties: “title (dct:title)”."""
    if path is None:
        return _("this node")
    if isinstance(path, str):
        name, written = label(path), short(path)
        return written if name == written else f"{name} ({written})"
    if path.step == "alternative":
        return _(" or ").join(path_name(one) for one in path.of)
    if path.step == "inverse":
        return _("{name}, seen from the other side").format(name=path_name(path.of[0]))
    return " / ".join(path_name(one) for one in path.of)


def term_name(term: Term) -> str:
    """A term as it is written in Turtle, cut where it is long."""
    if isinstance(term, ox.NamedNode):
        return short(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    text = term.value if len(term.value) <= _LONGEST else term.value[:_LONGEST] + "…"
    if term.language:
        return f'"{text}"@{term.language}'
    if term.datatype.value.endswith("XMLSchema#string"):
        return f'"{text}"'
    if term.datatype.value.endswith("XMLSchema#boolean") and text in ("true", "false"):
        return text
    return f'"{text}"^^{short(term.datatype.value)}'


@lru_cache(maxsize=4096)
def root_class(profile: Profile, shape: str) -> str:
    """The class that the outermost shape around `shape` looks at; nothing where there is none."""
    seen = set()
    parents = _parents(profile)
    while shape not in seen:
        seen.add(shape)
        targets = _targets(profile).get(shape, "")
        if targets:
            return targets
        shape = parents.get(shape, shape)
    return ""


@lru_cache(maxsize=64)
def _parents(profile: Profile) -> dict[str, str]:
    """By property shape: the shape that has it (`sh:node` is no parent: it serves several)."""
    parents: dict[str, str] = {}
    for shape in profile.shapes:
        for constraint in shape.constraints:
            if constraint.component != "node":
                parents |= dict.fromkeys(constraint.shapes, shape.id)
    return parents


@lru_cache(maxsize=64)
def _targets(profile: Profile) -> dict[str, str]:
    return {
        shape.id: target.term.strip("<>")
        for shape in profile.shapes
        for target in shape.targets
        if target.kind == "class"
    }
