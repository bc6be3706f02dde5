"""The commands of the site: serve, account; the first start and the end."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from preuve.cli import account as account_commands
from preuve.cli.serve import serve
from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.web.accounts import account
from preuve.web.opening import FIRST, opened
from preuve.web.settings import KEY, Settings, secret_of

PASSWORD = "a long enough phrase"
_SERVE = "import typer; from preuve.cli.serve import serve; typer.run(serve)"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A site started by the command: its process, its address, the password that it showed."""
    command = [sys.executable, "-c", _SERVE, "--folder", str(tmp_path), "--port", "0", "--empty"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"}
    )
    assert process.stdout is not None
    address = process.stdout.readline().split("Site: ")[1].strip()
    found = re.search(r"Administrator: admin, password: (\S+) ", process.stdout.readline())
    assert found is not None
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/health")
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield process, address, found[1]
    if process.poll() is None:
        process.kill()
    process.wait()


def test_the_first_start_shows_a_password_that_works_and_ctrl_c_ends_cleanly(
    started: tuple[subprocess.Popen[str], str, str], tmp_path: Path
) -> None:
    process, address, password = started
    with httpx.Client(base_url=address) as client:
        told = client.post("/en/sign-in", data={"name": FIRST, "password": password})
        assert told.status_code == 303
        assert client.get("/en/accounts").status_code == 200
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def test_the_administrator_is_made_once(store: Database) -> None:
    first = opened(store, empty=True)
    assert len(first.password) >= 20
    assert opened(store, empty=True).password == ""
    with store.reading() as connection:
        assert [found.name for found in account.listed(connection)] == [FIRST]
        assert first.password not in str(audit.entries(connection))


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(PreuveError, match="Nothing can listen there"),
    ):
        serve(folder=tmp_path, port=taken.getsockname()[1])
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_of(tmp_path)
    (tmp_path / KEY).chmod(0o644)
    with pytest.raises(PreuveError, match="chmod 600"):
        secret_of(tmp_path)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY).write_text("short")
    (tmp_path / KEY).chmod(0o600)
    with pytest.raises(PreuveError, match="does not hold a key"):
        secret_of(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PREUVE_ADDRESS", "ftp://a"), ("PREUVE_THREADS", "0"), ("PREUVE_BODY_LIMIT", "much")],
)
def test_a_setting_that_cannot_be_is_told(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(PreuveError):
        Settings.read({"PREUVE_SITE": str(tmp_path), name: value})


def command(given: list[str], typed: str = "") -> str:
    told = CliRunner().invoke(account_commands.app, given, input=typed)
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    return told.output


def test_accounts_are_managed_from_the_command_line(tmp_path: Path) -> None:
    there = ["--database", str(tmp_path / "site.db")]
    command(["add", "alix", "curator", *there], f"{PASSWORD}\n")
    command(["role", "alix", "evaluator", *there])
    command(["disable", "alix", *there])
    listed = command(["list", *there])
    assert "alix" in listed
    assert "Evaluator (shut out)" in listed
    command(["enable", "alix", *there])
    command(["password", "alix", *there], "another long phrase\n")
    database = Database.open(tmp_path / "site.db")
    with database.reading() as connection:
        lines = audit.entries(connection)
    database.close()
    assert {line.actor for line in lines} == {"command-line"}
    assert len(lines) == 5


def test_an_account_that_cannot_be_is_told(tmp_path: Path) -> None:
    there = ["--database", str(tmp_path / "site.db")]
    with pytest.raises(PreuveError, match="There is no such role"):
        command(["add", "alix", "king", *there], f"{PASSWORD}\n")
    with pytest.raises(PreuveError, match="12 to 200 characters"):
        command(["add", "alix", "curator", *there], "short\n")
    with pytest.raises(PreuveError, match="No account has this name"):
        command(["role", "alix", "curator", *there])


def test_the_commands_say_what_they_do() -> None:
    app = typer.Typer()
    app.command("serve")(serve)
    told = CliRunner().invoke(app, ["--help"]).output
    for option in ("--database", "--port", "--host", "--workers", "--empty"):
        assert option in told
