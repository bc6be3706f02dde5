"""Which AI systems exist: an artefact and its card, entered by one of three doors."""

from preuve.registry.limits import Limits
from preuve.registry.scores import Scores
from preuve.registry.system import System

__all__ = ["Limits", "Scores", "System"]
