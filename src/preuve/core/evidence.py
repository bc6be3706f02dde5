"""Evidence: one signed record of how one AI system did on one use case at a set of hospitals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from preuve.core.distribution import distribution_of
from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.language import _
from preuve.core.record import canonical, digest, read_json, write_whole
from preuve.core.signature import Key, verify
from preuve.core.usecase import UseCase

SCHEMA = "preuve/evidence/1"

Estimand = Literal["site", "pooled", "within_site", "mean_hospital", "next_hospital"]
"""What population a figure speaks of.

site: the cases of one hospital. pooled: all cases together, read as one hospital, differences
between hospitals mixed in. within_site: the average over hospitals of what each shows on its own
cases. mean_hospital: the centre of the hospitals seen as a sample of many. next_hospital: one more
hospital of the same kind, not yet seen.
"""


@dataclass(frozen=True)
class Evidence:
    """What is written to an evidence file.

    The record has four parts. `content` is what was found: same inputs and seed, same bytes. Its
    keys: schema, usecase, system, comparator, sites (each with its signed release, or the reason
    why there is none), estimates, counts, heterogeneity, acceptance, gaps, comparison, labels,
    suppression, synthetic, seed. `run` is how it was found: time, duration, energy, versions.
    `digest` is the digest of `content`; `signature` signs digest and `run`.
    """

    record: Mapping[str, Any]

    @classmethod
    def sign(cls, content: dict[str, Any], run: dict[str, Any], key: Key) -> Evidence:
        """Evidence with its digest and signature."""
        own = digest(content)
        signature = key.sign({"digest": own, "run": run})
        return cls({"content": content, "run": run, "digest": own, "signature": signature})

    @classmethod
    def load(cls, path: Path | str, *, key: str | None = None) -> Evidence:
        """The evidence of a file, checked.

        Args:
            path: an evidence file.
            key: the public key that must have signed it, when the reader knows it.

        Raises:
            PreuveError: the file is no evidence, or a byte of what was signed has changed.
        """
        evidence = cls(read_json(Path(path)))
        evidence.check(path, key=key)
        if Path(path).read_bytes() != evidence.written:
            raise _altered(path)
        return evidence

    def check(self, where: Path | str, *, key: str | None = None) -> None:
        """Refuse a record whose content is not what was signed, at any level."""
        try:
            record = self.record
            if set(record) != {"content", "run", "digest", "signature"}:
                raise _altered(where)
            if record["content"]["schema"] != SCHEMA:
                raise PreuveError(
                    _("This evidence was written by another version: {schema}.").format(
                        schema=record["content"]["schema"]
                    ),
                    where=where,
                )
            signed = {"digest": record["digest"], "run": record["run"]}
            if digest(record["content"]) != record["digest"] or not verify(
                signed, record["signature"]
            ):
                raise _altered(where)
            for site in record["content"]["sites"]:
                self._check_release(site, where)
        except (KeyError, TypeError, AttributeError) as error:
            raise PreuveError(_("This file is not an evidence file."), where=where) from error
        if key is not None and key != record["signature"]["key"]:
            raise PreuveError(
                _("This evidence was signed by another key: {key}.").format(
                    key=record["signature"]["key"]
                ),
                where=where,
            )

    @staticmethod
    def _check_release(site: Mapping[str, Any], where: Path | str) -> None:
        release = site["release"]
        if release is None:
            return
        signed = {name: value for name, value in release.items() if name != "signature"}
        signed["released"] = digest(release["released"])
        if not verify(signed, release["signature"]):
            raise PreuveError(
                _("The release of site {site} is not what its node signed.").format(
                    site=site["site"]
                ),
                where=where,
            )

    def save(self, path: Path | str) -> Path:
        """Write the record, whole or not at all."""
        write_whole(Path(path), self.written)
        return Path(path)

    @property
    def written(self) -> bytes:
        """The bytes of the file."""
        return canonical(dict(self.record)) + b"\n"

    @property
    def content(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self.record["content"]
        return content

    @property
    def digest(self) -> str:
        return str(self.record["digest"])

    @cached_property
    def usecase(self) -> UseCase:
        return UseCase.from_record(self.content["usecase"], where="usecase")

    @property
    def synthetic(self) -> bool:
        """Whether a generator made any of the cases."""
        return bool(self.content["synthetic"])

    def rows(self, **wanted: Any) -> Iterator[Mapping[str, Any]]:
        """The rows of `estimates` whose fields equal those given."""
        for row in self.content["estimates"]:
            if all(row[name] == value for name, value in wanted.items()):
                yield row

    def estimate(
        self,
        measure: str,
        finding: str,
        *,
        estimand: Estimand = "mean_hospital",
        site: str = "",
        subgroup: tuple[str, str] = ("", ""),
        threshold: float | None = None,
        role: Literal["system", "comparator"] = "system",
    ) -> Estimate:
        """One figure, with its uncertainty.

        Args:
            measure: "auroc", "sensitivity", "observed_expected", ...
            finding: code of the finding.
            estimand: which population the figure speaks of.
            site: name of the hospital, for the estimand "site".
            subgroup: variable and level; all cases when empty.
            threshold: for measures of a decision; the operating point when absent.
            role: the system evaluated, or the one it is compared with.

        Raises:
            PreuveError: there is no such figure; says why where the reason is recorded.
        """
        found = self.usecase.finding(finding)
        if threshold is None:
            threshold = self.usecase.operating_point_of(found)
        named = {"measure": measure, "finding": finding, "estimand": estimand, "role": role}
        place = {"site": site, "variable": subgroup[0], "level": subgroup[1]}
        for row in self.rows(**named, **place):
            if row["threshold"] in (None, threshold) and row["estimate"] is not None:
                return self.estimate_of(row)
        raise PreuveError(
            _("This evidence does not hold {measure} of {finding} ({estimand}).").format(
                measure=measure, finding=finding, estimand=estimand
            ),
            remedy=_("It may rest on too few events, or have been kept back by the hospitals."),
        )

    def estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        """The estimate of a row of `estimates`."""
        written = row["estimate"]
        return Estimate(
            value=written["value"],
            unit=written["unit"],
            distribution=distribution_of(written["distribution"]),
            source=self.digest,
        )


def _altered(where: Path | str) -> PreuveError:
    return PreuveError(
        _("This evidence has been altered: what it says is not what was signed."),
        where=where,
        remedy=_("Ask its author for the original file."),
    )
