"""A predictions file: the answers of a system that stays at its maker's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest_file
from preuve.core.usecase import UseCase
from preuve.registry.door import Door, Question
from preuve.registry.scores import ROUNDING

if TYPE_CHECKING:
    import polars

CASE = "case"
_ROW = "row of the file"


@dataclass(frozen=True)
class Predictions:
    """A CSV or Parquet file: a column `case`, and one column of scores per finding.

    A node uses the rows of its own cases; its cases without a row are without an answer. Other
    columns are not read.
    """

    path: Path
    digest: str
    door: Door = "predictions"

    @classmethod
    def read(cls, path: Path) -> Predictions:
        return cls(path, digest_file(path))

    def check(self, usecase: UseCase) -> None:
        self._table(usecase)

    def answer(self, question: Question) -> tuple[NDArray[np.float64], str]:
        n = len(question.cases)
        values = aligned(self._table(question.usecase), question.cases.identifiers)
        question.progress("", n, n)
        return values, ""

    def unknown_rows(self, known: Iterable[str]) -> int:
        """How many rows of the file name a case that is not in `known`."""
        import polars as pl

        rows = _rows(self.path, self.digest)
        wanted = pl.DataFrame({CASE: list(known)}, schema={CASE: pl.String})
        return rows.height - rows.join(wanted, on=CASE, how="semi").height

    def _table(self, usecase: UseCase) -> polars.DataFrame:
        if digest_file(self.path) != self.digest:
            raise PreuveError(
                _("The file has changed since the system was loaded."),
                where=self.path,
                remedy=_("Load the system again: another content is another system."),
            )
        return _scores(self.path, self.digest, tuple(f.code for f in usecase.findings))


@lru_cache(maxsize=2)
def _scores(path: Path, digest: str, codes: tuple[str, ...]) -> polars.DataFrame:  # noqa: ARG001
    """The scores of a file, read once per process for all its nodes."""
    return Table.of(path, str(path)).scores(codes)


@lru_cache(maxsize=2)
def _rows(path: Path, digest: str) -> polars.DataFrame:  # noqa: ARG001
    """The cases of a file and where they stand, read once per process for all its nodes."""
    return Table.of(path, str(path)).frame()


@dataclass(frozen=True)
class Table:
    """A table of scores that was written elsewhere, read with every mistake named.

    Attributes:
        lazy: the table, its values as text (CSV) or as they are (Parquet).
        columns: names of its columns.
        where: name of the file, for errors.
        first: number of its first row: line 2 of a CSV file, row 1 of a Parquet file.
    """

    lazy: polars.LazyFrame
    columns: tuple[str, ...]
    where: str
    first: int

    @classmethod
    def of(cls, source: Path | bytes, where: str) -> Table:
        """The table of a `.csv` or `.parquet` file, or of the bytes of a CSV file.

        Raises:
            PreuveError: the file is empty, not a table, or without a column `case`.
        """
        import polars as pl

        parquet = isinstance(source, Path) and source.suffix.lower() == ".parquet"
        try:
            if parquet:
                lazy = pl.scan_parquet(source)
            else:
                content = BytesIO(source) if isinstance(source, bytes) else source
                lazy = pl.scan_csv(content, infer_schema=False)
            columns = tuple(lazy.collect_schema().names())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(error, where) from error
        if CASE not in columns:
            raise PreuveError(
                _("The column `case` is missing."),
                where=f"{where}:1",
                remedy=_separator(columns)
                or _("Found: {columns}.").format(columns=", ".join(columns)[:300]),
            )
        return cls(lazy, columns, where, 1 if parquet else 2)

    def frame(self, codes: Sequence[str] = ()) -> polars.DataFrame:
        """Row number, case and, for each finding, its score and whether its cell is another thing.

        The score of a cell that is empty, NaN or not a number is null. Rows without any cell are
        left out.

        Raises:
            PreuveError: the table is broken or empty, a row has no case, or a case stands twice.
        """
        import polars as pl

        number = {code: pl.col(code).cast(pl.Float64, strict=False) for code in codes}
        empty = pl.all_horizontal(pl.col(CASE, *codes).is_null())
        try:
            frame = (
                self.lazy.with_row_index(_ROW, offset=self.first)
                .filter(~empty)
                .select(
                    pl.col(_ROW),
                    pl.col(CASE).cast(pl.String),
                    *(number[code].fill_nan(None) for code in codes),
                    *(
                        (pl.col(code).is_not_null() & number[code].is_null()).alias(_wrong(code))
                        for code in codes
                    ),
                )
                .collect(engine="streaming")
            )
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(error, self.where) from error
        if frame.is_empty():
            raise PreuveError(
                _("The file holds no scores."),
                where=self.where,
                remedy=_("Write one row per case: `case`, then one column per finding."),
            )
        self._refuse(frame.filter(pl.col(CASE).is_null()), _("The case is not named."))
        self._refuse(
            frame.filter(~pl.col(CASE).is_first_distinct()),
            _("The same case stands twice."),
            _("Keep one row per case."),
        )
        return frame

    def scores(self, codes: Sequence[str]) -> polars.DataFrame:
        """Case and one Float64 column per finding, null where there is no answer.

        Raises:
            PreuveError: a column is missing or stands twice, or a cell is not a number in [0, 1];
                names the line and the finding.
        """
        self._refuse_columns(codes)
        frame = self.frame(codes)
        for code in codes:
            self._refuse(
                frame.filter(frame[_wrong(code)]),
                _("This is not a number, for the finding {code}.").format(code=code),
                _("Write a decimal point, and leave the cell empty where there is no answer."),
                code,
            )
            self._refuse(
                frame.filter(~frame[code].is_between(-ROUNDING, 1 + ROUNDING)),
                _("The score of the finding {code} is outside [0, 1].").format(code=code),
                _("Scores are probabilities, from 0 to 1: neither per cent nor logits."),
                code,
            )
        return frame.select(CASE, *codes)

    def _refuse_columns(self, codes: Sequence[str]) -> None:
        twice = [c for c in (CASE, *codes) if f"{c}_duplicated_0" in self.columns]
        if twice:
            raise PreuveError(
                _("The column {column} stands twice.").format(column=twice[0]),
                where=f"{self.where}:1",
            )
        missing = [code for code in codes if code not in self.columns]
        if not missing:
            return
        others = [column for column in self.columns if column not in codes]
        near = get_close_matches(missing[0], others, n=1, cutoff=0.75)
        raise PreuveError(
            _("Missing columns: {columns}.").format(columns=", ".join(missing)),
            where=f"{self.where}:1",
            remedy=_("Is “{word}” the column {code}?").format(word=near[0], code=missing[0])
            if near
            else _("Add them; leave a column empty where the system does not tell the finding."),
        )

    def _refuse(
        self, wrong: polars.DataFrame, problem: str, remedy: str = "", code: str = ""
    ) -> None:
        """Refuse the table if any row is wrong, naming the first and how many there are."""
        if wrong.is_empty():
            return
        first = wrong.row(0, named=True)
        place = [f"{self.where}:{first[_ROW]}"]
        place += [first[CASE]] if first[CASE] else []
        place += [self._cell(first[_ROW], code)] if code else []
        more = _(" ({count} rows)").format(count=len(wrong)) if len(wrong) > 1 else ""
        raise PreuveError(f"{problem}{more}", where=" · ".join(place), remedy=remedy)

    def _cell(self, row: int, code: str) -> str:
        """What stands in a cell, as it is written."""
        written = self.lazy.select(code).slice(row - self.first, 1).collect().item()
        return repr(str(written)[:40])


def _wrong(code: str) -> str:
    return f"{code} is not a number"


def aligned(scores: polars.DataFrame, identifiers: NDArray[np.str_]) -> NDArray[np.float64]:
    """(n, findings) scores in the order of the cases, NaN for a case without a row."""
    import polars as pl

    asked = pl.DataFrame({CASE: pl.Series(identifiers.tolist(), dtype=pl.String)})
    joined = asked.join(scores, on=CASE, how="left", maintain_order="left").drop(CASE)
    return joined.fill_null(float("nan")).to_numpy().astype(np.float64)


def _separator(columns: Sequence[str]) -> str:
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t|"):
        return _("Save the file with commas between the cells.")
    return ""


def _unreadable(error: Exception, where: str) -> PreuveError:
    import polars as pl

    if isinstance(error, pl.exceptions.NoDataError):
        return PreuveError(
            _("The file is empty."),
            where=where,
            remedy=_("Write one row per case: `case`, then one column per finding."),
        )
    return PreuveError(
        _("The file cannot be read as a table."),
        where=where,
        remedy=_(
            "Write CSV in UTF-8, with commas and the same number of cells on each line. "
            "The reader said: {error}"
        ).format(error=str(error).strip().splitlines()[0]),
    )
