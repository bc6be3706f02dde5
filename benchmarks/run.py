"""All benchmarks; a full run writes their pages under docs/ from its own figures.

python benchmarks/run.py [--page benchmarks-twin] [--only federation imports] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import catalogue_check
import catalogue_harvest
import catalogue_search
import centralised
import economics_cohort
import economics_microsimulation
import federation
import imports
import psutil
import twin_ensemble
import twin_epidemic
import twin_france
import twin_ward
import web_load

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
SOFTWARE = ("preuve", "numpy", "scipy", "numba", "onnxruntime", "scikit-learn")
_SHOWN = 5e-6
_ECG = HERE / "ecg_throughput.py"


def machine() -> str:
    """Processor, cores, memory, system, and how busy it was."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, {platform.system()}; load {os.getloadavg()[0]:.1f} at the start"
    )


def software() -> str:
    """Python and the packages that do the work."""
    versions = [f"{name} {version(name)}" for name in SOFTWARE]
    return ", ".join([f"Python {platform.python_version()}", *versions])


def run_federation(given: argparse.Namespace) -> str:
    found = federation.benchmark(40, 5_000, list(federation.ENGINES), given.times)
    own = found.preuve
    text = [
        "## Forty hospitals, one model, one answer",
        "",
        f"{found.nodes} node folders of {found.rows_each:,} SYNTHETIC rows × {federation.COLUMNS} "
        "columns; a logistic model goes to each; counts at a threshold, the Brier score and the "
        "area under the ROC curve come back. Every engine reads the same files and gets the same "
        "model. The peers stop at the sums of two 1,000-bin histograms. Preuve runs its whole "
        "chain: model in ONNX Runtime, DeLong variance, gate (k = 11), a ledger and a signature "
        "per node, random effects between nodes, signed evidence.",
        "",
        federation.table(found),
        "",
        f"Runs counted, after one that is not: {found.times} (the median is shown). CPU is that of "
        "the whole tree of processes, less that of a process that only imports the modules loaded "
        "by the main one. Memory is the largest sum over the tree (shared pages counted once), "
        "sampled every 50 ms. The peers' telemetry is off; Flower is given one core per client, "
        "so that several run at a time.",
        "",
    ]
    if own is not None and own.result:
        text += [
            f"- Target: at most {federation.TARGET_CPU:.0f} CPU-s above import "
            f"({_reached(own.cpu_above <= federation.TARGET_CPU)}: {own.cpu_above:.2f}) and "
            f"{federation.TARGET_MEMORY / 1e6:.0f} MB "
            f"({_reached(own.memory <= federation.TARGET_MEMORY)}: {own.memory / 1e6:.0f}).",
            *_losses(found, own),
            "- What it does not say: simulators are for trying a job out on one machine. FLARE "
            "and Flower start a process per client or a cluster because they also train, stream "
            "and run between real sites; what they cost there is another question.",
        ]
    text += [f"- {row.engine}: {row.note.splitlines()[0]}." for row in found.engines if row.note]
    return "\n".join(text)


def _losses(found: federation.Found, own: federation.Row) -> list[str]:
    """Where a peer does better, or Preuve pays for what it promises."""
    told = []
    apart = abs(own.result["auroc"] - found.exact)
    if apart >= _SHOWN:
        told.append(
            f"- Where we lose: the area is {apart:.5f} from the exact one, because bins with "
            "fewer than 11 people of a class are merged before they leave. The peers send bins "
            "with one person in them."
        )
    by_name = {row.engine: row for row in found.engines if row.result}
    predictions = by_name.get(federation.ENGINES["predictions"].name)
    if predictions is not None and predictions.cpu_above > own.cpu_above:
        told.append(
            f"- Where we lose: from one predictions file of all {found.nodes * found.rows_each:,} "
            f"rows instead of a model, the same chain takes {predictions.cpu_above:.1f} CPU-s and "
            f"{predictions.memory / 1e6:.0f} MB: every node looks for its own cases among all rows."
        )
    isolated = by_name.get(federation.ENGINES["isolated"].name)
    if isolated is not None:
        told.append(
            "- Where we lose: a new interpreter for every node "
            f'(`isolation="subprocess"`) imports everything again: {isolated.cpu_above:.1f} '
            "CPU-s. By default a few processes serve all nodes of one machine."
        )
    told += [
        f"- Where we lose: {row.engine} imports in {row.cpu_import:.2f} CPU-s, Preuve in "
        f"{own.cpu_import:.2f}."
        for row in by_name.values()
        if row not in (own, isolated, predictions) and row.cpu_import < own.cpu_import
    ]
    return told


def _reached(held: bool) -> str:
    return "held" if held else "**missed**"


def run_centralised(given: argparse.Namespace) -> str:
    found = centralised.benchmark(40, given.rows, given.draws)
    sure = found["sklearn"]["stages"]["once"]
    told = centralised.thresholds_told(found)
    apart = found["apart"]
    return "\n".join(
        [
            f"## {found['nodes']} × {found['rows_each']:,} rows, with intervals",
            "",
            "Pooled area under the ROC curve, decisions at 20 thresholds, calibration and the "
            "areas of 8 subgroup levels. Preuve summarises one node at a time, gates (k = 11), "
            "enters its ledger, signs, and assembles every figure with its interval and its "
            "spread between hospitals. scikit-learn has all rows in one table and bootstraps "
            "(`roc_auc_score`, `confusion_matrix_at_thresholds`, `calibration_curve`). One thread "
            "each; the clock stops while SYNTHETIC rows are drawn.",
            "",
            centralised.table(found),
            "",
            f"- The {centralised.DRAWS:,} draws were **not run**: {found['draws']} were measured "
            "and scaled. Processor time of drawing the rows again is in them.",
            f"- Preuve's CPU-s by stage: {centralised.stages(found)}.",
            "- Largest distance between the two sides: "
            f"area {apart['auroc']:.1e}, sensitivity {apart['sensitivity']:.1e}, "
            f"areas of levels {apart['levels']:.1e}; {told} of {len(centralised.THRESHOLDS)} "
            "thresholds were let through by every gate.",
            f"- Where we lose: who needs no interval and may pool the rows has the figures in "
            f"{sure:.0f} CPU-s; who knows DeLong's formula needs no bootstrap either. The ratio "
            "is the price of the usual habit, not of the best that could be done centrally.",
        ]
    )


def run_imports(given: argparse.Namespace) -> str:
    rows = imports.benchmark(given.processes)
    return "\n".join(
        [
            "## Before anything happens",
            "",
            f"Median of {given.processes} fresh processes.",
            "",
            imports.table(rows),
            "",
            "`import preuve` loads no room: each comes with its first name.",
        ]
    )


def run_ecg(given: argparse.Namespace) -> str:  # noqa: ARG001  every section is made so
    """The last lines of the ECG benchmark, as it prints them."""
    title = "## ECG per CPU-second\n\n"
    if not _ECG.exists():
        return title + "Not run: the benchmark is not in this checkout."
    done = subprocess.run([sys.executable, _ECG], capture_output=True, text=True)
    if done.returncode:
        return title + f"Not run: {done.stderr.strip().splitlines()[-1]}"
    return (
        f"{title}Read, check, resample 500 → 100 Hz and score, one core, 12-lead phantoms "
        f"(SYNTHETIC). Target: at least 140.\n\n```text\n{done.stdout.strip()}\n```"
    )


def run_twin_ward(given: argparse.Namespace) -> str:
    return twin_ward.section(given.times, twin_epidemic.python_of("queues"))


def run_twin_france(given: argparse.Namespace) -> str:
    return twin_france.section(given.times)


def run_twin_ensemble(_given: argparse.Namespace) -> str:
    return twin_ensemble.section()


def run_twin_epidemic(given: argparse.Namespace) -> str:
    return "## An epidemic\n\n" + twin_epidemic.benchmark(1_000_000, 120, given.times)


def run_economics_cohort(given: argparse.Namespace) -> str:
    return economics_cohort.section(given.times, twin_epidemic.python_of("economics"))


def run_economics_microsimulation(_given: argparse.Namespace) -> str:
    return economics_microsimulation.section()


def run_catalogue_check(_given: argparse.Namespace) -> str:
    return catalogue_check.section(peers=twin_epidemic.python_of("shapes"))


def run_catalogue_harvest(_given: argparse.Namespace) -> str:
    with TemporaryDirectory() as folder:
        made = catalogue_harvest.benchmark(Path(folder), 10_000, 200)
    return f"## Harvest of another catalogue\n\n{made}"


def run_catalogue_search(_given: argparse.Namespace) -> str:
    with TemporaryDirectory() as folder:
        made = catalogue_search.benchmark(Path(folder), 100_000, 5, 1)
    return f"## Search with facets\n\n{made}"


def run_web_load(_given: argparse.Namespace) -> str:
    return web_load.section()


SECTIONS: dict[str, Callable[[Any], str]] = {
    "federation": run_federation,
    "centralised": run_centralised,
    "ecg": run_ecg,
    "imports": run_imports,
    "twin_ward": run_twin_ward,
    "twin_france": run_twin_france,
    "twin_ensemble": run_twin_ensemble,
    "twin_epidemic": run_twin_epidemic,
    "economics_cohort": run_economics_cohort,
    "economics_microsimulation": run_economics_microsimulation,
    "catalogue_check": run_catalogue_check,
    "catalogue_harvest": run_catalogue_harvest,
    "catalogue_search": run_catalogue_search,
    "web_load": run_web_load,
}
PAGES = {
    "benchmarks": ("federation", "centralised", "ecg", "imports"),
    "benchmarks-twin": ("twin_ward", "twin_france", "twin_ensemble", "twin_epidemic"),
    "benchmarks-economics": ("economics_cohort", "economics_microsimulation"),
    "benchmarks-site": ("catalogue_check", "catalogue_harvest", "catalogue_search", "web_load"),
}
TITLES = {
    "benchmarks": "Benchmarks",
    "benchmarks-twin": "Benchmarks of the twin",
    "benchmarks-economics": "Benchmarks of economics",
    "benchmarks-site": "Benchmarks of the catalogue and the site",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), help="print these, no page")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows per node, centralised")
    parser.add_argument("--draws", type=int, default=3, help="bootstrap draws that are measured")
    parser.add_argument("--times", type=int, default=3, help="runs of each engine")
    parser.add_argument("--processes", type=int, default=10, help="fresh processes per import")
    parser.add_argument("--page", nargs="+", choices=list(PAGES), help="write these pages only")
    given = parser.parse_args()
    if given.only:
        for name in given.only:
            print(f"\n{SECTIONS[name](given)}\n", flush=True)
        return
    for page in given.page or PAGES:
        write(page, given)


def write(page: str, given: argparse.Namespace) -> None:
    """Run the sections of a page and write it."""
    head = [
        f"# {TITLES[page]}",
        "",
        f"Made by `make benchmark` on {datetime.now(UTC).date().isoformat()}; every figure below "
        "is of that run.",
        "",
        f"Machine: {machine()}. Software: {software()}.",
    ]
    sections = []
    for name in PAGES[page]:
        sections.append(SECTIONS[name](given))
        print(f"\n{sections[-1]}\n", flush=True)
    path = DOCS / f"{page}.md"
    path.write_text("\n\n".join(["\n".join(head), *sections]) + "\n", encoding="utf-8")
    print(f"Written: {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
