"""Example: what a new site shows — an invented region, and the results of the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from preuve.core.evidence import Evidence
from preuve.core.progress import Progress, silent
from preuve.core.store.database import Database

ACTOR = "system"
RECORDS = 40
"""SYNTHETIC records of the invented region."""
READER, MODEL, SCENARIO, RUNS = "lecteur-ecg", "ecg-gp", "autun-2023", 20
"""The register's example, the economic model and the closure of the demonstration, its runs."""
DEMO = Path("build/demo")
"""Where `preuve demo` writes; what it found there is not computed again."""


def fill(database: Database, progress: Progress = silent, demo: Path = DEMO) -> None:
    """Fill a new site. Each step is kept on its own, so a fill that is stopped keeps what it did.

    Args:
        database: open and empty.
        progress: told step by step.
        demo: folder of `preuve demo`; its evidence and runs are used where they are there.
    """
    evidence = _evidence(demo)
    steps: tuple[Callable[[], None], ...] = (
        lambda: _catalogue(database),
        lambda: _results(database, evidence),
        lambda: _register(database, evidence),
        lambda: _appraisal(database, evidence),
        lambda: _impact(database, demo / "twin", progress),
    )
    for done, step in enumerate(steps, start=1):
        step()
        progress("site", done, len(steps))


def _catalogue(database: Database) -> None:
    from preuve.catalogue import holdings
    from preuve.catalogue.example import records

    with database.writing() as connection:
        for record in records(RECORDS):
            holdings.add(connection, record, ACTOR, status="published")


def _evidence(demo: Path) -> Evidence:
    """The evidence of the demonstration: that of its last run, else the packaged one."""
    from preuve.economics.model import PACKAGED

    made = demo / "ecg.evidence.json"
    return Evidence.load(made if made.exists() else PACKAGED / "ecg-example.evidence.json")


def _results(database: Database, evidence: Evidence) -> None:
    from preuve.web.results.evidence import draft_of
    from preuve.web.results.publishing import publish

    draft = draft_of(evidence)
    with database.writing() as connection:
        publish(connection, draft, ACTOR)


def _register(database: Database, evidence: Evidence) -> None:
    from preuve.registry import register
    from preuve.registry.entry import examples, load_entry

    with database.writing() as connection:
        for name in examples():
            if name != READER:
                register.add(connection, load_entry(name), ACTOR)
        _reader(connection, evidence)


def _reader(connection: Connection, evidence: Evidence) -> None:
    """The example made around the reader of the demonstration, with what was measured of it."""
    from preuve.registry import register
    from preuve.registry.entry import load_entry, parse_entry

    entry = load_entry(READER)
    record = entry.record() | {"evidence": [evidence.digest]}
    system = evidence.content["system"]
    if system["digest"] not in {version.digest for version in entry.versions}:
        evaluated = {
            "version": f"{system['name']} {system['version']}".strip(),
            "digest": system["digest"],
            "released": date.fromisoformat(evidence.record["run"]["started"][:10]).isoformat(),
            "learning": "frozen",
        }
        record["versions"] = [*record["versions"], evaluated]
    register.add(connection, parse_entry(record), ACTOR)


def _appraisal(database: Database, evidence: Evidence) -> None:
    from preuve.economics.appraise import appraise
    from preuve.economics.model import Model
    from preuve.web.results.publishing import publish
    from preuve.web.results.rendered import appraisal_draft

    draft = appraisal_draft(appraise(Model.load(MODEL, reader=evidence)))
    with database.writing() as connection:
        publish(connection, draft, ACTOR)


def _impact(database: Database, runs: Path, progress: Progress) -> None:
    from preuve.twin import France, Scenario
    from preuve.twin.masking import mask
    from preuve.web.results.publishing import publish
    from preuve.web.results.rendered import impact_draft

    scenario = Scenario.load(SCENARIO)
    runs.mkdir(parents=True, exist_ok=True)
    france = France.baseline(scenario.baseline)
    draft = impact_draft(mask(france.run(scenario, RUNS, into=runs, progress=progress)))
    with database.writing() as connection:
        publish(connection, draft, ACTOR)
