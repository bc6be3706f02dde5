"""One ward with SimPy, Ciw or Preuve: mean wait and CPU seconds of the run, printed as JSON.

python benchmarks/peers/ward_job.py simpy exponential 100000
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections.abc import Callable

SERVERS, STAY, LOAD, SPREAD = 30, 5.0, 0.9, 1.0
RATE = SERVERS * LOAD / STAY
WARM_UP = 0.05


def _length(kind: str, chance: random.Random) -> Callable[[], float]:
    if kind == "exponential":
        return lambda: chance.expovariate(1 / STAY)
    middle = math.log(STAY) - SPREAD**2 / 2
    return lambda: chance.lognormvariate(middle, SPREAD)


def simpy(kind: str, patients: int) -> list[float]:
    """A process per patient, a resource of 30."""
    import simpy as engine

    chance = random.Random(1)
    length = _length(kind, chance)
    world = engine.Environment()
    ward = engine.Resource(world, SERVERS)
    waits: list[float] = []

    def patient():  # type: ignore[no-untyped-def]
        came = world.now
        with ward.request() as bed:
            yield bed
            waits.append(world.now - came)
            yield world.timeout(length())

    def door():  # type: ignore[no-untyped-def]
        for _patient in range(patients):
            yield world.timeout(chance.expovariate(RATE))
            world.process(patient())  # type: ignore[no-untyped-call]

    world.process(door())  # type: ignore[no-untyped-call]
    world.run()
    return waits


def ciw(kind: str, patients: int) -> list[float]:
    """A network of one node."""
    import ciw as engine

    engine.seed(1)
    middle = math.log(STAY) - SPREAD**2 / 2
    service = (
        engine.dists.Exponential(rate=1 / STAY)
        if kind == "exponential"
        else engine.dists.Lognormal(mean=middle, sd=SPREAD)
    )
    network = engine.create_network(
        arrival_distributions=[engine.dists.Exponential(rate=RATE)],
        service_distributions=[service],
        number_of_servers=[SERVERS],
    )
    simulation = engine.Simulation(network)
    simulation.simulate_until_max_customers(patients)
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    return [record.waiting_time for record in records]


def preuve(kind: str, patients: int) -> list[float]:
    """`preuve.twin.queueing.ward`, its summaries by hour of the week included."""
    from preuve.twin.queueing.ward import WEEK, Ward, queue

    spread = None if kind == "exponential" else SPREAD
    ward = Ward.steady(RATE / 24, SERVERS, STAY * 24, spread)
    weeks = round(patients / (RATE * 7))
    found = queue(ward, weeks, 1, warm_up=0, by_hour=False)
    assert found.busy.shape == (WEEK,)
    return found.waits / 24  # type: ignore[return-value]


ENGINES = {"simpy": simpy, "ciw": ciw, "preuve": preuve}


def main() -> None:
    engine, kind, patients = sys.argv[1], sys.argv[2], int(sys.argv[3])
    import numpy as np

    ENGINES[engine](kind, 1_000)
    start = time.process_time()
    waits = ENGINES[engine](kind, patients)
    cpu = time.process_time() - start
    kept = np.asarray(waits)[int(WARM_UP * len(waits)) :]
    error = float(np.std([part.mean() for part in np.array_split(kept, 50)], ddof=1) / np.sqrt(50))
    told = {"cpu": cpu, "patients": len(waits), "wait": float(kept.mean()), "error": error}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
