"""Pages of signing in and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, _, current_language, speaking
from preuve.core.store import audit
from preuve.web.accounts import account, sessions
from preuve.web.accounts.credentials import TooManyTries, WrongCredentials, proved
from preuve.web.accounts.holder import Holder
from preuve.web.errors import NotFound, means, shown, status_of
from preuve.web.identity import cookie_name, session_of, visitor
from preuve.web.rendering import page, redirect
from preuve.web.sign_in import journey
from preuve.web.sign_in.openid import Person, Service
from preuve.web.sign_in.refusal import SignInRefused
from preuve.web.site import site, writing

router = APIRouter()
_JOURNEY = "preuve_journey"
means(WrongCredentials, 401)
means(TooManyTries, 429)


@router.get("/sign-in")
def form(request: Request, after: Annotated[str, Query(max_length=500)] = "") -> Response:
    return _form(request, after=after)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    after: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """A new session, whatever was there before."""
    try:
        holder = proved(request, name, password)
    except (WrongCredentials, TooManyTries) as error:
        return _form(request, after=after, name=name, error=error)
    return welcomed(request, holder, after, "password")


@router.post("/sign-in/{provider}")
def leave_for(
    request: Request, provider: str, after: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Send the browser to a provider, with what must come back."""
    service = _service(request, provider)
    with writing(request) as connection:
        made, state, browser = journey.begin(
            connection, provider, inside(after), current_language()
        )
    address = service.question(made, state, _callback(request, provider))
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    lasts = int(journey.LASTS.total_seconds())
    response.set_cookie(_JOURNEY, browser, max_age=lasts, **_cookie(request))
    return response


@router.get("/oidc/{provider}/callback")
def come_back(
    request: Request,
    provider: str,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Let in whom the provider vouches for; nobody on any doubt, and the audit log says why."""
    service = _service(request, provider)
    with writing(request) as connection:
        found = journey.end(connection, state)
    spoken = found[0].language if found else current_language()
    with speaking(next(one for one in LANGUAGES if one == spoken)):
        try:
            made = journey.checked(found, provider, request.cookies.get(_JOURNEY, ""))
            if error or not code:
                raise SignInRefused("provider: no code", _refused(service))
            person = service.answered(code, made, _callback(request, provider))
            response = _arrived(request, service, person, made.after)
        except SignInRefused as refusal:
            response = _turned_away(request, service, refusal)
    response.delete_cookie(_JOURNEY, **_cookie(request))
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    who, token = visitor(request), session_of(request)
    if who.signed_in and token:
        with writing(request) as connection:
            sessions.end(connection, token)
            audit.append(connection, who.actor, "account.sign-out", who.actor)
    response = redirect(request, "/", done=_("You are signed out."))
    response.delete_cookie(cookie_name(request), **_cookie(request))
    return response


def welcomed(request: Request, holder: Holder, after: str, by: str) -> Response:
    """Begin the session of somebody who has proved who they are."""
    with writing(request) as connection:
        sessions.end(connection, session_of(request))
        token = sessions.begin(connection, holder.id)
        audit.append(connection, holder.name, "account.sign-in", holder.name, {"by": by})
    response = redirect(
        request, inside(after), done=_("You are signed in: {name}.").format(name=holder.shown)
    )
    lasts = int(sessions.LASTS.total_seconds())
    response.set_cookie(cookie_name(request), token, max_age=lasts, **_cookie(request))
    return response


def _arrived(request: Request, service: Service, person: Person, after: str) -> Response:
    with writing(request) as connection:
        found = account.arrived(connection, service.name, person.subject, person.shown)
    if found.disabled:
        raise SignInRefused("disabled", _("This account is shut out."))
    holder = Holder(found.id, found.name, found.shown, found.role)
    return welcomed(request, holder, after, service.name)


def _turned_away(request: Request, service: Service, refusal: SignInRefused) -> Response:
    address = request.client.host if request.client else ""
    with writing(request) as connection:
        told = {"reason": refusal.reason, "from": address}
        audit.append(connection, "public", "account.sign-in.refused", service.name, told)
    return shown(request, status_of(refusal), refusal.problem, refusal.where, refusal.remedy)


def _service(request: Request, name: str) -> Service:
    found: Service | None = site(request).providers.get(name)
    if found is None:
        raise NotFound(_("This site knows no such sign-in service."), where=name)
    return found


def _refused(service: Service) -> str:
    return _("The sign-in service refused: {name}.").format(name=service.shown)


def _callback(request: Request, provider: str) -> str:
    return f"{site(request).settings.address}/oidc/{provider}/callback"


def inside(path: str) -> str:
    """A path of this site; home for anything that could lead elsewhere."""
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path if plain and "\\" not in path and path.isascii() else "/"


def _cookie(request: Request) -> dict[str, Any]:
    secure = site(request).settings.secure
    return {"httponly": True, "samesite": "lax", "secure": secure, "path": "/"}


def _form(
    request: Request, after: str = "", name: str = "", error: PreuveError | None = None
) -> Response:
    return page(
        request,
        "sign_in/sign_in.html.j2",
        status=status_of(error) if error else 200,
        headers=getattr(error, "headers", {}),
        title=_("Sign in"),
        public=False,
        after=inside(after),
        name=name,
        error=error,
        providers=site(request).providers.values(),
    )
