"""World: the country as the flow of patients needs it, for one period; Flow: what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Rules:
    """How a patient who finds no bed is treated; every number may be changed in a scenario.

    Attributes:
        outlying: a medical patient may lie in a surgical bed of the same site, and the reverse.
        board_first: share of emergency patients without a bed who are kept on a stretcher for
            the night before a transfer is sought. Nobody spends a second night there: the next
            day a bed, a transfer, or an extra bed in the ward.
        transfer_minutes: farthest transfer of an emergency patient, minutes by road.
        critical_transfer_minutes: farthest transfer towards critical care.
        leave_waiting_list: share of postponed patients who give up this site each day and ask a
            neighbour.
        longest_block: days that a patient may hold an acute bed for want of rehabilitation before
            leaving home all the same.
    """

    outlying: bool = True
    board_first: float = 0.5
    transfer_minutes: float = 60.0
    critical_transfer_minutes: float = 120.0
    leave_waiting_list: float = 0.1
    longest_block: int = 21


@dataclass(frozen=True)
class World:
    """Everything the flow kernel reads. T days (warm-up included), S sites, D disciplines (6),
    Z départements, E epochs (between two changes of the map of services), K neighbours.

    Attributes:
        dates: the T days, shape (T,); the first `warm_up` are not counted.
        warm_up: days run before counting starts.
        capacity: beds open each day, shape (T, S, D).
        epoch: which epoch each day belongs to, shape (T,).
        scheduled: mean scheduled admissions per day, shape (E, S, D).
        unscheduled: mean unscheduled admissions per day that do not come through the emergency
            department of the site (direct, from town, by SMUR), shape (E, S, D).
        visits: mean emergency visits per day, shape (E, S).
        admission: chance that a visit is admitted to each discipline, shape (E, S, D).
        scheduled_factor: season and weekday of scheduled admissions, mean 1 on a year, (T, D).
        unscheduled_factor: the same for unscheduled admissions, by département, (T, Z, D).
        visit_factor: the same for emergency visits, by département, shape (T, Z).
        admission_factor: the same for the chance of admission after a visit, (T, D).
        extra: unscheduled admissions that a shock adds (epidemic, heat), people per day in the
            département, shape (T, Z, D); shared among its sites by `extra_share`.
        extra_share: share of each site in the extra admissions of its département, (S, D).
        extra_stay: mean stay of those admissions in days, shape (D,).
        department: index of each site's département, shape (S,).
        region: index of each site's région, 0 to G - 1, shape (S,).
        mean_stay: mean stay in bed-days, shape (E, S, D).
        spread: standard deviation of the logarithm of the stay, shape (D,).
        step_down: share of critical-care passages that go on in a ward of the site, shape (S,).
        step_down_to: index of that ward (medicine, surgery, paediatrics), shape (S,).
        rehabilitation: share of stays that leave towards rehabilitation, shape (S, D).
        rehabilitation_near: sites with rehabilitation beds by distance, -1 for none, (S, K).
        neighbours: sites that have the discipline by travel time, nearest first, -1 for none,
            shape (E, S, D, K).
        neighbour_minutes: travel time to them, shape (E, S, D, K).
        neighbour_km: road distance to them, shape (E, S, D, K).
        elderly: share of emergency admissions aged 75 and more, shape (S,).
        rules: what is done when no bed is free.
    """

    dates: Dates
    warm_up: int
    capacity: Shorts
    epoch: Shorts
    scheduled: Singles
    unscheduled: Singles
    visits: Singles
    admission: Singles
    scheduled_factor: Singles
    unscheduled_factor: Singles
    visit_factor: Singles
    admission_factor: Singles
    extra: Singles
    extra_share: Singles
    extra_stay: Singles
    department: Shorts
    region: Shorts
    mean_stay: Singles
    spread: Singles
    step_down: Singles
    step_down_to: Shorts
    rehabilitation: Singles
    rehabilitation_near: Shorts
    neighbours: Shorts
    neighbour_minutes: Singles
    neighbour_km: Singles
    elderly: Singles
    rules: Rules


SERVICE_MEASURES = (
    "asked",
    "stays",
    "days",
    "open_days",
    "transferred_out",
    "transferred_in",
    "refused",
    "outlying",
    "postponed_days",
    "blocked_days",
    "full_days",
    "extra_beds_days",
    "still_waiting",
)
"""What is counted for each site and discipline over the period (warm-up left out).

asked: admissions first sought here (shocks included). stays: admissions that took a bed here,
wherever they first asked. days: occupied bed-days (one per patient and midnight). open_days: beds
open x days. transferred_out / in: sent to, or received from, another site for want of a bed.
refused: nobody within reach had a bed. outlying: lay in a bed of another discipline of the site.
postponed_days: scheduled patients x days on the waiting list. blocked_days: bed-days held for want
of rehabilitation, or of a ward after critical care. full_days: days with no free bed at midnight.
extra_beds_days: bed-days beyond the open beds (births are never refused). still_waiting: on a
waiting list, on a stretcher or blocked in critical care for this ward, on the last day less the
day before counting.
"""

SITE_MEASURES = ("visits", "admitted", "boarded_nights", "boarded_nights_elderly")
"""What is counted for each site: emergency visits, those who need a bed, nights on a stretcher."""

DAY_MEASURES = ("occupied", "open", "arrivals", "refused", "transferred", "boarded")
"""What is counted each day, by région and discipline."""


@dataclass(frozen=True)
class Flow:
    """What happened in one run of a world; exact counts.

    Attributes:
        services: counts by site, discipline and `SERVICE_MEASURES`, shape (S, D, 13).
        sites: counts by site and `SITE_MEASURES`, shape (S, 4).
        transfer_km: kilometres of the transfers out of each service, shape (S, D).
        transfer_minutes: minutes of the transfers out of each service, shape (S, D).
        daily: counts by day (warm-up left out), région index, discipline and `DAY_MEASURES`,
            shape (T', G, D, 6).
    """

    services: Integers
    sites: Integers
    transfer_km: Floats
    transfer_minutes: Floats
    daily: Shorts

    def count(self, measure: str) -> Integers:
        """One measure of every service, shape (S, D), or of every site, shape (S,)."""
        if measure in SITE_MEASURES:
            return self.sites[:, SITE_MEASURES.index(measure)]
        return self.services[:, :, SERVICE_MEASURES.index(measure)]
