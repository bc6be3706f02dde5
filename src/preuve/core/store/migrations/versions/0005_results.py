"""Results seen through the front door, and what contributors propose to the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title_fr", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("usecase", sa.Text, nullable=False),
        sa.Column("systems", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("page_fr", sa.Text, nullable=False),
        sa.Column("page_en", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_result"),
    )
    op.create_index("ix_result_kind", "result", ["kind"])
    op.create_index("ix_result_content", "result", ["content"])
    op.create_table(
        "registry_proposal",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("read", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry_proposal"),
    )
    op.create_index("ix_registry_proposal_entry", "registry_proposal", ["entry"])
    op.create_index("ix_registry_proposal_status", "registry_proposal", ["status"])
