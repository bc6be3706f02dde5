"""The pages of the catalogue on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from web.catalogue_shown import HOSTILE, kept, of_region, record
from web.door import Door

from preuve.core.store.database import Database
from preuve.web.application import application
from preuve.web.settings import Settings


def test_the_catalogue_is_read_and_changed_on_both(store: Database, tmp_path: Path) -> None:
    settings = Settings.read({"PREUVE_SITE": str(tmp_path / "site")})
    door = Door(application(settings, store), settings, store)
    one, hostile = kept(store, of_region(3)), kept(store, record(HOSTILE))
    curator = door.signed_in("curator", "curator")
    for path in (
        "/en/catalogue?q=electrocardiogrames",
        f"/fr/catalogue/{one.id}",
        f"/fr/catalogue/{hostile.id}",
        f"/fr/catalogue/{one.id}/edit",
        "/fr/harvest",
        "/api/catalogue",
        f"/api/catalogue/datasets/{one.id}",
        "/en/catalogue/%00",
        "/id?iri=%00",
        "/en/catalogue?q=%00&variable=%00",
    ):
        assert curator.get(path).status_code in (200, 303, 400, 404), path
    begun = curator.submit("/en/catalogue/new", {"title": "Essai", "access": "PUBLIC"})
    path = begun.headers["location"].removesuffix("/edit")
    assert curator.submit(f"{path}/publish", {"revision": 1}).status_code == 303
    assert "Essai" in door.client().get(path).text
    assert curator.submit(f"{path}/withdraw", {"revision": 2}).status_code == 303
    assert door.client().get(path).status_code == 410
