"""Words: the small types that an entry is written with, each with its own refusal."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from preuve.core.language import Message, _
from preuve.core.usecase import Text


def _day(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            _("“{value}” is not a date that exists: write YYYY-MM-DD.").format(value=value)
        ) from error


def _quoted(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(
            _("{value} was read as a number: write it between quotes.").format(value=value)
        )
    return value


def _digits(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _shaped(pattern: str, asked: Message) -> Any:
    """A refusal in plain words for a text that does not have its form."""
    form = re.compile(pattern)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not form.fullmatch(value):
            raise ValueError(asked.format(value=value))
        return value

    return BeforeValidator(check)


Day: TypeAlias = Annotated[datetime.date, BeforeValidator(_day)]
Word: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Words: TypeAlias = Text | Word
"""A text in the two languages, or as its author wrote it in one."""

Label: TypeAlias = Annotated[str, BeforeValidator(_quoted), StringConstraints(min_length=1)]
"""A version or a name that may look like a number: it stands between quotes."""

Slug: TypeAlias = Annotated[
    str,
    _shaped(
        r"[a-z][a-z0-9-]{1,60}",
        _("“{value}” is not an identifier: lower-case letters, digits and hyphens."),
    ),
    Field(json_schema_extra={"pattern": "^[a-z][a-z0-9-]{1,60}$"}),
]
Digest: TypeAlias = Annotated[
    str,
    _shaped(
        r"sha256:[0-9a-f]{64}",
        _("“{value}” is not a digest: sha256: and 64 hexadecimal digits."),
    ),
    Field(json_schema_extra={"pattern": "^sha256:[0-9a-f]{64}$"}),
]
Finess: TypeAlias = Annotated[
    str,
    _shaped(r"[0-9][0-9AB][0-9]{7}", _("“{value}” is not a FINESS number: 9 characters.")),
    BeforeValidator(_digits),
    Field(json_schema_extra={"pattern": "^[0-9][0-9AB][0-9]{7}$"}),
]
Departement: TypeAlias = Annotated[
    str,
    _shaped(
        r"0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6]",
        _("“{value}” is not the code of a département (01, 2A, 974)."),
    ),
    BeforeValidator(_digits),
]
Country: TypeAlias = Annotated[
    str, _shaped(r"[A-Z]{2}", _("“{value}” is not the code of a country: two capitals (FR)."))
]
