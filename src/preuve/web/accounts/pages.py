"""Pages of one's own account: password, keys for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.web.accounts import account, keys, passwords
from preuve.web.accounts.credentials import proved
from preuve.web.accounts.holder import Holder
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, redirect
from preuve.web.site import reading, writing

router = APIRouter()
_own = [allowed("account.own")]


@router.get("/account", dependencies=_own)
def own(request: Request) -> Response:
    return _shown(request)


@router.post("/account/password", dependencies=_own)
def change_password(
    request: Request,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Another password, for whoever knows the one before; every session ends."""
    name = visitor(request).actor
    proved(request, name, old)
    with writing(request) as connection:
        account.set_password(connection, name, name, new)
    return redirect(
        request, "/sign-in", done=_("Your password was changed. Sign in with the new one.")
    )


@router.post("/account/keys", dependencies=_own)
def add_key(
    request: Request,
    label: Annotated[str, Form(max_length=80)],
    days: Annotated[int, Form(ge=1, le=keys.LONGEST_DAYS)],
) -> Response:
    with writing(request) as connection:
        made = keys.make(connection, _holder(request), label, days)
    return _shown(request, made)


@router.post("/account/keys/remove", dependencies=_own)
def remove_key(request: Request, mark: Annotated[str, Form(max_length=64)]) -> Response:
    with writing(request) as connection:
        keys.remove(connection, _holder(request), mark)
    return redirect(request, "/account", done=_("The key was taken out of use."))


def _shown(request: Request, made: str = "") -> Response:
    with reading(request) as connection:
        found = account.get(connection, visitor(request).actor)
        own_keys = keys.listed(connection, found.id)
    return page(
        request,
        "accounts/account.html.j2",
        title=_("Your account"),
        public=False,
        account=found,
        keys=own_keys,
        made=made,
        longest=keys.LONGEST_DAYS,
        shortest_password=passwords.SHORTEST,
    )


def _holder(request: Request) -> Holder:
    who = visitor(request)
    if who.id is None:
        raise PreuveError(_("This is for those who are signed in."))
    return Holder(who.id, who.actor, who.name, who.role)
