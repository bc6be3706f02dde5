"""Table of the results that can be seen: evidence, impacts of scenarios, appraisals."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from preuve.core.store.tables import metadata

result = Table(
    "result",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, index=True),
    Column("title_fr", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("usecase", Text, nullable=False),
    Column("systems", Text, nullable=False),
    Column("content", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("page_fr", Text, nullable=False),
    Column("page_en", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("added_by", Text, nullable=False),
)
