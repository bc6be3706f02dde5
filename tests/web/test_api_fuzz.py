"""The interface for programs, fuzzed from its own description: never a failure of the server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from hypothesis import HealthCheck, Phase, given, settings
from requests import Request
from schemathesis import openapi
from schemathesis.config import GenerationConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from web.door import Door, running
from web.pages import fill

from preuve.core.store.database import Database
from preuve.web.accounts import account, keys
from preuve.web.application import application
from preuve.web.settings import Settings

EXAMPLES = 6
"""Requests per operation of valid values, and as many of others."""
_MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@dataclass
class Target:
    """A site to be maltreated: its address, its description, the key of an administrator."""

    address: str
    description: dict[str, Any]
    key: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    given = {"PREUVE_SITE": str(tmp_path_factory.mktemp("site")), "PREUVE_BODY_LIMIT": "200000"}
    chosen = Settings.read(given)
    database = Database.open(chosen.database)
    fill(database)
    door = Door(application(chosen, database), chosen, database)
    door.signed_in("boss", "administrator")
    with database.writing() as connection:
        key = keys.make(connection, account.get(connection, "boss"), "fuzz", 1)
    with running(door.app) as address:
        yield Target(address, door.app.openapi(), key)
    database.close()


def fuzz(
    target: Target,
    headers: dict[str, str],
    examples: int = EXAMPLES,
    modes: Sequence[GenerationMode] = _MODES,
) -> dict[str, int]:
    """Every operation of a description, asked for in every way; what was answered, counted."""
    logging.getLogger("preuve.web").setLevel(logging.CRITICAL)
    config = SchemathesisConfig()
    config.projects.default.generation = GenerationConfig(modes=_MODES)
    found = openapi.from_dict(target.description, config=config)
    answers: dict[str, int] = {}
    with httpx.Client(base_url=target.address, timeout=30, headers=headers) as client:
        for result in found.get_all_operations():
            assert isinstance(result, Ok), "an operation is not described"
            for mode in modes:
                _ask(client, result.ok(), mode, examples, answers)
    return answers


def _ask(
    client: Any, operation: Any, mode: GenerationMode, examples: int, answers: dict[str, int]
) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url=str(client.base_url))
        told = _sent(client, sent)
        if told is None:
            return
        answers[str(told.status_code)] = answers.get(str(told.status_code), 0) + 1
        assert told.status_code < 500, f"{told.request.method} {told.request.url}: {told.text}"
        if told.status_code >= 400 and told.request.url.path.startswith("/api/"):
            assert told.headers["content-type"] == "application/problem+json"
            assert told.json()["status"] == told.status_code

    try:
        asked()
    except Exception as error:
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "Skipped"):
            raise


def _sent(client: httpx.Client, sent: dict[str, Any]) -> httpx.Response | None:
    """The answer; None for what no client can send."""
    try:
        made = Request(**{name: sent[name] for name in _OF_REQUESTS if name in sent}).prepare()
        ours = {"host", *(name.lower() for name in client.headers if name == "authorization")}
        own = {name: value for name, value in made.headers.items() if name.lower() not in ours}
        return client.request(made.method or "GET", made.url or "", content=made.body, headers=own)
    except (UnicodeError, ValueError, httpx.InvalidURL, httpx.LocalProtocolError):
        return None


_OF_REQUESTS = ("method", "url", "headers", "files", "data", "params", "json", "cookies")


def test_a_program_with_every_right_never_makes_the_server_fail(target: Target) -> None:
    answers = fuzz(target, {"Authorization": f"Bearer {target.key}"})
    assert answers.get("200", 0) > 0
    assert "401" not in answers


def test_a_program_without_a_key_never_makes_the_server_fail(target: Target) -> None:
    answers = fuzz(target, {}, examples=3, modes=[GenerationMode.POSITIVE])
    assert answers.get("200", 0) > 0


def test_the_fuzzing_finds_a_failure_that_is_there(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    chosen = Settings.read({"PREUVE_SITE": str(tmp_path_factory.mktemp("site"))})
    database = Database.open(chosen.database)
    app = application(chosen, database)
    router = APIRouter()

    @router.get("/api/share")
    def share(parts: int) -> float:
        return 1 / parts if parts >= 0 else 1 / 0

    app.include_router(router)
    with running(app) as address, pytest.raises(AssertionError, match="/api/share"):
        fuzz(Target(address, app.openapi(), ""), {})
    database.close()
