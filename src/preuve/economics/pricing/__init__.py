"""Pricing: what a scheme costs each payer and leaves to the maker, month by month."""

from preuve.economics.pricing.actors import ACTORS, PAYERS, Actor, Shares, Vat, insured
from preuve.economics.pricing.clock import Cover, Deadlines, cover, deadlines
from preuve.economics.pricing.comparison import Comparison, Priced, compare
from preuve.economics.pricing.flows import Flows
from preuve.economics.pricing.maker import MakerAccount, MakerCosts, maker_account
from preuve.economics.pricing.market import Market, WrittenMarket, adoption, market_of
from preuve.economics.pricing.per_patient import PatientCost, per_patient
from preuve.economics.pricing.quantity import Draws, Uncertain
from preuve.economics.pricing.scheme import AnyScheme, example, examples, scheme_of
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.tariffs import Tariff, amount, tariff, tariffs

__all__ = [
    "ACTORS",
    "PAYERS",
    "Actor",
    "AnyScheme",
    "Comparison",
    "Cover",
    "Deadlines",
    "Draws",
    "Flows",
    "MakerAccount",
    "MakerCosts",
    "Market",
    "PatientCost",
    "Priced",
    "Scheme",
    "Shares",
    "Tariff",
    "Uncertain",
    "Vat",
    "WrittenMarket",
    "adoption",
    "amount",
    "compare",
    "cover",
    "deadlines",
    "example",
    "examples",
    "insured",
    "maker_account",
    "market_of",
    "per_patient",
    "scheme_of",
    "tariff",
    "tariffs",
]
