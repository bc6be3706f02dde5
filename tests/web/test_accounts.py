"""Accounts, their sessions and keys, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update
from web.door import PASSWORD, Door

from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.web.accounts import account, keys, sessions
from preuve.web.accounts.account import AccountError
from preuve.web.accounts.tables import account as account_table
from preuve.web.accounts.tables import key as key_table
from preuve.web.accounts.tables import session as session_table


def add(connection: Connection, name: str, role: str = "curator") -> account.Account:
    return account.add(connection, "system", name, role, PASSWORD)


def test_an_account_is_kept_with_the_digest_of_its_password(store: Database) -> None:
    with store.writing() as connection:
        made = add(connection, "alix")
        kept = connection.execute(select(account_table.c.password)).scalar_one()
    assert (made.name, made.role, made.disabled) == ("alix", "curator", False)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_every_change_of_accounts_is_in_the_audit_log_without_a_secret(store: Database) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        add(connection, "boss", "administrator")
        account.set_role(connection, "boss", "alix", "evaluator")
        account.set_password(connection, "alix", "alix", "another long phrase")
        shown = keys.make(connection, found, "nightly", 30)
        account.set_disabled(connection, "boss", "alix", disabled=True)
        lines = audit.entries(connection)
        assert audit.broken(connection) is None
    assert [line.action for line in reversed(lines)] == [
        "account.add",
        "account.add",
        "account.role",
        "account.password",
        "account.key.add",
        "account.disable",
    ]
    written = str(lines)
    assert not [secret for secret in (PASSWORD, "another long", shown) if secret in written]


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("A b", "curator", PASSWORD),
        ("a", "curator", PASSWORD),
        ("psc:1", "curator", PASSWORD),
        ("alix", "king", PASSWORD),
        ("alix", "curator", "short"),
        ("alix", "curator", "alix alix alix"),
        ("alix", "curator", "aaaaaaaaaaaaaaa"),
        ("alix", "curator", "x1y2z" * 100),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    store: Database, name: str, role: str, password: str
) -> None:
    with pytest.raises(PreuveError), store.writing() as connection:
        account.add(connection, "system", name, role, password)
    with store.reading() as connection:
        assert account.listed(connection) == []
        assert audit.count(connection) == 0


def test_a_name_is_taken_once(store: Database) -> None:
    with store.writing() as connection:
        add(connection, "alix")
        with pytest.raises(AccountError, match="taken"):
            add(connection, "alix")


def test_the_last_administrator_stays(store: Database) -> None:
    with store.writing() as connection:
        add(connection, "boss", "administrator")
        with pytest.raises(AccountError, match="last administrator"):
            account.set_role(connection, "boss", "boss", "curator")
        with pytest.raises(AccountError, match="last administrator"):
            account.set_disabled(connection, "boss", "boss", disabled=True)
        add(connection, "second", "administrator")
        account.set_role(connection, "boss", "boss", "curator")
        assert account.administrators(connection) == 1


def test_a_session_ends_when_it_expires_is_ended_or_its_account_changes(store: Database) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        first = sessions.begin(connection, found.id)
        second = sessions.begin(connection, found.id)
        assert first != second
        owner = sessions.owner(connection, first)
        assert owner is not None
        assert owner.name == "alix"
        sessions.end(connection, first)
        assert sessions.owner(connection, first) is None
        assert sessions.owner(connection, second) is not None
        account.set_role(connection, "system", "alix", "evaluator")
        assert sessions.owner(connection, second) is None
        third = sessions.begin(connection, found.id)
        past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="seconds")
        connection.execute(update(session_table).values(expires_at=past))
        assert sessions.owner(connection, third) is None


def test_tokens_and_keys_are_not_in_the_database(store: Database) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        token = sessions.begin(connection, found.id)
        shown = keys.make(connection, found, "nightly", 30)
        rows = str(connection.execute(select(session_table)).all())
        rows += str(connection.execute(select(key_table)).all())
    assert token not in rows
    assert shown not in rows


def test_a_key_serves_until_it_expires_or_is_removed(store: Database) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        shown = keys.make(connection, found, "nightly", 30)
        owner = keys.owner(connection, shown)
        assert owner is not None
        assert owner.id == found.id
        assert keys.owner(connection, shown + "x") is None
        other = add(connection, "other")
        mark = keys.listed(connection, found.id)[0].mark
        with pytest.raises(PreuveError, match="no such key"):
            keys.remove(connection, other, mark)
        keys.remove(connection, found, mark)
        assert keys.owner(connection, shown) is None
        again = keys.make(connection, found, "nightly", 30)
        past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="seconds")
        connection.execute(update(key_table).values(expires_at=past))
        assert keys.owner(connection, again) is None


@pytest.mark.parametrize(("label", "days"), [("", 30), (" ", 30), ("x", 0), ("x", 366)])
def test_a_key_has_a_label_and_an_end(store: Database, label: str, days: int) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        with pytest.raises(PreuveError):
            keys.make(connection, found, label, days)


def test_an_account_that_is_shut_out_has_no_way_in(store: Database) -> None:
    with store.writing() as connection:
        found = add(connection, "alix")
        token = sessions.begin(connection, found.id)
        shown = keys.make(connection, found, "nightly", 30)
        account.set_disabled(connection, "system", "alix", disabled=True)
        assert sessions.owner(connection, token) is None
        assert keys.owner(connection, shown) is None
        account.set_disabled(connection, "system", "alix", disabled=False)
        assert sessions.owner(connection, token) is None
        assert keys.owner(connection, shown) is None


def test_an_administrator_adds_an_account_and_gives_it_a_role(web: Door) -> None:
    boss = web.signed_in("boss", "administrator")
    fields = {"name": "alix", "role": "contributor", "password": PASSWORD, "shown": "Alix"}
    added = boss.submit("/en/accounts", fields)
    assert (added.status_code, added.headers["location"]) == (303, "/en/accounts")
    listed = boss.get("/en/accounts")
    assert "The account alix was added." in listed.text
    assert "The account alix was added." not in boss.get("/en/accounts").text
    boss.submit("/en/accounts/role", {"name": "alix", "role": "curator"})
    boss.submit("/en/accounts/disabled", {"name": "alix", "disabled": "true"})
    with web.database.reading() as connection:
        found = account.get(connection, "alix")
        assert (found.role, found.disabled) == ("curator", True)
        actors = {line.actor for line in audit.entries(connection, subject="alix")}
    assert actors == {"boss"}


def test_a_role_that_is_not_known_is_told(web: Door) -> None:
    boss = web.signed_in("boss", "administrator")
    told = boss.submit("/en/accounts/role", {"name": "boss", "role": "king"})
    assert told.status_code == 400
    assert "There is no such role." in told.text


def test_a_message_that_somebody_else_wrote_is_not_shown(web: Door) -> None:
    client = web.signed_in("alix", "curator")
    client.cookies.set("preuve_message", "SGVsbG8gdGhlcmU=.0000")
    assert "Hello there" not in client.get("/en/").text


def test_a_key_made_on_the_page_works_and_is_shown_once(web: Door) -> None:
    client = web.signed_in("boss", "administrator")
    made = client.submit("/en/account/keys", {"label": "nightly", "days": "30"})
    shown = made.text.split("prv_")[1].split("<")[0]
    assert "prv_" not in client.get("/en/account").text
    program = web.client()
    told = program.get("/en/audit", headers={"Authorization": f"Bearer prv_{shown}"})
    assert told.status_code == 200
    mark = client.get("/en/account").text.split('name="mark" value="')[1].split('"')[0]
    client.submit("/en/account/keys/remove", {"mark": mark})
    refused = program.get("/en/audit", headers={"Authorization": f"Bearer prv_{shown}"})
    assert refused.status_code == 303


def test_a_password_is_changed_by_whoever_knows_the_old_one(web: Door) -> None:
    client = web.signed_in("alix", "curator")
    wrong = client.submit("/en/account/password", {"old": "no", "new": "another long phrase"})
    assert wrong.status_code == 401
    right = client.submit("/en/account/password", {"old": PASSWORD, "new": "another long phrase"})
    assert right.headers["location"] == "/en/sign-in"
    assert client.get("/en/account").status_code == 303
    fields = {"name": "alix", "password": "another long phrase"}
    assert web.client().submit("/en/sign-in", fields).status_code == 303


def test_the_audit_page_shows_that_the_chain_is_broken(web: Door) -> None:
    boss = web.signed_in("boss", "administrator")
    assert "1 line, each chained to the one before." in boss.get("/en/audit").text
    assert "The chain is whole: 1 line." in boss.get("/en/audit?check=true").text
    with web.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE id = 1")
    assert "The chain is broken at line 1" in boss.get("/en/audit?check=true").text


def test_markup_in_a_name_is_shown_as_text(web: Door) -> None:
    boss = web.signed_in("boss", "administrator")
    name = "<script>alert(1)</script>"
    boss.submit(
        "/en/accounts", {"name": "alix", "role": "public", "password": PASSWORD, "shown": name}
    )
    shown = boss.get("/en/accounts").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
