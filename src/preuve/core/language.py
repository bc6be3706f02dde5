"""French and English: gettext over the texts a user sees."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

Language: TypeAlias = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
_LOCALE = Path(__file__).parent.parent / "locale"


def preferred_language() -> Language:
    """The user's language: `PREUVE_LANG`, else English where the locale says so, else French."""
    wanted = os.environ.get("PREUVE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "en" if wanted.lower().startswith("en") else "fr"


_language: ContextVar[Language | None] = ContextVar("language", default=None)


def current_language() -> Language:
    return _language.get() or preferred_language()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Show every text in `language` ("fr" or "en") inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: Language) -> None:
    """Show every text in `language` from now on."""
    _language.set(language)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("preuve", _LOCALE, languages=[language], fallback=True)


class Message(str):
    """A text in the current language that can still be said in the other one."""

    _sources: tuple[str, str, int]
    _values: dict[str, Any]

    @classmethod
    def of(cls, sources: tuple[str, str, int], values: dict[str, Any]) -> Message:
        """The text of `sources` (singular, plural, count) with `values` put in."""
        message = cls(_said(sources, values, current_language()))
        message._sources, message._values = sources, values
        return message

    def format(self, *_args: object, **values: object) -> Message:
        """The text with `values` put in; named fields only."""
        return Message.of(self._sources, self._values | values)

    def said(self, language: str) -> str:
        """The text in a language."""
        return _said(self._sources, self._values, language)

    def __reduce__(self) -> tuple[object, ...]:
        return Message.of, (self._sources, self._values)


def both(text: str) -> dict[str, str]:
    """The text in each language; the same twice where only one is known."""
    if not isinstance(text, Message):
        return dict.fromkeys(LANGUAGES, text)
    return {language: text.said(language) for language in LANGUAGES}


def _(text: str) -> Message:
    """The text in the current language; English is the language of the sources."""
    return Message.of((text, text, 1), {})


def ngettext(singular: str, plural: str, count: int) -> Message:
    """Singular or plural of a text for `count`, in the current language."""
    return Message.of((singular, plural, count), {})


def _said(sources: tuple[str, str, int], values: dict[str, Any], language: str) -> str:
    singular, plural, count = sources
    if language == "en":
        text = singular if count == 1 else plural
    elif singular == plural:
        text = _catalogue(language).gettext(singular)
    else:
        text = _catalogue(language).ngettext(singular, plural, count)
    return text.format(**values) if values else text
