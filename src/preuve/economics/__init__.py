"""Economics: is it worth it, and at what price?"""

from preuve.economics.appraisal import Appraisal
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes

__all__ = ["Appraisal", "Model", "Outcomes"]
