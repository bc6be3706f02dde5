"""The catalogue changed: drafts, the form, two editors, files, migration, publication, harvest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web.catalogue_shown import DIRTY, HOSTILE, kept, of_region, record
from web.door import Client, Door, running
from web.test_catalogue_form import sent

from preuve.catalogue import holdings
from preuve.catalogue.harvest import Limits
from preuve.catalogue.rdf import Syntax, write
from preuve.core.store import audit
from preuve.web.catalogue import going
from preuve.web.catalogue.form.filled import form_of


@pytest.fixture
def one(web: Door) -> holdings.Kept:
    return kept(web.database, of_region(3))


@pytest.fixture
def curator(as_role: Callable[[str], Client]) -> Client:
    return as_role("curator")


def fields(web: Door, iri: str, revision: int, **answers: str) -> dict[str, Any]:
    """The form of a record as a browser sends it, with some answers changed."""
    with web.database.reading() as connection:
        pairs = sent(form_of(holdings.read(connection, iri, revision)).asked)
    made: dict[str, Any] = {"revision": revision, "base": revision}
    for name, value in pairs:
        made.setdefault(name, []).append(value)
    return made | answers


def history(web: Door, iri: str) -> list[holdings.Revision]:
    with web.database.reading() as connection:
        return holdings.history(connection, iri)


def text_of(web: Door, iri: str, revision: int) -> str:
    with web.database.reading() as connection:
        return write(holdings.read(connection, iri, revision).triples, Syntax.TURTLE).decode()


def test_a_contributor_begins_a_draft_and_a_curator_publishes_it(
    web: Door, reader: Client, as_role: Callable[[str], Client]
) -> None:
    contributor = as_role("contributor")
    begun = contributor.submit("/en/catalogue/new", {"title": "Essai", "access": "NON_PUBLIC"})
    assert begun.status_code == 303
    path = begun.headers["location"].removesuffix("/edit")
    assert "Essai" in contributor.get(begun.headers["location"]).text
    assert contributor.submit(f"{path}/publish", {"revision": 1}).status_code == 403
    assert reader.get(path).status_code == 404
    done = as_role("curator").submit(f"{path}/publish", {"revision": 1})
    assert done.status_code == 303
    assert "Essai" in reader.get(path).text


@pytest.mark.parametrize(
    "given",
    [
        {"title": "", "access": "PUBLIC"},
        {"title": "T", "access": "SECRET"},
        {"title": "T\x00", "access": "PUBLIC"},
        {"title": "T", "access": "PUBLIC", "iri": "pas une adresse"},
    ],
)
def test_a_draft_that_cannot_begin_says_why_and_keeps_what_was_typed(
    web: Door, as_role: Callable[[str], Client], given: dict[str, str]
) -> None:
    answer = as_role("contributor").submit("/en/catalogue/new", given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert given["title"].strip("\x00") in answer.text
    with web.database.reading() as connection:
        assert holdings.number_of(connection, holdings.STATUSES) == 0


def test_a_contributor_may_not_change_what_is_published_nor_anothers_draft(
    web: Door, one: holdings.Kept, as_role: Callable[[str], Client]
) -> None:
    contributor = as_role("contributor")
    other = kept(web.database, of_region(4), "draft")
    for number, iri in ((one.id, one.iri), (other.id, other.iri)):
        path = f"/en/catalogue/{number}/edit"
        assert contributor.get(path).status_code == 403
        assert contributor.submit(path, fields(web, iri, 1)).status_code == 403
        assert len(history(web, iri)) == 1
    with web.database.reading() as connection:
        refused = [e for e in audit.entries(connection) if e.action == "request.refused"]
    assert len(refused) == 4


def test_a_reader_is_led_to_sign_in(reader: Client, one: holdings.Kept) -> None:
    answer = reader.get(f"/en/catalogue/{one.id}/edit")
    assert (answer.status_code, answer.headers["location"][:11]) == (303, "/en/sign-in")


def test_the_form_saves_a_revision(web: Door, one: holdings.Kept, curator: Client) -> None:
    answer = curator.submit(
        f"/en/catalogue/{one.id}/edit",
        fields(web, one.iri, 1, **{"dct:title/0/value": "Nouveau titre"}),
    )
    assert answer.headers["location"] == f"/en/catalogue/{one.id}"
    assert [entry.number for entry in history(web, one.iri)] == [2, 1]
    assert "Nouveau titre" in text_of(web, one.iri, 2)
    assert "Nouveau titre" in curator.get(f"/en/catalogue/{one.id}").text


def test_a_form_nobody_changed_makes_no_revision(
    web: Door, one: holdings.Kept, curator: Client
) -> None:
    answer = curator.submit(f"/en/catalogue/{one.id}/edit", fields(web, one.iri, 1))
    assert answer.status_code == 303
    assert len(history(web, one.iri)) == 1


def test_a_date_that_does_not_exist_is_refused_and_stays_in_its_field(
    web: Door, one: holdings.Kept, curator: Client
) -> None:
    answer = curator.submit(
        f"/en/catalogue/{one.id}/edit",
        fields(web, one.iri, 1, **{"dct:issued/0/value": "2024-02-30"}),
    )
    assert answer.status_code == 422
    assert "The date 2024-02-30 does not exist." in answer.text
    assert 'value="2024-02-30"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert len(history(web, one.iri)) == 1


def test_two_editors_the_second_sees_both_texts_and_nothing_is_lost(
    web: Door, one: holdings.Kept, as_role: Callable[[str], Client]
) -> None:
    first, second = as_role("curator"), web.signed_in("another", "administrator")
    mine = fields(web, one.iri, 1, **{"dct:title/0/value": "Le mien"})
    theirs = fields(web, one.iri, 1, **{"dct:title/0/value": "Le premier"})
    path = f"/en/catalogue/{one.id}/edit"
    assert first.submit(path, theirs).status_code == 303
    answer = second.submit(path, mine)
    assert answer.status_code == 409
    assert "Le mien" in answer.text
    assert "Le premier" in answer.text
    assert "a-curator" in answer.text
    assert [entry.aside for entry in history(web, one.iri)] == [True, False, False]
    assert "Le mien" in text_of(web, one.iri, 3)
    again = second.get(f"{path}?base=3")
    assert "Le mien" in again.text
    taken = second.submit(f"/en/catalogue/{one.id}/take", {"revision": 2, "aside": 3})
    assert taken.status_code == 303
    assert "Le mien" in text_of(web, one.iri, 4)
    assert "Le premier" in text_of(web, one.iri, 2)


def test_a_check_keeps_nothing(web: Door, one: holdings.Kept, curator: Client) -> None:
    sent_now = fields(web, one.iri, 1, **{"dct:identifier/0/value": ""})
    path = f"/en/catalogue/{one.id}/edit/check"
    whole = curator.submit(path, sent_now)
    assert "Missing: identifier (dct:identifier)." in whole.text
    assert "<h1>" in whole.text
    piece = curator.submit(path, sent_now, headers={"HX-Request": "true"})
    assert "Missing: identifier (dct:identifier)." in piece.text
    assert "<h1>" not in piece.text
    assert len(history(web, one.iri)) == 1


def test_another_entry_is_added_without_scripts(
    web: Door, one: holdings.Kept, curator: Client
) -> None:
    path = f"/en/catalogue/{one.id}/edit/check"
    answer = curator.submit(path, fields(web, one.iri, 1, more="dct:title"))
    titles = sum(f'name="dct:title/{n}/value"' in answer.text for n in range(6))
    plain = curator.get(f"/en/catalogue/{one.id}/edit").text
    assert titles == sum(f'name="dct:title/{n}/value"' in plain for n in range(6)) + 1


def test_publication_of_a_revision_that_was_replaced_is_refused(web: Door, curator: Client) -> None:
    draft = kept(web.database, of_region(5), "draft")
    edited = fields(web, draft.iri, 1, **{"dct:title/0/value": "Plus récent"})
    curator.submit(f"/en/catalogue/{draft.id}/edit", edited)
    answer = curator.submit(f"/en/catalogue/{draft.id}/publish", {"revision": 1})
    assert answer.status_code == 400
    assert history(web, draft.iri)[0].status == "draft"


def test_variables_come_from_a_dictionary(web: Door, one: holdings.Kept, curator: Client) -> None:
    path, file = f"/en/catalogue/{one.id}/variables", b"table;nom;type\nsejours;ipp;string\n"
    answer = curator.submit(
        path, {"revision": 1, "language": "fr"}, files={"file": ("v.csv", file)}
    )
    assert answer.status_code == 303
    text = text_of(web, one.iri, 2)
    assert '"ipp"' in text
    assert '"trace"' not in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Missing columns"),
        (b"table,name\n", "lists no variable"),
        (b"table,name,datatype\na,b,cheval\n", "not known to CSV on the Web"),
        (b"table,name\na,\xe9\n", "not UTF-8"),
        (b"PK\x03\x04" + bytes(200), ""),
    ],
)
def test_a_bad_dictionary_is_refused_whole(
    web: Door, one: holdings.Kept, curator: Client, content: bytes, told: str
) -> None:
    path = f"/en/catalogue/{one.id}/variables"
    answer = curator.submit(path, {"revision": 1}, files={"file": ("v.csv", content)})
    assert answer.status_code == 422
    assert told in answer.text
    assert len(history(web, one.iri)) == 1


def test_a_file_is_shown_with_its_dirt_and_verdict_before_it_is_kept(
    web: Door, as_role: Callable[[str], Client]
) -> None:
    contributor = as_role("contributor")
    answer = contributor.submit(
        "/en/catalogue/check", files={"file": ("fiche.ttl", DIRTY.encode())}
    )
    assert answer.status_code == 200
    assert "Nothing is kept so far." in answer.text
    assert "foaf" in answer.text
    assert "things to mend" in answer.text
    assert "Left to a person" in answer.text
    with web.database.reading() as connection:
        assert holdings.number_of(connection, holdings.STATUSES) == 0
    begun = answer.text.index('name="content" value="') + len('name="content" value="')
    import html

    content = html.unescape(answer.text[begun : answer.text.index('">', begun)])
    kept_now = contributor.submit("/en/catalogue/keep", {"content": content, "how": "as-is"})
    assert kept_now.status_code == 303
    with web.database.reading() as connection:
        assert holdings.number_of(connection, ("draft",)) == 1
    again = contributor.submit("/en/catalogue/keep", {"content": content, "how": "as-is"})
    assert again.status_code == 400
    assert "This record is kept already." in again.text


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("fiche.ttl", b"%PDF-1.7 \n", 415),
        ("fiche.ttl", b"PK\x03\x04rest", 415),
        ("fiche.rdf", b"<!DOCTYPE html><html><title>x</title></html>", 415),
        ("fiche.ttl", bytes(128) + b"DICM" + bytes(40), 415),
        ("fiche.ttl", b"", 400),
        ("fiche.ttl", b"<a> <b", 400),
        ("fiche.ttl", b"<https://a.example/> <https://b.example/> 1 .", 400),
        ("fiche.ttl", b"#" * (8 * 2**20 + 1), 413),
    ],
)
def test_a_file_of_the_wrong_sort_is_refused_by_its_content(
    web: Door, reader: Client, name: str, content: bytes, status: int
) -> None:
    answer = reader.submit("/en/catalogue/check", files={"file": (name, content)})
    assert answer.status_code == status
    assert 'role="alert"' in answer.text


def test_a_reader_may_check_and_may_not_keep(reader: Client) -> None:
    answer = reader.submit("/en/catalogue/check", {"text": HOSTILE})
    assert answer.status_code == 200
    assert "Keep as a draft" not in answer.text
    assert reader.submit("/en/catalogue/keep", {"content": "x"}).status_code == 303


def test_migration_is_shown_then_made(web: Door, curator: Client) -> None:
    old = kept(web.database, record(HOSTILE))
    shown = curator.get(f"/en/catalogue/{old.id}/migrate").text
    assert "Left to a person" in shown
    assert "Missing: access rights" in shown
    assert "Nothing is changed so far." in shown
    assert len(history(web, old.iri)) == 1
    answer = curator.submit(f"/en/catalogue/{old.id}/migrate", {"revision": 1})
    assert answer.status_code == 303
    assert [entry.number for entry in history(web, old.iri)] == [2, 1]
    assert "n/a" in text_of(web, old.iri, 1)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Another catalogue on this machine."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/turtle")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": DIRTY.encode()})

    with running(app) as address:
        yield f"{address}/catalogue"


def test_a_harvest_runs_behind_the_page_and_its_problems_are_told(
    web: Door, curator: Client, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(going, "LIMITS", Limits(private=True, tries=1))
    started: list[Any] = []
    begin = going.start

    def start(*given: Any, **more: Any) -> Any:
        started.append(begin(*given, **more))
        return started[-1]

    monkeypatch.setattr("preuve.web.catalogue.harvesting.start", start)
    answer = curator.submit("/en/harvest", {"name": "ailleurs", "address": elsewhere})
    assert answer.status_code == 303
    started[0].join(30)
    assert "ailleurs" in curator.get("/en/harvest").text
    text = curator.get("/en/harvest/1").text
    assert "What went wrong, and why" in text
    assert "poussiere" in text
    piece = curator.get("/en/harvest/1/progress").text
    assert "<h1>" not in piece
    assert "Harvest now" in piece
    again = curator.submit("/en/harvest/1/run")
    assert again.status_code == 303
    started[1].join(30)
    assert "All the runs" in curator.get("/en/harvest/1").text


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [
        ("Nom Long", "https://catalogue.example/", 400),
        ("ok", "file:///etc/passwd", 400),
        ("ok", "/etc", 400),
        ("ok", "ftp://catalogue.example/", 400),
    ],
)
def test_a_source_that_may_not_be_fetched_is_refused(
    web: Door, curator: Client, name: str, address: str, status: int
) -> None:
    answer = curator.submit("/en/harvest", {"name": name, "address": address})
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "No catalogue is harvested yet." in answer.text


def test_an_address_inside_the_network_is_refused_and_told(
    web: Door, curator: Client, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    begin = going.start
    monkeypatch.setattr(
        "preuve.web.catalogue.harvesting.start",
        lambda *given, **more: started.append(begin(*given, **more)),
    )
    curator.submit("/en/harvest", {"name": "dedans", "address": elsewhere})
    started[0].join(30)
    assert 'role="alert"' in curator.get("/en/harvest/1").text
    with web.database.reading() as connection:
        assert holdings.number_of(connection, holdings.STATUSES) == 0


def test_only_curators_harvest(reader: Client, as_role: Callable[[str], Client]) -> None:
    assert reader.get("/en/harvest").status_code == 303
    assert as_role("contributor").get("/en/harvest").status_code == 403


def test_two_editors_in_a_browser(browser: Any, web: Door) -> None:
    """The second editor reads both texts, goes on from their own and saves."""
    number = kept(web.database, of_region(3)).id
    with running(web.app) as address:
        pages = []
        for name in ("anne", "boris"):
            context = browser.new_context()
            token = web.signed_in(name, "curator").cookies["preuve"]
            context.add_cookies([{"name": "preuve", "value": token, "url": address}])
            pages.append(context.new_page())
            pages[-1].goto(f"{address}/fr/catalogue/{number}/edit")
        title = "[name='dct:title/0/value']"
        for page, words in zip(pages, ("Titre d’Anne", "Titre de Boris"), strict=True):
            page.fill(title, words)
            page.locator(".bar-of-form button").first.click()
            page.wait_for_load_state()
        second = pages[1]
        shown = second.locator("main").inner_text()
        assert "Titre d’Anne" in shown
        assert "Titre de Boris" in shown
        second.locator(".ways a.button").first.click()
        assert second.input_value(title) == "Titre de Boris"
        second.locator(".bar-of-form button").first.click()
        second.wait_for_url(f"{address}/fr/catalogue/{number}")
        assert "Titre de Boris" in second.locator("h1").inner_text()
        for page in pages:
            page.context.close()
