"""The site under load: 50 requests in flight at all times, on the pages a reader meets first.

    python benchmarks/web_load.py [--requests 600] [--in-flight 50] [--workers 2] [--folder SITE]

The site is started as `preuve serve` starts it, filled with its example, in its own processes; the
client is this process, on the loopback interface, and shares the processors with it. Server time
is what the site itself says (`Server-Timing`: from the arrival of the request in the application
to the start of its answer); latency is what the client sees, waiting included. A page is asked for
twice over: as readers do, so that it is kept in memory until something changes, and with another
query each time, so that it is made anew each time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.request import urlopen

from meter import usual_environment

TARGET = 50.0
FOLDER = Path(__file__).parent.parent / "build" / "benchmark-site"
_START_SECONDS = 1800
_LINK = re.compile(r'href="(/fr/[^"#]*)"')
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
_NAVIGATION = re.compile(r'<nav class="main".*?</nav>', re.DOTALL)
_BOTH = (False, True)
_SERVE = "import typer; from preuve.cli.serve import serve; typer.run(serve)"


@dataclass(frozen=True)
class Row:
    """What one page cost.

    Attributes:
        path: of the page.
        anew: whether it was made anew each time.
        server: milliseconds of each answer, as the site says.
        latency: milliseconds of each answer, as the client sees.
        failed: answers that were not 200, or that never came.
        rate: answers a second.
    """

    path: str
    anew: bool
    server: list[float]
    latency: list[float]
    failed: int
    rate: float


@contextmanager
def site(workers: int, folder: Path) -> Iterator[str]:
    """The address of a site that answers until the block ends."""
    port = _free_port()
    command = [sys.executable, "-c", _SERVE, "--folder", str(folder)]
    command += ["--port", str(port), "--workers", str(workers)]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=usual_environment())
        try:
            _wait(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    from preuve.web.serving import free_port

    return free_port("127.0.0.1", 0)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{address}/health", timeout=2) as told:
                if told.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the site did not start:\n{log.read_text()[-3000:]}")


def pages(address: str) -> list[str]:
    """Home, each page of the navigation, and the first thing that each of these shows."""
    home = _read(f"{address}/fr/")
    found = ["/fr/"]
    for path in _LINK.findall(_NAVIGATION.findall(home)[0]):
        inside = "".join(_MAIN.findall(_read(address + path)))
        things = [link for link in _LINK.findall(inside) if link.startswith(f"{path}/")]
        found += [path, *things[:1]]
    return list(dict.fromkeys(found))


def _read(url: str) -> str:
    with urlopen(url, timeout=30) as told:
        return str(told.read().decode())


async def load(address: str, path: str, requests: int, in_flight: int, *, anew: bool) -> Row:
    """So many requests for a page, as many in flight at all times, each on a kept connection."""
    server: list[float] = []
    latency: list[float] = []
    failed = 0
    waiting = iter(range(requests))
    host, _, port = address.removeprefix("http://").partition(":")

    async def visitor() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(host, int(port))
        for number in waiting:
            joined = "&" if "?" in path else "?"
            asked = f"{path}{joined}n={os.getpid()}-{number}" if anew else path
            began = time.perf_counter()
            writer.write(f"GET {asked} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            try:
                status, took = await asyncio.wait_for(_answer(reader), 60)
            except (OSError, EOFError, TimeoutError, ValueError):
                failed += 1
                reader, writer = await asyncio.open_connection(host, int(port))
                continue
            latency.append(1000 * (time.perf_counter() - began))
            server.append(took)
            failed += status != 200
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(in_flight)))
    return Row(path, anew, server, latency, failed, requests / (time.perf_counter() - began))


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float]:
    """The status of an answer and the milliseconds that it says it took."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    size = int(head.split("content-length:")[1].split("\r\n")[0])
    await reader.readexactly(size)
    return int(head.split(" ", 2)[1]), float(head.split("app;dur=")[1].split("\r\n")[0])


def benchmark(requests: int, in_flight: int, workers: int, folder: Path) -> list[Row]:
    """Every page, kept and anew, after a first visit."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with site(workers, folder) as address:
        for path in pages(address):
            for anew in _BOTH:
                asyncio.run(load(address, path, 2 * in_flight, in_flight, anew=anew))
                rows.append(asyncio.run(load(address, path, requests, in_flight, anew=anew)))
    return rows


def table(rows: list[Row]) -> str:
    """The rows as Markdown, and the figure to reach."""
    lines = [
        "| page | made | server, median | 95th | latency, median | 95th | answers/s | failed |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        figures = [median(row.server), _most(row.server), median(row.latency), _most(row.latency)]
        written = " | ".join(f"{figure:.1f} ms" for figure in figures)
        made = "anew" if row.anew else "kept"
        lines.append(f"| `{row.path}` | {made} | {written} | {row.rate:.0f} | {row.failed} |")
    failed = sum(row.failed for row in rows)
    kept, anew = ([took for row in rows if row.anew is how for took in row.server] for how in _BOTH)
    lines += [
        "",
        f"All pages together: median {median(kept):.1f} ms of server time kept, "
        f"{median(anew):.1f} ms made anew, {failed} failed "
        f"(to reach: at most {TARGET:.0f} ms, none failing).",
    ]
    return "\n".join(lines)


def _most(figures: list[float]) -> float:
    return quantiles(figures, n=20)[-1]


def section(
    requests: int = 600, in_flight: int = 50, workers: int = 2, folder: Path = FOLDER
) -> str:
    """The section of the page of benchmarks."""
    rows = benchmark(requests, in_flight, workers, folder)
    return "\n".join(
        [
            "## Pages of the site under load",
            "",
            f"{in_flight} requests in flight at all times, {requests} requests per row, "
            f"{workers} processes of the site, SQLite, the client on the same machine. "
            "Server time runs from the arrival of a request in the application to the start of "
            "its answer; latency is what the client sees, the wait for a processor included. "
            "“Kept” is what readers meet while nothing changes; “anew” has another query in each "
            "request, so that nothing is kept.",
            "",
            table(rows),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--in-flight", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the site; filled when new")
    given = parser.parse_args()
    print(section(given.requests, given.in_flight, given.workers, given.folder))


if __name__ == "__main__":
    main()
