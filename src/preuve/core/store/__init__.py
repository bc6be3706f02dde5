"""The store: one database, SQLite on a laptop, PostgreSQL in production."""
