"""Tables of the register: entries, and every text that was ever given for one."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from preuve.core.store.tables import metadata

entry = Table(
    "registry_entry",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("maker", Text, nullable=False, index=True),
    Column("line", Text, nullable=False, index=True),
    Column("synthetic", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("modified_at", Text, nullable=False),
)
"""`id` is that of the entry; `status` is current or withdrawn; `words` is what is searched."""

revision = Table(
    "registry_revision",
    metadata,
    Column("entry", ForeignKey("registry_entry.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("aside", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
)
"""`content` is canonical JSON; a revision kept `aside` was written over another's."""

usecase = Table(
    "registry_usecase",
    metadata,
    Column("entry", ForeignKey("registry_entry.id"), primary_key=True),
    Column("usecase", Text, primary_key=True, index=True),
)
