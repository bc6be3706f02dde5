"""The machine-readable files of a tender, and the README that lists them with their digests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from preuve.core.language import Language, _
from preuve.core.record import canonical, digest
from preuve.pages.numbers import named
from preuve.registry import fhir
from preuve.registry.chai import export, to_xml
from preuve.registry.facts import load
from preuve.registry.public import inert
from preuve.registry.tender.days import day_words
from preuve.registry.tender.offer import Offer, Tender


def files(tender: Tender, language: Language) -> dict[str, bytes]:
    """Every file but the PDF and the README, by its path in the folder."""
    made: dict[str, bytes] = {}
    for offer in tender.offers:
        entry = offer.entry
        own = [one.evidence for one in offer.measured if one.role == "system"]
        made[f"entries/{entry.id}.yaml"] = entry_yaml(entry.record())
        made[f"grids/{entry.id}.csv"] = _grid(offer)
        made[f"chai/{entry.id}.xml"] = to_xml(export(entry, own))
        made[f"fhir/{entry.id}.json"] = fhir.written(entry, own, language=language)
    for evidence in tender.evidence:
        name = evidence.digest.removeprefix("sha256:")[:16]
        made[f"evidence/{name}.evidence.json"] = evidence.written
    for comparison in tender.comparisons:
        name = f"{comparison.usecase.code}-{comparison.usecase.digest[7:15]}"
        made[f"comparisons/{name}.json"] = canonical(comparison.record()) + b"\n"
    made["obligations.csv"] = _obligations(tender)
    made["choice-guide.csv"] = _guide(tender)
    made["questions.csv"] = _questions(tender)
    return made


def entry_yaml(record: Mapping[str, Any]) -> bytes:
    """An entry as YAML that `load_entry` reads back."""
    written: str = yaml.safe_dump(dict(record), allow_unicode=True, sort_keys=False, width=100)
    return written.encode()


def _obligations(tender: Tender) -> bytes:
    columns = (
        "system",
        "id",
        "law",
        "article",
        "role",
        "binding",
        "state",
        "applies_from",
        "text",
        "why",
        "found",
        "gap",
        "confidence",
    )
    artefacts = load().artefacts
    rows = [
        (
            offer.entry.id,
            one.id,
            one.law,
            one.article,
            one.role,
            "yes" if one.binding else "no",
            one.state,
            one.applies_from.isoformat() if one.applies_from else "",
            one.text,
            one.why,
            " | ".join(f"{proof.title} {proof.digest or ''}".strip() for proof in one.found),
            " | ".join(str(artefacts[code]) for code in one.gap),
            one.confidence,
        )
        for offer in tender.offers
        for one in offer.duties
    ]
    return _csv(columns, rows)


def _grid(offer: Offer) -> bytes:
    columns = ("item", "domain", "question", "state", "answer", "proofs", "confidence")
    rows = [
        (
            one.item.id,
            one.item.domain,
            str(one.item),
            one.state,
            one.text,
            " | ".join(f"{proof.title} {proof.digest or ''}".strip() for proof in one.proofs),
            one.item.confidence,
        )
        for one in offer.grid.items
    ]
    return _csv(columns, rows)


def _guide(tender: Tender) -> bytes:
    rows = [
        (offer.entry.id, one.theme.id, str(one.theme), " | ".join(one.known), one.ask, "")
        for offer in tender.offers
        for one in offer.guide
    ]
    return _csv(("system", "theme", "title", "known", "ask", "answer"), rows)


def _questions(tender: Tender) -> bytes:
    rows = [
        (offer.entry.id, one.theme, one.ask, one.because, "")
        for offer in tender.offers
        for one in offer.questions
    ]
    return _csv(("system", "theme", "question", "because", "answer"), rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Comma, UTF-8 with its mark, no cell that a spreadsheet would take for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([inert(str(cell)) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def digests(made: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Each path with the digest of its bytes, in the order of the paths."""
    return tuple((path, digest(content)) for path, content in sorted(made.items()))


def readme(tender: Tender, made: Mapping[str, bytes]) -> bytes:
    """What the folder holds, in the current language, with the digest of every other file."""
    about = {
        "dossier.pdf": _("to read first: conclusion, limits, then every detail"),
        "entries/": _("the entries of the register, as they are written"),
        "evidence/": _("the signed evidence, byte for byte"),
        "comparisons/": _("the systems side by side, one file per protocol"),
        "grids/": _("the descriptive grid of HAS: what is known, what the supplier must answer"),
        "chai/": _("model cards in the fields of the CHAI applied model card 0.2"),
        "fhir/": _("device and model card as FHIR R4"),
        "obligations.csv": _("what the role owes on the day, with reasons and confidence"),
        "choice-guide.csv": _("the ten themes of the guide of choice"),
        "questions.csv": _("the questions to the suppliers; one column is left for the answers"),
    }
    present = {path.split("/")[0] + "/" if "/" in path else path for path in made}
    lines = [
        f"# {title(tender)}",
        "",
        subtitle(tender),
        *(["", "**" + _("SYNTHETIC") + "**"] if tender.synthetic else []),
        "",
        *(f"- {named(f'`{name}`', words)}" for name, words in about.items() if name in present),
        "",
        "## " + _("Digests (SHA-256)"),
        "",
        _("To check: `sha256sum -c SHA256SUMS`."),
        "",
        *(f"- `{path}` {value}" for path, value in digests(made)),
        "",
    ]
    return "\n".join(str(line) for line in lines).encode()


def sums(made: Mapping[str, bytes]) -> bytes:
    """The digests in the form that `sha256sum -c` reads."""
    lines = [f"{value.removeprefix('sha256:')}  {path}\n" for path, value in digests(made)]
    return "".join(lines).encode()


def title(tender: Tender) -> str:
    names = ", ".join(offer.entry.name for offer in tender.offers)
    return _("Tender pack: {names}").format(names=names)


def subtitle(tender: Tender) -> str:
    return _("For the role “{role}”, on {day}").format(
        role=str(load().word("role", tender.role)).lower(), day=day_words(tender.on)
    )
