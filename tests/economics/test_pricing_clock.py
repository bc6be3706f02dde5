from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.pricing import cover, deadlines
from preuve.economics.pricing.clock import Kind, cover_in_months, months_later, share_before

START = date(2024, 9, 23)


def test_deadlines_of_a_remote_monitoring_device() -> None:
    limits = deadlines("remote_monitoring", START)
    assert limits.file_by == date(2025, 6, 23)
    assert limits.expiry == date(2025, 9, 23)


def test_deadlines_of_a_digital_therapy() -> None:
    limits = deadlines("therapeutic", START)
    assert limits.file_by == date(2025, 3, 23)
    assert limits.expiry == date(2025, 9, 23)


def test_a_short_month_ends_on_its_last_day() -> None:
    assert months_later(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert months_later(date(2024, 12, 31), 2) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("filed", "decided", "favourable", "until", "permanent_from", "fate"),
    [
        (None, None, False, date(2025, 3, 23), None, "not_filed"),
        (date(2025, 3, 24), date(2025, 9, 1), True, date(2025, 3, 23), None, "not_filed"),
        (date(2025, 3, 23), None, False, date(2025, 9, 23), None, "expired"),
        (date(2025, 2, 1), date(2025, 7, 1), False, date(2025, 7, 1), None, "refused"),
        (date(2025, 2, 1), date(2025, 11, 1), False, date(2025, 9, 23), None, "expired"),
        (date(2025, 2, 1), date(2025, 7, 1), True, date(2025, 7, 1), date(2025, 7, 1), "permanent"),
        (
            date(2025, 2, 1),
            date(2025, 11, 1),
            True,
            date(2025, 9, 23),
            date(2025, 11, 1),
            "permanent_after_gap",
        ),
    ],
)
def test_what_a_therapy_gets(
    filed: date | None,
    decided: date | None,
    favourable: bool,
    until: date,
    permanent_from: date | None,
    fate: str,
) -> None:
    got = cover("therapeutic", START, filed=filed, decided=decided, favourable=favourable)
    assert (got.until, got.permanent_from, got.fate) == (until, permanent_from, fate)


def test_a_file_too_late_for_a_therapy_is_in_time_for_remote_monitoring() -> None:
    filed = date(2025, 5, 2)
    assert cover("therapeutic", START, filed=filed).fate == "not_filed"
    assert cover("remote_monitoring", START, filed=filed).fate == "expired"


def test_dates_that_go_backwards_are_refused() -> None:
    with pytest.raises(PreuveError, match="follow in this order"):
        cover("therapeutic", START, filed=date(2024, 1, 1))
    with pytest.raises(PreuveError, match="follow in this order"):
        cover("therapeutic", START, filed=date(2025, 1, 1), decided=date(2024, 12, 1))
    with pytest.raises(PreuveError, match="needs a file"):
        cover("therapeutic", START, decided=date(2025, 1, 1))


@given(
    st.sampled_from(["therapeutic", "remote_monitoring"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.booleans(),
)
def test_dates_and_months_follow_one_rule(
    kind: Kind, filed: int, delay: int, favourable: bool
) -> None:
    start = date(2024, 1, 1)
    decided = filed + delay
    dated = cover(
        kind,
        start,
        filed=months_later(start, filed),
        decided=months_later(start, decided),
        favourable=favourable,
    )
    end, permanent = cover_in_months(
        kind, np.array([float(filed)]), np.array([float(decided)]), np.array([float(favourable)])
    )
    assert dated.until == months_later(start, int(end[0]))
    if np.isinf(permanent[0]):
        assert dated.permanent_from is None
    else:
        assert dated.permanent_from == months_later(start, int(permanent[0]))


def test_the_last_day_counts() -> None:
    end, _permanent = cover_in_months(
        "therapeutic", np.array([6.0, 6.01]), np.array([9.0, 9.0]), np.array([0.0, 0.0])
    )
    assert end.tolist() == [9.0, 6.0]
    expiry = date(2025, 9, 23)
    on_time = cover("therapeutic", START, filed=START, decided=expiry, favourable=True)
    assert on_time.fate == "permanent"
    assert cover("therapeutic", START, filed=START, decided=expiry).fate == "expired"


@given(st.floats(0, 30))
def test_shares_of_months_sum_to_the_limit(limit: float) -> None:
    assert share_before(np.array([limit]), 40).sum() == pytest.approx(limit)


def test_a_device_never_filed_is_covered_until_its_deadline() -> None:
    never = np.array([np.inf])
    end, permanent = cover_in_months("therapeutic", never, never, np.array([1.0]))
    assert end[0] == 6
    assert np.isinf(permanent[0])
