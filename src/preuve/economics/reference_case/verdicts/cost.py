"""How costs are counted and priced."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.payers import titles
from preuve.economics.reference_case.verdict import (
    Judge,
    Verdict,
    each,
    met,
    not_applicable,
    not_met,
    settled,
    unsaid,
)


def hospital_costs(facts: ModelFacts) -> Verdict:
    if facts.hospital_costing is None:
        return unsaid()
    if facts.hospital_costing == "none":
        return not_applicable(_("The model has no hospital care."))
    if facts.hospital_costing == "encc":
        return met(_("Hospital stays are priced by the national cost study (ENCC)."))
    if facts.hospital_costing == "tariff":
        return not_met(_("Hospital stays are priced by tariff, not by their cost."))
    return not_met(_("Hospital stays are priced neither by the ENCC nor by tariff."))


def city_costs(facts: ModelFacts) -> Verdict:
    if facts.city_costing is None:
        return unsaid()
    if facts.city_costing == "none":
        return not_applicable(_("The model has no care in the city."))
    if facts.city_costing == "tariff":
        return met(_("Care in the city is priced by the whole tariff."))
    if facts.city_costing == "reimbursed":
        return not_met(_("Care in the city is priced by what is reimbursed only."))
    return not_met(_("Care in the city is not priced by tariff."))


def implementation_costs(facts: ModelFacts) -> Verdict:
    return settled(
        facts.implementation_costs,
        _("Training, integration, maintenance and working time are counted."),
        _("Training, integration, maintenance and working time are not counted."),
    )


def price_year(facts: ModelFacts) -> Verdict:
    if facts.price_year is None:
        return not_met(_("The year of the prices is not stated."), "important")
    costs = [one for one in facts.parameters if one.kind in ("cost", "price")]
    late = [
        one for one in costs if one.price_year not in (None, facts.price_year) and not one.updated
    ]
    if not costs:
        return met(_("Prices are those of {year}.").format(year=facts.price_year))
    return each(
        late,
        len(costs),
        _("Prices are those of {year}.").format(year=facts.price_year),
        _("Prices of another year, not updated:"),
    )


def vat(facts: ModelFacts) -> Verdict:
    return settled(
        facts.vat_stated,
        _("The tax included in prices is stated."),
        _("The tax included in prices is not stated."),
    )


def payers(facts: ModelFacts) -> Verdict:
    if facts.payers:
        return met(_("Costs are told by payer: {names}.").format(names=titles(facts.payers)))
    return not_met(_("Costs are not told by payer."))


JUDGES: tuple[Judge, ...] = (
    hospital_costs,
    city_costs,
    implementation_costs,
    price_year,
    vat,
    payers,
)
