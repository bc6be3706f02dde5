"""The entry of the register: what is written of one AI system."""

from preuve.registry.entry.ai_act import AiAct
from preuve.registry.entry.device import Device, InHouse, Ivdr
from preuve.registry.entry.entry import Entry, IntendedUse
from preuve.registry.entry.life import Deployment, Use, Version
from preuve.registry.entry.maker import Maker
from preuve.registry.entry.proof import Artefact, Claim, Contract, Document, Energy, Price
from preuve.registry.entry.reading import examples, load_entry, parse_entry, schema
from preuve.registry.entry.writing import write_entry

__all__ = [
    "AiAct",
    "Artefact",
    "Claim",
    "Contract",
    "Deployment",
    "Device",
    "Document",
    "Energy",
    "Entry",
    "InHouse",
    "IntendedUse",
    "Ivdr",
    "Maker",
    "Price",
    "Use",
    "Version",
    "examples",
    "load_entry",
    "parse_entry",
    "schema",
    "write_entry",
]
