from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.economics.pricing import (
    ACTORS,
    PAYERS,
    Draws,
    Market,
    Shares,
    examples,
    scheme_of,
)
from preuve.economics.pricing.flows import by_period, by_year, charge, settled
from preuve.economics.pricing.schemes.base import Scheme

NAMES = sorted(examples())
DRAWS = Draws(7, seed=5)


def worlds(seed: int, months: int) -> Market:
    random = np.random.default_rng(seed)
    stay = np.minimum.accumulate(
        np.vstack([np.ones((1, 7)), random.random((months - 1, 7))]), axis=0
    )
    return Market(
        entering=random.gamma(0.5, 4000, (months, 7)),
        stay=stay,
        uses=random.random(7) * 5,
        professionals=np.cumsum(random.random((months, 7)), axis=0),
        sites=np.cumsum(random.random((months, 7)), axis=0),
    )


markets = st.builds(worlds, st.integers(0, 2**31), st.integers(1, 30))


@pytest.mark.parametrize("name", NAMES)
@given(market=markets)
@settings(max_examples=12)
def test_what_is_paid_is_what_is_received(name: str, market: Market) -> None:
    flows = examples()[name].pays.payments(market, DRAWS)
    paid, received = flows.paid(*PAYERS), flows.received(*ACTORS)
    assert np.allclose(paid, received, rtol=1e-9, atol=1e-6)
    assert np.allclose(sum(flows.net(actor) for actor in ACTORS), 0, atol=1e-4)
    assert flows.paid("maker").max() == 0
    assert paid.shape == (market.months, 7)


@pytest.mark.parametrize("name", NAMES)
@given(market=markets)
@settings(max_examples=8)
def test_each_payer_bears_his_share(name: str, market: Market) -> None:
    scheme: Any = examples()[name].pays
    payers = Shares(amo=0.5, amc=0.2, hospital=0.3)
    update: dict[str, Any] = {"payers": payers}
    if name in ("cap_and_collar", "outcome_rebate"):
        update = {"of": scheme.of.model_copy(update=update)}
    if name.startswith("pecan"):
        update["permanent"] = scheme.permanent.model_copy(update=update)
    flows = scheme.model_copy(update=update).payments(market, DRAWS)
    total = flows.spending()
    for actor, share in payers.split():
        assert np.allclose(flows.paid(actor), share * total, rtol=1e-9, atol=1e-6)


@given(
    st.lists(st.floats(0.01, 1), min_size=6, max_size=6),
    st.floats(0, 0.3),
    st.floats(-1e6, 1e6),
)
def test_a_charge_is_split_without_loss(weights: list[float], rate: float, amount: float) -> None:
    from preuve.economics.pricing import Vat

    shares = dict(zip(PAYERS, np.array(weights) / sum(weights), strict=True))
    transfers = charge(np.array([[amount]]), Shares(**shares), Vat(rate=rate))
    assert sum(one[0, 0] for one in transfers.values()) == pytest.approx(amount)
    to_maker = sum(one[0, 0] for (_by, payee), one in transfers.items() if payee == "maker")
    assert to_maker * (1 + rate) == pytest.approx(amount)


FREE: dict[str, dict[str, Any]] = {
    "per_use": {"amount": 0},
    "per_professional": {"amount": 0},
    "per_site": {"amount": 0},
    "per_patient_month": {"amount": 0},
    "front_loaded": {"first": 0, "monthly": 0},
    "cap_and_collar": {"of": {"scheme": "per_use", "amount": 0}, "cap": 100},
    "outcome_rebate": {
        "of": {"scheme": "per_use", "amount": 0},
        "refunded": 0.5,
        "target": 1,
        "outcome": 0,
    },
    "shared_savings": {"savings": 10, "share": 0},
    "diga": {"price": 0},
    "bundle": {"amount": 0, "shared": {"maker": 1}},
}


@pytest.mark.parametrize("name", sorted(FREE))
@given(market=markets)
@settings(max_examples=8)
def test_at_price_zero_nothing_moves(name: str, market: Market) -> None:
    flows = scheme_of({"scheme": name} | FREE[name]).payments(market, DRAWS)
    assert not any(np.any(amount) for amount in flows.transfers.values())
    assert np.any(flows.served)


def _dearer(name: str, price: float) -> Scheme:
    steps = [{"start": 0, "end": 99, "amount": price}, {"start": 100, "amount": price / 2}]
    tiers = {"rule": "marginal", "steps": steps}
    inner = {"scheme": "per_patient_month", "amount": price}
    records: dict[str, dict[str, Any]] = {
        "per_use": {"tiers": tiers},
        "per_professional": {"amount": price},
        "per_site": {"amount": price},
        "per_patient_month": {"tiers": tiers},
        "front_loaded": {"first": price, "monthly": price, "yearly_cap": 500},
        "cap_and_collar": {"of": inner, "cap": 100_000, "collar": 10},
        "outcome_rebate": {"of": inner, "refunded": 0.5, "target": 0.5, "outcome": 0.4},
        "shared_savings": {"savings": 100, "share": min(price / 1000, 1)},
        "diga": {"price": price},
        "bundle": {"amount": price, "shared": {"maker": 1}},
        "pecan": {
            "filed_after": 5,
            "decided_after": 7,
            "obtained": 0.5,
            "permanent": {"scheme": "per_patient_month", "amount": price},
        },
    }
    return scheme_of({"scheme": name} | records[name])


@pytest.mark.parametrize("name", [*sorted(FREE), "pecan"])
@given(market=markets, price=st.floats(0, 500), more=st.floats(0, 500))
@settings(max_examples=12)
def test_payers_spend_more_at_a_higher_price(
    name: str, market: Market, price: float, more: float
) -> None:
    low, high = (
        np.cumsum(by_year(_dearer(name, one).payments(market, DRAWS).spending()), axis=0)
        for one in (price, price + more)
    )
    assert np.all(high >= low - 1e-9 * (1 + high))


@given(market=markets, collar=st.floats(0, 1e5), width=st.floats(0, 1e6))
@settings(max_examples=20)
def test_the_year_stays_between_its_bounds(market: Market, collar: float, width: float) -> None:
    record = {
        "scheme": "cap_and_collar",
        "of": {"scheme": "per_patient_month", "amount": 5},
        "collar": collar,
        "cap": collar + width,
    }
    yearly = by_year(scheme_of(record).payments(market, DRAWS).spending())
    whole = yearly[: market.months // 12]
    assert np.all(whole >= collar * (1 - 1e-9) - 1e-6)
    assert np.all(whole <= (collar + width) * (1 + 1e-9) + 1e-6)


@given(st.integers(1, 40), st.integers(1, 15), st.integers(0, 2**31))
def test_settling_moves_money_in_time_without_loss(months: int, every: int, seed: int) -> None:
    amount = np.random.default_rng(seed).random((months, 3))
    placed = settled(by_period(amount, every), months, every)
    assert np.allclose(placed.sum(axis=0), amount.sum(axis=0))
    assert np.count_nonzero(placed[:, 0]) == -(-months // every)


@pytest.mark.parametrize("name", ["outcome_rebate", "shared_savings", "bundle"])
@given(market=markets)
@settings(max_examples=8)
def test_what_is_owed_is_what_is_settled(name: str, market: Market) -> None:
    scheme = examples()[name].pays
    owed = by_year(scheme.accrued(market, DRAWS).spending())
    assert np.allclose(owed, by_year(scheme.payments(market, DRAWS).spending()))
