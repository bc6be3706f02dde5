from __future__ import annotations

import numpy as np
import pytest

from preuve.core.errors import PreuveError
from preuve.economics.pricing import (
    Draws,
    WrittenMarket,
    examples,
    market_of,
    per_patient,
    scheme_of,
)
from preuve.economics.pricing.market import steady_market

DRAWS = Draws(50)
ONE = Draws(1)
PECAN = {
    "scheme": "pecan",
    "filed_after": 5,
    "decided_after": 7,
    "obtained": 1.0,
    "permanent": {"scheme": "per_patient_month", "amount": 100},
}


def test_a_patient_of_the_first_month_of_pecan() -> None:
    cost = per_patient(scheme_of(PECAN), 14, ONE)
    assert np.cumsum(cost.total[:, 0])[[2, 3, 5, 8, 11]] == pytest.approx(
        [435, 473.30, 549.90, 664.80, 779.70]
    )
    assert cost.total[12:, 0] == pytest.approx([100, 100])


def test_a_patient_who_enters_late_meets_the_clock() -> None:
    cost = per_patient(scheme_of(PECAN), 6, ONE, entry=10)
    assert cost.total[:, 0] == pytest.approx([435, 0, 100, 100, 100, 100])


def test_the_payers_share_it() -> None:
    cost = per_patient(scheme_of(PECAN | {"payers": {"amo": 0.9, "patient": 0.1}}), 3, ONE)
    assert cost.by_payer["amo"][0, 0] == pytest.approx(435 * 0.9)
    assert cost.by_payer["patient"][0, 0] == pytest.approx(43.5)


def test_uses_are_counted() -> None:
    cost = per_patient(scheme_of({"scheme": "per_use", "amount": 4}), 3, ONE, uses=np.array([2.5]))
    assert cost.by_payer["hospital"] == pytest.approx(np.full((3, 1), 10))


def test_a_rebate_counts_in_the_month_when_it_is_owed() -> None:
    record = {
        "scheme": "outcome_rebate",
        "of": {"scheme": "per_patient_month", "amount": 10},
        "refunded": 0.25,
        "target": 0.1,
        "outcome": 0.0,
    }
    assert per_patient(scheme_of(record), 5, ONE).total == pytest.approx(np.full((5, 1), 7.5))


@pytest.mark.parametrize("name", sorted(examples()))
def test_the_market_spends_what_its_patients_cost(name: str) -> None:
    scheme = examples()[name].pays
    market = steady_market(24, 100, count=50, sites=2, professionals=5)
    cost = per_patient(scheme, 24, DRAWS, market=market)
    spent = scheme.payments(market, DRAWS).spending().sum(axis=0)
    assert (100 * cost.total).sum(axis=0) == pytest.approx(spent)


def test_a_price_that_depends_on_the_market_asks_for_it() -> None:
    with pytest.raises(PreuveError, match="depends on the market"):
        per_patient(scheme_of({"scheme": "per_site", "amount": 10}), 3, ONE)
    empty = steady_market(3, 0)
    with pytest.raises(PreuveError, match="No patient"):
        per_patient(scheme_of({"scheme": "per_site", "amount": 10}), 3, ONE, market=empty)


def test_months_must_be_positive() -> None:
    with pytest.raises(PreuveError, match="1 or more"):
        per_patient(scheme_of({"scheme": "per_use", "amount": 4}), 0, ONE)


def test_a_licence_is_spread_over_the_patients() -> None:
    written = WrittenMarket(
        months=12,
        eligible=1200,
        uptake={"start": 0.5, "plateau": 0.5, "half_after": 1},  # type: ignore[arg-type]
        professionals=10,
    )
    market = market_of(written, ONE)
    scheme = scheme_of({"scheme": "per_professional", "amount": 60})
    cost = per_patient(scheme, 3, ONE, market=market)
    assert cost.total[0, 0] == pytest.approx(60 * 5 * 12 / (50 * 78))
    assert set(cost.by_payer) == {"professional"}
