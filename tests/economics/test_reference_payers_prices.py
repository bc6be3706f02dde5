"""Payers and prices: shares that sum to one, prices that go there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from preuve.core.errors import PreuveError
from preuve.economics.reference_case.payers import (
    complementary_cover,
    kinds_of_care,
    payers,
    split,
)
from preuve.economics.reference_case.prices import price_index, ratio
from preuve.economics.specification.structure import Reward

YEARS = st.integers(*price_index().years)


@given(care=st.sampled_from(sorted(kinds_of_care())), cover=st.floats(0, 1))
def test_shares_sum_to_one(care: str, cover: float) -> None:
    shares = split(care, cover)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= share <= 1 for share in shares.values())


def test_a_consultation() -> None:
    assert split("medical_consultation", 1) == pytest.approx({"amo": 0.7, "amc": 0.3, "patient": 0})
    assert split("medical_consultation", 0)["patient"] == pytest.approx(0.3)


def test_the_packaged_cover_is_used_unless_another_is_given() -> None:
    cover = complementary_cover()
    assert cover.low < cover.value < cover.high
    assert split("laboratory") == split("laboratory", cover.value)


def test_a_long_term_illness_leaves_nothing() -> None:
    assert split("long_term_illness") == pytest.approx({"amo": 1, "amc": 0, "patient": 0})


@pytest.mark.parametrize(
    ("care", "share"),
    [
        ("medical_consultation_uncoordinated", 0.3),
        ("laboratory", 0.6),
        ("physiotherapy", 0.6),
        ("hospital_stay", 0.8),
        ("hospital_stay_observed", 0.91),
        ("transport", 0.55),
        ("drug_irreplaceable", 1),
    ],
)
def test_other_kinds_of_care(care: str, share: float) -> None:
    assert split(care)["amo"] == share


@pytest.mark.parametrize(
    ("drug", "share"), [("important", 0.65), ("moderate", 0.30), ("weak", 0.15)]
)
def test_drugs_by_medical_benefit(drug: str, share: float) -> None:
    assert split(f"drug_{drug}")["amo"] == share


def test_every_share_lands_on_a_known_payer() -> None:
    known = {payer.name for payer in payers()}
    for care, share in kinds_of_care().items():
        assert set(split(care)) <= known
        assert share.source


def test_an_unknown_care() -> None:
    with pytest.raises(PreuveError, match="Did you mean “laboratory”"):
        split("laboratry")


def test_growth_of_one_year() -> None:
    assert ratio(2023, 2024) == pytest.approx(1.02)
    assert ratio(2021, 2023) == pytest.approx(1.0522 * 1.0488)


@given(a=YEARS, b=YEARS, c=YEARS)
def test_prices_compose(a: int, b: int, c: int) -> None:
    assert ratio(a, a) == 1
    assert ratio(a, b) * ratio(b, c) == pytest.approx(ratio(a, c), rel=1e-12)


def test_levels_agree_with_the_published_index() -> None:
    """Annual means of INSEE's index (2015 = 100) as republished by the CNR, mainland France."""
    published = {2000: 79.95, 2005: 87.87, 2010: 94.71, 2013: 99.45, 2017: 101.23}
    for year, level in published.items():
        assert 100 / ratio(year, 2015) == pytest.approx(level, rel=1e-3)


def test_years_without_a_gap() -> None:
    growth = price_index().growth
    assert sorted(growth) == list(range(min(growth), max(growth) + 1))


@pytest.mark.parametrize(("of", "to"), [(1999, 2020), (2020, 2025)])
def test_a_year_out_of_the_table(of: int, to: int) -> None:
    with pytest.raises(PreuveError, match="knows the years 2000 to 2024"):
        ratio(of, to)


def test_a_cost_may_name_its_kind_of_care() -> None:
    cost = Reward.model_validate({"once": 1, "payer": "laboratory"})
    assert cost.payer == split("laboratory")
    with pytest.raises(ValidationError, match="No share of payers"):
        Reward.model_validate({"once": 1, "payer": "laboratry"})
