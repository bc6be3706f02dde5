"""A register for tests of the site: the packaged entries, and one that an evidence measured."""

from __future__ import annotations

from preuve.core.store.database import Database
from preuve.registry import register
from preuve.registry.entry import Entry, examples, load_entry, parse_entry

MEASURED = "lecteur-mesure"


def measured() -> Entry:
    """An entry whose version is the system of the packaged evidence, with a claim above it."""
    from web.results_shown import draft

    record = load_entry("lecteur-ecg").record()
    record |= {
        "id": MEASURED,
        "name": "Lecteur mesuré",
        "versions": [{"version": "1.0", "digest": draft().systems[0].digest}],
        "evidence": [draft().content],
        "claims": [
            {"measure": "sensitivity", "value": 0.99, "finding": "AFIB_AFLT", "source": "Leaflet"},
            {"measure": "specificity", "value": 0.991, "finding": "AFIB_AFLT"},
        ],
    }
    record["deployments"] = [
        {**record["deployments"][0], "version": "1.0", "id": "valmere-cardiologie"}
    ]
    return parse_entry(record)


def filled(database: Database) -> None:
    """The packaged entries, published."""
    with database.writing() as connection:
        for name in examples():
            register.add(connection, load_entry(name), "tests")


def everything(database: Database) -> None:
    """Entries, one measured system, its evidence, an impact and an appraisal."""
    from web.results_shown import evidence_published, page_published

    filled(database)
    with database.writing() as connection:
        register.add(connection, measured(), "tests")
    evidence_published(database)
    page_published(database, "impact")
    page_published(database, "appraisal")
