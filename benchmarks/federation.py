"""Forty hospitals, one logistic model, one answer: Preuve beside NVIDIA FLARE and Flower.

    python benchmarks/federation.py [--nodes 40] [--rows 5000] [--engine preuve ...]

Every engine reads the same node folders and gets the same model. Preuve goes on to its gate,
ledgers, signatures and signed evidence; the others stop at the sums. Each runs in a process of its
own, in an environment of its own under build/peers, made on first use. What is reported is CPU of
the whole tree of processes above that of a process that only imports the same modules.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
from meter import Spent, import_cpu, measure
from numpy.typing import NDArray

HERE = Path(__file__).parent
PEERS = HERE.parent / "build" / "peers"
COLUMNS = 20
LIMIT = 300
TARGET_CPU, TARGET_MEMORY = 2.0, 300e6
SEED = 20


@dataclass(frozen=True)
class Engine:
    """An engine, the package that brings it, and the arguments of its script."""

    name: str
    script: str
    package: str = ""
    distribution: str = ""


ENGINES = {
    "preuve": Engine("Preuve, to signed evidence", "federation_job.py"),
    "predictions": Engine("Preuve, from a predictions file", "federation_job.py"),
    "isolated": Engine("Preuve, a new process per node", "federation_job.py"),
    "nvflare": Engine("NVIDIA FLARE simulator", "peers/nvflare_job.py", "nvflare", "nvflare"),
    "flower": Engine("Flower simulation", "peers/flower_job.py", "flwr[simulation]", "flwr"),
}


@dataclass(frozen=True)
class Row:
    """What one engine took, or why it was not measured."""

    engine: str
    version: str = ""
    wall: float = math.nan
    cpu_import: float = math.nan
    cpu_above: float = math.nan
    memory: float = math.nan
    largest: float = math.nan
    result: dict[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Found:
    """All engines on the same nodes; `exact` is the area of all scores in one place."""

    nodes: int
    rows_each: int
    times: int
    engines: list[Row]
    exact: float

    @property
    def preuve(self) -> Row | None:
        return next((r for r in self.engines if r.engine == ENGINES["preuve"].name), None)


def prepare(folder: Path, nodes: int, rows: int) -> NDArray[np.float64]:
    """Write node folders of SYNTHETIC rows, the model, and its answers as a predictions file.

    Returns:
        (2, nodes × rows) scores of the model and events.
    """
    rng = np.random.default_rng(SEED)
    true = rng.normal(0, 0.35, COLUMNS)
    model = np.append(true + rng.normal(0, 0.05, COLUMNS), -0.9)
    np.save(folder / "model.npy", model)
    write_onnx(folder / "model.onnx", model)
    pooled, answers = [], ["case,event"]
    for index in range(nodes):
        features = rng.normal(rng.normal(0, 0.2, COLUMNS), 1, (rows, COLUMNS))
        logit = features @ true - 0.9 + rng.normal(0, 0.4)
        table = np.column_stack([features, rng.random(rows) < 1 / (1 + np.exp(-logit))])
        node = folder / "nodes" / f"node-{index:02}"
        (node / "data").mkdir(parents=True)
        np.save(node / "data" / "rows.npy", table.astype(np.float32))
        (node / "node.yaml").write_text(
            f"schema: 1\nname: {node.name}\n"
            f"label: {{fr: Hôpital SYNTHETIC {index}, en: SYNTHETIC hospital {index}}}\n"
            "data: {synthetic_events: data}\n"
        )
        kept = table.astype(np.float32).astype(float)
        scores = 1 / (1 + np.exp(-(kept[:, :-1] @ model[:-1] + model[-1])))
        pooled.append(np.stack([scores, kept[:, -1]]))
        answers += [f"{node.name}-{row},{score:.7f}" for row, score in enumerate(scores)]
    (folder / "predictions.csv").write_text("\n".join([*answers, ""]))
    return np.concatenate(pooled, axis=1)


def write_onnx(path: Path, model: NDArray[np.float64]) -> None:
    """A logistic model as an ONNX file: features (n, columns) -> scores (n, 1)."""
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(model[:-1, None].astype(np.float32), "weights")
    intercept = numpy_helper.from_array(model[-1:].astype(np.float32), "intercept")
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["features", "weights", "intercept"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["scores"]),
        ],
        "logistic",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, COLUMNS])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])],
        [weights, intercept],
    )
    written = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="preuve"
    )
    path.write_bytes(written.SerializeToString())


def exact_auroc(pooled: NDArray[np.float64]) -> float:
    """The area of the scores themselves, all rows in one place."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(pooled[1], pooled[0]))


def python_of(engine: Engine, key: str) -> Path:
    """The interpreter of an engine's environment, made on first use.

    Raises:
        RuntimeError: it does not install.
    """
    if not engine.package:
        return Path(sys.executable)
    place = PEERS / key
    python = place / "bin" / "python"
    if (place / "ready").exists():
        return python
    print(f"installing {engine.package} under build/peers/{key} ...", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", place])
    if made.returncode:
        raise RuntimeError("a virtual environment could not be made")
    install: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    done = subprocess.run([*install, engine.package], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr)
        raise RuntimeError("pip could not install it here")
    (place / "ready").touch()
    return python


def run(key: str, folder: Path, times: int) -> Row:
    """Measure one engine, after one run that fills the caches of compiled modules."""
    engine = ENGINES[key]
    try:
        python = python_of(engine, key)
    except RuntimeError as error:
        return Row(engine.name, note=f"skipped: {error}")
    spent: list[Spent] = []
    failed: list[str] = []
    place = folder / key
    while len(spent) <= times:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        _forget_releases(folder)
        one = _once(engine, key, python, folder, place)
        print(f"{engine.name}, run {len(spent) + len(failed)}: {one}", flush=True)
        if one.code == 0:
            spent.append(one)
            imported = import_cpu(python, place / "modules.json")
            result = json.loads((place / "result.json").read_text())
            continue
        failed.append(f"no result in {LIMIT} s" if one.code is None else "stopped on an error")
        tail = (place / "log").read_text(errors="replace")[-1500:]
        if not engine.package:
            raise SystemExit(f"{engine.name}: {failed[-1]}\n{tail}")
        if len(failed) > 1:
            return Row(engine.name, _version(engine, python), note=f"{failed[-1]}\n{tail}")
    note = f"{len(failed)} of {len(spent) + len(failed)} runs {failed[0]}" if failed else ""
    del spent[0]
    return Row(
        engine.name,
        _version(engine, python),
        wall=median(s.wall for s in spent),
        cpu_import=imported,
        cpu_above=median(s.cpu for s in spent) - imported,
        memory=median(s.pss for s in spent),
        largest=median(s.rss for s in spent),
        result=result,
        note=note,
    )


def _once(engine: Engine, key: str, python: Path, folder: Path, place: Path) -> Spent:
    nodes, result, modules = folder / "nodes", place / "result.json", place / "modules.json"
    chain = [nodes, place / "run"]
    arguments: dict[str, list[str | Path]] = {
        "preuve": ["pool", HERE / "usecase", folder / "model.onnx", *chain],
        "predictions": ["pool", HERE / "usecase", folder / "predictions.csv", *chain],
        "isolated": ["subprocess", HERE / "usecase", folder / "model.onnx", *chain],
        "nvflare": [nodes, folder / "model.npy", place / "workspace"],
        "flower": [nodes, folder / "model.npy"],
    }
    environment = {
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_HOME": str(place / "home"),
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE / "peers")]),
    }
    with (place / "log").open("wb") as log:
        return measure(
            [python, HERE / engine.script, *arguments[key], result, modules],
            limit=LIMIT,
            log=log,
            environment=environment,
        )


def _forget_releases(folder: Path) -> None:
    """Nodes as on their first day: no key, no ledger, nothing to resume."""
    for node in (folder / "nodes").iterdir():
        for path in node.iterdir():
            if path.name in ("data", "node.yaml"):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _version(engine: Engine, python: Path) -> str:
    if not engine.distribution:
        return version("preuve")
    asked = f"from importlib.metadata import version; print(version({engine.distribution!r}))"
    return subprocess.check_output([python, "-c", asked], text=True).strip()


def benchmark(nodes: int, rows: int, engines: Sequence[str], times: int) -> Found:
    """All engines on the same folders."""
    PEERS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PEERS.parent) as name:
        folder = Path(name)
        pooled = prepare(folder, nodes, rows)
        rows_of_engines = [run(key, folder, times) for key in engines]
    return Found(nodes, rows, times, rows_of_engines, exact_auroc(pooled))


def table(found: Found) -> str:
    """The figures as a Markdown table; ratios to Preuve."""
    own = found.preuve
    lines = [
        "| engine | wall s | CPU-s to import | CPU-s above import | ratio | memory MB (PSS) |"
        " ratio | largest process MB (RSS) | nodes | AUROC |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in found.engines:
        name = f"{row.engine} {row.version}".strip()
        if not row.result:
            lines.append(f"| {name} | {row.note.splitlines()[0]} | | | | | | | | |")
            continue
        cpu = f"{row.cpu_above / own.cpu_above:.1f}" if own and own.result else ""
        memory = f"{row.memory / own.memory:.1f}" if own and own.result else ""
        lines.append(
            f"| {name} | {row.wall:.1f} | {row.cpu_import:.2f} | {row.cpu_above:.2f} | {cpu} | "
            f"{row.memory / 1e6:.0f} | {memory} | {row.largest / 1e6:.0f} | "
            f"{row.result['nodes']} | {row.result['auroc']:.5f} |"
        )
    lines.append(f"| all rows in one place | | | | | | | | | {found.exact:.5f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--engine", nargs="*", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--times", type=int, default=3, help="runs of each; the median is shown")
    given = parser.parse_args()
    found = benchmark(given.nodes, given.rows, given.engine, given.times)
    print(table(found))
    for row in found.engines:
        if row.note:
            print(f"\n{row.engine}: {row.note}")


if __name__ == "__main__":
    main()
