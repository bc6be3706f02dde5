"""Reading a CHAI card: XML without network, entities or document type; faults with their line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.registry.chai.card import NAMESPACE, ROOT, ChaiCard, Part

LARGEST = 1_000_000
"""Most bytes of a card; the largest published one holds 20,299."""

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_SHOWN = 8


@dataclass(frozen=True)
class ChaiFile:
    """A card as it came.

    Attributes:
        card: its fields.
        notice: the comments above its root, which carry copyright and licence.
        digest: of its bytes.
        signed: whether it holds an XML signature; that signature is not checked.
    """

    card: ChaiCard
    notice: str
    digest: str
    signed: bool


def read(path: Path) -> ChaiFile:
    """The card of a file.

    Raises:
        PreuveError: the file is absent, too large, no XML, holds a document type, or is no CHAI
            card of version 0.2; says the line of each fault.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as error:
        raise PreuveError(_("The file cannot be read."), where=path) from error
    return parse(content, path)


def parse(content: bytes, where: object) -> ChaiFile:
    """The card of bytes; `where` is shown in errors. Raises as `read`."""
    from lxml import etree

    if len(content) > LARGEST:
        raise _too_large(where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PreuveError(
            _("The file is not valid XML: {error}").format(error=error.msg),
            where=f"{where}:{error.lineno}",
        ) from error
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise PreuveError(
            _("The file declares a document type or entities: they are refused."),
            where=where,
            remedy=_("Remove the DOCTYPE; a card needs none."),
        )
    if root.tag != f"{{{NAMESPACE}}}{ROOT}":
        raise _not_a_card(root.tag, f"{where}:{root.sourceline}")
    reading = _Reading(etree.Comment)
    fields = reading.part(root, ChaiCard)
    if reading.faults:
        raise _refusal(reading.faults, where)
    notice = "\n".join(
        (c.text or "").strip() for c in reversed(list(root.itersiblings(preceding=True)))
    )
    signed = root.find(_SIGNATURE) is not None
    return ChaiFile(ChaiCard.model_validate(fields), notice, digest(content), signed)


class _Reading:
    """Walks the elements beside the fields of the nouns and keeps every fault with its line."""

    def __init__(self, comment: Any) -> None:
        self.comment = comment
        self.faults: list[tuple[int, str]] = []

    def part(self, element: Any, noun: type[Part]) -> dict[str, Any]:
        self._only_elements(element)
        expected = {f.alias or name: f for name, f in noun.model_fields.items()}
        order = list(expected)
        found: dict[str, Any] = {}
        last = 0
        for child in element:
            if child.tag is self.comment or child.tag == _SIGNATURE:
                continue
            name = str(child.tag).removeprefix(f"{{{NAMESPACE}}}")
            if name not in expected:
                self._fault(child, _("the element {name} is not known here.").format(name=name))
                continue
            if order.index(name) < last:
                self._fault(child, _("the element {name} stands too late.").format(name=name))
            last = max(last, order.index(name))
            self._put(found, name, expected[name], child)
        for name, field in expected.items():
            if field.is_required() and name not in found:
                self._fault(element, _("the element {name} is missing.").format(name=name))
        return found

    def _put(self, found: dict[str, Any], name: str, field: FieldInfo, child: Any) -> None:
        noun, many = _noun(field)
        value = self._text(child) if noun is None else self.part(child, noun)
        if many:
            found.setdefault(name, []).append(value)
        elif name in found:
            self._fault(child, _("the element {name} stands twice.").format(name=name))
        else:
            found[name] = value

    def _text(self, element: Any) -> str:
        parts = [element.text or ""]
        for child in element:
            if child.tag is not self.comment:
                self._fault(element, _("a text was expected, without elements inside."))
                return ""
            parts.append(child.tail or "")
        return "".join(parts)

    def _only_elements(self, element: Any) -> None:
        loose = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in loose):
            self._fault(element, _("a text stands between the elements."))

    def _fault(self, element: Any, problem: str) -> None:
        self.faults.append((element.sourceline or 0, problem))


def _noun(field: FieldInfo) -> tuple[type[Part] | None, bool]:
    """The noun of a field (None for a text) and whether it may stand several times."""
    kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
    nouns = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Part)]
    many = getattr(field.annotation, "__origin__", None) is tuple
    return (nouns[0] if nouns else None), many


def _refusal(faults: list[tuple[int, str]], where: object) -> PreuveError:
    lines = [
        "\n  " + _("line {line}: {problem}").format(line=line, problem=problem)
        for line, problem in faults[:_SHOWN]
    ]
    if len(faults) > _SHOWN:
        lines.append("\n  " + _("… and {count} more.").format(count=len(faults) - _SHOWN))
    return PreuveError(
        _("The file does not follow the CHAI applied model card, version 0.2:") + "".join(lines),
        where=f"{where}:{faults[0][0]}",
    )


def _not_a_card(tag: str, where: str) -> PreuveError:
    return PreuveError(
        _("This is not a CHAI applied model card of version 0.2: its root is {root}.").format(
            root=tag
        ),
        where=where,
        remedy=_("The root must be AppliedModelCard in the namespace {namespace}.").format(
            namespace=NAMESPACE
        ),
    )


def _too_large(where: object) -> PreuveError:
    return PreuveError(
        _("The file is too large for a model card (more than {size} bytes).").format(size=LARGEST),
        where=where,
    )
