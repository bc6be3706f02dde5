"""Evidence and entries that the exchange tests share; the entries are made up."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preuve.core.evidence import Evidence
from preuve.core.record import digest
from preuve.core.signature import Key
from preuve.registry.entry import Entry, parse_entry

PACKAGED = (
    Path(__file__).parents[3] / "src" / "preuve" / "economics" / "models"
) / "ecg-example.evidence.json"

EvidenceMaker = Callable[..., Evidence]
EntryMaker = Callable[..., Entry]


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The file of the packaged example: open research data, one system, five hospitals."""
    return PACKAGED


@pytest.fixture(scope="session")
def evidence(packaged: Path) -> Evidence:
    return Evidence.load(packaged)


@pytest.fixture(scope="session")
def cards(data_root: Path) -> list[Path]:
    """The eighteen published CHAI cards."""
    found = sorted((data_root / "chai-model-cards").glob("*.xml"))
    assert len(found) == 18
    return found


def _elsewhere(site: dict[str, Any]) -> None:
    """The release of a site, signed by another node."""
    release = site["release"]
    if release is None:
        return
    key = Key.generate()
    release["node_key"] = key.public
    del release["signature"]
    release["signature"] = key.sign({**release, "released": digest(release["released"])})


@pytest.fixture(scope="session")
def make_evidence(evidence: Evidence) -> EvidenceMaker:
    """A copy of the packaged evidence as another system would have it, signed again.

    Args: name, mark (a hexadecimal digit of its digest), shift (of the centre of every figure, on
    its scale), elsewhere (other nodes signed), usecase (changes), comparator, comparison.
    """

    def make(
        name: str = "other",
        *,
        mark: str = "a",
        shift: float = 0.0,
        elsewhere: bool = False,
        usecase: dict[str, Any] | None = None,
        synthetic: bool = False,
        run: dict[str, Any] | None = None,
        door: str = "onnx",
        comparator: dict[str, Any] | None = None,
        comparison: list[dict[str, Any]] | None = None,
    ) -> Evidence:
        content = copy.deepcopy(dict(evidence.content))
        system = dict(content["system"]) | {"name": name, "version": "2.0", "door": door}
        system["card"] = {"title": {"fr": f"Système {name}", "en": f"System {name}"}}
        content["system"] = system | {"digest": "sha256:" + mark * 64}
        for row in content["estimates"]:
            written = row["estimate"]
            if written is not None and written["distribution"].get("scale") == "logit":
                written["distribution"]["centre"] += shift
        if elsewhere:
            for site in content["sites"]:
                _elsewhere(site)
        if usecase:
            content["usecase"] = content["usecase"] | usecase
            content["usecase_digest"] = digest(content["usecase"])
        content["synthetic"] = synthetic
        content["comparator"] = comparator
        content["comparison"] = comparison or []
        return Evidence.sign(content, dict(run or evidence.record["run"]), Key.generate())

    return make


@pytest.fixture(scope="session")
def make_entry() -> EntryMaker:
    """A made-up entry; the arguments replace its fields."""

    def make(**changes: Any) -> Entry:
        record: dict[str, Any] = {
            "preuve_entry": 1,
            "id": "lecteur-exemple",
            "name": "Lecteur exemple",
            "title": {"fr": "Lecteur d’exemple", "en": "Example reader"},
            "synthetic": True,
            "maker": {"name": "Éditeur fictif"},
            "line": "signal",
            "function": "detection",
        }
        return parse_entry(record | changes)

    return make
