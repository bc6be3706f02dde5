"""The facts of the register: duties, rules and lists, as dated lines of YAML."""

from preuve.registry.facts.lines import Confidence, Law, Line, Meta, Named
from preuve.registry.facts.loading import Facts, load

__all__ = ["Confidence", "Facts", "Law", "Line", "Meta", "Named", "load"]
