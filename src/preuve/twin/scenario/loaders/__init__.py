"""Loaders: a planner's own figures, checked, in place of the proxies.

The formats are in `docs/rooms/twin-scenario.md`. A file is loaded whole or refused with every
faulty line.
"""

from preuve.twin.scenario.loaders.local import Local, apply
from preuve.twin.scenario.loaders.population import population_array
from preuve.twin.scenario.loaders.rates import rates_array

__all__ = ["Local", "apply", "population_array", "rates_array"]
