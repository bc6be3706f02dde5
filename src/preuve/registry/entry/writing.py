"""Writing: an entry as the YAML that a person edits."""

from __future__ import annotations

import yaml

from preuve.core.language import _
from preuve.registry.entry.entry import Entry


def write_entry(entry: Entry) -> str:
    """The YAML of an entry, without what is left at its default; reading it gives the entry back.

    Comments of the file it was first read from are not kept.
    """
    written = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    head = "# " + _("SYNTHETIC: this entry is made up.") + "\n" if entry.synthetic else ""
    return head + yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=96)
