"""Search with facets over many records, beside plain FTS5 with counts by GROUP BY.

    python benchmarks/catalogue_search.py [--records 100000] [--times 5] [--folder /tmp/search]

The same SYNTHETIC records, the same questions, one process, SQLite on disk. `preuve` answers with
the page, the counts of nine facets and mended words; the peer is what one writes first: an FTS5
table (unicode61, accents removed) and, for each facet, a GROUP BY over the records found. The peer
knows no typos and no plurals.

Records that differ in their holder, years and number alone are prepared once and filled in, since
preparing a hundred thousand takes a quarter of an hour; every thousandth is prepared in full and
compared.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from sqlalchemy import insert

from preuve.catalogue.example.places import BASE, Establishment
from preuve.catalogue.example.region import Drawn, document, drawn, kinds, slug
from preuve.catalogue.prepared import prepare, with_status
from preuve.catalogue.rdf import Syntax, read
from preuve.catalogue.record import record_of
from preuve.catalogue.search import index, search
from preuve.catalogue.search.entry import FACETS, Entry, Value
from preuve.catalogue.search.words import folded
from preuve.catalogue.tables import record as record_table
from preuve.core.record import canonical
from preuve.core.store.database import Database

TARGET = "median 30, 95th 100"
_AT_ONCE = 1_000
_PAGE = 20
_EHRS = "https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/EHRS"
_LOINC = "https://hdeu-dcat.data.health.europa.eu/resource/authority/coding-system/LOINC"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_RESTRICTED = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
_FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"
QUESTIONS: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("empty", "", {}),
    ("broad word", "données", {}),
    ("broad word", "patient", {}),
    ("broad words", "données de santé du patient", {}),
    ("word", "cardiologie", {}),
    ("words", "cancer du sein", {}),
    ("narrow word", "Valmère", {}),
    ("narrow words", "urgences pédiatriques CHU Valsol", {}),
    ("typos", "electrocardiograme fibrilation", {}),
    ("typos", "urgances pediatrik", {}),
    ("plural, elision", "l'hopital des lames numerisees", {}),
    ("prefix", "cardio*", {}),
    ("broad prefix", "c*", {}),
    ("facet", "", {"category": [_EHRS]}),
    ("facets", "", {"category": [_EHRS], "access": [_PUBLIC, _RESTRICTED]}),
    ("word and facets", "créatinine", {"coding": [_LOINC], "territory": [_FRANCE]}),
    ("word and facets", "registre", {"access": [_PUBLIC], "variable": ["stade", "sexe"]}),
    ("nothing", "xylophone", {}),
    ("an attack", "\"') OR 1=1; DROP TABLE x; --", {}),
)


@dataclass(frozen=True)
class Times:
    """Milliseconds of every question asked, and of processor, which a busy machine counts alike."""

    name: str
    every: tuple[float, ...]
    processor: tuple[float, ...]

    def row(self, target: str) -> str:
        found = [
            at(times, share) for times in (self.every, self.processor) for share in (0.5, 0.95)
        ]
        return f"| {self.name} | " + " | ".join(f"{one:.1f}" for one in found) + f" | {target} |"


def at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Made:
    """What the index and a page of results need of a record."""

    iri: str
    access: str
    summary: str
    verdicts: str
    entry: Entry


def made(count: int) -> Iterator[Made]:
    """The records of the example, each as `prepare` gives it."""
    for number in range(1, count + 1):
        one = drawn(number)
        filled = _filled(one)
        if number % 1_000 == 1 and filled != _prepared(one):
            raise AssertionError(f"record {number} is not as it is when prepared")
        yield filled


def _prepared(one: Drawn) -> Made:
    found = prepare(record_of(read(document(one).encode(), Syntax.N_TRIPLES)))
    return Made(
        found.iri,
        found.access,
        canonical(dict(found.summary)).decode(),
        canonical(dict(found.verdicts)).decode(),
        found.entry,
    )


_BLANK = Establishment("QHOLDERQ", "qcodeq", "QTOWNQ", "QDEPARTMENTQ", "QREGIONQ")


@cache
def _pattern(kind: str, subject: str, access: str, english: bool, defect: int | None) -> str:
    """A record of that kind with blanks, as JSON."""
    (written,) = (one for one in kinds() if one["code"] == kind)
    (about,) = (one for one in written["subjects"] if one["fr"] == subject)
    iri = f"{BASE}dataset/9-999999"
    blank = Drawn(iri, written, about, _BLANK, access, (1111, 2222), 77777, english, defect)
    found = _prepared(blank)
    values = [[v.facet, v.value, dict(v.label)] for v in found.entry.values]
    entry = [found.entry.title, found.entry.keyword, found.entry.text, values]
    return json.dumps(
        [found.iri, found.access, found.summary, found.verdicts, entry], ensure_ascii=False
    )


def _filled(one: Drawn) -> Made:
    text = _pattern(one.kind["code"], one.subject["fr"], one.access, one.english, one.defect)
    holder = one.holder
    for blank, value in (
        ("1111", str(one.years[0])),
        ("2222", str(one.years[1])),
        ("77777", str(one.people)),
        ("QHOLDERQ", holder.name),
        ("qholderq", folded(holder.name)),
        ("QDEPARTMENTQ", holder.department),
        ("qdepartmentq", slug(holder.department)),
        ("QREGIONQ", holder.region),
        ("qregionq", slug(holder.region)),
        ("9-999999", one.iri.rpartition("/")[2]),
    ):
        text = text.replace(blank, value)
    iri, access, summary, verdicts, (title, keyword, words, values) = json.loads(text)
    entry = Entry(
        tuple(title), tuple(keyword), tuple(words), tuple(Value(*value) for value in values)
    )
    return Made(iri, access, summary, verdicts, entry)


def build(folder: Path, count: int) -> None:
    """Both indexes of the same records, unless they are there."""
    if (folder / "built").exists() and (folder / "built").read_text() == str(count):
        return
    for file in folder.glob("*.db*"):
        file.unlink()
    own, peer = Database.open(folder / "preuve.db"), sqlite3.connect(folder / "peer.db")
    peer.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, text, "
        'tokenize = "unicode61 remove_diacritics 2")'
    )
    peer.execute("CREATE TABLE value (record INTEGER, facet TEXT, value TEXT)")
    spent, batch, first = 0.0, [], 1
    for one in made(count):
        batch.append(one)
        if len(batch) == _AT_ONCE:
            spent += _keep(own, batch, first)
            _keep_peer(peer, batch, first)
            first, batch = first + len(batch), []
    if batch:
        spent += _keep(own, batch, first)
        _keep_peer(peer, batch, first)
    peer.execute("CREATE INDEX of_record ON value (record, facet)")
    peer.execute("CREATE INDEX of_value ON value (facet, value, record)")
    peer.execute("ANALYZE")
    peer.commit()
    peer.close()
    own.close()
    size = (folder / "preuve.db").stat().st_size / 1e6
    print(f"Index of {count} records: {spent:.0f} CPU-s, database {size:.0f} MB\n")
    (folder / "built").write_text(str(count))


def _keep(database: Database, batch: Sequence[Made], first: int) -> float:
    """Keep rows and index; gives back the CPU seconds of the index."""
    rows = [
        {
            "id": number,
            "iri": one.iri,
            "kind": "dataset",
            "status": "published",
            "revision": 1,
            "digest": "",
            "access": one.access,
            "summary": one.summary,
            "verdicts": one.verdicts,
            "created_at": "",
            "modified_at": "",
        }
        for number, one in enumerate(batch, start=first)
    ]
    entries = {
        number: with_status(one.entry, "published") for number, one in enumerate(batch, start=first)
    }
    with database.writing() as connection:
        connection.execute(insert(record_table), rows)
        start = time.process_time()
        index.change(connection, entries)
        return time.process_time() - start


def _keep_peer(peer: sqlite3.Connection, batch: Sequence[Made], first: int) -> None:
    for number, one in enumerate(batch, start=first):
        entry = one.entry
        text = " ".join((*entry.keyword, *entry.text))
        peer.execute(
            "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
            (number, " ".join(entry.title), text),
        )
        peer.executemany(
            "INSERT INTO value VALUES (?, ?, ?)",
            {(number, value.facet, value.value) for value in entry.values},
        )
    peer.commit()


def ask_preuve(folder: Path) -> Callable[[str, dict[str, list[str]]], int]:
    database = Database.open(folder / "preuve.db")

    def ask(text: str, facets: dict[str, list[str]]) -> int:
        with database.reading() as connection:
            return search(connection, text, facets, size=_PAGE).total

    return ask


def ask_peer(folder: Path) -> Callable[[str, dict[str, list[str]]], int]:
    peer = sqlite3.connect(folder / "peer.db")
    peer.execute("PRAGMA mmap_size = 268435456")
    peer.execute("PRAGMA cache_size = -65536")

    def ask(text: str, facets: dict[str, list[str]]) -> int:
        words = [f'"{word}"' for word in text.replace('"', " ").replace("*", "").split()]
        query = " ".join(words) + ("*" if words and text.endswith("*") else "")
        found = "SELECT rowid FROM words" + (" WHERE words MATCH ?" if query else "")
        parameters: list[object] = [query] if query else []
        for facet, values in facets.items():
            marks = ",".join("?" * len(values))
            found += " INTERSECT SELECT record FROM value"
            found += f" WHERE facet = ? AND value IN ({marks})"
            parameters += [facet, *values]
        peer.execute("CREATE TEMP TABLE found (record INTEGER PRIMARY KEY)")
        peer.execute(f"INSERT INTO found {found}", parameters)
        (total,) = peer.execute("SELECT count(*) FROM found").fetchone()
        ranked = "SELECT rowid FROM words" + (" WHERE words MATCH ? ORDER BY rank" if query else "")
        peer.execute(f"{ranked} LIMIT {_PAGE}", [query] if query else []).fetchall()
        for facet in FACETS:
            peer.execute(
                "SELECT value, count(*) FROM found JOIN value USING (record) WHERE facet = ? "
                "GROUP BY value ORDER BY 2 DESC LIMIT 12",
                (facet,),
            ).fetchall()
        peer.execute("DROP TABLE found")
        return int(total)

    return ask


def measure(
    name: str, ask: Callable[[str, dict[str, list[str]]], int], times: int
) -> tuple[Times, dict[str, float]]:
    """Every question several times, after one round that warms the caches."""
    every: list[float] = []
    processor: list[float] = []
    by_kind: dict[str, list[float]] = {}
    for turn in range(times + 1):
        for kind, text, facets in QUESTIONS:
            start, used = time.perf_counter(), time.process_time()
            ask(text, facets)
            spent = (time.perf_counter() - start) * 1_000
            if turn:
                every.append(spent)
                processor.append((time.process_time() - used) * 1_000)
                by_kind.setdefault(kind, []).append(spent)
    return Times(name, tuple(every), tuple(processor)), {
        kind: median(found) for kind, found in by_kind.items()
    }


def benchmark(folder: Path, count: int, times: int, peer_times: int) -> str:
    build(folder, count)
    start = time.perf_counter()
    own_ask = ask_preuve(folder)
    own_ask("", {})
    first = (time.perf_counter() - start) * 1_000
    own, own_kinds = measure("preuve", own_ask, times)
    peer, peer_kinds = measure("FTS5 + GROUP BY", ask_peer(folder), peer_times)
    lines = [
        f"{count} SYNTHETIC records; first search, caches cold: {first:.0f} ms",
        "",
        "| milliseconds | median | 95th | median of CPU | 95th of CPU | target |",
        "|---|--:|--:|--:|--:|--:|",
        own.row(TARGET),
        peer.row(""),
        "",
        "| question | preuve | peer |",
        "|---|--:|--:|",
        *(f"| {kind} | {own_kinds[kind]:.1f} | {peer_kinds[kind]:.1f} |" for kind in own_kinds),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--peer-times", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keeps the indexes for the next run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print(benchmark(folder, given.records, given.times, given.peer_times))


if __name__ == "__main__":
    main()
