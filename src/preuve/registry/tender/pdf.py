"""The PDF of a dossier: PDF/A-2a and PDF/UA-1, offline, same bytes for the same content."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.pages.extra import needed

STANDARDS = ("a-2a", "ua-1")
_TEMPLATE = Path(__file__).with_name("dossier.typ")
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_FORBIDDEN = re.compile(r'disallowed codepoint `"((?:[^"\\]|\\.)*)"`')
_CODE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_ROUNDS = 40


def pdf(content: dict[str, Any], on: datetime.date) -> bytes:
    """The PDF of a content (title, blocks, …), dated `on` at midnight UTC.

    A character that the shipped fonts cannot draw is written as its code, [U+65E5].

    Raises:
        PreuveError: the PDF cannot be made.
    """
    typst = needed("typst")
    written = json.dumps(content, ensure_ascii=False)
    moment = datetime.datetime(on.year, on.month, on.day, tzinfo=datetime.UTC)
    for _round in range(_ROUNDS):
        try:
            made = typst.compile(
                _TEMPLATE.read_bytes(),
                sys_inputs={"data": written},
                ignore_system_fonts=True,
                pdf_standards=list(STANDARDS),
                timestamp=moment,
            )
        except typst.TypstError as error:
            drawn = _drawable(written, f"{error.message}\n{error.diagnostic}")
            if drawn == written:
                raise PreuveError(
                    _("The PDF cannot be made: {error}").format(error=error.message)
                ) from error
            written = drawn
        else:
            return bytes(made)
    raise PreuveError(_("The PDF cannot be made: too many characters that no font draws."))


def _drawable(written: str, told: str) -> str:
    """The content with the characters that the error names replaced by their code."""
    found = _MISSING.findall(told) + _FORBIDDEN.findall(told)
    signs = {sign for text in found for sign in _CODE.sub(_sign, text) if ord(sign) > 127}
    for sign in signs:
        written = written.replace(sign, f"[U+{ord(sign):04X}]")
    return written


def _sign(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
