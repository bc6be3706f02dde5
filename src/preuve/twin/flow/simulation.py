"""Flow: every stay of the country, one by one, a day at a time.

Each day, in this order: stays that end free their bed (`discharge`); emergency patients, births
and direct admissions take beds of their site (`emergency`), then those without a bed are placed;
scheduled patients take the beds that are left (`scheduled`), then some leave the waiting lists;
the stays of no night end; midnight is counted (`census`).
"""

from __future__ import annotations

import numpy as np

from preuve.core.errors import PreuveError
from preuve.core.kernel import kernel
from preuve.core.language import _
from preuve.twin.flow.census import count_midnight, count_still_waiting
from preuve.twin.flow.discharge import discharge
from preuve.twin.flow.emergency import admit_unscheduled, place_without_bed
from preuve.twin.flow.network import Country, State
from preuve.twin.flow.rates import usual_load
from preuve.twin.flow.scheduled import admit_scheduled, leave_waiting_lists
from preuve.twin.flow.start import fill
from preuve.twin.world import Floats, Flow, World


def simulate(world: World, seed: int) -> Flow:
    """What happens in a world, with one draw of chance.

    Each service keeps its patients: asked = stays - transferred_in - outlying patients taken in
    + outlying + transferred_out + refused + still_waiting.

    Args:
        world: the country and its demand, day by day.
        seed: chance; the same seed gives the same bytes, and two worlds that differ at one site
            draw the same arrivals and stays elsewhere.

    Returns:
        Exact counts after the warm-up.

    Raises:
        PreuveError: no day is left after the warm-up.
    """
    if world.warm_up >= len(world.dates):
        raise PreuveError(
            _("The warm-up leaves no day to count."),
            where="warm_up",
            remedy=_("Ask for a longer period."),
        )
    country = Country.of(world, seed)
    spread = world.spread.astype(np.float64)
    inflation = np.exp(spread**2)
    longest = _longest(country, inflation)
    state = State.empty(world, longest)
    _run(country, state, usual_load(world), inflation, world.warm_up)
    return Flow(
        services=state.services,
        sites=state.sites,
        transfer_km=state.km,
        transfer_minutes=state.minutes,
        daily=state.daily,
    )


def _longest(country: Country, inflation: Floats) -> float:
    """The longest stay that the table can give, those of the start included."""
    means = np.maximum(country.mean_stay.max(axis=(0, 1), initial=0.0), country.extra_stay)
    return float((means * country.multipliers[:, -1] * inflation).max())


@kernel
def _run(country: Country, state: State, load: Floats, inflation: Floats, warm_up: int) -> None:
    fill(country, state, load, inflation)
    for day in range(country.capacity.shape[0]):
        row = max(day - warm_up, 0)
        if day == warm_up:
            state.services[:] = 0
            state.sites[:] = 0
            state.km[:] = 0.0
            state.minutes[:] = 0.0
            state.daily[0] = 0
            count_still_waiting(country, state, -1)
        discharge(country, state, day, row, False)
        admit_unscheduled(country, state, day, row)
        place_without_bed(country, state, day, row)
        admit_scheduled(country, state, day, row)
        leave_waiting_lists(country, state, day, row)
        discharge(country, state, day, row, True)
        count_midnight(country, state, day, row)
    count_still_waiting(country, state, 1)
