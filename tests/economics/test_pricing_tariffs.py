from __future__ import annotations

import pytest

from preuve.core.errors import PreuveError
from preuve.economics.pricing import amount, examples, tariff, tariffs
from preuve.economics.pricing.tariffs import unsettled


def test_every_tariff_names_its_source_its_day_and_what_it_is() -> None:
    for name, one in tariffs().tariffs.items():
        assert one.source, name
        assert int(one.date[:4]) >= 2020, name
        assert one.remark.fr, name
        assert one.remark.fr != one.remark.en, name
        assert one.unit.startswith("EUR") == (one.vat != "none" or ".operator." in name), name


def test_what_is_assumed_says_so() -> None:
    low = {name for name, one in tariffs().tariffs.items() if one.confidence == "low"}
    assert low == {"diga.vat"}


def test_amounts_of_the_orders() -> None:
    assert amount("pecan.therapeutic.first") == 435
    assert amount("pecan.therapeutic.monthly") == 38.30
    assert amount("pecan.therapeutic.yearly_cap") == 780
    levels = ("organisation", "quality_of_life", "morbidity", "mortality")
    assert [amount(f"remote_monitoring.technical.{level}") for level in levels] == [
        50,
        73.33,
        82.50,
        91.67,
    ]
    assert amount("remote_monitoring.second_tier") == 45.83
    operator = ("level_1", "level_2", "complex_1", "complex_2")
    assert [amount(f"remote_monitoring.operator.{one}") for one in operator] == [11, 28, 56, 70]
    assert amount("diga.list_price") == 541
    assert amount("diga.prolonged") == pytest.approx(29 / 45, abs=1e-4)
    assert amount("diga.prolonged_months") == pytest.approx(256 / 30.44, abs=1e-2)
    assert amount("diga.removed") == pytest.approx(10 / 64, abs=1e-4)


def test_the_last_tier_below_the_minimum_argues_for_marginal_tiers() -> None:
    last = amount("remote_monitoring.last_tier")
    assert last < amount("remote_monitoring.minimum.organisation")
    assert "marginal" in unsettled("remote_monitoring.rule").en


def test_an_unknown_tariff_names_the_nearest() -> None:
    with pytest.raises(PreuveError, match=r"pecan\.therapeutic\.first"):
        tariff("pecan.therapeutic.frist")


def test_illustrations_are_called_so() -> None:
    from_the_law = {"pecan", "pecan_remote_monitoring", "remote_monitoring", "diga"}
    for name, one in examples().items():
        assert one.about.en.startswith("Illustration") == (name not in from_the_law), name
