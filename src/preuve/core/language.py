"""French and English: gettext over the texts a user sees."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en")
_LOCALE = Path(__file__).parent.parent / "locale"


def preferred_language() -> str:
    """The user's language: `PREUVE_LANG`, else English where the locale says so, else French."""
    wanted = os.environ.get("PREUVE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "en" if wanted.lower().startswith("en") else "fr"


_language: ContextVar[str] = ContextVar("language", default="")


def current_language() -> str:
    return _language.get() or preferred_language()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Show every text in `language` ("fr" or "en") inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: str) -> None:
    """Show every text in `language` from now on."""
    _language.set(language)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("preuve", _LOCALE, languages=[language], fallback=True)


def _(text: str) -> str:
    """The text in the current language; English is the language of the sources."""
    language = current_language()
    return text if language == "en" else _catalogue(language).gettext(text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Singular or plural of a text for `count`, in the current language."""
    language = current_language()
    if language == "en":
        return singular if count == 1 else plural
    return _catalogue(language).ngettext(singular, plural, count)
