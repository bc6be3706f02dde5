"""ECG per CPU-second on one core: read, check, resample 500 -> 100 Hz, and score with the CNN.

    python benchmarks/ecg_throughput.py [NODE_FOLDER] [--model FILE.onnx] [--times 3]

Without a folder, a phantom hospital is written first (not timed). Libraries are loaded
before the clock starts.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import onnxruntime

from preuve.core.folder import UseCaseFolder
from preuve.core.source import Source
from preuve.usecases.ecg_interpretation import nodes

FOLDER = UseCaseFolder.find("ecg_interpretation")
BATCH = 32


def session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def once(node: Path, model: onnxruntime.InferenceSession) -> dict[str, float]:
    """CPU seconds of reading and of scoring, and the records."""
    name = model.get_inputs()[0].name
    start = time.process_time()
    cases = FOLDER.read(Source(str(node / "data")))
    read = time.process_time()
    scores = [
        model.run(None, {name: cases.inputs[name](slice(row, row + BATCH))})[0]
        for row in range(0, len(cases), BATCH)
    ]
    done = time.process_time()
    assert len(np.concatenate(scores)) == len(cases)
    return {"read": read - start, "score": done - read, "cases": len(cases)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("node", type=Path, nargs="?")
    parser.add_argument("--model", type=Path, default=FOLDER.path / "models" / "cnn.onnx")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        node = given.node or nodes.prepare(None, Path(folder), only=("synthetic0",))[0]
        model = session(given.model)
        once(node, model)
        for _time in range(given.times):
            spent = once(node, model)
            total = spent["read"] + spent["score"]
            print(
                f"{node.name}: {spent['cases']:.0f} ECG, "
                f"read and resample {1000 * spent['read'] / spent['cases']:.2f} ms, "
                f"{given.model.stem} {1000 * spent['score'] / spent['cases']:.2f} ms, "
                f"{spent['cases'] / total:.0f} ECG per CPU-second"
            )


if __name__ == "__main__":
    main()
