"""The optional part that pages need, and what to say where it is absent."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from preuve.core.errors import PreuveError
from preuve.core.language import _


def needed(name: str) -> ModuleType:
    """A module of the optional part "pages".

    Raises:
        PreuveError: it is not installed; says the command.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise PreuveError(
            _("Making a page needs the optional part “pages”."),
            where=name,
            remedy='pip install "preuve[pages]"',
        ) from error
