"""Pages of the register that anybody reads: the list, and the pages of one system."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language, ngettext
from preuve.core.record import canonical
from preuve.pages.numbers import number
from preuve.registry import register
from preuve.registry.classes import classify
from preuve.registry.classification import qualify
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import load
from preuve.registry.grid import grid
from preuve.registry.intended_use import completeness
from preuve.registry.model_card import basis_name, model_card
from preuve.registry.obligations import STATES
from preuve.registry.public import rows, to_csv
from preuve.registry.register import Held
from preuve.web.days import day
from preuve.web.identity import visitor
from preuve.web.register import proposals
from preuve.web.register.asked import (
    Asked,
    asked,
    day_of,
    deployment_choices,
    role_choices,
    today,
)
from preuve.web.register.exporting import FILES, kept_documents
from preuve.web.register.listing import SHOWN, Filter, choices, listed
from preuve.web.register.owed import Owed, owed
from preuve.web.register.shown import all_evidence, entries, evidence_of, held
from preuve.web.register.told import classed, standing, told
from preuve.web.register.viewing import (
    deployment_shown,
    documents_of,
    energy_of,
    ethics_of,
    row_shown,
)
from preuve.web.rendering import linked, page
from preuve.web.results.pages import download
from preuve.web.roles import may
from preuve.web.site import reading

pages = APIRouter()
Word = Annotated[str, Query(max_length=200)]


@pages.get("/register")
def listing(
    request: Request,
    text: Word = "",
    line: Word = "",
    usecase: Word = "",
    maker: Word = "",
    device_class: Word = "",
    proof: Word = "",
    current: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    wanted = Filter(text, line, usecase, maker, device_class, proof)
    who = visitor(request)
    with reading(request) as connection:
        every = entries(connection)
        found = listed(every, all_evidence(connection), wanted)
        waiting = (
            proposals.waiting(
                connection, actor="" if may(who.role, "register.publish") else who.actor
            )
            if may(who.role, "register.propose") and who.signed_in
            else []
        )
    some = found[(current - 1) * SHOWN : current * SHOWN]
    kept = {name: value for name, value in vars(wanted).items() if value}
    return page(
        request,
        "register/list.html.j2",
        title=_("Register of AI systems"),
        asked=wanted,
        choices=choices(every),
        lines=_by_line(some),
        total=len(found),
        waiting=waiting,
        current=current,
        last=max(1, -(-len(found) // SHOWN)),
        address=lambda n: f"{linked('/register')}?{urlencode(kept | {'page': n})}",
    )


def _by_line(some: list[Any]) -> list[tuple[dict[str, str], list[Any]]]:
    found: dict[str, list[Any]] = {}
    for one in some:
        found.setdefault(one.entry.line, []).append(one)
    words = load().words["line"]
    return [({"code": line, "words": str(words[line])}, own) for line, own in found.items()]


@pages.get("/register.csv")
def table(request: Request) -> Response:
    with reading(request) as connection:
        content = to_csv(entries(connection), all_evidence(connection), current_language())
    return download(content, "register.csv", "text/csv; charset=utf-8")


@pages.get("/register.json")
def public_register(request: Request) -> Response:
    from preuve.registry.public import to_record

    with reading(request) as connection:
        record = to_record(entries(connection), all_evidence(connection))
    return download(canonical(record) + b"\n", "register.json", "application/json")


@pages.get("/register/{name}")
def system(request: Request, name: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        results, evidence = evidence_of(connection, found.entry)
        documents = documents_of(found.entry, kept_documents(connection, found.entry))
    entry, now = found.entry, today()
    versions = rows([entry], evidence)
    role: Role = "deployer" if entry.deployments else "provider"
    return page(
        request,
        "register/system.html.j2",
        **_common(request, found, str(entry.title)),
        line_words=str(load().word("line", entry.line)),
        told=told(entry, versions, evidence, now),
        uses=completeness(entry),
        rows=[row_shown(one, results) for one in versions],
        deployments=[deployment_shown(entry, one) for one in entry.deployments],
        grid=grid(entry, now, evidence),
        ethics=ethics_of(entry, Asked(role, now), evidence),
        energy=energy_of(entry, versions),
        classed=classed(qualify(entry)),
        documents=documents,
        files=[(one.name, one.words()) for one in FILES],
    )


def _common(request: Request, found: Held, title: str) -> dict[str, Any]:
    """What every page of a system shows."""
    shown = found.status == "current"
    return {
        "title": title,
        "entry": found.entry,
        "kept": found,
        "public": shown,
        "can_change": may(visitor(request).role, "register.propose"),
    }


@pages.get("/register/{name}/obligations")
def obligations(
    request: Request,
    name: str,
    role: Word = "",
    on: Word = "",
    deployment: Word = "",
    law: Word = "",
) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    entry, problem, shown = found.entry, None, None
    laws = [(code, str(load().word("law", code))) for code in load().laws]
    try:
        if law and law not in dict(laws):
            raise PreuveError(
                _("“{word}” is not known.").format(word=law[:40]),
                where="law",
                remedy=_("Choose among {words}.").format(words=", ".join(dict(laws))),
            )
        wanted = asked(entry, role, on, deployment)
        shown = owed(entry, wanted, evidence, law=law)
    except PreuveError as refused:
        problem = refused
        wanted = asked(entry, "", "", "")
    common = _common(request, found, _("Obligations: {name}").format(name=entry.name))
    return page(
        request,
        "register/obligations.html.j2",
        status=400 if problem else 200,
        **common | {"public": common["public"] and not problem},
        problem=problem,
        owed=shown,
        headline=_headline(shown) if shown else "",
        form={
            "role": wanted.role,
            "on": wanted.on.isoformat(),
            "deployment": wanted.deployment or "",
            "law": law,
        },
        roles=role_choices(),
        laws=laws,
        deployments=deployment_choices(entry),
        state_words={state: _state_words(state) for state in STATES},
    )


def _headline(found: Owed) -> str:
    role = str(load().word("role", found.asked.role))
    return ngettext(
        "On {day}, {count} binding duty is in force for the {role}.",
        "On {day}, {count} binding duties are in force for the {role}.",
        len(found.binding),
    ).format(day=day(found.asked.on), count=number(len(found.binding)), role=role.lower())


def _state_words(state: str) -> str:
    words = str(load().word("state", state))
    return words[:1].upper() + words[1:]


@pages.get("/register/{name}/classification")
def classification(request: Request, name: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
    qualified = qualify(found.entry)
    act = qualified.ai_act
    names = {"has_functional": _("Functional level (HAS 2021)")}
    return page(
        request,
        "register/classification.html.j2",
        **_common(request, found, _("Classification: {name}").format(name=found.entry.name)),
        found=qualified,
        classed=classed(qualified),
        standing=standing(qualified),
        headings=[
            (_("Prohibited practice (Article 5)"), act.prohibited),
            (_("High risk as a device (Annex I)"), act.high_risk_annex_i),
            (_("High risk by its use (Annex III)"), act.high_risk_annex_iii),
            (_("Transparency duties (Article 50)"), act.transparency),
            (_("General-purpose model"), act.gpai),
            (_("Research only"), act.research),
            (_("Made in-house (MDR, Article 5(5))"), qualified.in_house),
            (_("Minimal risk"), act.minimal),
        ],
        frames=[
            {"name": names.get(one.frame, _("European grid (EvalEUDMD style)")), "found": one}
            for one in classify(found.entry)
        ],
    )


@pages.get("/register/{name}/grid")
def descriptive_grid(request: Request, name: str, on: Word = "") -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    return page(
        request,
        "register/grid.html.j2",
        **_common(request, found, _("Descriptive grid: {name}").format(name=found.entry.name)),
        grid=grid(found.entry, day_of(on), evidence),
    )


@pages.get("/register/{name}/card")
def card(request: Request, name: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    sections = model_card(found.entry, evidence)
    bases = {line.basis for section in sections for line in section.lines}
    return page(
        request,
        "register/card.html.j2",
        **_common(request, found, _("Model card: {name}").format(name=found.entry.name)),
        card=sections,
        basis={one: basis_name(one) for one in bases},
    )


@pages.get("/register/{name}/history")
def history(request: Request, name: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        revisions = register.history(connection, name)
    return page(
        request,
        "register/history.html.j2",
        **_common(request, found, _("History: {name}").format(name=found.entry.name)),
        revisions=revisions,
    )


@pages.get("/register/{name}/history/{revision}")
def one_revision(request: Request, name: str, revision: int) -> Response:
    from preuve.web.register.written import written

    with reading(request) as connection:
        found = held(request, connection, name)
        if not 1 <= revision <= 1_000_000:
            raise PreuveError(_("There is no such revision."), where=revision)
        text = register.text_of(connection, name, revision)
    title = _("{name}, revision {number}").format(name=found.entry.name, number=number(revision))
    return page(
        request,
        "register/revision.html.j2",
        **_common(request, found, title),
        text=written(text.record()),
        revision=revision,
    )
