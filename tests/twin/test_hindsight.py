"""What the neighbours of a closed service really did."""

from __future__ import annotations

from pathlib import Path

import pytest

from preuve.twin import France, Scenario
from preuve.twin.baseline import Baseline
from preuve.twin.effects.hindsight import around

AUTUN = "710010786"
CLOSURE = f"""
name: autun-short
title: {{fr: Autun, en: Autun}}
baseline: 2021
period: {{from: 2023-01-01, to: 2023-01-20}}
elements:
  - close: {{site: {AUTUN}, discipline: obstetrics}}
"""


def test_the_neighbours_of_autun_beside_the_forms(tmp_path: Path) -> None:
    france = France.baseline(2021)
    impact = france.run(Scenario.parse(CLOSURE), runs=2, into=tmp_path, processes=1)
    found = around(impact, AUTUN, "obstetrics", 2023)
    assert found.height == 4
    assert (found["km"].diff().drop_nulls() >= 0).all()
    assert AUTUN not in found["finess"].to_list()
    creusot = found.filter(finess="710978347").row(0, named=True)
    before, after = Baseline.load(2021), Baseline.load(2023)
    ratio = after.stays[:, 2].sum() / before.stays[:, 2].sum()
    expected = after.stays[after.site("710978347"), 2]
    expected -= before.stays[before.site("710978347"), 2] * ratio
    assert creusot["observed"] == pytest.approx(expected)
    assert creusot["predicted"] > 0
