"""The download of PTB-XL, against a real HTTP server with the layout of PhysioNet."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import wfdb

from preuve.core.errors import PreuveError
from preuve.usecases import download
from preuve.usecases.download import DATASETS, SUMS, get_ptb_xl, read_sums

SIGNAL = "records500/00000/00002_hr.dat"


class Mirror:
    """A folder served over HTTP, whose faults are set by the test.

    Attributes:
        ranges: whether the server honours Range requests.
        cut: path -> how many answers stop half-way, connection closed.
        corrupt: path -> how many answers have a wrong byte.
        status: path -> the status of every answer.
        hang: a path whose answer stops half-way and waits.
        asked: (path, Range header) of each request, in order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ranges = True
        self.cut: Counter[str] = Counter()
        self.corrupt: Counter[str] = Counter()
        self.status: dict[str, int] = {}
        self.hang = ""
        self.released = threading.Event()
        self.asked: list[tuple[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/files/ptb-xl/1.0.3/"

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def ranges_of(self, path: str) -> list[str]:
        return [asked for name, asked in self.asked if name == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.removeprefix("/files/ptb-xl/1.0.3/")
        asked = request.headers.get("Range", "")
        self.asked.append((path, asked))
        file = self.folder / path
        status = self.status.get(path, 200 if file.is_file() else 404)
        if status != 200:
            request.send_error(status)
            return
        content = file.read_bytes()
        if self.corrupt[path] > 0:
            self.corrupt[path] -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        if start and start >= len(content):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        self._send(request, path, content[start:])

    def _send(self, request: BaseHTTPRequestHandler, path: str, body: bytes) -> None:
        if path == self.hang:
            request.wfile.write(body[: len(body) // 2])
            self.released.wait(30)
        elif self.cut[path] > 0:
            self.cut[path] -= 1
            request.wfile.write(body[: len(body) // 2])
        else:
            request.wfile.write(body)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three SYNTHETIC records at both rates, laid out as PTB-XL 1.0.3 is."""
    folder = tmp_path_factory.mktemp("original")
    rng = np.random.default_rng(0)
    listed = []
    leads = ["I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6"]
    for name, suffix, rate in (("records100", "lr", 100), ("records500", "hr", 500)):
        place = folder / name / "00000"
        place.mkdir(parents=True)
        for number in (1, 2, 3):
            record = f"{number:05d}_{suffix}"
            wfdb.wrsamp(
                record,
                fs=rate,
                units=["mV"] * 12,
                sig_name=leads,
                d_signal=rng.integers(-1000, 1000, (10 * rate, 12)),
                fmt=["16"] * 12,
                adc_gain=[1000.0] * 12,
                baseline=[0] * 12,
                comments=["SYNTHETIC"],
                write_dir=str(place),
            )
            listed.append(f"{name}/00000/{record}")
    (folder / "RECORDS").write_text("\n".join([*listed, ""]))
    (folder / "ptbxl_database.csv").write_text("ecg_id,patient_id\n1,SYNTHETIC\n")
    (folder / "scp_statements.csv").write_text(",description\nNORM,SYNTHETIC\n")
    write_sums(folder)
    return folder


def write_sums(folder: Path) -> None:
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != SUMS)
    lines = [
        f"{hashlib.sha256(f.read_bytes()).hexdigest()} {f.relative_to(folder).as_posix()}"
        for f in files
    ]
    (folder / SUMS).write_text("\n".join([*lines, ""]))


@pytest.fixture
def mirror(original: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setattr(download, "PAUSES", (0.01, 0.01))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    served = Mirror(original)
    yield served
    served.close()


def whole_files(folder: Path) -> dict[str, bytes]:
    return {
        f.relative_to(folder).as_posix(): f.read_bytes()
        for f in folder.rglob("*")
        if f.is_file() and not f.name.endswith((".part", ".lock"))
    }


def expected_files(original: Path, records: str = "records500") -> dict[str, bytes]:
    everything = whole_files(original)
    return {n: c for n, c in everything.items() if "/" not in n or n.startswith(records)}


@pytest.mark.parametrize("records", ["records500", "records100"])
def test_everything_wanted_arrives_and_nothing_else(
    mirror: Mirror, original: Path, tmp_path: Path, records: download.Records
) -> None:
    told: list[tuple[int, int]] = []
    folder = get_ptb_xl(
        tmp_path / "new" / "ptb-xl",
        base_url=mirror.url.rstrip("/"),
        records=records,
        progress=lambda _task, done, total, _note="": told.append((done, total)),
    )
    assert folder == tmp_path / "new" / "ptb-xl"
    assert whole_files(folder) == expected_files(original, records)
    assert not list(folder.rglob("*.part"))
    assert told == [(1, 3), (2, 3), (3, 3), *((i, 6) for i in range(1, 7))]
    suffix = "hr" if records == "records500" else "lr"
    assert wfdb.rdrecord(str(folder / records / "00000" / f"00001_{suffix}")).n_sig == 12


def test_whole_files_are_not_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    get_ptb_xl(tmp_path, base_url=mirror.url)
    mirror.asked.clear()
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.asked == [(SUMS, "")]


def test_a_damaged_file_is_fetched_again(mirror: Mirror, original: Path, tmp_path: Path) -> None:
    get_ptb_xl(tmp_path, base_url=mirror.url)
    (tmp_path / SIGNAL).write_bytes(b"damaged")
    mirror.asked.clear()
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.asked == [(SUMS, ""), (SIGNAL, "")]
    assert whole_files(tmp_path) == expected_files(original)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_cut_connection_is_continued_or_restarted(
    mirror: Mirror, original: Path, tmp_path: Path, ranges: bool
) -> None:
    mirror.ranges = ranges
    mirror.cut[SIGNAL] = 2
    get_ptb_xl(tmp_path, base_url=mirror.url)
    first, second, third = mirror.ranges_of(SIGNAL)
    assert first == ""
    assert second.startswith("bytes=")
    assert third.startswith("bytes=")
    got_more = int(third[6:-1]) > int(second[6:-1])
    assert got_more == ranges
    assert whole_files(tmp_path) == expected_files(original)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_that_fails_for_good_then_comes_back(
    mirror: Mirror, original: Path, tmp_path: Path, ranges: bool
) -> None:
    mirror.ranges = ranges
    mirror.cut[SIGNAL] = 99
    with pytest.raises(PreuveError, match="cannot be reached"):
        get_ptb_xl(tmp_path, base_url=mirror.url)
    assert not (tmp_path / SIGNAL).exists()
    mirror.cut.clear()
    mirror.asked.clear()
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.ranges_of(SIGNAL)[0].startswith("bytes=")
    assert whole_files(tmp_path) == expected_files(original)


def test_a_killed_download_leaves_nothing_half_written_and_continues(
    mirror: Mirror, original: Path, tmp_path: Path
) -> None:
    mirror.hang = SIGNAL
    code = (
        "import pathlib, sys; from preuve.usecases.download import get_ptb_xl;"
        "get_ptb_xl(pathlib.Path(sys.argv[1]), base_url=sys.argv[2])"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), mirror.url])
    part = tmp_path / (SIGNAL + ".part")
    try:
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size > 16_000):
            assert process.poll() is None, "ended before it could be killed"
            assert time.monotonic() < deadline, "the file never began"
            time.sleep(0.02)
        with pytest.raises(PreuveError, match="Another download"):
            get_ptb_xl(tmp_path, base_url=mirror.url)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    expected = expected_files(original)
    assert not (tmp_path / SIGNAL).exists()
    assert all(expected[name] == content for name, content in whole_files(tmp_path).items())
    size = part.stat().st_size
    mirror.hang = ""
    mirror.asked.clear()
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.ranges_of(SIGNAL) == [f"bytes={size}-"]
    assert whole_files(tmp_path) == expected


def test_a_part_that_is_already_whole_is_only_renamed(
    mirror: Mirror, original: Path, tmp_path: Path
) -> None:
    part = tmp_path / (SIGNAL + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes((original / SIGNAL).read_bytes())
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.ranges_of(SIGNAL) == []
    assert whole_files(tmp_path) == expected_files(original)


@pytest.mark.parametrize("leftover", [b"x" * 200_000, b"x" * 50_000])
def test_a_part_of_something_else_is_thrown_away(
    mirror: Mirror, original: Path, tmp_path: Path, leftover: bytes
) -> None:
    part = tmp_path / (SIGNAL + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(leftover)
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert whole_files(tmp_path) == expected_files(original)


def test_a_part_too_long_does_not_use_up_the_second_try(
    mirror: Mirror, original: Path, tmp_path: Path
) -> None:
    part = tmp_path / (SIGNAL + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 200_000)
    mirror.corrupt[SIGNAL] = 2
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.ranges_of(SIGNAL) == ["bytes=200000-", "", ""]
    assert whole_files(tmp_path) == expected_files(original)


def test_a_wrong_checksum_is_tried_once_more(
    mirror: Mirror, original: Path, tmp_path: Path
) -> None:
    mirror.corrupt[SIGNAL] = 1
    get_ptb_xl(tmp_path, base_url=mirror.url)
    assert mirror.ranges_of(SIGNAL) == ["", ""]
    assert whole_files(tmp_path) == expected_files(original)


def test_a_checksum_wrong_twice_names_the_file(mirror: Mirror, tmp_path: Path) -> None:
    mirror.corrupt[SIGNAL] = 99
    with pytest.raises(PreuveError, match="checksum of a file is wrong") as caught:
        get_ptb_xl(tmp_path, base_url=mirror.url)
    assert caught.value.where.endswith(SIGNAL)
    assert len(mirror.ranges_of(SIGNAL)) == 2
    assert not (tmp_path / SIGNAL).exists()
    assert not (tmp_path / (SIGNAL + ".part")).exists()


@pytest.mark.parametrize("path", [SUMS, "RECORDS", SIGNAL])
def test_a_file_that_is_not_there_is_named_at_once(
    mirror: Mirror, tmp_path: Path, path: str
) -> None:
    mirror.status[path] = 404
    with pytest.raises(PreuveError, match="404") as caught:
        get_ptb_xl(tmp_path, base_url=mirror.url)
    assert caught.value.where == mirror.url + path
    assert len(mirror.ranges_of(path)) == 1


def test_a_busy_server_is_asked_again(mirror: Mirror, tmp_path: Path) -> None:
    mirror.status[SIGNAL] = 503
    with pytest.raises(PreuveError, match="503"):
        get_ptb_xl(tmp_path, base_url=mirror.url)
    assert len(mirror.ranges_of(SIGNAL)) == 1 + len(download.PAUSES)


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSES", (0.01,))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(PreuveError, match="cannot be reached") as caught:
            get_ptb_xl(tmp_path, base_url=f"http://127.0.0.1:{port}/")
    assert "refused" in caught.value.problem
    assert "start again" in caught.value.remedy


def test_a_full_disk(mirror: Mirror, tmp_path: Path) -> None:
    part = tmp_path / (SIGNAL + ".part")
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(PreuveError, match="No space left") as caught:
        get_ptb_xl(tmp_path, base_url=mirror.url)
    assert "Free some space" in caught.value.remedy


def test_a_target_that_is_a_file(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PreuveError, match="The disk refuses"):
        get_ptb_xl(tmp_path / "file", base_url=mirror.url)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("address", ["physionet.org/files", "file:///etc/", "ftp://example.org/"])
def test_an_address_that_is_not_of_the_web(tmp_path: Path, address: str) -> None:
    with pytest.raises(PreuveError, match="not a web address"):
        get_ptb_xl(tmp_path, base_url=address)


@pytest.mark.parametrize(
    "path",
    ["../evil.dat", "records500/../../evil.dat", "/etc/evil", "C:\\evil", "a\\..\\evil", "a\x00b"],
)
def test_a_path_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(PreuveError, match="leaves the folder") as caught:
        read_sums(f"{'0' * 64} fine.txt\n{'0' * 64} {path}\n", where="here")
    assert caught.value.where == "here:2"


def test_a_server_with_such_a_path_writes_nothing(
    mirror: Mirror, original: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / SUMS).write_text((original / SUMS).read_text() + f"{'0' * 64} ../evil\n")
    mirror.folder = copy
    with pytest.raises(PreuveError, match="leaves the folder"):
        get_ptb_xl(tmp_path / "target", base_url=mirror.url)
    assert whole_files(tmp_path / "target") == {}


@pytest.mark.parametrize("text", ["<html>Not found</html>", "abc RECORDS", "0" * 64, "", "\n\n"])
def test_a_malformed_list_of_checksums(text: str) -> None:
    with pytest.raises(PreuveError) as caught:
        read_sums(text, where="here")
    assert caught.value.where.startswith("here")


def test_the_forms_of_a_line_of_checksums() -> None:
    a, b = "0A" * 32, "1b" * 32
    assert read_sums(f"{a} RECORDS\n\n{b}  *./records500/x y.dat\r\n", where="here") == {
        "RECORDS": a.lower(),
        "records500/x y.dat": b,
    }


@pytest.mark.parametrize("lacking", ["ptbxl_database.csv", SIGNAL])
def test_a_list_of_checksums_that_lacks_a_file(
    mirror: Mirror, original: Path, tmp_path: Path, lacking: str
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path, content in whole_files(original).items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes(content)
    lines = (original / SUMS).read_text().splitlines()
    (copy / SUMS).write_text("\n".join(line for line in lines if not line.endswith(lacking)))
    mirror.folder = copy
    with pytest.raises(PreuveError, match="does not name") as caught:
        get_ptb_xl(tmp_path / "target", base_url=mirror.url)
    assert lacking in caught.value.problem


def test_the_known_datasets_say_what_a_user_must_know() -> None:
    known = DATASETS["ptb-xl"]
    assert known.address == "https://physionet.org/files/ptb-xl/1.0.3/"
    assert known.licence == "CC-BY-4.0"
    assert 2.5e9 < known.bytes < 2.7e9
    assert known.title.fr != known.title.en
    assert "10.1038/s41597-020-0495-6" in known.citation
