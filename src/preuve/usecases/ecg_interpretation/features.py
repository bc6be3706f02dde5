"""Features of a tracing that a person can name: rhythm, waves, amplitudes, an average beat.

All are computed from the tracing at 100 Hz, for many tracings at once. What a tracing does not
allow (no beat found, no median beat) is NaN.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from preuve.usecases.ecg_interpretation.leads import INDEPENDENT, LEADS, RATE, SAMPLES, Signals

Floats = NDArray[np.float32]
Peaks = list[NDArray[np.int64]]

BEFORE, AFTER = 28, 46
"""Samples of the average beat before and after R: 280 and 460 ms."""
REFRACTORY = 24
"""Two beats stand 240 ms apart or more."""
PROMINENCE = 0.35
"""Share of the usual beat's energy, above the floor, that makes a beat."""
STEP = 3
"""The average beat is a feature every 30 ms."""
_LIMBS = (0, 1, 5)


def features(signals: Signals, age: Floats, sex: Floats) -> Floats:
    """(n, len(NAMES)) features of tracings (n, 12, 1000) in millivolt.

    Args:
        signals: tracings at 100 Hz, ten seconds.
        age: (n,) years, NaN where unknown.
        sex: (n,) 1 female, 0 male, NaN where unknown.
    """
    clean = band_pass(signals)
    peaks = r_peaks(clean)
    beats, likeness = _beats(clean, peaks)
    parts = [
        np.stack([age, sex], axis=1),
        _rhythm(clean, peaks, likeness),
        _waves(beats),
        _atrial(clean, peaks),
        _noise(signals, clean),
        beats[:, INDEPENDENT, ::STEP].reshape(len(beats), -1),
    ]
    return np.concatenate([part.astype(np.float32) for part in parts], axis=1)


def band_pass(signals: Signals) -> Floats:
    """The tracings between 0.5 and 40 Hz: Fourier filter with raised-cosine edges.

    Ends are mirrored so that the first and last beats are not bent.
    """
    from scipy import fft

    mirrored = np.concatenate([signals, signals[..., ::-1]], axis=-1)
    spectrum = fft.rfft(mirrored, axis=-1)
    spectrum *= _response(mirrored.shape[-1])
    filtered = fft.irfft(spectrum, n=mirrored.shape[-1], axis=-1)[..., : signals.shape[-1]]
    return np.ascontiguousarray(filtered, dtype=np.float32)


@cache
def _response(samples: int) -> Floats:
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    low = np.clip((hertz - 0.3) / 0.4, 0, 1)
    high = np.clip((44 - hertz) / 8, 0, 1)
    return np.asarray((0.5 - 0.5 * np.cos(np.pi * low * high)), dtype=np.float32)


def r_peaks(clean: Floats) -> Peaks:
    """Sample of each R wave, per tracing.

    Energy of the slope over the eight independent leads, averaged over 80 ms; a peak is a largest
    sample within 240 ms either side that stands out of the tracing's floor (its median energy) by a
    share of its usual beat (median of the largest energies of two-second parts).
    """
    energy = _slope_energy(clean)
    floor = np.median(energy, axis=1)
    usual = np.median(energy.reshape(len(energy), 5, -1).max(axis=-1), axis=1)
    threshold = floor + PROMINENCE * (usual - floor)
    is_peak = (energy == _running_maximum(energy, REFRACTORY)) & (energy > threshold[:, None])
    rows, samples = np.nonzero(is_peak)
    return [
        _spaced(samples[first:last])
        for first, last in zip(
            *(np.searchsorted(rows, np.arange(len(clean)), side) for side in ("left", "right")),
            strict=True,
        )
    ]


def _slope_energy(clean: Floats) -> Floats:
    slope = np.diff(clean[:, INDEPENDENT], axis=-1, append=clean[:, INDEPENDENT, -1:])
    energy = np.sqrt(np.einsum("nlt,nlt->nt", slope, slope))
    window = np.cumsum(np.pad(energy, ((0, 0), (5, 4))), axis=1)
    return np.asarray((window[:, 9:] - window[:, :-9])[:, :SAMPLES] / 9, dtype=np.float32)


def _running_maximum(values: Floats, reach: int) -> Floats:
    from scipy.ndimage import maximum_filter1d

    return np.asarray(maximum_filter1d(values, 2 * reach + 1, axis=1, mode="constant"))


def _spaced(samples: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ties of the running maximum leave one peak."""
    return samples[np.diff(samples, prepend=-REFRACTORY) >= REFRACTORY]


def _beats(clean: Floats, peaks: Peaks) -> tuple[Floats, list[Floats]]:
    """Median beat (n, 12, BEFORE + AFTER) and each beat's correlation with it."""
    reach = np.arange(-BEFORE, AFTER)
    beats = np.full((len(clean), len(LEADS), len(reach)), np.nan, dtype=np.float32)
    likeness: list[Floats] = []
    for row, found in enumerate(peaks):
        whole = found[(found >= BEFORE) & (found + AFTER <= SAMPLES)]
        if not len(whole):
            likeness.append(np.empty(0, dtype=np.float32))
            continue
        every = clean[row][:, whole[:, None] + reach]
        median = np.median(every, axis=1)
        beats[row] = median - np.median(median[:, 18:22], axis=1, keepdims=True)
        likeness.append(_correlation(every[list(INDEPENDENT)], median[list(INDEPENDENT)]))
    return beats, likeness


def _correlation(every: Floats, median: Floats) -> Floats:
    """Correlation of each beat (leads, beats, samples) around its QRS with the median beat."""
    window = slice(BEFORE - 12, BEFORE + 20)
    a = np.moveaxis(every[..., window], 1, 0)
    a = (a - a.mean(axis=-1, keepdims=True)).reshape(every.shape[1], -1)
    b = median[:, window] - median[:, window].mean(axis=-1, keepdims=True)
    norm = np.sqrt((a * a).sum(axis=1) * (b * b).sum()) + 1e-9
    return np.asarray(a @ b.ravel() / norm, dtype=np.float32)


_RHYTHM = (
    "beats", "rr_median", "rr_mean", "rr_shortest", "rr_longest", "rr_sd", "rr_rmssd", "rr_range",
    "rr_over_50ms", "rr_early", "rr_pause", "rr_lag", "rr_entropy", "like_lowest", "like_second",
    "like_mean", "like_below_90", "odd_early", "width_widest", "odd_even",
)  # fmt: skip


def _rhythm(clean: Floats, peaks: Peaks, likeness: list[Floats]) -> Floats:
    energy = _slope_energy(clean)
    table = np.full((len(peaks), len(_RHYTHM)), np.nan, dtype=np.float32)
    for row, found in enumerate(peaks):
        table[row] = _rhythm_of(found, likeness[row], energy[row])
    return table


def _rhythm_of(found: NDArray[np.int64], likeness: Floats, energy: Floats) -> Floats:
    out = np.full(len(_RHYTHM), np.nan, dtype=np.float32)
    out[0] = len(found)
    if len(found) < 3:
        return out
    rr = np.diff(found) / RATE
    steps = np.diff(rr)
    median = float(np.median(rr))
    relative = rr / median
    out[1:8] = [
        median,
        rr.mean(),
        rr.min(),
        rr.max(),
        relative.std(),
        np.sqrt(np.mean((steps / median) ** 2)),
        relative.max() - relative.min(),
    ]
    out[8] = np.mean(np.abs(steps) > 0.05)
    out[9] = np.mean(relative < 0.85)
    out[10] = np.mean(relative > 1.3)
    out[11] = np.mean(np.abs(steps) < 0.02)
    counts = np.histogram(relative, bins=12, range=(0.4, 1.6))[0] / len(relative)
    out[12] = -np.sum(counts[counts > 0] * np.log(counts[counts > 0]))
    out[19] = np.abs(rr[::2].mean() - rr[1::2].mean()) / median
    if len(likeness):
        ordered = np.sort(likeness)
        out[13:17] = (
            ordered[0],
            ordered[min(1, len(ordered) - 1)],
            likeness.mean(),
            np.mean(likeness < 0.9),
        )
        skipped = int((found < BEFORE).sum())
        odd = int(np.argmin(likeness)) + skipped
        out[17] = relative[odd - 1] if odd > 0 else np.nan
    area = np.array([energy[max(0, p - 10) : p + 11].sum() for p in found])
    out[18] = area.max() / np.median(area)
    return out


_PER_LEAD = (
    "q",
    "r",
    "s",
    "r_late",
    "st_40",
    "st_80",
    "t_high",
    "t_low",
    "t_area",
    "qrs_area",
    "p",
    "ptp",
)


def _waves(beats: Floats) -> Floats:
    """Amplitudes per lead, then widths and voltages of the whole beat."""
    r = BEFORE
    q = beats[..., r - 7 : r].min(axis=-1)
    high = beats[..., r - 6 : r + 8].max(axis=-1)
    s = beats[..., r : r + 11].min(axis=-1)
    late = beats[..., r + 3 : r + 11].max(axis=-1)
    j = r + 7
    t_wave = beats[..., r + 14 : r + 42]
    per_lead = np.stack(
        [
            q,
            high,
            s,
            late,
            beats[..., j],
            beats[..., j + 4],
            t_wave.max(axis=-1),
            t_wave.min(axis=-1),
            t_wave.mean(axis=-1),
            beats[..., r - 6 : r + 9].sum(axis=-1),
            beats[..., :18].max(axis=-1),
            np.ptp(beats[..., r - 7 : r + 11], axis=-1),
        ],
        axis=-1,
    )
    return np.concatenate([per_lead.reshape(len(beats), -1), _whole_beat(beats, high, s)], axis=1)


_WHOLE = (
    "qrs_width_25", "qrs_width_12", "qrs_onset", "qrs_end", "qrs_axis_sin", "qrs_axis_cos",
    "t_axis_sin", "t_axis_cos", "qrs_t_angle", "sokolow", "cornell", "limb_voltage", "qt_end",
    "p_time", "p_height", "p_over_noise", "r_progress", "v1_ratio", "qrs_peak", "spike",
)  # fmt: skip


def _whole_beat(beats: Floats, high: Floats, low: Floats) -> Floats:
    eight = beats[:, INDEPENDENT]
    speed = np.sqrt((np.diff(eight, axis=-1) ** 2).sum(axis=1))
    out = np.full((len(beats), len(_WHOLE)), np.nan, dtype=np.float32)
    r = BEFORE
    window = speed[:, r - 12 : r + 16]
    peak = window.max(axis=1)
    for column, part in ((0, 0.25), (1, 0.12)):
        first, last = _extent(window, part * peak)
        out[:, column] = last - first + 1
    out[:, 2], out[:, 3] = first - 12, last - 12
    area = beats[..., r - 6 : r + 9].sum(axis=-1)
    t_area = beats[..., r + 14 : r + 42].sum(axis=-1)
    for column, vector in ((4, area), (6, t_area)):
        angle = np.arctan2(vector[:, 5] * 2 / np.sqrt(3), vector[:, 0])
        out[:, column], out[:, column + 1] = np.sin(angle), np.cos(angle)
    norm = np.linalg.norm(area, axis=1) * np.linalg.norm(t_area, axis=1) + 1e-6
    out[:, 8] = (area * t_area).sum(axis=1) / norm
    v1, v3, v5, v6, avl = 6, 8, 10, 11, 4
    out[:, 9] = -low[:, v1] + np.maximum(high[:, v5], high[:, v6])
    out[:, 10] = high[:, avl] - low[:, v3]
    out[:, 11] = (high - low)[:, list(_LIMBS)].max(axis=1)
    t_size = np.abs(eight[..., r + 14 :]).sum(axis=1)
    out[:, 12] = _last_above(t_size, 0.3)
    p_size = beats[:, [1, 5, 6], :20]
    p_wave = p_size[:, 0] + p_size[:, 1]
    out[:, 13] = p_wave.argmax(axis=1)
    out[:, 14] = p_wave.max(axis=1) - np.median(p_wave, axis=1)
    out[:, 15] = out[:, 14] / (np.abs(np.diff(p_wave, axis=1)).mean(axis=1) + 1e-3)
    out[:, 16] = high[:, v3] / (high[:, v3] - low[:, v3] + 1e-3)
    out[:, 17] = high[:, v1] / (high[:, v1] - low[:, v1] + 1e-3)
    out[:, 18] = peak
    out[:, 19] = speed[:, r - 14 : r - 4].max(axis=1) / (peak + 1e-6)
    out[np.isnan(beats[:, 0, 0])] = np.nan
    return out


def _extent(values: Floats, threshold: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last sample above a threshold, per row."""
    above = values > threshold[:, None]
    return above.argmax(axis=1), values.shape[1] - 1 - above[:, ::-1].argmax(axis=1)


def _last_above(values: Floats, part: float) -> NDArray[np.int64]:
    return _extent(values, part * values.max(axis=1))[1]


_ATRIAL_BANDS = ((3.0, 4.5), (4.5, 6.0), (6.0, 9.0), (9.0, 15.0))
_ATRIAL_LEADS = (1, 6)
_ATRIAL = ("tq_energy", "tq_slope", "p_like", "p_sd")


def _atrial(clean: Floats, peaks: Peaks) -> Floats:
    """What lies before each QRS, in II and V1: steady P waves, or fibrillation."""
    table = np.full((len(peaks), len(_ATRIAL_LEADS) * len(_ATRIAL)), np.nan, dtype=np.float32)
    before = np.arange(-26, -7)
    for row, found in enumerate(peaks):
        whole = found[found >= 26]
        if len(whole) < 3:
            continue
        every = clean[row][np.array(_ATRIAL_LEADS)[:, None, None], whole[:, None] + before]
        centred = every - every.mean(axis=-1, keepdims=True)
        mean = np.median(centred, axis=1)
        slope = np.abs(np.diff(centred, axis=-1)).mean(axis=(1, 2))
        norm = np.sqrt((centred**2).sum(axis=-1) * (mean**2).sum(axis=-1)[:, None]) + 1e-9
        like = ((centred * mean[:, None]).sum(axis=-1) / norm).mean(axis=1)
        spread = (centred - mean[:, None]).std(axis=(1, 2))
        table[row] = np.concatenate([centred.std(axis=(1, 2)), slope, like, spread])
    return table


_NOISE = ("drift", "high", "power_3", "power_4", "power_6", "power_9", "full_scale")


def _noise(signals: Signals, clean: Floats) -> Floats:
    """Drift, high-frequency noise, and the share of atrial bands in V1."""
    drift = (signals - clean).std(axis=-1).mean(axis=1)
    high = np.abs(np.diff(clean, n=2, axis=-1)).mean(axis=(1, 2))
    from scipy import fft

    power = np.abs(fft.rfft(clean[:, 6], axis=-1)) ** 2
    hertz = np.fft.rfftfreq(clean.shape[-1], 1 / RATE)
    total = power.sum(axis=1) + 1e-9
    bands = [
        power[:, (hertz >= low) & (hertz < top)].sum(axis=1) / total for low, top in _ATRIAL_BANDS
    ]
    return np.stack([drift, high, *bands, np.ptp(clean, axis=-1).max(axis=1)], axis=1)


NAMES: tuple[str, ...] = (
    "age",
    "sex",
    *_RHYTHM,
    *(f"{lead}_{wave}" for lead in LEADS for wave in _PER_LEAD),
    *_WHOLE,
    *(f"{name}_{LEADS[lead]}" for name in _ATRIAL for lead in _ATRIAL_LEADS),
    *_NOISE,
    *(
        f"{LEADS[lead]}_{10 * (sample - BEFORE):+d}ms"
        for lead in INDEPENDENT
        for sample in range(0, BEFORE + AFTER, STEP)
    ),
)
