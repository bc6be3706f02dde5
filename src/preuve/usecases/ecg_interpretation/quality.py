"""What makes a tracing unfit for reading: each rule, and its reason in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from preuve.core.usecase import Text
from preuve.usecases.ecg_interpretation.features import band_pass
from preuve.usecases.ecg_interpretation.leads import LEADS, RATE, SECONDS, Signals, limb_leads

REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "absent": Text(
            fr="fichier du tracé absent",
            en="file of the tracing absent",
        ),
        "format": Text(
            fr="format de fichier non pris en charge",
            en="file format not supported",
        ),
        "header": Text(
            fr="en-tête illisible ou contredit par les données",
            en="header unreadable or contradicted by the data",
        ),
        "missing_lead": Text(
            fr="dérivation manquante",
            en="missing lead",
        ),
        "flat_lead": Text(
            fr="dérivation plate",
            en="flat lead",
        ),
        "length": Text(
            fr="durée inférieure à 10 secondes",
            en="shorter than 10 seconds",
        ),
        "rate": Text(
            fr="fréquence d’échantillonnage inférieure à 100 Hz",
            en="sampling rate below 100 Hz",
        ),
        "gain": Text(
            fr="amplitude invraisemblable ou étalonnage absent",
            en="implausible amplitude or no calibration",
        ),
        "algebra": Text(
            fr="dérivations des membres incohérentes entre elles",
            en="limb leads inconsistent with one another",
        ),
        "not_a_number": Text(
            fr="échantillons manquants ou invalides",
            en="missing or invalid samples",
        ),
    }
)
SWAP = Text(
    fr="inversion probable des électrodes des bras (I et V6 opposées)",
    en="arm electrodes probably swapped (I and V6 opposed)",
)

FLAT = 0.01
"""Millivolt from 1st to 99th percentile under which a lead is flat."""
LOWEST_AMPLITUDE = 0.3
HIGHEST_AMPLITUDE = 15.0
"""Millivolt from 1st to 99th percentile of the widest lead: less or more is a gain error."""
ALGEBRA_ERROR = 0.02
"""Millivolt, root mean square, allowed between a derived limb lead and its formula."""
SWAP_CORRELATION = -0.5
"""Correlation of I with V6 under which the arm electrodes are suspected."""


class UnfitError(Exception):
    """One tracing cannot be read; `reason` is a key of `REASONS`, `detail` says what was found."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def check_recording(signal: Signals, rate: float) -> None:
    """Check a tracing (12, samples) as recorded, before resampling.

    Raises:
        UnfitError: too slow, too short, or with samples that are not numbers.
    """
    if rate < RATE:
        raise UnfitError("rate", f"{rate:g} Hz")
    if signal.shape[-1] < SECONDS * rate:
        raise UnfitError("length", f"{signal.shape[-1] / rate:.1f} s")
    if not np.isfinite(signal).all():
        invalid = np.asarray(~np.isfinite(signal).all(axis=-1))
        raise UnfitError("not_a_number", _named(invalid))


def check_signals(signals: Signals) -> list[UnfitError | None]:
    """The verdict on each tracing of a batch (records, 12, samples) in millivolt."""
    low, high = np.percentile(signals[..., ::4], [1, 99], axis=-1)
    extent = high - low
    flat = extent < FLAT
    widest = extent.max(axis=-1)
    error = algebra_error(signals)
    return [
        _verdict(flat[row], float(widest[row]), float(error[row])) for row in range(len(signals))
    ]


def _verdict(flat: NDArray[np.bool_], widest: float, error: float) -> UnfitError | None:
    if flat.all():
        return UnfitError("flat_lead", _named(flat))
    if not LOWEST_AMPLITUDE <= widest <= HIGHEST_AMPLITUDE:
        return UnfitError("gain", f"{widest:.3g} mV")
    if flat.any():
        return UnfitError("flat_lead", _named(flat))
    if error > ALGEBRA_ERROR:
        return UnfitError("algebra", f"{error:.2f} mV")
    return None


def algebra_error(signals: Signals) -> NDArray[np.float32]:
    """Largest root mean square gap, in millivolt, of III, aVR, aVL and aVF to their formulas.

    Each lead is centred first: devices filter the baseline of each lead on its own.
    """
    gap = signals[..., 2:6, :] - limb_leads(signals[..., 0, :], signals[..., 1, :])[..., 2:, :]
    return np.asarray(gap.std(axis=-1).max(axis=-1), dtype=np.float32)


def arm_swap(signals: Signals) -> NDArray[np.bool_]:
    """Whether I and V6 are opposed, as they are when the arm electrodes are exchanged.

    Their correlation is taken between 0.5 and 40 Hz, so that drift does not hide it.
    """
    pair = band_pass(signals[..., [LEADS.index("I"), LEADS.index("V6")], :])
    pair = pair - pair.mean(axis=-1, keepdims=True)
    product = pair.prod(axis=-2).sum(axis=-1)
    norm = np.sqrt((pair**2).sum(axis=-1).prod(axis=-1))
    return np.asarray(product < SWAP_CORRELATION * norm)


def _named(leads: NDArray[np.bool_]) -> str:
    return ", ".join(lead for lead, wrong in zip(LEADS, leads, strict=True) if wrong)
