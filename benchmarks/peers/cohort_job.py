"""The draws of one cohort in Preuve, heormodel or pyheor: CPU seconds and means, as JSON.

python benchmarks/peers/cohort_job.py heormodel constant FOLDER 10000

FOLDER holds `draws.npz` (one array per parameter, `mortality` by cycle besides) and, for Preuve,
`constant.yaml` and `varying.yaml`. Each engine is given the same draws; the discounted cost and
effect of each draw are asked of it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

STATES = ("H", "S1", "S2", "D")
STRATEGIES = ("standard", "A", "B")
CYCLES, RATE = 100, 0.03
Draws = Mapping[str, Any]


def row(p: Mapping[str, float], strategy: str, death: float) -> list[list[float]]:
    """The matrix of one cycle at a rate of death."""
    worse = p["r_S1S2"] * (p["hr_trtB"] if strategy == "B" else 1.0)
    dies = [1 - np.exp(-death * times) for times in (1.0, p["hr_S1"], p["hr_S2"])]
    sick, well = 1 - np.exp(-p["r_HS1"]), 1 - np.exp(-p["r_S1H"])
    sicker = 1 - np.exp(-worse)
    alive = [1 - one for one in dies]
    return [
        [alive[0] * (1 - sick), alive[0] * sick, 0.0, dies[0]],
        [alive[1] * well, alive[1] * (1 - well - sicker), alive[1] * sicker, dies[1]],
        [0.0, 0.0, alive[2], dies[2]],
        [0.0, 0.0, 0.0, 1.0],
    ]


def rewards(p: Mapping[str, float], strategy: str) -> tuple[list[float], list[float]]:
    """Cost and effect of a year in each state."""
    drug = {"standard": 0.0, "A": p["c_trtA"], "B": p["c_trtB"]}[strategy]
    sick = p["u_trtA"] if strategy == "A" else p["u_S1"]
    return [p["c_H"], p["c_S1"] + drug, p["c_S2"] + drug, 0.0], [p["u_H"], sick, p["u_S2"], 0.0]


def preuve(kind: str, folder: Path, draws: Draws, count: int) -> Callable[[], Any]:
    sys.modules["coverage"] = None  # type: ignore[assignment]  # numba imports it if it is there
    from preuve.economics.model import Model
    from preuve.economics.simulate import simulate

    model = Model.load(folder / f"{kind}.yaml")
    figures = {name: np.ascontiguousarray(draws[name][:count]) for name in model.joint.figures}
    simulate(model.compiled, {name: one[:2] for name, one in figures.items()})

    def run() -> Any:
        found = simulate(model.compiled, figures)
        return found.costs, found.traded

    return run


def heormodel(kind: str, _folder: Path, draws: Draws, count: int) -> Callable[[], Any]:
    """99 transitions and no correction: the 100 points at which each cycle starts."""
    import pandas
    from heormodel.models.markov import CohortSpec, MarkovModel
    from heormodel.run import run_psa

    death = draws["mortality"]

    def specified(p: Any, strategy: str) -> Any:
        matrix = np.array(
            row(p, strategy, p["r_HD"])
            if kind == "constant"
            else [row(p, strategy, rate) for rate in death[:-1]]
        )
        cost, effect = rewards(p, strategy)
        return CohortSpec(matrix, np.array(cost), np.array(effect))

    engine = MarkovModel(
        states=STATES,
        interventions=STRATEGIES,
        transitions_and_rewards=specified,
        n_cycles=CYCLES - 1,
        discount_rate=RATE,
        cycle_correction="none",
    )
    table = pandas.DataFrame({n: one[:count] for n, one in draws.items() if n != "mortality"})
    table.index.name = "iteration"

    def run() -> Any:
        found = run_psa(engine, table, sequential=True, progress=False).outcomes
        return tuple(
            np.stack([np.asarray(one(found, strategy)) for strategy in STRATEGIES])
            for one in (_of("cost"), _of("qaly"))
        )

    return run


def _of(column: str) -> Callable[[Any, str], Any]:
    return lambda found, strategy: found.data.xs(strategy, level="intervention")[column]


def pyheor(kind: str, _folder: Path, draws: Draws, count: int) -> Callable[[], Any]:
    import pyheor as engine

    death = draws["mortality"]
    names = [name for name in draws if name != "mortality"]
    model = engine.CohortStateTransitionModel(
        states=list(STATES),
        strategies=list(STRATEGIES),
        n_cycles=CYCLES,
        cycle=engine.Cycle(1, "year"),
        dr_cost=RATE,
        dr_qaly=RATE,
        method="beginning",
    )
    for name in names:
        model.add_param(name, float(draws[name][0]), dist=_Given(draws[name]))

    def matrix(strategy: str) -> Callable[[Any, int], Any]:
        return lambda p, cycle: row(
            p, strategy, p["r_HD"] if kind == "constant" else float(death[cycle - 1])
        )

    def of(place: int, strategy: str, state: int) -> Callable[[Any, int], float]:
        return lambda p, _cycle: rewards(p, strategy)[place][state]

    for strategy in STRATEGIES:
        model.set_transitions(strategy, matrix(strategy))
    for place, setting in enumerate((model.set_state_cost, model.set_state_qaly)):
        setting(
            "all",
            {
                strategy: {
                    state: of(place, strategy, number) for number, state in enumerate(STATES)
                }
                for strategy in STRATEGIES
            },
        )

    def run() -> Any:
        found = model.run_psa(n_sim=count, seed=1, progress=False)
        totals = [[_totals(one[strategy]) for one in found.psa_results] for strategy in STRATEGIES]
        return tuple(np.array(totals).transpose(2, 0, 1))

    return run


class _Given:
    """A distribution that gives draws made elsewhere, one after the other."""

    def __init__(self, values: Any) -> None:
        self._values = iter(values)

    def sample(self, _count: int, *_rest: Any, **_more: Any) -> Any:
        return np.array([next(self._values)])


def _totals(one: Mapping[str, Any]) -> tuple[float, float]:
    return sum(one["total_costs"].values()), one["total_qalys"]


def main() -> None:
    engine, kind, folder, count = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    with np.load(folder / "draws.npz") as saved:
        draws = dict(saved)
    made = {"preuve": preuve, "heormodel": heormodel, "pyheor": pyheor}[engine]
    run = made(kind, folder, draws, count)
    before = time.process_time()
    cost, effect = run()
    spent = time.process_time() - before
    told = {
        "cpu": spent,
        "draws": count,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "cost": np.asarray(cost)[:, :50].tolist(),
        "effect": np.asarray(effect)[:, :50].tolist(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
