"""Preuve: evidence on AI in care, from the hospitals to the decision."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.core.errors import PreuveError as PreuveError
    from preuve.core.estimate import Estimate as Estimate
    from preuve.core.evidence import Evidence as Evidence
    from preuve.core.usecase import UseCase as UseCase
    from preuve.federation import Node as Node
    from preuve.federation.evaluate import evaluate as evaluate
    from preuve.registry import System as System

__version__ = "0.1.0"

_FACE = {
    "Estimate": "preuve.core.estimate",
    "Evidence": "preuve.core.evidence",
    "Node": "preuve.federation",
    "PreuveError": "preuve.core.errors",
    "System": "preuve.registry",
    "UseCase": "preuve.core.usecase",
    "evaluate": "preuve.federation.evaluate",
}
__all__ = [*_FACE, "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that `import preuve` stays light."""
    if name not in _FACE:
        raise AttributeError(f"module 'preuve' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)
