"""Changing the register: contributors propose, curators decide, nobody's words are lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from web.door import Client, Door
from web.register_shown import filled

from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.registry import register
from preuve.registry.entry import Entry, load_entry, parse_entry
from preuve.web.register import proposals

Sign = Callable[[str], Client]
NAME = "lecteur-thorax"


def text_of(**changes: Any) -> str:
    return yaml.safe_dump(load_entry(NAME).record() | changes, allow_unicode=True)


def standing(web: Door, name: str = NAME) -> register.Held:
    with web.database.reading() as connection:
        found = register.get(connection, name)
    assert found is not None
    return found


@pytest.fixture
def curator(web: Door, as_role: Sign) -> Client:
    filled(web.database)
    return as_role("curator")


def test_a_curator_publishes_a_new_entry(web: Door, as_role: Sign) -> None:
    answer = as_role("curator").submit("/en/register/new", {"text": text_of(), "why": "first"})
    assert answer.headers["location"] == f"/en/register/{NAME}"
    assert standing(web).revision == 1
    with web.database.reading() as connection:
        line = audit.entries(connection, subject=NAME)[0]
    assert (line.action, line.actor) == ("entry.add", "a-curator")


def test_a_contributor_proposes_and_a_curator_publishes(web: Door, as_role: Sign) -> None:
    author = as_role("contributor")
    answer = author.submit("/en/register/new", {"text": text_of(), "why": "please"})
    where = answer.headers["location"]
    assert where.startswith("/en/register/proposals/")
    assert web.client().get(f"/en/register/{NAME}").status_code == 404
    assert "It waits for a curator" in author.get(where).text
    assert author.submit(f"{where}/publish").status_code == 403
    with web.database.reading() as connection:
        assert register.get(connection, NAME) is None
    curator = as_role("curator")
    assert where in curator.get("/en/register").text
    assert curator.submit(f"{where}/publish").status_code == 303
    assert standing(web).entry == load_entry(NAME)
    assert "A curator published it." in author.get(where).text
    assert curator.submit(f"{where}/publish").status_code == 422


def test_a_proposal_is_seen_by_its_author_and_curators_alone(web: Door, as_role: Sign) -> None:
    where = as_role("contributor").submit("/en/register/new", {"text": text_of()})
    path = where.headers["location"]
    other = web.signed_in("another", "contributor")
    assert other.get(path).status_code == 403
    assert path not in other.get("/en/register").text
    assert web.client().get(path).status_code == 303
    assert as_role("curator").get("/en/register/proposals/999").status_code == 404


def test_a_refusal_needs_a_reason_and_its_author_reads_it(web: Door, as_role: Sign) -> None:
    author = as_role("contributor")
    path = author.submit("/en/register/new", {"text": text_of()}).headers["location"]
    curator = as_role("curator")
    assert curator.submit(f"{path}/refuse", {"answer": " "}).status_code == 422
    assert curator.submit(f"{path}/refuse", {"answer": "No version"}).status_code == 303
    assert "No version" in author.get(path).text


def test_a_contributor_may_not_withdraw_nor_publish(web: Door, as_role: Sign) -> None:
    filled(web.database)
    contributor = as_role("contributor")
    for path in ("withdraw", "restore"):
        answer = contributor.submit(f"/en/register/{NAME}/{path}", {"read": 1, "why": "no"})
        assert answer.status_code == 403
    assert standing(web).status == "current"
    with web.database.reading() as connection:
        assert audit.entries(connection)[0].action == "request.refused"


def test_a_reader_is_sent_to_sign_in(web: Door, reader: Client) -> None:
    filled(web.database)
    for path in ("new", "import", f"{NAME}/edit", f"{NAME}/edit/questions", f"{NAME}/withdraw"):
        assert "/sign-in" in reader.get(f"/en/register/{path}").headers["location"]
    assert reader.submit("/en/register/new", {"text": text_of()}).status_code in (303, 401)


def test_mistakes_are_told_beside_their_lines_and_the_text_stays(curator: Client) -> None:
    wrong = text_of().replace("line: imaging", "line: imagin")
    answer = curator.submit(f"/en/register/{NAME}/edit", {"text": wrong, "read": 1})
    assert answer.status_code == 422
    number = wrong.splitlines().index("line: imagin") + 1
    assert f"<code>{number} │ line: imagin</code>" in answer.text
    assert "Did you mean" in answer.text
    assert "line: imagin\n" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b: c",
        "- 1\n- 2",
        "\t- x",
        "&a [*a]",
        "preuve_entry: 1",
        "x: " + "[" * 5000,
        "!!python/object:os.system x",
    ],
    ids=["empty", "colon", "list", "tab", "alias", "short", "deep", "tag"],
)
def test_what_is_no_entry_is_refused_and_nothing_kept(web: Door, as_role: Sign, text: str) -> None:
    answer = as_role("curator").submit("/en/register/new", {"text": text})
    assert answer.status_code in (400, 422)
    with web.database.reading() as connection:
        assert register.find(connection) == ()


def test_a_date_that_does_not_exist_in_an_entry_is_named(curator: Client) -> None:
    wrong = text_of(artefacts=[{**load_entry(NAME).record()["artefacts"][0], "date": "2026-02-30"}])
    answer = curator.submit(f"/en/register/{NAME}/edit", {"text": wrong, "read": 1})
    assert answer.status_code == 422
    assert "2026-02-30" in answer.text
    assert "is not a date that exists" in answer.text


def test_two_editors_both_texts_are_shown_and_kept(
    web: Door, curator: Client, as_role: Sign
) -> None:
    other = web.signed_in("second", "curator")
    path = f"/en/register/{NAME}/edit"
    assert curator.submit(path, {"text": text_of(name="First"), "read": 1}).status_code == 303
    answer = other.submit(path, {"text": text_of(name="Second"), "read": 1, "why": "mine"})
    assert answer.status_code == 409
    assert "name: First" in answer.text
    assert "name: Second" in answer.text
    assert standing(web).entry.name == "First"
    with web.database.reading() as connection:
        texts = [one for one in register.history(connection, NAME) if one.aside]
        kept = register.text_of(connection, NAME, texts[0].number)
    assert (kept.name, texts[0].actor) == ("Second", "second")
    third = other.submit(path, {"text": text_of(name="Both"), "read": standing(web).revision})
    assert third.status_code == 303
    assert standing(web).entry.name == "Both"


def test_a_proposal_on_a_text_that_changed_shows_both(web: Door, as_role: Sign) -> None:
    filled(web.database)
    author, curator = as_role("contributor"), as_role("curator")
    edit = f"/en/register/{NAME}/edit"
    proposed = author.submit(edit, {"text": text_of(name="Proposed"), "read": 1})
    assert curator.submit(edit, {"text": text_of(name="Meanwhile"), "read": 1}).status_code == 303
    where = proposed.headers["location"]
    assert "The entry has changed since" in curator.get(where).text
    answer = curator.submit(f"{where}/publish")
    assert answer.status_code == 409
    assert "name: Proposed" in answer.text
    assert "name: Meanwhile" in answer.text
    assert standing(web).entry.name == "Meanwhile"
    assert "It waits for a curator" in author.get(where).text


def test_an_identifier_does_not_change_and_reserved_ones_are_refused(curator: Client) -> None:
    moved = curator.submit(f"/en/register/{NAME}/edit", {"text": text_of(id="other"), "read": 1})
    assert moved.status_code == 422
    reserved = curator.submit("/en/register/new", {"text": text_of(id="import")})
    assert reserved.status_code == 422
    assert "kept for a page" in reserved.text
    twice = curator.submit("/en/register/new", {"text": text_of()})
    assert "already holds an entry" in twice.text


def test_a_curator_withdraws_with_a_reason_and_brings_back(web: Door, curator: Client) -> None:
    path = f"/en/register/{NAME}"
    assert curator.submit(f"{path}/withdraw", {"read": 1, "why": ""}).status_code == 422
    assert curator.submit(f"{path}/withdraw", {"read": 1, "why": "recall"}).status_code == 303
    assert web.client().get(path).status_code == 404
    assert f'{path}"' not in web.client().get("/en/register").text
    assert "withdrawn" in curator.get(path).text
    assert curator.submit(f"{path}/restore", {"read": 2}).status_code == 303
    assert web.client().get(path).status_code == 200


def test_the_intended_use_by_its_form(web: Door, curator: Client) -> None:
    path = f"/en/register/{NAME}/edit/intended-use"
    assert "In French" in curator.get(path).text
    fields = {"read": 1, "environment.fr": "Salle de lecture", "environment.en": "Reading room"}
    assert curator.submit(path, fields).status_code == 303
    uses = standing(web).entry.intended_use
    assert str(uses.environment) == "Reading room"
    assert uses.indication is None


def test_the_questions_by_their_form(web: Door, curator: Client) -> None:
    path = f"/en/register/{NAME}/edit/questions"
    assert "Does it act for the benefit of individual patients?" in curator.get(path).text
    fields = {
        "read": 1,
        "device.is_software": "",
        "device.medical_purpose": "no",
        "device.purpose": "monitor_physiology",
        "ai_act.annex_iii": ["", "emergency_triage"],
        "ai_act.prohibited": ["", "none"],
    }
    assert curator.submit(path, fields).status_code == 303
    entry = standing(web).entry
    assert entry.device.is_software is None
    assert entry.device.medical_purpose is False
    assert entry.device.purpose == "monitor_physiology"
    assert entry.ai_act.annex_iii == ("emergency_triage",)
    assert entry.ai_act.prohibited == ()
    assert entry.device.interprets is load_entry(NAME).device.interprets
    bad = curator.submit(path, {"read": 2, "device.purpose": "conquest"})
    assert bad.status_code == 422


def test_a_deployment_by_its_form_also_from_a_contributor(web: Door, as_role: Sign) -> None:
    filled(web.database)
    path = f"/en/register/{NAME}/edit/deployments"
    version = load_entry(NAME).versions[0].version
    fields = {
        "read": 1,
        "id": "roseraie-radio",
        "site": "Clinique de la Roseraie (fictive)",
        "version": version,
        "threshold": "0,4",
        "roles": ["deployer"],
        "public_body": "no",
        "since": "2026-11-01",
    }
    where = as_role("contributor").submit(path, fields).headers["location"]
    assert as_role("curator").submit(f"{where}/publish").status_code == 303
    made = standing(web).entry.deployment("roseraie-radio")
    assert made is not None
    assert (made.threshold, made.public_body, made.public_service) == (0.4, False, None)
    wrong = as_role("curator").submit(path, {**fields, "read": 2, "since": "2026-11-31", "id": "b"})
    assert wrong.status_code == 422
    assert 'value="Clinique de la Roseraie (fictive)"' in wrong.text


def document(**changes: Any) -> dict[str, Any]:
    return {
        "read": 1,
        "kind": "ifu",
        "title.fr": "Notice",
        "title.en": "Instructions",
        "date": "2026-10-01",
        "provided_by": "provider",
    } | changes


def test_a_document_is_kept_under_its_digest_and_read_back(web: Door, curator: Client) -> None:
    path = f"/en/register/{NAME}/edit/artefacts"
    sent = b"%PDF-1.7 notice"
    answer = curator.submit(
        path, document(), files={"file": ("../../Notice.pdf", sent, "application/pdf")}
    )
    assert answer.status_code == 303
    added = standing(web).entry.artefacts[-1]
    assert added.digest is not None
    text = web.client().get(f"/en/register/{NAME}").text
    where = f"/en/register/{NAME}/documents/{added.digest.removeprefix('sha256:')}"
    assert where in text
    kept = web.client().get(where)
    assert kept.content == sent
    assert kept.headers["content-disposition"] == 'attachment; filename="Notice.pdf"'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("notice.pdf", b"<html>"),
        ("tool.exe", b"MZ"),
        ("empty.txt", b""),
        ("picture.svg", b"<svg onload='alert(1)'>"),
    ],
)
def test_a_file_of_the_wrong_type_is_refused_and_not_kept(
    web: Door, curator: Client, name: str, content: bytes
) -> None:
    path = f"/en/register/{NAME}/edit/artefacts"
    answer = curator.submit(path, document(), files={"file": (name, content, "application/pdf")})
    assert answer.status_code == 422
    assert standing(web).revision == 1
    with web.database.reading() as connection:
        from preuve.core.store import artefacts

        assert artefacts.listed(connection, "document") == []


@pytest.mark.parametrize(
    "fields",
    [{}, {"url": "javascript:alert(1)"}, {"url": "https://a.example", "kind": "no-such"}],
    ids=["nothing", "script", "kind"],
)
def test_a_document_without_proof_or_with_a_bad_address_is_refused(
    curator: Client, fields: dict[str, str]
) -> None:
    answer = curator.submit(f"/en/register/{NAME}/edit/artefacts", document(**fields))
    assert answer.status_code == 422


def test_a_form_without_its_revision_is_refused(curator: Client) -> None:
    for read in ("", "x", "-1", "99999999999"):
        answer = curator.submit(f"/en/register/{NAME}/edit/intended-use", {"read": read})
        assert answer.status_code == 400


def test_a_chai_card_becomes_a_draft_with_what_was_not_mapped(
    curator: Client, data_root: Path, web: Door
) -> None:
    card = sorted((data_root / "chai-model-cards").rglob("*.xml"))[0]
    answer = curator.submit(
        "/en/register/import", files={"file": (card.name, card.read_bytes(), "text/xml")}
    )
    assert answer.status_code == 200
    assert "What no field of the entry holds" in answer.text
    assert "claim" in answer.text
    assert "<textarea" in answer.text
    with web.database.reading() as connection:
        assert len(register.find(connection)) == 6


@pytest.mark.parametrize(
    "content",
    [
        b"not xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<html/>",
        b"",
    ],
)
def test_what_is_no_card_is_refused(curator: Client, content: bytes) -> None:
    answer = curator.submit("/en/register/import", files={"file": ("c.xml", content, "text/xml")})
    assert answer.status_code == 422


def test_proposals_on_both_databases(store: Database) -> None:
    entry = load_entry(NAME)
    with store.writing() as connection:
        first = proposals.propose(connection, entry, "ann", why="new")
        second = proposals.propose(connection, entry, "bob")
    with store.reading() as connection:
        assert [one.id for one in proposals.waiting(connection)] == [first.id, second.id]
        assert proposals.waiting(connection, actor="ann") == [first]
    with store.writing() as connection:
        assert not proposals.publish(connection, first, "cleo").aside
    with store.reading() as connection:
        held = register.get(connection, NAME)
        assert proposals.get(connection, first.id).decided_by == "cleo"
    assert held is not None
    assert held.entry == entry
    with store.writing() as connection:
        proposals.refuse(connection, second, "cleo", "there already")
    with store.reading() as connection:
        assert proposals.waiting(connection) == []
        actions = [one.action for one in audit.entries(connection, subject=NAME)]
    assert actions == [
        "proposal.refuse",
        "proposal.publish",
        "entry.add",
        "entry.propose",
        "entry.propose",
    ]


def test_an_entry_written_as_yaml_reads_back_the_same() -> None:
    from preuve.registry.entry import examples
    from preuve.web.register.written import written

    for name in examples():
        entry: Entry = load_entry(name)
        assert parse_entry(written(entry.record())) == entry
