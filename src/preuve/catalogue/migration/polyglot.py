"""Polyglot: one record that conforms at once to Releases 5 and 8, the HDH catalogue and DCAT-AP.

The releases name the same things differently; a record may say both. What one of them asks and the
record does not know (a size, a note on the publisher) stays to be filled: nothing is invented.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from preuve.catalogue.migration.agents import agents
from preuve.catalogue.migration.draft import Draft, node_values, typed
from preuve.catalogue.migration.migrate import Migrated, migrate, todos
from preuve.catalogue.names import (
    CSVW,
    CV,
    DCAT,
    DCT,
    FOAF,
    HEALTH,
    TYPE,
    VCARD,
    XSD,
)
from preuve.catalogue.nodes import Node
from preuve.catalogue.record import Kind, Record
from preuve.core.language import _

_ADDRESS = re.compile(r"(https?|urn|doi):\S+")


def polyglot(record: Record) -> Migrated:
    """The record migrated to Release 8, which also says what the others ask, where it knows it."""
    migrated = migrate(record)
    if record.kind is not Kind.DATASET:
        return migrated
    draft = Draft(migrated.record)
    for step in (_column_titles, _agents, _cards, _identifier, _publisher):
        step(draft)
    spoken = replace(record, triples=draft.triples)
    return Migrated(spoken, (*migrated.changes, *draft.changes), todos(spoken), migrated.dirt)


def _column_titles(draft: Draft) -> None:
    for node in draft.of_class(CSVW + "Column"):
        if not draft.values(node, CSVW + "titles"):
            for value in draft.values(node, CSVW + "title"):
                what = _("title also said as Release 5 and the HDH catalogue do")
                draft.add(node, CSVW + "titles", value, what)


def _agents(draft: Draft) -> None:
    """Mailbox and home page (HDH), and a card (Release 5), from the contact point (Release 8)."""
    for agent in agents(draft):
        for point in node_values(draft.values(agent, CV + "contactPoint")):
            emails = [v for v in draft.values(point, CV + "email") if isinstance(v, Literal)]
            pages = draft.values(point, CV + "contactPage")
            if emails and not draft.values(agent, FOAF + "mbox"):
                what = _("mailbox said from the contact point")
                draft.add(agent, FOAF + "mbox", _mailto(emails[0]), what)
            if pages and not draft.values(agent, FOAF + "homepage"):
                what = _("home page said from the contact point")
                draft.add(agent, FOAF + "homepage", pages[0], what)
        _card(draft, agent)


def _card(draft: Draft, agent: Node) -> None:
    if draft.values(agent, DCAT + "contactPoint"):
        return
    mailboxes = draft.values(agent, FOAF + "mbox")
    pages = draft.values(agent, FOAF + "homepage")
    if not (mailboxes or pages):
        return
    card = draft.child(agent, "card")
    what = _("card said from the contact point")
    draft.describe(agent, VCARD + "Kind", DCAT + "contactPoint", card, what)
    _reach(draft, card, agent)


def _reach(draft: Draft, card: Node, agent: Node) -> None:
    for name, source in (
        (VCARD + "hasEmail", FOAF + "mbox"),
        (VCARD + "hasURL", FOAF + "homepage"),
    ):
        if not draft.values(card, name):
            for value in draft.values(agent, source)[:1]:
                draft.add(card, name, value, "")


def _cards(draft: Draft) -> None:
    """The card of the data set is a vcard:Kind; the HDH catalogue asks e-mail and page of it.

    What the card lacks comes from the custodian or the publisher when its other half is theirs.
    """
    for card in node_values(draft.values(draft.root, DCAT + "contactPoint")):
        kinds = draft.nodes.classes(card)
        if kinds & {VCARD + "Organization", VCARD + "Individual"} and VCARD + "Kind" not in kinds:
            what = _("class vcard:Kind said of the contact point")
            draft.add(card, TYPE, NamedNode(VCARD + "Kind"), what)
        for agent in agents(draft):
            same = set(draft.values(card, VCARD + "hasEmail", VCARD + "hasURL")) & set(
                draft.values(agent, FOAF + "mbox", FOAF + "homepage")
            )
            if same:
                _reach(draft, card, agent)


def _identifier(draft: Draft) -> None:
    """The HDH catalogue asks for identifiers typed as addresses, where they are addresses."""
    for value in draft.values(draft.root, DCT + "identifier"):
        if isinstance(value, Literal) and _ADDRESS.fullmatch(value.value):
            what = _("identifier typed as an address")
            right = typed(value.value, XSD + "anyURI")
            draft.swap(draft.root, DCT + "identifier", value, right, what)


def _publisher(draft: Draft) -> None:
    """The note on the publisher is its description in Release 8."""
    for agent in node_values(draft.values(draft.root, DCT + "publisher")):
        if not draft.values(agent, HEALTH + "publisherNote"):
            for value in draft.values(agent, DCT + "description"):
                what = _("note on the publisher said from its description")
                draft.add(agent, HEALTH + "publisherNote", value, what)


def _mailto(email: Literal) -> NamedNode:
    return NamedNode("mailto:" + email.value.removeprefix("mailto:").strip().replace(" ", "%20"))
