"""Tracings on disk: WFDB and DICOM files read with their claims checked, and WFDB written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from preuve.usecases.ecg_interpretation.leads import (
    LEADS,
    RATE,
    SAMPLES,
    SECONDS,
    Signals,
    position_of,
)
from preuve.usecases.ecg_interpretation.quality import UnfitError

_MICROVOLT_UNITS = {"uv", "µv", "μv", "microvolt"}
_INVALID = np.iinfo(np.int16).min
_GAIN = re.compile(r"^([-+\d.eE]+)(?:\((-?\d+)\))?(?:/(\S+))?$")
_FORMAT = re.compile(r"^16(?:x1)?(?:\+(\d+))?$")


@dataclass(frozen=True)
class Waveform:
    """A tracing as recorded: (12, samples) millivolt in the order of `LEADS`, and its rate in Hz.

    Samples that the device marked as invalid are NaN.
    """

    signal: Signals
    rate: float


@dataclass(frozen=True)
class _Channel:
    """One signal line of a WFDB header."""

    file: str
    offset: int
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    name: str


def read(record: Path) -> Waveform:
    """The tracing of a record: `record`.hea with its .dat, or `record`.dcm.

    Raises:
        UnfitError: absent, unreadable, or a header whose claims the data deny.
    """
    header = record.with_name(record.name + ".hea")
    if header.exists():
        return _read_wfdb(header)
    dicom = record.with_name(record.name + ".dcm")
    if dicom.exists():
        return _read_dicom(dicom)
    raise UnfitError("absent", str(header.name))


def _read_wfdb(header: Path) -> Waveform:
    """Header syntax: WFDB Applications Guide, header(5); one segment, format 16, one data file."""
    rate, samples, channels = _parse_header(header)
    digital = _read_digital(header, channels, samples)
    sums = digital.sum(axis=0, dtype=np.int64)
    for channel, total in zip(channels, sums, strict=True):
        if channel.checksum is not None and (int(total) - channel.checksum) % 65536:
            raise UnfitError("header", f"checksum of {channel.name}")
    return Waveform(_in_millivolt(digital, channels), rate)


def _parse_header(header: Path) -> tuple[float, int, list[_Channel]]:
    try:
        text = header.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        _name, count, rate, samples, *_rest = lines[0].split()
        channels = [_parse_channel(line.split()) for line in lines[1 : 1 + int(count)]]
        rate_hz, length = float(rate.partition("/")[0].partition("(")[0]), int(samples)
    except (ValueError, IndexError) as error:
        raise UnfitError("header", str(error)) from error
    if len(channels) != int(count) or not channels or length < 1:
        raise UnfitError("header", f"{len(channels)} signal lines, {count} declared")
    if not np.isfinite(rate_hz):
        raise UnfitError("header", f"rate {rate}")
    return rate_hz, length, channels


def _parse_channel(fields: list[str]) -> _Channel:
    form, gain = _FORMAT.match(fields[1]), _GAIN.match(fields[2])
    if form is None:
        raise UnfitError("format", f"WFDB {fields[1]}")
    if gain is None:
        raise UnfitError("header", f"gain {fields[2]}")
    zero = int(fields[4]) if len(fields) > 4 else 0
    return _Channel(
        file=fields[0],
        offset=int(form[1] or 0),
        gain=float(gain[1]),
        baseline=zero if gain[2] is None else int(gain[2]),
        unit=gain[3] or "mV",
        checksum=int(fields[6]) if len(fields) > 6 else None,
        name=" ".join(fields[8:]),
    )


def _read_digital(header: Path, channels: list[_Channel], samples: int) -> NDArray[np.int16]:
    """(samples, channels) as stored, after checking the size that the header claims."""
    if len({(channel.file, channel.offset) for channel in channels}) != 1:
        raise UnfitError("format", "several data files")
    first = channels[0]
    data = header.with_name(Path(first.file).name)
    if not data.exists():
        raise UnfitError("absent", data.name)
    claimed = samples * len(channels)
    if data.stat().st_size != first.offset + 2 * claimed:
        raise UnfitError(
            "header", f"{data.stat().st_size} bytes, {first.offset + 2 * claimed} claimed"
        )
    stored = np.fromfile(data, dtype="<i2", offset=first.offset)
    return stored.reshape(samples, len(channels))


def _in_millivolt(digital: NDArray[np.int16], channels: list[_Channel]) -> Signals:
    """(12, samples) millivolt: (digital - baseline) / gain, channels placed by their names."""
    order = _places([channel.name for channel in channels])
    kept = [channels[column] for column in order]
    gains = np.array([channel.gain for channel in kept])
    if not np.all(np.isfinite(gains)) or np.any(gains <= 0):
        raise UnfitError("gain", f"gain {gains.min():g}")
    scale = np.array([_millivolts(channel.unit) for channel in kept]) / gains
    baseline = np.array([channel.baseline for channel in kept], dtype=np.float32)
    chosen = digital.T if order == list(range(len(LEADS))) else digital.T[order]
    signal = chosen.astype(np.float32, order="C")
    signal -= baseline[:, None]
    signal *= scale.astype(np.float32)[:, None]
    if (chosen == _INVALID).any():
        signal[chosen == _INVALID] = np.nan
    return signal


def _places(names: list[str]) -> list[int]:
    """For each of `LEADS`, the column that holds it."""
    found: dict[int, int] = {}
    for column, name in enumerate(names):
        position = position_of(name)
        if position is not None and position in found:
            raise UnfitError("header", f"lead {name} twice")
        if position is not None:
            found[position] = column
    missing = [lead for position, lead in enumerate(LEADS) if position not in found]
    if missing:
        raise UnfitError("missing_lead", ", ".join(missing))
    return [found[position] for position in range(len(LEADS))]


def _millivolts(unit: str) -> float:
    word = unit.strip().lower()
    if word == "mv":
        return 1.0
    if word in _MICROVOLT_UNITS:
        return 1e-3
    if word == "v":
        return 1e3
    raise UnfitError("gain", f"unit {unit}")


def _read_dicom(path: Path) -> Waveform:
    """First waveform group of a 12-lead or general ECG object (DICOM PS3.3 A.34.3, C.10.9)."""
    import pydicom

    try:
        dataset = pydicom.dcmread(path)
        group = dataset.WaveformSequence[0]
        # waveform_array applies sensitivity and correction; its unit is that of the channel
        array = np.asarray(dataset.waveform_array(0), dtype=np.float64)
        channels = list(group.ChannelDefinitionSequence)
        names = [str(channel.ChannelSourceSequence[0].CodeMeaning) for channel in channels]
        units = [str(c.ChannelSensitivityUnitsSequence[0].CodeValue) for c in channels]
        sensitivities = [float(channel.ChannelSensitivity) for channel in channels]
        rate = float(group.SamplingFrequency)
    except Exception as error:  # a damaged file makes pydicom raise errors of any kind
        raise UnfitError("header", f"DICOM: {error}") from error
    if array.shape != (int(group.NumberOfWaveformSamples), len(channels)):
        raise UnfitError("header", "DICOM: samples")
    order = _places(names)
    if any(sensitivities[column] <= 0 for column in order):
        raise UnfitError("gain", "sensitivity 0")
    scale = np.array([_millivolts(units[column]) for column in order])
    return Waveform(np.ascontiguousarray((array[:, order] * scale).T, dtype=np.float32), rate)


def write_wfdb(folder: Path, record: str, microvolts: NDArray[np.int16], rate: int) -> None:
    """Write `record`.hea and `record`.dat (format 16, 1 µV a step).

    Args:
        folder: an existing folder.
        record: name of the record.
        microvolts: (12, samples) in the order of `LEADS`.
        rate: Hz.
    """
    leads, samples = microvolts.shape
    np.ascontiguousarray(microvolts.T, dtype="<i2").tofile(folder / f"{record}.dat")
    sums = microvolts.sum(axis=1, dtype=np.int64).astype(np.int16)
    lines = [f"{record} {leads} {rate} {samples}"]
    lines += [
        f"{record}.dat 16 1000(0)/mV 16 0 {first} {total} 0 {lead}"
        for lead, first, total in zip(LEADS, microvolts[:, 0], sums, strict=True)
    ]
    (folder / f"{record}.hea").write_text("\n".join(lines) + "\n", encoding="utf-8")


def resample(signals: Signals, rate: float) -> Signals:
    """The first ten seconds at 100 Hz, (..., 12, 1000), of tracings at `rate` Hz, 100 or more.

    The tracing is mirrored at its end, and its spectrum cut with a soft edge between 42 and 48 Hz:
    nothing aliases, and any rate will do.
    """
    if rate == RATE:
        return np.ascontiguousarray(signals[..., :SAMPLES])
    from scipy import fft

    needed = round(SECONDS * rate)
    first = signals[..., :needed]
    spectrum = fft.rfft(np.concatenate([first, first[..., ::-1]], axis=-1), axis=-1)
    kept = spectrum[..., : SAMPLES + 1] * _pass_band()
    out = fft.irfft(kept, n=2 * SAMPLES, axis=-1)[..., :SAMPLES]
    return np.ascontiguousarray(out * np.float32(SAMPLES / needed), dtype=np.float32)


@cache
def _pass_band() -> NDArray[np.float32]:
    """Gain from 0 to 50 Hz in steps of 1/20 Hz."""
    hertz = np.arange(SAMPLES + 1) / (2 * SECONDS)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.clip((hertz - 42) / 6, 0, 1)), np.float32)
