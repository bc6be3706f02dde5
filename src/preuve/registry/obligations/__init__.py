"""The obligations of a system: computed for a role and a day, with what is found and missing."""

from preuve.registry.obligations.calendar import Event, calendar, icalendar
from preuve.registry.obligations.compute import obligations, set_aside
from preuve.registry.obligations.obligation import STATES, Obligation, Proof, State
from preuve.registry.obligations.proofs import SetAside, signed
from preuve.registry.obligations.situation import roles_of

__all__ = [
    "STATES",
    "Event",
    "Obligation",
    "Proof",
    "SetAside",
    "State",
    "calendar",
    "icalendar",
    "obligations",
    "roles_of",
    "set_aside",
    "signed",
]
