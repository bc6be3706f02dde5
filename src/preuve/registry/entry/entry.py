"""Entry: one AI system as the register knows it, written in YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from preuve.core.language import _
from preuve.core.lines import Origin
from preuve.core.mistakes import Mistake, nearest
from preuve.core.record import digest
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.registry.entry.ai_act import AiAct
from preuve.registry.entry.device import Device
from preuve.registry.entry.life import Deployment, UseCaseCode, Version
from preuve.registry.entry.maker import Maker
from preuve.registry.entry.proof import Artefact, Claim, Contract, Document, Energy
from preuve.registry.entry.vocabulary import Function, Line
from preuve.registry.entry.words import Digest, Slug, Word, Words


class IncoherentError(ValueError):
    """Fields of an entry that contradict each other, each with its place."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(one.text for one in mistakes))


class IntendedUse(Written):
    """The six parts of an intended use; a part that nobody wrote is None."""

    indication: Words | None = None
    body_part: Words | None = None
    environment: Words | None = None
    users: Words | None = None
    population: Words | None = None
    principle: Words | None = None


class Entry(Written):
    """One AI system: what it is, its versions, where it runs, what is proved of it.

    What can be worked out (class, obligations, completeness) is never written here.

    Attributes:
        id: its identifier in the register.
        synthetic: whether it is made up, to be said wherever it is shown.
        grid: answers to the descriptive grid, by item (HAS-01 to HAS-42).
        model_card: the card of its maker, kept as it is written.
        evidence: digests of the signed evidence files that speak of it.
    """

    preuve_entry: Literal[1]
    id: Slug
    name: Word
    title: Words
    summary: Words | None = None
    synthetic: bool = False
    maker: Maker
    line: Line
    function: Function
    usecase: UseCaseCode | None = None
    intended_use: IntendedUse = IntendedUse()
    device: Device = Device()
    ai_act: AiAct = AiAct()
    versions: tuple[Version, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    claims: tuple[Claim, ...] = ()
    grid: Mapping[str, Words] = Field(default_factory=dict)
    model_card: Mapping[str, Any] = Field(default_factory=dict)
    energy: Energy | None = None
    artefacts: tuple[Artefact, ...] = ()
    evidence: tuple[Digest, ...] = ()
    contract: Contract | None = None
    documents: tuple[Document, ...] = ()
    notes: Text | None = None
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @model_validator(mode="after")
    def _coherent(self) -> Entry:
        mistakes = list(_contradictions(self))
        if mistakes:
            raise IncoherentError(mistakes)
        return self

    @property
    def origin(self) -> Origin:
        """Where it was read: its file and the line of each field."""
        return self._origin

    @cached_property
    def digest(self) -> str:
        return digest(self.record())

    def record(self) -> dict[str, Any]:
        """What is written: `parse_entry(entry.record())` is the same entry."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def version(self, name: str) -> Version | None:
        """The version of that name."""
        return next((one for one in self.versions if one.version == name), None)

    def deployment(self, name: str) -> Deployment | None:
        """The deployment of that identifier."""
        return next((one for one in self.deployments if one.id == name), None)


def _contradictions(entry: Entry) -> Iterator[Mistake]:
    yield from _twice("versions", "version", [one.version for one in entry.versions])
    yield from _twice("deployments", "id", [one.id for one in entry.deployments])
    yield from _unlisted(entry)
    yield from _reversed(entry)
    yield from _unknown_codes(entry)


def _twice(field: str, key: str, names: list[str]) -> Iterator[Mistake]:
    for name, count in Counter(names).items():
        if count > 1:
            place = len(names) - 1 - names[::-1].index(name)
            yield Mistake((field, place, key), _("“{name}” stands twice.").format(name=name))


def _unlisted(entry: Entry) -> Iterator[Mistake]:
    versions = {one.version for one in entry.versions}
    deployments = {one.id for one in entry.deployments}
    for place, deployment in enumerate(entry.deployments):
        if deployment.version not in versions:
            yield Mistake(("deployments", place, "version"), _unknown(deployment.version, versions))
    for place, artefact in enumerate(entry.artefacts):
        if artefact.version is not None and artefact.version not in versions:
            yield Mistake(("artefacts", place, "version"), _unknown(artefact.version, versions))
        if artefact.deployment is not None and artefact.deployment not in deployments:
            name = artefact.deployment
            yield Mistake(("artefacts", place, "deployment"), _unknown(name, deployments))


def _unknown(name: str, known: set[str]) -> str:
    listed = ", ".join(sorted(known)) or _("none")
    return _("“{name}” is not listed in this entry (listed: {listed}).").format(
        name=name, listed=listed
    )


def _reversed(entry: Entry) -> Iterator[Mistake]:
    for place, deployment in enumerate(entry.deployments):
        since, until = deployment.since, deployment.until
        if since is not None and until is not None and until < since:
            yield Mistake(
                ("deployments", place, "until"), _("the deployment ends before it begins.")
            )


def _unknown_codes(entry: Entry) -> Iterator[Mistake]:
    from preuve.registry.facts import load

    facts = load()
    for place, artefact in enumerate(entry.artefacts):
        if artefact.kind not in facts.artefacts:
            hint = nearest(artefact.kind, facts.artefacts)
            told = _("“{word}” is not known.").format(word=artefact.kind) + hint
            yield Mistake(("artefacts", place, "kind"), told)
    for item in entry.grid:
        if item not in facts.grid.items:
            told = _("“{word}” is not known.").format(word=item) + nearest(item, facts.grid.items)
            yield Mistake(("grid", item), told)
