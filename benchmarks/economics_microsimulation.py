"""What individuals cost: CPU of 60 cycles and two strategies, and memory of ten million.

python benchmarks/economics_microsimulation.py [--individuals 100000] [--times 5]
                                               [--many 10000000]

Four models of four states, SYNTHETIC: without traits; with a trait in one row of transitions and
one reward; with traits in every row and most rewards; the same with a mortality that grows with
time, so that little may be worked out once for an individual. CPU seconds are those of `simulate`
alone, every thread counted, after a shorter run that compiles; the median of several. Memory is
the high-water mark of a process that runs the second model with many individuals, imports
included.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Any

CYCLES = 60
MODELS = ("no trait", "one trait", "traits everywhere", "traits and time everywhere")
LABEL = {"fr": "SYNTHETIC", "en": "SYNTHETIC"}


def figure(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": "SYNTHETIC", "grade": "D"}


def model(kind: str, individuals: int) -> dict[str, Any]:
    """Well, ill, very ill, dead; the second strategy slows the course of the disease."""
    frailty = "frailty" if "everywhere" in kind else "1"
    grown = "death * exp(0.04 * (time / year))" if "time" in kind else "death"
    once = "1" if kind == "no trait" else "frailty"
    traits = {} if kind == "no trait" else {"frailty": "gamma(mean=1, sd=0.2)"}
    return {
        "preuve_model": 1,
        "name": "benchmark",
        "synthetic": True,
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "payer",
            "price_year": 2024,
            "horizon": f"{CYCLES} years",
            "cycle": "1 year",
        },
        "parameters": {
            "onset": figure(0.02, "probability/year"),
            "worsening": figure(0.03, "probability/year"),
            "death": figure(0.004, "probability/year"),
            "care": figure(1000, "EUR/year"),
            "good": figure(1, "utility"),
        },
        "values": {"mortality": f"{grown} * {frailty}"},
        "structure": {
            "kind": "microsimulation",
            "individuals": individuals,
            "traits": traits,
            "states": {"well": {}, "ill": {}, "very_ill": {}, "dead": {"dead": True}},
            "start": {"well": 1},
            "transitions": {
                "well": {"ill": f"onset * {frailty}", "dead": "mortality", "well": "rest"},
                "ill": {
                    "well": 0.1,
                    "very_ill": f"worsening * {once}",
                    "dead": "2 * mortality",
                    "ill": "rest",
                },
                "very_ill": {"dead": "5 * mortality", "very_ill": "rest"},
            },
        },
        "rewards": {
            "costs": {
                "care": {
                    "states": {
                        "well": f"0.1 * care * {frailty}",
                        "ill": "care",
                        "very_ill": f"5 * care * {once}",
                    }
                }
            },
            "effects": {
                "qaly": {
                    "states": {
                        "well": f"good * (1 - 0.05 * {frailty})",
                        "ill": "0.75 * good",
                        "very_ill": "0.5 * good",
                    }
                }
            },
        },
        "strategies": {
            "usual": {"label": LABEL},
            "slower": {"label": LABEL, "set": {"worsening": "worsening * 0.6"}},
        },
    }


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def simulated(kind: str, individuals: int) -> tuple[float, float]:
    """CPU and wall seconds of a run."""
    from preuve.economics.model import Model
    from preuve.economics.simulate import simulate

    read = Model.parse(model(kind, individuals))
    central = read.joint.central()
    wall, start = time.perf_counter(), cpu()
    simulate(read.compiled, central)
    return cpu() - start, time.perf_counter() - wall


TARGET = 0.5


def section(individuals: int = 100_000, times: int = 5, many: int = 10_000_000) -> str:
    """The section of the benchmarks' page."""
    lines = [
        "## Individuals",
        "",
        f"{individuals:,} SYNTHETIC individuals × {CYCLES} cycles × 2 strategies, four states. CPU "
        f"of the run alone, every thread counted, after compilation; median of {times}.",
        "",
        "| model | CPU-s | wall, s | ns a cycle of one individual |",
        "|---|--:|--:|--:|",
    ]
    spent = {kind: _median(kind, individuals, times) for kind in MODELS}
    steps = individuals * CYCLES * 2
    lines += [
        f"| {kind} | {cpu_spent:.3f} | {wall:.3f} | {1e9 * cpu_spent / steps:.1f} |"
        for kind, (cpu_spent, wall) in spent.items()
    ]
    held = [kind for kind, (cpu_spent, _wall) in spent.items() if cpu_spent <= TARGET]
    missed = [kind for kind in MODELS if kind not in held]
    lines += ["", f"- Target: at most {TARGET:g} CPU-s: held with {', '.join(held)}."]
    if missed:
        lines.append(
            f"- Where we lose: with {', '.join(missed)}, formulas are interpreted for each "
            "individual and cycle; nothing can be worked out once."
        )
    few, most = _memory(1000), _memory(many)
    lines.append(
        f"- Memory of the process: {few[0]:.0f} MiB with 1,000 individuals, {most[0]:.0f} MiB with "
        f"{many:,} ({most[1]:.1f} s of CPU for those)."
    )
    return "\n".join(lines)


def _median(kind: str, individuals: int, times: int) -> tuple[float, float]:
    simulated(kind, 1000)
    spent = [simulated(kind, individuals) for _time in range(times)]
    return median(one for one, _wall in spent), median(wall for _cpu, wall in spent)


def _memory(individuals: int) -> tuple[float, float]:
    """High-water mark in MiB and CPU seconds of a run of the second model."""
    from meter import measure

    command = [sys.executable, __file__, "--child", "--individuals", str(individuals)]
    with NamedTemporaryFile() as log:
        spent = measure(command, limit=600, log=log)
        return spent.rss / 2**20, float(Path(log.name).read_text().split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--individuals", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000_000)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(simulated(MODELS[1], given.individuals)[0])
        return
    print(section(given.individuals, given.times, given.many))


if __name__ == "__main__":
    main()
