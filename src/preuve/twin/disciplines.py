"""The activities the twin follows: six disciplines with beds, and emergency visits."""

from __future__ import annotations

DISCIPLINES = (
    "medicine",
    "surgery",
    "obstetrics",
    "paediatrics",
    "critical_care",
    "rehabilitation",
)
"""Disciplines with beds, in the order of every array whose axis is a discipline."""

MEDICINE, SURGERY, OBSTETRICS, PAEDIATRICS, CRITICAL_CARE, REHABILITATION = range(6)

ACUTE = DISCIPLINES[:5]
"""The disciplines of short stay (MCO): everything but rehabilitation."""

COUNTED = (MEDICINE, SURGERY, OBSTETRICS, PAEDIATRICS)
"""Where stays are counted: a critical-care passage is part of a stay, not a stay."""

EMERGENCY = 6
ACTIVITIES = (*DISCIPLINES, "emergency")
"""Disciplines, then emergency visits: the axis of demand and of the choice of site."""
