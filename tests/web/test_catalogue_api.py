"""The catalogue for programs: every syntax exact, revisions guarded, errors told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import RdfFormat, parse
from web.catalogue_shown import HOSTILE, HOSTILE_IRI, kept, of_region, record
from web.door import Client, Door

from preuve.catalogue import canonical, holdings
from preuve.catalogue.rdf import Syntax, write
from preuve.catalogue.record import Record

_FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
}


def turtle(one: Record) -> bytes:
    return write(one.triples, Syntax.TURTLE)


@pytest.fixture
def one(web: Door) -> holdings.Kept:
    return kept(web.database, of_region(3))


@pytest.mark.parametrize("media_type", _FORMATS)
def test_a_record_comes_back_exactly_in_every_syntax(
    reader: Client, one: holdings.Kept, media_type: str
) -> None:
    answer = reader.get(f"/api/catalogue/datasets/{one.id}", headers={"Accept": media_type})
    assert answer.headers["content-type"].startswith(media_type)
    triples = [quad.triple for quad in parse(answer.content, format=_FORMATS[media_type])]
    assert canonical.digest(triples) == one.digest
    assert any("nonNegativeInteger" in str(triple) for triple in triples)


def test_a_browser_is_led_to_the_page_and_an_unknown_wish_is_refused(
    reader: Client, one: holdings.Kept
) -> None:
    path = f"/api/catalogue/datasets/{one.id}"
    page = reader.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert (page.status_code, page.headers["location"]) == (303, f"/en/catalogue/{one.id}")
    refused = reader.get(path, headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert refused.headers["content-type"].startswith("application/problem+json")


def test_permalinks_lead_to_the_form_asked_for(reader: Client, one: holdings.Kept) -> None:
    html = {"Accept": "text/html", "Accept-Language": "fr"}
    for path in (f"/id/record/{one.id}", f"/id?iri={one.iri}"):
        assert reader.get(path, headers=html).headers["location"] == f"/fr/catalogue/{one.id}"
        rdf = reader.get(path, headers={"Accept": "application/rdf+xml"})
        assert rdf.headers["location"].endswith("format=rdf-xml")
    assert reader.get("/id?iri=https://nobody.example/").status_code == 404


def test_a_record_begun_here_answers_at_its_own_address(
    web: Door, reader: Client, as_role: Callable[[str], Client]
) -> None:
    curator = as_role("curator")
    made = curator.submit("/en/catalogue/new", {"title": "Un essai", "access": "PUBLIC"})
    number = int(made.headers["location"].split("/")[3])
    curator.submit(f"/en/catalogue/{number}/publish", {"revision": 1})
    iri = reader.get("/api/catalogue/datasets").json()["items"][0]["iri"]
    path = iri.removeprefix(web.settings.address)
    assert path.startswith("/id/dataset/")
    assert reader.get(path).headers["location"].startswith(f"/api/catalogue/datasets/{number}")


def test_the_list_is_paged_by_links(web: Door, reader: Client) -> None:
    for number in range(1, 6):
        kept(web.database, of_region(number))
    path, seen = "/api/catalogue/datasets?size=2", []
    while path:
        answer = reader.get(path)
        body = answer.json()
        assert body["total"] == 5
        seen += [item["number"] for item in body["items"]]
        path = body["next"]
        assert (f'<{path}>; rel="next"' == answer.headers.get("link")) is bool(path)
    assert seen == sorted(seen)
    assert len(seen) == 5


def test_the_catalogue_is_harvested_page_by_page(web: Door, reader: Client) -> None:
    """What is read over all pages is what is kept, each record in one page."""
    for number in range(1, 6):
        kept(web.database, of_region(number))
    path, datasets, pages = "/api/catalogue?size=2", set[str](), 0
    while path:
        answer = reader.get(path, headers={"Accept": "text/turtle"})
        pages += 1
        for quad in parse(answer.content, format=RdfFormat.TURTLE):
            if quad.predicate.value == "http://www.w3.org/ns/dcat#dataset":
                datasets.add(str(quad.object))
        links = dict(
            part.split("; rel=")[::-1] for part in answer.headers.get("link", "").split(", ")
        )
        following = links.get('"next"', "")
        path = following.strip("<>").removeprefix(web.settings.address)
    assert (pages, len(datasets)) == (3, 5)


def test_the_verdict_is_told_as_json_and_as_a_shacl_report(web: Door, reader: Client) -> None:
    number = kept(web.database, record(HOSTILE)).id
    path = f"/api/catalogue/datasets/{number}/verdict"
    (told,) = reader.get(path, headers={"Accept-Language": "en"}).json()
    assert told["conforms"] is False
    assert told["findings"][0]["what"].startswith("Missing: access rights")
    (french,) = reader.get(path, headers={"Accept-Language": "fr"}).json()
    assert french["findings"][0]["focus"] == told["findings"][0]["focus"]
    graph = reader.get(path, headers={"Accept": "text/turtle"})
    results = [
        quad
        for quad in parse(graph.content, format=RdfFormat.TURTLE)
        if quad.predicate.value.endswith("shacl#result")
    ]
    assert len(results) == len(told["findings"])
    unknown = reader.get(path, params={"profile": "healthdcat-ap-r9"})
    assert unknown.status_code == 400
    assert "healthdcat-ap-r8" in unknown.json()["remedy"]


def test_croissant_schema_org_and_the_dictionary_are_offered(
    reader: Client, one: holdings.Kept
) -> None:
    path = f"/api/catalogue/datasets/{one.id}?format="
    assert reader.get(path + "croissant").json()["conformsTo"].endswith("croissant/1.0")
    assert reader.get(path + "schema-org").json()["@type"] == "Dataset"
    assert reader.get(path + "dictionary").text.startswith("table,name,title")


def test_who_may_change_the_catalogue(
    reader: Client, one: holdings.Kept, as_role: Callable[[str], Client]
) -> None:
    body, kind = turtle(record(HOSTILE)), {"Content-Type": "text/turtle"}
    assert reader.post("/api/catalogue/datasets", content=body, headers=kind).status_code == 401
    path = f"/api/catalogue/datasets/{one.id}"
    contributor = as_role("contributor")
    marked = {"X-CSRF-Token": contributor.csrf}
    mine = {**kind, **marked, "If-Match": '"1"'}
    assert contributor.put(path, content=body, headers=mine).status_code == 403
    assert contributor.delete(path, headers=marked).status_code == 403
    added = contributor.post("/api/catalogue/datasets", content=body, headers=mine)
    assert added.status_code == 201
    assert added.json()["status"] == "draft"
    publish = added.headers["location"] + "/publication"
    assert contributor.post(publish, headers=marked).status_code == 403
    curator = as_role("curator")
    his = {"X-CSRF-Token": curator.csrf}
    assert curator.post(publish, headers=his).json()["status"] == "published"


def test_a_change_says_the_revision_it_started_from(
    one: holdings.Kept, as_role: Callable[[str], Client]
) -> None:
    curator, path = as_role("curator"), f"/api/catalogue/datasets/{one.id}"
    base = {"Content-Type": "text/turtle", "X-CSRF-Token": curator.csrf}
    read = curator.get(path)
    assert read.headers["etag"] == '"1"'
    body = read.content + b'\n<%s> <http://purl.org/dc/terms/alternative> "Autre"@fr .' % (
        one.iri.encode()
    )
    assert curator.put(path, content=body, headers=base).status_code == 428
    first = curator.put(path, content=body, headers={**base, "If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    late = curator.put(path, content=read.content, headers={**base, "If-Match": '"1"'})
    assert late.status_code == 412
    assert curator.get(path).headers["etag"] == '"2"'


def test_two_writers_at_one_moment_lose_nothing(
    web: Door, one: holdings.Kept, as_role: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other writer saves between the look at the revision and the save."""
    from preuve.web.catalogue import api_changes

    other = of_region(3)
    checked = api_changes._check_match

    def slow(kept_now: holdings.Kept, if_match: str) -> None:
        checked(kept_now, if_match)
        holdings.edit(web.database, with_title(other, "Celui de l’autre"), "other", expected=1)

    monkeypatch.setattr(api_changes, "_check_match", slow)
    curator = as_role("curator")
    headers = {"Content-Type": "text/turtle", "X-CSRF-Token": curator.csrf, "If-Match": '"1"'}
    path = f"/api/catalogue/datasets/{one.id}"
    answer = curator.put(path, content=turtle(with_title(other, "Le mien")), headers=headers)
    assert answer.status_code == 409
    aside = curator.get(f"{path}/revisions/3", headers={"Accept": "text/turtle"})
    assert "Le mien" in aside.text
    assert "Celui de l’autre" in curator.get(path).text


def with_title(one: Record, title: str) -> Record:
    from pyoxigraph import Literal, NamedNode, Triple

    named = Triple(one.node, NamedNode("http://purl.org/dc/terms/alternative"), Literal(title))
    return Record(one.iri, one.kind, (*one.triples, named))


def test_a_record_that_claims_anothers_identifier_is_refused(
    one: holdings.Kept, as_role: Callable[[str], Client]
) -> None:
    curator = as_role("curator")
    headers = {"Content-Type": "text/turtle", "X-CSRF-Token": curator.csrf}
    thief = f"""@prefix dct: <http://purl.org/dc/terms/> .
    <https://voleur.example/1> a <http://www.w3.org/ns/dcat#Dataset> ;
      dct:title "V" ; dct:identifier "{one.iri}" ."""
    answer = curator.post("/api/catalogue/datasets", content=thief.encode(), headers=headers)
    assert answer.status_code == 409
    assert one.iri in answer.json()["detail"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/turtle", b"@prefix", 400),
        ("text/turtle", b"", 400),
        ("text/turtle", b"\xff\xfe\x00", 400),
        ("application/ld+json", b'{"@context": "https://schema.org/", "@id": "a"}', 400),
        ("application/ld+json", b"[" * 5000, 400),
        ("application/rdf+xml", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a/>", 400),
        ("text/turtle", b"<a:b> <a:c> <a:d> .", 400),
        ("text/plain", b"<a:b> <a:c> <a:d> .", 415),
        ("application/json", b"{}", 415),
    ],
)
def test_a_body_that_is_no_record_is_refused_and_nothing_is_kept(
    web: Door, as_role: Callable[[str], Client], kind: str, body: bytes, status: int
) -> None:
    curator = as_role("curator")
    headers = {"Content-Type": kind, "X-CSRF-Token": curator.csrf}
    answer = curator.post("/api/catalogue/datasets", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    with web.database.reading() as connection:
        assert holdings.number_of(connection, holdings.STATUSES) == 0


def test_a_body_larger_than_allowed_is_refused(as_role: Callable[[str], Client]) -> None:
    curator = as_role("curator")
    headers = {"Content-Type": "text/turtle", "X-CSRF-Token": curator.csrf}
    answer = curator.post("/api/catalogue/check", content=b"#" * (17 * 2**20), headers=headers)
    assert answer.status_code == 413


def test_a_file_is_checked_without_being_kept(web: Door, reader: Client) -> None:
    headers = {"Content-Type": "text/turtle", "Origin": web.settings.address}
    answer = reader.post("/api/catalogue/check", content=HOSTILE.encode(), headers=headers)
    told = answer.json()
    assert told["conforms"] is False
    assert told["records"][0]["iri"] == HOSTILE_IRI
    assert "impossible-date" in {one["kind"] for one in told["records"][0]["dirt"]}
    with web.database.reading() as connection:
        assert holdings.number_of(connection, holdings.STATUSES) == 0
