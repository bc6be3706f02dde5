from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.economics.pricing import (
    Draws,
    MakerAccount,
    MakerCosts,
    compare,
    examples,
    maker_account,
    scheme_of,
)
from preuve.economics.pricing.market import steady_market

ONE = Draws(1)


def account(revenue: list[float], costs: list[float]) -> MakerAccount:
    return MakerAccount("test", np.array([revenue]).T, np.array([costs]).T)


def test_break_even_by_hand() -> None:
    market = steady_market(12, 100)
    flows = scheme_of({"scheme": "per_patient_month", "amount": 12}).payments(market, ONE)
    costs = MakerCosts(certification=2000, fixed=100, per_patient=3, per_use=1)
    found = maker_account(flows, market, costs, ONE)
    assert found.revenue[:, 0] == pytest.approx(np.full(12, 1000))
    assert found.costs[:, 0] == pytest.approx([2500] + [500] * 11)
    assert found.break_even[0] == 4
    assert found.probability.tolist() == [0.0] * 3 + [1.0] * 9
    assert found.break_even_interval == (4, 4, 4)
    assert found.funding_need.tolist() == [1500]


def test_break_even_has_an_interval_even_where_some_draws_never_do() -> None:
    costs = np.array([[5.0] * 60 + [1.0] * 40, [0.0] * 100])
    found = MakerAccount("test", np.ones((2, 100)), costs)
    assert found.break_even_interval == (np.inf, 1, np.inf)
    assert found.probability.tolist() == [0.4, 0.4]
    assert found.funding_need.mean() == pytest.approx(0.6 * 4)


def test_break_even_is_for_good() -> None:
    assert account([10, 0, 0, 20], [0, 15, 0, 0]).break_even[0] == 4
    assert account([0, 0], [1, 0]).break_even[0] == np.inf
    assert account([1, 1], [1, 0]).break_even[0] == 1


@given(st.integers(0, 2**31))
def test_the_probability_of_break_even_only_rises(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = MakerAccount("test", random.random((20, 30)), random.random((20, 30)))
    assert np.all(np.diff(found.probability) >= 0)
    assert found.probability[-1] == pytest.approx((found.cumulative[-1] >= 0).mean())


def test_sites_are_integrated_once_and_those_who_stay_without_pay_still_cost() -> None:
    market = steady_market(12, 10, sites=2)
    flows = scheme_of(
        {
            "scheme": "pecan",
            "filed_after": None,
            "decided_after": 1,
            "obtained": 1.0,
            "permanent": {"scheme": "per_patient_month", "amount": 1},
            "after_loss": "free",
        }
    ).payments(market, ONE)
    found = maker_account(flows, market, MakerCosts(per_patient=1, integration=50), ONE)
    assert found.costs[:, 0] == pytest.approx([110] + [10] * 11)
    assert found.revenue[6:].sum() == 0


def test_the_comparison_has_every_scheme_measure_and_year() -> None:
    market = steady_market(60, 100, count=20, sites=2, professionals=5)
    schemes = {name: one.pays for name, one in examples().items()}
    found = compare(schemes, market, Draws(20), MakerCosts(fixed=100))
    table = found.table()
    assert table.columns == ["scheme", "measure", "year", "mean", "low95", "high95"]
    assert len(table) == len(schemes) * 6 * 5
    assert table["scheme"].unique(maintain_order=True).to_list() == list(schemes)
    row = table.filter(scheme="front_loaded", measure="payers", year=1)
    assert row["mean"][0] == pytest.approx(77_970)
    price = table.filter(scheme="front_loaded", measure="price_per_patient_year", year=1)
    assert price["mean"][0] == pytest.approx(779.70)
    revenue = table.filter(scheme="front_loaded", measure="maker_revenue", year=1)
    assert revenue["mean"][0] == pytest.approx(77_970 / 1.2)


def test_nobody_served_has_no_price() -> None:
    lost = scheme_of(
        {
            "scheme": "pecan",
            "filed_after": None,
            "decided_after": 1,
            "obtained": 0.0,
            "permanent": {"scheme": "per_patient_month", "amount": 1},
        }
    )
    table = compare({"lost": lost}, steady_market(24, 10), ONE).table()
    price = table.filter(measure="price_per_patient_year")["mean"].to_list()
    assert price[0] == pytest.approx(549.90 * 2)
    assert np.isnan(price[1])


def test_tables_of_flows_and_of_the_maker() -> None:
    market = steady_market(3, 10, count=4)
    draws = Draws(4)
    flows = scheme_of({"scheme": "per_patient_month", "amount": 12}).payments(market, draws)
    table = flows.table()
    assert table.columns == [
        "scheme",
        "actor",
        "direction",
        "month",
        "mean",
        "low95",
        "high95",
    ]
    net = table.filter(direction="net").group_by("month").agg(total=table["mean"].sum())
    assert len(net) == 3
    maker = table.filter(actor="maker", direction="received")
    assert maker["mean"].to_list() == pytest.approx([100] * 3)
    account_table = maker_account(flows, market, MakerCosts(), draws).table()
    assert account_table.filter(measure="cumulative")["mean"].to_list() == pytest.approx(
        [100, 200, 300]
    )
