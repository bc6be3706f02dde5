"""The register in the database: each change a revision; nobody's words are lost."""

from preuve.registry.register.changes import add, replace, withdraw
from preuve.registry.register.held import Held, Kept, Revision, Status, get, history, text_of
from preuve.registry.register.search import find, lines

__all__ = [
    "Held",
    "Kept",
    "Revision",
    "Status",
    "add",
    "find",
    "get",
    "history",
    "lines",
    "replace",
    "text_of",
    "withdraw",
]
