"""A 12-lead phantom: SYNTHETIC tracings from a heart vector that moves, for use without data.

The heart is one dipole. Each wave is a bump of Gaussian shape in time along a fixed direction of
space: the sum of Gaussians of McSharry and others (IEEE Trans Biomed Eng 2003, 50:289-294),
carried to three dimensions as by Sameni and others (EURASIP J Adv Signal Process 2007, 043407).
The leads I, II and V1 to V6 are projections of the dipole (coefficients of Dower, Machado and
Osborne, Clin Cardiol 1980, 3:87-95); the four other limb leads follow from I and II.

Nothing here imitates a patient: the phantom tests software, it says nothing of a reader's worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from preuve.usecases.ecg_interpretation.archives import Record
from preuve.usecases.ecg_interpretation.labels import FINDINGS
from preuve.usecases.ecg_interpretation.leads import SECONDS, limb_leads

VERSION = 2
RATE = 500
"""Hz of the tracings."""

Floats: TypeAlias = NDArray[np.float64]
Block: TypeAlias = Literal["none", "left", "right", "incomplete_right"]
Territory: TypeAlias = Literal["none", "anterior", "inferior", "lateral"]

_DOWER = np.array(
    [
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
    ]
)
"""I, II, V1 to V6 from the dipole's components: left, down, back."""

_INJURY = {
    "none": (0.0, 0.0, 0.0),
    "anterior": (0.25, 0.0, -0.95),
    "inferior": (-0.2, 0.95, 0.1),
    "lateral": (0.9, -0.35, 0.1),
}
"""Direction towards which an injury lifts the ST segment."""


@dataclass(frozen=True)
class Heart:
    """What the phantom is told to show.

    Attributes:
        rate: beats per minute.
        atrial_fibrillation: no P wave, fibrillation waves, irregular beats.
        block: delay in a bundle branch.
        anterior_fascicle: block of the left anterior fascicle.
        delay: seconds from P to R.
        injury: territory of an ST elevation with loss of the early forces.
        elevation: height of that elevation along its direction, millivolt.
        voltage: size of the QRS, 1 for usual.
        strain: T waves turned over.
        ventricular, atrial: share of beats that are premature ventricular, atrial.
        paced: ventricular pacing, with its spike.
        noise: standard deviation of the noise of a lead, millivolt.
        wander: size of the baseline's slow swing, millivolt.
        arm_swap: the arm electrodes exchanged.
    """

    rate: float = 70.0
    atrial_fibrillation: bool = False
    block: Block = "none"
    anterior_fascicle: bool = False
    delay: float = 0.16
    injury: Territory = "none"
    elevation: float = 0.3
    voltage: float = 1.0
    strain: bool = False
    ventricular: float = 0.0
    atrial: float = 0.0
    paced: bool = False
    noise: float = 0.01
    wander: float = 0.05
    arm_swap: bool = False


@dataclass(frozen=True)
class Beats:
    """R times in seconds, and which beats are premature ventricular and atrial."""

    times: Floats
    ventricular: NDArray[np.bool_]
    atrial: NDArray[np.bool_]


def tracing(heart: Heart, seed: int) -> Floats:
    """(12, 5000) millivolt, ten seconds at 500 Hz; one seed, one tracing."""
    draw = np.random.default_rng([VERSION, seed])
    dipole = _dipole(heart, beats(heart, draw), draw)
    eight = _DOWER @ dipole + _disturbance(heart, draw)
    if heart.arm_swap:
        eight[0], eight[1] = -eight[0], eight[1] - eight[0]
    return np.concatenate([limb_leads(eight[0], eight[1]), eight[2:]])


def microvolts(signal: Floats) -> NDArray[np.int16]:
    """The tracing in whole microvolts, derived leads computed from the rounded I and II."""
    whole = np.rint(np.clip(signal, -30, 30) * 1000)
    return np.concatenate([np.rint(limb_leads(whole[0], whole[1])), whole[6:]]).astype(np.int16)


def beats(heart: Heart, draw: np.random.Generator) -> Beats:
    """Beats from one second before the tracing to one second after it."""
    usual = 60.0 / heart.rate
    count = int((SECONDS + 3) / usual * 1.6) + 4
    spread = 0.22 if heart.atrial_fibrillation else 0.015
    intervals = usual * np.exp(draw.normal(-(spread**2) / 2, spread, count))
    kind = draw.random(count)
    ventricular = kind < heart.ventricular
    atrial = ~ventricular & (kind < heart.ventricular + heart.atrial)
    early = ventricular | atrial
    early[1:] &= ~early[:-1]
    ventricular &= early
    atrial &= early
    intervals[early] *= 0.62
    after = np.flatnonzero(ventricular) + 1
    intervals[after[after < count]] *= 1.38
    times = np.cumsum(np.maximum(intervals, 0.28)) - 1.0 - draw.uniform(0, usual)
    kept = times < SECONDS + 1.0
    return Beats(times[kept], ventricular[kept], atrial[kept])


def _dipole(heart: Heart, found: Beats, draw: np.random.Generator) -> Floats:
    """(3, 5000): the waves of every beat, and the fibrillation of the atria."""
    dipole = np.zeros((3, SECONDS * RATE))
    interval = np.diff(found.times, prepend=found.times[0] - 60.0 / heart.rate)
    ordinary, ectopic = _ordinary(heart), _ventricular_ectopic()
    for index, time in enumerate(found.times):
        waves = ectopic if found.ventricular[index] else ordinary
        stretch = float(np.sqrt(np.clip(interval[index], 0.35, 1.5)))
        no_p = heart.atrial_fibrillation or heart.paced or bool(found.ventricular[index])
        _add(dipole, time, waves, stretch)
        if not no_p:
            direction = (0.06, -0.05, -0.05) if found.atrial[index] else (0.07, 0.11, -0.03)
            _add(dipole, time, np.array([[-heart.delay, 0.022, *direction, 0.0]]), 1.0)
    if heart.atrial_fibrillation:
        dipole += _fibrillation(draw)
    return dipole


def _ordinary(heart: Heart) -> Floats:
    """Waves of a beat: rows of centre (s from R), width (s), left, down, back (mV), and 1 for T.

    Rows marked 1 move with the square root of the interval before the beat (Bazett).
    """
    if heart.paced:
        return _paced()
    down = -0.55 if heart.anterior_fascicle else 0.75
    early = (-0.05, 0.2, -0.1) if heart.anterior_fascicle else (-0.12, -0.05, -0.15)
    t = (0.30, 0.22, -0.12)
    qrs = {
        "none": [
            (-0.028, 0.009, *early),
            (0, 0.011, 1.0, down, 0.35),
            (0.03, 0.01, -0.12, -0.1, 0.4),
        ],
        "left": [(-0.01, 0.02, 0.5, down / 2, 0.5), (0.035, 0.024, 0.8, down / 2, 0.8)],
        "right": [
            (-0.028, 0.009, *early),
            (0, 0.011, 1.0, down, 0.3),
            (0.062, 0.022, -0.55, -0.05, -0.75),
        ],
        "incomplete_right": [
            (-0.028, 0.009, *early),
            (0, 0.011, 1.0, down, 0.3),
            (0.042, 0.011, -0.3, -0.05, -0.4),
        ],
    }[heart.block]
    if heart.block == "left":
        t = (-0.3, -0.1, -0.35)
    if heart.block == "right":
        t = (0.3, 0.2, 0.2)
    if heart.strain:
        t = (-0.25, -0.12, -0.1)
    rows = [(c, w, *(heart.voltage * v for v in vector), 0.0) for c, w, *vector in qrs]
    rows += [(0.27, 0.055, *(0.6 * v for v in t), 1.0), (0.31, 0.035, *(0.5 * v for v in t), 1.0)]
    if heart.injury != "none":
        injury = np.array(_INJURY[heart.injury])
        rows.append((0.13, 0.045, *(heart.elevation * injury), 0.0))
        rows.append((-0.02, 0.012, *(-0.6 * injury), 0.0))
    return np.array(rows)


def _paced() -> Floats:
    return np.array(
        [
            (-0.075, 0.0012, 0.6, -1.4, 0.5, 0.0),
            (-0.02, 0.022, 0.4, -0.5, 0.5, 0.0),
            (0.035, 0.026, 0.7, -0.6, 0.7, 0.0),
            (0.30, 0.06, -0.3, 0.3, -0.35, 1.0),
        ]
    )


def _ventricular_ectopic() -> Floats:
    return np.array(
        [
            (-0.015, 0.026, -0.4, 1.1, -0.5, 0.0),
            (0.045, 0.028, -0.8, 0.5, -0.6, 0.0),
            (0.30, 0.06, 0.45, -0.55, 0.4, 1.0),
        ]
    )


def _add(dipole: Floats, time: float, waves: Floats, stretch: float) -> None:
    """Add one beat's waves to the dipole, on the samples near it."""
    first = int(np.floor((time - 0.4) * RATE))
    samples = np.arange(max(first, 0), min(first + RATE, dipole.shape[1]))
    if not len(samples):
        return
    centre = time + waves[:, 0] * np.where(waves[:, 5] > 0, stretch, 1.0)
    phase = (samples / RATE - centre[:, None]) / waves[:, 1, None]
    dipole[:, samples] += waves[:, 2:5].T @ np.exp(-0.5 * phase**2)


def _fibrillation(draw: np.random.Generator) -> Floats:
    """Waves of 4 to 8 Hz whose pace drifts, strongest towards V1."""
    samples = SECONDS * RATE
    hertz = draw.uniform(5, 7) + np.cumsum(draw.normal(0, 0.02, samples))
    phase = 2 * np.pi * np.cumsum(np.clip(hertz, 4, 8)) / RATE
    wave = np.sin(phase) + 0.4 * np.sin(2 * phase + draw.uniform(0, 6))
    return np.outer([-0.01, 0.03, -0.05], wave)


def _disturbance(heart: Heart, draw: np.random.Generator) -> Floats:
    """Noise and slow swing of each independent lead, (8, 5000) millivolt."""
    time = np.arange(SECONDS * RATE) / RATE
    white = draw.normal(0, 1, (8, len(time) + 2))
    smooth = (white[:, :-2] + white[:, 1:-1] + white[:, 2:]) / np.sqrt(3)
    hertz, phase = draw.uniform(0.1, 0.4, (8, 1)), draw.uniform(0, 2 * np.pi, (8, 1))
    swing = np.sin(2 * np.pi * hertz * time + phase) * draw.uniform(0.3, 1, (8, 1))
    return np.asarray(heart.noise * smooth + heart.wander * swing)


@dataclass(frozen=True)
class Hospital:
    """A made-up hospital: how often each finding is drawn, and on which device.

    Attributes:
        name: of its node.
        seed: of all that it draws.
        prevalence: finding -> share of the patients; `_USUAL` where not named.
        mean_age: years.
        noise: usual noise of its tracings, millivolt.
        records: how many.
    """

    name: str
    seed: int
    prevalence: Mapping[str, float]
    mean_age: float
    noise: float
    records: int = 300

    def draw(self) -> Iterator[Record]:
        """The hospital's records, in order; the same at each call."""
        draw = np.random.default_rng([VERSION, self.seed, 7])
        person, age, sex = 0, 0.0, ""
        for number in range(self.records):
            if number == 0 or draw.random() > 0.04:
                person += 1
                age = float(np.clip(np.rint(draw.normal(self.mean_age, 15)), 18, 95))
                sex = "F" if draw.random() < 0.48 else "M"
            heart, findings = self._patient(draw)
            yield Record(
                identifier=f"{self.name}-{number:04d}",
                person=f"{self.name}-p{person:04d}",
                age=age,
                sex=sex,
                device="phantom",
                validated=None,
                fold=None,
                findings=findings,
                microvolts=microvolts(tracing(heart, 100_000 * self.seed + number)),
                rate=RATE,
            )

    def _patient(self, draw: np.random.Generator) -> tuple[Heart, dict[str, int | None]]:
        drawn = {code for code in _DRAWN if draw.random() < self.prevalence.get(code, _USUAL)}
        heart = replace(_heart(drawn, draw), noise=float(self.noise * draw.uniform(0.5, 2)))
        return heart, _stated(heart)


_USUAL = 0.07
_DRAWN = (
    "AFIB_AFLT", "LBBB", "RBBB", "STACH", "LAFB", "SBRAD", "PVC", "LVH", "IRBBB", "PACE", "AVB1",
    "PAC", "MI", "STTC",
)  # fmt: skip


def _heart(drawn: set[str], draw: np.random.Generator) -> Heart:
    """A heart that shows what was drawn, as far as the findings go together."""
    paced = "PACE" in drawn
    fibrillating = "AFIB_AFLT" in drawn and not paced
    rate = draw.uniform(61, 98)
    if "STACH" in drawn and not (fibrillating or paced):
        rate = draw.uniform(102, 140)
    elif "SBRAD" in drawn and not (fibrillating or paced):
        rate = draw.uniform(40, 58)
    blocks: tuple[tuple[str, Block], ...] = (
        ("LBBB", "left"),
        ("RBBB", "right"),
        ("IRBBB", "incomplete_right"),
    )
    block: Block = next((kind for code, kind in blocks if code in drawn and not paced), "none")
    territories: tuple[Territory, ...] = ("anterior", "inferior", "lateral")
    injured = "MI" in drawn and not paced and block != "left"
    sinus = not (fibrillating or paced)
    return Heart(
        rate=float(rate),
        atrial_fibrillation=fibrillating,
        block=block,
        anterior_fascicle="LAFB" in drawn and not paced and block != "left",
        delay=float(
            draw.uniform(0.22, 0.3) if "AVB1" in drawn and sinus else draw.uniform(0.13, 0.19)
        ),
        injury=territories[draw.integers(3)] if injured else "none",
        elevation=float(draw.uniform(0.12, 0.35)),
        voltage=float(
            draw.uniform(1.7, 2.4) if "LVH" in drawn and not paced else draw.uniform(0.7, 1.3)
        ),
        strain="STTC" in drawn and not paced,
        ventricular=0.2 if "PVC" in drawn and not paced else 0.0,
        atrial=0.2 if "PAC" in drawn and sinus else 0.0,
        paced=paced,
        wander=float(draw.uniform(0.01, 0.1)),
        arm_swap=bool(draw.random() < 0.005),
    )


def _stated(heart: Heart) -> dict[str, int | None]:
    """The findings that a heart shows, and so are stated."""
    sinus = not (heart.atrial_fibrillation or heart.paced)
    shown = {
        "AFIB_AFLT": heart.atrial_fibrillation,
        "LBBB": heart.block == "left",
        "RBBB": heart.block == "right",
        "STACH": sinus and heart.rate > 100,
        "LAFB": heart.anterior_fascicle,
        "SBRAD": sinus and heart.rate < 60,
        "PVC": heart.ventricular > 0,
        "LVH": heart.voltage > 1.5,
        "IRBBB": heart.block == "incomplete_right",
        "PACE": heart.paced,
        "AVB1": sinus and heart.delay > 0.2,
        "PAC": heart.atrial > 0,
        "MI": heart.injury != "none",
        "STTC": heart.strain,
    }
    shown["CD"] = heart.block != "none" or shown["LAFB"] or shown["AVB1"]
    shown["HYP"] = shown["LVH"]
    shown["NORM"] = not any(shown.values())
    return {code: int(shown[code]) for code in FINDINGS}


HOSPITALS = (
    Hospital("synthetic0", 0, {"AFIB_AFLT": 0.08, "LBBB": 0.06, "MI": 0.2, "LVH": 0.1}, 52, 0.01),
    Hospital("synthetic1", 1, {"AFIB_AFLT": 0.15, "RBBB": 0.08, "PAC": 0.1, "STTC": 0.2}, 63, 0.02),
    Hospital("synthetic2", 2, {"SBRAD": 0.15, "AVB1": 0.1, "LAFB": 0.12, "PVC": 0.1}, 66, 0.015),
    Hospital("synthetic3", 3, {"STACH": 0.15, "MI": 0.3, "PACE": 0.08, "STTC": 0.15}, 70, 0.03),
    Hospital("synthetic4", 4, {"LVH": 0.35, "IRBBB": 0.15, "AFIB_AFLT": 0.1}, 45, 0.01),
)
