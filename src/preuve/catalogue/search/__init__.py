"""Search: records by words and facets, in milliseconds among a hundred thousand."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.catalogue.reindex import rebuild as rebuild
    from preuve.catalogue.search.find import search as search
    from preuve.catalogue.search.results import Results as Results

_FACE = {
    "Results": "preuve.catalogue.search.results",
    "rebuild": "preuve.catalogue.reindex",
    "search": "preuve.catalogue.search.find",
}
__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that its libraries load late."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve.catalogue.search' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
