"""Start: patients already in beds when the run begins, near the long run."""

from __future__ import annotations

import math

import numpy as np

from preuve.core.kernel import kernel
from preuve.twin.disciplines import CRITICAL_CARE
from preuve.twin.flow.network import HOME, START, TO_REHABILITATION, TO_WARD, Country, State
from preuve.twin.flow.random_stream import draw, poisson, stream, uniform
from preuve.twin.world import Floats


@kernel
def fill(country: Country, state: State, load: Floats, inflation: Floats) -> None:
    """Poisson patients of mean `load` in each service, at most its beds.

    The stay a midnight falls in is longer than the others: its length is weighted by itself, which
    for a lognormal multiplies it by exp(s^2) = `inflation`; what is left of it is uniform.
    """
    mask = state.leaving.shape[2] - 1
    for site in range(state.occupied.shape[0]):
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            start = stream(country.seed, START, site, discipline, 0)
            wanted = poisson(load[site, discipline], uniform(start, 0))
            patients = min(wanted, max(country.capacity[0, site, discipline], 0))
            to_ward = 0.0
            if discipline == CRITICAL_CARE:
                to_ward = np.float64(country.step_down[site])
            moving = to_ward + country.rehabilitation[site, discipline]
            mean = country.mean_stay[country.epoch[0], site, discipline] * inflation[discipline]
            for patient in range(patients):
                step = np.int64(draw(start, 3 * patient + 1) >> np.uint64(52))
                passed = uniform(start, 3 * patient + 2)
                chance = uniform(start, 3 * patient + 3)
                left = math.floor(mean * country.multipliers[discipline, step] * passed)
                if left > mask:
                    continue
                destination = HOME
                if chance < to_ward:
                    destination = TO_WARD
                elif chance < moving:
                    destination = TO_REHABILITATION
                state.leaving[site, discipline, np.int64(left), destination] += 1
            state.occupied[site, discipline] = patients
