"""The AI pathway: formulas against carers and devices followed one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.distribution import Floats
from preuve.economics.compilation.pathway import formulas
from preuve.economics.expression.evaluation import evaluate
from preuve.economics.expression.functions import Span
from preuve.economics.expression.lowering import Vocabulary, lower
from preuve.economics.expression.syntax import parse
from preuve.economics.expression.units import FREE
from preuve.economics.specification.pathway import AiPathway

share = st.floats(0.0, 1.0)
PEOPLE = 400_000


def pathway(**more: Any) -> dict[str, Any]:
    return {
        "prevalence": 0.1,
        "reader": {"sensitivity": 0.8, "specificity": 0.92},
        "device": {"sensitivity": 0.9, "specificity": 0.95},
        "adoption": 0.6,
        "follow": {"alert": 0.7, "clear": 0.2},
    } | more


WORDS = Vocabulary(lambda _name: FREE, {}, Span(1.0, "year"))


def worth(written: dict[str, Any], time: float = 0.0) -> dict[str, float]:
    """Every name of a pathway."""
    known: dict[str, Floats] = {"time": np.array([time]), "year": np.ones(1)}
    for name, formula in formulas(AiPathway.model_validate(written)).items():
        lowered, _unit = lower(parse(formula), WORDS)
        known[name] = np.atleast_1d(evaluate(lowered, lambda one: known[one], {}))
    return {name.removeprefix("pathway."): float(one[0]) for name, one in known.items()}


@pytest.mark.parametrize("dependence", [0.0, 0.4, 1.0])
def test_shares_are_those_of_people_followed_one_by_one(dependence: float) -> None:
    written = pathway(
        dependence=dependence, alerts={"minutes_per_exam": 0.5, "minutes_per_alert": 3}
    )
    found = worth(written)
    random = np.random.default_rng(1)
    sick = random.random(PEOPLE) < 0.1
    used = random.random(PEOPLE) < 0.6
    reads = np.where(sick, 0.8, 1 - 0.92)
    alerts = np.where(sick, 0.9, 1 - 0.95)
    own = random.random(PEOPLE)
    together = random.random(PEOPLE) < dependence
    reader = own < reads
    device = np.where(together, own, random.random(PEOPLE)) < alerts
    follows = random.random(PEOPLE) < np.where(device, 0.7, 0.2)
    final = np.where(used & (device != reader) & follows, device, reader)
    error = 4 * np.sqrt(0.25 / PEOPLE)
    counted = {
        "true_positive": final & sick,
        "false_negative": ~final & sick,
        "false_positive": final & ~sick,
        "true_negative": ~final & ~sick,
        "alerts": device & used,
        "false_alerts": device & used & ~sick,
    }
    for name, people in counted.items():
        assert found[name] == pytest.approx(people.mean(), abs=error), name
    assert found["sensitivity"] == pytest.approx(final[sick].mean(), abs=4 * error)
    minutes = 0.5 * used.mean() + 3 * (device & used).mean()
    assert found["minutes"] == pytest.approx(minutes, abs=0.02)


@settings(max_examples=25)
@given(rs=share, rp=share, ds=share, dp=share, alert=share, clear=share, both=share, adopted=share)
def test_limits(
    rs: float, rp: float, ds: float, dp: float, alert: float, clear: float, both: float,
    adopted: float,
) -> None:  # fmt: skip
    written = pathway(
        reader={"sensitivity": rs, "specificity": rp},
        device={"sensitivity": ds, "specificity": dp},
        follow={"alert": alert, "clear": clear},
        dependence=both,
        adoption=adopted,
    )
    found = worth(written)
    shares = ("true_positive", "false_negative", "false_positive", "true_negative")
    assert sum(found[name] for name in shares) == pytest.approx(1)
    for name in (*shares, "sensitivity", "specificity", "alerts", "false_alerts"):
        assert -1e-12 <= found[name] <= 1 + 1e-12, name

    unused = worth(written | {"adoption": 0})
    assert unused["sensitivity"] == pytest.approx(rs)
    assert unused["specificity"] == pytest.approx(rp)
    assert unused["alerts"] == unused["minutes"] == 0

    obeyed = worth(written | {"adoption": 1, "follow": {"alert": 1, "clear": 1}})
    assert obeyed["sensitivity"] == pytest.approx(ds)
    assert obeyed["specificity"] == pytest.approx(dp)

    ignored = worth(written | {"adoption": 1, "follow": {"alert": 0, "clear": 0}})
    assert ignored["sensitivity"] == pytest.approx(rs)

    second = worth(written | {"adoption": 1, "dependence": 0, "follow": {"alert": 1, "clear": 0}})
    assert second["sensitivity"] == pytest.approx(1 - (1 - rs) * (1 - ds))
    assert second["specificity"] == pytest.approx(rp * dp)


@settings(max_examples=25)
@given(low=share, high=share, both=share, alert=share, clear=share)
def test_a_more_sensitive_device_never_finds_less(
    low: float, high: float, both: float, alert: float, clear: float
) -> None:
    low, high = sorted((low, high))
    follow = {"alert": alert, "clear": clear}
    one, other = (
        worth(
            pathway(device={"sensitivity": one, "specificity": 0.9}, follow=follow, dependence=both)
        )
        for one in (low, high)
    )
    assert other["sensitivity"] >= one["sensitivity"] - 1e-12


def test_adoption_rises_to_its_plateau() -> None:
    written = pathway(adoption={"start": 0.1, "plateau": 0.8, "half": 2})
    shares = [worth(written, time)["adoption"] for time in (0, 1, 2, 4, 50)]
    assert shares[2] == pytest.approx(0.45)
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.1 + 0.7 / (1 + np.exp(4)))
    assert shares[-1] == pytest.approx(0.8)


def test_drift_is_lost_on_the_logit_scale() -> None:
    written = pathway(drift={"sensitivity": 0.2})
    now, later = worth(written), worth(written, 5)
    assert now["device_sensitivity"] == pytest.approx(0.9)
    assert later["device_sensitivity"] == pytest.approx(1 / (1 + np.exp(-(np.log(9) - 1))))
    assert later["device_specificity"] == 0.95
    assert later["reader_sensitivity"] == 0.8
    assert later["sensitivity"] < now["sensitivity"]
