"""Figures: every parameter of a model as a central value, a distribution and a unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from preuve.core.distribution import Distribution, Floats
from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.core.record import digest, read_json
from preuve.economics.expression.units import SHARES
from preuve.economics.specification.parameters import Kind, Parameter
from preuve.economics.specification.written import WrittenModel
from preuve.economics.uncertainty.families import distribution

_CHANCES = SHARES - {"1", "number", "ratio", "odds"}
_FAR = 1.3
"""Widths of the 95 % interval (five standard deviations of a normal) that a value may be away."""


@dataclass(frozen=True)
class Figure:
    """One parameter.

    Attributes:
        value: the central figure. unit: as written.
        distribution: what is believed of it; None where it is certain.
        estimate: the estimate it comes from, if any.
        source, grade: where from, and how well known ("A" for an evidence: observed here).
    """

    name: str
    value: float
    unit: str
    distribution: Distribution | None
    source: str
    grade: str
    written: Parameter | None = None
    estimate: Estimate | None = None

    @property
    def is_certain(self) -> bool:
        return self.distribution is None

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds that hold 95 %; the value twice where it is certain."""
        if self.distribution is None:
            return self.value, self.value
        low, high = self.distribution.quantile(np.array([0.025, 0.975]))
        return float(low), float(high)

    @property
    def kind(self) -> Kind:
        """What sort of figure it is, as written or guessed from its unit."""
        if self.written is not None and self.written.kind:
            return self.written.kind
        unit = self.unit.lower()
        if unit.startswith(("probability", "proportion", "share", "rate")):
            return "probability"
        if unit.startswith("utility") or "qaly" in unit:
            return "utility"
        if unit.startswith(("eur", "usd", "gbp", "€")):
            return "cost"
        return "effect" if unit.startswith(("ratio", "odds")) else "other"

    def drawn(self, count: int, seed: int) -> Floats:
        """`count` draws; they depend on the name and the seed only, not on other parameters."""
        if self.distribution is None:
            return np.full(count, self.value)
        if self.estimate is not None:
            return self.estimate.draws(count, seed)
        return self.distribution.quantile(uniforms(self.name, count, seed))


def uniforms(name: str, count: int, seed: int) -> Floats:
    """Uniform numbers of a name, strictly between 0 and 1."""
    own = int(digest({"parameter": name}).removeprefix("sha256:")[:16], 16)
    drawn = np.random.Generator(np.random.Philox([seed, own])).random(count)
    return np.clip(drawn, 1e-15, 1 - 1e-15)


def figure(
    name: str,
    written: Parameter,
    evidence: Mapping[str, Evidence],
    estimates: Mapping[str, Estimate],
) -> Figure:
    """The figure of a written parameter.

    Raises:
        ValueError, PreuveError: it cannot be; says why.
    """
    if written.evidence:
        return _from_evidence(name, written, evidence)
    if written.estimate:
        if written.estimate not in estimates:
            raise ValueError(
                _("the estimate “{name}” is not listed.").format(name=written.estimate)
            )
        found = estimates[written.estimate]
        return _of_estimate(name, written, found, "B")
    value = written.value
    if written.eq5d5l_fr and value is None:
        from preuve.economics.reference_case.eq5d5l import utility

        value = utility(written.eq5d5l_fr)
    unit = written.unit or "utility"
    kept = None
    if written.distribution:
        share = unit.split("/")[0].strip() in _CHANCES | {"1"}
        kept, mean = distribution(written.distribution, share)
        value = mean if value is None else value
        _near(value, kept)
    assert value is not None
    made = Figure(name, float(value), unit, kept, str(written.source), str(written.grade), written)
    _possible(made)
    return made


def _possible(one: Figure) -> None:
    """Refuse a chance outside 0 to 1, a utility above 1 and a price under 0."""
    low, high = min(one.value, one.interval[0]), max(one.value, one.interval[1])
    told = {"low": f"{low:g}", "high": f"{high:g}"}
    counted = one.unit.split("/")[0].strip()
    if counted in _CHANCES and not 0 <= low <= high <= 1:
        raise ValueError(
            _(
                "a probability or a share lies between 0 and 1, not from {low} to {high}: write "
                "5 % or 0.05 for five per cent; a beta never leaves 0 to 1."
            ).format(**told)
            if low < high
            else _(
                "a probability or a share lies between 0 and 1, not at {high}: write 5 % or 0.05 "
                "for five per cent."
            ).format(**told)
        )
    if counted == "utility" and not -1 <= low <= high <= 1:
        raise ValueError(
            _(
                "a utility is at most 1, full health, and not under -1; this one goes from {low} "
                "to {high}: write 0.75 for 75 out of 100; a beta never goes above 1."
            ).format(**told)
            if low < high
            else _(
                "a utility is at most 1, full health, and not under -1; this one is {high}: write "
                "0.75 for 75 out of 100."
            ).format(**told)
        )
    if one.kind == "price" and one.value < 0:
        raise ValueError(_("a price is not under 0."))


def _near(value: float, kept: Distribution) -> None:
    low, middle, high = (float(one) for one in kept.quantile(np.array([0.025, 0.5, 0.975])))
    if abs(value - middle) > _FAR * (high - low):
        raise ValueError(
            _("the value {value} is far from its own distribution ({low} to {high}).").format(
                value=f"{value:g}", low=f"{low:g}", high=f"{high:g}"
            )
        )


def _from_evidence(name: str, written: Parameter, known: Mapping[str, Evidence]) -> Figure:
    evidence = known.get(str(written.evidence))
    if evidence is None:
        raise ValueError(_("the evidence “{name}” is not listed.").format(name=written.evidence))
    estimate = evidence.estimate(
        str(written.measure),
        str(written.finding),
        estimand=written.estimand,
        site=written.site,
        subgroup=written.subgroup,
        threshold=written.threshold,
        role=written.role,
    )
    return _of_estimate(name, written, estimate, "A")


def _of_estimate(name: str, written: Parameter, estimate: Estimate, grade: str) -> Figure:
    value = estimate.value if written.value is None else written.value
    return Figure(
        name,
        value,
        written.unit or estimate.unit,
        estimate.distribution,
        written.source or estimate.source,
        written.grade or grade,
        written,
        estimate,
    )


def at_site(one: Figure, site: str, evidence: Mapping[str, Evidence]) -> Figure | None:
    """The same figure of an evidence as one hospital shows it; None where it has none."""
    try:
        return _elsewhere(one, {"estimand": "site", "site": site}, evidence)
    except PreuveError:
        return None


def at_threshold(one: Figure, threshold: float, evidence: Mapping[str, Evidence]) -> Figure:
    """The same figure of an evidence at another threshold of the system.

    Raises:
        PreuveError: the evidence does not hold it.
    """
    return _elsewhere(one, {"threshold": threshold}, evidence)


def _elsewhere(
    one: Figure, changed: Mapping[str, object], evidence: Mapping[str, Evidence]
) -> Figure:
    assert one.written is not None
    return _from_evidence(one.name, one.written.model_copy(update=changed), evidence)


def evidence_files(model: WrittenModel, folder: Path) -> Iterator[tuple[str, Path]]:
    """The evidence files of a model, beside it."""
    for name, file in model.evidence.items():
        yield name, folder / file


def read_estimate(path: Path) -> Estimate:
    """The estimate of a JSON file.

    Raises:
        PreuveError: the file holds none.
    """
    record = read_json(path)
    if not isinstance(record, dict):
        raise PreuveError(_("This is not the record of an estimate."), where=path)
    return Estimate.from_record(record)
