"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of open data; a test that needs it is skipped without it, and fails in CI."""
    folder = Path(os.environ.get("PREUVE_DATA", _ROOT.parent / "shared" / "data"))
    if folder.is_dir():
        return folder
    reason = f"no open data: {folder} does not exist (set PREUVE_DATA)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real browser; a test that needs it is skipped where there is none, and fails in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        reason = f"no browser: none of {', '.join(names)} is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def _english_on_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREUVE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    console = sys.modules.get("preuve.cli.console")
    if console is not None:  # it took its width from the process that imported it
        monkeypatch.setattr(console.out, "width", 200)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of this session, started here and stopped at its end."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if initdb is None:
        reason = "no PostgreSQL: initdb is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from postgresql_server import running

    with running(Path(initdb).resolve().parent) as url:
        yield url


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    from postgresql_server import fresh

    with fresh(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """An empty store: once on SQLite, once on PostgreSQL."""
    from preuve.core.store.database import Database

    address = (
        str(tmp_path / "store.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")
    )
    database = Database.open(address)
    yield database
    database.close()
