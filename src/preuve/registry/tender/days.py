"""A day as each language writes it: « 2 décembre 2027 », “2 December 2027”."""

from __future__ import annotations

import datetime

from preuve.pages.numbers import moment


def day_words(day: datetime.date) -> str:
    return moment(f"{day.isoformat()}T00:00").rpartition(",")[0]
