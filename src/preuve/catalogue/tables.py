"""Tables of the catalogue: records, their revisions, where they come from, and their index."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from preuve.core.store.tables import DERIVED, Serial, metadata

harvest_source = Table(
    "harvest_source",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

record = Table(
    "catalogue_record",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("iri", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("source", ForeignKey("harvest_source.id"), index=True),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("access", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("verdicts", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("modified_at", Text, nullable=False),
)
"""`summary` and `verdicts` are canonical JSON; `source` is empty for a record written here."""

revision = Table(
    "catalogue_revision",
    metadata,
    Column("record", ForeignKey("catalogue_record.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("aside", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""`content` is the record's triples, deflated; a revision kept `aside` lost a race of editors."""

identifier = Table(
    "catalogue_identifier",
    metadata,
    Column("identifier", Text, primary_key=True),
    Column("record", ForeignKey("catalogue_record.id"), nullable=False, index=True),
)

harvest_run = Table(
    "harvest_run",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", ForeignKey("harvest_source.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("next", Text),
    Column("complete", Boolean, nullable=False),
    Column("counts", Text, nullable=False),
)
"""`next` is the page to read next; `complete` stays true while nothing may have been missed."""

harvest_page = Table(
    "harvest_page",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", ForeignKey("harvest_source.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("run", ForeignKey("harvest_run.id"), nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("next", Text),
    UniqueConstraint("source", "address"),
)

harvest_seen = Table(
    "harvest_seen",
    metadata,
    Column("source", ForeignKey("harvest_source.id"), primary_key=True),
    Column("iri", Text, primary_key=True),
    Column("page", ForeignKey("harvest_page.id"), index=True),
    Column("run", ForeignKey("harvest_run.id"), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

harvest_problem = Table(
    "harvest_problem",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("run", ForeignKey("harvest_run.id"), nullable=False, index=True),
    Column("page", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

term = Table(
    "catalogue_term",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("field", Text, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("version", Integer, nullable=False, index=True),
    Column("total", Integer, nullable=False),
    Column("records", LargeBinary, nullable=False),
    info=DERIVED,
)
"""`key` is `field:value`, the field a place of words or a facet; `records` a Roaring bitmap."""

entry = Table(
    "catalogue_entry",
    metadata,
    Column("record", Serial, primary_key=True, autoincrement=False),
    Column("terms", LargeBinary, nullable=False),
    info=DERIVED,
)
"""`terms` is a Roaring bitmap of the terms of a record."""

index_state = Table(
    "catalogue_index",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Text, nullable=False),
    Column("version", Integer, nullable=False),
    info=DERIVED,
)
"""One row: `epoch` is new when the index was built anew, `version` grows with each change."""

Index("ix_harvest_seen_run", harvest_seen.c.run)
