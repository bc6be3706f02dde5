"""Energy of a run, estimated from its processor time."""

from __future__ import annotations

from typing import Any

WATTS_PER_CORE = 12.0
OVERHEAD = 1.67


def energy(cpu_seconds: float) -> dict[str, Any]:
    """Kilowatt-hours of a run, and how they were estimated; nothing here is metered.

    Processor time × power of a core × overhead of the building, the form of Lannelongue, Grealey
    and Inouye, Green Algorithms, Adv Sci 2021;8:2100707. Both factors are assumed, for a common
    server: the true figure may be several times more or less.
    """
    return {
        "value": cpu_seconds * WATTS_PER_CORE * OVERHEAD / 3.6e6,
        "unit": "kWh",
        "method": {
            "fr": "hypothèse, non mesuré : temps de processeur × 12 W par cœur × 1,67",
            "en": "assumed, not metered: processor time × 12 W per core × 1.67",
        },
    }
