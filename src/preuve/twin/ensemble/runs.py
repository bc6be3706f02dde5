"""Ensemble: many runs of two worlds on several processes; the same bytes whatever their number."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import digest, write_whole
from preuve.twin.ensemble.outcome import Outcome, pack

REPLICATES = 2
"""Runs that share a draw of the parameters: what sets chance apart from what is not known."""

Recipe = Callable[[int, Mapping[str, float], int], Mapping[str, Outcome]]
"""Runs every world of a scenario once: draw index, drawn parameters, seed → outcome by world."""


@dataclass(frozen=True)
class Run:
    """One run: its number, the draw of the parameters it uses, its seed."""

    number: int
    draw: int
    seed: int


def plan(runs: int, seed: int) -> tuple[Run, ...]:
    """The runs of an ensemble; two by two they share a draw of the parameters.

    Fewer than four runs use the central parameters: they show chance alone.
    """
    if runs < 1:
        raise PreuveError(_("An ensemble needs at least one run."), where="runs")
    seeds = np.random.SeedSequence([seed, 0x7477696E]).generate_state(runs, np.uint64)
    return tuple(
        Run(
            number=number,
            draw=0 if runs < 2 * REPLICATES else 1 + number // REPLICATES,
            seed=int(seeds[number] >> np.uint64(1)),
        )
        for number in range(runs)
    )


def drawn(estimates: Mapping[str, Estimate], draw: int, seed: int) -> Mapping[str, float]:
    """The figures of a draw; draw 0 is the central ones.

    Each is drawn by its own digest: adding one changes no other.
    """
    if draw == 0:
        return {name: estimate.value for name, estimate in estimates.items()}
    return {name: float(estimate.draws(draw, seed)[-1]) for name, estimate in estimates.items()}


@dataclass(frozen=True)
class Ensemble:
    """A scenario ready to be run many times.

    Attributes:
        key: what the runs depend on (scenario, figures, code, seed); its digest names the folder
            that keeps finished runs, so that a run that was stopped goes on where it stopped.
        prepare: makes the recipe, once in each process.
        arguments: what `prepare` is called with; picklable.
        estimates: every uncertain quantity by its name.
        seed: the seed of the ensemble.
    """

    key: Mapping[str, Any]
    prepare: Callable[..., Recipe]
    arguments: tuple[Any, ...]
    estimates: Mapping[str, Estimate]
    seed: int

    def run(
        self,
        runs: int,
        into: Path,
        *,
        processes: int | None = None,
        cluster: str | None = None,
        progress: Progress = silent,
    ) -> tuple[tuple[Run, ...], tuple[Path, ...]]:
        """Make the runs that are not there yet.

        Args:
            runs: how many.
            into: folder of the finished runs.
            processes: workers on this machine; as many as processors unless said.
            cluster: address of a Dask scheduler to run on instead.
            progress: told after each run.

        Returns:
            The plan, and the files of the runs in its order.
        """
        planned = plan(runs, self.seed)
        folder = into / digest(dict(self.key)).removeprefix("sha256:")[:16]
        folder.mkdir(parents=True, exist_ok=True)
        paths = tuple(folder / f"run-{run.number:06d}-draw-{run.draw:06d}.npz" for run in planned)
        missing = [pair for pair in zip(planned, paths, strict=True) if not pair[1].exists()]
        done = runs - len(missing)
        progress(_("Runs"), done, runs)
        workers = processes or os.cpu_count() or 1
        if workers == 1 and cluster is None:
            for run, path in missing:
                write_whole(path, _work(self, run))
                done += 1
                progress(_("Runs"), done, runs)
            return planned, paths
        with _executor(workers, cluster) as executor:
            waiting = {executor.submit(_work, self, run): path for run, path in missing}
            try:
                for future in as_completed(waiting):
                    write_whole(waiting[future], future.result())
                    done += 1
                    progress(_("Runs"), done, runs)
            except BaseException:
                for future in waiting:
                    future.cancel()
                raise
        return planned, paths


_recipes: dict[str, Recipe] = {}


def _work(ensemble: Ensemble, run: Run) -> bytes:
    """The packed outcomes of one run; the recipe is prepared once a process."""
    name = digest(dict(ensemble.key))
    if name not in _recipes:
        _recipes.clear()
        _recipes[name] = ensemble.prepare(*ensemble.arguments)
    values = drawn(ensemble.estimates, run.draw, ensemble.seed)
    return pack(_recipes[name](run.draw, values, run.seed))


@contextmanager
def _executor(workers: int, cluster: str | None) -> Iterator[Executor]:
    if cluster is None:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as executor:
            yield executor
        return
    try:
        import dask.distributed  # noqa: F401
    except ImportError as error:
        raise PreuveError(
            _("Running on a cluster needs Dask, which is not installed."),
            where="--cluster",
            remedy="pip install 'preuve[cluster]'",
        ) from error
    with _client(cluster) as client, client.get_executor(pure=False) as executor:
        yield executor


def _client(address: str) -> Any:
    from dask.distributed import Client

    connect: Any = Client
    try:
        return connect(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise PreuveError(
            _("No Dask scheduler answers at {address}.").format(address=address),
            where="--cluster",
            remedy=_("Start one with: dask scheduler"),
        ) from error
