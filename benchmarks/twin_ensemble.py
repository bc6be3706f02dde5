"""What an ensemble costs: runs of the whole country without and with a scenario.

python benchmarks/twin_ensemble.py [--runs 20]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

SCENARIOS = ("close-maternity-lot", "ageing-2040", "all-together")
TARGET = 40.0
"""CPU-minutes for 1,000 national runs."""


def measure(name: str, runs: int) -> tuple[float, int]:
    """CPU seconds of one run in one process, after the first one, and the worlds it simulates."""
    from preuve.twin import Scenario, uncertain
    from preuve.twin.baseline import Baseline
    from preuve.twin.ensemble.outcome import pack
    from preuve.twin.ensemble.runs import drawn, plan
    from preuve.twin.model import prepare

    scenario = Scenario.load(name)
    recipe = prepare(Baseline.load(scenario.baseline), scenario)
    estimates = uncertain.estimates(scenario)
    spent, worlds = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for run in plan(runs + 1, 1):
            start = time.process_time()
            outcomes = recipe(run.draw, drawn(estimates, run.draw, 1), run.seed)
            (Path(folder) / "run.npz").write_bytes(pack(outcomes))
            if run.number:
                spent += time.process_time() - start
            worlds = len(outcomes)
    return spent / runs, worlds


def section(runs: int = 20) -> str:
    """The section of the benchmarks' page."""
    rows = [(name, *measure(name, runs)) for name in SCENARIOS]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        f"| {name} | {worlds} | {seconds:.2f} | {seconds / worlds:.2f} | "
        f"{1000 * seconds / worlds / 60:.0f} | {1000 * seconds / 60:.0f} |"
        for name, seconds, worlds in rows
    ]
    slowest = max(1000 * seconds / worlds / 60 for _name, seconds, worlds in rows)
    held = "held" if slowest <= TARGET else "**missed**"
    return "\n".join(
        [
            "## A thousand runs",
            "",
            f"Each run is the whole country for a year and 60 days of warm-up, once for each world "
            f"(without the scenario, with it, and its variants): every layer, the flow and the "
            f"packed outcome. One process; mean of {runs} runs after the first; the columns of "
            "1,000 are that mean times 1,000.",
            "",
            "| scenario | worlds | CPU-s a run | CPU-s a world | CPU-min, 1,000 national runs | "
            "CPU-min, 1,000 runs of every world |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
            f"- Target: 1,000 national runs in {TARGET:.0f} CPU-minutes ({held}: at most "
            f"{slowest:.0f}).",
            f"- Memory of the process: {memory:.0f} MB at most.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    print(section(parser.parse_args().runs))


if __name__ == "__main__":
    main()
