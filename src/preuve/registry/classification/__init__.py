"""Classification of an entry: device class and AI Act standing, as questions with reasons."""

from preuve.registry.classification.classification import Classification, Standing, Step
from preuve.registry.classification.qualify import qualify
from preuve.registry.classification.verdict import Verdict

__all__ = ["Classification", "Standing", "Step", "Verdict", "qualify"]
