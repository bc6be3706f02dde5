"""The register of AI systems through the front door: pages, changes, comparison, calendar."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preuve.web.register.entrance import part

__all__ = ["part"]


def __getattr__(name: str) -> Any:
    """The part, loaded when it is used: its tables alone need no web server."""
    if name != "part":
        raise AttributeError(name)
    return import_module(f"{__name__}.entrance").part
