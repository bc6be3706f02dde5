"""Entries of the register, their revisions and their use cases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "registry_entry",
        _required("id"),
        _required("status"),
        _required("revision", sa.Integer),
        _required("digest"),
        _required("name"),
        _required("maker"),
        _required("line"),
        _required("synthetic", sa.Boolean),
        _required("words"),
        _required("created_at"),
        _required("modified_at"),
        sa.PrimaryKeyConstraint("id", name="pk_registry_entry"),
    )
    for column in ("status", "maker", "line"):
        op.create_index(f"ix_registry_entry_{column}", "registry_entry", [column])
    op.create_table(
        "registry_revision",
        _required("entry"),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer),
        _required("aside", sa.Boolean),
        _required("status"),
        _required("digest"),
        _required("content"),
        _required("actor"),
        _required("at"),
        _required("why"),
        sa.PrimaryKeyConstraint("entry", "number", name="pk_registry_revision"),
        _refers("registry_revision"),
    )
    op.create_table(
        "registry_usecase",
        _required("entry"),
        _required("usecase"),
        sa.PrimaryKeyConstraint("entry", "usecase", name="pk_registry_usecase"),
        _refers("registry_usecase"),
    )
    op.create_index("ix_registry_usecase_usecase", "registry_usecase", ["usecase"])


def _required(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _refers(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"], name=f"fk_{table}_entry")
