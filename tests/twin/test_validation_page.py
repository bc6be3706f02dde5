"""The validation page, and the totals that the flow gives back."""

from __future__ import annotations

from pathlib import Path

import pytest

from preuve.core.language import speaking
from preuve.twin.validation import totals
from preuve.twin.validation.check import Check, Row
from preuve.twin.validation.page import CHECKS, checker, markdown


@pytest.fixture(scope="module")
def found() -> Check:
    with speaking("en"):
        return totals.check(Path())


def test_the_totals_of_2024_come_back_within_one_per_cent(found: Check) -> None:
    assert [row.verdict for row in found.rows[:4]] == ["met"] * 4
    assert found.figures["stays"] / 1e6 == pytest.approx(10.49, rel=0.01)
    assert found.figures["mean_stay"] == pytest.approx(4.87, rel=0.01)
    assert found.figures["occupancy"] == pytest.approx(0.775, rel=0.01)
    assert found.figures["visits"] / 1e6 == pytest.approx(21.43, rel=0.01)


def test_few_stays_are_misplaced_between_sites(found: Check) -> None:
    for discipline in ("medicine", "surgery", "obstetrics", "paediatrics", "critical_care"):
        assert found.figures[f"misplaced_{discipline}"] < 0.03


def test_every_check_of_the_page_is_there() -> None:
    assert all(callable(checker(name)) for name in CHECKS)


def test_the_page_counts_what_is_met_and_what_is_missed(found: Check) -> None:
    missed = Check(
        name="made",
        title="A question",
        method="How.",
        rows=[Row("A figure", "1", "2", "missed"), Row("Another", "", "3")],
        conclusion="It loses.",
        source="nowhere",
    )
    page = markdown([found, missed])
    assert "4 targets are met and 1 are missed" in page
    assert "| A figure | 1 | 2 | **missed** |" in page
    assert "- **A question** It loses." in page
