"""Every page of the site, for the tests that look at all of them; each part adds its own."""

from __future__ import annotations

from collections.abc import Callable

from preuve.core.store.database import Database

PATHS: list[str] = ["/", "/sign-in", "/permissions", "/interface", "/nothing-here"]
"""Paths without language, that anyone may read."""

SIGNED_IN: list[str] = ["/account", "/accounts", "/audit"]
"""Paths without language, that an administrator reads."""

FILLS: list[Callable[[Database], None]] = []
"""What puts into an empty store the things that the pages show."""


def fill(database: Database) -> None:
    """Everything that the pages show."""
    for put in FILLS:
        put(database)


def _catalogue(database: Database) -> None:
    from web.catalogue_shown import everything

    everything(database)


PATHS += [
    "/catalogue",
    "/catalogue?q=cardiolgie",
    "/catalogue?q=zzzz",
    "/catalogue?access=http%3A%2F%2Fpublications.europa.eu%2Fresource%2Fauthority%2Faccess-right%2FPUBLIC",
    "/catalogue/1",
    "/catalogue/31",
    "/catalogue/1/history/1",
    "/catalogue/check",
]
SIGNED_IN += [
    "/catalogue?drafts=1",
    "/catalogue/new",
    "/catalogue/1/edit",
    "/catalogue/31/edit",
    "/catalogue/1/variables",
    "/catalogue/31/migrate",
    "/harvest",
    "/harvest/1",
]
FILLS.append(_catalogue)


def _register(database: Database) -> None:
    from web.register_shown import everything

    everything(database)


PATHS += [
    "/register",
    "/register?proof=claimed&text=thorax",
    "/register/lecteur-thorax",
    "/register/lecteur-mesure",
    "/register/lecteur-thorax/obligations",
    "/register/lecteur-thorax/obligations?role=provider&on=2028-08-02&law=ai_act",
    "/register/lecteur-thorax/obligations?on=2027-02-30",
    "/register/lecteur-thorax/classification",
    "/register/lecteur-thorax/grid",
    "/register/lecteur-mesure/card",
    "/register/lecteur-thorax/history",
    "/register/lecteur-thorax/history/1",
    "/calendar",
    "/comparison",
    "/comparison?evidence=evidence-21bfd1790a60",
    "/comparison?evidence=none",
    "/evidence",
    "/evidence/evidence-21bfd1790a60",
    "/impacts",
    "/appraisals",
]
SIGNED_IN += [
    "/register/new",
    "/register/import",
    "/register/lecteur-thorax/edit",
    "/register/lecteur-thorax/edit/intended-use",
    "/register/lecteur-thorax/edit/questions",
    "/register/lecteur-thorax/edit/artefacts",
    "/register/lecteur-thorax/edit/deployments",
    "/register/lecteur-thorax/withdraw",
    "/evidence/new",
]
FILLS.append(_register)
