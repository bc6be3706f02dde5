"""How does it run where the data are? A use case, a system and nodes in; signed releases out."""

from preuve.federation.engine import run, unknown_rows
from preuve.federation.envelope import Envelope
from preuve.federation.gate import Refused
from preuve.federation.job import Outcome
from preuve.federation.ledger import Ledger
from preuve.federation.node import Node, Policy

__all__ = ["Envelope", "Ledger", "Node", "Outcome", "Policy", "Refused", "run", "unknown_rows"]
