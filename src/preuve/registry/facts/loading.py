"""Loading: the packaged facts, and those that a deployer puts in their place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location, read_lines
from preuve.core.mistakes import Mistake, explained, nearest, refusal
from preuve.core.written import parse
from preuve.registry.facts.lines import (
    Artefact,
    ArtefactFile,
    Grid,
    Law,
    LawFile,
    Line,
    Meta,
    Named,
    Parts,
    Rules,
    WordFile,
)

HERE = Path(__file__).parent
LAWS = ("ai_act", "device", "ehds", "certification", "ethics")
OVERRIDE = "PREUVE_FACTS"
Model = TypeVar("Model", bound=BaseModel)
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where it is built; both read the same."""


@dataclass(frozen=True)
class Facts:
    """Every fact of the register.

    Attributes:
        laws: what is known of each law, by code. lines: the duties, in the order of the files.
        artefacts: evidence artefacts by code. words: words of the closed lists.
        changed: identifiers that a deployer's folder replaced or added.
    """

    laws: Mapping[Law, Meta]
    lines: tuple[tuple[Law, Line], ...]
    artefacts: Mapping[str, Artefact]
    grid: Grid
    rules: Rules
    parts: Parts
    words: Mapping[str, Mapping[str, Named]]
    changed: frozenset[str] = frozenset()

    def line(self, name: str) -> Line:
        """The line of that identifier.

        Raises:
            PreuveError: there is none.
        """
        for _law, line in self.lines:
            if line.id == name:
                return line
        known = [line.id for _law, line in self.lines]
        raise PreuveError(
            _("No obligation is named {name}.").format(name=name),
            remedy=nearest(name, known).strip(),
        )

    def word(self, field: str, code: str) -> Named:
        """The words for people of a code of a closed list."""
        return self.words[field][code]

    def field(self, path: str) -> str:
        """The field of an entry in words, with its path: “Uses in Annex III (ai_act.annex_iii)”."""
        words = self.words["field"].get(path)
        return path if words is None else f"{words} ({path})"


def load() -> Facts:
    """The facts: those of the package, and in their place those of the folder `PREUVE_FACTS`.

    A file of that folder has the name of a packaged one and holds only the lines it changes, by
    their identifier; a line it adds is added.

    Raises:
        PreuveError: a file of that folder is not as it must be; names its line.
    """
    return _load(os.environ.get(OVERRIDE, ""))


@cache
def _load(folder: str) -> Facts:
    own = Path(folder) if folder else None
    if own is not None and not own.is_dir():
        raise PreuveError(
            _("The folder of facts does not exist."),
            where=own,
            remedy=_("Mend or unset {name}.").format(name=OVERRIDE),
        )
    changed: set[str] = set()
    laws: dict[Law, Meta] = {}
    lines: list[tuple[Law, Line]] = []
    for name in LAWS:
        read = _read(LawFile, name, own, changed)
        if read.meta.law is None:
            raise PreuveError(_("meta.law is missing."), where=HERE / f"{name}.yaml")
        laws[read.meta.law] = read.meta
        lines.extend((read.meta.law, line) for line in read.lines)
    facts = Facts(
        laws=laws,
        lines=tuple(lines),
        artefacts=_read(ArtefactFile, "artefacts", own, changed).artefacts,
        grid=_read(Grid, "grid", own, changed),
        rules=_read(Rules, "classification", own, changed),
        parts=_read(Parts, "intended_use", own, changed),
        words=_read(WordFile, "words", own, changed).words,
        changed=frozenset(changed),
    )
    _check(facts, own or HERE)
    return facts


def _read(model: type[Model], name: str, own: Path | None, changed: set[str]) -> Model:
    packaged = yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_FAST)  # noqa: S506 (a safe loader, in C)
    over = own / f"{name}.yaml" if own is not None else None
    if over is None or not over.is_file():
        return parse(model, packaged, HERE / f"{name}.yaml")
    try:
        replacing, origin = read_lines(over.read_text(encoding="utf-8-sig"), str(over))
    except UnicodeDecodeError as error:
        raise PreuveError(_("The file is not in UTF-8."), where=over) from error
    if not isinstance(replacing, dict):
        raise PreuveError(_("A file of facts is a list of `key: value`."), where=over)
    merged = _merged(packaged, replacing, changed)
    try:
        return model.model_validate(merged)
    except ValidationError as error:
        mistakes = [
            Mistake(_written_at(one["loc"], merged, replacing), explained(one, ()))
            for one in error.errors()
        ]
        raise refusal(_("These facts cannot be read:"), mistakes, origin) from error


def _written_at(location: Location, merged: Any, own: dict[str, Any]) -> Location:
    """Where a fault of the merged facts stands in the file that changes them."""
    if len(location) < 2 or not isinstance(location[1], int):
        return location
    name = merged[location[0]][location[1]].get("id")
    for place, one in enumerate(own.get(str(location[0]), ())):
        if one.get("id") == name:
            return (location[0], place, *location[2:])
    return location


def _merged(packaged: dict[str, Any], own: dict[str, Any], changed: set[str]) -> dict[str, Any]:
    """Lists by the id of their lines, mappings by key; other values replaced."""
    merged = dict(packaged)
    for key, value in own.items():
        held = packaged.get(key)
        if isinstance(held, list) and isinstance(value, list) and _by_id(value):
            merged[key] = list(_lines(held, value, changed))
        elif isinstance(held, dict) and isinstance(value, dict):
            merged[key] = _merged(held, value, changed)
            if key != "meta":
                changed.update(str(one) for one in value)
        else:
            merged[key] = value
    return merged


def _by_id(value: list[Any]) -> bool:
    return all(isinstance(one, dict) and "id" in one for one in value)


def _lines(held: list[Any], own: list[Any], changed: set[str]) -> Iterator[Any]:
    changes = {one["id"]: one for one in own}
    changed.update(str(name) for name in changes)
    for one in held:
        yield {**one, **changes.pop(one["id"], {})}
    yield from changes.values()


def _check(facts: Facts, where: Path) -> None:
    """Refuse a line whose artefact has no name, and two lines of one identifier."""
    seen: set[str] = set()
    for _law, line in facts.lines:
        unknown = [code for code in line.evidence if code not in facts.artefacts]
        if unknown:
            problem = _("{line} asks for “{code}”, which is not among the artefacts.").format(
                line=line.id, code=unknown[0]
            )
            raise PreuveError(problem + nearest(unknown[0], facts.artefacts), where=where)
        if line.id in seen:
            raise PreuveError(_("“{name}” stands twice.").format(name=line.id), where=where)
        seen.add(line.id)
