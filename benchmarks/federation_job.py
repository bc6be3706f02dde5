"""The task through the whole chain of Preuve, from node folders to a signed evidence file.

python federation_job.py ISOLATION USECASE MODEL NODES INTO RESULT.json MODULES.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from loaded import write_modules

from preuve.federation import Node
from preuve.federation.evaluate import evaluate
from preuve.registry import System


def main() -> None:
    isolation, *paths = sys.argv[1:]
    usecase, model, nodes, into, result, modules = map(Path, paths)
    evidence = evaluate(
        usecase,
        System.load(model),
        [Node.load(folder) for folder in sorted(nodes.iterdir())],
        into=into,
        isolation="subprocess" if isolation == "subprocess" else "pool",
    )
    evidence.save(into / "evidence.json")
    found = {
        measure: evidence.estimate(measure, "event", estimand="pooled").value
        for measure in ("sensitivity", "specificity", "brier", "auroc")
    }
    released = [site for site in evidence.content["sites"] if site["release"] is not None]
    Path(result).write_text(json.dumps({"nodes": len(released), **found}))
    write_modules(modules)


if __name__ == "__main__":
    main()
