"""One cohort over its draws: Preuve beside heormodel and pyheor, on the same model and draws.

    python benchmarks/economics_cohort.py [--times 3] [--peers PYTHON]

4 states, 100 cycles of a year, 3 strategies, 10,000 draws of 16 parameters; then the same with
deaths by age. The shape is that of the Sick-Sicker tutorial, the figures are SYNTHETIC. CPU is that
of the run alone, after imports, reading and compilation, on one thread.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from meter import ONE_THREAD, usual_environment

TARGETS = {"constant": 0.15, "varying": 0.4}
MOST_MEMORY = 200e6
DRAWS = 10_000
JOB = Path(__file__).parent / "peers" / "cohort_job.py"
PACKAGES = ("heormodel==0.7.4", "pyheor==0.4.1")
COUNTS = {
    "preuve": {"constant": DRAWS, "varying": DRAWS},
    "heormodel": {"constant": DRAWS, "varying": 500},
    "pyheor": {"constant": 50, "varying": 50},
}
NAMES = {"preuve": "Preuve", "heormodel": "heormodel", "pyheor": "pyheor"}
KINDS = {"constant": "constant", "varying": "deaths by age"}
FIRST_AGE, CYCLES = 25, 100

_FIGURES = {
    "r_HD": ("rate/year", "gamma(mean=0.002, sd=0.0002)"),
    "r_HS1": ("rate/year", "gamma(30, 0.005)"),
    "r_S1H": ("rate/year", "gamma(60, 0.00833)"),
    "r_S1S2": ("rate/year", "gamma(84, 0.00125)"),
    "hr_S1": ("ratio", "lognormal(3, 0.01)"),
    "hr_S2": ("ratio", "lognormal(10, 0.02)"),
    "hr_trtB": ("ratio", "lognormal(0.6, 0.02)"),
    "c_H": ("EUR/year", "gamma(100, 20)"),
    "c_S1": ("EUR/year", "gamma(177.8, 22.5)"),
    "c_S2": ("EUR/year", "gamma(225, 66.7)"),
    "c_trtA": ("EUR/year", "gamma(100, 120)"),
    "c_trtB": ("EUR/year", "gamma(100, 130)"),
    "u_H": ("utility", "beta(200, 3)"),
    "u_S1": ("utility", "beta(130, 45)"),
    "u_S2": ("utility", "beta(230, 230)"),
    "u_trtA": ("utility", "beta(300, 15)"),
}
_MODEL = """\
preuve_model: 1
name: four-states
title: {fr: Quatre états, en: Four states}
synthetic: true
decision:
  question: {fr: Combien de temps, en: How long}
  population: {fr: SYNTHETIC, en: SYNTHETIC}
  perspective: payer
  horizon: 100 years
  cycle: 1 year
  START
  discounting: 3 %
  correction: start
  price_year: 2024
TABLES
parameters:
PARAMETERS
values:
  with_A: 0
  with_B: 0
  worse: r_S1S2 * (hr_trtB if with_B > 0 else 1)
  drug: with_A * c_trtA + with_B * c_trtB
  alive: 1 - probability(hr_S1 * DEATH)
structure:
  kind: cohort
  states: {H: {}, S1: {}, S2: {}, D: {dead: true}}
  start: {H: 1}
  transitions:
    H: {S1: (1 - probability(DEATH)) * probability(r_HS1), D: probability(DEATH), H: rest}
    S1:
      H: alive * probability(r_S1H)
      S2: alive * probability(worse)
      D: 1 - alive
      S1: rest
    S2: {D: probability(hr_S2 * DEATH), S2: rest}
rewards:
  costs:
    care: {states: {H: c_H, S1: c_S1 + drug, S2: c_S2 + drug}}
  effects:
    qaly: {states: {H: u_H, S1: u_trtA if with_A > 0 else u_S1, S2: u_S2}}
strategies:
  standard: {label: {fr: Usage, en: Usual}}
  A: {label: {fr: A, en: A}, set: {with_A: 1}}
  B: {label: {fr: B, en: B}, set: {with_B: 1}}
"""


@dataclass(frozen=True)
class Row:
    """One engine on one kind of model: medians over the runs; `note` where it did not run."""

    engine: str
    kind: str
    draws: int = 0
    cpu: float = float("nan")
    peak: float = float("nan")
    apart: float = float("nan")
    note: str = ""

    @property
    def for_all(self) -> float:
        """CPU seconds for every draw, scaled from those that were run."""
        return self.cpu * DRAWS / self.draws if self.draws else float("nan")


def model(kind: str) -> str:
    """The model as Preuve reads it."""
    figures = {name: one for name, one in _FIGURES.items() if kind == "constant" or name != "r_HD"}
    lines = [
        f'  {name}: {{distribution: "{text}", unit: {unit}, source: SYNTHETIC, grade: D}}'
        for name, (unit, text) in figures.items()
    ]
    by_age = ", ".join(f"{FIRST_AGE + t}: {rate!r}" for t, rate in enumerate(mortality().tolist()))
    table = f"tables:\n  mortality:\n    values: {{{by_age}}}\n    unit: rate/year\n"
    varying = kind == "varying"
    told = {
        "PARAMETERS": "\n".join(lines),
        "START": f"start_age: {FIRST_AGE}" if varying else "",
        "TABLES": f"{table}    source: SYNTHETIC\n    grade: D" if varying else "",
        "DEATH": "mortality(age)" if varying else "r_HD",
    }
    text = _MODEL
    for word, written in told.items():
        text = text.replace(word, written)
    return text


def mortality() -> Any:
    """Rates of death a year at each cycle (SYNTHETIC)."""
    return 0.0005 * 1.09 ** np.arange(CYCLES)


def prepared(folder: Path) -> None:
    """Write the models and their draws, made by Preuve, where every engine reads them."""
    from preuve.economics.model import Model

    for kind in KINDS:
        (folder / f"{kind}.yaml").write_text(model(kind), encoding="utf-8")
    drawn = Model.load(folder / "constant.yaml").joint.drawn(DRAWS, seed=1)
    held: dict[str, Any] = {"mortality": mortality(), **drawn}
    np.savez(folder / "draws.npz", **held)


def once(python: str | Path, engine: str, kind: str, folder: Path, count: int) -> dict[str, Any]:
    """One run in a fresh process; the JSON it prints.

    Raises:
        RuntimeError: it failed; the last line it wrote.
    """
    done = subprocess.run(
        [str(python), str(JOB), engine, kind, str(folder), str(count)],
        capture_output=True,
        text=True,
        env={**usual_environment(), **ONE_THREAD},
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "no message").splitlines()[-1])
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def benchmark(times: int, peers: str | Path = sys.executable) -> list[Row]:
    """Every engine on both kinds of model.

    Args:
        times: runs of each, the median is kept.
        peers: the Python in which heormodel and pyheor are installed.
    """
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        prepared(folder)
        for kind in KINDS:
            reference: dict[str, Any] = {}
            for engine, counts in COUNTS.items():
                python = sys.executable if engine == "preuve" else peers
                try:
                    runs = [
                        once(python, engine, kind, folder, counts[kind]) for _time in range(times)
                    ]
                except RuntimeError as problem:
                    rows.append(Row(engine, kind, note=str(problem)))
                    continue
                reference = reference or runs[0]
                rows.append(
                    Row(
                        engine,
                        kind,
                        counts[kind],
                        median(run["cpu"] for run in runs),
                        median(run["peak"] for run in runs),
                        _apart(reference, runs[0]),
                    )
                )
    return rows


def _apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Largest relative difference between the costs and effects of the same draws."""
    return max(
        float(np.max(np.abs(np.divide(one[what], other[what]) - 1))) for what in ("cost", "effect")
    )


def ratio(rows: Sequence[Row], engine: str, kind: str) -> float:
    """CPU seconds of an engine for every draw, over those of Preuve."""
    spent = {row.engine: row.for_all for row in rows if row.kind == kind}
    return spent.get(engine, float("nan")) / spent.get("preuve", float("nan"))


def table(rows: Sequence[Row]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| engine | transitions | draws run | CPU-s | CPU-s for 10,000 draws | × Preuve | peak "
        "memory, MB | largest difference |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        named = f"| {NAMES[row.engine]} | {KINDS[row.kind]} |"
        if row.note:
            lines.append(f"{named} not run: {row.note} | | | | | |")
            continue
        lines.append(
            f"{named} {row.draws:,} | {row.cpu:.3f} | {row.for_all:,.2f} | "
            f"{ratio(rows, row.engine, row.kind):,.0f} | {row.peak / 1e6:.0f} | {row.apart:.0e} |"
        )
    return "\n".join(lines)


def section(times: int = 3, peers: str | Path = sys.executable) -> str:
    """The section of the benchmarks' page."""
    rows = benchmark(times, peers)
    own = {row.kind: row for row in rows if row.engine == "preuve"}
    held = [
        f"{KINDS[kind]}: at most {target:g} CPU-s ({_reached(own[kind].cpu, target)}: "
        f"{own[kind].cpu:.3f})"
        for kind, target in TARGETS.items()
        if kind in own
    ]
    return "\n".join(
        [
            "## One cohort, draw by draw",
            "",
            "4 states × 100 cycles × 10,000 draws × 3 strategies, the same draws for every engine "
            "(SYNTHETIC figures). CPU of the run alone on one thread, after imports, reading and "
            f"compilation; median of {times}. Memory is the peak of the whole process, in which "
            "numba is kept from importing the development tool coverage (4 MB). Where "
            "fewer draws were run, the CPU of 10,000 is scaled, not run.",
            "",
            table(rows),
            "",
            f"- Targets: {'; '.join(held)}; peak memory of the first: at most "
            f"{MOST_MEMORY / 1e6:.0f} MB ({_reached(own['constant'].peak, MOST_MEMORY)}: "
            f"{own['constant'].peak / 1e6:.0f}).",
            "- heormodel would share its draws between the cores of the machine; its CPU would "
            "be the same. It asks 99 transitions to reach the same 100 points.",
            "- What it does not say: a peer's model is a function of Python, which may do "
            "anything; ours is a formula, which may do only what its grammar allows.",
        ]
    )


def _reached(spent: float, target: float) -> str:
    return "held" if spent <= target else "**missed**"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable, help="a Python with the two peers")
    given = parser.parse_args()
    print(section(given.times, given.peers))


if __name__ == "__main__":
    main()
