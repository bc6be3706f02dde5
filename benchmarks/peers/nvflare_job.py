"""The task with NVIDIA FLARE's simulator, by its Collab API.

One thread per client, the default: with 2 threads for 8 clients version 2.9.0 gives no result.

python nvflare_job.py NODES MODEL.npy WORKSPACE RESULT.json MODULES.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import task
from loaded import write_modules
from nvflare.collab import CollabRecipe, collab
from nvflare.recipe import SimEnv


class Hospital:
    def __init__(self, nodes: str) -> None:
        self.nodes = nodes

    @collab.publish  # type: ignore[untyped-decorator]
    def evaluate(self, model: list[float]) -> dict[str, Any]:
        return task.evaluate(Path(self.nodes) / collab.site_name, np.array(model))


class Server:
    def __init__(self, model: str, result: str) -> None:
        self.model = model
        self.result = result

    @collab.main  # type: ignore[untyped-decorator]
    def run(self) -> None:
        answers = collab.clients.evaluate(model=np.load(self.model).tolist())
        found = task.aggregate([dict(answers)[site] for site in sorted(dict(answers))])
        Path(self.result).write_text(json.dumps(found))


def main() -> None:
    nodes, model, workspace, result, modules = sys.argv[1:]
    sites = sorted(path.name for path in Path(nodes).iterdir())
    recipe = CollabRecipe(
        "evaluation",
        server=Server(model, result),
        client=Hospital(nodes),
        min_clients=len(sites),
        sync_task_timeout=240,
    )
    recipe.execute(SimEnv(clients=sites, workspace_root=workspace))
    write_modules(modules)


if __name__ == "__main__":
    main()
