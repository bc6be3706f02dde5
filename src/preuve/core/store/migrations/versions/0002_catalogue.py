"""Records of the catalogue, their revisions, harvest and search index."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _sources()
    _records()
    _harvest()
    _index()


def _required(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _sources() -> None:
    op.create_table(
        "harvest_source",
        _required("id", _SERIAL),
        _required("name"),
        _required("address"),
        _required("added_at"),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_source"),
        sa.UniqueConstraint("name", name="uq_harvest_source_name"),
    )


def _records() -> None:
    op.create_table(
        "catalogue_record",
        _required("id", _SERIAL),
        _required("iri"),
        _required("kind"),
        sa.Column("source", _SERIAL),
        _required("status"),
        _required("revision", sa.Integer),
        _required("digest"),
        _required("access"),
        _required("summary"),
        _required("verdicts"),
        _required("created_at"),
        _required("modified_at"),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_record"),
        sa.UniqueConstraint("iri", name="uq_catalogue_record_iri"),
        _refers("catalogue_record", "source", "harvest_source"),
    )
    op.create_index("ix_catalogue_record_source", "catalogue_record", ["source"])
    op.create_table(
        "catalogue_revision",
        _required("record", _SERIAL),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer),
        _required("aside", sa.Boolean),
        _required("status"),
        _required("digest"),
        _required("content", sa.LargeBinary),
        _required("actor"),
        _required("at"),
        sa.PrimaryKeyConstraint("record", "number", name="pk_catalogue_revision"),
        _refers("catalogue_revision", "record", "catalogue_record"),
    )
    op.create_table(
        "catalogue_identifier",
        _required("identifier"),
        _required("record", _SERIAL),
        sa.PrimaryKeyConstraint("identifier", name="pk_catalogue_identifier"),
        _refers("catalogue_identifier", "record", "catalogue_record"),
    )
    op.create_index("ix_catalogue_identifier_record", "catalogue_identifier", ["record"])


def _harvest() -> None:
    op.create_table(
        "harvest_run",
        _required("id", _SERIAL),
        _required("source", _SERIAL),
        _required("state"),
        _required("started_at"),
        sa.Column("ended_at", sa.Text),
        sa.Column("next", sa.Text),
        _required("complete", sa.Boolean),
        _required("counts"),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_run"),
        _refers("harvest_run", "source", "harvest_source"),
    )
    op.create_index("ix_harvest_run_source", "harvest_run", ["source"])
    op.create_table(
        "harvest_page",
        _required("id", _SERIAL),
        _required("source", _SERIAL),
        _required("address"),
        _required("run", _SERIAL),
        _required("etag"),
        _required("last_modified"),
        _required("digest"),
        sa.Column("next", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_page"),
        sa.UniqueConstraint("source", "address", name="uq_harvest_page_source"),
        _refers("harvest_page", "source", "harvest_source"),
        _refers("harvest_page", "run", "harvest_run"),
    )
    op.create_table(
        "harvest_seen",
        _required("source", _SERIAL),
        _required("iri"),
        sa.Column("page", _SERIAL),
        _required("run", _SERIAL),
        _required("outcome"),
        _required("digest"),
        sa.PrimaryKeyConstraint("source", "iri", name="pk_harvest_seen"),
        _refers("harvest_seen", "source", "harvest_source"),
        _refers("harvest_seen", "page", "harvest_page"),
        _refers("harvest_seen", "run", "harvest_run"),
    )
    op.create_index("ix_harvest_seen_page", "harvest_seen", ["page"])
    op.create_index("ix_harvest_seen_run", "harvest_seen", ["run"])
    op.create_table(
        "harvest_problem",
        _required("id", _SERIAL),
        _required("run", _SERIAL),
        _required("page"),
        _required("subject"),
        _required("kind"),
        _required("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_harvest_problem"),
        _refers("harvest_problem", "run", "harvest_run"),
    )
    op.create_index("ix_harvest_problem_run", "harvest_problem", ["run"])


def _index() -> None:
    op.create_table(
        "catalogue_term",
        _required("id", _SERIAL),
        _required("key"),
        _required("field"),
        _required("label"),
        _required("version", sa.Integer),
        _required("total", sa.Integer),
        _required("records", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_term"),
        sa.UniqueConstraint("key", name="uq_catalogue_term_key"),
    )
    op.create_index("ix_catalogue_term_field", "catalogue_term", ["field"])
    op.create_index("ix_catalogue_term_version", "catalogue_term", ["version"])
    op.create_table(
        "catalogue_entry",
        sa.Column("record", _SERIAL, autoincrement=False, nullable=False),
        _required("terms", sa.LargeBinary),
        sa.PrimaryKeyConstraint("record", name="pk_catalogue_entry"),
    )
    op.create_table(
        "catalogue_index",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        _required("epoch"),
        _required("version", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_index"),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")
