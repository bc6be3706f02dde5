"""Answer: what somebody wrote in a field, as the value that the record will hold."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from preuve.catalogue.dates import impossible, typed_date
from preuve.catalogue.names import FOAF, VCARD, XSD
from preuve.catalogue.profile.form import Field
from preuve.core.errors import PreuveError
from preuve.core.language import _

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ADDRESSED = (VCARD + "hasEmail", FOAF + "mbox")
"""Properties whose e-mail is an address (`mailto:…`)."""


def term_of(field: Field, value: str, language: str = "") -> Literal | NamedNode | None:
    """The value; None for a field left empty.

    Raises:
        PreuveError: a day that does not exist, a number that is none, an address that is not whole.
    """
    if not value:
        return None
    check_text(value, field.label)
    if field.kind in ("iri", "choice"):
        return address(value, field.label)
    if field.kind == "email":
        return _email(field, value)
    if field.kind == "date":
        return _date(field, value)
    if field.kind in ("integer", "number", "boolean"):
        return _typed(field, value)
    return _text(field, value, language)


def check_text(value: str, where: str = "") -> None:
    """Refuse characters that no text has and that not every database keeps."""
    if _CONTROL.search(value):
        raise PreuveError(_("A control character stands in this text."), where=where)


def address(value: str, where: str = "") -> NamedNode:
    """An address with its scheme.

    Raises:
        PreuveError: it has none, or holds a sign that addresses have not.
    """
    if not _ADDRESS.fullmatch(value):
        raise PreuveError(
            _("This is not a whole address: it begins with https:// or the like, without spaces."),
            where=where,
        )
    return NamedNode(value)


def _text(field: Field, value: str, language: str) -> Literal:
    if field.datatype and not field.datatype.endswith(("#string", "#langString")):
        return Literal(value, datatype=NamedNode(field.datatype))
    if language and not _TAG.fullmatch(language):
        raise PreuveError(_("This is not the code of a language."), where=field.label)
    return Literal(value, language=language or None)


def _email(field: Field, value: str) -> Literal | NamedNode:
    plain = value.removeprefix("mailto:")
    if not _EMAIL.fullmatch(plain):
        raise PreuveError(_("This is not an e-mail address."), where=field.label)
    return address(f"mailto:{plain}") if field.path in _ADDRESSED else Literal(plain)


def _date(field: Field, value: str) -> Literal:
    if impossible(value):
        raise PreuveError(
            _("The date {date} does not exist.").format(date=value), where=field.label
        )
    found = typed_date(value)
    if found is None:
        raise PreuveError(
            _("This date cannot be read: write year-month-day, as in 2026-11-28."),
            where=field.label,
        )
    return found


def _typed(field: Field, value: str) -> Literal:
    if field.kind == "boolean" and value in ("true", "false"):
        return Literal(value, datatype=NamedNode(XSD + "boolean"))
    if field.kind == "integer":
        plain = value.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
        whole = re.fullmatch(r"\d{1,18}", plain)
        if whole is None:
            raise PreuveError(_("Write a whole number, zero or more."), where=field.label)
        return Literal(plain, datatype=NamedNode(field.datatype or XSD + "nonNegativeInteger"))
    if field.kind == "number" and _is_number(value.replace(",", ".")):
        plain = value.replace(",", ".")
        return Literal(plain, datatype=NamedNode(field.datatype or XSD + "decimal"))
    raise PreuveError(_("This value is not one that is expected here."), where=field.label)


def _is_number(value: str) -> bool:
    try:
        return Decimal(value).is_finite() and "e" not in value.lower()
    except InvalidOperation:
        return False
