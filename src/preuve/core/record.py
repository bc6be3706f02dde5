"""Records: canonical JSON, content digests, files written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import rfc8785

from preuve.core.errors import PreuveError
from preuve.core.language import _


def canonical(record: Any) -> bytes:
    """JSON Canonicalization Scheme (RFC 8785): one value, one sequence of bytes.

    Raises:
        PreuveError: the value holds a NaN, an infinity or something JSON has no word for.
    """
    try:
        return rfc8785.dumps(record)
    except rfc8785.CanonicalizationError as error:
        raise PreuveError(
            _("This value cannot be recorded: {error}").format(error=error)
        ) from error


def digest(record: Any) -> str:
    """`sha256:` and the hexadecimal digest of the canonical form (or of bytes as they are)."""
    content = record if isinstance(record, bytes) else canonical(record)
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_file(path: Path) -> str:
    """The digest of a file's bytes, read in blocks."""
    with path.open("rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file so that a reader sees the old content or the new one, never a half.

    A private file may be read by its owner alone; others as the user's mask allows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:
            Path(name).chmod(0o666 & ~_mask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def read_json(path: Path) -> Any:
    """The JSON value of a file.

    Raises:
        PreuveError: the file is absent or is not JSON; says the line.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PreuveError(_("The file does not exist."), where=path) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise PreuveError(
            _("The file is not valid JSON: {error}").format(error=error), where=f"{path}{line}"
        ) from error
