"""Accounts of the front door, their sessions and keys, and the sign-ins under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("provider", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("disabled", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        sa.UniqueConstraint("provider", "subject", name="uq_account_provider"),
    )
    for name, columns in (("account_key", [_text("label")]), ("account_session", [])):
        op.create_table(
            name,
            _text("digest"),
            sa.Column("account_id", _SERIAL, nullable=False),
            *columns,
            _text("created_at"),
            _text("expires_at"),
            sa.PrimaryKeyConstraint("digest", name=f"pk_{name}"),
            sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{name}_account_id"),
        )
        op.create_index(f"ix_{name}_account_id", name, ["account_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", _SERIAL, nullable=False),
        _text("name"),
        _text("address"),
        _text("at"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
    op.create_index("ix_sign_in_attempt_name", "sign_in_attempt", ["name"])
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address"])
    op.create_table(
        "sign_in_journey",
        *(_text(name) for name in _JOURNEY),
        sa.PrimaryKeyConstraint("state", name="pk_sign_in_journey"),
    )


_JOURNEY = (
    "state",
    "browser",
    "provider",
    "nonce",
    "verifier",
    "after",
    "language",
    "expires_at",
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)
