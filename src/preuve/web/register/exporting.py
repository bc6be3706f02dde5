"""Exporting: an entry as files: YAML, CHAI card, FHIR, tender pack, documents kept here."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from preuve.core.evidence import Evidence
from preuve.core.language import _, current_language
from preuve.core.store import artefacts
from preuve.registry import fhir
from preuve.registry.chai import export, to_record, to_xml
from preuve.registry.comparison import Measured, speaks_of
from preuve.registry.entry import Entry
from preuve.registry.tender import gather, pack
from preuve.web.errors import NotFound
from preuve.web.register.asked import today
from preuve.web.register.shown import evidence_of, held
from preuve.web.register.written import written
from preuve.web.results.pages import download
from preuve.web.site import reading

pages = APIRouter()
DOCUMENT = "document"
"""Kind of the files that people put beside an entry."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
Made = Callable[[Entry, Sequence[Evidence]], bytes]


@dataclass(frozen=True)
class File:
    """A file that a reader may take away.

    Attributes:
        name: in its address. words: what it is.
    """

    name: str
    words: Callable[[], str]
    media_type: str
    make: Made


def own(entry: Entry, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence whose system evaluated is of this entry."""
    return [one for one in evidence if speaks_of(Measured(one), entry)]


def tender_files(entry: Entry, evidence: Sequence[Evidence]) -> dict[str, bytes]:
    """The tender pack of one system, for a deployer, on this day."""
    offered = gather([entry], own(entry, evidence), today(), "deployer")
    return pack(offered, current_language())


def zipped(files: dict[str, bytes], folder: str) -> bytes:
    """Files in one zip, under one folder; the same files give the same bytes."""
    written_to = io.BytesIO()
    with zipfile.ZipFile(written_to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            told = zipfile.ZipInfo(f"{folder}/{name}", _MOMENT)
            told.external_attr = 0o644 << 16
            archive.writestr(told, content, zipfile.ZIP_DEFLATED)
    return written_to.getvalue()


FILES: tuple[File, ...] = (
    File(
        "entry.yaml",
        lambda: _("The entry (YAML)"),
        "application/yaml",
        lambda entry, _evidence: written(entry.record()).encode(),
    ),
    File(
        "card.chai.xml",
        lambda: _("Model card in the CHAI fields (XML)"),
        "application/xml",
        lambda entry, evidence: to_xml(export(entry, own(entry, evidence))),
    ),
    File(
        "card.chai.json",
        lambda: _("Model card in the CHAI fields (JSON)"),
        "application/json",
        lambda entry, evidence: json.dumps(
            to_record(export(entry, own(entry, evidence))), ensure_ascii=False, indent=1
        ).encode(),
    ),
    File(
        "fhir.json",
        lambda: _("Device and model card (FHIR R4)"),
        "application/fhir+json",
        lambda entry, evidence: fhir.written(
            entry, own(entry, evidence), language=current_language()
        ),
    ),
    File(
        "tender.pdf",
        lambda: _("Tender file to read (PDF)"),
        "application/pdf",
        lambda entry, evidence: tender_files(entry, evidence)["dossier.pdf"],
    ),
    File(
        "tender.zip",
        lambda: _("Tender pack: the PDF and every file it rests on (zip)"),
        "application/zip",
        lambda entry, evidence: zipped(tender_files(entry, evidence), f"tender-{entry.id}"),
    ),
)


@pages.get("/register/{name}/files/{file}")
def exported(request: Request, name: str, file: str) -> Response:
    wanted = next((one for one in FILES if one.name == file), None)
    if wanted is None:
        raise NotFound(
            _("There is no such file."),
            where=file[:80],
            remedy=_("Choose among {words}.").format(words=", ".join(one.name for one in FILES)),
        )
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    content = wanted.make(found.entry, evidence)
    return download(content, f"{name}.{wanted.name}", wanted.media_type)


def kept_documents(connection: Connection, entry: Entry) -> dict[str, str]:
    """Digest -> address of the documents of an entry that are kept here."""
    listed = [one.digest for one in entry.artefacts] + [one.digest for one in entry.documents]
    named = {digest for digest in listed if digest}
    kept = {one for one in named if _document(connection, one) is not None}
    return {one: f"/register/{entry.id}/documents/{one.removeprefix('sha256:')}" for one in kept}


@pages.get("/register/{name}/documents/{digest}")
def document(request: Request, name: str, digest: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
        wanted = f"sha256:{digest}"
        kept = _document(connection, wanted)
        if kept is None or wanted not in kept_documents(connection, found.entry):
            raise NotFound(_("No such document is kept here."), where=digest[:80])
        content = artefacts.read(connection, wanted)
    return download(content, kept.name, kept.media_type)


def _document(connection: Connection, digest: str) -> artefacts.Artefact | None:
    kept = artefacts.find(connection, digest)
    return kept if kept is not None and kept.kind == DOCUMENT else None
