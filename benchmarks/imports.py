"""How long a newcomer waits before anything happens: `import preuve` and `preuve --help`.

    python benchmarks/imports.py [--times 10]

Each figure is the median of fresh processes. The start of Python is in it, and shown beside it.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from meter import usual_environment

TARGET = 0.3
HELP = "import sys; sys.argv = ['preuve', '--help']; from preuve.cli import main; main()"
COMMANDS = {
    "python -c pass": ("pass", None),
    "import preuve": ("import preuve", TARGET),
    "from preuve import Evidence, Node, System, UseCase": (
        "from preuve import Evidence, Node, System, UseCase",
        None,
    ),
    "preuve --help": (HELP, None),
}


@dataclass(frozen=True)
class Row:
    """Median wall and CPU seconds of fresh processes, and the target where there is one."""

    what: str
    wall: float
    cpu: float
    target: float | None


def once(code: str) -> tuple[float, float]:
    """Wall and CPU seconds of a fresh interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        stdout=subprocess.DEVNULL,
        env=usual_environment(),
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def benchmark(times: int) -> list[Row]:
    """Every command, after one run that fills the caches."""
    found = []
    for what, (code, target) in COMMANDS.items():
        once(code)
        spent = [once(code) for _time in range(times)]
        wall, cpu = (median(column) for column in zip(*spent, strict=True))
        found.append(Row(what, wall, cpu, target))
    return found


def table(rows: Sequence[Row]) -> str:
    """The figures as a Markdown table."""
    lines = ["| | wall s | CPU-s | target |", "|---|--:|--:|--:|"]
    for row in rows:
        target = f"< {row.target} s" if row.target else ""
        lines.append(f"| `{row.what}` | {row.wall:.3f} | {row.cpu:.3f} | {target} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10)
    print(table(benchmark(parser.parse_args().times)))


if __name__ == "__main__":
    main()
