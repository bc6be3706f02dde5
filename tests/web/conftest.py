"""The site in tests: open on an empty store, with visitors of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from web.door import Client, Door, running
from web.pages import fill

from preuve.core.store.database import Database
from preuve.web.accounts import passwords
from preuve.web.application import application
from preuve.web.settings import Settings


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Digests of passwords that take less work than those of a real site."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        yield


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Door]:
    """The site on an empty SQLite store."""
    settings = Settings.read({"PREUVE_SITE": str(tmp_path / "site")})
    database = Database.open(settings.database)
    yield Door(application(settings, database), settings, database)
    database.close()


@pytest.fixture
def reader(web: Door) -> Client:
    """Somebody who is not signed in."""
    return web.client()


@pytest.fixture
def as_role(web: Door) -> Callable[[str], Client]:
    """A signed-in client of a role."""
    return lambda role: web.signed_in(f"a-{role}", role)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The site with everything that its pages show; shared: a test must not change it."""
    settings = Settings.read({"PREUVE_SITE": str(tmp_path_factory.mktemp("site"))})
    database = Database.open(settings.database)
    fill(database)
    yield Door(application(settings, database), settings, database)
    database.close()


@pytest.fixture(scope="session")
def served(filled: Door) -> Iterator[str]:
    """The address of the filled site on a real port."""
    with running(filled.app) as address:
        yield address
