"""Search: the entries of the register by line, use case, maker or words."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from preuve.registry import tables
from preuve.registry.entry import Entry, parse_entry
from preuve.registry.register.held import Held, made


def find(
    connection: Connection,
    *,
    line: str = "",
    usecase: str = "",
    maker: str = "",
    words: str = "",
    withdrawn: bool = False,
    limit: int = 200,
    start: int = 0,
) -> tuple[Held, ...]:
    """The entries that meet every criterion given, by name.

    `line` is a technology line; `usecase` that of the system or of one of its deployments;
    `maker` an exact name; `words` parts of the identifier, the name, the maker or the title,
    accents and capitals forgiven; `withdrawn` asks for those withdrawn in place of the others.
    """
    table = tables.entry
    query = _where(select(table), line, usecase, maker, words, withdrawn)
    query = query.order_by(func.lower(table.c.name), table.c.id).limit(limit).offset(start)
    rows = list(connection.execute(query).mappings())
    contents = _contents(connection, rows)
    return tuple(made(row, contents[row["id"]]) for row in rows)


def lines(connection: Connection) -> dict[str, int]:
    """How many entries each technology line shows."""
    table = tables.entry
    query = (
        select(table.c.line, func.count())
        .where(table.c.status == "current")
        .group_by(table.c.line)
        .order_by(table.c.line)
    )
    return {str(line): int(count) for line, count in connection.execute(query)}


def _where(
    query: Select[Any], line: str, usecase: str, maker: str, words: str, withdrawn: bool
) -> Select[Any]:
    table = tables.entry
    query = query.where(table.c.status == ("withdrawn" if withdrawn else "current"))
    if line:
        query = query.where(table.c.line == line)
    if maker:
        query = query.where(table.c.maker == maker)
    if usecase:
        listed = select(tables.usecase.c.entry).where(tables.usecase.c.usecase == usecase)
        query = query.where(table.c.id.in_(listed))
    for word in folded(words).split():
        query = query.where(table.c.words.contains(word, autoescape=True))
    return query


def folded(text: str) -> str:
    """The text without capitals nor accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def _contents(connection: Connection, rows: list[RowMapping]) -> dict[str, Entry]:
    """The texts that stand of several entries, in one query."""
    table = tables.revision
    query = (
        select(table.c.entry, table.c.content)
        .join(
            tables.entry,
            (tables.entry.c.id == table.c.entry) & (tables.entry.c.revision == table.c.number),
        )
        .where(table.c.entry.in_([row["id"] for row in rows]))
    )
    return {
        name: parse_entry(json.loads(content), name=name)
        for name, content in connection.execute(query)
    }
