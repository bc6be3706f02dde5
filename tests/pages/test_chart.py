from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from preuve.core.errors import PreuveError
from preuve.core.language import speaking
from preuve.pages.chart import Figure, specification, values
from preuve.pages.intervals import IntervalChart, unique

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def figure() -> Figure:
    rows = [
        {"row": "first", "value": 0.5, "low": 0.25, "high": 0.75, "size": 3, "text": "0.5"},
        {"row": HOSTILE, "value": 0.9, "low": 0.8, "high": 0.95, "size": 9, "text": HOSTILE},
    ]
    chart = IntervalChart(["first", HOSTILE], "Area", step=26, width=300)
    layers = [chart.bars(rows), chart.rules(rows), chart.points(rows, "square", None)]
    return Figure(
        name="one",
        title=f"Title {HOSTILE}",
        caption="caption",
        description=f"what it says {HOSTILE}",
        specification=chart.finished([*layers, chart.words(rows), chart.ticks([])]),
        columns=["a"],
        rows=[["b"]],
    )


def test_drawing_is_valid_xml_with_words(figure: Figure) -> None:
    root = ElementTree.fromstring(figure.svg)
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    title, description = root.find("svg:title", space), root.find("svg:desc", space)
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == (figure.title, figure.description)
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")


def test_hostile_labels_are_drawn_as_text(figure: Figure) -> None:
    assert "<script" not in figure.svg
    assert "<img" not in figure.svg
    assert "&lt;script" in figure.svg


def test_identifiers_do_not_clash_between_figures() -> None:
    alt = __import__("altair")
    clipped = (
        alt.Chart(values(alt, [{"x": 1, "y": 2}])).mark_line(clip=True).encode(x="x:Q", y="y:Q")
    )
    base = Figure("one", "t", "c", "d", specification(clipped), [], [])
    found = [
        {e.get("id") for e in ElementTree.fromstring(f.svg).iter() if e.get("id")}
        for f in (base, replace(base, name="two"))
    ]
    assert found[0]
    assert len(found[0]) == len(found[1])
    assert not found[0] & found[1]
    assert base.svg == base.svg
    for name in ("one", "two"):
        drawn = replace(base, name=name).svg
        assert f"url(#{name}-" in drawn


def test_specification_is_whole_and_safe_in_a_script(figure: Figure) -> None:
    assert "<" not in figure.json
    assert json.loads(figure.json) == figure.specification
    assert figure.specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_words_that_look_like_attributes_stay(figure: Figure) -> None:
    label = 'a class="b" id="c" role="graphics-d"'
    row = {"row": label, "value": 0.5, "low": 0.2, "high": 0.7, "text": label}
    chart = IntervalChart([label], "Area", step=26, width=300)
    drawn = replace(figure, specification=chart.finished([chart.rules([row]), chart.words([row])]))
    texts = [e.text for e in ElementTree.fromstring(drawn.svg).iter() if e.text]
    assert texts.count(label) == 2


def test_ticks_speak_the_language(figure: Figure) -> None:
    with speaking("fr"):
        french = figure.svg
    with speaking("en"):
        english = figure.svg
    assert ">0,50<" in french
    assert ">0.50<" in english


def test_labels_that_stand_twice_get_a_row_each() -> None:
    assert unique(["a", "b", "a"]) == ["a", "b", "a (2)"]


def test_without_the_optional_part_the_remedy_is_told(
    figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "vl_convert", missing)
    with pytest.raises(PreuveError) as caught:
        _ = figure.svg
    assert caught.value.remedy == 'pip install "preuve[pages]"'
