"""Pages of administration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from preuve.core.language import _
from preuve.core.store import audit
from preuve.web.accounts import account
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, redirect
from preuve.web.roles import actions, role_shown, roles
from preuve.web.site import reading, writing

router = APIRouter()
_MOST = 2**62
_A_PAGE = 100
_manage = [allowed("account.manage")]


@router.get("/permissions")
def permissions(request: Request) -> Response:
    """Who may do what, for everyone to see."""
    return page(
        request,
        "administration/permissions.html.j2",
        title=_("Who may do what"),
        actions=actions().values(),
        roles=[(role, role_shown(role)) for role in roles()],
    )


@router.get("/audit", dependencies=[allowed("audit.read")])
def log(
    request: Request,
    before: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    subject: Annotated[str, Query(max_length=500)] = "",
    check: Annotated[bool, Query()] = False,
) -> Response:
    """The audit log, newest first; and whether its chain is whole, when asked."""
    with reading(request) as connection:
        found = audit.entries(connection, before=before, subject=subject, limit=_A_PAGE + 1)
        return page(
            request,
            "administration/audit.html.j2",
            title=_("Audit log"),
            public=False,
            entries=found[:_A_PAGE],
            older=found[_A_PAGE - 1].id if len(found) > _A_PAGE else 0,
            subject=subject,
            count=audit.count(connection),
            check=check,
            broken=audit.broken(connection) if check else None,
        )


@router.get("/accounts", dependencies=_manage)
def accounts(request: Request) -> Response:
    with reading(request) as connection:
        found = account.listed(connection)
    return page(
        request,
        "administration/accounts.html.j2",
        title=_("Accounts"),
        public=False,
        accounts=found,
        roles=[(role, role_shown(role)) for role in roles()],
    )


@router.post("/accounts", dependencies=_manage)
def add(
    request: Request,
    name: Annotated[str, Form(max_length=64)],
    role: Annotated[str, Form(max_length=30)],
    password: Annotated[str, Form(max_length=1000)],
    shown: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    with writing(request) as connection:
        account.add(connection, visitor(request).actor, name, role, password, shown)
    return redirect(request, "/accounts", done=_("The account {name} was added.").format(name=name))


@router.post("/accounts/role", dependencies=_manage)
def set_role(
    request: Request,
    name: Annotated[str, Form(max_length=600)],
    role: Annotated[str, Form(max_length=30)],
) -> Response:
    with writing(request) as connection:
        account.set_role(connection, visitor(request).actor, name, role)
    done = _("{name} is now: {role}.").format(name=name, role=role_shown(role))
    return redirect(request, "/accounts", done=done)


@router.post("/accounts/disabled", dependencies=_manage)
def set_disabled(
    request: Request,
    name: Annotated[str, Form(max_length=600)],
    disabled: Annotated[bool, Form()],
) -> Response:
    with writing(request) as connection:
        account.set_disabled(connection, visitor(request).actor, name, disabled=disabled)
    done = _("{name} is shut out.") if disabled else _("{name} may sign in again.")
    return redirect(request, "/accounts", done=done.format(name=name))
