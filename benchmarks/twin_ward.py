"""One ward: the same queue in Preuve, SimPy and Ciw, against Erlang's formula.

    python benchmarks/twin_ward.py [--times 3] [--peers PYTHON]

30 beds, mean stay 5 days, load 0.9; exponential (M/M/30) and lognormal (M/G/30) stays. Two events
per patient. CPU is that of the run alone, after imports and compilation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from meter import ONE_THREAD, usual_environment

TARGET = 200.0
JOB = Path(__file__).parent / "peers" / "ward_job.py"
PATIENTS = {"preuve": 10_000_000, "simpy": 300_000, "ciw": 100_000}
NAMES = {"preuve": "Preuve", "simpy": "SimPy", "ciw": "Ciw"}
KINDS = ("exponential", "lognormal")
SERVERS, STAY, LOAD = 30, 5.0, 27.0


@dataclass(frozen=True)
class Row:
    """One engine and one kind of stay: medians over the runs; `note` where it did not run."""

    engine: str
    kind: str
    patients: int = 0
    events_per_cpu: float = float("nan")
    wait: float = float("nan")
    error: float = float("nan")
    note: str = ""


def once(python: str | Path, engine: str, kind: str, patients: int) -> dict[str, float]:
    """One run in a fresh process; the JSON it prints.

    Raises:
        RuntimeError: it failed; the last line it wrote.
    """
    done = subprocess.run(
        [str(python), str(JOB), engine, kind, str(patients)],
        capture_output=True,
        text=True,
        env={**usual_environment(), **ONE_THREAD},
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "no message").splitlines()[-1])
    told: dict[str, float] = json.loads(done.stdout)
    return told


def benchmark(times: int, peers: str | Path = sys.executable, scale: float = 1.0) -> list[Row]:
    """Every engine on both kinds of stay.

    Args:
        times: runs of each, the median is kept.
        peers: the Python in which SimPy and Ciw are installed.
        scale: multiplies the numbers of patients.
    """
    rows = []
    for kind in KINDS:
        for engine, usual in PATIENTS.items():
            python = sys.executable if engine == "preuve" else peers
            patients = int(usual * scale)
            try:
                runs = [once(python, engine, kind, patients) for _time in range(times)]
            except RuntimeError as problem:
                rows.append(Row(NAMES[engine], kind, note=str(problem)))
                continue
            speed = median(2 * run["patients"] / run["cpu"] for run in runs)
            last = runs[-1]
            rows.append(Row(NAMES[engine], kind, patients, speed, last["wait"], last["error"]))
    return rows


def ratio(rows: Sequence[Row], engine: str, kind: str, other: str = "SimPy") -> float:
    """Events per CPU-second of one engine over those of another; nan where one did not run."""
    speeds = {row.engine: row.events_per_cpu for row in rows if row.kind == kind}
    return speeds.get(engine, float("nan")) / speeds.get(other, float("nan"))


def table(rows: Sequence[Row]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| engine | stays | patients | events per CPU-s | × SimPy | mean wait, days |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        if row.note:
            lines.append(f"| {row.engine} | {row.kind} | not run: {row.note} | | | |")
            continue
        lines.append(
            f"| {row.engine} | {row.kind} | {row.patients:,} | {row.events_per_cpu:,.0f} | "
            f"{ratio(rows, row.engine, row.kind):.2f} | {row.wait:.3f} ± {1.96 * row.error:.3f} |"
        )
    return "\n".join(lines)


def section(times: int = 3, peers: str | Path = sys.executable, scale: float = 1.0) -> str:
    """The section of the benchmarks' page."""
    from preuve.twin.queueing.erlang import mean_wait

    rows = benchmark(times, peers, scale)
    speed = ratio(rows, "Preuve", "exponential")
    held = "held" if speed >= TARGET else "**missed**"
    return "\n".join(
        [
            "## One ward, hour by hour",
            "",
            "30 beds, mean stay 5 days, load 0.9, first come first served (SYNTHETIC arrivals). "
            "Two events per patient; CPU of the run alone, after imports and compilation; median "
            f"of {times}. Waits after the first 5 % of patients; ± is 1.96 standard errors from "
            "50 batches.",
            "",
            table(rows),
            "",
            f"- Exponential stays: Erlang's formula gives a mean wait of "
            f"{mean_wait(LOAD, SERVERS, STAY):.3f} days.",
            f"- Target: {TARGET:.0f} × SimPy ({held}: {speed:.0f}).",
            f"- Lognormal stays: {ratio(rows, 'Preuve', 'lognormal'):.0f} × SimPy.",
            "- What it does not say: SimPy and Ciw describe any process, with priorities, "
            "breakdowns and routes. Ours is one queue.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the patients")
    parser.add_argument("--peers", default=sys.executable, help="a Python with simpy and ciw")
    given = parser.parse_args()
    print(section(given.times, given.peers, given.scale))


if __name__ == "__main__":
    main()
