"""France: the twin as a planner meets it. Choose a year, put a scenario, read its impact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.twin import uncertain
from preuve.twin.assembly import WARM_UP, Assembly
from preuve.twin.baseline import Baseline
from preuve.twin.calibration import calibration
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES, REHABILITATION
from preuve.twin.effects import carers, consequences
from preuve.twin.ensemble import compare, indicators
from preuve.twin.ensemble.compare import REFERENCE, Runs
from preuve.twin.ensemble.outcome import Outcome
from preuve.twin.ensemble.runs import Ensemble, Recipe, drawn
from preuve.twin.impact import Impact
from preuve.twin.scenario.check import check
from preuve.twin.scenario.elements import Demography, Variant
from preuve.twin.scenario.loaders import Local, apply
from preuve.twin.scenario.own_figures import own_figures
from preuve.twin.scenario.written import Scenario
from preuve.twin.world import Rules

Floats = npt.NDArray[np.float64]

RISKS = (0.10, 0.05, 0.01)
"""Chances of finding no free bed that beds are stated for."""

TABLE_FILES = (".csv", ".parquet")
LOCAL_TABLES = ("activity", "flows", "rates", "population", "travel")
"""Files that a planner may put in a folder, CSV or Parquet, by what they hold."""


@dataclass(frozen=True)
class France:
    """Every hospital of France in one year.

    Attributes:
        figures: the baseline, with the planner's own activity where there is some.
        local: the planner's own tables, None without.
    """

    figures: Baseline
    local: Local | None = None

    @classmethod
    def baseline(cls, year: int = 2024, data: Path | None = None) -> France:
        """The packaged figures of a year, with a planner's own tables in their place.

        Args:
            year: from 2019 to 2024.
            data: folder of the planner's tables (activity, flows, rates, population, travel; CSV
                or Parquet), None without.

        Raises:
            PreuveError: no figures of that year, or a table that does not hold.
        """
        figures = Baseline.load(year)
        if data is None:
            return cls(figures)
        local = Local.load(figures, **_tables(data))
        return cls(apply(figures, local), local)

    def search(self, words: str) -> pl.DataFrame:
        """Establishments whose name, commune or code holds the words, with their beds."""
        sites = self.figures.sites
        beds = {name: self.figures.beds[:, d].round(1) for d, name in enumerate(DISCIPLINES)}
        table = sites.select("finess", "name", "commune_name", "department").with_columns(
            *(pl.Series(name, values) for name, values in beds.items()),
            pl.Series("emergency", self.figures.visits.astype(np.int64)),
        )
        wanted = words.upper()
        held = pl.any_horizontal(
            pl.col(name).str.contains(wanted, literal=True)
            for name in ("finess", "name", "commune_name")
        )
        return table.filter(held | (pl.col("department") == wanted))

    def check(self, scenario: Scenario) -> None:
        """Refuse a scenario that these figures, or itself, contradict.

        Raises:
            PreuveError: names every mistake with its line.
        """
        check(scenario, self.figures, uncertain.PARAMETERS)

    def run(
        self,
        scenario: Scenario,
        runs: int = 100,
        *,
        seed: int = 1,
        into: Path = Path("build/twin"),
        processes: int | None = None,
        cluster: str | None = None,
        progress: Progress = silent,
    ) -> Impact:
        """What a scenario changes.

        Args:
            scenario: what a planner wrote.
            runs: how many runs of the country; two by two they share a draw of the parameters.
            seed: same seed, same bytes, whatever the number of processes.
            into: folder that keeps finished runs, so that a stopped run goes on.
            processes: workers; one for each processor unless said.
            cluster: address of a Dask scheduler.
            progress: told as runs finish.

        Raises:
            PreuveError: the scenario does not hold.
        """
        self.check(scenario)
        variants = _variants(scenario)
        ensemble = Ensemble(
            key={
                "scenario": scenario.record(),
                "figures": dict(self.figures.digests),
                "code": code_digest(),
                "seed": seed,
            },
            prepare=prepare,
            arguments=(self.figures, scenario, self.local),
            estimates=uncertain.estimates(scenario),
            seed=seed,
        )
        planned, paths = ensemble.run(
            runs, into / "runs", processes=processes, cluster=cluster, progress=progress
        )
        finished = Runs(
            paths=paths,
            draws=np.array([run.draw for run in planned]),
            variants=[_world(variant) for variant in variants],
        )
        values = [drawn(ensemble.estimates, run.draw, seed) for run in planned]
        return self._impact(scenario, finished, values, seed, progress)

    def _impact(
        self,
        scenario: Scenario,
        runs: Runs,
        values: Sequence[Mapping[str, float]],
        seed: int,
        progress: Progress,
    ) -> Impact:
        assembly = assembled(self.figures, scenario, self.local)
        access = indicators.Access.of(assembly)
        distinct = [values[place] for place in np.unique(runs.draws, return_index=True)[1]]
        few = distinct[: indicators.MOST_DRAWS]
        tables = _Told(progress)
        return Impact(
            scenario=scenario.record(),
            provenance={
                **self._provenance(scenario, runs, seed),
                "own_figures": own_figures(assembly),
            },
            hypotheses=uncertain.hypotheses(scenario),
            national=tables(pl.concat([compare.national(runs), access.deciles(few)])),
            regions=tables(compare.regions(self.figures, runs)),
            departments=tables(
                pl.concat(
                    [
                        compare.departments(self.figures, runs),
                        indicators.territories(assembly, few, _variants(scenario)[0]),
                    ]
                )
            ),
            sites=tables(compare.sites(self.figures, runs)),
            communes=tables(access.communes(few)),
            days=tables(compare.days(self.figures, runs, assembly.period)),
            beds=tables(_beds(assembly, scenario)),
            health=tables(_health(access, runs, values, scenario.health)),
        )

    def _provenance(self, scenario: Scenario, runs: Runs, seed: int) -> dict[str, object]:
        count = len(runs.paths)
        return {
            "synthetic": False,
            "baseline_year": self.figures.year,
            "digests": dict(self.figures.digests),
            "scenario": scenario.digest,
            "code": code_digest(),
            "version": version("preuve"),
            "seed": seed,
            "runs": count,
            "draws": len(set(runs.draws.tolist())),
            "command": f"preuve twin run {_origin(scenario)} --runs {count} --seed {seed}",
        }


class _Told:
    """Tells the progress of the tables as they are made."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.done = progress, 0

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        self.done += 1
        self.progress(_("Tables"), self.done, 8)
        return table


def assembled(figures: Baseline, scenario: Scenario, local: Local | None = None) -> Assembly:
    """What the worlds of a scenario share."""
    asked, stay = calibration(figures)
    return Assembly(
        baseline=figures,
        elements=scenario.elements,
        rules=scenario.rules.applied(Rules()),
        period=scenario.period.dates,
        asked_factor=asked,
        stay_factor=stay,
        local=local,
    )


def prepare(figures: Baseline, scenario: Scenario, local: Local | None = None) -> Recipe:
    """The recipe of the runs of a scenario."""
    from preuve.twin.flow.simulation import simulate

    assembly = assembled(figures, scenario, local)
    variants = _variants(scenario)

    def once(
        values: Mapping[str, float], seed: int, variant: Variant | None, *, changed: bool
    ) -> Outcome:
        made = assembly.make(values, seed, variant, changed=changed)
        flow = simulate(made.world, seed)
        days = flow.count("days").astype(np.float64)
        visits = flow.count("visits").astype(np.float64)
        return Outcome.of(flow, {**made.expected, **_hours(days, visits, made.expected, values)})

    def recipe(_draw: int, values: Mapping[str, float], seed: int) -> Mapping[str, Outcome]:
        outcomes = {REFERENCE: once(values, seed, None, changed=False)}
        for variant in variants:
            outcomes[_world(variant)] = once(values, seed, variant, changed=True)
        return outcomes

    return recipe


def _hours(
    days: Floats, visits: Floats, expected: Mapping[str, Floats], values: Mapping[str, float]
) -> Mapping[str, Floats]:
    """Hours of carers required, beyond those available, and lost to the absence of overload."""
    available = expected["hours_available"]
    required = carers.required_hours(days, visits, values)
    load = carers.overload(required, available)
    return {
        "hours_required": required,
        "overtime": carers.overtime(required, available),
        "absence": np.maximum(available - carers.after_absence(available, load, values), 0.0),
    }


def code_digest() -> str:
    """Digest of the code of the twin: a run is resumed by the code that began it only."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        total.update(path.read_bytes())
    return "sha256:" + total.hexdigest()


def _variants(scenario: Scenario) -> tuple[Variant | None, ...]:
    """Variants of the population to run, the central one first where it is there."""
    for element in scenario.elements:
        if isinstance(element, Demography):
            return tuple(sorted(element.chosen, key=lambda variant: variant != "central"))
    return (None,)


def _world(variant: Variant | None) -> str:
    return "scenario" if variant is None else f"scenario-{variant}"


def _origin(scenario: Scenario) -> str:
    return scenario.name if scenario.name in Scenario.names() else str(scenario.origin.name)


def _tables(data: Path) -> dict[str, Path]:
    if not data.is_dir():
        raise PreuveError(_("The folder does not exist."), where=data)
    found: dict[str, Path] = {}
    for name in LOCAL_TABLES:
        paths = [path for path in sorted(data.glob(f"{name}.*")) if path.suffix in TABLE_FILES]
        if len(paths) > 1:
            raise PreuveError(
                _("Two files hold the same table: {files}.").format(
                    files=", ".join(path.name for path in paths)
                ),
                where=data,
                remedy=_("Keep one of them."),
            )
        if paths:
            found[name] = paths[0]
    if not found:
        raise PreuveError(
            _("The folder holds no table that the twin reads."),
            where=data,
            remedy=_("Name the files {names}, .csv or .parquet.").format(
                names=", ".join(LOCAL_TABLES)
            ),
        )
    return found


def _beds(assembly: Assembly, scenario: Scenario) -> pl.DataFrame:
    """Beds that each service needs at each risk, under the central parameters.

    Not told of rehabilitation: its patients go where there is room, so that no site has a demand
    of its own.
    """
    from preuve.twin.queueing.beds import beds_at_risk

    values = drawn(uncertain.estimates(scenario), 0, 0)
    worlds = [
        assembly.make(values, 0, variant, changed=changed).world
        for variant, changed in ((None, False), (_variants(scenario)[0], True))
    ]
    needed = [beds_at_risk(world, RISKS) for world in worlds]
    opened = [world.capacity[WARM_UP:].mean(axis=0) for world in worlds]
    alive = (opened[0] > 0) | (opened[1] > 0)
    alive[:, REHABILITATION] = False
    site, discipline = np.nonzero(alive)
    finess = assembly.baseline.sites["finess"].to_numpy()
    return pl.concat(
        pl.DataFrame(
            {
                "finess": finess[site],
                "activity": np.array(ACTIVITIES)[discipline],
                "risk": np.full(len(site), risk),
                "beds_open": opened[1][site, discipline],
                "beds_needed_reference": needed[0][site, discipline, place].astype(np.float64),
                "beds_needed_scenario": needed[1][site, discipline, place].astype(np.float64),
            }
        )
        for place, risk in enumerate(RISKS)
    )


def _health(
    access: indicators.Access,
    runs: Runs,
    values: Sequence[Mapping[str, float]],
    wanted: Sequence[str] | None,
) -> pl.DataFrame:
    names = [name for name in values[0] if name.startswith("health.")]
    drawn_ = {name: np.array([one[name] for one in values]) for name in names}
    births = None
    if access.moves_births:
        pairs = [access.births_by_distance(one) for one in values]
        without = np.array([pair[0] for pair in pairs])
        with_ = np.array([pair[1] for pair in pairs])
        births = {REFERENCE: without, **dict.fromkeys(runs.variants, with_)}
    return consequences.table(runs, drawn_, births, wanted)
