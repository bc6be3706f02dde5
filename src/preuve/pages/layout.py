"""Layout: one self-contained page from a template, in one language."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preuve.core.language import _, current_language, ngettext
from preuve.pages import numbers
from preuve.pages.extra import needed

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_ON_PRINT = (
    "addEventListener('beforeprint',()=>"
    "document.querySelectorAll('details.part').forEach(part=>{part.open=true}))"
)


def render(template: Path, **shown: Any) -> str:
    """The page of a template that extends `base.html.j2`, in the current language.

    Every text is escaped. The page fetches nothing and runs nothing but one line that opens the
    folded parts before printing; its content security policy holds it to that.

    Args:
        template: the file; templates it includes stand beside it or in the kit.
        shown: what the template shows.
    """
    page = _environment(template.parent).get_template(template.name)
    text: str = page.render(language=current_language(), **shown)
    return text


@lru_cache
def _environment(folder: Path) -> Environment:
    jinja2 = needed("jinja2")
    markup = needed("markupsafe").Markup
    environment: Environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: _finished(value, markup),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    fingerprint = base64.b64encode(hashlib.sha256(_ON_PRINT.encode()).digest()).decode()
    environment.globals.update(
        _=_,
        ngettext=ngettext,
        number=numbers.number,
        percent=numbers.percent,
        chance=numbers.chance,
        moment=numbers.moment,
        duration=numbers.duration,
        nothing=numbers.NOTHING,
        style=markup((_TEMPLATES / "style.css").read_text(encoding="utf-8")),
        script=markup(_ON_PRINT),
        script_digest=f"sha256-{fingerprint}",
    )
    return environment


def _finished(value: Any, markup: type[str]) -> Any:
    if isinstance(value, str) and not isinstance(value, markup):
        return numbers.typeset(value)
    return value
