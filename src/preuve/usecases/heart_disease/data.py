"""A node's table of patients -> cases: typed, checked, coded as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.source import Source
from preuve.core.usecase import UseCase

if TYPE_CHECKING:
    import polars

Floats: TypeAlias = NDArray[np.float64]

_EMPTY = frozenset({"", "?", "na", "nan", "null", "none"})


@dataclass(frozen=True)
class Number:
    """A column of numbers from `low` to `high`; 0 may stand for a missing value."""

    name: str
    low: int
    high: int
    whole: bool = False
    zero_is_missing: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def expected(self) -> str:
        text = (
            _("a whole number from {low} to {high}")
            if self.whole
            else _("a number from {low} to {high}")
        )
        return text.format(low=self.low, high=self.high)

    def code(self, text: str) -> float:
        value = float(text)
        if self.zero_is_missing and value == 0:
            return value
        if not self.low <= value <= self.high or (self.whole and value % 1):
            raise ValueError(text)
        return value

    def columns(self, codes: Floats) -> list[Floats]:
        return [np.where(codes == 0, np.nan, codes) if self.zero_is_missing else codes]


@dataclass(frozen=True)
class Category:
    """A column of words, coded by their position in `words`.

    Where `indicators` are given, each of those words becomes a 0/1 feature; else the code is one.
    """

    name: str
    words: tuple[str, ...]
    indicators: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{word}" for word in self.indicators) or (self.name,)

    @property
    def expected(self) -> str:
        return _("one of {words}").format(words=", ".join(self.words))

    def code(self, text: str) -> float:
        return self.words.index(text)

    def columns(self, codes: Floats) -> list[Floats]:
        if not self.indicators:
            return [codes]
        present = [codes == self.words.index(word) for word in self.indicators]
        return [np.where(np.isnan(codes), np.nan, hot) for hot in present]


_PAIN = ("typical", "atypical", "non_anginal", "asymptomatic")
_ECG = ("normal", "st_t_abnormality", "left_ventricular_hypertrophy")
_DEFECTS = ("fixed_defect", "reversible_defect")

PREDICTORS: tuple[Number | Category, ...] = (
    Number("age", 18, 110),
    Category("sex", ("F", "M")),
    Category("chest_pain", _PAIN, indicators=_PAIN),
    Number("resting_blood_pressure", 40, 300, zero_is_missing=True),
    Number("cholesterol", 40, 1000, zero_is_missing=True),
    Category("fasting_glucose_above_120", ("no", "yes")),
    Category("resting_ecg", _ECG, indicators=_ECG),
    Number("maximum_heart_rate", 30, 250),
    Category("exercise_angina", ("no", "yes")),
    Number("st_depression", -10, 10),
    Category("st_slope", ("upsloping", "flat", "downsloping")),
    Number("fluoroscopy_vessels", 0, 3, whole=True),
    Category("thallium", ("normal", *_DEFECTS), indicators=_DEFECTS),
)
NARROWING = Number("narrowing", 0, 4, whole=True)
TABLE = ("case", *(column.name for column in PREDICTORS), NARROWING.name)
"""The columns that the table `cases` of a node must have."""
FEATURES = tuple(feature for column in PREDICTORS for feature in column.features)
"""Names of the columns of the input `features`, in order."""


def read(source: Source, usecase: UseCase) -> Cases:  # noqa: ARG001  every use case reads so
    """The cases of the table `cases` of a folder or a database.

    The input `features` is float32 (n, 19), named by `FEATURES`, NaN where missing; a blood
    pressure or a cholesterol of 0 is missing. A further column `synthetic` (yes or no) may say
    that a generator made the rows.

    Raises:
        PreuveError: a column is missing, an identifier is empty or stands twice, a word is
            unknown or a number impossible; names the row and the column.
    """
    table = source.table("cases", TABLE)
    where = f"{source.shown} · cases"
    identifiers = _identifiers(table["case"], where)
    codes = {c.name: _codes(c, table[c.name], where) for c in (*PREDICTORS, NARROWING)}
    columns = [values for c in PREDICTORS for values in c.columns(codes[c.name])]
    features = np.stack(columns, axis=1).astype(np.float32)
    return Cases(
        identifiers=identifiers,
        persons=identifiers,
        reference=_reference(codes["narrowing"]),
        subgroups={
            "sex": _levels(codes["sex"], ("F", "M")),
            "age_band": _levels(_at_least(codes["age"], 55), ("under_55", "55_plus")),
        },
        inputs={"features": features.__getitem__},
        warnings=tuple(filter(None, (_zeros(c, codes[c.name]) for c in PREDICTORS))),
        synthetic=_synthetic(table, where),
    )


def _identifiers(series: polars.Series, where: str) -> NDArray[np.str_]:
    first: dict[str, int] = {}
    for row, text in enumerate(_texts(series), start=1):
        if text.lower() in _EMPTY:
            raise _wrong(_("case: the identifier is empty."), where, row, text)
        if text in first:
            problem = _("case: this identifier already stands at row {row}.")
            raise _wrong(problem.format(row=first[text]), where, row, text)
        first[text] = row
    return np.array(list(first), dtype=np.str_)


def _codes(column: Number | Category, series: polars.Series, where: str) -> Floats:
    """(n,) codes of a column, NaN where the cell is empty."""
    codes = np.full(len(series), np.nan)
    for row, text in enumerate(_texts(series)):
        if text.lower() in _EMPTY:
            continue
        try:
            codes[row] = column.code(text)
        except ValueError as error:
            problem = _("{column}: {expected} was expected.").format(
                column=column.name, expected=column.expected
            )
            raise _wrong(problem, where, row + 1, text) from error
    return codes


def _texts(series: polars.Series) -> list[str]:
    return [text.strip() for text in series.fill_null("").to_list()]


def _reference(narrowing: Floats) -> NDArray[np.int8]:
    coded = np.where(np.isnan(narrowing), NOT_CODED, narrowing > 0)
    return coded.astype(np.int8)[:, None]


def _at_least(values: Floats, bound: float) -> Floats:
    return np.where(np.isnan(values), np.nan, values >= bound)


def _levels(codes: Floats, names: Sequence[str]) -> NDArray[np.str_]:
    unknown = np.isnan(codes)
    return np.where(unknown, "", np.array(names)[np.where(unknown, 0, codes).astype(int)])


def _zeros(column: Number | Category, codes: Floats) -> str:
    """A word to the node's staff where a 0 was read as missing."""
    zeros = int(np.sum(codes == 0))
    if isinstance(column, Category) or not column.zero_is_missing or not zeros:
        return ""
    return _("{column}: {count} values of 0 read as missing.").format(
        column=column.name, count=zeros
    )


def _synthetic(table: polars.DataFrame, where: str) -> bool:
    if "synthetic" not in table.columns:
        return False
    marked = _codes(Category("synthetic", ("no", "yes")), table["synthetic"], where)
    return bool(np.any(marked == 1))


def _wrong(problem: str, where: str, row: int, found: str) -> PreuveError:
    """An error whose problem, which may leave the node, does not quote the table."""
    place = _("row {row} (header not counted), “{found}”").format(row=row, found=found[:40])
    return PreuveError(
        problem,
        where=f"{where} · {place}",
        remedy=_("Correct the table, or leave the cell empty where the value is unknown."),
    )
