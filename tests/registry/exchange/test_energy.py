"""Energy per 1,000 uses: the formula, its ranges, and what may not be called measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.registry.energy import Amount, declared, energy_of, footprint_words, of_evidence
from preuve.registry.entry import Energy

_POSITIVE = st.floats(0.001, 1000, allow_nan=False)


def test_power_by_hours_by_pue() -> None:
    assert energy_of(Amount(0.3), Amount(10), Amount(1.5)).value == pytest.approx(4.5)


@given(_POSITIVE, _POSITIVE, _POSITIVE, st.floats(1, 2))
def test_a_range_holds_every_product_of_its_parts(
    low: float, more: float, hours: float, pue: float
) -> None:
    power = Amount(low + more / 2, low, low + more)
    found = energy_of(power, Amount(hours), Amount(pue))
    assert found.low is not None
    assert found.high is not None
    for one in (power.low, power.value, power.high):
        assert one is not None
        product = one * hours * pue
        assert found.low * (1 - 1e-9) <= product <= found.high * (1 + 1e-9)


def test_without_a_range_there_is_none_in_the_product() -> None:
    assert energy_of(Amount(1), Amount(2), Amount(1)).low is None


@pytest.mark.parametrize(
    "amount", [(-1.0, None, None), (1.0, 2.0, 3.0), (1.0, None, 2.0), (1.0, -1.0, 2.0)]
)
def test_amounts_that_cannot_be(amount: tuple[float, float | None, float | None]) -> None:
    with pytest.raises(PreuveError):
        Amount(*amount)


def test_a_pue_under_one_is_refused() -> None:
    with pytest.raises(PreuveError, match="PUE"):
        energy_of(Amount(1), Amount(1), Amount(0.9))


def test_declared_figures_keep_their_source_and_flag() -> None:
    energy = Energy(
        per_1000_uses=0.5,
        grid_factor=52,
        grid_factor_source="example",
        measured_or_estimated="estimated",
    )
    found = declared(energy)
    assert found is not None
    assert found.grams is not None
    assert found.grams.value == pytest.approx(26)
    assert found.basis == "estimated"
    assert "estimated" in str(found)
    assert found.record()["grid_factor_source"] == "example"


def test_silence_is_not_zero() -> None:
    assert declared(None) is None
    assert declared(Energy(hardware="GPU")) is None
    assert footprint_words(None) == "—"


def test_a_figure_of_which_nobody_said_how_is_called_declared() -> None:
    found = declared(Energy(per_1000_uses=1))
    assert found is not None
    assert found.basis == "declared"
    assert found.grams is None


def test_a_run_on_handed_over_predictions_says_nothing_of_the_system(evidence: Evidence) -> None:
    assert evidence.content["system"]["door"] == "predictions"
    assert of_evidence(evidence) is None


def test_a_run_that_ran_the_system_gives_an_estimate(
    make_evidence: Callable[..., Evidence],
) -> None:
    made = make_evidence()
    found = of_evidence(made, 52, "example")
    assert found is not None
    cases = 200 + 456 + 379 + 368
    assert found.kwh.value == pytest.approx(1000 * made.record["run"]["energy"]["value"] / cases)
    assert found.basis == "estimated"
    assert found.evidence == made.digest
    assert found.grams is not None


def test_a_metered_run_is_called_measured(make_evidence: Callable[..., Evidence]) -> None:
    energy = {"value": 0.001, "unit": "kWh", "metered": True, "method": "meter"}
    found = of_evidence(make_evidence(run={"energy": energy}))
    assert found is not None
    assert found.basis == "measured"


def test_a_run_with_a_comparator_or_without_energy_says_nothing(
    make_evidence: Callable[..., Evidence],
) -> None:
    other = dict(make_evidence("b", mark="b").content["system"])
    assert of_evidence(make_evidence(comparator=other)) is None
    assert of_evidence(make_evidence(run={"seconds": 1})) is None
