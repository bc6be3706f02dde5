from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from preuve.core.language import LANGUAGES, Language, speaking
from preuve.twin.impact import Impact
from preuve.twin.masking import mask, masked
from preuve.twin.page import conclusion, words
from preuve.twin.page.elements import elements
from preuve.twin.page.geography import lambert, national
from preuve.twin.page.hexagons import gather
from preuve.twin.page.names import capitals
from preuve.twin.page.page import write
from preuve.twin.page.reading import Reading, is_visible
from preuve.twin.scenario.written import Scenario
from preuve.twin.world import DAY_MEASURES, SERVICE_MEASURES, SITE_MEASURES

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(1)">{{ 7*7 }}{x}'
CLOSED = "460000110"


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._silent = 0
        self.feed(text)

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
        return re.sub(r"\s+", " ", " ".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return re.sub(r"\s", " ", text)


@pytest.fixture(scope="module")
def impact(make_impact: Callable[..., Impact]) -> Impact:
    return make_impact(days=60)


@pytest.fixture(scope="module")
def reading(impact: Impact) -> Reading:
    return Reading.of(impact)


@pytest.fixture(scope="module")
def pages(impact: Impact, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    french, english = write(impact, tmp_path_factory.mktemp("impact"))
    return {"fr": french, "en": english}


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Page:
    return Page(pages[request.param].read_text(encoding="utf-8"))


def test_two_pages_of_a_weight_that_can_be_sent(pages: dict[str, Path]) -> None:
    assert [path.name for path in pages.values()] == ["impact.fr.html", "impact.en.html"]
    assert all(path.stat().st_size < 3_000_000 for path in pages.values())


def test_synthetic_is_said(page: Page) -> None:
    assert page.text.count("SYNTH") >= 3


def test_real_figures_are_not_called_synthetic(impact: Impact, tmp_path: Path) -> None:
    provenance = {key: value for key, value in impact.provenance.items() if key != "synthetic"}
    real = replace(
        impact,
        provenance=provenance,
        scenario={**impact.scenario, "question": {"fr": "Qui ?", "en": "Who?"}},
        hypotheses=impact.hypotheses.clear(),
        health=impact.health.clear(),
    )
    _french, english = write(real, tmp_path)
    assert "synthetic" not in Page(english.read_text(encoding="utf-8")).text.lower()


def test_the_conclusion_tells_what_changes_with_its_interval(reading: Reading) -> None:
    with speaking("en"):
        said = {title: plain(text) for title, text in conclusion.sentences(reading)}
        quiet = conclusion.unchanged(reading)
    assert "Stays (obstetrics)" not in said
    lost = next(text for title, text in said.items() if title.startswith("What becomes of"))
    assert "−1,045 stays" in lost
    assert "4 sites do visibly more" in lost
    assert "+575 stays (+462 to +687)" in lost
    assert "the most in Cahors" in said["Journey to the nearest maternity"]
    assert "nights on a stretcher" in quiet
    assert not any("Nights on a stretcher" in title for title in said)


def test_a_change_whose_interval_holds_zero_is_not_told(impact: Impact) -> None:
    def still(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(difference_low95=pl.lit(-1e9), difference_high95=pl.lit(1e9))

    tables = ("national", "regions", "departments", "sites", "communes", "days", "health")
    unmoved: Impact = replace(
        impact, **cast("Any", {name: still(getattr(impact, name)) for name in tables})
    )
    unmoved = replace(unmoved, beds=impact.beds.clear())
    with speaking("en"):
        assert list(conclusion.sentences(Reading.of(unmoved))) == []


def test_every_told_figure_stands_with_an_interval(reading: Reading) -> None:
    with speaking("en"):
        for title, said in conclusion.sentences(reading):
            assert " to " in plain(said), title


def test_hypotheses_come_before_the_results(pages: dict[str, Path]) -> None:
    text = pages["en"].read_text(encoding="utf-8")
    places = [text.index(f'id="{name}"') for name in ("conclusion", "limits", "hypotheses", "maps")]
    assert places == sorted(places)
    assert "ASSUMED" in text


def test_parameters_and_sources_are_all_there(page: Page, impact: Impact) -> None:
    for row in impact.hypotheses.iter_rows(named=True):
        assert row["name"] in page.text


def test_health_effects_stand_apart_and_are_not_added_up(impact: Impact, tmp_path: Path) -> None:
    figures = {
        f"difference_{bound}": pl.Series([71234568.0 + step, 24321977.0 + step])
        for step, bound in enumerate(("low95", "low80", "value", "high80", "high95"))
    }
    health = impact.health.with_columns(**figures)
    for path in write(replace(impact, health=health), tmp_path):
        digits = re.sub(r"[,\s]", "", Page(path.read_text(encoding="utf-8")).text)
        assert "71234570" in digits
        assert "24321979" in digits
        assert str(71234570 + 24321979) not in digits
        for label in impact.health["label"].to_list():
            assert re.sub(r"[,\s]", "", label) in digits


def test_small_counts_are_not_on_the_page(impact: Impact, reading: Reading) -> None:
    hidden = sum(int(table["masked"].sum()) for table in masked(impact).values())
    assert reading.left_out == hidden > 0
    assert not reading.sites.filter(pl.col("reference_value").is_null()).height
    with speaking("en"):
        assert any("left out of this page" in limit for limit in conclusion.limits(reading))


def test_pages_differ_by_language_only(pages: dict[str, Path]) -> None:
    french, english = (Page(pages[lang].read_text(encoding="utf-8")) for lang in ("fr", "en"))
    assert [tag for tag, _ in french.tags] == [tag for tag, _ in english.tags]


def test_same_impact_same_bytes(impact: Impact, pages: dict[str, Path], tmp_path: Path) -> None:
    again = write(impact, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in pages.values()]


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_identifiers_are_unique_and_links_lead_somewhere(page: Page) -> None:
    identifiers = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = {str(a["href"]).removeprefix("#") for a in page.named("a")}
    assert targets <= set(identifiers)


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


def test_every_figure_has_words_a_table_and_its_specification(pages: dict[str, Path]) -> None:
    text = pages["en"].read_text(encoding="utf-8")
    figures = re.findall(r"<figure.*?</figure>", text, flags=re.S)
    assert len(figures) >= 12 + 2 + 2 + 1
    for figure in figures:
        assert re.search(
            r'<svg[^>]* role="img" aria-labelledby="\S+" aria-describedby="\S+"', figure
        )
        assert len(re.findall(r"<desc[^>]*>(.*?)</desc>", figure, flags=re.S)[0]) > 40
        assert "<figcaption>" in figure
        assert figure.count("<tr>") >= 2
        kept = re.findall(
            r'<script type="application/json"[^>]*>(.*?)</script>', figure, flags=re.S
        )
        assert "vega-lite" in json.loads(kept[0])["$schema"]


def test_hostile_texts_are_shown_as_text(impact: Impact, tmp_path: Path) -> None:
    health = impact.health.with_columns(
        label=pl.Series([HOSTILE] * 2), source=pl.Series([HOSTILE] * 2)
    )
    scenario = {**impact.scenario, "title": {"fr": HOSTILE, "en": HOSTILE}, "name": HOSTILE}
    sites = impact.sites.with_columns(
        activity=pl.when(pl.col("activity") == "obstetrics")
        .then(pl.lit(HOSTILE))
        .otherwise("activity")
    )
    hostile = replace(impact, scenario=scenario, health=health, sites=sites)
    for path in write(hostile, tmp_path):
        shown = Page(path.read_text(encoding="utf-8"))
        assert not shown.named("img")
        assert [a for a in shown.named("script") if a.get("type") != "application/json"] == [{}]
        assert "{{ 7*7 }}{x}" in shown.text


def test_an_impact_with_little_in_it_still_reads(impact: Impact, tmp_path: Path) -> None:
    bare = replace(
        impact,
        communes=impact.communes.clear(),
        days=impact.days.clear(),
        beds=impact.beds.clear(),
        health=impact.health.clear(),
        hypotheses=impact.hypotheses.clear(),
        sites=impact.sites.clear(),
    )
    for path in write(bare, tmp_path):
        assert "<h1>" in path.read_text(encoding="utf-8")


def test_a_scenario_that_moves_no_service_is_mapped_by_department(
    impact: Impact, tmp_path: Path
) -> None:
    _french, english = write(replace(impact, communes=impact.communes.clear()), tmp_path)
    text = english.read_text(encoding="utf-8")
    for world in ("reference", "scenario", "difference"):
        assert text.count(f'<figure class="square" id="departments-france-{world}"') == 1
    assert "Lot (46): −59.1" in plain(text)
    assert "points" in text


def test_unknown_spread_is_not_called_nil(impact: Impact, tmp_path: Path) -> None:
    unknown = impact.national.with_columns(
        chance=pl.lit(float("nan")), parameters=pl.lit(float("nan"))
    )
    _french, english = write(replace(impact, national=unknown), tmp_path)
    assert "Too few runs to tell chance from parameters" in english.read_text(encoding="utf-8")


# --- words and geography -------------------------------------------------------------------------


def test_every_measure_of_the_twin_has_words() -> None:
    told = (*SERVICE_MEASURES, *SITE_MEASURES, *DAY_MEASURES)
    more = "occupancy mean_stay minutes accessibility hours_required hours_available overload "
    more += "transfer_km use_rate leak attraction"
    for measure in (*told, *more.split()):
        assert words.measure_name(measure) != measure
    assert words.measure_name("something_new") == "something_new"


def test_figures_are_written_in_each_language() -> None:
    with speaking("fr"):
        assert words.figure(0.775, "proportion") == "77,5\u202f%"
        assert words.interval(-1250, -840, "km", difference=True) == "−1\u202f250\u00a0à\u00a0−840"
    with speaking("en"):
        assert words.figure(3.2, "minute", difference=True) == "+3.2\u00a0min"
        assert words.interval(None, 12.0, "night") == "—\u00a0to\u00a012"
        assert words.figure(0.031, "proportion", difference=True) == "+3.1\u00a0points"


@pytest.mark.parametrize("name", Scenario.names())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_packaged_scenario_is_said_in_words(name: str, language: Language) -> None:
    scenario = Scenario.load(name).record()
    with speaking(language):
        said = elements(scenario)
    assert len(said) == len(scenario["elements"]) + len(scenario["rules"])
    for sentence in said:
        assert not re.search(r"[{}_\[\]]", sentence), sentence
        assert sentence.endswith(".")


def test_names_written_in_capitals_are_mended() -> None:
    assert capitals("CH JEAN ROUGIER CAHORS") == "CH Jean Rougier Cahors"
    assert capitals("CL CROIX ST MICHEL") == "CL Croix St Michel"
    assert capitals("HOPITAL DE LA TIMONE") == "Hopital de la Timone"
    assert capitals("Already written") == "Already written"


def test_the_projection_keeps_distances_near_its_parallels() -> None:
    """One degree of latitude is 111.2 km on the sphere; the cone is true at 44° and 49° N."""
    import numpy as np

    for latitude in (44.0, 49.0):
        x, y = lambert(np.array([3.0, 3.0]), np.array([latitude, latitude + 0.1]))
        assert np.hypot(*np.diff([x, y])[:, 0]) == pytest.approx(11.12, rel=0.002)
    east, _north = lambert(np.array([2.0, 4.0]), np.array([46.5, 46.5]))
    assert east[0] == pytest.approx(-east[1])
    assert east[1] == pytest.approx(111.2 * np.cos(np.radians(46.5)), rel=0.003)


def test_every_commune_falls_in_a_hexagon_that_holds_it(reading: Reading) -> None:
    import numpy as np

    frame = national()
    places = reading.residents
    x, y = frame.pixels(
        places["lon"].to_numpy().astype(float),
        places["lat"].to_numpy().astype(float),
        places["department"].to_numpy().astype(np.str_),
    )
    assert np.isfinite(x).mean() > 0.998
    cells = gather(x, y, 4.0)
    kept = cells.of >= 0
    far = np.hypot(x[kept] - cells.x[cells.of[kept]], y[kept] - cells.y[cells.of[kept]])
    assert far.max() <= 4.0 + 1e-9
    people = places["population"].to_numpy().astype(float)
    assert cells.sum(people).sum() == people[kept].sum()


def test_the_closer_map_shows_what_changes(reading: Reading) -> None:
    assert reading.is_local
    assert {row["finess"] for row in reading.services.iter_rows(named=True) if is_visible(row)} >= {
        CLOSED
    }
    assert "Cahors" in reading.affected["name"].to_list()


# --- in a browser --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_browser(browser: Any, pages: dict[str, Path], language: Language, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    view = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: said.append(message.text))
    view.on("pageerror", lambda error: said.append(str(error)))
    address = pages[language].as_uri()
    view.goto(address)
    assert asked == [address]
    assert said == []
    assert view.evaluate("document.documentElement.lang") == language
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
    drawn = "document.querySelectorAll('#communes-near-difference svg path').length"
    assert view.evaluate(drawn) > 3
    context.close()


def test_text_contrast_meets_wcag_aa(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    view = context.new_page()
    view.goto(pages["en"].as_uri())
    weak = view.evaluate(
        """() => {
        const channels = c => c.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
        const ground = e => {
            for (; e; e = e.parentElement) {
                const c = channels(getComputedStyle(e).backgroundColor);
                if (c.length < 4 || c[3] > 0) return c;
            }
            return [255, 255, 255];
        };
        const weak = [];
        for (const e of document.querySelectorAll('main *, header *, footer *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || e.closest('script, style, svg')) continue;
            const [a, b] = [light(channels(getComputedStyle(e).color)), light(ground(e))];
            const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (contrast < 4.5) weak.push([e.tagName, e.textContent.slice(0, 30), contrast]);
        }
        return weak;
    }"""
    )
    assert weak == []
    context.close()


def test_paper_shows_what_the_screen_folds(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context()
    view = context.new_page()
    view.goto(pages["en"].as_uri())
    seen = "document.querySelector('#maps-france figure').checkVisibility()"
    assert not view.evaluate(seen)
    view.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert view.evaluate(seen)
    context.close()


def test_the_stays_of_a_closed_service_are_found_again_nearby(reading: Reading) -> None:
    """Shares worked out a second time, on the plane of Lambert instead of the sphere."""
    rows = reading.services
    x, y = lambert(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    here = rows["finess"].to_list().index(CLOSED)
    rows = rows.with_columns(km=pl.Series((x - x[here]) ** 2 + (y - y[here]) ** 2))
    others = rows.filter((pl.col("finess") != CLOSED) & (pl.col("reference_value") > 0)).sort("km")
    lost = -rows["difference_value"][here]
    shares = [others["difference_value"].head(n).sum() / lost for n in (1, 3, 6)]
    with speaking("en"):
        said = [plain(text) for title, text in conclusion.sentences(reading) if "becomes" in title]
    assert len(said) == 1
    found = re.search(r"site (\d+)%, at the 3 nearest (\d+)%, at the 6 nearest (\d+)%", said[0])
    assert found is not None
    assert [int(one) for one in found.groups()] == [round(100 * share) for share in shares]


def test_a_closure_among_other_changes_claims_no_taker(impact: Impact) -> None:
    scenario = dict(impact.scenario)
    scenario["elements"] = [*scenario["elements"], {"staff": {"change": -0.1}}]
    with speaking("en"):
        told = dict(conclusion.sentences(Reading.of(replace(impact, scenario=scenario))))
    lost = next(text for title, text in told.items() if title.startswith("What becomes of"))
    assert "−1,045 stays" in plain(lost)
    assert "nearest" not in lost
    assert "How full the neighbours are" not in told


def test_residents_far_away_are_those_of_the_area(reading: Reading) -> None:
    rows = reading.residents.filter(pl.col("department") == "46")
    after = rows.filter(pl.col("scenario_value") > 30)["population"].sum()
    with speaking("en"):
        told = dict(conclusion.sentences(reading))
    said = plain(told["Residents far from the nearest maternity: Lot (46)"])
    assert f"of {rows['population'].sum():,} residents" in said
    assert f"{after:,} (" in said.split("beyond 45")[0]
    assert "Residents far from the nearest maternity: Occitanie" in told


def test_what_the_planners_tables_do_is_told(impact: Impact, tmp_path: Path) -> None:
    told = {"fr": "Les séjours de 3 services viennent du fichier.", "en": "Stays of 3 services."}
    provenance = {**impact.provenance, "own_figures": [told]}
    for language, path in zip(
        LANGUAGES, write(replace(impact, provenance=provenance), tmp_path), strict=True
    ):
        text = Page(path.read_text(encoding="utf-8")).text
        assert text.count(told[language]) == 1
        assert "own_figures" not in text


def test_what_is_masked_once_is_not_masked_again(impact: Impact) -> None:
    hidden = mask(impact, 30)
    assert mask(hidden) is hidden
    assert Reading.of(hidden).smallest == 30
