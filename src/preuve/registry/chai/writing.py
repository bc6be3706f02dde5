"""Writing a card: the same element names in the same order, as XML or as JSON."""

from __future__ import annotations

import re
from typing import Any

from preuve.registry.chai.card import NAMESPACE, ROOT, ChaiCard, Part

_PREFIXES: Any = {None: NAMESPACE}
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(card: ChaiCard, notice: str = "") -> bytes:
    """The card as an XML document; `notice` becomes the comment above its root.

    Characters that XML cannot hold (control characters) are left out.
    """
    from lxml import etree

    root = etree.Element(f"{{{NAMESPACE}}}{ROOT}", nsmap=_PREFIXES)
    _fill(etree, root, card)
    if notice:
        root.addprevious(etree.Comment(_UNWRITABLE.sub("", notice).replace("--", "- -")))
    etree.indent(root, "\t")
    return bytes(
        etree.tostring(
            root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=False
        )
    )


def to_record(card: ChaiCard) -> dict[str, Any]:
    """The card as JSON values, under its root name."""
    return {ROOT: card.fields()}


def _fill(etree: Any, element: Any, part: Part) -> None:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if value is None:
            continue
        for one in value if isinstance(value, tuple) else (value,):
            child = etree.SubElement(element, f"{{{NAMESPACE}}}{field.alias or name}")
            if isinstance(one, Part):
                _fill(etree, child, one)
            else:
                child.text = _UNWRITABLE.sub("", one)
