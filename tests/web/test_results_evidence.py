"""Evidence through the front door: checked to the byte, shown with its intervals."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from web.door import Client, Door
from web.results_shown import FILE, altered, draft, evidence_published, page_published

from preuve.core.evidence import Evidence
from preuve.core.language import LANGUAGES
from preuve.core.record import digest
from preuve.core.signature import Key
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.core.usecase import Text
from preuve.web.results import publish_page
from preuve.web.results.publishing import publish, withdraw
from preuve.web.results.result import counts, find, of_content, of_system, page_of

Sign = Callable[[str], Client]


def send(client: Client, content: bytes, name: str = "a.evidence.json") -> object:
    return client.submit("/en/evidence/new", files={"file": (name, content, "application/json")})


def test_an_evidence_is_kept_once_with_its_pages_and_a_line_in_the_log(store: Database) -> None:
    made = evidence_published(store)
    again = evidence_published(store)
    assert made == again
    with store.reading() as connection:
        assert find(connection, made.id) == made
        assert [one.action for one in audit.entries(connection, subject=made.id)] == [
            "evidence.publish"
        ]
        assert page_of(connection, "evidence") == ([made], 1)
        assert page_of(connection, "impact") == ([], 0)
        assert counts(connection) == {"evidence": 1, "impact": 0, "appraisal": 0}
        assert of_content(connection, [made.content]) == [made]
        assert of_content(connection, [made.source]) == [made]
        assert of_content(connection, ["sha256:" + "0" * 64]) == []
        assert of_system(connection, [made.systems[0].digest]) == [made]


def test_what_is_withdrawn_is_shown_no_more_and_may_come_back(store: Database) -> None:
    made = evidence_published(store)
    with store.writing() as connection:
        withdraw(connection, made, actor="tests")
    with store.reading() as connection:
        assert page_of(connection, "evidence") == ([], 0)
        assert of_content(connection, [made.content]) == []
    with store.writing() as connection:
        assert publish(connection, draft(), "tests").status == "published"


def test_the_landing_page_starts_with_conclusion_and_limits_then_figures(
    web: Door, reader: Client
) -> None:
    made = evidence_published(web.database)
    text = reader.get(f"/en/evidence/{made.id}").text
    places = [
        text.index(words)
        for words in (
            'id="conclusion"',
            "area under the ROC curve 0.993 (95% confidence interval 0.975",
            'id="limits"',
            "Main figures",
            "What the protocol required",
            made.content,
        )
    ]
    assert places == sorted(places)
    for expected in ("87.7%", "56.7%", "LUDB", "preuve verify", "0.938", "71%"):
        assert expected in text
    key = Evidence.load(FILE).record["signature"]["key"]
    assert key in text


def test_the_signed_file_comes_back_byte_for_byte(web: Door, reader: Client) -> None:
    made = evidence_published(web.database)
    for path in (f"/fr/evidence/{made.id}/source", f"/api/results/{made.id}/source"):
        answer = reader.get(path)
        assert answer.content == FILE.read_bytes()
        assert answer.headers["content-disposition"].startswith("attachment")


def test_the_whole_page_is_served_under_its_own_policy(web: Door, reader: Client) -> None:
    made = evidence_published(web.database)
    answer = reader.get(f"/fr/evidence/{made.id}/page")
    assert answer.status_code == 200
    assert "script-src 'sha256-" in answer.text
    assert "style-src 'self'" not in answer.headers["content-security-policy"]
    assert digest(answer.content) == made.pages["fr"]


def test_one_altered_byte_is_refused_with_a_clear_page(as_role: Sign, web: Door) -> None:
    content = FILE.read_bytes()
    place = content.index(b'"value":0.99') + len(b'"value":0.9')
    forged = content[:place] + b"8" + content[place + 1 :]
    answer = send(as_role("evaluator"), forged)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "altered" in answer.text  # type: ignore[attr-defined]
    with web.database.reading() as connection:
        assert counts(connection)["evidence"] == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content + b" ",
        lambda content: json.dumps(json.loads(content), indent=1).encode(),
        lambda content: content.replace(b'{"content":', b'{"content":{},"content":', 1),
    ],
    ids=["space", "rewritten", "key twice"],
)
def test_the_same_values_in_other_bytes_are_refused(
    as_role: Sign, change: Callable[[bytes], bytes]
) -> None:
    answer = send(as_role("evaluator"), change(FILE.read_bytes()))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "altered" in answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><h1>My page</h1>",
        b"[1, 2]",
        b'{"content": {}}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"null",
        altered(sites=3),
        altered(synthetic=True),
    ],
    ids=["empty", "page", "list", "hollow", "deep", "bytes", "null", "sites", "synthetic"],
)
def test_what_is_no_evidence_is_refused(as_role: Sign, web: Door, content: bytes) -> None:
    answer = send(as_role("evaluator"), content)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "The file was refused" in answer.text  # type: ignore[attr-defined]
    with web.database.reading() as connection:
        assert counts(connection)["evidence"] == 0


def resigned(change: Callable[[dict[str, object]], None]) -> bytes:
    """The evidence changed and signed again by a stranger's key."""
    record = json.loads(FILE.read_bytes())
    change(record["content"])
    return Evidence.sign(record["content"], record["run"], Key.generate()).written


def test_figures_that_do_not_follow_from_the_releases_are_refused(as_role: Sign) -> None:
    def better(content: dict[str, object]) -> None:
        rows = content["estimates"]
        assert isinstance(rows, list)
        for row in rows:
            if row["estimate"] and row["measure"] == "sensitivity":
                row["estimate"]["value"] = 0.999

    answer = send(as_role("evaluator"), resigned(better))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "do not follow from its releases" in answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["usecase", "system", "sites", "estimates"])
def test_a_signed_file_of_another_form_is_refused_not_a_failure(as_role: Sign, name: str) -> None:
    def hollow(content: dict[str, object]) -> None:
        content[name] = {"sites": []}.get(name, {})

    answer = send(as_role("evaluator"), resigned(hollow))
    assert answer.status_code == 422  # type: ignore[attr-defined]


def test_a_signed_file_without_its_run_is_refused(as_role: Sign) -> None:
    record = json.loads(FILE.read_bytes())
    made = Evidence.sign(record["content"], {"software": 3}, Key.generate())
    answer = send(as_role("evaluator"), made.written)
    assert answer.status_code == 422  # type: ignore[attr-defined]


def test_an_evaluator_publishes_and_a_contributor_may_not(as_role: Sign, web: Door) -> None:
    assert send(as_role("contributor"), FILE.read_bytes()).status_code == 403  # type: ignore[attr-defined]
    answer = send(as_role("evaluator"), FILE.read_bytes())
    assert answer.status_code == 303  # type: ignore[attr-defined]
    with web.database.reading() as connection:
        assert counts(connection)["evidence"] == 1
        entry = audit.entries(connection, limit=1)[0]
    assert (entry.action, entry.actor) == ("evidence.publish", "a-evaluator")


def test_a_curator_withdraws(as_role: Sign, web: Door, reader: Client) -> None:
    made = evidence_published(web.database)
    assert as_role("evaluator").submit(f"/en/evidence/{made.id}/withdraw").status_code == 403
    assert as_role("curator").submit(f"/en/evidence/{made.id}/withdraw").status_code == 303
    assert reader.get(f"/en/evidence/{made.id}").status_code == 404
    assert reader.get(f"/api/results/{made.id}").status_code == 404


def test_pages_of_impacts_come_from_the_program_alone(web: Door, reader: Client) -> None:
    made = page_published(web.database)
    text = reader.get(f"/en/impacts/{made.id}").text
    assert text.index("Journeys get longer.") < text.index("A trial.")
    assert "SYNTHETIC" in text
    assert "Whole page" in reader.get(f"/en/impacts/{made.id}/page").text
    assert "Page entière" in reader.get(f"/fr/impacts/{made.id}/page").text
    assert reader.get(f"/en/evidence/{made.id}").status_code == 404
    assert reader.get(f"/en/impacts/{made.id}/source").status_code == 404


def test_an_evidence_is_never_published_as_a_mere_page(store: Database) -> None:
    with store.writing() as connection, pytest.raises(ValueError, match="signed file"):
        publish_page(connection, "evidence", {}, None, actor="tests")  # type: ignore[arg-type]


def test_a_page_that_the_program_did_not_render_is_refused(store: Database) -> None:
    pages = dict.fromkeys(LANGUAGES, b"<!DOCTYPE html><script>alert(1)</script>")
    with store.writing() as connection, pytest.raises(ValueError, match="policy"):
        publish_page(connection, "impact", pages, Text(fr="a", en="a"), actor="tests")


def test_the_interface_lists_shows_and_accepts(web: Door, reader: Client, as_role: Sign) -> None:
    made = evidence_published(web.database)
    page_published(web.database)
    listed = reader.get("/api/results?kind=evidence").json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, made.id)
    assert reader.get("/api/results?size=0").status_code == 422
    assert reader.get("/api/results/none").json()["status"] == 404
    assert reader.post("/api/results", content=FILE.read_bytes()).status_code in (401, 415)
    headers = {"Content-Type": "application/json"}
    assert reader.post("/api/results", content=b"{}", headers=headers).status_code == 401
    refused = as_role("evaluator")
    headers["X-CSRF-Token"] = refused.csrf
    answer = refused.post("/api/results", content=b"{}", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
