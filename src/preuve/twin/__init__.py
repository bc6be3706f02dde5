"""The twin of every French hospital: what a scenario does to care, carers and health."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.twin.baseline import Baseline as Baseline
    from preuve.twin.impact import Impact as Impact
    from preuve.twin.model import France as France
    from preuve.twin.scenario.written import Scenario as Scenario

_FACE = {
    "Baseline": "preuve.twin.baseline",
    "France": "preuve.twin.model",
    "Impact": "preuve.twin.impact",
    "Scenario": "preuve.twin.scenario.written",
}
__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that its libraries load late."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve.twin' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
