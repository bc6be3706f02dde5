"""The four hospitals of the public table as node folders, or SYNTHETIC ones in their place."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.usecases.heart_disease.data import TABLE
from preuve.usecases.heart_disease.hospitals import HOSPITALS, Hospital

if TYPE_CHECKING:
    import polars

TABLE_FILE = Path("clinical/06_heart_failure/heart_disease_4_hospitals_920.csv")
SMALLEST_CELL = 5
"""Of records public since 1988. With the usual 11, Switzerland and its 8 patients without disease
would say nothing, and the widest difference of prevalence would not be seen."""


_FIRST_OF_BUDAPEST = "304"
"""Row of the public table said to be of Cleveland; UCI has it first in its Hungarian file, and
counts 303 and 294 records where the table would count 304 and 293."""

_COLUMNS = {
    "cp": "chest_pain",
    "trestbps": "resting_blood_pressure",
    "chol": "cholesterol",
    "fbs": "fasting_glucose_above_120",
    "restecg": "resting_ecg",
    "thalch": "maximum_heart_rate",
    "exang": "exercise_angina",
    "oldpeak": "st_depression",
    "slope": "st_slope",
    "ca": "fluoroscopy_vessels",
    "thal": "thallium",
    "num": "narrowing",
}
_WORDS = {
    "sex": {"Male": "M", "Female": "F"},
    "chest_pain": {
        "typical angina": "typical",
        "atypical angina": "atypical",
        "non-anginal": "non_anginal",
    },
    "fasting_glucose_above_120": {"True": "yes", "False": "no"},
    "exercise_angina": {"True": "yes", "False": "no"},
    "resting_ecg": {
        "st-t abnormality": "st_t_abnormality",
        "lv hypertrophy": "left_ventricular_hypertrophy",
    },
    "thallium": {"fixed defect": "fixed_defect", "reversable defect": "reversible_defect"},
}


def prepare(
    raw: Path | None,
    target: Path,
    progress: Progress = silent,
    only: Iterable[str] | None = None,
) -> list[Path]:
    """Make the node folders of the four hospitals, and return them.

    A folder that is already there is kept as it is: it may hold the node's key and its ledger.

    Args:
        raw: the folder of open data (it holds `clinical/06_heart_failure/...`); None for
            SYNTHETIC patients.
        target: where the node folders go, `target/<node>/node.yaml` and `target/<node>/data/`.
        progress: told once per hospital.
        only: names of the nodes wanted; all by default.

    Raises:
        PreuveError: no such hospital, no such table, or the folder there holds SYNTHETIC patients
            where real ones are asked for (or the reverse).
    """
    hospitals = _chosen(only)
    folders = [target / hospital.node for hospital in hospitals]
    missing = [h for h, folder in zip(hospitals, folders, strict=True) if not folder.exists()]
    for folder in folders:
        _check_origin(folder, synthetic=raw is None)
    tables = _read(raw, missing) if missing else {}
    for done, hospital in enumerate(hospitals, start=1):
        if hospital in missing:
            _write(target, hospital, tables[hospital.node], synthetic=raw is None)
        progress("heart_disease", done, len(hospitals), hospital.node)
    return folders


def _chosen(only: Iterable[str] | None) -> list[Hospital]:
    if only is None:
        return list(HOSPITALS)
    wanted = set(only)
    unknown = wanted - {hospital.node for hospital in HOSPITALS}
    if unknown:
        raise PreuveError(
            _("There is no hospital of that name: {names}.").format(
                names=", ".join(sorted(unknown))
            ),
            remedy=_("Choose among {names}.").format(names=", ".join(h.node for h in HOSPITALS)),
        )
    return [hospital for hospital in HOSPITALS if hospital.node in wanted]


def _check_origin(folder: Path, *, synthetic: bool) -> None:
    if not folder.exists():
        return
    try:
        with (folder / "data" / "cases.csv").open(encoding="utf-8") as stream:
            found = "synthetic" in stream.readline().strip().split(",")
    except OSError as error:
        raise PreuveError(
            _("This folder is not a node of this use case: {error}").format(error=error.strerror),
            where=folder,
            remedy=_("Choose another folder, or remove this one."),
        ) from error
    if found != synthetic:
        raise PreuveError(
            _("This node holds SYNTHETIC patients, and real ones are asked for.")
            if found
            else _("This node holds real patients, and SYNTHETIC ones are asked for."),
            where=folder,
            remedy=_("Choose another folder, or remove this one."),
        )


def _read(raw: Path | None, hospitals: list[Hospital]) -> dict[str, polars.DataFrame]:
    """Tables of the hospitals by name of node, columns as `TABLE`, all text."""
    if raw is None:
        from preuve.usecases.heart_disease.synthetic import patients

        return {hospital.node: patients(hospital) for hospital in hospitals}
    import polars as pl

    path = raw / TABLE_FILE
    if not path.is_file():
        raise PreuveError(
            _("The table of the four hospitals is not in the folder of open data."),
            where=path,
            remedy=_("Set PREUVE_DATA to the folder that holds it."),
        )
    table = pl.read_csv(path, infer_schema=False).rename(_COLUMNS)
    table = table.with_columns(
        pl.when(pl.col("id") == _FIRST_OF_BUDAPEST)
        .then(pl.lit("Hungary"))
        .otherwise("dataset")
        .alias("dataset"),
        *(pl.col(name).replace(words) for name, words in _WORDS.items()),
    )
    return {
        hospital.node: table.filter(dataset=hospital.dataset).select(
            (hospital.node + "-" + pl.col("id").str.zfill(3)).alias("case"), *TABLE[1:]
        )
        for hospital in hospitals
    }


def _write(target: Path, hospital: Hospital, table: polars.DataFrame, *, synthetic: bool) -> None:
    """A whole node folder, or none: built beside its place, then renamed."""
    unfinished = target / f".{hospital.node}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "data").mkdir(parents=True)
    table.write_csv(unfinished / "data" / "cases.csv")
    node = {
        "schema": 1,
        "name": hospital.node,
        "label": hospital.label(synthetic=synthetic),
        "data": {"heart_disease": "data"},
        "policy": {"smallest_cell": SMALLEST_CELL},
    }
    text = yaml.safe_dump(node, allow_unicode=True, sort_keys=False)
    (unfinished / "node.yaml").write_text(text, encoding="utf-8")
    unfinished.rename(target / hospital.node)
