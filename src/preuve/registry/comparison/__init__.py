"""Systems side by side on one use case, from signed evidence files."""

from preuve.registry.comparison.claimed import Checked, checked, verdict_name
from preuve.registry.comparison.compare import (
    Comparison,
    Pair,
    Side,
    compare,
    entry_of,
    foreign,
    speaks_of,
)
from preuve.registry.comparison.difference import Difference
from preuve.registry.comparison.measured import Figure, Measured, Site

__all__ = [
    "Checked",
    "Comparison",
    "Difference",
    "Figure",
    "Measured",
    "Pair",
    "Side",
    "Site",
    "checked",
    "compare",
    "entry_of",
    "foreign",
    "speaks_of",
    "verdict_name",
]
