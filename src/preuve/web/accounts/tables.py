"""Tables of the accounts."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from preuve.core.store.tables import DERIVED, Serial, metadata

account = Table(
    "account",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("shown", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text),
    Column("provider", Text),
    Column("subject", Text),
    Column("disabled", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    UniqueConstraint("provider", "subject", name="uq_account_provider"),
)

key = Table(
    "account_key",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account_id", Serial, ForeignKey("account.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

session = Table(
    "account_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account_id", Serial, ForeignKey("account.id"), nullable=False, index=True),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    info=DERIVED,
)

attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("at", Text, nullable=False),
    info=DERIVED,
)

journey = Table(
    "sign_in_journey",
    metadata,
    Column("state", Text, primary_key=True),
    Column("browser", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    info=DERIVED,
)
