"""Write: the whole folder of a tender, or nothing."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import Language, _, speaking
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.tender.blocks import Digests, Heading
from preuve.registry.tender.dossier import blocks
from preuve.registry.tender.files import digests, files, readme, subtitle, sums, title
from preuve.registry.tender.offer import Tender, gather
from preuve.registry.tender.pdf import pdf

_REGIONS = {"fr": "FR", "en": "GB"}


def write(
    entries: Sequence[Entry],
    evidence: Sequence[Evidence],
    folder: Path,
    language: Language,
    on: datetime.date,
    role: Role,
) -> Path:
    """The tender pack: one folder with a PDF and the files it rests on.

    The same arguments give the same bytes.

    Args:
        entries: the systems, in the order they are shown.
        evidence: signed evidence files already checked by `Evidence.load`.
        folder: where the pack goes; it must not exist.
        language: of the texts.
        on: the day that obligations are worked out for, and the date of the PDF.
        role: who buys and will owe.

    Returns:
        The folder.

    Raises:
        PreuveError: there is no entry, two have one identifier, the folder exists, an evidence
            has been altered or speaks of none of the entries; nothing is written then.
    """
    _refuse(entries, folder)
    with speaking(language):
        made = pack(gather(entries, evidence, on, role), language)
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for path, content in made.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(content)
        place.chmod(0o755)
        place.rename(folder)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return folder


def pack(tender: Tender, language: Language) -> dict[str, bytes]:
    """Every file of the folder by its path, in the current language."""
    made = files(tender, language)
    shown = [*blocks(tender), Heading(_("Files of this pack")), Digests(digests(made))]
    content = {
        "title": title(tender),
        "subtitle": subtitle(tender),
        "author": "Preuve",
        "mark": _("SYNTHETIC") if tender.synthetic else "",
        "footer": _("Only figures called measured come from a signed evidence."),
        "page": _("Page"),
        "lang": language,
        "region": _REGIONS[language],
        "on": [tender.on.year, tender.on.month, tender.on.day],
        "blocks": [one.record() for one in shown],
    }
    made["dossier.pdf"] = pdf(content, tender.on)
    made["README.md"] = readme(tender, made)
    made["SHA256SUMS"] = sums(made)
    return made


def _refuse(entries: Sequence[Entry], folder: Path) -> None:
    if not entries:
        raise PreuveError(_("Give at least one entry."))
    names = [entry.id for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PreuveError(_("Two entries have one identifier."), where=", ".join(twice))
    if folder.exists():
        raise PreuveError(
            _("The folder exists already; nothing is written over it."),
            where=folder,
            remedy=_("Give another folder, or remove this one."),
        )
