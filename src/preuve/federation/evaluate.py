"""Evaluate: a use case, a system and nodes in; signed evidence out."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _, both
from preuve.core.progress import Progress, silent
from preuve.core.signature import Key
from preuve.evaluation.assembly import SiteOutcome, assemble
from preuve.federation.apart import apart
from preuve.federation.energy import energy
from preuve.federation.engine import Isolation, run, unknown_rows
from preuve.federation.job import Outcome
from preuve.federation.node import Node
from preuve.registry.system import System

_SOFTWARE = ("preuve", "numpy", "scipy", "polars")


def evaluate(
    usecase: str | Path | UseCaseFolder,
    system: System,
    nodes: Sequence[Node],
    *,
    comparator: System | None = None,
    into: str | Path = "build/run",
    workers: int | None = None,
    isolation: Isolation = "pool",
    key: str | Path | None = None,
    progress: Progress = silent,
) -> Evidence:
    """Evaluate a system at hospitals.

    A run that was stopped goes on where it stopped when it is started again with the same `into`.

    Args:
        usecase: code of a use case of the house, or its folder.
        system: what is evaluated.
        nodes: the hospitals.
        comparator: another system, or a human reader, compared on the same cases.
        into: folder of the releases, and of the evaluator's key unless `key` is given.
        workers: hospitals at a time; as many as cores unless given.
        isolation: "pool", or "subprocess" for a process of its own per hospital.
        key: file of the private key that signs the evidence; made on first use.
        progress: told per hospital.

    Raises:
        PreuveError: the system cannot answer the use case, a predictions file names cases that no
            hospital has, or no hospital released anything; says why for each.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    folder = usecase if isinstance(usecase, UseCaseFolder) else UseCaseFolder.find(usecase)
    for each in (system, comparator):
        if each is not None:
            apart(partial(each.check, folder.usecase))
    outcomes = run(
        folder,
        system,
        nodes,
        comparator=comparator,
        into=into,
        workers=workers,
        isolation=isolation,
        progress=progress,
    )
    _check(system, outcomes)
    content = assemble(
        folder.usecase,
        system.record(),
        None if comparator is None else comparator.record(),
        [_site(outcome, node) for outcome, node in zip(outcomes, nodes, strict=True)],
    )
    cpu_seconds = sum(outcome.cpu_seconds for outcome in outcomes)
    how: dict[str, Any] = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - clock, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "energy": energy(cpu_seconds),
        "software": {"python": platform.python_version()} | {n: version(n) for n in _SOFTWARE},
        "machine": platform.machine(),
    }
    return Evidence.sign(content, how, Key.load_or_create(Path(key or Path(into) / "key.pem")))


def _check(system: System, outcomes: Sequence[Outcome]) -> None:
    if not any(outcome.status == "released" for outcome in outcomes):
        reasons = "\n".join(f"  {outcome.node}: {outcome.error}" for outcome in outcomes)
        raise PreuveError(_("No hospital released anything.") + "\n" + reasons)
    unknown = unknown_rows(system, outcomes)
    if unknown:
        raise PreuveError(
            _("{count} rows of the predictions name a case that no hospital has.").format(
                count=unknown
            ),
            where=system.name,
            remedy=_("Take them out, or add the hospital that holds these cases."),
        )


def _site(outcome: Outcome, node: Node) -> SiteOutcome:
    """What may be said of a node: of an error, the problem alone; the rest stays with its staff."""
    released = outcome.status == "released"
    try:
        label = node.label
    except PreuveError:
        label = dict.fromkeys(("fr", "en"), outcome.node)
    return SiteOutcome(
        site=outcome.node,
        label=label,
        outcome=outcome.status,
        reason=None if outcome.error is None else both(outcome.error.problem),
        release=outcome.envelope.record() if released else None,
    )
