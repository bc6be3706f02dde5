"""Catalogue: which health data exist, and what must be said of them?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.catalogue.profile.findings import Finding as Finding
    from preuve.catalogue.profile.findings import Verdict as Verdict
    from preuve.catalogue.profile.levels import check_record as check_record
    from preuve.catalogue.profile.tables import Profile as Profile

_FACE = {
    "Finding": "preuve.catalogue.profile.findings",
    "Profile": "preuve.catalogue.profile.tables",
    "Verdict": "preuve.catalogue.profile.findings",
    "check_record": "preuve.catalogue.profile.levels",
}
__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that its libraries load late."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve.catalogue' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
