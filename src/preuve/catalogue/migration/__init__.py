"""Migration: a record brought from Release 5 of HealthDCAT-AP to Release 8, or to several."""

from preuve.catalogue.migration.draft import Change
from preuve.catalogue.migration.migrate import Migrated, Todo, migrate
from preuve.catalogue.migration.polyglot import polyglot

__all__ = ["Change", "Migrated", "Todo", "migrate", "polyglot"]
