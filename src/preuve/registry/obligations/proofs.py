"""Proofs: the documents of an entry and its signed evidence, as evidence artefacts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.registry.facts import load
from preuve.registry.obligations.obligation import Proof
from preuve.registry.obligations.situation import Situation

EXTERNAL_SITES = 2
"""How many hospitals must have released results for a validation to be external."""


@dataclass(frozen=True)
class SetAside:
    """A signed evidence file that does not count for an entry, and why."""

    digest: str
    why: str


@dataclass(frozen=True)
class Shelf:
    """The proofs of a situation, by artefact code: those that hold on the day, and the others."""

    holding: Mapping[str, tuple[Proof, ...]]
    expired: Mapping[str, tuple[Proof, ...]]
    set_aside: tuple[SetAside, ...]


def shelf(situation: Situation, on: datetime.date, evidence: Sequence[Evidence]) -> Shelf:
    """The proofs that an entry and signed evidence give on a day."""
    holding: dict[str, list[Proof]] = {}
    expired: dict[str, list[Proof]] = {}
    aside: list[SetAside] = []
    for proof, holds in _listed(situation, on):
        (holding if holds else expired).setdefault(proof.code, []).append(proof)
    for one in evidence:
        reason = refused(one, situation, on)
        if reason:
            aside.append(SetAside(one.digest, reason))
            continue
        for proof in signed(one):
            holding.setdefault(proof.code, []).append(proof)
    for proof in _written(situation):
        holding.setdefault(proof.code, []).append(proof)
    return Shelf(
        {code: tuple(found) for code, found in holding.items()},
        {code: tuple(found) for code, found in expired.items()},
        tuple(aside),
    )


def _listed(situation: Situation, on: datetime.date) -> Iterator[tuple[Proof, bool]]:
    """The artefacts that are the one's who owes, or that serve all; and whether they hold."""
    facts = load()
    own = None if situation.deployment is None else situation.deployment.id
    version = None if situation.version is None else situation.version.version
    for one in situation.entry.artefacts:
        ours = one.provided_by in situation.roles or facts.artefacts[one.kind].serves_all
        here = one.deployment in (None, own)
        same = one.version in (None, version)
        if ours and here and same:
            proof = Proof(
                code=one.kind,
                title=str(one.title),
                source="artefact",
                digest=one.digest,
                url=one.url,
                date=one.date,
                valid_until=one.valid_until,
            )
            yield proof, one.valid(on)


def _written(situation: Situation) -> Iterator[Proof]:
    """What the entry itself says that an obligation asks for."""
    entry = situation.entry
    if situation.placed is not None:
        yield Proof("inventory.first_use_date", _("Written in the entry"), "entry")
    if entry.model_card:
        yield Proof("model.card", _("Written in the entry"), "entry")
    energy = entry.energy
    if energy and energy.measured_or_estimated and energy.per_1000_uses is not None:
        yield Proof("energy.report", _("Written in the entry"), "entry")


def refused(one: Evidence, situation: Situation, on: datetime.date) -> str:
    """Why a signed evidence does not speak for the system; empty where it does."""
    digests = {version.digest for version in situation.entry.versions if version.digest}
    if situation.deployment is not None and situation.version is not None:
        digests = {situation.version.digest} if situation.version.digest else set()
    if one.content["system"]["digest"] not in digests:
        return _("It is about another artefact than the version looked at.")
    if one.synthetic and not situation.entry.synthetic:
        return _("It was made on SYNTHETIC cases: it does not count for a real system.")
    if _made(one) is not None and _made(one) > on:  # type: ignore[operator]
        return _("It was made after the day asked.")
    return ""


def _made(one: Evidence) -> datetime.date | None:
    started = str(one.record["run"].get("started", ""))[:10]
    try:
        return datetime.date.fromisoformat(started)
    except ValueError:
        return None


def signed(one: Evidence) -> Iterator[Proof]:
    """The artefacts that a signed evidence file shows, by what it really holds.

    evaluation.protocol, evaluation.metrics_plan: its use case fixes acceptance beforehand.
    evaluation.report: it holds a figure. evaluation.metrics_with_ci: with an interval, over all
    cases. evaluation.cohort_table: counts of events by hospital. evaluation.subgroups: a figure
    by subgroup. evaluation.bias: a difference between subgroups, with its interval.
    evaluation.federated_external_validation: results released by two hospitals or more.
    It never shows representativeness, robustness or the handling of missing data.
    """
    content = one.content
    rows = [row for row in content["estimates"] if row["estimate"] is not None]
    released = [site for site in content["sites"] if site["release"] is not None]
    shown = {
        "evaluation.protocol": bool(content["usecase"].get("acceptance")),
        "evaluation.metrics_plan": bool(content["usecase"].get("acceptance")),
        "evaluation.report": bool(rows),
        "evaluation.metrics_with_ci": any(_interval(row) for row in rows if not row["variable"]),
        "evaluation.cohort_table": any(row["estimand"] == "site" for row in rows),
        "evaluation.subgroups": any(row["variable"] for row in rows),
        "evaluation.bias": any(row["estimate"] is not None for row in content["gaps"]),
        "evaluation.federated_external_validation": len(released) >= EXTERNAL_SITES,
    }
    title = _("Signed evidence on {usecase}, {count} hospitals").format(
        usecase=content["usecase"]["code"], count=len(released)
    )
    if one.synthetic:
        title = _("{title} (SYNTHETIC)").format(title=title)
    for code, holds in shown.items():
        if holds:
            yield Proof(code, title, "evidence", digest=one.digest, date=_made(one))


def _interval(row: Mapping[str, Any]) -> bool:
    return "low" in row["estimate"] and "high" in row["estimate"]
