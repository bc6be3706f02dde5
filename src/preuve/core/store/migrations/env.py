"""How Alembic runs: on the connection it is given, inside the transaction that is open."""

from __future__ import annotations

from alembic import context

from preuve.core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
