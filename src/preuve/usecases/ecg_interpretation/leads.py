"""The twelve standard leads: their names, their order, their algebra."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Signals: TypeAlias = NDArray[np.float32]
"""Tracings in millivolt, (..., 12, samples), leads in the order of `LEADS`."""

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
INDEPENDENT = (0, 1, 6, 7, 8, 9, 10, 11)
"""I, II and V1 to V6: the other four follow from I and II."""

RATE = 100
SECONDS = 10
SAMPLES = RATE * SECONDS

_BY_NAME = {lead.lower(): position for position, lead in enumerate(LEADS)}


def position_of(name: str) -> int | None:
    """Position of a lead in `LEADS` from a written name ("avr", "Lead V1", "MDC_ECG_LEAD_II")."""
    word = name.strip().lower().replace("mdc_ecg_lead_", "").removeprefix("lead").strip()
    return _BY_NAME.get(word.partition(" ")[0])


def limb_leads(one: NDArray[np.floating], two: NDArray[np.floating]) -> NDArray[np.floating]:
    """I, II, III, aVR, aVL and aVF from I and II, stacked on the axis before the last.

    Einthoven: III = II - I. Goldberger: aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2.
    """
    return np.stack([one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2], axis=-2)
