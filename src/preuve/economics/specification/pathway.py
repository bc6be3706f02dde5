"""AI pathway: what happens between the output of a system and the decision of a carer."""

from __future__ import annotations

from pydantic import Field

from preuve.core.written import Written
from preuve.economics.specification.formula import Formula


class Reading(Written):
    """How often a reading is right: sensitivity and specificity."""

    sensitivity: Formula
    specificity: Formula


class Adoption(Written):
    """Share of exams on which the system is used, over the years since it came (logistic).

    Attributes:
        start, plateau: shares long before and in the long run; 2 % of the way is done at year 0.
        half: years until half the way is done.
        year: the year since deployment that the model looks at; `time` follows the model's.
    """

    start: Formula = 0.0
    plateau: Formula
    half: Formula
    year: Formula = "time"


class Follow(Written):
    """What carers do when the system and they differ.

    Attributes:
        alert: share of the system's alerts that a carer who saw nothing follows; the rest is
            overridden.
        clear: share of the system's silences that a carer who saw something follows
            (automation bias): true findings are lost that way.
    """

    alert: Formula
    clear: Formula


class Drift(Written):
    """Loss of performance a year, on the logit scale, since the last check."""

    sensitivity: Formula = 0.0
    specificity: Formula = 0.0
    years: Formula = "time"


class Alerts(Written):
    """Work that the system makes: minutes for each exam it reads and for each alert."""

    minutes_per_exam: Formula = Field(default=0.0, description="Minutes; may be negative.")
    minutes_per_alert: Formula = 0.0


class AiPathway(Written):
    """The pathway of one exam; gives the names `pathway.…` to every formula of the model.

    pathway.adoption; pathway.sensitivity, pathway.specificity: of the final reading;
    pathway.true_positive, .false_negative, .false_positive, .true_negative: shares of all exams;
    pathway.alerts, .false_alerts: shares of all exams; pathway.minutes: minutes for each exam.

    Attributes:
        prevalence: share of exams with the finding.
        reader: the carer without the system. device: the system alone.
        adoption: share of exams on which it is used, or its curve.
        follow: what carers do when they differ from it.
        dependence: 0 when carer and system err independently given the truth, 1 when their
            errors coincide as much as they can.
        drift, alerts: loss of performance over time, and work made.
    """

    prevalence: Formula
    reader: Reading
    device: Reading
    adoption: Formula | Adoption
    follow: Follow
    dependence: Formula = 0.0
    drift: Drift = Drift()
    alerts: Alerts = Alerts()
