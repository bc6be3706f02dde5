"""Agents: the contact point that Release 8 asks of each, from what Release 5 said of it.

Release 5 gives an agent a vcard (`dcat:contactPoint`), older records a mailbox and a home page;
Release 8 asks exactly one `cv:ContactPoint` with an e-mail or a page.
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from preuve.catalogue.migration.draft import Draft, node_values
from preuve.catalogue.names import CV, DCAT, DCT, FOAF, GEODCATAP, HEALTH, TYPE, VCARD
from preuve.catalogue.nodes import Node
from preuve.core.language import _

ROLES = (
    HEALTH + "hdab",
    HEALTH + "hdabCoordinator",
    GEODCATAP + "custodian",
    DCT + "publisher",
)


def agents(draft: Draft) -> list[Node]:
    """The agents that Release 8 looks into."""
    return list(dict.fromkeys(node_values(draft.values(draft.root, *ROLES))))


def contact_points(draft: Draft) -> None:
    """Give each agent its contact point, where the record knows an e-mail or a page."""
    for agent in agents(draft):
        emails, pages = _reached(draft, agent)
        points = node_values(draft.values(agent, CV + "contactPoint"))
        if len(points) > 1 or not (points or emails or pages):
            continue
        point = points[0] if points else draft.child(agent, "contact-point")
        if not points:
            what = _("contact point made from the agent's mailbox, page or card")
            draft.describe(agent, CV + "ContactPoint", CV + "contactPoint", point, what)
        if CV + "ContactPoint" not in draft.nodes.classes(point):
            what = _("class of the contact point said")
            draft.add(point, TYPE, NamedNode(CV + "ContactPoint"), what)
        if not draft.values(point, CV + "email", CV + "contactPage"):
            _fill(draft, point, emails, pages)


def _fill(draft: Draft, point: Node, emails: list[str], pages: list[str]) -> None:
    for email in emails:
        draft.add(point, CV + "email", Literal(email), "")
    for page in pages:
        draft.add(point, CV + "contactPage", NamedNode(page), "")


def _reached(draft: Draft, agent: Node) -> tuple[list[str], list[str]]:
    """E-mails and pages the record gives for an agent, on it or on its card."""
    nodes = [agent, *node_values(draft.values(agent, DCAT + "contactPoint", VCARD + "hasVCard"))]
    emails: dict[str, None] = {}
    pages: dict[str, None] = {}
    for node in nodes:
        for value in draft.values(node, FOAF + "mbox", VCARD + "hasEmail", CV + "email"):
            if isinstance(value, Literal | NamedNode):
                emails[value.value.removeprefix("mailto:")] = None
        for value in draft.values(node, FOAF + "homepage", VCARD + "hasURL", CV + "contactPage"):
            if isinstance(value, NamedNode):
                pages[value.value] = None
    return list(emails), list(pages)
