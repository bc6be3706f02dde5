"""The option that says which database a command works on."""

from __future__ import annotations

from typing import Annotated

import typer

from preuve.core.language import _

Address = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="PREUVE_DATABASE",
        help=_("The path of an SQLite file, or a postgresql:// URL."),
    ),
]
SITE = "build/site/preuve.db"
"""That of `preuve serve`, unless another is named."""
