"""Publishing: what the program rendered, kept with its files; what a user sends, checked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, update

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import LANGUAGES, Language, _
from preuve.core.record import canonical, digest
from preuve.core.store import artefacts, audit
from preuve.core.usecase import Text
from preuve.web.results import tables
from preuve.web.results.result import Kind, Named, Result, Told, find

if TYPE_CHECKING:
    from preuve.economics.appraisal import Appraisal
    from preuve.twin.masking import Masked

_POLICY = b'http-equiv="Content-Security-Policy"'
"""What every page of the kit says of itself; it is served under no other policy."""


@dataclass(frozen=True)
class Draft:
    """A result that is ready to be kept: rendered, nothing written yet.

    Attributes:
        pages: language -> the whole page.
        told: language -> conclusion and limits.
        source: the file it was made from, with its name and media type; None for none.
        content: digest of what was found; worked out from the pages when empty.
        id: worked out from the kind and the digest when empty.
    """

    kind: Kind
    title: Text
    pages: Mapping[Language, bytes]
    told: Mapping[Language, Told]
    usecase: str = ""
    systems: tuple[Named, ...] = ()
    source: tuple[bytes, str, str] | None = None
    content: str = ""
    synthetic: bool = False
    id: str = ""

    @property
    def digest(self) -> str:
        return self.content or digest({name: digest(page) for name, page in self.pages.items()})

    @property
    def identifier(self) -> str:
        return self.id or f"{self.kind}-{self.digest.removeprefix('sha256:')[:12]}"


def publish(connection: Connection, draft: Draft, actor: str) -> Result:
    """Keep a result and its files, in the transaction of the caller; one that is there stays.

    A result that was withdrawn is shown again.
    """
    if any(_POLICY not in page for page in draft.pages.values()):
        raise ValueError("a page without the policy that holds it: it was not rendered here")
    known = find(connection, draft.identifier)
    if known is not None and known.content == draft.digest:
        return known if known.status == "published" else _again(connection, known, actor)
    if known is not None:
        raise PreuveError(
            _("Another result already has this identifier."),
            where=draft.identifier,
            remedy=_("Give another one."),
        )
    made = _kept(connection, draft, actor)
    audit.append(
        connection,
        actor,
        f"{made.kind}.publish",
        made.id,
        {"content": made.content, "source": made.source, "pages": dict(made.pages)},
    )
    return made


def publish_evidence(connection: Connection, evidence: Evidence, *, actor: str) -> Result:
    """Check an evidence, render its two pages (seconds) and keep everything.

    Raises:
        PreuveError: it was altered, or its figures do not follow from its releases.
    """
    from preuve.web.results.evidence import draft_of

    return publish(connection, draft_of(evidence), actor)


def publish_page(
    connection: Connection,
    kind: Kind,
    pages: Mapping[Language, bytes],
    title: Text,
    *,
    actor: str,
    conclusion: Mapping[Language, Sequence[str]] | None = None,
    limits: Mapping[Language, Sequence[str]] | None = None,
    usecase: str = "",
    synthetic: bool = False,
    identifier: str = "",
    source: tuple[bytes, str, str] | None = None,
) -> Result:
    """Keep pages that this program rendered; never those that a user sent.

    Args:
        connection: inside a transaction.
        kind: "impact" or "appraisal"; "evidence" goes through `publish_evidence`.
        pages: the whole page in each language.
        title: of the result.
        actor: for the audit log.
        conclusion: sentences per language, shown first.
        limits: sentences per language, shown next.
        usecase: code of the use case, when there is one.
        synthetic: whether a generator made any of it.
        identifier: in addresses; made from the pages when empty.
        source: content, name and media type of the file it was made from.
    """
    if kind == "evidence":
        raise ValueError("an evidence is published from its signed file")
    told = {
        language: Told(
            tuple(str(one) for one in (conclusion or {}).get(language, ())),
            tuple(str(one) for one in (limits or {}).get(language, ())),
        )
        for language in LANGUAGES
    }
    draft = Draft(
        kind, title, pages, told, usecase=usecase, source=source, synthetic=synthetic, id=identifier
    )
    return publish(connection, draft, actor)


def publish_impact(
    connection: Connection, impact: Masked, *, actor: str, identifier: str = ""
) -> Result:
    """Render the impact page of a scenario in both languages and keep it."""
    from preuve.web.results.rendered import impact_draft

    return publish(connection, replace(impact_draft(impact), id=identifier), actor)


def publish_appraisal(
    connection: Connection, appraisal: Appraisal, *, actor: str, identifier: str = ""
) -> Result:
    """Render the page of an appraisal in both languages and keep it."""
    from preuve.web.results.rendered import appraisal_draft

    return publish(connection, replace(appraisal_draft(appraisal), id=identifier), actor)


def withdraw(connection: Connection, found: Result, *, actor: str) -> None:
    """Show a result no more; its files stay."""
    _status(connection, found, "withdrawn")
    audit.append(connection, actor, f"{found.kind}.withdraw", found.id, {"content": found.content})


def _again(connection: Connection, known: Result, actor: str) -> Result:
    _status(connection, known, "published")
    audit.append(connection, actor, f"{known.kind}.publish", known.id, {"content": known.content})
    return replace(known, status="published")


def _status(connection: Connection, found: Result, status: str) -> None:
    rows = tables.result
    connection.execute(update(rows).where(rows.c.id == found.id).values(status=status))


def _kept(connection: Connection, draft: Draft, actor: str) -> Result:
    name = draft.identifier
    pages = {
        language: artefacts.keep(
            connection, page, "page", f"{name}.{language}.html", "text/html"
        ).digest
        for language, page in draft.pages.items()
    }
    source = ""
    if draft.source is not None:
        content, file_name, media_type = draft.source
        source = artefacts.keep(connection, content, draft.kind, file_name, media_type).digest
    made = Result(
        id=name,
        kind=draft.kind,
        title=draft.title,
        usecase=draft.usecase,
        systems=draft.systems,
        content=draft.digest,
        source=source,
        pages=pages,
        told=draft.told,
        synthetic=draft.synthetic,
        status="published",
        added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        added_by=actor,
    )
    connection.execute(insert(tables.result).values(_row(made)))
    return made


def _row(made: Result) -> dict[str, object]:
    told = {
        language: {"conclusion": list(one.conclusion), "limits": list(one.limits)}
        for language, one in made.told.items()
    }
    return {
        "id": made.id,
        "kind": made.kind,
        "title_fr": made.title.fr,
        "title_en": made.title.en,
        "usecase": made.usecase,
        "systems": canonical([vars(one) for one in made.systems]).decode(),
        "content": made.content,
        "source": made.source,
        "page_fr": made.pages["fr"],
        "page_en": made.pages["en"],
        "told": canonical(told).decode(),
        "synthetic": made.synthetic,
        "status": made.status,
        "added_at": made.added_at,
        "added_by": made.added_by,
    }
