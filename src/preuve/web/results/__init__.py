"""Results seen through the front door: signed evidence, impacts of scenarios, appraisals."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.web.results.entrance import part
    from preuve.web.results.publishing import (
        publish_appraisal,
        publish_evidence,
        publish_impact,
        publish_page,
    )

_LATER = {
    "part": "entrance",
    "publish_appraisal": "publishing",
    "publish_evidence": "publishing",
    "publish_impact": "publishing",
    "publish_page": "publishing",
}

__all__ = ["part", "publish_appraisal", "publish_evidence", "publish_impact", "publish_page"]


def __getattr__(name: str) -> Any:
    """The names of the part, loaded when they are used: its tables alone need no web server."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
