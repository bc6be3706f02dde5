"""Permissions: a route names its action, and answers only those who may."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from preuve.core.language import _
from preuve.core.store import audit
from preuve.web.errors import Refused, for_machine, means
from preuve.web.identity import Visitor, presented, visitor
from preuve.web.language import written_path
from preuve.web.rendering import linked
from preuve.web.roles import actions, may
from preuve.web.site import writing

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key of an account, made on its page."
)


class SignInFirst(Refused):
    """A visitor who is not signed in."""

    def __init__(self, problem: str, *, headers: dict[str, str], **told: Any) -> None:
        super().__init__(problem, **told)
        self.headers = headers


class Elsewhere(SignInFirst):
    """A reader of pages who is sent to the sign-in page."""


means(SignInFirst, 401)
means(Elsewhere, 303)


class Permission:
    """A dependency that lets through those who may do `action`."""

    def __init__(self, action: str) -> None:
        if action not in actions():
            raise ValueError(f"{action} is not in permissions.yaml")
        self.action = action

    async def __call__(
        self, request: Request, _key: Annotated[Any, Security(_BEARER)] = None
    ) -> Visitor:
        who = await run_in_threadpool(visitor, request) if presented(request) else visitor(request)
        if may(who.role, self.action) and (who.signed_in or not actions()[self.action].signed_in):
            return who
        if not who.signed_in:
            raise _unknown(request)
        await run_in_threadpool(_told, request, who, self.action)
        raise Refused(
            _("Your role ({role}) does not allow this: {action}.").format(
                role=who.role_shown, action=actions()[self.action].shown
            ),
            remedy=_("Ask an administrator of this site for another role."),
        )


def allowed(action: str) -> Any:
    """What a route that needs an action depends on: `dependencies=[allowed("catalogue.edit")]`."""
    return Depends(Permission(action))


def _unknown(request: Request) -> SignInFirst:
    problem = _("This is for those who are signed in.")
    if for_machine(request):
        return SignInFirst(
            problem,
            remedy=_("Send a key of your account: “Authorization: Bearer …”."),
            headers={"WWW-Authenticate": 'Bearer realm="preuve"'},
        )
    after = quote(written_path(request.scope)) if request.method == "GET" else ""
    return Elsewhere(
        problem, headers={"Location": linked("/sign-in") + (f"?after={after}" if after else "")}
    )


def _told(request: Request, who: Visitor, action: str) -> None:
    with writing(request) as connection:
        path = request.scope["path"][:200]
        audit.append(connection, who.actor, "request.refused", action, {"path": path})
