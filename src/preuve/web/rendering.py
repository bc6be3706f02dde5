"""Rendering: a template of the site as a response, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from preuve import pages as kit
from preuve.core.language import LANGUAGES, _, current_language, ngettext
from preuve.pages import numbers
from preuve.web import files, flash
from preuve.web.days import day
from preuve.web.identity import Visitor, visitor
from preuve.web.language import written_path
from preuve.web.roles import may
from preuve.web.site import site

if TYPE_CHECKING:
    from preuve.web.part import Entry

PUBLIC = "public, no-cache"
PRIVATE = "private, no-store"
OWN_POLICY = "x-preuve-own-policy"


def page(
    request: Request,
    template: str,
    *,
    title: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    public: bool = True,
    **shown: Any,
) -> HTMLResponse:
    """A whole page.

    Args:
        request: whose language, visitor and message are shown.
        template: its name under `web/templates`.
        title: of the page, without the name of the site.
        status: of the response.
        headers: added to the response.
        public: whether caches may keep it for readers who are not signed in.
        shown: what the template shows.
    """
    message = flash.read(request)
    text = _rendered(request, template, title=title, flash=message, **shown)
    own = not public or status != 200 or message or visitor(request).signed_in
    response = HTMLResponse(text, status, {"Cache-Control": PRIVATE if own else PUBLIC})
    response.headers["Content-Language"] = current_language()
    response.headers.update(headers or {})
    if message:
        flash.forget(request, response)
    return response


def partial(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A piece of a page, for a page that is there already."""
    text = _rendered(request, template, title="", flash=None, **shown)
    return HTMLResponse(text, status, {"Cache-Control": PRIVATE, "Vary": "HX-Request"})


def redirect(request: Request, path: str, *, done: str = "") -> Response:
    """To a page of the site after a change, with a message shown once."""
    response = RedirectResponse(linked(path), 303, {"Cache-Control": PRIVATE})
    if done:
        flash.leave(request, response, done)
    return response


def document(content: bytes | str, *, status: int = 200) -> HTMLResponse:
    """A whole HTML file made elsewhere, held by the policy it carries itself."""
    return HTMLResponse(content, status, {"Cache-Control": PUBLIC, OWN_POLICY: "1"})


def linked(path: str, language: str = "") -> str:
    """The address of a page in a language."""
    return f"/{language or current_language()}{path}"


def _rendered(request: Request, template: str, **shown: Any) -> str:
    who = visitor(request)
    language = current_language()
    here = written_path(request.scope)
    asked = request.scope["query_string"].decode("latin-1")
    other = next(one for one in LANGUAGES if one != language)
    neutral = not request.scope.get("root_path")
    text: str = (
        environment()
        .get_template(template)
        .render(
            language=language,
            languages=LANGUAGES,
            other=other,
            here=here,
            page_address="" if neutral else here + (f"?{asked}" if asked else ""),
            site_address=site(request).settings.address,
            visitor=who,
            can=lambda action: may(who.role, action),
            csrf=lambda: _csrf(who),
            query=lambda **changes: _query(asked, changes),
            navigation=_navigation(request, who),
            **shown,
        )
    )
    return text


def _navigation(request: Request, who: Visitor) -> list[Entry]:
    found = [entry for part in site(request).parts for entry in part.navigation]
    return [entry for entry in found if not entry.action or may(who.role, entry.action)]


def _csrf(who: Visitor) -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(who.csrf)


def _query(asked: str, changes: Mapping[str, Any]) -> str:
    """The query string with fields replaced; a field set to None is left out."""
    kept = [(name, value) for name, value in parse_qsl(asked) if name not in changes]
    for name, value in changes.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        kept += [(name, str(one)) for one in several if one is not None]
    return f"?{urlencode(kept)}" if kept else "?"


@lru_cache
def environment() -> Environment:
    """The templates of the site, above those of the page kit."""
    made = Environment(
        loader=FileSystemLoader([files.TEMPLATES, *(f"{p}/templates" for p in kit.__path__)]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    made.globals.update(
        _=_,
        ngettext=ngettext,
        number=numbers.number,
        percent=numbers.percent,
        moment=numbers.moment,
        day=day,
        nothing=numbers.NOTHING,
        link=linked,
        asset=files.asset,
    )
    return made


def _finished(value: Any) -> Any:
    if isinstance(value, str) and " " in value and not isinstance(value, Markup):
        return numbers.typeset(value)
    return value
