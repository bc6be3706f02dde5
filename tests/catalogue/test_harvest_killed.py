"""A harvest killed at any moment and gone on with leaves what an undisturbed one leaves."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from catalogue.catalogue_server import Catalogue, catalogue
from sqlalchemy import select

from preuve.catalogue import tables
from preuve.catalogue.example.region import document, drawn
from preuve.catalogue.harvest import Limits, harvest
from preuve.catalogue.harvest import run as run_module
from preuve.catalogue.search.find import search
from preuve.core.store import audit
from preuve.core.store.database import Database

_PAGES, _ON_PAGE, _BATCH = 4, 22, 5
_PROGRAM = f"""
import sys
from preuve.catalogue.harvest import Limits, harvest, run
from preuve.core.store.database import Database
run.AT_ONCE = {_BATCH}
def say(*_of): print("batch", flush=True)
database = Database.open(sys.argv[1])
done = harvest(database, "voisin", sys.argv[2], limits=Limits(private=True), progress=say)
print(done.state, flush=True)
"""


@pytest.fixture
def remote() -> Iterator[Catalogue]:
    with catalogue() as served:
        yield served


def fill(remote: Catalogue, *, edition: int) -> None:
    """Pages of records with a defect, a thief and a bad statement; the second edition differs."""
    for page in range(1, _PAGES + 1):
        parts = []
        for place in range(_ON_PAGE):
            number = (page - 1) * _ON_PAGE + place + 1
            if edition == 2 and number % 7 == 0:
                continue
            text = document(drawn(number))
            if edition == 2 and number % 5 == 0:
                text = text.replace("inventé", "inventé et corrigé")
            if number % 30 == 11:
                claimed = f'"{drawn(number - 1).iri}"'
                text += f"<{drawn(number).iri}> <http://purl.org/dc/terms/identifier> {claimed} .\n"
            parts.append(text)
        if page == 2:
            parts.append("<https://r.example/bad> <https://r.example/p> oops .\n")
        if page < _PAGES:
            following = f"{remote.address}/{page + 1}"
            parts.append(f"<> <http://www.w3.org/ns/hydra/core#next> <{following}> .\n")
        remote.put(f"/{page}", "".join(parts))


def killed_until_done(address: str, remote: Catalogue, chance: random.Random) -> int:
    """Start the harvest again and again, killing it at some moment; gives back how often."""
    kills = 0
    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, address, f"{remote.address}/1"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        left = chance.randrange(1, 7)
        for line in process.stdout:
            left -= 1
            if line.startswith("batch") and left <= 0 and kills < 4:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.stdout.close()
        if process.wait() == 0:
            return kills
        assert process.returncode == -signal.SIGKILL


def content(database: Database) -> dict[str, list[Any]]:
    """Every row of the catalogue but moments and numbers that a stop may change."""
    left_out = {"at", "created_at", "modified_at", "started_at", "ended_at", "added_at"}
    found: dict[str, list[Any]] = {}
    with database.reading() as connection:
        for table in (
            tables.record,
            tables.revision,
            tables.identifier,
            tables.harvest_seen,
            tables.harvest_page,
            tables.harvest_run,
            tables.harvest_problem,
            tables.term,
            tables.entry,
        ):
            unstable = (
                left_out | {"version"} | ({"id"} if table is tables.harvest_problem else set())
            )
            columns = [column for column in table.c if column.name not in unstable]
            found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
        found["search"] = [search(connection, text).total for text in ("", "urgences", "corrigé")]
        assert audit.broken(connection) is None
    return found


def test_killed_again_and_again(
    tmp_path: Path, remote: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(20261128)
    monkeypatch.setattr(run_module, "AT_ONCE", _BATCH)
    undisturbed = Database.open(tmp_path / "undisturbed.db")
    killed = tmp_path / "killed.db"
    for edition in (1, 2):
        fill(remote, edition=edition)
        run = harvest(undisturbed, "voisin", f"{remote.address}/1", limits=Limits(private=True))
        assert run.counts["problem:claimed"] == 3
        assert run.counts["problem:unreadable"] == 1
        kills = killed_until_done(str(killed), remote, chance)
        assert kills >= 2
        database = Database.open(killed)
        assert content(database) == content(undisturbed)
        database.close()
    undisturbed.close()
