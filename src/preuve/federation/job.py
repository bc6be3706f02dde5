"""Job: the work of one node, from its data to the signed release, in a process of its own."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

import preuve
from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _
from preuve.core.record import canonical, digest, digest_file, read_json, write_whole
from preuve.evaluation.site import Role, summarise
from preuve.federation.envelope import Asked, Envelope
from preuve.federation.gate import Refused, refuse_few, release
from preuve.federation.ledger import Ledger, Release
from preuve.federation.node import Node, fingerprint
from preuve.registry.system import System

Tell = Callable[[int, str], None]
"""Told as a node advances: per cent done, and the stage."""

_ROOMS = ("core", "registry", "evaluation", "federation")

READING, PREDICTING, SUMMARISING, GATE, END = 0, 10, 80, 90, 100


@dataclass(frozen=True)
class Job:
    """One question to any number of nodes.

    Attributes:
        folder: the use case.
        system: what is evaluated.
        comparator: what it is compared with, or None.
    """

    folder: UseCaseFolder
    system: System
    comparator: System | None = None

    @cached_property
    def digest(self) -> str:
        """Address of the work: the question, and every line of code that answers it."""
        house = Path(preuve.__file__).parent
        code = [self.folder.path, *(house / room for room in _ROOMS)]
        return digest({"question": self.question, "code": [_code(folder) for folder in code]})

    @property
    def question(self) -> str:
        """Address of the question: protocol and systems."""
        return digest(self.asked._asdict())

    @property
    def asked(self) -> Asked:
        return Asked(
            self.folder.usecase.digest,
            self.system.digest,
            self.comparator.digest if self.comparator else None,
        )

    @property
    def systems(self) -> dict[Role, System]:
        found: dict[Role, System] = {"system": self.system}
        if self.comparator:
            found["comparator"] = self.comparator
        return found


def _code(folder: Path) -> list[tuple[str, str]]:
    return [
        (path.relative_to(folder).as_posix(), digest_file(path))
        for path in sorted(folder.rglob("*.py"))
    ]


@dataclass(frozen=True)
class Task:
    """A job at one node.

    Attributes:
        path: where the release is written.
        hidden: folders that a system must not see.
    """

    job: Job
    node: Node
    path: Path
    hidden: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a task. Only the release leaves the node; the rest is for its own staff.

    Attributes:
        node: its name, or that of its folder where node.yaml cannot be read.
        status: "released"; "refused" by the gate; "failed" before it.
        path: file of the release.
        error: why it was refused or failed.
        wall_seconds, cpu_seconds: of the work, 0 where a former release was taken again.
        warnings: what the reading of the cases warned of.
        unknown_rows: by role, rows of a predictions file that name no case of this node.
        reused: whether the release was already there.
    """

    node: str
    status: Literal["released", "refused", "failed"]
    path: Path | None = None
    error: PreuveError | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    unknown_rows: Mapping[Role, int] = field(default_factory=dict)
    reused: bool = False

    @cached_property
    def envelope(self) -> Envelope:
        """The release, verified.

        Raises:
            PreuveError: there is none, or it was altered.
        """
        if self.path is None:
            raise self.error or PreuveError(_("This node released nothing."), where=self.node)
        return Envelope.read(self.path)


@dataclass
class _Notes:
    """What is known of a task while it runs."""

    warnings: tuple[str, ...] = ()
    unknown_rows: dict[Role, int] = field(default_factory=dict)


def work(task: Task, tell: Tell) -> Outcome:
    """Do a task; whatever goes wrong is in the outcome, and touches no other node."""
    wall, cpu, notes = time.perf_counter(), _cpu_seconds(), _Notes()
    try:
        _release(task, tell, notes)
        outcome = Outcome(task.node.name, "released", path=task.path)
    except Refused as error:
        outcome = Outcome(task.node.name, "refused", error=error)
    except PreuveError as error:
        outcome = Outcome(task.node.name, "failed", error=error)
    except Exception as error:
        outcome = Outcome(task.node.name, "failed", error=_unexpected(error))
    return replace(
        outcome,
        wall_seconds=time.perf_counter() - wall,
        cpu_seconds=_cpu_seconds() - cpu,
        warnings=notes.warnings,
        unknown_rows=notes.unknown_rows,
    )


def _release(task: Task, tell: Tell, notes: _Notes) -> None:
    job, node = task.job, task.node
    usecase = job.folder.usecase
    tell(READING, _("reading"))
    source = node.source(usecase.code)
    data = fingerprint(source)
    cases = job.folder.read(source)
    notes.warnings = cases.warnings
    notes.unknown_rows = _unknown_rows(job, cases)
    refuse_few(cases.persons, node.policy)
    own = (source.folder,) if source.is_folder else ()
    scores = _scores(replace(task, hidden=(*task.hidden, *own)), cases, tell)
    tell(SUMMARISING, _("summarising"))
    result = summarise(usecase, cases, scores["system"], scores.get("comparator"))
    tell(GATE, _("gate"))
    asked = job.asked
    with Ledger.held(node.folder) as ledger:
        gated = release(result, node, usecase, cases, ledger, job.question)
        entry = ledger.append(
            Release(
                **asked._asdict(),
                data=data,
                release=digest(gated.site.record()),
                smallest_cell=node.policy.smallest_cell,
            ),
            gated.sets,
        )
    envelope = Envelope.seal(
        node.key, gated.site, asked=asked, policy=node.policy.record(), ledger_head=entry.digest
    )
    write_whole(_notes_path(task), canonical(asdict(notes)), private=True)
    write_whole(task.path, envelope.content())
    tell(END, "")


def _scores(task: Task, cases: Cases, tell: Tell) -> dict[Role, NDArray[np.float64]]:
    systems = task.job.systems
    share = (SUMMARISING - PREDICTING) / len(systems)
    found: dict[Role, NDArray[np.float64]] = {}
    for place, (role, system) in enumerate(systems.items()):
        told = partial(_predicting, tell, PREDICTING + place * share, share)
        answer = system.predict(cases, task.job.folder.usecase, told, task.hidden)
        found[role] = answer.values
    return found


def _predicting(
    tell: Tell, start: float, share: float, _task: str, done: int, total: int, note: str = ""
) -> None:
    tell(round(start + share * done / max(total, 1)), note or _("predicting"))


def _unknown_rows(job: Job, cases: Cases) -> dict[Role, int]:
    return {
        role: system.unknown_rows(cases.identifiers.tolist())
        for role, system in job.systems.items()
        if system.door == "predictions"
    }


def kept(task: Task) -> Outcome | None:
    """The release that a former run left, if it still answers the task; else None.

    It must be whole and signed by this node under its present policy, stand in its ledger, and
    come from data that have not changed since. Data in a database are always read again.

    Raises:
        PreuveError: the node's file or ledger cannot be read.
    """
    if not task.path.exists():
        return None
    data = fingerprint(task.node.source(task.job.folder.usecase.code))
    try:
        envelope = Envelope.read(task.path)
    except PreuveError:
        return None
    entry = task.node.ledger.find(envelope.ledger_head)
    current = (
        entry is not None
        and data is not None
        and entry.released.data == data
        and envelope.node_key == task.node.key.public
        and envelope.policy == task.node.policy.record()
        and envelope.asked == task.job.asked
        and _notes_path(task).exists()
    )
    if not current:
        return None
    notes = read_json(_notes_path(task))
    return Outcome(
        task.node.name,
        "released",
        path=task.path,
        warnings=tuple(notes["warnings"]),
        unknown_rows=notes["unknown_rows"],
        reused=True,
    )


def _notes_path(task: Task) -> Path:
    """What the node keeps for its own staff."""
    return task.node.folder / "runs" / f"{task.path.parent.name}.json"


def _unexpected(error: Exception) -> PreuveError:
    """An error nobody foresaw; its words may tell of a record, so they stand in `where`."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return PreuveError(
        _("The work of this node stopped on an unexpected error, {kind}.").format(
            kind=type(error).__name__
        ),
        where=f"{last.filename}:{last.lineno} · {error}",
    )


def _cpu_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class Progressed(NamedTuple):
    """A step of a task."""

    per_cent: int
    stage: str


def serve(connection: Connection) -> None:
    """Do the tasks that come, one at a time, until None comes or the sender is gone.

    Sends a `Progressed` per step of a task, then its `Outcome`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the sender ends its workers itself
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        if task is None:
            return
        connection.send(work(task, _Teller(connection)))


@dataclass
class _Teller:
    """Sends each step once."""

    connection: Connection
    last: int = -1

    def __call__(self, per_cent: int, stage: str) -> None:
        if per_cent != self.last:
            self.last = per_cent
            self.connection.send(Progressed(per_cent, stage))
