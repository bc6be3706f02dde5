"""Result: one thing the front door shows, with the files it was made from and its two pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, func, select

from preuve.core.language import LANGUAGES, Language, _, current_language
from preuve.core.usecase import Text
from preuve.web.errors import NotFound
from preuve.web.results.tables import result

Kind = Literal["evidence", "impact", "appraisal"]
KINDS: tuple[Kind, ...] = ("evidence", "impact", "appraisal")


@dataclass(frozen=True)
class Told:
    """What a result says first, in one language: its conclusion, then its limits."""

    conclusion: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A system that a result speaks of.

    Attributes:
        name, version: as the result writes them.
        digest: of the version; empty where the result does not know it.
        role: "system" or "comparator".
    """

    name: str
    version: str = ""
    digest: str = ""
    role: str = "system"


@dataclass(frozen=True)
class Result:
    """Attributes:
    id: its identifier in addresses.
    usecase: code of the use case; empty where there is none.
    content: digest of what was found; for evidence, that of its signed content.
    source: digest of the file it was made from; empty where none is kept.
    pages: language -> digest of the whole page.
    told: language -> conclusion and limits.
    synthetic: whether a generator made any of its cases.
    status: "published" or "withdrawn".
    """

    id: str
    kind: Kind
    title: Text
    usecase: str
    systems: tuple[Named, ...]
    content: str
    source: str
    pages: Mapping[Language, str]
    told: Mapping[Language, Told]
    synthetic: bool
    status: str
    added_at: str
    added_by: str

    @property
    def said(self) -> Told:
        """Conclusion and limits in the current language."""
        return self.told[current_language()]

    @property
    def page(self) -> str:
        """Digest of the whole page in the current language."""
        return self.pages[current_language()]

    @property
    def system(self) -> Named | None:
        """The system it is about, when it is about one."""
        return next((one for one in self.systems if one.role == "system"), None)


def find(connection: Connection, identifier: str) -> Result | None:
    """The result of an identifier."""
    query = select(result).where(result.c.id == identifier)
    row = connection.execute(query).mappings().first()
    return _result(row) if row else None


def get(connection: Connection, kind: Kind, identifier: str, *, withdrawn: bool = False) -> Result:
    """A result that may be shown.

    Raises:
        NotFound: there is none, it is of another kind, or it was withdrawn.
    """
    found = find(connection, identifier)
    if found is None or found.kind != kind or (found.status != "published" and not withdrawn):
        raise NotFound(_("There is no result of this name here."), where=identifier)
    return found


def page_of(
    connection: Connection,
    kind: Kind | None = None,
    *,
    usecase: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Result], int]:
    """Some published results, newest first, and how many there are in all."""
    wanted = _published(select(result), kind, usecase)
    total = connection.execute(
        _published(select(func.count()).select_from(result), kind, usecase)
    ).scalar_one()
    query = wanted.order_by(result.c.added_at.desc(), result.c.id).offset(offset).limit(limit)
    return [_result(row) for row in connection.execute(query).mappings()], int(total)


def of_content(connection: Connection, digests: Iterable[str]) -> list[Result]:
    """The published evidence of these digests, of its content or of its file, oldest first."""
    wanted = sorted(set(digests))
    if not wanted:
        return []
    query = _published(select(result), "evidence", "").where(
        result.c.content.in_(wanted) | result.c.source.in_(wanted)
    )
    rows = connection.execute(query.order_by(result.c.added_at, result.c.id)).mappings()
    return [_result(row) for row in rows]


def of_system(connection: Connection, digests: Iterable[str]) -> list[Result]:
    """The published results that name one of these versions of systems, oldest first."""
    wanted = set(digests)
    if not wanted:
        return []
    query = _published(select(result), None, "").order_by(result.c.added_at, result.c.id)
    found = (_result(row) for row in connection.execute(query).mappings())
    return [one for one in found if any(named.digest in wanted for named in one.systems)]


def counts(connection: Connection) -> dict[str, int]:
    """How many results of each kind are published."""
    query = _published(select(result.c.kind, func.count()), None, "").group_by(result.c.kind)
    found = {kind: int(count) for kind, count in connection.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def usecases(connection: Connection, kind: Kind) -> list[str]:
    """The use cases that published results of a kind speak of."""
    query = _published(select(result.c.usecase).distinct(), kind, "")
    return sorted(code for (code,) in connection.execute(query) if code)


def _published(query: Select[Any], kind: Kind | None, usecase: str) -> Select[Any]:
    query = query.where(result.c.status == "published")
    if kind is not None:
        query = query.where(result.c.kind == kind)
    if usecase:
        query = query.where(result.c.usecase == usecase)
    return query


def _result(row: RowMapping) -> Result:
    told = json.loads(row["told"])
    return Result(
        id=row["id"],
        kind=row["kind"],
        title=Text(fr=row["title_fr"], en=row["title_en"]),
        usecase=row["usecase"],
        systems=tuple(Named(**one) for one in json.loads(row["systems"])),
        content=row["content"],
        source=row["source"],
        pages={language: row[f"page_{language}"] for language in LANGUAGES},
        told={
            language: Told(tuple(told[language]["conclusion"]), tuple(told[language]["limits"]))
            for language in LANGUAGES
        },
        synthetic=bool(row["synthetic"]),
        status=row["status"],
        added_at=row["added_at"],
        added_by=row["added_by"],
    )
