"""Scheme: the ways to pay for a system, told apart by the word `scheme`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.bundle import Bundle
from preuve.economics.pricing.schemes.cap_and_collar import CapAndCollar
from preuve.economics.pricing.schemes.diga import Diga
from preuve.economics.pricing.schemes.front_loaded import FrontLoaded
from preuve.economics.pricing.schemes.outcome_rebate import OutcomeRebate
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.economics.pricing.schemes.per_patient_month import PerPatientMonth
from preuve.economics.pricing.schemes.per_use import PerUse
from preuve.economics.pricing.schemes.remote_monitoring import RemoteMonitoring
from preuve.economics.pricing.schemes.shared_savings import SharedSavings
from preuve.economics.pricing.schemes.subscription import PerProfessional, PerSite

AnyScheme: TypeAlias = Annotated[
    PerUse
    | PerProfessional
    | PerSite
    | PerPatientMonth
    | FrontLoaded
    | CapAndCollar
    | OutcomeRebate
    | SharedSavings
    | Pecan
    | RemoteMonitoring
    | Diga
    | Bundle,
    Field(discriminator="scheme"),
]
"""Any scheme, as a strategy writes it."""

KINDS: tuple[str, ...] = tuple(
    kind.model_fields["scheme"].default for kind in get_args(get_args(AnyScheme)[0])
)
"""The words that `scheme` knows."""

_EXAMPLES = Path(__file__).with_name("schemes.yaml")


class Example(Written):
    """A scheme with figures to start from.

    Attributes:
        about: what the figures are; those that no tariff sets are illustrations.
        pays: the scheme.
    """

    about: Text
    pays: AnyScheme


class _Examples(Written):
    schemes: dict[str, Example]


class _Written(Written):
    pays: AnyScheme


def scheme_of(record: Any, where: object = "scheme") -> Scheme:
    """The scheme of a written record.

    Raises:
        PreuveError: names each field that is wrong, or the scheme nearest to an unknown one.
    """
    name = record.get("scheme") if isinstance(record, dict) else None
    if name not in KINDS:
        raise _unknown(str(name), where)
    return parse(_Written, {"pays": record}, where).pays


@cache
def examples() -> dict[str, Example]:
    """One example of each scheme, by name."""
    return parse(_Examples, read_yaml(_EXAMPLES), _EXAMPLES).schemes


def example(name: str) -> Scheme:
    """The packaged example of a scheme.

    Raises:
        PreuveError: no scheme has this name; says the nearest one.
    """
    known = examples()
    if name not in known:
        raise _unknown(name, "scheme", known)
    return known[name].pays


def _unknown(name: str, where: object, known: Iterable[str] = KINDS) -> PreuveError:
    return PreuveError(
        _("No scheme is named “{name}”.").format(name=name) + nearest(name, known),
        where=where,
        remedy=_("Choose among {names}.").format(names=", ".join(known)),
    )
