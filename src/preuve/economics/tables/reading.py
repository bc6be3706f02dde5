"""Reading of tables: a CSV beside the model, a packaged one, or values written out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.economics.expression.evaluation import Table
from preuve.economics.specification.parameters import Table as WrittenTable

if TYPE_CHECKING:
    import polars

_HOUSE = Path(__file__).parent


def house_tables() -> tuple[str, ...]:
    """The packaged tables."""
    return tuple(sorted(path.stem for path in _HOUSE.glob("*.csv")))


def read_table(written: WrittenTable, folder: Path) -> Table:
    """The table that is written.

    Args:
        written: where it is.
        folder: the folder of the model.

    Raises:
        PreuveError: the file, the column or a number is not there; keys do not increase.
    """
    if written.values is not None:
        if not written.values:
            raise PreuveError(_("The table is empty."))
        pairs = np.array(sorted(written.values.items()), dtype=float)
        if not np.all(np.isfinite(pairs)):
            raise PreuveError(_("The table has a key or a value that is not a finite number."))
        return Table(pairs[:, 0], pairs[:, 1])
    import polars as pl

    path = _path(written, folder)
    try:
        frame = pl.read_csv(path, comment_prefix="#")
    except FileNotFoundError as error:
        raise PreuveError(_("The file does not exist."), where=path) from error
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError) as error:
        raise PreuveError(_("The table cannot be read as CSV."), where=path) from error
    keys, values = (_numbers(frame, name, path) for name in (written.key, str(written.column)))
    if np.any(np.diff(keys) <= 0):
        raise PreuveError(_("The keys of the table do not increase."), where=path)
    return Table(keys, values)


def _path(written: WrittenTable, folder: Path) -> Path:
    if written.file is not None:
        return folder / written.file
    if written.house not in house_tables():
        raise PreuveError(
            _("The table “{name}” is not packaged.").format(name=written.house)
            + nearest(str(written.house), house_tables())
        )
    return _HOUSE / f"{written.house}.csv"


def _numbers(frame: polars.DataFrame, name: str, path: Path) -> Floats:
    import polars as pl

    if name not in frame.columns:
        raise PreuveError(
            _("The column {name} is not in the table.").format(name=name)
            + nearest(name, frame.columns),
            where=path,
        )
    try:
        found = frame[name].cast(pl.Float64).to_numpy()
    except pl.exceptions.PolarsError as error:
        raise PreuveError(
            _("The column {name} holds something that is not a number.").format(name=name),
            where=path,
        ) from error
    if not len(found) or not np.all(np.isfinite(found)):
        raise PreuveError(
            _("The column {name} has an empty or infinite cell.").format(name=name), where=path
        )
    return found
