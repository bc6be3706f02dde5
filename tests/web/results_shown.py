"""Results for tests of the site: the packaged evidence, published once and copied after."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from preuve import economics
from preuve.core.evidence import Evidence
from preuve.core.store.database import Database
from preuve.core.usecase import Text
from preuve.web.results.evidence import draft_of
from preuve.web.results.publishing import Draft, publish, publish_page
from preuve.web.results.result import Result

FILE = Path(str(economics.__file__)).parent / "models" / "ecg-example.evidence.json"
_POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'">"""
PAGE = {
    "fr": f"<!DOCTYPE html><html lang='fr'>{_POLICY}<title>Essai</title><h1>Page entière</h1>",
    "en": f"<!DOCTYPE html><html lang='en'>{_POLICY}<title>Trial</title><h1>Whole page</h1>",
}


@cache
def draft() -> Draft:
    """The packaged evidence, rendered once for all tests."""
    return draft_of(Evidence.load(FILE))


def evidence_published(database: Database) -> Result:
    with database.writing() as connection:
        return publish(connection, draft(), "tests")


def altered(**changes: object) -> bytes:
    """The file with keys of its content changed, as somebody would who cannot sign it again."""
    record = json.loads(FILE.read_bytes())
    record["content"] |= changes
    return json.dumps(record).encode()


def page_published(database: Database, kind: str = "impact") -> Result:
    with database.writing() as connection:
        return publish_page(
            connection,
            kind,  # type: ignore[arg-type]
            {"fr": PAGE["fr"].encode(), "en": PAGE["en"].encode()},
            Text(fr="Fermer une maternité (essai)", en="Close a maternity ward (trial)"),
            actor="tests",
            conclusion={"fr": ["Les trajets s’allongent."], "en": ["Journeys get longer."]},
            limits={"fr": ["Un essai."], "en": ["A trial."]},
            synthetic=True,
        )
