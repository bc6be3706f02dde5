"""The tariffs that a scheme rests on, as they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from preuve.core.language import _
from preuve.economics.page.funding_words import say
from preuve.economics.pricing.actors import insured
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.cap_and_collar import CapAndCollar
from preuve.economics.pricing.schemes.diga import Diga
from preuve.economics.pricing.schemes.front_loaded import FrontLoaded
from preuve.economics.pricing.schemes.outcome_rebate import OutcomeRebate
from preuve.economics.pricing.schemes.pecan import Pecan, therapeutic
from preuve.economics.pricing.schemes.per_patient_month import PerPatientMonth
from preuve.economics.pricing.schemes.remote_monitoring import RemoteMonitoring
from preuve.economics.pricing.tariffs import Tariff, amount, tariff, tariffs
from preuve.pages.numbers import number, percent

_HALF_YEAR = 6

CONFIDENCE: Mapping[str, str] = {
    "high": _("high: read in the source"),
    "medium": _("medium: deduced from the source"),
    "low": _("low: assumed"),
}

_VAT: Mapping[str, str] = {
    "included": _("tax included"),
    "excluded": _("without tax"),
    "none": "",
}

_UNITS: Mapping[str, str] = {
    "month": _("months"),
    "patient": _("patients"),
    "EUR per patient": _("EUR per patient"),
    "EUR per patient-month": _("EUR per patient and month"),
    "EUR per patient-quarter": _("EUR per patient and quarter"),
    "EUR per patient-half-year": _("EUR per patient and half-year"),
    "EUR per patient-year": _("EUR per patient and year"),
}

_LABELS: Mapping[str, str] = {
    "vat.standard": _("Value-added tax, standard rate"),
    "vat.reduced": _("Value-added tax, reduced rate"),
    "cover.copayment": _("Share left to the complementary insurance"),
    "pecan.duration": _("PECAN: duration of the cover"),
    "pecan.filing.therapeutic": _("PECAN: time to file, digital therapy"),
    "pecan.filing.remote_monitoring": _("PECAN: time to file, remote monitoring"),
    "pecan.therapeutic.first": _("PECAN, digital therapy: first amount"),
    "pecan.therapeutic.first_months": _("PECAN, digital therapy: months of the first amount"),
    "pecan.therapeutic.monthly": _("PECAN, digital therapy: monthly amount"),
    "pecan.therapeutic.yearly_cap": _("PECAN, digital therapy: yearly cap"),
    "remote_monitoring.technical.organisation": _("Technical fee, organisational benefit"),
    "remote_monitoring.technical.quality_of_life": _("Technical fee, quality of life"),
    "remote_monitoring.technical.morbidity": _("Technical fee, morbidity"),
    "remote_monitoring.technical.mortality": _("Technical fee, mortality"),
    "remote_monitoring.second_tier": _("Technical fee, second tier"),
    "remote_monitoring.second_tier_start": _("Start of the second tier"),
    "remote_monitoring.third_tier_start": _("Start of the third tier"),
    "remote_monitoring.last_tier_start": _("Start of the last tier"),
    "remote_monitoring.last_tier": _("Technical fee, last tier"),
    "remote_monitoring.minimum.organisation": _("Lowest technical fee, organisational benefit"),
    "remote_monitoring.minimum.quality_of_life": _("Lowest technical fee, quality of life"),
    "remote_monitoring.minimum.morbidity": _("Lowest technical fee, morbidity"),
    "remote_monitoring.minimum.mortality": _("Lowest technical fee, mortality"),
    "remote_monitoring.revision": _("Revision of the technical fee"),
    "remote_monitoring.operator.level_1": _("Operator fee, level 1"),
    "remote_monitoring.operator.level_2": _("Operator fee, level 2"),
    "remote_monitoring.operator.complex_1": _("Operator fee, complex patients, level 1"),
    "remote_monitoring.operator.complex_2": _("Operator fee, complex patients, level 2"),
    "diga.list_price": _("DiGA: price of the first year"),
    "diga.free_months": _("DiGA: months of free price"),
    "diga.drop": _("DiGA: fall of the price"),
    "diga.prolonged": _("DiGA: share of trials prolonged"),
    "diga.prolonged_months": _("DiGA: how long they are prolonged"),
    "diga.removed": _("DiGA: share removed"),
    "diga.vat": _("DiGA: value-added tax"),
    "lppr.first_application": _("First application on the LPPR"),
}


def label(name: str) -> str:
    """What a tariff is."""
    return say(_LABELS.get(name, name))


def value(shown: Tariff) -> str:
    """A tariff and its unit."""
    if shown.unit == "share":
        return percent(shown.value)
    whole = float(shown.value).is_integer()
    parts = [number(shown.value, 0 if whole else 2), say(_UNITS.get(shown.unit, shown.unit))]
    if shown.vat != "none":
        parts[-1] += ", " + say(_VAT[shown.vat])
    return " ".join(parts)


def used(scheme: Scheme) -> tuple[str, ...]:
    """Names of the tariffs that a scheme rests on, once each."""
    return tuple(dict.fromkeys([*_of(scheme), *_common(scheme)]))


def unsure(scheme: Scheme) -> tuple[str, ...]:
    """Names of those that were not read in a source."""
    return tuple(name for name in used(scheme) if tariff(name).confidence != "high")


def _common(scheme: Scheme) -> Iterator[str]:
    if isinstance(scheme, Diga):
        return
    for name in ("vat.standard", "vat.reduced"):
        if scheme.vat.rate == amount(name):
            yield name
    if scheme.payers == insured():
        yield "cover.copayment"


def _of(scheme: Scheme) -> Iterator[str]:
    if isinstance(scheme, Pecan):
        yield from _pecan(scheme)
    elif isinstance(scheme, RemoteMonitoring):
        yield from _remote_monitoring(scheme)
    elif isinstance(scheme, Diga):
        yield from (name for name in tariffs().tariffs if name.startswith("diga."))
    elif isinstance(scheme, FrontLoaded):
        yield from _front_loaded(scheme)
    elif isinstance(scheme, PerPatientMonth):
        if scheme.amount == round(amount("lppr.first_application") / _HALF_YEAR, 2):
            yield "lppr.first_application"
    elif isinstance(scheme, CapAndCollar | OutcomeRebate):
        yield from _of(scheme.of)


def _pecan(scheme: Pecan) -> Iterator[str]:
    yield "pecan.duration"
    yield f"pecan.filing.{scheme.kind}"
    if scheme.kind == "therapeutic":
        yield from _of(therapeutic(scheme.payers, scheme.vat.rate))
    else:
        yield from _of(scheme.early or RemoteMonitoring())
    yield from _of(scheme.permanent)


def _front_loaded(scheme: FrontLoaded) -> Iterator[str]:
    for name in ("first", "first_months", "monthly", "yearly_cap"):
        if getattr(scheme, name) == amount(f"pecan.therapeutic.{name}"):
            yield f"pecan.therapeutic.{name}"


def _remote_monitoring(scheme: RemoteMonitoring) -> Iterator[str]:
    base = "remote_monitoring"
    for level in dict.fromkeys((scheme.benefit, "organisation")):
        yield f"{base}.technical.{level}"
    for tier in ("second_tier", "second_tier_start", "third_tier_start", "last_tier_start"):
        yield f"{base}.{tier}"
    yield f"{base}.last_tier"
    yield f"{base}.minimum.{scheme.benefit}"
    if scheme.revised:
        yield f"{base}.revision"
    if scheme.operator:
        yield f"{base}.operator.level_{scheme.operator}"
    if scheme.complex_patients is not None:
        yield f"{base}.operator.complex_{scheme.complex_patients.level}"
