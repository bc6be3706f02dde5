"""A model in an ONNX file, run by ONNX Runtime on one core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.usecase import Input, UseCase
from preuve.registry.door import Door, Question
from preuve.registry.offered import read_input
from preuve.registry.onnx_file import content_of

LARGEST = 1 << 30
"""Bytes of the largest file that is read."""

_BATCH_BYTES = 4 << 20
_BATCH_CASES = 8_192
_TYPES = {"tensor(float)": "float32", "tensor(int64)": "int64"}
_SCORES = "scores"
_SUM_ROUNDING = 1e-3


@dataclass(frozen=True)
class OnnxModel:
    """An ONNX file of standard operators that holds all its weights.

    Attributes:
        path: the file.
        digest: of its bytes, which are checked again each time they are loaded.
        findings: the order of the outputs as the card gives it; the file's metadata comes first.
    """

    path: Path
    digest: str
    findings: tuple[str, ...] | None
    door: Door = "onnx"

    @classmethod
    def read(cls, path: Path, findings: tuple[str, ...] | None = None) -> OnnxModel:
        """The model of a file, whose content is checked before anything loads it.

        Raises:
            PreuveError: the file is too large, damaged, uses operators outside the ONNX standard,
                or keeps weights in another file.
        """
        content = _bytes(path)
        _refuse_foreign(content, path)
        return cls(path, digest(content), findings)

    def check(self, usecase: UseCase) -> None:
        _Fitted(self, usecase)

    def answer(self, question: Question) -> tuple[NDArray[np.float64], str]:
        fitted = _Fitted(self, question.usecase)
        n = len(question.cases)
        values = np.full((n, len(question.usecase.findings)), np.nan)
        size = fitted.batch
        for start in range(0, n, size):
            rows = slice(start, min(start + size, n))
            values[rows] = fitted.scores(question.cases, rows)
            question.progress("", rows.stop, n)
        return values, ""


class _Fitted:
    """A session whose inputs and output have been matched with a use case.

    Raises:
        PreuveError: the model asks for what the use case does not offer, or gives no scores.
    """

    def __init__(self, model: OnnxModel, usecase: UseCase) -> None:
        self.where = str(model.path)
        self.usecase = usecase
        self.session = _session(model)
        self.inputs = [self._offered(wanted) for wanted in self.session.get_inputs()]
        if not self.inputs:
            raise PreuveError(
                _("The model takes no input: its answer does not depend on the case."),
                where=self.where,
            )
        self.output = self._scores_output()
        self.columns = self._columns(model)
        self.fixed = self._fixed_batch()

    @property
    def batch(self) -> int:
        """Cases of one run: what the file fixes, else what keeps the inputs within 4 MiB."""
        if self.fixed:
            return self.fixed
        each = sum(prod(i.shape) * np.dtype(i.type).itemsize for i in self.inputs)
        return int(np.clip(_BATCH_BYTES // max(each, 1), 1, _BATCH_CASES))

    def scores(self, cases: Cases, rows: slice) -> NDArray[np.float64]:
        """(rows, findings) scores of some cases, NaN for a finding the model does not know."""
        count = rows.stop - rows.start
        given = {
            wanted.name: self._shaped(read_input(cases, offered, rows), wanted)
            for wanted, offered in zip(self.session.get_inputs(), self.inputs, strict=True)
        }
        try:
            raw = self.session.run([self.output], given)[0][:count]
        except Exception as error:
            raise PreuveError(
                _("The model stopped with an error."),
                where=f"{self.where} · {cases.identifiers[rows.start]}…",
                remedy=_("It said: {error}").format(error=_brief(error)),
            ) from error
        values = np.full((count, len(self.usecase.findings)), np.nan)
        values[:, self.columns] = self._table(raw, count)
        return values

    def _offered(self, wanted: Any) -> Input:
        offered = {i.name: i for i in self.usecase.inputs}
        found = offered.get(wanted.name)
        if found is None:
            near = get_close_matches(wanted.name, offered, n=1)
            raise PreuveError(
                _(
                    "The model asks for the input “{name}”, which the use case does not offer."
                ).format(name=wanted.name)
                + (_(" Did you mean “{word}”?").format(word=near[0]) if near else ""),
                where=self.where,
                remedy=_("Inputs offered: {inputs}.").format(
                    inputs="; ".join(
                        f"{i.name} {i.type} {['n', *i.shape]}" for i in offered.values()
                    )
                ),
            )
        if _TYPES.get(wanted.type) != found.type:
            raise PreuveError(
                _("The input “{name}” is {offered}, and the model wants {wanted}.").format(
                    name=found.name, offered=found.type, wanted=wanted.type
                ),
                where=self.where,
                remedy=_("Convert the type inside the model (an ONNX Cast), and export it again."),
            )
        if not _fits(wanted.shape, found.shape):
            raise PreuveError(
                _("The input “{name}” has shape {offered}, and the model wants {wanted}.").format(
                    name=found.name, offered=["n", *found.shape], wanted=wanted.shape
                ),
                where=self.where,
                remedy=_("Export the model with the cases on the first axis."),
            )
        return found

    def _scores_output(self) -> str:
        outputs: dict[str, str] = {o.name: o.type for o in self.session.get_outputs()}
        floats = [n for n, kind in outputs.items() if kind in ("tensor(float)", "tensor(double)")]
        if _SCORES in floats:
            return _SCORES
        if len(floats) == 1:
            return floats[0]
        raise PreuveError(
            _("The model has no output that can be read as scores."),
            where=self.where,
            remedy=_(
                "Name one output “scores”, a tensor of probabilities, one column per finding. "
                "Outputs found: {outputs}."
            ).format(outputs="; ".join(f"{n} {kind}" for n, kind in outputs.items())),
        )

    def _columns(self, model: OnnxModel) -> list[int]:
        """The use case's column of each output of the model."""
        codes = [finding.code for finding in self.usecase.findings]
        written = self.session.get_modelmeta().custom_metadata_map.get("findings")
        own = [c.strip() for c in written.split(",")] if written else model.findings or codes
        for code in own:
            if code not in codes:
                raise PreuveError(
                    _("The model tells a finding that the use case does not ask: {code}.").format(
                        code=code
                    ),
                    where=self.where,
                    remedy=_near(code, codes),
                )
        if len(set(own)) < len(own):
            raise PreuveError(
                _("The model tells the same finding twice: {codes}.").format(codes=", ".join(own)),
                where=self.where,
            )
        return [codes.index(code) for code in own]

    def _fixed_batch(self) -> int | None:
        sizes = {i.shape[0] for i in self.session.get_inputs() if isinstance(i.shape[0], int)}
        return sizes.pop() if len(sizes) == 1 else None

    def _shaped(self, array: NDArray[Any], wanted: Any) -> NDArray[Any]:
        """The array with the model's rank, its last row repeated to fill a fixed batch."""
        missing = (self.fixed or len(array)) - len(array)
        if missing:
            array = np.concatenate([array, np.repeat(array[-1:], missing, axis=0)])
        return array.reshape(len(array), 1) if len(wanted.shape) > array.ndim else array

    def _table(self, raw: NDArray[Any], count: int) -> NDArray[np.float64]:
        """The output as (rows, findings of the model); the positive class of two."""
        width = len(self.columns)
        raw = np.asarray(raw, dtype=np.float64)
        if raw.ndim == 1 and width == 1:
            raw = raw[:, None]
        if self.usecase.task.kind == "binary" and raw.shape == (count, 2):
            sums = raw.sum(axis=1)
            if np.any(np.abs(sums - 1) > _SUM_ROUNDING):
                raise PreuveError(
                    _("The two columns of “{output}” do not sum to 1.").format(output=self.output),
                    where=self.where,
                    remedy=_("Export probabilities: end the model with a softmax."),
                )
            raw = raw[:, 1:]
        if raw.shape != (count, width):
            raise PreuveError(
                _("The output “{output}” has shape {found} instead of {expected}.").format(
                    output=self.output, found=["n", *raw.shape[1:]], expected=["n", width]
                ),
                where=self.where,
                remedy=_(
                    "Give one column per finding, in this order: {codes}; or list those the model "
                    "tells under `findings`, in its metadata or its card."
                ).format(codes=", ".join(f.code for f in self.usecase.findings)),
            )
        return raw


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST:
        raise PreuveError(
            _("The model is too large: {size} MiB, where {largest} MiB is the most.").format(
                size=size >> 20, largest=LARGEST >> 20
            ),
            where=path,
            remedy=_("Reduce its weights to 16 bits, or enter it as a command."),
        )
    return path.read_bytes()


def _refuse_foreign(content: bytes, path: Path) -> None:
    try:
        found = content_of(content)
    except (ValueError, UnicodeDecodeError) as error:
        raise _damaged(path, error) from error
    if found.foreign:
        raise PreuveError(
            _("The model uses operators outside the ONNX standard: {operators}.").format(
                operators=", ".join(found.foreign)
            ),
            where=path,
            remedy=_("Export it with the operators of ai.onnx and ai.onnx.ml only."),
        )
    if found.loops:
        raise PreuveError(
            _("The model holds the operator Loop: nothing bounds the time it takes."),
            where=path,
            remedy=_("Export it without loops, or enter it as a command, which has a time limit."),
        )
    if found.external:
        raise PreuveError(
            _("The model keeps weights in another file, which its digest would not cover."),
            where=path,
            remedy=_("Save it again as one file, with its weights inside."),
        )


def _session(model: OnnxModel) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise PreuveError(
            _("Running an ONNX model needs the optional part “onnx”."),
            where=model.path,
            remedy='pip install "preuve[onnx]"',
        ) from error
    content = _bytes(model.path)
    if digest(content) != model.digest:
        raise PreuveError(
            _("The file has changed since the system was loaded."),
            where=model.path,
            remedy=_("Load the system again: another content is another system."),
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _damaged(model.path, error) from error


def _damaged(path: Path, error: Exception) -> PreuveError:
    return PreuveError(
        _("The file cannot be read as an ONNX model: {error}").format(error=_brief(error)),
        where=path,
        remedy=_("Export the model again, or fetch the file again."),
    )


def _fits(wanted: Sequence[Any], offered: tuple[int, ...]) -> bool:
    """Whether a model's shape (batch first; text or None = any) takes an offered shape."""
    own = wanted[1:]
    if offered == () and list(own) == [1]:
        return True
    return len(wanted) == len(offered) + 1 and all(
        not isinstance(size, int) or size == given for size, given in zip(own, offered, strict=True)
    )


def _near(code: str, codes: Sequence[str]) -> str:
    near = get_close_matches(code, codes, n=1)
    if near:
        return _("Did you mean “{word}”?").format(word=near[0])
    return _("Choose among {codes}.").format(codes=", ".join(codes))


def _brief(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
