"""Harvest: the records of another catalogue, brought here and kept up to date."""

from preuve.catalogue.harvest.fetch import Limits
from preuve.catalogue.harvest.run import harvest
from preuve.catalogue.harvest.state import (
    Problem,
    Run,
    Source,
    find_source,
    problems,
    runs,
    sources,
)

__all__ = [
    "Limits",
    "Problem",
    "Run",
    "Source",
    "find_source",
    "harvest",
    "problems",
    "runs",
    "sources",
]
