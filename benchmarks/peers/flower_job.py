"""The task with Flower's simulation.

python flower_job.py NODES MODEL.npy RESULT.json MODULES.json
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import task
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.simulation import run_simulation
from loaded import write_modules


def main() -> None:
    nodes, model, result, modules = sys.argv[1:]
    sites = sorted(str(path) for path in Path(nodes).iterdir())
    hospital, server = ClientApp(), ServerApp()

    @hospital.evaluate()  # type: ignore[untyped-decorator]
    def evaluate(message: Message, context: Context) -> Message:
        own = Path(sites[int(context.node_config["partition-id"])])
        answer = task.evaluate(own, message.content["model"].to_numpy_ndarrays()[0])
        return Message(RecordDict({"answer": ConfigRecord(answer)}), reply_to=message)

    @server.main()  # type: ignore[untyped-decorator]
    def run(grid: Grid, context: Context) -> None:  # noqa: ARG001  every server app reads so
        content = RecordDict({"model": ArrayRecord([np.load(model)])})
        while len(list(grid.get_node_ids())) < len(sites):
            time.sleep(0.05)
        replies = grid.send_and_receive(
            [
                Message(content=content, message_type="evaluate", dst_node_id=node)
                for node in grid.get_node_ids()
            ]
        )
        answers = [dict(reply.content["answer"]) for reply in replies]
        Path(result).write_text(json.dumps(task.aggregate(answers)))

    run_simulation(
        server_app=server,
        client_app=hospital,
        num_supernodes=len(sites),
        backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}},
    )
    write_modules(modules)


if __name__ == "__main__":
    main()
