"""Engine: a job at many nodes of one machine, in a few processes, resumed where it stopped."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _, current_language
from preuve.core.progress import Progress, silent
from preuve.federation.apart import can_fork
from preuve.federation.job import END, Job, Outcome, Progressed, Task, kept, serve
from preuve.federation.node import Node
from preuve.registry.system import System

Isolation = Literal["pool", "subprocess"]

_SERVE = """
import sys
from multiprocessing.connection import Connection
from preuve.federation.job import serve
serve(Connection(int(sys.argv[1])))
"""


def run(
    folder: UseCaseFolder,
    system: System,
    nodes: Sequence[Node],
    *,
    comparator: System | None = None,
    into: str | Path,
    workers: int | None = None,
    isolation: Isolation = "pool",
    progress: Progress = silent,
) -> list[Outcome]:
    """Evaluate a system at nodes; what each releases is written to `into/<job>/<node>.json`.

    Run again with the same `into` and the same code, a node whose release is there and still
    answers is not computed again (see `kept`); one that was refused or failed is tried again.
    Killed between the line in a node's ledger and the file of its release, a run finds the line
    again: nothing is counted twice.

    Args:
        folder: the use case.
        system: what is evaluated.
        nodes: no two of one name.
        comparator: another system, compared on the same cases.
        into: folder of the releases.
        workers: processes at a time; as many as cores unless given.
        isolation: "pool" gives a process to several nodes, one after another; "subprocess" gives
            each node a new one.
        progress: told per node, under its name, in hundredths.

    Returns:
        One outcome per node, in the order of `nodes`.

    Raises:
        PreuveError: two nodes have one name.
    """
    job = Job(folder, system, comparator)
    place = Path(into) / job.digest.removeprefix("sha256:")[:16]
    hidden = (*(node.folder for node in nodes), Path(into).resolve())
    outcomes: dict[int, Outcome] = {}
    tasks: dict[int, Task] = {}
    names: set[str] = set()
    for index, node in enumerate(nodes):
        try:
            name = node.name
        except PreuveError as error:
            outcomes[index] = Outcome(node.folder.name, "failed", error=error)
            continue
        if name in names:
            raise PreuveError(
                _("Two nodes have the name {name}.").format(name=name), where=node.folder
            )
        names.add(name)
        tasks[index] = Task(job, node, place / f"{name}.json", hidden)
    for index, task in tasks.items():
        found = _found(task)
        if found:
            outcomes[index] = found
            progress(found.node, END, END)
    missing = {index: task for index, task in tasks.items() if index not in outcomes}
    if missing:
        outcomes |= _compute(missing, _count(workers, len(missing)), isolation, progress)
    return [outcomes[index] for index in range(len(nodes))]


def unknown_rows(system: System, outcomes: Sequence[Outcome]) -> int | None:
    """Rows of a predictions file that name a case of no node, when the outcomes tell.

    A row that several nodes know counts once for each. None for a system of another door, or
    where a node did not read its cases in this run.
    """
    if system.door != "predictions":
        return None
    counts = [outcome.unknown_rows.get("system") for outcome in outcomes]
    if None in counts:
        return None
    rows = system.unknown_rows(())
    return max(0, rows - sum(rows - count for count in counts if count is not None))


def _found(task: Task) -> Outcome | None:
    try:
        return kept(task)
    except PreuveError as error:
        return Outcome(task.node.name, "failed", error=error)


def _count(workers: int | None, tasks: int) -> int:
    return min(workers or os.cpu_count() or 1, tasks)


@dataclass(frozen=True, eq=False)
class _Worker:
    """A process that does tasks, and the line to it."""

    connection: Connection
    process: BaseProcess | subprocess.Popen[bytes]

    @classmethod
    def forked(cls) -> _Worker:
        """A copy of this process: nothing to import."""
        fork = multiprocessing.get_context("fork")
        ours, theirs = fork.Pipe()
        process = fork.Process(target=_serve_forked, args=(theirs, ours), daemon=True)
        process.start()
        theirs.close()
        return cls(ours, process)

    @classmethod
    def fresh(cls) -> _Worker:
        """A new interpreter."""
        ours, theirs = multiprocessing.Pipe()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _SERVE, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env={**os.environ, "PREUVE_LANG": current_language()},
        )
        theirs.close()
        return cls(ours, process)

    def hear(self) -> Progressed | Outcome | None:
        """What it says; None where it died."""
        try:
            said: Progressed | Outcome = self.connection.recv()
        except (EOFError, OSError):
            return None
        return said

    def end(self) -> int | None:
        """Stop it, and say how it ended."""
        with suppress(OSError):
            self.connection.send(None)
        self.connection.close()
        if isinstance(self.process, subprocess.Popen):
            return self.process.wait()
        self.process.join()
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()
        self.end()


def _serve_forked(connection: Connection, other_end: Connection) -> None:
    other_end.close()
    serve(connection)


def _compute(
    tasks: dict[int, Task], workers: int, isolation: Isolation, progress: Progress
) -> dict[int, Outcome]:
    """Give the tasks to workers as these become free. A worker that dies costs its own task."""
    start = _Worker.forked if isolation == "pool" and can_fork() else _Worker.fresh
    waiting = list(tasks)[::-1]
    busy: dict[Any, tuple[_Worker, int]] = {}
    outcomes: dict[int, Outcome] = {}

    def give(worker: _Worker) -> None:
        busy[worker.connection] = worker, waiting[-1]
        with suppress(BrokenPipeError, ConnectionResetError):
            worker.connection.send(tasks[waiting.pop()])

    try:
        for _worker in range(workers):
            give(start())
        while busy:
            for connection in wait(list(busy)):
                worker, index = busy[connection]
                name = tasks[index].node.name
                message = worker.hear()
                if isinstance(message, Progressed):
                    progress(name, message.per_cent, END, message.stage)
                    continue
                del busy[connection]
                outcomes[index] = message or _died(name, worker.end())
                spent = message is None or isolation == "subprocess"
                if message and (spent or not waiting):
                    worker.end()
                if waiting:
                    give(_Worker.fresh() if spent else worker)
    finally:
        for worker, _index in busy.values():
            worker.kill()
    return outcomes


def _died(name: str, code: int | None) -> Outcome:
    return Outcome(
        name,
        "failed",
        error=PreuveError(
            _("The process of this node ended before its work ({code}).").format(code=code),
            where=name,
            remedy=_("If memory ran out, run with fewer workers."),
        ),
    )
