"""Rates: mean admissions that each service is asked for, before chance and want of beds."""

from __future__ import annotations

import numpy as np

from preuve.twin.disciplines import CRITICAL_CARE, REHABILITATION
from preuve.twin.world import Floats, Singles, World


def first_admissions(world: World, days: slice = slice(None)) -> Singles:
    """Mean admissions a day from outside the hospital, without those a shock adds.

    Scheduled, direct unscheduled, and through the emergency department; neither wards after
    critical care nor rehabilitation after a stay.

    Returns:
        Shape (T', S, D), T' the days chosen.
    """
    epoch = world.epoch[days]
    zone = world.department
    through = world.visits[epoch] * world.visit_factor[days][:, zone]
    result: Singles = world.scheduled[epoch] * world.scheduled_factor[days][:, None, :]
    result += world.unscheduled[epoch] * world.unscheduled_factor[days][:, zone]
    result += (
        through[:, :, None] * world.admission[epoch] * world.admission_factor[days][:, None, :]
    )
    return result


def usual_load(world: World) -> Floats:
    """Beds in use in the long run at the rates of the first week, shape (S, D).

    Rate x mean stay, wards after critical care and rehabilitation included (a patient goes to
    the nearest rehabilitation).
    """
    rates = first_admissions(world, slice(0, 7)).mean(axis=0, dtype=np.float64)
    sites = np.arange(len(rates))
    rates[sites, world.step_down_to] += rates[:, CRITICAL_CARE] * world.step_down
    leaving = (rates * world.rehabilitation)[:, :REHABILITATION].sum(axis=1)
    nearest = world.rehabilitation_near[:, 0]
    known = nearest >= 0
    np.add.at(rates[:, REHABILITATION], nearest[known], leaving[known])
    result: Floats = rates * world.mean_stay[world.epoch[0]]
    return result
