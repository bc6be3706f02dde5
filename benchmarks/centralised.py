"""Forty hospitals that keep their rows, beside one table of all rows with a bootstrap.

    python benchmarks/centralised.py [--nodes 40] [--rows 1000000] [--draws 3]

Preuve: each node in turn is summarised, gated (k = 11), entered in its ledger and signed; then
figures with analytic intervals are assembled from the releases. One node is in memory at a time.

scikit-learn: the same rows in one table, and bootstrap draws of the area under the ROC curve, the
counts at the same 20 thresholds, the calibration curve and the areas of the 8 levels. A few draws
are measured, their mean is scaled to 1,000.

The clock stops while SYNTHETIC rows are drawn. One process each, one thread each.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from meter import measure
from numpy.typing import NDArray

if TYPE_CHECKING:
    from preuve.core.usecase import UseCase
    from preuve.evaluation.assembly import SiteOutcome
    from preuve.evaluation.release import ReleasedSite
    from preuve.federation.gate import Gated
    from preuve.federation.ledger import Ledger
    from preuve.federation.node import Node

HERE = Path(__file__).parent
DRAWS = 1_000
LEVELS = 8
THRESHOLDS = [round(0.04 * place, 2) for place in range(1, 21)]
OPERATING_POINT = 0.32
LIMIT = 1_500
BUILD = HERE.parent / "build"
_SEED = 7
T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """SYNTHETIC rows: (n,) score float32, event int8, level int8."""

    scores: NDArray[np.float32]
    events: NDArray[np.int8]
    levels: NDArray[np.int8]


def draw(node: int, rows: int) -> Rows:
    """The rows of one node: prevalence, calibration and separation differ between nodes."""
    rng = np.random.default_rng([_SEED, node])
    shift, drift, strength = rng.normal(0, 0.4), rng.normal(0, 0.2), rng.normal(1.2, 0.15)
    signal = rng.normal(size=rows)
    levels = rng.integers(0, LEVELS, rows, dtype=np.int8)
    logit = -1.2 + shift + (strength - 0.03 * levels) * signal
    events = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int8)
    scores = 1 / (1 + np.exp(-(-1.2 + drift + 1.2 * signal)))
    return Rows(scores.astype(np.float32), events, levels)


class Clock:
    """CPU seconds of this process, by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[[], T]) -> T:
        start = time.process_time()
        done = work()
        self.stages[stage] = self.stages.get(stage, 0.0) + time.process_time() - start
        return done


def usecase_record() -> dict[str, Any]:
    """The protocol of the federation benchmark, with 20 thresholds and 8 levels."""
    from preuve.core.written import read_yaml

    record: dict[str, Any] = read_yaml(HERE / "usecase" / "usecase.yaml")
    levels = [{"code": f"level{i}", "label": {"fr": str(i), "en": str(i)}} for i in range(LEVELS)]
    record["subgroups"] = [
        {"code": "group", "label": {"fr": "Groupe", "en": "Group"}, "levels": levels}
    ]
    return record | {"thresholds": THRESHOLDS, "operating_point": OPERATING_POINT}


def with_preuve(nodes: int, rows: int) -> dict[str, Any]:
    """Every node to its signed release, then all figures."""
    from preuve.core.usecase import UseCase
    from preuve.evaluation.assembly import assemble

    usecase = UseCase.from_record(usecase_record(), where="usecase")
    clock = Clock()
    with tempfile.TemporaryDirectory(dir=BUILD) as place:
        folders = [Path(place) / f"node-{index:02}" for index in range(nodes)]
        outcomes = [
            _outcome(clock, usecase, _node(folder), draw(index, rows))
            for index, folder in enumerate(folders)
        ]
    content = clock("assemble", lambda: assemble(usecase, {"name": "model"}, None, outcomes))
    return {"stages": clock.stages, "figures": _figures(content["estimates"])}


def _outcome(clock: Clock, usecase: UseCase, node: Node, drawn: Rows) -> SiteOutcome:
    """What one node does on a run, from its scored cases on."""
    from preuve.core.cases import Cases
    from preuve.evaluation.assembly import SiteOutcome
    from preuve.evaluation.site import summarise
    from preuve.federation.gate import release
    from preuve.federation.ledger import Ledger

    rows = len(drawn.scores)
    codes = np.array([level.code for level in usecase.subgroups[0].levels])
    cases = Cases(
        identifiers=np.arange(rows).astype("<U8"),
        persons=np.arange(rows),
        reference=drawn.events[:, None],
        subgroups={"group": codes[drawn.levels]},
        synthetic=True,
    )
    scores = drawn.scores.astype(float)[:, None]
    result = clock("summarise", lambda: summarise(usecase, cases, scores))
    with Ledger.held(node.folder) as ledger:
        gated = clock("gate", lambda: release(result, node, usecase, cases, ledger))
        entry = clock("ledger", lambda: _enter(ledger, usecase, gated))
    envelope = clock("sign", lambda: _sealed(node, usecase, gated.site, entry))
    return SiteOutcome(node.name, node.label, "released", None, envelope)


def _node(folder: Path) -> Node:
    from preuve.federation.node import Node

    folder.mkdir()
    label = f"{{fr: SYNTHETIC {folder.name}, en: SYNTHETIC {folder.name}}}"
    (folder / "node.yaml").write_text(
        f"schema: 1\nname: {folder.name}\nlabel: {label}\ndata: {{synthetic_events: data}}\n"
    )
    return Node.load(folder)


def _enter(ledger: Ledger, usecase: UseCase, gated: Gated) -> str:
    from preuve.core.record import digest
    from preuve.federation.ledger import Release

    written = Release(
        usecase=usecase.digest,
        system="model",
        comparator=None,
        data=None,
        release=digest(gated.site.record()),
        smallest_cell=gated.site.smallest_cell,
    )
    return ledger.append(written, gated.sets).digest


def _sealed(node: Node, usecase: UseCase, site: ReleasedSite, entry: str) -> dict[str, Any]:
    from preuve.federation.envelope import Asked, Envelope

    envelope = Envelope.seal(
        node.key,
        site,
        asked=Asked(usecase.digest, "model", None),
        policy=node.policy.record(),
        ledger_head=entry,
    )
    return envelope.record()


def _figures(estimates: list[dict[str, Any]]) -> dict[str, Any]:
    def of(measure: str, **wanted: Any) -> list[dict[str, Any]]:
        chosen = {"measure": measure, "estimand": "pooled", **wanted}
        return [r["estimate"] for r in estimates if all(r[k] == v for k, v in chosen.items())]

    area = of("auroc", level="")[0]
    known = {t: of("sensitivity", threshold=t, level="") for t in THRESHOLDS}
    return {
        "auroc": area["value"],
        "interval": [area["low"], area["high"]],
        "sensitivity": [row[0]["value"] if row else None for row in known.values()],
        "levels": [of("auroc", level=f"level{i}")[0]["value"] for i in range(LEVELS)],
    }


def with_sklearn(nodes: int, rows: int, draws: int) -> dict[str, Any]:
    """All figures once, and again on `draws` bootstrap draws."""
    whole = Rows(
        np.empty(nodes * rows, dtype=np.float32),
        np.empty(nodes * rows, dtype=np.int8),
        np.empty(nodes * rows, dtype=np.int8),
    )
    for index in range(nodes):
        drawn, own = draw(index, rows), slice(index * rows, (index + 1) * rows)
        whole.scores[own], whole.events[own] = drawn.scores, drawn.events
        whole.levels[own] = drawn.levels
    _sklearn_figures(draw(0, 1_000))
    clock = Clock()
    figures = clock("once", lambda: _sklearn_figures(whole))
    rng = np.random.default_rng(_SEED)
    areas = [
        clock("draws", lambda: _sklearn_figures(_resampled(whole, rng)))["auroc"]
        for _time in range(draws)
    ]
    return {"stages": clock.stages, "figures": figures, "areas": areas}


def _resampled(rows: Rows, rng: np.random.Generator) -> Rows:
    n = len(rows.scores)
    chosen = rng.integers(0, n, n, dtype=np.uint32 if n < 2**32 else np.int64)
    return Rows(rows.scores[chosen], rows.events[chosen], rows.levels[chosen])


def _sklearn_figures(rows: Rows) -> dict[str, Any]:
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import confusion_matrix_at_thresholds, roc_auc_score

    _tn, _fp, fn, tp, cuts = confusion_matrix_at_thresholds(rows.events, rows.scores)
    # Scores fall along `cuts`: the counts at a threshold stand at the last cut not below it.
    falling = cuts.astype(float)
    places = np.searchsorted(-falling, -np.array(THRESHOLDS), side="right") - 1
    calibration_curve(rows.events, rows.scores, n_bins=10)
    members = [rows.levels == level for level in range(LEVELS)]
    return {
        "auroc": float(roc_auc_score(rows.events, rows.scores)),
        "sensitivity": (tp[places] / (tp[places] + fn[places])).tolist(),
        "levels": [float(roc_auc_score(rows.events[m], rows.scores[m])) for m in members],
    }


@dataclass(frozen=True)
class Side:
    """What one side took."""

    stages: dict[str, float]
    figures: dict[str, Any]
    memory: int


def benchmark(nodes: int, rows: int, draws: int) -> dict[str, Any]:
    """Both sides, each in its process."""
    BUILD.mkdir(exist_ok=True)
    preuve = _side("preuve", nodes, rows, draws)
    print(f"Preuve: {preuve.stages}, {preuve.memory / 1e6:.0f} MB", flush=True)
    sklearn = _side("sklearn", nodes, rows, draws)
    print(f"scikit-learn: {sklearn.stages}, {sklearn.memory / 1e6:.0f} MB", flush=True)
    once, each = sklearn.stages["once"], sklearn.stages["draws"] / draws
    return {
        "nodes": nodes,
        "rows_each": rows,
        "draws": draws,
        "preuve": asdict(preuve),
        "sklearn": asdict(sklearn),
        "preuve_cpu": sum(preuve.stages.values()),
        "draw_cpu": each,
        "sklearn_cpu": once + DRAWS * each,
        "apart": _apart(preuve.figures, sklearn.figures),
    }


def _side(name: str, nodes: int, rows: int, draws: int) -> Side:
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        result = Path(folder) / "result.json"
        arguments = [f"--side={name}", f"--nodes={nodes}", f"--rows={rows}", f"--draws={draws}"]
        with (Path(folder) / "log").open("w+b") as log:
            spent = measure(
                [sys.executable, __file__, *arguments, f"--result={result}"],
                limit=LIMIT,
                log=log,
            )
            if spent.code != 0:
                log.seek(0)
                raise SystemExit(f"{name}: {spent.code}\n{log.read().decode()[-2000:]}")
        found = json.loads(result.read_text())
    return Side(found["stages"], found["figures"], spent.rss)


def _apart(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """Largest distance between the two sides' figures, of those that were released."""
    pairs = {
        name: np.array([ours[name], theirs[name]], dtype=float)
        for name in ("auroc", "sensitivity", "levels")
    }
    return {name: float(np.nanmax(np.abs(a - b))) for name, (a, b) in pairs.items()}


def table(found: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    once = found["sklearn"]["stages"]["once"]
    ratio = found["sklearn_cpu"] / found["preuve_cpu"]
    low, high = found["preuve"]["figures"]["interval"]
    ours, theirs = (found[side]["figures"]["auroc"] for side in ("preuve", "sklearn"))
    return "\n".join(
        [
            "| | CPU-s | peak memory MB (RSS) | pooled AUROC |",
            "|---|--:|--:|--:|",
            f"| Preuve, all figures and intervals | {found['preuve_cpu']:.1f} | "
            f"{found['preuve']['memory'] / 1e6:.0f} | "
            f"{ours:.6f} [{low:.6f}, {high:.6f}] |",
            f"| scikit-learn, once, no interval | {once:.1f} | "
            f"{found['sklearn']['memory'] / 1e6:.0f} | {theirs:.6f} |",
            f"| scikit-learn, one bootstrap draw (mean of {found['draws']} measured) | "
            f"{found['draw_cpu']:.1f} | | |",
            f"| scikit-learn, {DRAWS:,} draws (scaled from those {found['draws']}) | "
            f"{found['sklearn_cpu']:,.0f} | | |",
            f"| ratio | **{ratio:,.0f}** | | |",
        ]
    )


def thresholds_told(found: dict[str, Any]) -> int:
    """How many of the thresholds every node's gate let through."""
    return sum(value is not None for value in found["preuve"]["figures"]["sensitivity"])


def stages(found: dict[str, Any]) -> str:
    """Where Preuve's CPU goes, in a line."""
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in found["preuve"]["stages"].items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--draws", type=int, default=3, help="bootstrap draws that are measured")
    parser.add_argument("--side", choices=["preuve", "sklearn"], help=argparse.SUPPRESS)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side is None:
        found = benchmark(given.nodes, given.rows, given.draws)
        print(f"{table(found)}\n\nPreuve's CPU-s: {stages(found)}\nApart: {found['apart']}")
        print(f"Thresholds released by all nodes: {thresholds_told(found)} of {len(THRESHOLDS)}")
        return
    side = (
        with_preuve(given.nodes, given.rows)
        if given.side == "preuve"
        else with_sklearn(given.nodes, given.rows, given.draws)
    )
    given.result.write_text(json.dumps(side))


if __name__ == "__main__":
    main()
