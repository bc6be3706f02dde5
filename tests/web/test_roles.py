"""Who may do what: each action by each role, and no route that forgets to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import Response
from web.door import Client, Door

from preuve.core.store import audit
from preuve.web.accounts import account
from preuve.web.permissions import Permission, allowed
from preuve.web.roles import actions, may, roles

FREE = {"/sign-in", "/sign-in/{provider}", "/sign-out"}
"""Unsafe routes that need no permission: they let in, or out."""
_CASES = [(role, action) for role in roles() for action in actions()]


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, dict[str, Client]]]:
    """The site with one route per action, and a client of each role."""
    from preuve.core.store.database import Database
    from preuve.web.application import application
    from preuve.web.settings import Settings

    settings = Settings.read({"PREUVE_SITE": str(tmp_path_factory.mktemp("site"))})
    database = Database.open(settings.database)
    door = Door(application(settings, database), settings, database)
    router = APIRouter()
    for name in actions():
        for path in (f"/ask/{name}", f"/api/ask/{name}"):
            router.add_api_route(path, _done, methods=["POST"], dependencies=[allowed(name)])
    door.app.include_router(router)
    yield door, {role: door.signed_in(f"a-{role}", role) for role in roles()}
    database.close()


def _done() -> Response:
    return Response("done")


@pytest.mark.parametrize(("role", "action"), _CASES)
def test_each_action_is_done_by_its_roles_alone(
    asking: tuple[Door, dict[str, Client]], role: str, action: str
) -> None:
    door, clients = asking
    told = clients[role].submit(f"/en/ask/{action}")
    if role in actions()[action].roles:
        assert (told.status_code, told.text) == (200, "done")
        return
    assert told.status_code == 403
    assert "You may not do this" in told.text
    with door.database.reading() as connection:
        line = audit.entries(connection, subject=action, limit=1)[0]
    assert (line.actor, line.action) == (f"a-{role}", "request.refused")


@pytest.mark.parametrize("action", list(actions()))
def test_somebody_who_is_not_signed_in_is_public(
    asking: tuple[Door, dict[str, Client]], action: str
) -> None:
    client = asking[0].client()
    page, program = client.submit(f"/en/ask/{action}"), client.post(f"/api/ask/{action}")
    if may("public", action) and not actions()[action].signed_in:
        assert (page.text, program.text) == ("done", "done")
        return
    assert (page.status_code, page.headers["location"]) == (303, "/en/sign-in")
    assert program.status_code == 401
    assert program.headers["www-authenticate"].startswith("Bearer")


def test_an_action_that_nobody_wrote_down_is_nobodys() -> None:
    assert not any(may(role, "catalogue.burn") for role in roles())
    with pytest.raises(ValueError, match=r"catalogue\.burn"):
        allowed("catalogue.burn")


def test_the_public_reads_and_changes_nothing() -> None:
    kept = {name for name in actions() if may("public", name) and not actions()[name].signed_in}
    assert kept == {"site.read", "catalogue.check", "register.ask"}


def test_an_administrator_may_do_everything() -> None:
    assert all(may("administrator", name) for name in actions())


def test_every_route_that_changes_something_names_its_action(web: Door) -> None:
    assert _forgotten(web.app) == set()
    router = APIRouter()
    router.add_api_route("/burn", _done, methods=["POST"])
    web.app.include_router(router)
    assert _forgotten(web.app) == {"/burn"}


def _forgotten(app: Any) -> set[str]:
    changing = [route for route in _routes(app) if (route.methods or set()) - {"GET", "HEAD"}]
    return {route.path for route in changing if route.path not in FREE and not _asks(route)}


def _routes(app: Any) -> Iterator[APIRoute]:
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            yield route
        waiting += getattr(getattr(route, "original_router", None), "routes", [])


def _asks(route: APIRoute) -> bool:
    return any(isinstance(one.call, Permission) for one in route.dependant.dependencies)


def test_a_contributor_who_tries_a_curators_page_is_told_whom_to_ask(web: Door) -> None:
    client = web.signed_in("connie", "contributor")
    told = client.get("/en/accounts")
    assert told.status_code == 403
    assert "Your role (Contributor) does not allow this" in told.text
    assert "Ask an administrator" in told.text


def test_a_role_taken_away_is_gone_at_once(web: Door) -> None:
    client = web.signed_in("boss", "administrator")
    web.signed_in("second", "administrator")
    assert client.get("/en/audit").status_code == 200
    with web.database.writing() as connection:
        account.set_role(connection, "second", "boss", "public")
    assert client.get("/en/audit").headers["location"] == "/en/sign-in?after=/audit"


def test_the_page_of_permissions_shows_the_matrix(reader: Client) -> None:
    for language in ("fr", "en"):
        text = reader.get(f"/{language}/permissions").text
        for action in actions().values():
            assert action.name in text
