"""Economics: is it worth it, and at what price?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.economics.appraisal import Appraisal as Appraisal
    from preuve.economics.model import Model as Model
    from preuve.economics.outcomes import Outcomes as Outcomes

_FACE = {
    "Appraisal": "preuve.economics.appraisal",
    "Model": "preuve.economics.model",
    "Outcomes": "preuve.economics.outcomes",
}
__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that its libraries load late."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve.economics' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
