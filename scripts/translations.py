"""The French catalogue: texts taken from the code, merged with their translations, compiled.

python scripts/translations.py update    after a text has changed, then translate what is new
python scripts/translations.py check     exit 1 and say what is missing
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

_PACKAGE = Path(__file__).parent.parent / "src" / "preuve"
_FRENCH = _PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "preuve.po"
_COMPILED = _FRENCH.with_suffix(".mo")
_METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext.babel_extract")]
_OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


class _Undated(Catalog):
    """A catalogue whose header says nothing that changes from one day or machine to the next."""

    mime_headers = [  # noqa: RUF012
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
    ]


def template(package: Path = _PACKAGE) -> Catalog:
    """Every text of the code that goes through gettext, with the files where it stands."""
    catalog = Catalog(project="preuve")
    for file, _line, text, comments, context in extract_from_dir(
        package, method_map=_METHODS, options_map=_OPTIONS, strip_comment_tags=True
    ):
        added = catalog.add(text, locations=[(file, 0)], auto_comments=comments, context=context)
        added.flags.discard("python-format")
    return catalog


def french(path: Path = _FRENCH) -> Catalog:
    """The catalogue as it is written."""
    if not path.exists():
        return Catalog(locale="fr")
    with path.open("rb") as stream:
        return read_po(stream, locale="fr")


def merged(package: Path = _PACKAGE, path: Path = _FRENCH) -> Catalog:
    """The catalogue with the texts of the code; the ones that are gone are dropped."""
    catalog = french(path)
    catalog.update(template(package), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """The catalogue as text; no date, so that the same texts give the same bytes."""
    stream = io.BytesIO()
    write_po(stream, catalog, omit_header=True, sort_output=True, include_lineno=False, width=100)
    header = b'msgid ""\nmsgstr ""\n"Language: fr\\n"\n'
    header += b'"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += b'"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    return header + stream.getvalue()


def compiled(path: Path = _FRENCH) -> bytes:
    """The catalogue as gettext reads it."""
    plain = _Undated(locale="fr", fuzzy=False)
    for message in french(path):
        if message.id:
            plain[message.id] = message
    stream = io.BytesIO()
    write_mo(stream, plain)
    return stream.getvalue()


def faults(package: Path = _PACKAGE, path: Path = _FRENCH) -> Iterator[str]:
    """What keeps the catalogue from being whole."""
    catalog = french(path)
    for message in template(package):
        if not message.id:
            continue
        own = catalog.get(message.id, message.context)
        first = message.id[0] if isinstance(message.id, tuple) else message.id
        where = ", ".join(sorted({file for file, _line in message.locations}))
        if own is None or not all(own.string if isinstance(own.string, tuple) else [own.string]):
            yield f"no French translation ({where}): {first}"
        elif own.fuzzy:
            yield f"doubtful translation ({where}): {first}"
        elif _fields(message.id) != _fields(own.string):
            yield f"a field is lost or invented ({where}): {first}"
    mo = path.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(path):
        yield f"{mo.name} is stale: python scripts/translations.py update"


def _fields(text: str | Sequence[str] | None) -> set[str]:
    """The names between braces."""
    parts = (text,) if isinstance(text, str) else text or ()
    return {name for part in parts for _t, name, _s, _c in Formatter().parse(part) if name}


def update() -> None:
    """Bring the catalogue up to the code and compile it."""
    _FRENCH.parent.mkdir(parents=True, exist_ok=True)
    _FRENCH.write_bytes(written(merged()))
    _COMPILED.write_bytes(compiled())


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "check"
    if wanted == "update":
        update()
    found = list(faults())
    print("\n".join(found) or "The French catalogue is whole.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
