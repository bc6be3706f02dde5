"""Impacts and appraisals as results: their pages rendered, their conclusion and limits read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from preuve.core.language import LANGUAGES, Language, speaking
from preuve.core.usecase import Text
from preuve.economics.appraisal import Appraisal
from preuve.twin.masking import Masked
from preuve.web.results.publishing import Draft
from preuve.web.results.result import Told

Made = TypeVar("Made")
_SHOWN = 6
"""Sentences of a conclusion that are shown before the whole page."""


def impact_draft(impact: Masked) -> Draft:
    """The impact of a scenario, counts of few people left out."""
    from preuve.twin.masking import SMALLEST
    from preuve.twin.page import conclusion, page
    from preuve.twin.page.reading import Reading

    reading = Reading.of(impact, SMALLEST)

    def told() -> Told:
        found = [f"{name}: {text}" for name, text in conclusion.sentences(reading)]
        sentences = [conclusion.headline(reading), *found[:_SHOWN]]
        return Told(_texts(sentences), _texts(conclusion.limits(reading)))

    return Draft(
        kind="impact",
        title=_title(reading.impact.scenario),
        pages=_in_each(lambda: page.page(reading).encode()),
        told=_in_each(told),
        synthetic=bool(reading.synthetic),
    )


def appraisal_draft(appraisal: Appraisal) -> Draft:
    """An economic appraisal."""
    from preuve.economics.page import conclusion, page, reservations
    from preuve.economics.page.limits import limits
    from preuve.economics.page.reading import Reading

    reading = Reading(appraisal)

    def told() -> Told:
        found = reservations.findings(appraisal)
        sentences = [conclusion.headline(reading)]
        for strategy in conclusion.strategies(reading):
            sentences += [f"{name}: {text}" for name, text in strategy.sentences]
        return Told(_texts(sentences[: _SHOWN + 1]), _texts(limits(reading, found)))

    return Draft(
        kind="appraisal",
        title=reading.written.title,
        pages=_in_each(lambda: page.page(Reading(appraisal)).encode()),
        told=_in_each(told),
        synthetic=bool(appraisal.synthetic),
    )


def _texts(sentences: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(sentence) for sentence in sentences)


def _in_each(make: Callable[[], Made]) -> dict[Language, Made]:
    made = {}
    for language in LANGUAGES:
        with speaking(language):
            made[language] = make()
    return made


def _title(scenario: Any) -> Text:
    title = scenario.get("title") or scenario.get("name") or "-"
    return Text(**title) if isinstance(title, dict) else Text(fr=str(title), en=str(title))
