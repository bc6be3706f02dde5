"""The shelf of profiles: those of the house and those a deployer adds, by identifier."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from preuve.catalogue.profile.tables import Profile, Shape
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.record import read_json, write_whole
from preuve.core.written import parse

HOUSE = Path(__file__).parent.parent / "profiles"
OWN = "PREUVE_PROFILES"
"""The variable that names the folder of a deployer's own profiles."""


def folders() -> tuple[Path, ...]:
    """Where profiles are looked for: the deployer's folder first."""
    own = os.environ.get(OWN, "")
    return (Path(own), HOUSE) if own else (HOUSE,)


def names() -> tuple[str, ...]:
    """The identifiers of the profiles that can be checked against."""
    found = {file.stem for folder in folders() for file in folder.glob("*.json")}
    return tuple(sorted(found - {"vocabularies"}))


def load(name: str) -> Profile:
    """The profile of that identifier.

    Raises:
        PreuveError: there is none; names the nearest.
    """
    for folder in folders():
        file = folder / f"{name}.json"
        if file.is_file():
            return _read(file, file.stat().st_mtime_ns)
    raise PreuveError(
        _("The profile {name} is not known.").format(name=name) + nearest(name, names()),
        remedy=_("preuve catalogue profiles lists them; {variable} names a folder of more.").format(
            variable=OWN
        ),
    )


@lru_cache(maxsize=64)
def _read(file: Path, _changed: int) -> Profile:
    profile = parse(Profile, read_json(file), file)
    if profile.id != file.stem:
        raise PreuveError(
            _("The file holds the profile {name}.").format(name=profile.id),
            where=file,
            remedy=_("Name the file {file}.").format(file=f"{profile.id}.json"),
        )
    known = {shape.id for shape in profile.shapes}
    asked = {one for s in profile.shapes for c in s.constraints for one in c.shapes}
    if asked - known:
        raise PreuveError(
            _("The shape {shape} is referred to but not in the profile.").format(
                shape=min(asked - known)
            ),
            where=file,
        )
    return profile


@lru_cache(maxsize=64)
def shapes_of(profile: Profile) -> Mapping[str, Shape]:
    """The shapes of a profile by identifier."""
    return {shape.id: shape for shape in profile.shapes}


def written(profile: Profile) -> bytes:
    """The file of a profile: a line for each shape, so that versions compare line by line."""
    record = profile.model_dump(mode="json", exclude_defaults=True)
    shapes = [json.dumps(one, ensure_ascii=False) for one in record.pop("shapes")]
    head = json.dumps(record, ensure_ascii=False, indent=1)
    lines = ",\n  ".join(shapes)
    return f'{head[:-2]},\n "shapes": [\n  {lines}\n ]\n}}\n'.encode()


def save(profile: Profile, path: Path) -> None:
    """Write a profile whole."""
    write_whole(path, written(profile))
