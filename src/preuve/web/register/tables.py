"""Table of what contributors propose to the register, until a curator decides."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from preuve.core.store.tables import Serial, metadata

proposal = Table(
    "registry_proposal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("entry", Text, nullable=False, index=True),
    Column("read", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("answer", Text, nullable=False),
)
"""`read`: the revision it was written from, 0 for a new entry. `content`: canonical JSON.
`status`: waiting, published or refused."""
