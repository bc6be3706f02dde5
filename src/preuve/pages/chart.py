"""Charts: an Altair chart as inline SVG, with its words, its table and its specification."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preuve.core.language import current_language
from preuve.pages.extra import needed
from preuve.pages.theme import theme

if TYPE_CHECKING:
    from markupsafe import Markup

_LOCALES = {"fr": "fr-FR", "en": "en-US"}
_TAG = re.compile(r"<[^>]*>")
_IDENTIFIER = re.compile(r'\bid="([^"]+)"')
_WITHOUT_USE = re.compile(
    r' (?:opacity="1"|pointer-events="none"|aria-hidden="true"|aria-roledescription="[^"]*"'
    r'|role="graphics-[a-z]+"|class="[^"]*"|font-family="[^"]*")'
)
_EMPTY = re.compile(r'<path d=""[^>]*/>|<path d="M0,0h0v0h0Z"/>')


@dataclass(frozen=True)
class Figure:
    """A chart with everything a reader who cannot see it needs.

    Attributes:
        name: unique on its page; letters, digits, "-" and "_".
        title: what it shows, a few words.
        caption: how to read it.
        description: what it says; the text alternative.
        specification: Vega-Lite, complete (data and theme inside).
        columns: headers of its table of data.
        rows: the table of data, as written.
        wide: whether it needs the full width.
    """

    name: str
    title: str
    caption: str
    description: str
    specification: Mapping[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    wide: bool = False

    @property
    def svg(self) -> Markup:
        """The drawing, for the inside of a page: unique identifiers, title and description.

        Identifiers are numbered anew: the converter counts on from one drawing to the next.
        """
        markupsafe = needed("markupsafe")
        drawn = _EMPTY.sub("", _in_tags(_WITHOUT_USE, "", draw(self.specification)))
        found = dict.fromkeys(i for tag in _TAG.findall(drawn) for i in _IDENTIFIER.findall(tag))
        for number, identifier in enumerate(found):
            named = re.compile(rf'(\bid="|url\(#|href="#){re.escape(identifier)}(?=["\)])')
            drawn = _in_tags(named, rf"\g<1>{self.name}-{number}", drawn)
        words = (
            f'<title id="{self.name}-title">{markupsafe.escape(self.title)}</title>'
            f'<desc id="{self.name}-desc">{markupsafe.escape(self.description)}</desc>'
        )
        head, _, body = drawn.partition(">")
        opened = (
            f'{head} role="img" aria-labelledby="{self.name}-title" '
            f'aria-describedby="{self.name}-desc">'
        )
        drawing: Markup = markupsafe.Markup(opened + words + body)  # the words are escaped above
        return drawing

    @property
    def json(self) -> Markup:
        """The specification, safe inside a script element."""
        text = json.dumps(self.specification, ensure_ascii=False, separators=(",", ":"))
        for sign in "<>&\u2028\u2029":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        markup: Markup = needed("markupsafe").Markup(text)
        return markup


def specification(chart: Any) -> dict[str, Any]:
    """The Vega-Lite specification of an Altair chart, in the theme of the house."""
    written: dict[str, Any] = chart.to_dict()
    return written | {"config": theme()}


def draw(specification: Mapping[str, Any]) -> str:
    """A Vega-Lite specification as SVG, numbers written in the current language."""
    converter = needed("vl_convert")
    drawn: str = converter.vegalite_to_svg(
        dict(specification), format_locale=_LOCALES[current_language()]
    )
    return drawn


def values(altair: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as the data of an Altair chart, with the digits that can be seen."""
    return altair.Data(
        values=[
            {k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()} for row in rows
        ]
    )


def described(template: str, rows: Sequence[Mapping[str, str]]) -> str:
    """A text alternative: one sentence per row."""
    return " ".join(template.format(**row) for row in rows)


def _in_tags(pattern: re.Pattern[str], by: str, drawn: str) -> str:
    """The drawing with a pattern replaced inside its tags, its words left alone."""
    return _TAG.sub(lambda tag: pattern.sub(by, tag[0]), drawn)
