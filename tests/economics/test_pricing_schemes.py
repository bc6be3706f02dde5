from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from preuve.economics.pricing import Draws, Market, scheme_of
from preuve.economics.pricing.flows import by_year
from preuve.economics.pricing.market import one_patient, steady_market
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.economics.pricing.schemes.remote_monitoring import RemoteMonitoring
from preuve.economics.pricing.schemes.subscription import newly

ONE = Draws(1)
PECAN = {
    "scheme": "pecan",
    "filed_after": 5,
    "decided_after": 7,
    "obtained": 1.0,
    "permanent": {"scheme": "per_patient_month", "amount": 100},
}


def spending(record: dict[str, Any], market: Market, draws: Draws = ONE) -> Any:
    return scheme_of(record).payments(market, draws).spending()[:, 0]


def patient(months: int, entry: int = 0) -> Market:
    return one_patient(months, entry, np.ones(1))


def one_patient_group(months: int, entry: int, patients: float) -> Market:
    alone = patient(months, entry)
    return Market(
        alone.entering * patients, alone.stay, alone.uses, alone.professionals, alone.sites
    )


def test_pecan_cumulative_per_patient() -> None:
    paid = np.cumsum(spending(PECAN, patient(12)))
    assert paid[[0, 2, 3, 5, 8, 11]] == pytest.approx([435, 435, 473.30, 549.90, 664.80, 779.70])


def test_the_cap_of_780_is_not_reached_by_the_amounts_of_the_order_but_it_holds() -> None:
    front = {"scheme": "front_loaded", "first": 435, "monthly": 38.30}
    assert spending(front | {"yearly_cap": 780}, patient(12)).sum() == pytest.approx(779.70)
    assert spending(front | {"yearly_cap": 600}, patient(12)).sum() == pytest.approx(600)
    dear = front | {"monthly": 60}
    assert spending(dear, patient(12)).sum() == pytest.approx(975)
    capped = spending(dear | {"yearly_cap": 780}, patient(24))
    assert by_year(capped[:, np.newaxis])[:, 0] == pytest.approx([780, 720])


def test_pecan_without_a_file_stops_after_six_months() -> None:
    lost = PECAN | {"filed_after": None}
    assert spending(lost, patient(24)).sum() == pytest.approx(549.90)
    late = PECAN | {"filed_after": 6.5}
    assert spending(late, patient(24)).sum() == pytest.approx(549.90)


def test_pecan_then_ordinary_cover() -> None:
    paid = spending(PECAN, patient(24))
    assert paid[:12].sum() == pytest.approx(779.70)
    assert paid[12:] == pytest.approx(np.full(12, 100))


def test_a_late_decision_leaves_a_gap() -> None:
    late = PECAN | {"decided_after": 10}
    paid = spending(late, patient(24))
    assert paid[12:15] == pytest.approx(np.zeros(3))
    assert paid[15:] == pytest.approx(np.full(9, 100))


def test_an_early_refusal_ends_cover_at_the_decision() -> None:
    refused = PECAN | {"obtained": 0.0, "decided_after": 3}
    assert spending(refused, patient(24)).sum() == pytest.approx(435 + 5 * 38.30)


@pytest.mark.parametrize(
    ("after", "served", "paid_by_patient"),
    [
        ({"after_loss": "stops"}, 0, 0),
        ({"after_loss": "free"}, 1, 0),
        ({"after_loss": "private", "private_price": 20, "private_uptake": 0.3}, 0.3, 6),
    ],
)
def test_after_the_loss_of_cover(
    after: dict[str, Any], served: float, paid_by_patient: float
) -> None:
    flows = scheme_of(PECAN | {"obtained": 0.0} | after).payments(patient(24), ONE)
    assert flows.served[20, 0] == pytest.approx(served)
    assert flows.paid("patient")[20, 0] == pytest.approx(paid_by_patient)
    assert flows.paid("amo")[20, 0] == 0


def test_the_share_of_draws_that_keep_cover_is_the_written_probability() -> None:
    draws = Draws(20_000)
    scheme = scheme_of(PECAN | {"obtained": 0.4})
    assert isinstance(scheme, Pecan)
    _covered, permanent = scheme.cover(24, draws)
    assert permanent[-1].mean() == pytest.approx(0.4, abs=0.015)


def test_pecan_for_remote_monitoring_pays_the_organisational_fee_for_nine_months_at_least() -> None:
    record = PECAN | {"kind": "remote_monitoring", "filed_after": None}
    flows = scheme_of(record).payments(patient(24), ONE)
    assert flows.spending().sum() == pytest.approx(9 * (50 + 28))
    assert flows.received("hospital").sum() == pytest.approx(9 * 28)


@pytest.mark.parametrize(("rule", "yearly"), [("whole_file", 3_299_760), ("marginal", 3_549_960)])
def test_remote_monitoring_of_six_thousand_patients(rule: str, yearly: float) -> None:
    record = {"scheme": "remote_monitoring", "rule": rule, "revised": False, "operator": 0}
    assert spending(record, steady_market(12, 6000)).sum() == pytest.approx(yearly)


def test_the_technical_fee_by_level_of_benefit() -> None:
    for level, fee in (
        ("organisation", 50),
        ("quality_of_life", 73.33),
        ("morbidity", 82.50),
        ("mortality", 91.67),
    ):
        record = {"scheme": "remote_monitoring", "benefit": level, "operator": 0}
        assert spending(record, steady_market(1, 10)).sum() == pytest.approx(10 * fee)


def test_the_technical_fee_never_falls_under_its_minimum() -> None:
    scheme = RemoteMonitoring(beyond=13.0)
    assert scheme.rate(np.array([1e7]))[0] == 20.83
    assert scheme.rate(np.array([100.0]))[0] == 50


def test_the_second_tier_falls_in_the_same_proportion_at_every_level() -> None:
    at = np.array([100.0, 6000.0])
    for level in ("organisation", "quality_of_life", "morbidity", "mortality"):
        first, second = RemoteMonitoring(benefit=level, rule="whole_file").rate(at)
        assert second / first == pytest.approx(45.83 / 50)


def test_the_rate_of_a_half_year_follows_the_file_of_the_one_before() -> None:
    record = {"scheme": "remote_monitoring", "rule": "whole_file", "operator": 0}
    paid = spending(record, steady_market(12, 6000)) / 6000
    assert paid == pytest.approx([50] * 6 + [45.83] * 6)


def test_a_rate_is_late_on_a_file_that_grows() -> None:
    record = {"scheme": "remote_monitoring", "rule": "whole_file", "operator": 0}
    paid = spending(record, one_patient_group(18, 6, 6000)) / 6000
    assert paid == pytest.approx([0] * 6 + [50] * 6 + [45.83] * 6)


def test_patients_of_other_makers_lower_the_rate() -> None:
    record = {"scheme": "remote_monitoring", "rule": "whole_file", "operator": 0}
    paid = spending(record | {"class_patients": 6000}, steady_market(6, 10)) / 10
    assert paid == pytest.approx([45.83] * 6)


@pytest.mark.parametrize(("level", "fee"), [(0, 0), (1, 11), (2, 28)])
def test_the_operator_is_paid_his_fee_without_tax(level: int, fee: float) -> None:
    record = {"scheme": "remote_monitoring", "operator": level}
    flows = scheme_of(record).payments(steady_market(3, 10), ONE)
    assert flows.received("hospital") == pytest.approx(np.full((3, 1), 10 * fee))


def test_complex_patients_are_paid_more_for_their_first_months() -> None:
    record = {
        "scheme": "remote_monitoring",
        "operator_paid_to": "professional",
        "complex_patients": {"share": 0.5, "level": 2, "months": 6},
    }
    flows = scheme_of(record).payments(steady_market(12, 10), ONE)
    expected = [10 * (0.5 * 28 + 0.5 * 70)] * 6 + [280] * 6
    assert flows.received("professional")[:, 0] == pytest.approx(expected)


def test_what_is_unsettled_is_said_where_it_bears() -> None:
    scheme = RemoteMonitoring()
    assert scheme.payments(steady_market(3, 100), ONE).remarks == ()
    assert len(scheme.payments(steady_market(3, 6000), ONE).remarks) == 1
    assert len(scheme.payments(steady_market(3, 9000), ONE).remarks) == 2
    assert len(RemoteMonitoring(beyond=30).payments(steady_market(3, 9000), ONE).remarks) == 1


DIGA = {"scheme": "diga", "prolonged": 0.0, "removed": 0.0}


def one_each_month(months: int) -> Market:
    ones = np.ones((months, 1))
    return Market(ones, ones, np.ones(1), ones, ones)


def test_diga_falls_by_half_after_the_first_year() -> None:
    paid = spending(DIGA, one_each_month(24))
    assert paid[:12] == pytest.approx(np.full(12, 541))
    assert paid[12:] == pytest.approx(np.full(12, 541 * 0.48))


def test_diga_prolonged_keeps_its_price_for_256_days_more() -> None:
    paid = spending(DIGA | {"prolonged": 1.0}, one_each_month(24))
    assert paid[:20] == pytest.approx(np.full(20, 541))
    assert paid[20] == pytest.approx(541 * (0.41 + 0.59 * 0.48))
    assert paid[21:] == pytest.approx(np.full(3, 541 * 0.48))


def test_diga_removed_is_paid_no_more() -> None:
    paid = spending(DIGA | {"removed": 1.0}, one_each_month(24))
    flows = scheme_of(DIGA | {"removed": 1.0}).payments(one_each_month(24), ONE)
    assert flows.served[[0, 11, 12], 0] == pytest.approx([1, 3, 0])
    assert paid[11] == pytest.approx(541)
    assert paid[12:] == pytest.approx(np.zeros(12))


def test_diga_bills_each_quarter_prescribed() -> None:
    paid = spending(DIGA | {"prescriptions": 2}, patient(12))
    assert paid == pytest.approx([541, 0, 0, 541] + [0] * 8)


def test_per_use_discount_within_the_year() -> None:
    tiers = {"steps": [{"start": 0, "end": 59, "amount": 10}, {"start": 60, "amount": 5}]}
    market = steady_market(24, 10)
    marginal = {"scheme": "per_use", "tiers": tiers | {"rule": "marginal"}}
    paid = spending(marginal, market)
    assert paid[:12] == pytest.approx([100] * 6 + [50] * 6)
    assert paid[12:] == pytest.approx(paid[:12])
    whole = spending({"scheme": "per_use", "tiers": tiers | {"rule": "whole_file"}}, market)
    assert whole[:12].sum() == pytest.approx(120 * 5)
    assert whole[5] == pytest.approx(60 * 5 - 500)


def test_subscriptions_count_the_equipped() -> None:
    market = steady_market(6, 10, sites=3, professionals=7)
    site = {"scheme": "per_site", "amount": 100, "installation": 1000}
    assert spending(site, market) == pytest.approx([3300] + [300] * 5)
    licence = {"scheme": "per_professional", "amount": 50}
    assert spending(licence, market) == pytest.approx([350] * 6)


def test_a_site_that_comes_back_is_not_installed_twice() -> None:
    equipped = np.array([[2.0], [1.0], [2.0], [3.0]])
    assert newly(equipped)[:, 0].tolist() == [2, 0, 0, 1]


def test_whoever_writes_without_tax_pays_it_too() -> None:
    record = {
        "scheme": "per_patient_month",
        "amount": 100,
        "vat": {"rate": 0.055, "included": False},
    }
    flows = scheme_of(record).payments(steady_market(1, 1), ONE)
    assert flows.spending()[0, 0] == pytest.approx(105.5)
    assert flows.received("maker")[0, 0] == pytest.approx(100)
    assert flows.received("state")[0, 0] == pytest.approx(5.5)


def test_cap_and_collar_keep_the_year_between_bounds() -> None:
    inner = {"scheme": "per_patient_month", "amount": 10, "payers": {"amo": 1}}
    record = {"scheme": "cap_and_collar", "of": inner, "collar": 600, "cap": 1000}
    for patients, expected in ((1, 600), (7, 840), (20, 1000)):
        paid = spending(record, steady_market(24, patients))
        assert by_year(paid[:, np.newaxis])[:, 0] == pytest.approx([expected] * 2)
    assert spending(record, steady_market(6, 20)).sum() == pytest.approx(500)
    assert spending(record, steady_market(6, 1)).sum() == pytest.approx(300)


def test_outcome_rebate_comes_back_when_the_target_is_missed() -> None:
    inner = {"scheme": "per_patient_month", "amount": 10}
    record = {"scheme": "outcome_rebate", "of": inner, "refunded": 0.25, "target": 0.1}
    reached = spending(record | {"outcome": 0.2}, steady_market(24, 1))
    missed = spending(record | {"outcome": 0.05}, steady_market(24, 1))
    assert reached == pytest.approx(np.full(24, 10))
    assert missed[11] == missed[23] == pytest.approx(10 - 30)
    assert missed.sum() == pytest.approx(240 * 0.75)


def test_a_small_sample_misses_by_chance() -> None:
    record = {
        "scheme": "outcome_rebate",
        "of": {"scheme": "per_patient_month", "amount": 10},
        "refunded": 0.5,
        "target": 0.1,
        "outcome": 0.1196,
        "measure_error": 0.01,
    }
    paid = scheme_of(record).payments(steady_market(12, 1), Draws(40_000)).spending()
    refunded = (paid.sum(axis=0) < 119).mean()
    assert refunded == pytest.approx(0.025, abs=0.004)


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({}, 360),
        ({"threshold": 1500}, 0),
        ({"threshold": 1000}, 360),
        ({"threshold": 1200}, 360),
        ({"threshold": 1000, "first_euro": False}, 60),
        ({"cap": 100}, 100),
    ],
)
def test_shared_savings(terms: dict[str, Any], due: float) -> None:
    record = {"scheme": "shared_savings", "savings": 10, "share": 0.3} | terms
    flows = scheme_of(record).payments(steady_market(12, 10), ONE)
    assert flows.spending()[11, 0] == pytest.approx(due)
    assert flows.spending()[:11].sum() == 0
    assert flows.memo["savings"].sum() == pytest.approx(1200)


def test_a_short_year_has_a_part_of_the_bounds() -> None:
    record = {"scheme": "shared_savings", "savings": 10, "share": 0.3}
    half = steady_market(6, 10)
    assert spending(record | {"threshold": 1200}, half).sum() == pytest.approx(180)
    assert spending(record | {"cap": 100}, half).sum() == pytest.approx(50)


def test_savings_that_are_losses_are_not_shared() -> None:
    record = {"scheme": "shared_savings", "savings": -10, "share": 0.3}
    assert spending(record, steady_market(24, 10)).sum() == 0


def test_a_bundle_is_shared_and_holds_a_part_for_quality() -> None:
    record = {
        "scheme": "bundle",
        "amount": 1000,
        "shared": {"hospital": 0.6, "professional": 0.3, "maker": 0.1},
        "withheld": 0.2,
        "quality": 0.5,
    }
    flows = scheme_of(record).payments(patient(12), ONE)
    assert flows.spending()[[0, 11], 0] == pytest.approx([800, 100])
    assert flows.received("hospital").sum() == pytest.approx(540)
    assert flows.received("professional").sum() == pytest.approx(270)
    assert flows.received("maker").sum() == pytest.approx(90 / 1.2)
