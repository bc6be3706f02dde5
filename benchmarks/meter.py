"""What a command costs: wall time, CPU of its whole tree of processes, and memory (Linux)."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import IO

import psutil

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)
_IMPORT = """
import contextlib, importlib, json, sys
for name in json.load(open(sys.argv[1])):
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""


@dataclass(frozen=True)
class Spent:
    """The cost of a command.

    Attributes:
        wall: seconds.
        cpu: user and system seconds of every process of the tree: what the kernel counted of the
            processes that were waited for, or the sum of what was last seen of each if that is
            more (a parent may let the kernel forget its children). Both are lower bounds.
        pss: bytes, largest sum over the tree at a sampled moment; shared pages count once.
        rss: bytes, high-water mark of the largest process.
        code: exit status; None where the limit of time was reached.
    """

    wall: float
    cpu: float
    pss: int
    rss: int
    code: int | None


def measure(
    command: Sequence[str | Path],
    *,
    limit: float,
    log: IO[bytes],
    environment: Mapping[str, str] | None = None,
    every: float = 0.05,
) -> Spent:
    """Run a command to its end, or stop it and all that it started after `limit` seconds.

    Orphans of the tree become children of this process, so that their CPU is counted too; run one
    measurement at a time.
    """
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    before = _children_cpu()
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**usual_environment(), **ONE_THREAD, **(environment or {})},
    )
    watch = _Watch(every)
    watch.start()
    try:
        code: int | None = process.wait(limit)
    except subprocess.TimeoutExpired:
        code = None
    wall = time.perf_counter() - start
    watch.stop()
    _end_descendants()
    cpu = max(_children_cpu() - before, sum(watch.cpu.values()))
    return Spent(wall, cpu, watch.pss, watch.rss, code)


def usual_environment() -> dict[str, str]:
    """The environment of this process, with Python's caches of compiled modules in use."""
    unusual = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    return {name: value for name, value in os.environ.items() if name not in unusual}


def import_cpu(python: str | Path, modules: Path, *, times: int = 3) -> float:
    """CPU seconds of a process that imports the modules named in a JSON list; the median."""
    with NamedTemporaryFile() as log:
        spent = [
            measure([python, "-c", _IMPORT, modules], limit=120, log=log) for _time in range(times)
        ]
    return median(one.cpu for one in spent)


class _Watch(threading.Thread):
    """Samples the descendants of this process until it is stopped.

    Attributes:
        pss, rss: as in `Spent`.
        cpu: process and its start -> its own CPU seconds when last seen.
    """

    def __init__(self, every: float) -> None:
        super().__init__(daemon=True)
        self.pss = self.rss = 0
        self.cpu: dict[psutil.Process, float] = {}
        self._every = every
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._every):
            self.pss = max(self.pss, sum(map(self._seen, _descendants())))

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _seen(self, process: psutil.Process) -> int:
        """Note a process, and give back its proportional set size; 0 for a process gone."""
        try:
            times = process.cpu_times()
            self.cpu[process] = times.user + times.system
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            status = Path(f"/proc/{process.pid}/status").read_text()
        except (OSError, psutil.Error):
            return 0
        self.rss = max(self.rss, _kib(status, "VmHWM:"))
        return _kib(rollup, "Pss:")


def _descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def _kib(text: str, field: str) -> int:
    for line in text.splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _end_descendants() -> None:
    """Stop and reap whatever the command left behind."""
    while left := _descendants():
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.05)
