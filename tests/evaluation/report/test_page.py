from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from preuve.core.evidence import Evidence
from preuve.core.language import LANGUAGES, Language, speaking
from preuve.evaluation.report import conclusion
from preuve.evaluation.report.page import write
from preuve.evaluation.report.reading import Reading
from preuve.pages.numbers import chance, number

Builder = Callable[..., Evidence]
HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(1)">{{ 7*7 }}{x}'


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
        return re.sub(r"[ \n]+", " ", " ".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def pages(example: Evidence, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {
        "fr": write(example, folder / "fr.html", "fr"),
        "en": write(example, folder / "en.html", "en"),
    }


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Page:
    return Page(pages[request.param].read_text(encoding="utf-8"))


def language_of(page: Page) -> Language:
    told = page.named("html")[0]["lang"]
    return next(language for language in LANGUAGES if language == told)


def test_synthetic_is_said_in_the_language_of_the_page(page: Page) -> None:
    said = {"fr": "DONNÉES SYNTHÉTIQUES", "en": "SYNTHETIC DATA"}[language_of(page)]
    assert page.text.count(said) >= 2


def test_real_cases_are_not_called_synthetic(
    evidence_builder: Builder, tmp_path: Path, example: Evidence
) -> None:
    record = json.loads(json.dumps(dict(example.record)))
    record["content"]["synthetic"] = False
    for site in record["content"]["sites"]:
        if site["release"]:
            site["release"]["released"]["synthetic"] = False
    path = write(Evidence(record), tmp_path / "page.html", "en")
    assert "synthetic" not in Page(path.read_text(encoding="utf-8")).text.lower()


def test_every_area_is_shown_with_its_intervals(page: Page, example: Evidence) -> None:
    reading = Reading(example)
    with speaking(language_of(page)):
        for finding in reading.measured:
            for estimand in ("mean_hospital", "next_hospital"):
                estimate = reading.estimate("auroc", finding, estimand)
                assert estimate is not None
                for bound in ("low", "high"):
                    assert number(estimate[bound], 3) in page.text


def test_acceptance_probabilities_are_those_of_the_record(page: Page, example: Evidence) -> None:
    with speaking(language_of(page)):
        told = [
            chance(row["probability"])
            for row in example.content["acceptance"]
            if row["probability"] is not None
        ]
    assert len(told) == 8
    for probability in told:
        assert probability in page.text


def test_what_is_absent_is_said(page: Page, example: Evidence) -> None:
    language = language_of(page)
    refused = example.content["sites"][1]
    assert refused["outcome"] == "refused"
    told = re.sub(r"[\u00a0\u202f]", " ", page.text)
    assert refused["reason"][language] in told
    assert {"fr": "Séquelle tuberculeuse", "en": "Old tuberculosis"}[language] in told
    for limit in example.usecase.limits:
        assert getattr(limit, language) in told


def test_pages_differ_by_language_only(pages: dict[str, Path]) -> None:
    french, english = (Page(pages[lang].read_text(encoding="utf-8")) for lang in ("fr", "en"))
    assert [tag for tag, _ in french.tags] == [tag for tag, _ in english.tags]
    leftovers = set(french.text.split(". ")) & set(english.text.split(". "))
    assert not [s for s in leftovers if len(s.split()) > 6 and "SYNTH" not in s and "—" not in s]


def test_french_page_has_no_loose_space_before_punctuation(pages: dict[str, Path]) -> None:
    text = Page(pages["fr"].read_text(encoding="utf-8")).text
    assert not re.findall(r"\w [;?!%»]", text)
    assert not re.findall(r"« \w", text)


def test_same_evidence_same_bytes(
    pages: dict[str, Path], example: Evidence, tmp_path: Path
) -> None:
    again = write(example, tmp_path / "again.html", "fr")
    assert again.read_bytes() == pages["fr"].read_bytes()


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_identifiers_are_unique_and_links_lead_somewhere(page: Page) -> None:
    identifiers = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = [str(a["href"]) for a in page.named("a")]
    assert targets
    assert {target.removeprefix("#") for target in targets} <= set(identifiers)


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
    assert len(figures) == 4 * 6 + 1 + 2 + 1
    for figure in figures:
        assert re.search(
            r'<svg[^>]* role="img" aria-labelledby="\S+" aria-describedby="\S+"', figure
        )
        assert len(re.findall(r"<desc[^>]*>(.*?)</desc>", figure, flags=re.S)[0]) > 40
        assert "<figcaption>" in figure
        assert figure.count("<tr>") >= 3
        kept = re.findall(
            r'<script type="application/json"[^>]*>(.*?)</script>', figure, flags=re.S
        )
        assert "vega-lite" in json.loads(kept[0])["$schema"]


def test_hostile_texts_are_shown_as_text(
    evidence_builder: Builder, example: Evidence, tmp_path: Path
) -> None:
    case = json.loads(json.dumps(example.content["usecase"]))
    both = {"fr": HOSTILE, "en": HOSTILE}
    case["title"], case["limits"] = both, [both]
    for finding in case["findings"]:
        finding["label"] = both
    case["subgroups"][1]["levels"][0]["label"] = both
    sites = dict.fromkeys(("a", "b", "c", "d"), (HOSTILE, HOSTILE, 700, 0.0))
    system = dict(example.content["system"]) | {"card": {"title": HOSTILE, "limits": [both]}}
    hostile = evidence_builder(case, sites, system)
    text = write(hostile, tmp_path / "page.html", "en").read_text(encoding="utf-8")
    shown = Page(text)
    assert not shown.named("img")
    assert [a for a in shown.named("script") if a.get("type") != "application/json"] == [{}]
    assert "{{ 7*7 }}{x}" in shown.text
    assert shown.text.count("<script>alert(1)</script>") > 20


def test_few_hospitals_are_not_made_to_say_more(evidence_builder: Builder, tmp_path: Path) -> None:
    for count, said in ((1, "nothing can be said of another"), (2, "too few hospitals to say")):
        sites = {f"s{i}": (f"h{i}", f"h{i}", 1500, 0.0) for i in range(count)}
        few = evidence_builder(None, sites)
        text = Page(write(few, tmp_path / "page.html", "en").read_text(encoding="utf-8")).text
        assert said in text
        assert "the next hospital may show" not in text
        assert "Fewer than three hospitals answered" in text


def test_a_finding_of_one_hospital_is_neither_best_nor_called_mean(
    evidence_builder: Builder, example: Evidence, tmp_path: Path
) -> None:
    case = json.loads(json.dumps(example.content["usecase"]))
    case["findings"] = [f for f in case["findings"] if f["code"] in ("EFF", "CARD", "FRA")]
    case["acceptance"] = []
    small = {name: (name, name, 250, -0.4) for name in ("a", "b", "c")}
    evidence = evidence_builder(case, {"large": ("large", "large", 2600, 0.0)} | small)
    with speaking("en"):
        reading = Reading(evidence)
        assert len(reading.cells(reading.measured[-1]).by_site) == 1
        assert reading.measured[-1].code == "FRA"
        assert "Rib fracture" not in conclusion.headline(reading)
        assert any("Rib fracture" in limit for limit in conclusion.limits(reading))
    text = Page(write(evidence, tmp_path / "page.html", "en").read_text(encoding="utf-8")).text
    assert "area under the ROC curve, one hospital: " in text
    assert "one hospital only" in text
    assert "The protocol set no requirement" in text


def test_nothing_released_is_said(evidence_builder: Builder, tmp_path: Path) -> None:
    sites = {"tiny": ("petit", "tiny", 12, 0.0)}
    empty = evidence_builder(None, sites)
    text = Page(write(empty, tmp_path / "page.html", "en").read_text(encoding="utf-8")).text
    assert "gave nothing that could be measured" in text


def test_one_finding_and_one_requirement_make_one_sentence(
    evidence_builder: Builder, example: Evidence, tmp_path: Path
) -> None:
    case = json.loads(json.dumps(example.content["usecase"]))
    case["task"] = {"kind": "binary"}
    case["findings"] = case["findings"][1:2]
    case["acceptance"] = case["acceptance"][:1]
    case["subgroups"] = []
    binary = evidence_builder(case)
    with speaking("en"):
        reading = Reading(binary)
        headline, verdict = conclusion.headline(reading), conclusion.verdict(reading)
    assert headline.startswith(
        "Tested for “Reading of the chest radiograph” at 5 hospitals on 8,800"
    )
    assert "95% confidence interval" in headline
    assert "95% prediction interval" in headline
    assert len(verdict) == 1
    assert "the predictive distribution gives it a probability of" in verdict[0]
    write(binary, tmp_path / "page.html", "fr")


def test_page_of_seventeen_findings_is_whole_and_small(
    evidence_builder: Builder, example: Evidence, tmp_path: Path
) -> None:
    case = json.loads(json.dumps(example.content["usecase"]))
    model = case["findings"][1]
    case["findings"] = [model | {"code": f"F{i}"} for i in range(17)]
    case["acceptance"] = case["acceptance"][:1]
    evidence = evidence_builder(case)
    path = write(evidence, tmp_path / "page.html", "fr")
    assert path.stat().st_size < 3_000_000
    assert path.read_text(encoding="utf-8").count("<figure") == 4 * 17 + 1 + 2 + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_browser(browser: Any, pages: dict[str, Path], language: Language) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800})
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
        for (const e of document.querySelectorAll('body *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || e.closest('script, style')) continue;
            const style = getComputedStyle(e), svg = e.closest('svg');
            const ink = channels(svg && e.tagName !== 'SPAN' ? style.fill : style.color);
            if (e.closest('title, desc')) continue;
            const [a, b] = [light(ink), light(ground(svg ? svg.parentElement : e))];
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
    seen = "document.querySelector('#finding-NOD figure').checkVisibility()"
    assert not view.evaluate(seen)
    view.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert view.evaluate(seen)
    context.close()
