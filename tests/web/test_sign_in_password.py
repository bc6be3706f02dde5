"""Signing in with a password kept here: who is let in, who is not, and how often one may try."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from web.door import PASSWORD, Client, Door

from preuve.core.store import audit
from preuve.web.accounts import account, credentials, passwords
from preuve.web.accounts.tables import attempt


@pytest.fixture
def alix(web: Door) -> Door:
    """The site with one account."""
    with web.database.writing() as connection:
        account.add(connection, "system", "alix", "curator", PASSWORD)
    return web


def sign_in(client: Client, password: str = PASSWORD, name: str = "alix", after: str = "") -> int:
    told = client.submit("/en/sign-in", {"name": name, "password": password, "after": after})
    return int(told.status_code)


def test_the_right_password_opens_a_session(alix: Door) -> None:
    client = alix.client()
    told = client.submit("/en/sign-in", {"name": "Alix", "password": PASSWORD, "after": "/account"})
    assert (told.status_code, told.headers["location"]) == (303, "/en/account")
    cookie = next(one for one in told.headers.get_list("set-cookie") if one.startswith("preuve="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/en/account").status_code == 200


def test_over_https_the_cookie_never_travels_in_clear(alix: Door) -> None:
    from web.door import ADDRESS

    from preuve.web.application import application
    from preuve.web.settings import Settings

    given = {"PREUVE_SITE": str(alix.settings.folder), "PREUVE_ADDRESS": "https://a.example"}
    app = application(Settings.read(given), alix.database)
    client = Client(app, base_url="https://a.example", follow_redirects=False)
    told = client.post(
        "/en/sign-in",
        data={"name": "alix", "password": PASSWORD},
        headers={"Origin": "https://a.example"},
    )
    cookies = told.headers.get_list("set-cookie")
    assert all("Secure" in one for one in cookies)
    assert any(one.startswith("__Host-preuve=") for one in cookies)
    assert told.headers["strict-transport-security"]
    assert ADDRESS.startswith("http://")


def test_each_sign_in_has_another_session_and_ends_the_one_before(alix: Door) -> None:
    client = alix.client()
    sign_in(client)
    first = client.cookies["preuve"]
    sign_in(alix.marked(client))
    assert client.cookies["preuve"] != first
    before = alix.client()
    before.cookies.set("preuve", first)
    assert before.get("/en/account").status_code == 303


def test_a_session_that_somebody_else_planted_is_not_used(alix: Door) -> None:
    client = alix.client()
    client.cookies.set("preuve", "planted", domain="127.0.0.1", path="/")
    told = client.submit("/en/sign-in", {"name": "alix", "password": PASSWORD})
    cookie = next(one for one in told.headers.get_list("set-cookie") if one.startswith("preuve="))
    assert "planted" not in cookie


def test_signing_out_ends_the_session_on_the_server(alix: Door) -> None:
    client = alix.signed_in("alix", "curator")
    token = client.cookies["preuve"]
    assert client.submit("/en/sign-out").status_code == 303
    again = alix.client()
    again.cookies.set("preuve", token)
    assert again.get("/en/account").status_code == 303


def test_what_is_told_does_not_say_whether_the_name_exists(alix: Door) -> None:
    told = [
        alix.client().submit("/en/sign-in", {"name": name, "password": "wrong wrong wrong"})
        for name in ("alix", "nobody")
    ]
    assert [one.status_code for one in told] == [401, 401]
    assert told[0].text.replace("alix", "nobody") == told[1].text


def test_the_same_work_is_done_when_the_name_does_not_exist(
    alix: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def wrong(digest: str | None, _password: str) -> bool:
        asked.append(digest)
        return False

    monkeypatch.setattr(passwords, "right", wrong)
    sign_in(alix.client(), "wrong wrong wrong", "alix")
    sign_in(alix.client(), "wrong wrong wrong", "nobody")
    assert [digest is None for digest in asked] == [False, True]


def test_a_name_that_does_not_exist_is_not_kept_in_the_log(alix: Door) -> None:
    """Somebody may have typed their password in its place."""
    sign_in(alix.client(), "wrong", "hunter2hunter2")
    with alix.database.reading() as connection:
        line = audit.entries(connection, limit=1)[0]
    assert (line.action, line.subject) == ("account.sign-in.refused", "?")


def test_after_some_wrong_tries_even_the_right_password_waits(alix: Door) -> None:
    client = alix.client()
    for _ in range(credentials.PER_PAIR):
        assert sign_in(client, "wrong wrong wrong") == 401
    told = client.submit("/en/sign-in", {"name": "alix", "password": PASSWORD})
    assert told.status_code == 429
    assert told.headers["retry-after"] == "900"
    assert "Nobody may try again for 15 minutes." in told.text
    old = "2020-01-01T00:00:00+00:00"
    with alix.database.writing() as connection:
        connection.execute(update(attempt).values(at=old))
    assert sign_in(client) == 303


def test_many_names_from_one_place_are_stopped_too(
    alix: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "PER_ADDRESS", 3)
    told = [sign_in(alix.client(), "wrong", f"name-{number}") for number in range(5)]
    assert told == [401, 401, 401, 429, 429]


def test_tries_at_once_do_not_pass_under_the_count(
    alix: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setattr(passwords, "right", lambda _digest, _password: False)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: sign_in(alix.client(), "wrong"), range(16)))
    assert sorted(told) == [401] * credentials.PER_PAIR + [429] * (16 - credentials.PER_PAIR)


def test_a_right_try_forgets_the_wrong_ones(alix: Door) -> None:
    for _ in range(3):
        for _ in range(credentials.PER_PAIR - 1):
            sign_in(alix.client(), "wrong wrong wrong")
        assert sign_in(alix.client()) == 303


def test_an_account_that_is_shut_out_is_told_nothing_more(alix: Door) -> None:
    with alix.database.writing() as connection:
        account.set_disabled(connection, "boss", "alix", disabled=True)
    assert sign_in(alix.client()) == 401


def test_an_account_of_a_provider_has_no_password_here(alix: Door) -> None:
    with alix.database.writing() as connection:
        account.arrived(connection, "psc", "1", "Camille")
    assert sign_in(alix.client(), "", "psc:1") == 400
    assert sign_in(alix.client(), "x", "psc:1") == 401


@pytest.mark.parametrize("after", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(alix: Door, after: str) -> None:
    fields = {"name": "alix", "password": PASSWORD, "after": after}
    assert alix.client().submit("/en/sign-in", fields).headers["location"] == "/en/"


def test_a_sign_in_from_another_site_is_refused(alix: Door) -> None:
    told = alix.client().submit(
        "/en/sign-in",
        {"name": "alix", "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert told.status_code == 403
