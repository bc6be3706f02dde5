"""Harvest of many records from a paged catalogue on this machine: CPU, memory, and once more.

    python benchmarks/catalogue_harvest.py [--records 10000] [--page 200]

Included: HTTP, parsing of Turtle, splitting into records, dirt, description, verdict of
HealthDCAT-AP release 8, storage with revision, identifiers and audit, search index. The catalogue
is served by another process, whose time does not count. No other harvester with the same work is at
hand; the second line is the same catalogue read by rdflib, which the usual harvesters parse with.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rdflib

from preuve.catalogue.example import documents
from preuve.catalogue.harvest import Limits, harvest
from preuve.catalogue.rdf import Syntax, read, write
from preuve.core.store.database import Database

TARGET_CPU = 120.0
"""Seconds for 10,000 records."""
_SERVER = """
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *of): pass
Quiet.extensions_map = {".ttl": "text/turtle"}
server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"""


def make(folder: Path, count: int, size: int) -> None:
    """The pages, each with the address of the next."""
    pages = -(-count // size)
    for page in range(pages):
        own = min(size, count - page * size)
        text = "".join(documents(own, first=1 + page * size)).encode()
        turtle = write(read(text, Syntax.N_TRIPLES).triples, Syntax.TURTLE)
        if page + 1 < pages:
            turtle += b"\n<> <http://www.w3.org/ns/hydra/core#next> <%d.ttl> .\n" % (page + 1)
        (folder / f"{page}.ttl").write_bytes(turtle)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/0.ttl"
    finally:
        process.kill()
        process.wait()


def benchmark(folder: Path, count: int, size: int) -> str:
    pages = folder / "pages"
    pages.mkdir()
    make(pages, count, size)
    database = Database.open(folder / "store.db")
    rows: list[tuple[str, float, float]] = []
    with served(pages) as address:
        for name in ("first harvest", "again, nothing changed"):
            wall, cpu = time.perf_counter(), time.process_time()
            run = harvest(database, "benchmark", address, limits=Limits(private=True))
            assert run.state == "complete"
            assert run.counts.get("added" if not rows else "unchanged") == count
            rows.append((name, time.perf_counter() - wall, time.process_time() - cpu))
    database.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stored = (folder / "store.db").stat().st_size / 1e6
    rows.append(("rdflib, parsing alone", *_rdflib(pages)))
    lines = [
        f"{count} SYNTHETIC records in pages of {size}; at most {memory:.0f} MB of memory "
        f"(making the pages included), database of {stored:.0f} MB",
        "",
        "| | wall s | CPU-s | target |",
        "|---|--:|--:|--:|",
    ]
    for place, (name, wall, cpu) in enumerate(rows):
        target = f"≤ {TARGET_CPU * count / 10_000:.0f}" if place == 0 else ""
        lines.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {target} |")
    return "\n".join(lines)


def _rdflib(pages: Path) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for file in pages.iterdir():
        rdflib.Graph().parse(file, format="turtle")
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--page", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(benchmark(Path(folder), given.records, given.page))


if __name__ == "__main__":
    main()
