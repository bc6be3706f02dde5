"""Profiles: what a record of the catalogue must hold, and the check that says what is missing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.catalogue.profile.check import check_all as check_all
    from preuve.catalogue.profile.explain import Explanation as Explanation
    from preuve.catalogue.profile.findings import Finding as Finding
    from preuve.catalogue.profile.findings import Verdict as Verdict
    from preuve.catalogue.profile.levels import check_record as check_record
    from preuve.catalogue.profile.shelf import load as load
    from preuve.catalogue.profile.shelf import names as names
    from preuve.catalogue.profile.tables import Profile as Profile

_FACE = {
    "Explanation": "explain",
    "Finding": "findings",
    "Profile": "tables",
    "Verdict": "findings",
    "check_all": "check",
    "check_record": "levels",
    "load": "shelf",
    "names": "shelf",
}
__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that its libraries load late."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve.catalogue.profile' has no attribute {name!r}")
    return getattr(import_module(f"preuve.catalogue.profile.{_FACE[name]}"), name)
