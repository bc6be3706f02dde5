"""A sandbox: a program of others, run by bubblewrap without network and within limits.

The program sees the system's libraries, its interpreter, its own folder and the files it is given,
all read-only, and nothing else of the machine. It writes in a work folder that lives in memory and
vanishes with it. Namespaces (user, process, network, IPC, host name) come from bubblewrap
(https://github.com/containers/bubblewrap); limits per process from the kernel's resource limits;
the sums over processes from a watch every 50 ms, which kills the process namespace whole. The
kernel bounds the processes of every user but root; as root, the watch takes precedence over them.

Memory is the resident memory summed over processes: pages that two of them share count twice, and
what is written to a memory file without being mapped is bounded only per file and per process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.registry.limits import Limits

if TYPE_CHECKING:
    import psutil

WORK = "/preuve"
SHARED = "/dev/shm"  # noqa: S108
LOG_BYTES = 64 << 10
MOST_FILES = 50_000

Breach: TypeAlias = Literal["seconds", "memory", "processes", "disk", "files"]

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
_WATCH_SECONDS = 0.05
_OWN_PROCESSES = 2  # bubblewrap's first process, and the shell of _LAUNCH
_MIB = 1 << 20
_OPEN_FILES = 256
_TASKS = 16  # processes and threads that the kernel lets a user have, per process allowed
_CPU_SIGNAL = 128 + 24

_LAUNCH = f"""
echo started
wanted=$1 most=$2 memory=$3 seconds=$4 blocks=$5 tasks=$6
shift 6
( ulimit -c 0; ulimit -n {_OPEN_FILES}; ulimit -v "$memory"; ulimit -t "$seconds"
  ulimit -f "$blocks"; ulimit -p "$tasks" 2>/dev/null || ulimit -u "$tasks"
  exec "$@" ) >&2 </dev/null
echo "$? $(stat -f -c %a {WORK})"
if [ -f "{WORK}/$wanted" ]; then echo found; exec head -c "$most" "{WORK}/$wanted"; fi
"""


@dataclass(frozen=True)
class Outcome:
    """How a program ended.

    Attributes:
        exit_code: that of the program (128 + signal where one killed it); None where it was
            stopped from outside, or ended what had started it.
        breach: the limit it went over.
        content: bytes of the file that was wanted from it, None where it did not write it.
        log: the end of what it printed, 64 KiB at most.
    """

    exit_code: int | None
    breach: Breach | None
    content: bytes | None
    log: str


def bubblewrap() -> str:
    """The path of bubblewrap.

    Raises:
        PreuveError: it is not installed; nothing is ever run without it.
    """
    found = shutil.which("bwrap")
    if found:
        return found
    raise PreuveError(
        _("A command runs in a sandbox only, and bubblewrap is not installed on this machine."),
        where="bwrap",
        remedy=_("On Linux: apt-get install bubblewrap (or dnf install bubblewrap)."),
    )


def run(
    command: Sequence[str],
    *,
    folder: Path | None,
    given: Mapping[str, Path],
    wanted: str,
    limits: Limits,
    hidden: Sequence[Path] = (),
) -> Outcome:
    """Run a program in the sandbox.

    Args:
        command: absolute path of the program, and its arguments.
        folder: the program's own folder, visible read-only at its own path; it starts there.
        given: name in the work folder -> file that stands there, read-only.
        wanted: name of the file the program writes in the work folder.
        limits: what it may use.
        hidden: paths that are emptied, even inside its folder.

    Raises:
        PreuveError: there is no bubblewrap, or this machine does not let it make a sandbox.
    """
    most = limits.disk_mib * _MIB
    seconds = int(limits.seconds) + 1
    wrapped = [
        bubblewrap(),
        *_namespaces(),
        *_visible(folder),
        *_emptied(hidden, folder),
        *_work(limits, given),
        *("--chdir", str(folder) if folder else WORK, "--"),
        *("/bin/sh", "-c", _LAUNCH, "sandbox", wanted, str(most)),
        *(str(2 * limits.memory_mib * 1024), str(seconds), str(most // 512)),
        str(_tasks_of_user() + _TASKS * limits.processes),
        *command,
    ]
    with subprocess.Popen(
        wrapped, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told, printed = _Start(process.stdout, most + LOG_BYTES), _End(process.stderr, LOG_BYTES)
        try:
            breach = _watch(process, limits)
        finally:
            process.kill()
            process.wait()
            told.join()
            printed.join()
    return _outcome(bytes(told.kept), printed.kept.decode("utf-8", "replace"), breach)


def _namespaces() -> list[str]:
    return [
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--uid", "65534", "--gid", "65534", "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--clearenv"),
        *("--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin"),
        *("--setenv", "HOME", WORK, "--setenv", "TMPDIR", WORK, "--setenv", "LANG", "C.UTF-8"),
        *("--setenv", "OMP_NUM_THREADS", "1", "--setenv", "PYTHONDONTWRITEBYTECODE", "1"),
    ]


def roots(folder: Path | None) -> list[Path]:
    """What the program can read: libraries, the interpreter that runs Preuve, its folder."""
    own = [folder] if folder else []
    return [*map(Path, _SYSTEM), Path(sys.base_prefix), Path(sys.prefix), *own]


def _visible(folder: Path | None) -> list[str]:
    arguments = []
    for path in [*roots(folder), *(Path("/etc", name) for name in _SETTINGS)]:
        arguments += ["--ro-bind-try", str(path), str(path)]
    # As root of the machine, /proc/sys could be written even without capabilities.
    shared = ["--size", str(16 * _MIB), "--tmpfs", SHARED]
    devices = ["--dev", "/dev", *shared, "--remount-ro", "/dev"]
    return [*arguments, "--proc", "/proc", "--remount-ro", "/proc", *devices]


def _emptied(hidden: Sequence[Path], folder: Path | None) -> list[str]:
    visible = [root.resolve() for root in roots(folder)]
    arguments: list[str] = []
    for path in (path.resolve() for path in hidden):
        if path in visible:
            raise PreuveError(
                _("The folder of the command also holds what it must not see."),
                where=path,
                remedy=_("Move the command into a folder of its own."),
            )
        if not path.exists() or not any(path.is_relative_to(root) for root in visible):
            continue
        if path.is_dir():
            arguments += ["--tmpfs", str(path), "--remount-ro", str(path)]
        else:
            arguments += ["--ro-bind", "/dev/null", str(path)]
    return arguments


def _work(limits: Limits, given: Mapping[str, Path]) -> list[str]:
    arguments = ["--size", str(limits.disk_mib * _MIB), "--tmpfs", WORK]
    for name, path in given.items():
        arguments += ["--ro-bind", str(path), f"{WORK}/{name}"]
    return [*arguments, "--remount-ro", "/"]


def _watch(process: subprocess.Popen[bytes], limits: Limits) -> Breach | None:
    """Wait for the end, or kill the program at the first limit it goes over."""
    end = time.monotonic() + limits.seconds
    with _precedence():
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_WATCH_SECONDS)
                return None
            tree = _tree(process.pid)
            breach = _breach(tree, limits, end)
            if breach:
                _kill(tree[:1])
                process.kill()
                return breach


def _kill(first: Sequence[psutil.Process]) -> None:
    """Kill the first process of the namespace, and with it all the others at once."""
    import psutil

    for process in first:
        with suppress(OSError):
            os.sched_setscheduler(process.pid, os.SCHED_FIFO, os.sched_param(1))
        with suppress(psutil.Error):
            process.kill()


def _breach(tree: Sequence[psutil.Process], limits: Limits, end: float) -> Breach | None:
    if len(tree) > limits.processes + _OWN_PROCESSES:
        return "processes"
    if _resident(tree) > limits.memory_mib * _MIB:
        return "memory"
    if tree and _files(tree[0].pid) > MOST_FILES:
        return "files"
    return "seconds" if time.monotonic() > end else None


@contextmanager
def _precedence() -> Iterator[None]:
    """Run this thread before any other where the machine allows it, so that no swarm delays it."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def _tasks_of_user() -> int:
    """Processes and threads that the user of this process has on the machine."""
    import psutil

    own = os.getuid()
    found = psutil.process_iter(["uids", "num_threads"])
    return sum(p.info["num_threads"] or 0 for p in found if p.info["uids"].real == own)


def _files(pid: int) -> int:
    """Files that the program has made: each takes memory of the kernel, even empty."""
    made = 0
    for place in (WORK, SHARED):
        with suppress(OSError):
            state = os.statvfs(f"/proc/{pid}/root{place}")
            made += state.f_files - state.f_ffree
    return made


def _tree(pid: int) -> list[psutil.Process]:
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _resident(tree: Sequence[psutil.Process]) -> int:
    """Resident memory of the processes, summed, in bytes."""
    import psutil

    memory = 0
    for process in tree:
        with suppress(psutil.Error):
            memory += process.memory_info().rss
    return memory


def _outcome(told: bytes, log: str, breach: Breach | None) -> Outcome:
    """Read what _LAUNCH wrote: "started", then "code free-blocks", then "found" and the file."""
    started, _newline, rest = told.partition(b"\n")
    if breach:
        return Outcome(None, breach, None, log)
    if started != b"started":
        raise PreuveError(
            _("This machine does not let bubblewrap make a sandbox: {error}").format(
                error=log.strip()[-300:]
            ),
            where="bwrap",
            remedy=_("Allow user namespaces, and use bubblewrap 0.8 or later."),
        )
    status, _newline, rest = rest.partition(b"\n")
    code, _space, free = status.partition(b" ")
    if not code.isdigit() or not free.isdigit():
        return Outcome(None, None, None, log)
    if int(code) == _CPU_SIGNAL:
        breach = "seconds"
    elif int(free) == 0:
        breach = "disk"
    found, _newline, content = rest.partition(b"\n")
    return Outcome(int(code), breach, content if found == b"found" else None, log)


class _Kept(threading.Thread):
    """Reads a pipe to its end and keeps a bounded part of it."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        super().__init__(daemon=True)
        self.stream, self.most, self.kept = stream, most, bytearray()
        self.start()

    def run(self) -> None:
        while block := os.read(self.stream.fileno(), 1 << 16):
            self.keep(block)

    def keep(self, block: bytes) -> None:
        raise NotImplementedError


class _Start(_Kept):
    def keep(self, block: bytes) -> None:
        self.kept += block[: max(0, self.most - len(self.kept))]


class _End(_Kept):
    def keep(self, block: bytes) -> None:
        self.kept += block
        del self.kept[: -self.most]
