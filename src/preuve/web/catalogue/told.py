"""Told: what a record says, in the reader's language or in another that is then named."""

from __future__ import annotations

from collections.abc import Mapping

from preuve.catalogue.texts import Said, Texts
from preuve.catalogue.vocabulary import concepts
from preuve.core.language import _, current_language


def said(texts: Texts | Mapping[str, str] | None) -> Said | None:
    """The text to show: of the reader's language, else of the other of the house, else any."""
    if texts is None:
        return None
    if not isinstance(texts, Texts):
        texts = Texts({language: (text,) for language, text in texts.items()})
    return texts.said(current_language())


def text_of(texts: Texts | Mapping[str, str] | None, otherwise: str = "") -> str:
    """The words of `said`, without their language."""
    found = said(texts)
    return found.text if found else otherwise


def is_foreign(found: Said) -> bool:
    """Whether a text is in another language than the page."""
    return found.language.partition("-")[0] != current_language()


def tongue(tag: str) -> str:
    """Which language a text is in, in words."""
    names = {
        "": _("language not said"),
        "de": _("in German"),
        "en": _("in English"),
        "es": _("in Spanish"),
        "fr": _("in French"),
        "it": _("in Italian"),
        "nl": _("in Dutch"),
    }
    base = tag.partition("-")[0]
    return names.get(base) or _("in the language “{tag}”").format(tag=tag)


def access_label(code: str) -> str:
    """The name of an access class."""
    known = {one.code: one.label for one in concepts("access-right")}
    return known.get(code, code) or _("Access not said")


def access_meaning(code: str) -> str:
    """What an access class means for who wants the data."""
    meanings = {
        "PUBLIC": _("Anyone may have these data, without asking."),
        "RESTRICTED": _("The data are given under conditions that the holder sets."),
        "NON_PUBLIC": _(
            "The data are not given out: a permit of the health data access body lets you compute "
            "on them in a secure environment."
        ),
    }
    return meanings.get(code) or _("The record does not say who may have the data: ask the holder.")


def others(texts: Texts) -> list[Said]:
    """The texts beside the one that is shown."""
    shown = said(texts)
    return [one for one in texts if one != shown]
