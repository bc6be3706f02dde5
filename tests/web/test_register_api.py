"""The register for machines: negotiation, revisions, what is owed, and errors as problems."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from web.door import Client, Door
from web.register_shown import MEASURED, everything, filled
from web.results_shown import draft

from preuve.registry import register
from preuve.registry.entry import load_entry, parse_entry

Sign = Callable[[str], Client]
ONE = "/api/register/systems/lecteur-thorax"


@pytest.fixture
def shown(web: Door, reader: Client) -> Client:
    filled(web.database)
    return reader


def send(client: Client, verb: str, path: str, record: Any, **headers: str) -> Any:
    told = {
        "Content-Type": "application/json",
        "X-CSRF-Token": client.csrf,
        "Accept-Language": "en",
        **headers,
    }
    return client.request(verb, path, content=json.dumps(record), headers=told)


def test_the_list_is_paged_and_filtered(shown: Client) -> None:
    first = shown.get("/api/register/systems?size=2").json()
    second = shown.get("/api/register/systems?size=2&page=2").json()
    assert (first["total"], len(first["items"])) == (6, 2)
    assert {one["id"] for one in first["items"]}.isdisjoint(one["id"] for one in second["items"])
    claimed = shown.get("/api/register/systems?proof=claimed").json()["items"]
    assert [(one["id"], one["status"]) for one in claimed] == [("lecteur-thorax", "claimed")]


@pytest.mark.parametrize("query", ["size=0", "size=9999", "page=0", "line=none", "proof=maybe"])
def test_a_bound_that_is_not_kept_is_a_problem(shown: Client, query: str) -> None:
    answer = shown.get(f"/api/register/systems?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_entry_comes_as_json_or_yaml_with_its_revision(shown: Client) -> None:
    entry = load_entry("lecteur-thorax")
    as_json = shown.get(ONE, headers={"Accept": "application/json"})
    as_yaml = shown.get(ONE, headers={"Accept": "application/yaml;q=0.9, application/json;q=0.1"})
    assert parse_entry(as_json.json()) == entry
    assert parse_entry(yaml.safe_load(as_yaml.text) and as_yaml.text) == entry
    assert as_yaml.headers["content-type"].startswith("application/yaml")
    assert as_json.headers["etag"] == as_yaml.headers["etag"] == '"1"'
    assert shown.get(ONE, headers={"Accept": "image/png"}).status_code == 406


def test_obligations_for_a_role_a_day_and_a_deployment(shown: Client) -> None:
    place = load_entry("lecteur-thorax").deployments[0].id
    told = shown.get(f"{ONE}/obligations?role=deployer&on=2027-12-02&deployment={place}").json()
    assert (told["role"], told["on"], told["deployment"]) == ("deployer", "2027-12-02", place)
    states = {one["state"] for one in told["obligations"]}
    assert {"in_force", "not_concerned"} <= states
    assert all(
        {"expected", "found", "gap", "confidence"} <= set(one) for one in told["obligations"]
    )


@pytest.mark.parametrize("query", ["on=2027-02-30", "on=never", "deployment=none", "on=0001-01-01"])
def test_days_and_deployments_that_do_not_exist_are_problems(shown: Client, query: str) -> None:
    for path in ("obligations", "grid"):
        if path == "grid" and not query.startswith("on"):
            continue
        answer = shown.get(f"{ONE}/{path}?{query}")
        assert answer.status_code == 400
        assert answer.json()["detail"]


def test_every_reading_of_an_entry_answers(web: Door, reader: Client) -> None:
    everything(web.database)
    base = f"/api/register/systems/{MEASURED}"
    assert reader.get(f"{base}/classification").json()["regulation"] == "MDR"
    assert reader.get(f"{base}/intended-use").json()["of"] == 6
    assert reader.get(f"{base}/grid").json()["of"] == 42
    assert reader.get(f"{base}/fhir").json()["resourceType"] == "Bundle"
    card = reader.get(f"{base}/chai", headers={"Accept": "application/json"}).json()
    assert draft().content in json.dumps(card)
    assert b"AppliedModelCard" in reader.get(f"{base}/chai").content
    assert reader.get(f"{base}/revisions").json()[0]["number"] == 1
    assert "actor" not in reader.get(f"{base}/revisions").json()[0]
    assert reader.get("/api/register/schema").json()["title"] == "Entry"
    days = reader.get("/api/register/calendar?since=2027-01-01&size=3").json()
    assert len(days["items"]) == 3
    name = draft().content
    side = reader.get(f"/api/register/comparison?evidence={name}").json()
    assert side["systems"][0]["entry"] == MEASURED
    assert reader.get("/api/register/comparison").status_code == 422
    assert reader.get("/api/register/comparison?evidence=none").status_code == 404


def test_a_curator_adds_and_replaces_with_the_revision(web: Door, as_role: Sign) -> None:
    curator = as_role("curator")
    record = load_entry("lecteur-thorax").record()
    made = send(curator, "POST", "/api/register/systems", record)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert send(curator, "POST", "/api/register/systems", record).status_code == 400
    changed = record | {"name": "Other"}
    assert send(curator, "PUT", ONE, changed).status_code == 428
    kept = send(curator, "PUT", ONE, changed, **{"If-Match": '"1"'})
    assert (kept.status_code, kept.json()["revision"]) == (200, 2)
    stale = send(curator, "PUT", ONE, record | {"name": "Third"}, **{"If-Match": '"1"'})
    assert stale.status_code == 409
    assert "revision 3" in stale.json()["remedy"]
    with web.database.reading() as connection:
        assert register.text_of(connection, "lecteur-thorax", 3).name == "Third"
        held = register.get(connection, "lecteur-thorax")
    assert held is not None
    assert held.entry.name == "Other"


def test_a_contributor_proposes_through_the_interface(web: Door, as_role: Sign) -> None:
    record = load_entry("lecteur-thorax").record()
    answer = send(as_role("contributor"), "POST", "/api/register/systems", record)
    assert answer.status_code == 202
    assert answer.json()["proposal"] == 1
    with web.database.reading() as connection:
        assert register.get(connection, "lecteur-thorax") is None


def test_yaml_is_accepted_and_other_forms_are_not(as_role: Sign) -> None:
    curator = as_role("curator")
    told = {"Content-Type": "application/yaml", "X-CSRF-Token": curator.csrf}
    text = yaml.safe_dump(load_entry("lecteur-thorax").record())
    assert curator.post("/api/register/systems", content=text, headers=told).status_code == 201
    told["Content-Type"] = "text/html"
    assert curator.post("/api/register/systems", content=text, headers=told).status_code == 415


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"id": 3}', b"[" * 100_000, b'{"a": NaN}'],
    ids=["empty", "cut", "list", "null", "bytes", "wrong", "deep", "nan"],
)
def test_what_is_no_entry_is_a_problem_never_a_failure(as_role: Sign, content: bytes) -> None:
    curator = as_role("curator")
    told = {"Content-Type": "application/json", "X-CSRF-Token": curator.csrf}
    answer = curator.post("/api/register/systems", content=content, headers=told)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_invisible_character_is_refused_before_a_database_does(as_role: Sign) -> None:
    record = load_entry("lecteur-thorax").record() | {"name": "A\0B"}
    answer = send(as_role("curator"), "POST", "/api/register/systems", record)
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]


def test_nobody_changes_anything_without_a_key(shown: Client) -> None:
    record = load_entry("lecteur-thorax").record()
    assert send(shown, "POST", "/api/register/systems", record).status_code == 401
    assert send(shown, "PUT", ONE, record, **{"If-Match": '"1"'}).status_code == 401
