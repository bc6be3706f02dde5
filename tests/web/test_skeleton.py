"""What every page and every answer of the site has in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response
from web.door import ADDRESS, Client, Door, running

from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.web.application import application
from preuve.web.caching import public
from preuve.web.permissions import allowed
from preuve.web.settings import Settings


def test_home_is_french_unless_the_reader_asks_for_english(reader: Client) -> None:
    assert reader.get("/").headers["location"] == "/fr/"
    english = reader.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,fr;q=0.8"})
    assert english.headers["location"] == "/en/"
    assert reader.get("/", headers={"Accept-Language": "de"}).headers["location"] == "/fr/"
    assert reader.get("/permissions?a=b").headers["location"] == "/fr/permissions?a=b"


def test_a_redirection_never_leaves_the_site(reader: Client) -> None:
    for path in ("//evil.example/", "/\\evil.example", "/%5cevil.example"):
        location = reader.get(ADDRESS + path).headers["location"]
        assert location.startswith("/fr/"), location


def test_an_escaped_slash_stays_one_from_language_to_language(reader: Client) -> None:
    path = "/thing/http%3A%2F%2Fa.example%2Fb?q=%2F"
    assert reader.get(path).headers["location"] == f"/fr{path}"
    assert f'href="/en{path}" hreflang="en"' in reader.get(f"/fr{path}").text


@pytest.mark.parametrize("subject", ["%00", "a%00b"])
def test_a_zero_byte_is_told_on_both_databases(
    store: Database, tmp_path: Path, subject: str
) -> None:
    chosen = Settings.read({"PREUVE_SITE": str(tmp_path / "site")})
    door = Door(application(chosen, store), chosen, store)
    told = door.signed_in("boss", "administrator").get(f"/en/audit?subject={subject}")
    assert told.status_code == (400 if store.dialect == "postgresql" else 200)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_says_its_language_and_links_to_the_other(reader: Client, language: str) -> None:
    other = {"fr": "en", "en": "fr"}[language]
    shown = reader.get(f"/{language}/permissions?a=1")
    assert f'<html lang="{language}">' in shown.text
    assert f'href="/{other}/permissions?a=1" hreflang="{other}"' in shown.text
    assert shown.headers["content-language"] == language


def test_a_page_lets_a_browser_run_and_fetch_nothing_but_its_own(reader: Client) -> None:
    told = reader.get("/fr/").headers
    policy = told["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in told


def test_no_page_holds_style_script_or_address_from_elsewhere(reader: Client) -> None:
    for path in ("/fr/", "/fr/sign-in", "/en/permissions", "/en/nothing"):
        text = reader.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text
        assert "<script>" not in text
        assert 'src="http' not in text


def test_static_files_are_kept_for_ever_under_their_digest(reader: Client) -> None:
    text = reader.get("/fr/").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]
    told = reader.get(address)
    assert told.status_code == 200
    assert "immutable" in told.headers["cache-control"]
    assert told.headers["content-type"].startswith("text/css")
    assert reader.get("/static/style.css").status_code == 404
    assert reader.get("/static/..%2fsettings.py").status_code == 404


def test_htmx_is_the_file_that_its_licence_names() -> None:
    import hashlib

    from preuve.web.files import FOLDER

    named = (FOLDER / "htmx-2.0.11.LICENSE.txt").read_text().split("sha256 ")[1].split()[0]
    content = (FOLDER / "htmx-2.0.11.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() == named


def test_a_reader_gets_no_cookie(reader: Client) -> None:
    for path in ("/fr/", "/en/permissions", "/fr/nothing", "/fr/sign-in"):
        assert "set-cookie" not in reader.get(path).headers


def test_a_page_that_has_not_changed_is_not_sent_again(reader: Client, web: Door) -> None:
    first = reader.get("/fr/permissions")
    tag = first.headers["etag"]
    again = reader.get("/fr/permissions", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get("/en/permissions").headers["etag"] != tag


def test_a_change_is_seen_at_once(web: Door, reader: Client) -> None:
    router = APIRouter()

    @router.get("/lines")
    def lines(request: Request) -> Response:
        with web.database.reading() as connection:
            return public(Response(str(audit.count(connection))))

    web.app.include_router(router)
    assert reader.get("/fr/lines").text == "0"
    assert reader.get("/fr/lines").headers["etag"]
    with web.database.writing() as connection:
        audit.append(connection, "system", "thing.add", "thing")
    assert reader.get("/fr/lines").text == "1"


def test_a_page_asked_for_by_many_at_once_is_made_once(web: Door) -> None:
    import threading
    import time
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    router, made = APIRouter(), []

    @router.get("/slow")
    def slow(request: Request) -> Response:
        made.append(threading.get_ident())
        time.sleep(0.5)
        return public(Response("slow"))

    web.app.include_router(router)
    with running(web.app) as address, ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: httpx.get(f"{address}/fr/slow").text, range(6)))
    assert (told, len(made)) == (["slow"] * 6, 1)


def test_what_a_signed_in_visitor_sees_is_kept_by_no_cache(web: Door, reader: Client) -> None:
    client = web.signed_in("zorglub", "curator")
    shown = client.get("/fr/permissions")
    assert shown.headers["cache-control"] == "private, no-store"
    assert "zorglub" in shown.text
    assert "zorglub" not in reader.get("/fr/permissions").text
    assert reader.get("/fr/sign-in").headers["cache-control"] == "private, no-store"


def test_an_unknown_page_is_a_page_and_an_unknown_operation_a_problem(reader: Client) -> None:
    page = reader.get("/en/nothing")
    assert page.status_code == 404
    assert "<h1>There is nothing here</h1>" in page.text
    told = reader.get("/api/nothing", headers={"Accept-Language": "en"})
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["status"] == 404


@pytest.fixture
def odd(web: Door) -> Door:
    """The site with routes that go wrong."""
    router = APIRouter()

    @router.get("/mistake")
    @router.get("/api/mistake")
    def mistake() -> None:
        raise PreuveError("<b>Wrong</b> way.", where="here", remedy="Turn round.")

    @router.get("/failure")
    @router.get("/api/failure")
    def failure() -> None:
        raise RuntimeError("secret detail")

    @router.post("/api/measure", openapi_extra={"requestBody": {"content": {"text/turtle": {}}}})
    async def measure(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    @router.post("/keep", dependencies=[allowed("catalogue.edit")])
    def keep() -> Response:
        return Response("kept")

    web.app.include_router(router)
    return web


def test_a_mistake_is_told_with_its_remedy_and_its_markup_is_text(odd: Door) -> None:
    page = odd.client().get("/en/mistake")
    assert page.status_code == 400
    assert "&lt;b&gt;Wrong&lt;/b&gt; way." in page.text
    assert "Turn round." in page.text
    told = odd.client().get("/api/mistake").json()
    assert (told["detail"], told["where"], told["remedy"]) == (
        "<b>Wrong</b> way.",
        "here",
        "Turn round.",
    )


def test_a_failure_shows_a_number_and_no_detail(
    odd: Door, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/en/failure", "/api/failure"):
        told = odd.client().get(path)
        assert told.status_code == 500
        assert "secret detail" not in told.text
        assert "Traceback" not in told.text
        number = caplog.records[-1].getMessage().split()[1].rstrip(":")
        assert number in told.text
        assert told.headers["content-security-policy"]


def test_a_body_that_is_too_large_is_stopped_while_it_arrives(web: Door, odd: Door) -> None:
    small = Settings.read({"PREUVE_SITE": str(web.settings.folder), "PREUVE_BODY_LIMIT": "1000"})
    app = application(small, web.database)

    @app.post("/api/size", openapi_extra={"requestBody": {"content": {"text/turtle": {}}}})
    async def size(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    client = Client(app, base_url=ADDRESS)
    kind = {"Content-Type": "text/turtle"}
    assert client.post("/api/size", content=b"x" * 1000, headers=kind).json() == {"size": 1000}
    assert client.post("/api/size", content=b"x" * 1001, headers=kind).status_code == 413
    taken = 0

    def pieces() -> object:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield b"x" * 100

    unannounced = client.post("/api/size", content=pieces(), headers=kind)
    assert unannounced.status_code == 413
    assert unannounced.headers["content-type"] == "application/problem+json"


def test_a_file_of_a_kind_that_is_not_read_is_refused(odd: Door) -> None:
    client = odd.client()
    told = client.post("/api/measure", content=b"{}", headers={"Content-Type": "application/pdf"})
    assert told.status_code == 415
    assert "text/turtle" in told.json()["detail"]
    read = client.post("/api/measure", content=b"abc", headers={"Content-Type": "text/turtle"})
    assert read.json() == {"size": 3}
    json = client.post("/en/sign-in", content=b"{}", headers={"Content-Type": "application/json"})
    assert json.status_code == 415


def test_another_host_name_is_not_answered(web: Door) -> None:
    client = Client(web.app, base_url="http://evil.example")
    assert client.get("/fr/").status_code == 400


def test_a_form_from_another_site_is_refused(odd: Door) -> None:
    client = odd.signed_in("carl", "curator")
    kept = client.submit("/en/keep")
    assert (kept.status_code, kept.text) == (200, "kept")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
    ):
        refused = client.submit("/en/keep", headers=headers)
        assert refused.status_code == 403
        assert "another site" in refused.text


def test_a_form_without_the_mark_of_the_session_is_refused(odd: Door) -> None:
    client = odd.signed_in("carl", "curator")
    other = odd.signed_in("dora", "curator")
    for mark in ("", "0" * 64, other.csrf):
        refused = client.submit("/en/keep", {"csrf": mark})
        assert refused.status_code == 403
        assert "your session" in refused.text
    by_script = client.post("/en/keep", headers={"Origin": ADDRESS, "X-CSRF-Token": client.csrf})
    assert by_script.text == "kept"


def test_a_malformed_form_is_told_without_a_traceback(reader: Client) -> None:
    told = reader.post(
        "/en/sign-in",
        content=b"--x\r\nbroken",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert told.status_code == 400
    missing = reader.submit("/en/sign-in", {"name": "x"})
    assert missing.status_code == 400
    assert "password" in missing.text


def test_head_is_answered_like_get_without_a_body(served: str) -> None:
    import httpx

    head = httpx.head(f"{served}/fr/permissions")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == httpx.get(f"{served}/fr/permissions").headers["etag"]


def test_the_description_of_the_interface_is_openapi_3_1(reader: Client) -> None:
    told = reader.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert not [path for path in told["paths"] if not path.startswith("/api/")]


def test_texts_of_two_requests_at_once_keep_their_languages(served: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    def read(number: int) -> bool:
        language = ("fr", "en")[number % 2]
        text = httpx.get(f"{served}/{language}/nothing-{number}").text
        word = {"fr": "Aller au contenu", "en": "Skip to the content"}[language]
        return f'lang="{language}"' in text and word in text

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(60)))
