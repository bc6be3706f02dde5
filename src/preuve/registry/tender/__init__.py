"""The tender pack of a buyer: one folder, one PDF, and the files that they rest on."""

from preuve.registry.tender.offer import Offer, Tender, gather
from preuve.registry.tender.questions import Question
from preuve.registry.tender.write import pack, write

__all__ = ["Offer", "Question", "Tender", "gather", "pack", "write"]
