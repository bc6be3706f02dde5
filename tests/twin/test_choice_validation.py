"""The choice of site judged on what happened: closures, sites, access."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from preuve.twin.validation import access, by_site, closures


def test_closures_are_foreseen_better_than_by_the_nearest_site(data_root: Path) -> None:
    found = closures.check(data_root / "france")
    figures = found.figures
    assert figures["closures"] == 24
    for count, published in zip(closures.NEAREST, closures.PUBLISHED, strict=True):
        assert figures[f"predicted_{count}"] == pytest.approx(published, abs=0.10)
    assert figures["median_error"] < figures["median_error_nearest_rule"]
    assert figures["better_than_rule"] > 12


def test_the_list_of_closures_is_what_the_panel_says(data_root: Path) -> None:
    found = closures.closures(data_root / "france")
    untied = next(closure for closure in found if closure.finess == "110780228")
    assert untied.observed == pytest.approx([0.263, 0.841, 1.962], abs=0.002)


def test_tied_sites_share_their_place() -> None:
    km = np.array([0.0, 0.0, 5.0, 9.0])
    assert closures._equal_parts(km, 1).tolist() == [0.5, 0.5, 0, 0]
    assert closures._equal_parts(km, 3).tolist() == [1, 1, 1, 0]
    assert closures._equal_parts(km, 6).tolist() == [1, 1, 1, 1]


def test_births_by_site_are_foreseen_better_than_by_2019() -> None:
    found = by_site.predict(2024)
    assert found.error("twin", "births") < found.error("same_2019", "births")
    assert found.error("twin", "births") > found.error("last_year", "births") > 0
    assert np.isnan(found.error("twin", "births", np.zeros(len(found.kind), bool)))
    assert found.by_rule["twin_scaled"]["stays"].sum() == pytest.approx(found.truth["stays"].sum())


def test_access_is_printed_with_what_is_missed(data_root: Path) -> None:
    found = access.check(data_root / "france")
    assert {row.verdict for row in found.rows} == {"met", "missed"}
    assert found.figures["apl_mean"] == pytest.approx(3.93)
