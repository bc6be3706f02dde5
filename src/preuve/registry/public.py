"""The public register: systems by technology line, what is measured, claimed or absent."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from preuve.core.evidence import Evidence
from preuve.core.language import Language, _, speaking
from preuve.registry.comparison import Checked, Figure, Measured, checked, verdict_name, words
from preuve.registry.entry import Claim, Entry, Version
from preuve.registry.entry.vocabulary import Line
from preuve.registry.published import evidence_of, version_of

Status = Literal["measured", "claimed", "absent"]

_MEASURES = ("auroc", "sensitivity", "specificity")
COLUMNS = (
    "id",
    "name",
    "maker",
    "line",
    "function",
    "version",
    "version_digest",
    "declared_class",
    "synthetic",
    "status",
    "measured",
    "claimed",
    "evidence",
)


@dataclass(frozen=True)
class Row:
    """One version of a system, as anybody may read it.

    Attributes:
        version: None where the entry has none.
        measured: the evidence that speaks of this version.
        claims: the claims of the entry beside what was measured of this version.
    """

    entry: Entry
    version: Version | None
    measured: tuple[Measured, ...]
    claims: tuple[Checked, ...]

    @property
    def status(self) -> Status:
        if self.measured:
            return "measured"
        return "claimed" if self.claims else "absent"

    @property
    def synthetic(self) -> bool:
        """Whether the entry is made up, or a generator made cases that it was tested on."""
        return self.entry.synthetic or any(one.evidence.synthetic for one in self.measured)

    def figures(self) -> list[Figure]:
        return [
            found
            for one in self.measured
            for finding in one.usecase.findings
            for measure in _MEASURES
            if (found := one.centre(measure, finding)) is not None
        ]

    def record(self) -> dict[str, Any]:
        version = self.version
        return {
            "id": self.entry.id,
            "name": self.entry.name,
            "maker": self.entry.maker.name,
            "line": self.entry.line,
            "function": self.entry.function,
            "version": None if version is None else version.version,
            "version_digest": None if version is None else version.digest,
            "declared_class": self.entry.device.declared_class,
            "synthetic": self.synthetic,
            "status": self.status,
            "measured": [one.record() for one in self.figures()],
            "claims": [one.record() for one in self.claims],
            "evidence": [one.evidence.digest for one in self.measured],
        }


def rows(entries: Sequence[Entry], evidence: Sequence[Evidence]) -> list[Row]:
    """One row per version; one without version for an entry that has none.

    Args:
        entries: the entries of the register.
        evidence: signed evidence files already checked by `Evidence.load`.
    """
    return [
        row
        for entry in sorted(entries, key=lambda one: (one.line, one.name.lower(), one.id))
        for row in _of_entry(entry, evidence_of(entry, evidence))
    ]


def _of_entry(entry: Entry, measured: Sequence[Measured]) -> list[Row]:
    found = []
    for version in entry.versions or (None,):
        own = tuple(one for one in measured if version_of(entry, one) is version)
        found.append(Row(entry, version, own, checked(entry.claims, own)))
    return found


def by_line(entries: Sequence[Entry], evidence: Sequence[Evidence]) -> dict[str, list[Row]]:
    """The rows by technology line, in the order of the lines; a line without system is left out."""
    found: dict[str, list[Row]] = {line: [] for line in get_args(Line)}
    for row in rows(entries, evidence):
        found[row.entry.line].append(row)
    return {line: kept for line, kept in found.items() if kept}


def to_record(entries: Sequence[Entry], evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The public register as JSON values."""
    lines = by_line(entries, evidence)
    return {
        "schema": "preuve/public-register/1",
        "lines": [
            {"line": line, "systems": [row.record() for row in kept]}
            for line, kept in lines.items()
        ],
    }


def to_csv(entries: Sequence[Entry], evidence: Sequence[Evidence], language: Language) -> bytes:
    """The public register as CSV (UTF-8 with its mark, comma, one row per version).

    A cell that a spreadsheet would take for a formula is led by an apostrophe.
    """
    with speaking(language):
        written = io.StringIO()
        writer = csv.DictWriter(written, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for row in rows(entries, evidence):
            writer.writerow({key: inert(str(value)) for key, value in _cells(row).items()})
    return written.getvalue().encode("utf-8-sig")


def _cells(row: Row) -> Mapping[str, object]:
    record = row.record()
    figures = [figure_words(one, row) for one in row.figures()]
    return {
        **{name: "" if record[name] is None else record[name] for name in COLUMNS[:8]},
        "synthetic": "SYNTHETIC" if row.synthetic else "",
        "status": status_name(row.status),
        "measured": " | ".join(figures),
        "claimed": " | ".join(claim_words(one) for one in row.claims),
        "evidence": " ".join(record["evidence"]),
    }


def figure_words(found: Figure, row: Row) -> str:
    """A measured figure in words: what, of what, its interval, whom it speaks of."""
    low, high = found.estimate.interval
    finding = next(
        one.usecase.finding(found.finding)
        for one in row.measured
        if one.evidence.digest == found.estimate.source
    )
    return _("{measure}, {finding}: {figure}, {estimand}").format(
        measure=words.measure_name(found.measure),
        finding=finding.label,
        figure=words.figure(found.measure, found.estimate.value, low, high),
        estimand=words.estimand_name(found.estimand).lower(),
    )


def claim_words(one: Checked) -> str:
    """A claim in words, with what it is: a claim."""
    return f"{said_claim(one.claim)} [{verdict_name(one.verdict)}]"


def said_claim(claim: Claim) -> str:
    """What a claim says, with the interval its source gives or the word that there is none."""
    return words.claim(claim.measure, claim.value, claim.interval, claim.finding or "")


def status_name(status: Status) -> str:
    return {
        "measured": _("measured"),
        "claimed": _("claimed, not measured"),
        "absent": _("nothing claimed, nothing measured"),
    }[status]


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell
