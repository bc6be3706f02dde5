"""Epidemic layer of the twin beside two engines of agents, on one epidemic.

python benchmarks/twin_epidemic.py [--people 1000000] [--days 120] [--times 3]

Not the same work. Starsim draws ten contacts a day for every person; LASER holds every person and
mixes them by place; the twin's chain holds numbers of people by département and mixes those. It
answers only what depends on numbers, so its cost does not grow with the population. CPU seconds are
of the run alone, after one shorter run that compiles; peers live under build/peers, in environments
of their own made on first use.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

HERE = Path(__file__).resolve()
PEERS = HERE.parent.parent / "build" / "peers"
PACKAGES = {
    "preuve": (),
    "starsim": ("starsim==3.7.2",),
    "laser": ("laser-core==1.0.5", "laser-generic==1.1.0"),
    "queues": ("simpy==4.1.2", "ciw==3.2.7", "numpy==2.4.6"),
    "economics": ("heormodel==0.7.4", "pyheor==0.4.1"),
    "shapes": ("pyrudof==0.3.35", "pyshacl==0.40.1"),
}
PLACES = 101
REPRODUCTION = 2.5
GENERATION = 6.0
SEEDED = 0.001


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def preuve(people: int, days: int) -> tuple[float, float]:
    """CPU seconds of a run, and share of people infected."""
    from preuve.twin.parameters import central
    from preuve.twin.seasons.epidemic import PARAMETERS, Outbreak, contacts, spread

    values = {**central(PARAMETERS), "epidemic.generation_time": GENERATION}
    population = np.full(PLACES, float(people // PLACES))
    lon, lat = np.arange(PLACES) % 10 / 2.0, 43.0 + np.arange(PLACES) // 10 / 2.0
    dates = np.datetime64("2025-01-01") + np.arange(days)
    codes = [str(place) for place in range(PLACES)]
    met = contacts(population, lon, lat, values)
    outbreak = Outbreak(REPRODUCTION, dates[0], seeds=int(SEEDED * people))
    start = cpu()
    run = spread(outbreak, dates, codes, population, met, values, 1)
    return cpu() - start, float(run.infections.sum() / population.sum())


def starsim(people: int, days: int) -> tuple[float, float]:
    """The same durations, ten random contacts a day."""
    ss = import_module("starsim")

    disease = ss.SEIR(
        init_prev=SEEDED,
        beta=ss.perday(REPRODUCTION / (10 * GENERATION / 2)),
        dur_exp=ss.constant(ss.days(GENERATION / 2)),
        dur_inf=ss.constant(ss.days(GENERATION / 2)),
    )
    sim = ss.Sim(
        n_agents=people,
        start="2025-01-01",
        dur=ss.days(days),
        dt=ss.days(1),
        diseases=disease,
        networks=ss.RandomNet(n_contacts=10),
        verbose=0,
    )
    sim.init()
    start = cpu()
    sim.run()
    return cpu() - start, float(np.mean(~np.asarray(sim.diseases.seir.susceptible)))


def laser(people: int, days: int) -> tuple[float, float]:
    """The same durations, everyone mixed by place, gravity between places."""
    geopandas, shapely = import_module("geopandas"), import_module("shapely.geometry")
    seir = import_module("laser.generic.SEIR")
    properties = import_module("laser.core").PropertySet
    lasting = import_module("laser.core.distributions").constant_int(int(GENERATION / 2))
    size, seeded = people // PLACES, int(SEEDED * people / PLACES)
    at = [shapely.Point(place % 10 / 2.0, 43.0 + place // 10 / 2.0) for place in range(PLACES)]
    table: dict[str, Any] = {
        "nodeid": np.arange(PLACES),
        "population": np.full(PLACES, size),
        "S": np.full(PLACES, size - seeded),
        "E": np.full(PLACES, seeded),
        "I": np.zeros(PLACES, dtype=int),
        "R": np.zeros(PLACES, dtype=int),
    }
    scenario = geopandas.GeoDataFrame(table, geometry=at, crs="EPSG:4326")
    given = properties({"nticks": days, "beta": REPRODUCTION / int(GENERATION / 2)})
    model = import_module("laser.generic.model").Model(scenario, given)
    model.components = [
        seir.Susceptible(model),
        seir.Recovered(model),
        seir.Infectious(model, lasting),
        seir.Exposed(model, lasting, lasting),
        seir.Transmission(model, lasting),
    ]
    start = cpu()
    model.run()
    left = float(np.asarray(model.nodes.S)[-1].sum())
    return cpu() - start, 1 - left / (size * PLACES)


ENGINES: dict[str, Callable[[int, int], tuple[float, float]]] = {
    "preuve": preuve,
    "starsim": starsim,
    "laser": laser,
}


def python_of(engine: str) -> Path:
    """The interpreter of an engine (or of the queues of twin_ward), made on first use.

    Raises:
        RuntimeError: it does not install.
    """
    if not PACKAGES[engine]:
        return Path(sys.executable)
    place = PEERS / engine
    python = place / "bin" / "python"
    if (place / "ready").exists():
        return python
    print(f"installing {engine} under build/peers ...", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", place], capture_output=True)
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", *PACKAGES[engine]]
    if made.returncode or subprocess.run(install, capture_output=True).returncode:
        raise RuntimeError(f"{engine} does not install here")
    (place / "ready").touch()
    return python


def measure(engine: str, people: int, days: int, times: int) -> tuple[float, float]:
    """Median CPU seconds of a run and the share of people infected.

    Raises:
        RuntimeError: the engine does not install, or its run fails.
    """
    command = [python_of(engine), HERE, "--job", engine, "--people", people, "--days", days]
    one_thread = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    found = []
    for _time in range(times):
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env={**os.environ, **one_thread},
        )
        if done.returncode:
            raise RuntimeError(f"{engine} fails: {done.stderr.strip().splitlines()[-1]}")
        found.append(json.loads(done.stdout.strip().splitlines()[-1]))
    return median(seconds for seconds, _share in found), median(share for _, share in found)


def benchmark(people: int, days: int, times: int) -> str:
    """The table, in Markdown."""
    lines = [
        f"{people:,} people in {PLACES} places, {days} days, R = {REPRODUCTION}, "
        f"{GENERATION:.0f} days between two generations; median of {times}.",
        "",
        "| engine | CPU-s | million agent-days per CPU-s | place-days per CPU-s | infected |",
        "|---|---|---|---|---|",
    ]
    runs = [(engine, people) for engine in ENGINES] + [("preuve", 68 * 10**6)]
    for engine, size in runs:
        name = " ".join(PACKAGES[engine]) or f"Preuve, chain by place ({size / 1e6:.0f} M people)"
        try:
            seconds, share = measure(engine, size, days, times)
        except RuntimeError as error:
            lines.append(f"| {name} | not measured: {error} | | | |")
            continue
        agents = f"{size * days / seconds / 1e6:,.1f}" if PACKAGES[engine] else "no agents"
        places = f"{PLACES * days / seconds:,.0f}" if engine != "starsim" else "no places"
        lines.append(f"| {name} | {seconds:.4g} | {agents} | {places} | {share:.1%} |")
    told = " ".join((__doc__ or "").split("\n\n")[2].split())
    return "\n".join([*lines, "", told])


def job(engine: str, people: int, days: int) -> None:
    ENGINES[engine](people // 100, min(days, 10))
    print(json.dumps(ENGINES[engine](people, days)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--job", choices=tuple(ENGINES))
    given = parser.parse_args()
    if given.job:
        job(given.job, given.people, given.days)
    else:
        print(benchmark(given.people, given.days, given.times))
