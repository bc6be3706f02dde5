"""Files checked one by one: a file that cannot be read never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from preuve.catalogue.dirt import Dirt
from preuve.catalogue.profile.check import judged
from preuve.catalogue.profile.findings import Verdict
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.levels import LATEST, check_levels
from preuve.catalogue.profile.shelf import load, names
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.rdf import read_file
from preuve.catalogue.syntax import WRITTEN
from preuve.core.errors import PreuveError
from preuve.core.language import _

USUAL = (LATEST, "hdh-2026-08", "dcat-ap-3.0.1")
"""The profiles a file is checked against unless others are asked for."""


@dataclass(frozen=True)
class Judged:
    """A verdict of a file: the profile, and what must be said about the choice of its level."""

    asked: str
    profile: Profile
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class FileVerdict:
    """A file and its verdicts, or why it could not be read."""

    path: Path
    judged: tuple[Judged, ...] = ()
    dirt: tuple[Dirt, ...] = ()
    refused: PreuveError | None = None

    @property
    def conforms(self) -> bool:
        """Whether every profile found something to look at and nothing to say."""
        return self.refused is None and all(
            one.verdict.conforms and one.verdict.nodes > 0 for one in self.judged
        )


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that are named, and those of RDF in the folders that are named.

    Raises:
        PreuveError: a path does not exist, or a folder holds no RDF.
    """
    endings = {f".{ending}" for syntax in WRITTEN for ending in syntax.value[2]}
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_file():
            found[path] = None
            continue
        if not path.is_dir():
            raise PreuveError(_("The file does not exist."), where=path)
        inside = sorted(f for f in path.rglob("*") if f.suffix.lower() in endings and f.is_file())
        if not inside:
            raise PreuveError(
                _("The folder holds no RDF file."),
                where=path,
                remedy=_("Files are known by their ending: {endings}.").format(
                    endings=", ".join(sorted(endings))
                ),
            )
        found |= dict.fromkeys(inside)
    return tuple(found)


def check_file(path: Path, asked: Sequence[str] = USUAL, *, tolerant: bool = False) -> FileVerdict:
    """The verdicts on a file; a file that cannot be read has none and says why.

    Args:
        path: Turtle, RDF/XML, JSON-LD or N-Triples.
        asked: identifiers of profiles; a release of three levels (healthdcat-ap-r8) stands for
            the level of the record's access rights.
        tolerant: read it as a harvest does, unbound prefixes bound and told as dirt.

    Raises:
        PreuveError: a profile is not known.
    """
    try:
        read = read_file(path, tolerant=tolerant)
    except PreuveError as error:
        return FileVerdict(path, refused=error)
    graph = Graph(read)
    return FileVerdict(path, tuple(_judged(graph, asked)), read.dirt)


def _judged(graph: Graph, asked: Sequence[str]) -> Iterator[Judged]:
    for name in asked:
        if f"{name}-non-public" in names() and name not in names():
            for one in check_levels(graph, name):
                yield Judged(name, load(one.verdict.profile), one.verdict, one.reason)
        else:
            profile = load(name)
            yield Judged(name, profile, judged(graph, profile))
