"""Compare: systems side by side on one use case, from what was signed; what may be concluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.evidence import Estimand, Evidence
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.usecase import UseCase
from preuve.registry.comparison.claimed import Checked, checked
from preuve.registry.comparison.difference import Basis, Difference, basis_of, differences
from preuve.registry.comparison.measured import MEASURES, Figure, Measured
from preuve.registry.comparison.refusal import refuse_mismatch
from preuve.registry.energy import Footprint, declared, of_evidence
from preuve.registry.entry import Entry

_SHOWN: tuple[Estimand, ...] = ("mean_hospital", "next_hospital")


@dataclass(frozen=True)
class Side:
    """One system of a comparison.

    Attributes:
        measured: what the evidence says of it.
        entry: what the register says of it, or None where it has no entry.
        claims: each claim of the entry beside what was measured.
        energy: per 1,000 uses, from the evidence or as declared.
    """

    measured: Measured
    entry: Entry | None
    claims: tuple[Checked, ...]
    energy: Footprint | None

    @property
    def name(self) -> str:
        """Its name and version, as the register writes them where it has an entry."""
        if self.entry is None:
            return f"{self.measured.name} {self.measured.version}".strip()
        digest = self.measured.system_digest
        version = next(one for one in self.entry.versions if one.digest == digest)
        return f"{self.entry.name} {version.version}"

    def figures(self) -> Iterator[Figure]:
        """Its figures: mean and next hospital; where one hospital answered, that hospital."""
        for finding in self.measured.usecase.findings:
            for measure in MEASURES:
                found = [self.measured.figure(measure, finding, one) for one in _SHOWN]
                if found[0] is None:
                    found = [self.measured.centre(measure, finding)]
                yield from (figure for figure in found if figure is not None)

    def record(self) -> dict[str, Any]:
        measured = self.measured
        return {
            "name": self.name,
            "system": measured.system_digest,
            "role": measured.role,
            "evidence": measured.evidence.digest,
            "signed_by": measured.evidence.record["signature"]["key"],
            "synthetic": measured.evidence.synthetic,
            "entry": None if self.entry is None else self.entry.id,
            "entry_digest": None if self.entry is None else self.entry.digest,
            "declared_class": self.entry and self.entry.device.declared_class,
            "cases": measured.cases,
            "sites": [
                {
                    "site": site.name,
                    "label": dict(site.label),
                    "key": site.key,
                    "outcome": site.outcome,
                    "cases": site.cases,
                }
                for site in measured.sites
            ],
            "figures": [figure.record() for figure in self.figures()],
            "claims": [claim.record() for claim in self.claims],
            "energy": None if self.energy is None else self.energy.record(),
            "gaps": [dict(gap) for gap in measured.gaps()],
        }


@dataclass(frozen=True)
class Pair:
    """Two systems and what their difference rests on."""

    first: Side
    second: Side
    basis: Basis
    differences: tuple[Difference, ...]

    def settled(self, finding: str, measure: str = "auroc") -> Difference | None:
        """The difference that shows which is better at the mean hospital, if one does."""
        for one in self.differences:
            place = (one.measure, one.finding, one.estimand)
            if place == (measure, finding, "mean_hospital") and one.settled:
                return one
        return None


@dataclass(frozen=True)
class Comparison:
    """Systems side by side on one use case.

    Attributes:
        usecase: the question and how it is judged, the same for all.
        sides: the systems, in the order given.
        pairs: each two of them.
    """

    usecase: UseCase
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]

    @property
    def synthetic(self) -> bool:
        return any(side.measured.evidence.synthetic for side in self.sides)

    @property
    def same_hospitals(self) -> bool:
        """Whether every system was tested at the same hospitals, by the keys of their nodes."""
        return all(pair.basis != "other_hospitals" for pair in self.pairs)

    def best(self, finding: str) -> Side | None:
        """The system shown, on the same cases, to rank cases better than every other; or None."""
        if len(self.sides) < 2:
            return None
        for side in self.sides:
            if all(self._beats(side, other, finding) for other in self.sides if other is not side):
                return side
        return None

    def _beats(self, side: Side, other: Side, finding: str) -> bool:
        for pair in self.pairs:
            shown = pair.settled(finding)
            if shown is None:
                continue
            if pair.first is side and pair.second is other:
                return shown.low > 0
            if pair.first is other and pair.second is side:
                return shown.high < 0
        return False

    def record(self) -> dict[str, Any]:
        """What is written; the same evidence and entries give the same record."""
        return {
            "schema": "preuve/comparison/1",
            "usecase": self.usecase.code,
            "usecase_version": self.usecase.version,
            "usecase_digest": digest(self.usecase.record()),
            "synthetic": self.synthetic,
            "same_hospitals": self.same_hospitals,
            "systems": [side.record() for side in self.sides],
            "differences": [
                one.record() | {"systems": [pair.first.name, pair.second.name]}
                for pair in self.pairs
                for one in pair.differences
            ],
            "best": {
                finding.code: None if (best := self.best(finding.code)) is None else best.name
                for finding in self.usecase.findings
            },
        }


def compare(evidence: Sequence[Evidence], entries: Sequence[Entry] = ()) -> Comparison:
    """The systems of evidence files side by side.

    A file that holds a comparator brings two systems, unless another file speaks of the second.

    Args:
        evidence: files already checked by `Evidence.load`.
        entries: entries of the register; one belongs to a system when one of its versions has
            the digest of the system.

    Raises:
        PreuveError: the files do not answer one question judged in one way.
    """
    refuse_mismatch(evidence)
    measured = [Measured(one) for one in evidence]
    known = {one.system_digest for one in measured}
    for one in evidence:
        compared = one.content["comparator"]
        if compared and compared["digest"] not in known:
            known.add(compared["digest"])
            measured.append(Measured(one, "comparator"))
    sides = tuple(_side(one, entries) for one in measured)
    pairs = tuple(_pair(first, second) for first, second in combinations(sides, 2))
    return Comparison(evidence[0].usecase, sides, pairs)


def _side(measured: Measured, entries: Sequence[Entry]) -> Side:
    entry = entry_of(measured, entries)
    energy = of_evidence(measured.evidence) if measured.role == "system" else None
    if energy is None and entry is not None:
        energy = declared(entry.energy)
    claims = () if entry is None else checked(entry.claims, [measured])
    return Side(measured, entry, claims, energy)


def _pair(first: Side, second: Side) -> Pair:
    one, two = first.measured, second.measured
    return Pair(first, second, basis_of(one, two), tuple(differences(one, two)))


def entry_of(measured: Measured, entries: Sequence[Entry]) -> Entry | None:
    """The entry of a system: one of its versions has the digest of what was measured."""
    return next((entry for entry in entries if speaks_of(measured, entry)), None)


def speaks_of(measured: Measured, entry: Entry) -> bool:
    """Whether what was measured is a version of an entry, by the digest of the artefact.

    That an entry lists the digest of an evidence file is not enough: anybody may list any file.
    """
    return measured.system_digest in {version.digest for version in entry.versions}


def foreign(evidence: Evidence, *entries: Entry) -> PreuveError:
    """The refusal of an evidence that speaks of none of these entries."""
    return PreuveError(
        _("This evidence speaks of another system than {names}.").format(
            names=", ".join(entry.name for entry in entries)
        ),
        where=evidence.digest,
        remedy=_(
            "The digest of the system must be that of a version of the entry: {digest}."
        ).format(digest=evidence.content["system"]["digest"]),
    )
