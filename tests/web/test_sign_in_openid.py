"""Signing in through an OpenID Connect provider: who is let in, and everything that is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from web.door import ADDRESS, Client, Door
from web.oidc_provider import CLIENT, SECRET, Provider, provider

from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.web.accounts import account
from preuve.web.application import application
from preuve.web.settings import Settings
from preuve.web.sign_in import journey
from preuve.web.sign_in.pages import inside
from preuve.web.sign_in.provider import providers

ACCOUNT = "psc:899700123456"


@pytest.fixture
def trusted() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture
def door(store: Database, trusted: Provider, tmp_path: Path) -> Door:
    """The site that knows the provider, on both databases."""
    return opened(store, trusted, tmp_path)


def opened(store: Database, trusted: Provider, folder: Path, more: str = "") -> Door:
    (folder / "secret").write_text(SECRET)
    (folder / "oidc.yaml").write_text(
        "providers:\n"
        "  - name: psc\n"
        "    shown: Sign-in of the test\n"
        f"    issuer: {trusted.address}\n"
        f"    client_id: {CLIENT}\n"
        f"    client_secret: {folder / 'secret'}\n"
        "    scopes: [openid, scope_all]\n"
        "    acr_values: eidas1\n" + more
    )
    settings = Settings.read({"PREUVE_SITE": str(folder / "site")})
    settings = replace(settings, providers=folder / "oidc.yaml")
    return Door(application(settings, store), settings, store)


def leave(client: Client, after: str = "/permissions") -> str:
    """Go to the provider; the address it was asked with."""
    told = client.submit("/en/sign-in/psc", {"after": after})
    assert told.status_code == 303, told.text
    return str(told.headers["location"])


def return_from(address: str) -> str:
    """The path with which the provider sends the browser back."""
    back = urlsplit(httpx.get(address).headers["location"])
    assert f"{back.scheme}://{back.netloc}" == ADDRESS
    return f"{back.path}?{back.query}"


def reasons(database: Database) -> list[str]:
    with database.reading() as connection:
        lines = audit.entries(connection)
    return [line.detail["reason"] for line in lines if line.action == "account.sign-in.refused"]


def turned_away(client: Client, door: Door, path: str, reason: str) -> None:
    """Nobody is let in, the reader is told so, the log says why."""
    told = client.get(path)
    assert told.status_code == 401
    assert 'lang="en"' in told.text
    assert "Start again from the sign-in page" in told.text
    assert client.cookies.get("preuve") is None
    assert client.get("/en/account").status_code == 303
    with door.database.reading() as connection:
        assert account.listed(connection) == []
    assert [found for found in reasons(door.database) if reason in found], reasons(door.database)


def test_whom_the_provider_vouches_for_is_let_in_without_a_role(door: Door) -> None:
    client = door.client()
    address = leave(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["scope"] == "openid scope_all"
    assert asked["acr_values"] == "eidas1"
    assert asked["code_challenge_method"] == "S256"
    told = client.get(return_from(address))
    assert (told.status_code, told.headers["location"]) == (303, "/en/permissions")
    assert "You are signed in: Camille Exemple." in client.get("/en/permissions").text
    assert client.get("/en/accounts").status_code == 403
    with door.database.reading() as connection:
        found = account.get(connection, ACCOUNT)
        actions = [line.action for line in reversed(audit.entries(connection))]
    assert (found.role, found.provider, found.shown) == ("public", "psc", "Camille Exemple")
    assert actions == ["account.add", "account.sign-in", "request.refused"]


def test_the_role_that_an_administrator_gave_is_there_the_next_time(door: Door) -> None:
    client = door.client()
    client.get(return_from(leave(client)))
    with door.database.writing() as connection:
        account.set_role(connection, "boss", ACCOUNT, "administrator")
    again = door.client()
    again.get(return_from(leave(again)))
    assert again.get("/en/accounts").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(door: Door) -> None:
    client = door.client()
    address = leave(client)
    told = client.get(return_from(address)).headers.get_list("set-cookie")
    session = next(one for one in told if one.startswith("preuve="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"forged": True}, "signature"),
        ({"algorithm": "none"}, "signature"),
        ({"algorithm": "HS256"}, "signature"),
        ({"token": "not.a.token"}, "signature"),
        ({"token": "x" * 5000}, "signature"),
        ({"claims": {"aud": "somebody-else"}}, "claim: aud"),
        ({"claims": {"aud": [CLIENT, "other"], "azp": "other"}}, "claim: azp"),
        ({"claims": {"nonce": "another"}}, "claim: nonce"),
        ({"claims": {"nonce": None}}, "claim: nonce"),
        ({"claims": {"iss": "https://evil.example"}}, "claim: iss"),
        ({"claims": {"exp": int(time.time()) - 3600}}, "claim"),
        ({"claims": {"iat": int(time.time()) + 86400}}, "claim"),
        ({"claims": {"exp": "tomorrow"}}, "claim"),
        ({"claims": {"sub": None}}, "claim: sub"),
        ({"userinfo": {"sub": "somebody-else"}}, "userinfo"),
        ({"status": 500}, "provider: 500"),
        ({"issuer_said": "https://evil.example"}, "issuer"),
    ],
)
def test_a_token_that_proves_nothing_lets_nobody_in(
    door: Door, trusted: Provider, lie: dict[str, Any], reason: str
) -> None:
    client = door.client()
    address = leave(client)
    path = return_from(address)
    for name, value in lie.items():
        setattr(trusted, name, value)
    if "issuer_said" in lie:
        door.app.state.site.providers["psc"]._described = None
    turned_away(client, door, path, reason)


def test_a_state_serves_once(door: Door) -> None:
    client = door.client()
    path = return_from(leave(client))
    other = door.client()
    other.cookies.update(client.cookies)
    assert client.get(path).status_code == 303
    replayed = other.get(path)
    assert replayed.status_code == 401
    assert other.cookies.get("preuve") is None
    assert reasons(door.database) == ["state"]


@pytest.mark.parametrize("change", ["forged", "none", "expired"])
def test_a_state_that_is_not_ours_or_too_old_is_refused(
    door: Door, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door.client()
    if change == "expired":
        monkeypatch.setattr(journey, "LASTS", -journey.LASTS)
    path = return_from(leave(client))
    if change == "forged":
        path = path.replace("state=", "state=x")
    if change == "none":
        path = path.split("&state=")[0]
    told = client.get(path)
    assert told.status_code == 401
    assert client.cookies.get("preuve") is None
    assert reasons(door.database) == ["state"]


def test_a_journey_ends_in_the_browser_where_it_began(door: Door) -> None:
    """Otherwise somebody could sign a reader in to an account that is not theirs."""
    path = return_from(leave(door.client()))
    victim = door.client()
    assert victim.get(path).status_code == 401
    assert victim.cookies.get("preuve") is None
    assert reasons(door.database) == ["browser"]


def test_a_person_who_says_no_at_the_provider_is_told(door: Door) -> None:
    client = door.client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    turned_away(client, door, f"/oidc/psc/callback?error=access_denied&state={state}", "no code")


def test_an_account_that_is_shut_out_stays_out(door: Door) -> None:
    client = door.client()
    client.get(return_from(leave(client)))
    with door.database.writing() as connection:
        account.set_disabled(connection, "boss", ACCOUNT, disabled=True)
    told = client.get(return_from(leave(client)))
    assert told.status_code == 401
    assert "shut out" in told.text
    assert reasons(door.database) == ["disabled"]


def test_a_provider_that_is_not_there_is_told(door: Door, trusted: Provider) -> None:
    service = door.app.state.site.providers["psc"]
    object.__setattr__(service.provider, "issuer", "http://127.0.0.1:9")
    told = door.client().submit("/en/sign-in/psc")
    assert told.status_code == 401
    assert "does not answer" in told.text


def test_an_unknown_provider_is_not_found(door: Door) -> None:
    assert door.client().submit("/en/sign-in/other").status_code == 404
    assert door.client().get("/oidc/other/callback?state=a&code=b").status_code == 404


@pytest.mark.parametrize(
    "after",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_signing_in_never_leads_to_another_site(door: Door, after: str) -> None:
    client = door.client()
    told = client.get(return_from(leave(client, after)))
    assert told.headers["location"] == "/en/"
    assert inside(after) == "/"


def test_an_expired_session_is_nobody(door: Door) -> None:
    from sqlalchemy import update

    from preuve.web.accounts.tables import session

    client = door.client()
    client.get(return_from(leave(client)))
    assert client.get("/en/account").status_code == 200
    with door.database.writing() as connection:
        connection.execute(update(session).values(expires_at="2020-01-01T00:00:00+00:00"))
    assert client.get("/en/account").headers["location"] == "/en/sign-in?after=/account"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("providers: [", "not valid YAML"),
        ("providers:\n  - name: psc\n", "missing"),
        (
            "providers:\n  - {name: a, shown: A, issuer: 'http://far.example', client_id: x}",
            "https",
        ),
        (
            "providers:\n"
            "  - {name: a, shown: A, issuer: 'https://a.example', client_id: x}\n"
            "  - {name: a, shown: B, issuer: 'https://b.example', client_id: x}\n",
            "same name",
        ),
        ("providers:\n  - {nam: a}", "nam"),
    ],
)
def test_a_file_of_providers_that_is_wrong_is_told(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "oidc.yaml"
    path.write_text(written)
    with pytest.raises(PreuveError, match=told):
        providers(path)
