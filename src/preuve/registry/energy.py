"""Energy of a system per 1,000 uses, and its carbon, with what is measured and what is assumed.

energy (kWh) = power of the device (kW) × hours × PUE; carbon (g CO₂e) = energy × grid factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import _, current_language
from preuve.core.usecase import Text
from preuve.pages.numbers import NOTHING, number, span
from preuve.registry.entry import Energy

USES = 1000

Basis = Literal["measured", "estimated", "declared"]
"""measured: metered; estimated: worked out from assumptions; declared: nobody said which."""


@dataclass(frozen=True)
class Amount:
    """A positive quantity; low and high are its bounds where they are known, else None."""

    value: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        bounds = (self.low, self.high)
        known = [bound for bound in bounds if bound is not None]
        ordered = all(b >= 0 for b in (self.value, *known)) and len(known) != 1
        if not ordered or (known and not known[0] <= self.value <= known[1]):
            raise PreuveError(
                _("A quantity is positive and lies between its bounds."), where=str(self)
            )

    def __mul__(self, other: Amount) -> Amount:
        """The product; its bounds are those of the product of two independent ranges."""
        low = (self.value if self.low is None else self.low) * (
            other.value if other.low is None else other.low
        )
        high = (self.value if self.high is None else self.high) * (
            other.value if other.high is None else other.high
        )
        value = self.value * other.value
        known = self.low is not None or other.low is not None
        return Amount(value, low, high) if known else Amount(value)

    def record(self) -> dict[str, float | None]:
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Footprint:
    """Energy and carbon of 1,000 uses.

    Attributes:
        kwh: kilowatt-hours per 1,000 uses.
        grams: g CO₂e per 1,000 uses; None without a grid factor.
        grid_factor, grid_factor_source: g CO₂e per kWh, and whose figure it is.
        basis: whether it was measured.
        method: how it is known, in both languages where they are.
        evidence: digest of the evidence it comes from, if any.
    """

    kwh: Amount
    grams: Amount | None
    grid_factor: float | None
    grid_factor_source: Text | str | None
    basis: Basis
    method: Text | str | None = None
    evidence: str | None = None

    def record(self) -> dict[str, Any]:
        return {
            "kwh_per_1000_uses": self.kwh.record(),
            "gco2e_per_1000_uses": None if self.grams is None else self.grams.record(),
            "grid_factor": self.grid_factor,
            "grid_factor_source": _written(self.grid_factor_source),
            "basis": self.basis,
            "method": _written(self.method),
            "evidence": self.evidence,
        }

    def __str__(self) -> str:
        told: str = _("{kwh} kWh per 1,000 uses").format(kwh=_said(self.kwh))
        if self.grams is not None:
            told += " · " + _("{grams} g CO₂e").format(grams=_said(self.grams))
        return f"{told} ({basis_name(self.basis)})"


def basis_name(basis: Basis) -> str:
    return {
        "measured": _("measured"),
        "estimated": _("estimated, not metered"),
        "declared": _("declared, without saying whether it was measured"),
    }[basis]


def energy_of(power_kw: Amount, hours: Amount, pue: Amount) -> Amount:
    """Energy in kWh: power of the device × hours × PUE; a range where one is given."""
    if pue.value < 1:
        raise PreuveError(_("A PUE is 1 or more."), where="pue")
    return power_kw * hours * pue


def declared(energy: Energy | None) -> Footprint | None:
    """The footprint that an entry declares; None where it says nothing per use."""
    if energy is None or energy.per_1000_uses is None:
        return None
    kwh = Amount(energy.per_1000_uses)
    return _with_carbon(
        kwh,
        energy.grid_factor,
        energy.grid_factor_source,
        energy.measured_or_estimated or "declared",
        energy.hardware,
        None,
    )


def of_evidence(
    evidence: Evidence, grid_factor: float | None = None, grid_factor_source: str | None = None
) -> Footprint | None:
    """What a signed evaluation says of the energy of one use: its run over its cases.

    The run also reads the data and computes the figures, so the system alone takes less; the
    cases of a hospital that released nothing are not counted, so one use may take less again.
    None where the run records no energy, or where the system did not run (its predictions were
    handed over) or a comparator ran beside it.
    """
    energy = evidence.record["run"].get("energy")
    content = evidence.content
    if not energy or content["system"].get("door") in ("predictions", "reader"):
        return None
    cases = sum(
        int(site["release"]["released"]["cases"])
        for site in content["sites"]
        if site["release"] is not None
    )
    if not cases or content["comparator"] is not None:
        return None
    kwh = Amount(USES * float(energy["value"]) / cases)
    basis: Basis = "measured" if energy.get("metered") is True else "estimated"
    method = energy.get("method")
    told = Text(**method) if isinstance(method, dict) else method
    return _with_carbon(kwh, grid_factor, grid_factor_source, basis, told, evidence.digest)


def _with_carbon(
    kwh: Amount,
    factor: float | None,
    source: Text | str | None,
    basis: Basis,
    method: Text | str | None,
    evidence: str | None,
) -> Footprint:
    grams = None if factor is None else kwh * Amount(factor)
    return Footprint(kwh, grams, factor, source, basis, method, evidence)


def _written(words: Text | str | None) -> Any:
    return words.model_dump() if isinstance(words, Text) else words


def _said(amount: Amount) -> str:
    value = _digits(amount.value)
    if amount.low is None or amount.high is None:
        return value
    return f"{value} ({span(_digits(amount.low), _digits(amount.high))})"


def _digits(value: float) -> str:
    """Three significant digits, as a person writes them."""
    if value == 0:
        return number(0)
    digits = 0
    while value * 10**digits < 100 and digits < 9:
        digits += 1
    return number(value, digits).rstrip("0").rstrip(",.") if digits else number(value)


def footprint_words(footprint: Footprint | None) -> str:
    """The footprint in one line, a dash where nothing is known."""
    return NOTHING if footprint is None else str(footprint)


def method_words(footprint: Footprint) -> str:
    """How the footprint is known, in the current language."""
    method = footprint.method
    if isinstance(method, Text):
        return method.en if current_language() == "en" else method.fr
    return method or ""
