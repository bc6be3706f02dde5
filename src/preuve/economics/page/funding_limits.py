"""What must be known before using the figures of a funding."""

from __future__ import annotations

from collections.abc import Iterator

from preuve.core.language import _, ngettext
from preuve.economics.page.funding_reading import Reading
from preuve.economics.page.funding_tariffs import label, unsure
from preuve.economics.page.funding_words import actor_name, quoted
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.economics.pricing.schemes.remote_monitoring import RemoteMonitoring
from preuve.pages.numbers import number

_ENOUGH = 1000
"""Draws under which an interval is not quoted."""


def limits(reading: Reading) -> list[str]:
    """What must be known before using the figures, the gravest first."""
    parts = (_of_payers, _of_fit, _of_amounts, _of_remarks, _of_method)
    found = [one for part in parts for one in part(reading)]
    return list(dict.fromkeys(found))


def _of_payers(reading: Reading) -> Iterator[str]:
    """Schemes whose payers here are not those of the model."""
    for line in reading.lines:
        if unheard := reading.unheard(line):
            yield str(
                _(
                    "The model has the price of “{scheme}” borne by others ({named}) than those "
                    "who pay here ({payers}): write payers inside the scheme."
                ).format(
                    scheme=line.label,
                    named=", ".join(actor_name(one) for one in unheard),
                    payers=", ".join(actor_name(one) for one in line.payers),
                )
            )


def _of_fit(reading: Reading) -> Iterator[str]:
    """Schemes that do not suit what the model judges."""
    follows = [one for one in reading.lines if isinstance(one.scheme, Pecan | RemoteMonitoring)]
    if follows and reading.model.written.ai_pathway is not None:
        yield str(
            _(
                "PECAN and the remote-monitoring tariffs pay for a digital therapy or for the "
                "remote monitoring of a patient. The system judged here helps a professional read "
                "an exam: these tariffs do not cover it, and their figures here only illustrate "
                "what such amounts would cost."
            )
        )
    misfit = [one for one in reading.lines if reading.is_misfit(one) and not one.is_idle]
    if misfit:
        yield str(
            _(
                "On this market a patient stays {months} in the programme on average. A payment "
                "made for a patient, for months of follow-up or for an episode is then due for a "
                "single use: {schemes}. See what each use would cost before comparing."
            ).format(
                months=_stay(reading.stay),
                schemes=", ".join(_("“{name}”").format(name=one.label) for one in misfit),
            )
        )
    idle = [one for one in reading.lines if one.is_idle]
    if idle:
        yield str(
            _(
                "Nothing flows under {schemes}: the market of the model counts none of what they "
                "pay for (analyses.market)."
            ).format(schemes=", ".join(_("“{name}”").format(name=one.label) for one in idle))
        )


def _stay(months: float) -> str:
    whole = round(months)
    if abs(months - whole) < 0.05:
        return str(ngettext("{count} month", "{count} months", whole).format(count=number(whole)))
    return str(_("{count} months").format(count=number(months, 1)))


def _of_amounts(reading: Reading) -> Iterator[str]:
    """Amounts that are examples, assumed or unsure."""
    examples = [one for one in reading.lines if not one.is_own]
    if not reading.is_comparison:
        yield from (
            str(_("An example of the house, not a scheme that the model writes. {about}")).format(
                about=one.about
            )
            for one in examples
        )
    elif examples:
        yield str(
            _(
                "{examples} schemes of {count} are examples of the house, not schemes that the "
                "model writes: their amounts are set by a tariff or are illustrations (see each)."
            ).format(examples=number(len(examples)), count=number(len(reading.lines)))
        )
    if any(isinstance(one.scheme, Pecan) for one in reading.lines):
        yield str(
            _(
                "PECAN: when the file is sent, when the decision comes and the chance that it is "
                "favourable are assumed; few decisions are known."
            )
        )
    names = dict.fromkeys(name for one in reading.lines for name in unsure(one.scheme))
    if names:
        yield str(
            _("Tariffs deduced from a source, or assumed: {names}.").format(
                names=", ".join(label(name) for name in names)
            )
        )
    if not reading.lines[0].has_costs:
        yield str(
            _(
                "The model does not write what the system costs its maker (analyses.maker): its "
                "cash and its break-even are not told."
            )
        )


def _of_remarks(reading: Reading) -> Iterator[str]:
    """What the sources leave open and bears on these flows."""
    for line in reading.lines:
        yield from (quoted(str(one)) for one in line.priced.flows.remarks)


def _of_method(reading: Reading) -> Iterator[str]:
    yield str(
        _(
            "Uptake, people and costs of the maker are hypotheses of the model (see below); the "
            "intervals hold what they leave open, and nothing else."
        )
    )
    yield str(
        _(
            "Euros are neither discounted nor corrected for inflation. What care costs or saves "
            "elsewhere is not here: it is on the appraisal page."
        )
    )
    if reading.drawn.count < _ENOUGH:
        yield str(
            _("Only {draws} draws: run more before quoting an interval.").format(
                draws=number(reading.drawn.count)
            )
        )
