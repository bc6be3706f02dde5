"""The funding page: what it says against sums made by hand, and what it warns of."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, speaking
from preuve.economics.funding import Funding, funding, own_schemes
from preuve.economics.model import Model
from preuve.economics.page import funding as page
from preuve.economics.page.funding_clock import Clock
from preuve.economics.page.funding_conclusion import headline, sentences
from preuve.economics.page.funding_limits import limits
from preuve.economics.page.funding_reading import Reading
from preuve.economics.page.funding_tables import flows, schemes
from preuve.economics.page.funding_tariffs import used
from preuve.economics.page.funding_words import chance_words, month_words
from preuve.economics.pricing.quantity import Draws
from preuve.economics.pricing.scheme import example, examples
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.economics.pricing.tariffs import tariffs

TWO_STATES = """\
preuve_model: 1
name: reader
synthetic: {synthetic}
title: {{fr: Un lecteur, en: A reader}}
decision:
  question: {{fr: q, en: Does it pay}}
  population: {{fr: p, en: Adults}}
  perspective: payer
  horizon: 10 years
  cycle: 1 year
  price_year: 2024
parameters:
  die: {{value: 0.1, unit: probability/year, source: a study, grade: B}}
  price: {{value: 10, unit: EUR, source: assumed, grade: D}}
structure:
  kind: cohort
  states:
    well: {{}}
    dead: {{dead: true}}
  start: {{well: 1}}
  transitions:
    well: {{dead: die, well: rest}}
rewards:
  effects:
    qaly: {{states: {{well: 1}}}}
strategies:
  usual: {{label: {{fr: Sans, en: Without}}}}
  aided:
    label: {{fr: Avec, en: With}}
    price: {{scheme: {{scheme: per_use, amount: price}}, uses: 1, once: true}}
analyses:
  draws: 10
  market: {{{market}}}
{maker}
"""

STEADY = (
    "months: 24, eligible: 1200, uptake: {start: 0.5, plateau: 0.5, half_after: 1}, "
    "dropout: 1.0, uses: 2, professionals: 10"
)
"""50 people enter each month, use it twice and leave: 100 uses a month."""

STAYING = STEADY.replace("dropout: 1.0", "dropout: 0.02")
MAKER = "  maker: {certification: 1900, fixed: 500}"


def _model(market: str = STEADY, maker: str = MAKER, synthetic: str = "false") -> Model:
    return Model.parse(TWO_STATES.format(market=market, maker=maker, synthetic=synthetic))


def _found(model: Model, scheme: str = "per_use") -> Funding:
    return funding(model, scheme, 200)


def _text(path: Path) -> str:
    """The words of a page, without its tags, scripts and drawings."""
    html = path.read_text(encoding="utf-8")
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def _said(reading: Reading) -> dict[str, str]:
    return dict(sentences(reading))


# --- figures -------------------------------------------------------------------------------------


def test_what_is_told_is_what_a_hand_computes() -> None:
    model = _model()
    reading = Reading(model, _found(model))
    assert "€24,000 over 2\u00a0years" in headline(reading)  # 100 uses x 10 EUR x 24 months
    assert "€20,000 without tax" in headline(reading)  # 24,000 / 1.2
    said = _said(reading)
    assert said["For each use of the system"].startswith("€10,")
    # 833.33 - 500 a month, less 1,900 at the start: above zero from the sixth month.
    assert said["Break-even of the maker"].startswith("month 6 ")
    assert said["Money the maker must advance"].startswith("€1,566.67")  # 1,900 - 333.33
    assert said["Hospital or practice"].startswith("−€24,000")


def test_each_year_is_told_and_then_the_whole() -> None:
    model = _model()
    line = Reading(model, _found(model)).lines[0]
    rows = [row for row in flows(line) if row["actor"] == "Hospital or practice"]
    assert [(row["year"], str(row["paid"])) for row in rows] == [
        ("1", "€12,000"),
        ("2", "€12,000"),
        ("2\u00a0years", "€24,000"),
    ]
    state = [row for row in flows(line) if row["actor"] == "State"]
    assert str(state[-1]["received"]) == "€4,000"


def test_an_uncertain_figure_is_never_told_alone() -> None:
    model = _model(
        STEADY.replace("eligible: 1200", "eligible: {value: 1200, low: 800, high: 1800}")
    )
    reading = Reading(model, _found(model))
    line = reading.lines[0]
    total = line.priced.flows.spending().sum(axis=0)
    low, high = np.quantile(total, [0.025, 0.975])
    told = line.words(line.spending)
    assert told.interval
    bounds = [float(one.replace(",", "")) for one in re.findall(r"[\d,]+", told.interval)]
    assert bounds == pytest.approx([low, high], abs=1000)
    for row in flows(line):
        for key in ("paid", "received", "net"):
            assert row[key] is None or row[key].interval


def test_a_month_that_does_not_come_is_told_so() -> None:
    assert str(month_words(np.inf, 47, np.inf, 60)) == (
        "not by month 60 (47\u00a0to\u00a0>\u00a060)"
    )


def test_the_interval_of_a_share_of_draws_narrows_with_their_number() -> None:
    def width(draws: int) -> float:
        low, high = re.findall(r"\d+", chance_words(0.5, draws).interval)
        return float(high) - float(low)

    assert width(10_000) < width(1000) < width(100)
    assert chance_words(1.0, 1000).value == ">\u00a099%"


# --- warnings ------------------------------------------------------------------------------------


def test_break_even_is_not_told_without_the_costs_of_the_maker() -> None:
    model = _model(maker="")
    reading = Reading(model, _found(model))
    assert "not told" in _said(reading)["Break-even of the maker"]
    assert any("does not write what the system costs" in one for one in limits(reading))
    assert page.shown(reading)["lines"][0]["cash"] is None


def test_a_scheme_of_the_model_is_told_from_an_example() -> None:
    model = _model()
    assert Reading(model, _found(model)).lines[0].is_own
    example_of = Reading(model, _found(model, "per_professional"))
    assert not example_of.lines[0].is_own
    assert any("An example of the house" in one for one in limits(example_of))
    assert not any("An example" in one for one in limits(Reading(model, _found(model))))


def test_patient_months_are_warned_of_where_patients_do_not_stay() -> None:
    def warned(market: str, scheme: str) -> bool:
        model = _model(market)
        return any(
            "due for a single use" in one for one in limits(Reading(model, _found(model, scheme)))
        )

    assert warned(STEADY, "pecan")
    assert not warned(STEADY, "per_use")
    assert not warned(STAYING, "pecan")


def test_pecan_is_refused_to_an_aid_for_reading() -> None:
    model = _model(STAYING)
    reading = Reading(model, _found(model, "pecan"))
    refused = "these tariffs do not cover it"
    assert not any(refused in one for one in limits(reading))
    packaged = Model.load("ecg-gp")
    assert packaged.written.ai_pathway is not None
    aided = Reading(packaged, reading.found)
    assert any(refused in one for one in limits(aided))


def test_a_scheme_without_object_on_this_market_is_told_so() -> None:
    model = _model()
    reading = Reading(model, _found(model, "per_site"))
    assert "nobody pays anything" in headline(reading)
    assert any("Nothing flows under" in one for one in limits(reading))


def test_a_payer_of_the_model_is_never_left_out_in_silence() -> None:
    written = TWO_STATES.replace("once: true}}", "once: true, payer: {{amo: 1}}}}")
    model = Model.parse(written.format(market=STEADY, maker=MAKER, synthetic="false"))
    reading = Reading(model, _found(model))
    warned = any("borne by others (Compulsory health insurance)" in one for one in limits(reading))
    assert warned == (reading.lines[0].payers != ("amo",))
    assert not any("borne by" in one for one in limits(Reading(_model(), _found(_model()))))


def test_remarks_and_unsure_tariffs_stand_in_the_limits() -> None:
    model = _model(STAYING)
    found = _found(model, "pecan")
    told = limits(Reading(model, found))
    assert any("“permanent”" in one for one in told)
    assert len([one for one in told if "First application on the LPPR" in one]) == 1
    assert any("chance that it is favourable are assumed" in one for one in told)


# --- the clock -----------------------------------------------------------------------------------


def test_the_clock_told_is_that_of_the_flows() -> None:
    model = _model(STAYING)
    found = funding(model, "pecan", 2000)
    reading = Reading(model, found)
    clock = reading.clock(reading.lines[0])
    assert clock is not None
    memo = found.comparison.schemes["pecan"].flows.memo
    assert clock.covered == pytest.approx(memo["covered"].mean(axis=1))
    # The flows draw whether cover is granted: 4 standard errors of 2,000 draws.
    ordinary = clock.ordinary(clock.obtained[0])
    assert ordinary == pytest.approx(memo["permanent"].mean(axis=1), abs=4 * 0.5 / 2000**0.5)


def test_what_becomes_of_the_cover_sums_to_one() -> None:
    scheme = example("pecan")
    assert isinstance(scheme, Pecan)
    clock = Clock.of(scheme, 36, Draws(500, 3))
    assert sum(found[0] for found in clock.fates.values()) == pytest.approx(1)
    for mean, low, high in clock.fates.values():
        assert low <= mean <= high
    assert (clock.cover(0.0) <= clock.cover(1.0)).all()
    assert clock.cover(1.0).max() <= 1 + 1e-9


def test_without_a_file_cover_stops_at_the_deadline() -> None:
    scheme = example("pecan")
    assert isinstance(scheme, Pecan)
    clock = Clock.of(scheme.model_copy(update={"filed_after": None}), 12, Draws(10))
    assert clock.fates["not_filed"] == (1, 1, 1)
    assert clock.cover(0.4).tolist() == [1.0] * 6 + [0.0] * 6
    assert not clock.is_filed


# --- tariffs -------------------------------------------------------------------------------------


def test_every_tariff_named_exists_and_moves_no_scheme_of_free_price() -> None:
    known = tariffs().tariffs
    for name in examples():
        assert set(used(example(name))) <= set(known)
    assert set(used(example("per_use"))) == {"vat.standard"}
    assert {"pecan.therapeutic.first", "pecan.duration", "lppr.first_application"} <= set(
        used(example("pecan"))
    )
    assert "pecan.duration" not in used(example("front_loaded"))
    assert not any(one.startswith("diga") for one in used(example("remote_monitoring")))


# --- page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["per_use", "pecan", "per_site", "all"])
def test_the_page_is_written_in_both_languages(scheme: str, tmp_path: Path) -> None:
    model = _model(STAYING)
    found = _found(model, scheme)
    paths = page.write(model, found, tmp_path)
    assert [path.name for path in paths] == ["funding.fr.html", "funding.en.html"]
    for language, path in zip(LANGUAGES, paths, strict=True):
        html = path.read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in html
        assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org/\S+|https://vega\S+", "", html)
        identifiers = re.findall(r'\bid="([^"]+)"', html)
        assert len(identifiers) == len(set(identifiers))
        with speaking(language):
            said = " ".join(headline(Reading(model, found)).split(",")[0][:40].split())
            assert said in " ".join(_text(path).split())
    english = paths[1].read_text(encoding="utf-8")
    assert english.index("Conclusion</h2>") < english.index("Limits</h2>") < english.index("<nav")
    assert ('id="clock"' in english) == (scheme == "pecan")


def test_the_tables_hold_every_month_and_balance(tmp_path: Path) -> None:
    model = _model()
    page.write(model, _found(model, "all"), tmp_path)
    table = pl.read_parquet(tmp_path / "tables" / "flows.parquet")
    assert set(table["scheme"]) == set(examples())
    own = table.filter(pl.col("scheme") == "per_use")
    paid = own.filter((pl.col("actor") == "hospital") & (pl.col("direction") == "paid"))
    assert paid["mean"].to_list() == pytest.approx([1000.0] * 24)
    net = table.filter(pl.col("direction") == "net").group_by("scheme", "month")
    assert net.agg(pl.col("mean").sum())["mean"].abs().max() == pytest.approx(0, abs=1e-6)
    cash = pl.read_parquet(tmp_path / "tables" / "maker.parquet")
    assert set(cash["scheme"]) == set(examples())


def test_the_same_funding_gives_the_same_page(tmp_path: Path) -> None:
    model = _model()
    first = page.write(model, _found(model, "pecan"), tmp_path / "a")
    second = page.write(model, _found(model, "pecan"), tmp_path / "b")
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in second]


def test_synthetic_figures_are_said_to_be(tmp_path: Path) -> None:
    said = []
    for synthetic in ("true", "false"):
        model = _model(synthetic=synthetic)
        path = page.write(model, _found(model), tmp_path / synthetic)[1]
        said.append("SYNTHETIC" in _text(path))
    assert said == [True, False]


def test_text_of_a_model_cannot_write_the_page(tmp_path: Path) -> None:
    written = TWO_STATES.replace("en: A reader", 'en: "<script>alert(1)</script>"')
    model = Model.parse(written.format(market=STEADY, maker=MAKER, synthetic="false"))
    path = page.write(model, _found(model), tmp_path)[1]
    assert "<script>alert" not in path.read_text(encoding="utf-8")


def test_the_comparison_tells_every_scheme_and_ranks_none_as_best() -> None:
    model = _model(STAYING)
    reading = Reading(model, _found(model, "all"))
    rows = schemes(reading)
    assert len(rows) == len(examples())
    assert [row["label"] for row in rows if row["is_own"]] == ["Per use"]
    assert "not which scheme is best" in _said(reading)["The other schemes"]
    spent = {line.name: line.spending.mean() for line in reading.lines if not line.is_own}
    dearest = max(spent, key=lambda name: spent[name])
    label = next(line.label for line in reading.lines if line.name == dearest)
    assert f"“{label}”" in _said(reading)["The other schemes"]


def test_the_terminal_shows_conclusion_and_limits() -> None:
    model = _model()
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(page.summary(model, _found(model, "all")))
    said = captured.get()
    assert "Under the scheme that the model writes" in said
    assert "Licence per professional" in said
    assert "· " in said


def test_a_model_without_a_market_is_refused() -> None:
    text = TWO_STATES.format(market=STEADY, maker="", synthetic="false")
    model = Model.parse(re.sub(r"  market: .*\n", "", text))
    with pytest.raises(PreuveError, match="no market"):
        funding(model)


def test_own_schemes_are_those_of_the_strategies() -> None:
    assert set(own_schemes(_model())) == {"per_use"}
    named = replace(_found(_model()), own=())
    assert Reading(_model(), named).own is None
