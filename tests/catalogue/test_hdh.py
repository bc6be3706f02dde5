"""HDH: records sent once to a real server that keeps the contract, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from pyoxigraph import Literal, NamedNode, Triple
from typer.testing import CliRunner

from preuve.catalogue.hdh import Action, Client, State, ingest, key_of_environment
from preuve.catalogue.migration import polyglot
from preuve.catalogue.names import DCT
from preuve.catalogue.rdf import Syntax, read, read_file, write
from preuve.catalogue.record import Record, record_of
from preuve.cli import catalogue_files
from preuve.core.errors import PreuveError

KEY = "a-secret-key"
RECORDS = Path(__file__).parent / "records"


class Catalogue(ThreadingHTTPServer):
    """The contract: what was sent, by identifier; and what is to go wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.records: dict[str, tuple[str, bytes]] = {}
        self.calls: list[str] = []
        self.lose_answer_of = 0
        self.kill_before_answer: int | None = None
        self.answer_with: list[int] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""

    def by_origin(self, origin: str) -> str | None:
        return next((i for i, (known, _body) in self.records.items() if known == origin), None)


class _Handler(BaseHTTPRequestHandler):
    server: Catalogue

    def _answer(self, status: int, value: object = None) -> None:
        body = json.dumps(value).encode() if value is not None else b""
        self.send_response(status)
        if status == 307:
            self.send_header("Location", f"{self.server.address}/ingest/datasets")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin(self) -> bytes | None:
        """The body, or None where the call was answered already."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.calls.append(f"{self.command} {urlsplit(self.path).path}")
        if self.headers.get("X-API-Key") != KEY:
            self._answer(403)
            return None
        if self.server.answer_with:
            status = self.server.answer_with.pop(0)
            if status:
                self._answer(status, {"error": "as asked"})
                return None
        return body

    def do_POST(self) -> None:
        body = self._begin()
        if body is None:
            return
        assert self.headers["Content-Type"].startswith("text/turtle")
        identifier = f"id-{len(self.server.records) + 1}"
        self.server.records[identifier] = (record_of(read(body, Syntax.TURTLE)).iri, body)
        if self.server.kill_before_answer:
            os.kill(self.server.kill_before_answer, signal.SIGKILL)
            return
        if self.server.lose_answer_of:
            self.server.lose_answer_of -= 1
            self.connection.close()
            return
        self._answer(201, {"id": identifier})

    def do_PUT(self) -> None:
        body = self._begin()
        if body is None:
            return
        (origin,) = parse_qs(urlsplit(self.path).query)["originalId"]
        identifier = self.server.by_origin(origin)
        if identifier is None:
            self._answer(404)
            return
        self.server.records[identifier] = (origin, body)
        self._answer(200, {"id": identifier})

    def do_DELETE(self) -> None:
        if self._begin() is None:
            return
        known = self.server.records.pop(self.path.rpartition("/")[2], None)
        self._answer(204 if known else 404)

    def log_message(self, *args: Any) -> None:
        """Nothing is said."""


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    server = Catalogue()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def full() -> Record:
    return polyglot(record_of(read_file(RECORDS / "full.ttl"))).record


def copies(record: Record, count: int) -> list[Record]:
    """Records of as many data sets, valid as the first is."""
    text = write(record.triples, Syntax.TURTLE).decode()
    return [
        record_of(read(text.replace("/jeu/complet", f"/jeu/{n:03d}").encode()))
        for n in range(count)
    ]


def retitled(record: Record, title: str) -> Record:
    said = Triple(NamedNode(record.iri), NamedNode(DCT + "title"), Literal(title, language="fr"))
    return replace(record, triples=(*record.triples, said))


def sent(records: list[Record], server: Catalogue, path: Path, **options: bool) -> list[Action]:
    with Client(server.address, KEY, pause=0) as client:
        state = State(path, server.address)
        return [one.action for one in ingest(records, state, client, **options)]


def test_a_dry_run_sends_nothing_and_says_what_would_be(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    state = State(tmp_path / "state.json", catalogue.address)
    (outcome,) = ingest([full], state)
    assert (outcome.action, outcome.done) == (Action.CREATE, False)
    assert outcome.size > 1000
    assert catalogue.calls == []
    assert not state.path.exists()


def test_records_are_created_then_left_then_replaced(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    records, path = copies(full, 3), tmp_path / "state.json"
    assert sent(records, catalogue, path) == [Action.CREATE] * 3
    assert sent(records, catalogue, path) == [Action.UNCHANGED] * 3
    records[1] = retitled(records[1], "Nouveau titre")
    assert sent(records, catalogue, path) == [Action.UNCHANGED, Action.REPLACE, Action.UNCHANGED]
    assert len(catalogue.records) == 3
    assert b"Nouveau titre" in catalogue.records["id-2"][1]


def test_vocabularies_are_named_as_the_catalogue_does(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    sent([full], catalogue, tmp_path / "state.json")
    body = catalogue.records["id-1"][1]
    assert b"http://13.81.34.152:1101/resource/authority/healthcategories/EHRS" in body
    assert b"hdeu-dcat.data.health.europa.eu" not in body


def test_a_record_that_does_not_conform_is_not_sent(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    bad = record_of(read_file(RECORDS / "r5.ttl"))
    with Client(catalogue.address, KEY) as client:
        state = State(tmp_path / "state.json", catalogue.address)
        first, second = ingest([bad, full], state, client)
    assert (first.action, second.action) == (Action.REFUSED, Action.CREATE)
    assert first.why
    assert list(catalogue.records) == ["id-1"]


def test_a_lost_answer_makes_no_second_record(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    records, path = copies(full, 2), tmp_path / "state.json"
    catalogue.lose_answer_of = 1
    with pytest.raises(PreuveError, match="cannot be reached") as caught:
        sent(records, catalogue, path)
    assert "again" in caught.value.remedy
    assert sent(records, catalogue, path) == [Action.REPLACE, Action.CREATE]
    assert len(catalogue.records) == 2
    assert sent(records, catalogue, path) == [Action.UNCHANGED] * 2


def test_a_killed_run_goes_on_with_the_same_result(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for number, record in enumerate(copies(full, 3)):
        (folder / f"{number}.ttl").write_bytes(write(record.triples, Syntax.TURTLE))
    program = (
        "import typer; from preuve.cli import catalogue_files as c; app = typer.Typer(); "
        "c.register(app); app()"
    )
    command = [sys.executable, "-c", program, "ingest", str(folder), "--to", catalogue.address,
               "--send", "--state", str(tmp_path / "state.json")]  # fmt: skip
    environment = os.environ | {"PREUVE_HDH_KEY": KEY, "PREUVE_LANG": "en"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as running:
        catalogue.kill_before_answer = running.pid
        assert running.wait(60) == -signal.SIGKILL
    assert len(catalogue.records) == 1
    catalogue.kill_before_answer = None
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert len(catalogue.records) == 3
    assert sorted(origin for origin, _body in catalogue.records.values()) == [
        f"https://catalogue.valmere.example/jeu/{n:03d}" for n in range(3)
    ]
    assert KEY not in done.stdout + done.stderr
    assert KEY not in (tmp_path / "state.json").read_text()


def test_a_refused_key_stops_and_is_not_told(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    state = State(tmp_path / "state.json", catalogue.address)
    with (
        Client(catalogue.address, "wrong-key") as client,
        pytest.raises(PreuveError, match="refuses the key") as caught,
    ):
        list(ingest([full], state, client))
    assert "wrong-key" not in str(caught.value)
    assert sent([full], catalogue, tmp_path / "state.json") == [Action.CREATE]
    assert len(catalogue.records) == 1


def test_a_refused_record_does_not_stop_the_others(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    records, path = copies(full, 2), tmp_path / "state.json"
    catalogue.answer_with = [400]
    assert sent(records, catalogue, path) == [Action.REFUSED, Action.CREATE]
    assert sent(records, catalogue, path) == [Action.CREATE, Action.UNCHANGED]


def test_a_busy_catalogue_is_asked_again(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.answer_with = [503, 429]
    assert sent([full], catalogue, tmp_path / "state.json") == [Action.CREATE]
    assert catalogue.calls.count("POST /ingest/datasets") == 3


def test_a_broken_catalogue_stops_the_run_and_keeps_what_was_done(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    records, path = copies(full, 2), tmp_path / "state.json"
    catalogue.answer_with = [0, 500]
    with pytest.raises(PreuveError, match="answers 500"):
        sent(records, catalogue, path)
    assert sent(records, catalogue, path) == [Action.UNCHANGED, Action.CREATE]
    assert len(catalogue.records) == 2


def test_a_record_removed_there_is_sent_again(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    sent([full], catalogue, path)
    catalogue.records.clear()
    assert sent([retitled(full, "Autre")], catalogue, path) == [Action.CREATE]
    assert len(catalogue.records) == 1


def test_what_is_no_longer_here_is_removed_only_when_asked(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    records, path = copies(full, 2), tmp_path / "state.json"
    sent(records, catalogue, path)
    assert sent(records[:1], catalogue, path) == [Action.UNCHANGED]
    assert len(catalogue.records) == 2
    assert sent(records[:1], catalogue, path, remove_missing=True) == [
        Action.UNCHANGED,
        Action.REMOVE,
    ]
    assert list(catalogue.records) == ["id-1"]
    assert sent(records[:1], catalogue, path, remove_missing=True) == [Action.UNCHANGED]


@pytest.mark.parametrize("address", ["http://valmere.example", "ftp://valmere.example", "valmere"])
def test_the_key_is_only_sent_over_https(address: str) -> None:
    with pytest.raises(PreuveError, match="only sent over https"):
        Client(address, KEY)


def test_redirections_are_not_followed_so_the_key_goes_nowhere_else(
    full: Record, catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.answer_with = [307]
    with pytest.raises(PreuveError, match="answers 307"):
        sent([full], catalogue, tmp_path / "state.json")
    assert catalogue.calls == ["POST /ingest/datasets"]
    assert catalogue.records == {}


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREUVE_HDH_KEY", raising=False)
    with pytest.raises(PreuveError, match="No key"):
        key_of_environment()
    monkeypatch.setenv("PREUVE_HDH_KEY", f" {KEY}\n")
    assert key_of_environment() == KEY


def test_a_state_of_another_catalogue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    State(path, "https://a.example").keep("urn:a", "sha256:0", "1")
    with pytest.raises(PreuveError, match=r"about https://a\.example"):
        State(path, "https://b.example")
    path.write_text("{")
    with pytest.raises(PreuveError, match="not valid JSON"):
        State(path, "https://a.example")


def test_a_record_without_address_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    record = record_of(read(b"[] a <http://www.w3.org/ns/dcat#Dataset> ."))
    (outcome,) = ingest([record], State(tmp_path / "state.json", catalogue.address))
    assert outcome.action is Action.REFUSED


def test_the_command_is_dry_unless_told(catalogue: Catalogue, tmp_path: Path, full: Record) -> None:
    app = typer.Typer()
    catalogue_files.register(app)
    file = tmp_path / "record.ttl"
    file.write_bytes(write(full.triples, Syntax.TURTLE))
    state = str(tmp_path / "state.json")
    command = ["ingest", str(file), "--to", catalogue.address, "--state", state]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "Nothing was sent" in result.output
    assert catalogue.calls == []
    result = CliRunner().invoke(app, [*command, "--json"])
    assert json.loads(result.output)[0]["action"] == "create"
