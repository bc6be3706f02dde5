"""The appraisal page: what it says, that its figures are those of the appraisal, how it is made."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from preuve.core.language import LANGUAGES, Language, speaking
from preuve.economics.appraisal import Appraisal
from preuve.economics.appraise import appraise
from preuve.economics.model import Model
from preuve.economics.page import conclusion, method, tables, terminal, words
from preuve.economics.page.limits import limits, turning
from preuve.economics.page.page import write
from preuve.economics.page.reading import Reading
from preuve.economics.page.reservations import findings

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(1)">{{ 7*7 }}{x}'

SMALL = """
preuve_model: 1
name: small
title: {{fr: Petit, en: Small}}
synthetic: {synthetic}
decision:
  question: {{fr: "Faut-il payer ?", en: "Should it be paid for?"}}
  population: {{fr: Tous, en: Everyone}}
  perspective: collective
  price_year: 2025
  willingness_to_pay: [50000, 30000]
parameters:
  cost: {{value: 5000, unit: EUR, source: made for a test, grade: D}}
  health: {{value: 10, unit: QALY, source: made for a test, grade: D}}
  added:
    label: {{fr: Coût ajouté, en: Added cost}}
    value: {cost}
    unit: EUR
    distribution: "normal({cost}, {cost_spread})"
    source: made for a test
    grade: D
  gained:
    label: {{fr: Santé gagnée, en: Health gained}}
    value: {health}
    unit: QALY
    distribution: "normal({health}, {health_spread})"
    source: made for a test
    grade: B
structure:
  kind: tree
  branches: [{{name: all, probability: 1, costs: {{care: cost}}, effects: {{qaly: health}}}}]
rewards: {{costs: {{care: {{label: {{fr: Soins, en: Care}}}}}}, effects: {{qaly: {{}}}}}}
strategies:
  usual: {{label: {{fr: Habituelle, en: Usual}}}}
  new:
    label: {{fr: Nouvelle, en: New}}
    set: {{cost: cost + added, health: health + gained}}
analyses:
  draws: 1000
  scenarios: [{{name: free, label: {{fr: Gratuit, en: Free of charge}}, set: {{added: 0}}}}]
"""


def small(
    cost: float, cost_spread: float, health: float, health_spread: float, *, synthetic: bool = True
) -> Reading:
    text = SMALL.format(
        cost=cost,
        cost_spread=cost_spread,
        health=health,
        health_spread=health_spread,
        synthetic="true" if synthetic else "false",
    )
    return Reading(appraise(Model.parse(text, name="small.yaml")))


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._silent = 0
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        return plain(" ".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def plain(text: str) -> str:
    """The text with ordinary spaces, one at a time."""
    return re.sub(r"\s+", " ", text.replace("\u2060", ""))


def said(reading: Reading, strategy: int = 0) -> dict[str, str]:
    """What the conclusion says of a strategy, in English."""
    with speaking("en"):
        told = conclusion.strategies(reading)[strategy]
    return {title: plain(text) for title, text in told.sentences}


def screen(appraisal: Appraisal) -> str:
    """What a terminal shows of it."""
    console = Console(width=110)
    with console.capture() as held:
        console.print(terminal.summary(appraisal))
    return held.get()


def headline(reading: Reading) -> str:
    with speaking("en"):
        return plain(conclusion.headline(reading))


def general(reading: Reading) -> dict[str, str]:
    with speaking("en"):
        return {title: plain(text) for title, text in conclusion.general(reading)}


@pytest.fixture(scope="module")
def ecg() -> Appraisal:
    return appraise(Model.load("ecg-gp"), draws=1000)


@pytest.fixture(scope="module")
def reading(ecg: Appraisal) -> Reading:
    return Reading(ecg)


@pytest.fixture(scope="module")
def pages(ecg: Appraisal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    french, english = write(ecg, tmp_path_factory.mktemp("appraisal"))
    return {"fr": french, "en": english}


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Page:
    return Page(pages[request.param])


# --- the conclusion ------------------------------------------------------------------------------


def test_cheaper_and_better_is_said_to_dominate() -> None:
    reading = small(-100, 10, 0.1, 0.01)
    told = said(reading)
    assert headline(reading) == "At €50,000 per QALY, “New” is the best choice (probability > 99%)."
    assert told["Cost"].startswith("It costs less: −€100 (95% interval −€1")
    assert told["Health"].startswith("It brings health: +0.100 (95% interval +0.0")
    assert told["Ratio"].startswith("It dominates “Usual”")
    assert "> 99% of the draws" in told["Ratio"]
    assert "same strategy is the best" in general(reading)["What a mistake may cost"]


def test_dearer_and_worse_is_said_to_be_dominated() -> None:
    reading = small(100, 10, -0.1, 0.01)
    told = said(reading)
    assert "“Usual” is the best choice (probability > 99%)" in headline(reading)
    assert told["Cost"].startswith("It costs more: +€100")
    assert told["Health"].startswith("It takes health away: −0.100")
    assert told["Ratio"].startswith("It is dominated by “Usual”")
    assert "is < 1%" in told["Is it worth it?"]


def test_dearer_and_better_has_a_ratio_with_its_interval() -> None:
    reading = small(2000, 200, 0.1, 0.01)
    found = reading.appraisal.planes["new"]
    ratio = re.search(
        r"One more QALY costs €([\d,]+) \(95% interval €([\d,]+) to €([\d,]+)\)",
        said(reading)["Ratio"],
    )
    assert ratio is not None
    assert found.ratio_interval is not None
    value, low, high = (float(one.replace(",", "")) for one in ratio.groups())
    assert value == pytest.approx(found.ratio.value, abs=500)
    assert [low, high] == pytest.approx(list(found.ratio_interval), abs=500)


def test_cheaper_and_worse_has_no_ratio() -> None:
    told = said(small(-2000, 200, -0.1, 0.01))
    assert "saves money and loses health" in told["Ratio"]
    assert "€" not in told["Ratio"]


def test_what_is_uncertain_is_said_to_be() -> None:
    reading = small(100, 500, 0.01, 0.05)
    told = said(reading)
    assert "remains uncertain" in headline(reading)
    assert told["Cost"].startswith("Whether it costs more or less is not settled")
    assert told["Health"].startswith("Whether it brings health or takes it away is not settled")
    assert "has no bound" in told["Ratio"]
    assert "€" not in told["Ratio"]
    assert "Health gained" in general(reading)["What decides"]


@pytest.mark.parametrize(
    ("chance", "words"), [(0.99, "is the best"), (0.85, "is probably"), (0.5, "uncertain")]
)
def test_the_headline_follows_the_probability(chance: float, words: str) -> None:
    reading = small(2000, 200, 0.1, 0.01)
    curves = reading.appraisal.acceptability
    told = replace(curves, frontier=np.full_like(curves.frontier, chance))
    assert words in headline(Reading(replace(reading.appraisal, acceptability=told)))


def test_a_small_gain_is_told_in_days_for_a_thousand_people() -> None:
    reading = small(1, 0.2, 0.0002, 0.00002)
    days = 0.0002 * 365.25 * 1000
    found = re.search(r"\+(\d+) \(95% interval \+(\d+) to \+(\d+)\) days", said(reading)["Health"])
    assert found is not None
    assert float(found[1]) == pytest.approx(days, abs=1.0)
    assert "+0.20" in said(reading)["Health"]


def triples(text: str) -> list[tuple[float, float, float]]:
    """Each amount of money of a sentence with its interval."""
    one = r"([−+]?)€?([\d,.]+)"
    pattern = (
        rf"([−+]?)€([\d,.]+)m? \((?:95% interval (?:of the calculation )?)?{one} to {one}(m?)\)"
    )
    found = []
    for a, x, b, y, c, z, millions in re.findall(pattern, text):
        times = 1e6 if millions else 1.0
        signs = ((a, x), (b, y), (c, z))
        value, low, high = (
            times * float(digits.replace(",", "")) * (-1 if sign == "−" else 1)
            for sign, digits in signs
        )
        found.append((value, low, high))
    return found


def agree(told: tuple[float, float, float], draws: Any) -> bool:
    """Whether a figure and its interval are those of draws, to the rounding that is told."""
    true = (draws.mean(), *np.quantile(draws, [0.025, 0.975]))
    return bool(np.allclose(told, true, rtol=0, atol=0.06 * (true[2] - true[1])))


def test_figures_of_the_conclusion_are_those_of_the_appraisal(reading: Reading) -> None:
    """Worked out a second time, from the draws."""
    drawn, told, all_told = reading.appraisal.drawn, said(reading), general(reading)
    cost = drawn.costs[1] - drawn.costs[0]
    gain = drawn.traded[1] - drawn.traded[0]
    benefit = 50_000 * gain - cost
    assert agree(triples(told["Cost"])[0], cost)
    assert agree(triples(told["Is it worth it?"])[0], benefit)
    worth = 100 * float(np.mean(benefit > 0))
    assert f"at €50,000 per QALY is {worth:.0f}%" in told["Is it worth it?"]
    price = triples(told["Price"])[0]
    units = drawn.costs_by_item()[1, drawn.items.index("technology")] / 5.0
    borne = (benefit + 5.0 * units) / units
    assert np.allclose(price[1:], np.quantile(borne, [0.025, 0.975]), atol=1.5)
    assert price[0] == pytest.approx((benefit + 5.0 * units).mean() / units.mean(), abs=1.0)
    budget = reading.appraisal.budget
    assert budget is not None
    amounts = triples(all_told["Budget over 5 years"])
    assert agree(amounts[0], budget.net.sum(axis=0))
    assert len(amounts) == 1 + len(budget.payers)
    for amount, spent in zip(amounts[1:], budget.by_payer, strict=True):
        assert agree(amount, spent.sum(axis=0))
    study, found = reading.appraisal.known.studies[0]
    clusters = found.sizes[int(np.argmax(found.net))] / study.cluster
    assert f" {clusters:.0f} GPs" in all_told["A study"]
    near = found.sizes[found.net >= 0.9 * found.net.max()] / study.cluster
    assert f"From {near.min():.0f} to {near.max():.0f} GPs" in all_told["A study"].replace(",", "")
    assert triples(all_told["A study"])[0][0] == pytest.approx(found.net.max(), rel=0.05)
    single = reading.appraisal.known.single[0].parameters[0]
    with speaking("en"):
        assert reading.parameter(single) in all_told["What decides"]
    highest = np.maximum(0.0, benefit).mean() - max(0.0, benefit.mean())
    assert triples(all_told["What a mistake may cost"])[0][0] == pytest.approx(highest, rel=0.05)


def test_every_money_figure_of_the_conclusion_has_an_interval(reading: Reading) -> None:
    for title in ("Cost", "Health", "Is it worth it?", "Price"):
        assert " to " in said(reading)[title], title
    for title, text in general(reading).items():
        if "€" in text:
            assert " to " in text, title


def certain() -> Reading:
    """A model without any uncertain figure."""
    text = SMALL.format(cost=100, cost_spread=1, health=0.1, health_spread=1, synthetic="true")
    text = re.sub(r"\n    distribution:.*", "", text)
    return Reading(appraise(Model.parse(text, name="small.yaml")))


def test_no_chance_is_told_of_a_model_without_doubt() -> None:
    reading = certain()
    told = said(reading)
    assert "how sure that is cannot be told" in headline(reading)
    assert "No figure of this model is uncertain" in told_limits(reading)
    assert "%" not in headline(reading) + " ".join(told.values()) + "".join(general(reading))
    assert "+€100 (certain in this model)" in told["Cost"]


def test_one_strategy_is_not_compared(tmp_path: Path) -> None:
    text = SMALL.format(cost=1, cost_spread=1, health=1, health_spread=1, synthetic="true")
    text = re.sub(r"  new:\n.*\n.*\n", "", text)
    text = re.sub(r"  (added|gained):\n(    .*\n)+", "", text)
    text = re.sub(r"\n  scenarios:.*", "", text)
    made = appraise(Model.parse(text, name="small.yaml"))
    assert headline(Reading(made)) == "One strategy is modelled: nothing is compared."
    for path in write(made, tmp_path):
        assert not Page(path).named("figure")


@pytest.mark.parametrize(
    "name", ["call-centre", "three-state-survival", "illness-death", "sick-sicker-individuals"]
)
def test_every_structure_reads(name: str, tmp_path: Path) -> None:
    folder = Path(__file__).parent.parent / "oracles" / "economics"
    made = appraise(Model.load(folder / f"{name}.yaml"), draws=100)
    for path in write(made, tmp_path):
        shown = Page(path)
        assert not re.search(r"[{}]", shown.text)
        assert {"conclusion", "limits", "model"} <= {a.get("id") for _t, a in shown.tags}
    assert screen(made)


def test_hospitals_are_compared_in_money(reading: Reading) -> None:
    with speaking("en"):
        text = general(reading)["From one hospital to another"]
        labels = {str(one.label): one.benefit("ai", 50_000)[0] for one in reading.appraisal.centres}
    lowest, highest = min(labels, key=labels.__getitem__), max(labels, key=labels.__getitem__)
    assert text.index(lowest) < text.index(highest)


# --- limits --------------------------------------------------------------------------------------


def told_limits(reading: Reading) -> str:
    with speaking("en"):
        return plain(" ".join(limits(reading, findings(reading.appraisal))))


def test_limits_of_the_ecg_model(reading: Reading) -> None:
    told = told_limits(reading)
    figures = reading.figures.values()
    assumed = sum(one.grade == "D" for one in figures)
    assert "no official value of a QALY" in told
    assert f"{assumed} of the {len(figures)} figures are assumed" in told
    assert "What may differ at the next hospital is in the intervals." in told
    assert "measured at 4 hospitals" in told
    assert "Not compared: Remote reading" in told
    with speaking("en"):
        for one in turning(reading):
            assert str(one.label) in told


def test_a_scenario_that_turns_the_result_is_named() -> None:
    reading = small(20_000, 200, 0.1, 0.01)
    assert [one.name for one in turning(reading)] == ["free"]
    assert "the result turns: Free of charge." in told_limits(reading)


def test_too_few_draws_are_told() -> None:
    reading = small(100, 500, 0.01, 0.05)
    found = reading.appraisal.convergence
    assert ("draws are not enough" in told_limits(reading)) == (not found.enough)
    few = replace(found, enough=False, needed=123_456)
    short = Reading(replace(reading.appraisal, convergence=few))
    assert "123,456 would be needed" in told_limits(short)


def test_a_poor_regression_is_told(reading: Reading) -> None:
    known = reading.appraisal.known
    poor = replace(known.single[0], adequate=np.array([False]))
    changed = replace(known, single=(poor, *known.single[1:]))
    told = told_limits(Reading(replace(reading.appraisal, known=changed)))
    with speaking("en"):
        named = told.partition("may be wrong: ")[2].partition(".")[0]
        assert reading.parameter(poor.parameters[0]) in named.split("; ")


def test_major_reservations_are_told() -> None:
    reading = small(100, 500, 0.01, 0.05)
    with speaking("en"):
        found = findings(reading.appraisal)
    major = [one for one in found if one.reservation == "major"]
    assert all(str(one.rule.title.en) in told_limits(reading) for one in major)


# --- the page ------------------------------------------------------------------------------------


def test_two_pages_of_a_weight_that_can_be_sent(pages: dict[str, Path]) -> None:
    assert [path.name for path in pages.values()] == ["appraisal.fr.html", "appraisal.en.html"]
    assert all(path.stat().st_size < 1_500_000 for path in pages.values())


def test_same_appraisal_same_bytes(ecg: Appraisal, pages: dict[str, Path], tmp_path: Path) -> None:
    again = write(ecg, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in pages.values()]


def test_conclusion_then_limits_then_figures(page: Page) -> None:
    places = [
        page.source.index(f'id="{name}"')
        for name in ("conclusion", "limits", "comparison", "choice", "prices", "spending", "worlds",
                     "doubt", "knowing", "reference-case", "model", "parameters", "provenance")
    ]  # fmt: skip
    assert places == sorted(places)


def test_no_brace_is_left(page: Page) -> None:
    assert not re.search(r"[{}]", page.text)


def test_synthetic_figures_say_so(tmp_path: Path) -> None:
    made = small(100, 500, 0.01, 0.05).appraisal
    for path in write(made, tmp_path):
        assert Page(path).text.count("SYNTH") >= 3
    real = small(100, 500, 0.01, 0.05, synthetic=False).appraisal
    for path in write(real, tmp_path):
        assert "SYNTH" not in Page(path).text
    assert "SYNTHETIC" in screen(made)
    assert "SYNTHETIC" not in screen(real)


def test_the_two_pages_have_the_same_parts(pages: dict[str, Path]) -> None:
    french, english = (Page(pages[one]) for one in ("fr", "en"))
    assert [a.get("id") for _t, a in french.tags if a.get("id") and "-" not in str(a["id"])] == [
        a.get("id") for _t, a in english.tags if a.get("id") and "-" not in str(a["id"])
    ]
    assert len(french.named("figure")) == len(english.named("figure"))
    assert "Lecture aidée par l’IA" in french.text
    assert "Nijni Novgorod" in french.text
    assert "Nizhny Novgorod" in english.text
    assert "Lecture aidée" not in english.text


def test_every_parameter_has_its_source_and_grade(page: Page, reading: Reading) -> None:
    for name in reading.figures:
        assert f"<code>{name}</code>" in page.source
    with speaking("en"):
        shown = tables.parameters(reading)
    assert {one.grade for one in shown} == {"A", "B", "C", "D"}
    assert all(one.source for one in shown)
    measured = {one.name for one in shown if one.measured.startswith("yes")}
    assert measured >= {"ai_sensitivity", "ai_specificity"}
    assert all(name.startswith("ai_") for name in measured)


def test_items_and_payers_sum_to_the_total(reading: Reading) -> None:
    drawn = reading.appraisal.drawn
    items = drawn.costs_by_item().sum(axis=1)
    payers = drawn.costs_by_payer().sum(axis=1)
    np.testing.assert_allclose(items, drawn.costs, rtol=1e-9)
    np.testing.assert_allclose(payers, drawn.costs, rtol=1e-9)
    with speaking("en"):
        lines = tables.costs_by_item(reading)
        both = reading.amounts(drawn.costs[1] - drawn.costs[0], difference=True)
    assert lines[-1].total
    assert lines[-1].cells[-1] == both


def test_the_pathway_adds_up(reading: Reading) -> None:
    with speaking("en"):
        rows = {row[0]: row[1:] for row in method.pathway(reading)}
    found, missed, sick = (
        [float(cell.split()[0].replace(",", "")) for cell in rows[name]]
        for name in (
            "Rightly found, of 1,000 exams",
            "Missed, of 1,000 exams",
            "Exams with the finding, of 1,000",
        )
    )
    assert np.add(found, missed) == pytest.approx(sick, abs=1.2)
    assert rows["Exams on which the device is used, of 1,000"][0] == "0"


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _a in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_identifiers_are_unique_and_links_lead_somewhere(page: Page) -> None:
    identifiers = [a["id"] for _t, a in page.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {str(a["href"]).removeprefix("#") for a in page.named("a")} <= set(identifiers)


def test_every_table_has_a_caption(page: Page) -> None:
    assert page.source.count("<table") == page.source.count("<caption>")


def test_nothing_is_fetched(page: Page) -> None:
    outside = [
        (tag, name, value)
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action") and value
        if not value.startswith("#")
    ]
    assert outside == []
    assert not page.named("link")


def test_every_figure_has_words_a_table_and_its_specification(page: Page) -> None:
    figures = re.findall(r"<figure.*?</figure>", page.source, flags=re.S)
    names = set(re.findall(r'<figure[^>]* id="([^"]+)"', page.source))
    assert names >= {
        "plane", "acceptability", "price-0", "budget", "centres", "scenarios", "subgroups",
        "tornado-0", "information", "partial", "study-0", "trace-0", "trace-1",
    }  # fmt: skip
    for figure in figures:
        assert 'role="img"' in figure
        assert len(re.findall(r"<desc[^>]*>(.*?)</desc>", figure, flags=re.S)[0]) > 40
        assert "<figcaption>" in figure
        assert figure.count("<tr>") >= 2
        kept = re.findall(
            r'<script type="application/json"[^>]*>(.*?)</script>', figure, flags=re.S
        )
        assert "vega-lite" in json.loads(kept[0])["$schema"]


def test_what_was_not_asked_is_not_shown(tmp_path: Path) -> None:
    for path in write(small(100, 500, 0.01, 0.05).appraisal, tmp_path):
        shown = Page(path)
        names = {a.get("id") for a in shown.named("figure")}
        assert not names & {"budget", "price-0", "centres", "thresholds", "frontier", "equity"}
        assert "spending" not in {a.get("id") for _t, a in shown.tags}


def test_three_strategies_have_a_frontier(tmp_path: Path) -> None:
    text = SMALL.format(cost=2000, cost_spread=200, health=0.1, health_spread=0.01, synthetic=True)
    text = text.replace(
        "analyses:",
        "  dear: {label: {fr: Chère, en: Dear}, set: {cost: cost + 3 * added}}\nanalyses:",
    ).replace("synthetic: True", "synthetic: true")
    made = appraise(Model.parse(text, name="small.yaml"))
    assert "dominated by “New” and “Usual”" in said(Reading(made), 1)["Ratio"].replace(
        "“Usual” and “New”", "“New” and “Usual”"
    )
    _french, english = write(made, tmp_path)
    assert "frontier" in {a.get("id") for a in Page(english).named("figure")}


def test_hostile_texts_are_shown_as_text(tmp_path: Path) -> None:
    hostile = json.dumps({"fr": HOSTILE, "en": HOSTILE})
    text = SMALL.format(cost=100, cost_spread=500, health=0.01, health_spread=0.05, synthetic=True)
    text = text.replace("synthetic: True", "synthetic: true")
    for label in (
        "{fr: Nouvelle, en: New}",
        "{fr: Petit, en: Small}",
        "{fr: Coût ajouté, en: Added cost}",
        "{fr: Gratuit, en: Free of charge}",
        "{fr: Soins, en: Care}",
    ):
        assert label in text
        text = text.replace(label, hostile)
    text = text.replace("source: made for a test", f"source: {json.dumps(HOSTILE)}")
    made = appraise(Model.parse(text, name="small.yaml"))
    for path in write(made, tmp_path):
        shown = Page(path)
        assert not shown.named("img")
        assert [a for a in shown.named("script") if a.get("type") != "application/json"] == [{}]
        assert "{{ 7*7 }}{x}" in shown.text


def test_the_summary_holds_on_one_screen(ecg: Appraisal) -> None:
    shown = screen(ecg)
    assert shown.count("\n") <= 45
    assert "Reading aided by the AI" in shown
    assert not re.search(r"[{}]", shown)


# --- words ---------------------------------------------------------------------------------------


def test_amounts_are_rounded_to_what_is_known() -> None:
    with speaking("en"):
        euros = words.money("EUR")
        assert str(euros.words(-1.076, -6.22, 2.97, difference=True)).replace("\xa0", " ") == (
            "−€1.1 (−€6.2 to +€3.0)"
        )
        assert euros.words(31_847, 27_123, 36_240).value == "€31,800"
        assert words.money("EUR", 2e6).text(2_345_678) == "€2.346m"
        assert euros.words(5.0, 5.0, 5.0) == words.Words("€5", "")
        assert words.shares().words(0.877, 0.567, 0.975).interval == "57\xa0to\xa098%"
    with speaking("fr"):
        euros = words.money("EUR")
        assert str(euros.words(-1.076, -6.22, 2.97, difference=True)) == (
            "−1,1\u202f€ (−6,2\xa0à\xa0+3,0\u202f€)"
        )
        assert words.money("EUR", 2e6).words(2_345_678, 1e6, 4e6).value == "2,3\u202fM€"


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("EUR/year", "€3 a year"), ("probability/year", "300% a year"), ("ratio", "3"),
        ("rate/month", "3 a month"), ("QALY", "3 QALY"), ("minute", "3 min"),
    ],
)  # fmt: skip
def test_units_of_figures(unit: str, shown: str) -> None:
    with speaking("en"):
        assert words.of_figure(unit).text(3.0).replace("\xa0", " ") == shown


# --- in a browser --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_browser(browser: Any, pages: dict[str, Path], language: Language, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    view = context.new_page()
    asked: list[str] = []
    heard: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: heard.append(message.text))
    view.on("pageerror", lambda error: heard.append(str(error)))
    address = pages[language].as_uri()
    view.goto(address)
    assert asked == [address]
    assert heard == []
    wide = "document.documentElement.scrollWidth <= window.innerWidth"
    assert view.evaluate(wide)
    view.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert view.evaluate(wide)
    unseen = """[...document.querySelectorAll('figure')].filter(f => {
        const svg = f.querySelector('svg[role=img]');
        const box = svg && svg.getBoundingClientRect();
        return !box || box.width < 100 || box.height < 60
            || !document.getElementById(svg.getAttribute('aria-labelledby'))
    }).length"""
    assert view.evaluate(unseen) == 0
    context.close()
