"""The folder of a use case: `usecase.yaml`, `data.py`, `reference.py`, `README.md`."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.source import Source
from preuve.core.usecase import UseCase

_HOUSE = Path(__file__).parent.parent / "usecases"
FILES = ("usecase.yaml", "data.py", "reference.py", "README.md")


@dataclass(frozen=True)
class UseCaseFolder:
    """A use case with its code: how a node's data become cases."""

    path: Path

    @classmethod
    def find(cls, name: str | Path) -> UseCaseFolder:
        """The folder of a use case of the house (by its code) or of any path.

        Raises:
            PreuveError: neither exists; lists those of the house.
        """
        path = _HOUSE / name if str(name) in cls.names() else Path(name)
        if not (path / "usecase.yaml").exists():
            raise PreuveError(
                _("There is no use case of that name, and no folder with a usecase.yaml."),
                where=name,
                remedy=_("Choose among {names}, or give the path of a folder.").format(
                    names=", ".join(cls.names())
                ),
            )
        return cls(path.resolve())

    @staticmethod
    def names() -> list[str]:
        """Codes of the use cases of the house."""
        return sorted(path.parent.name for path in _HOUSE.glob("*/usecase.yaml"))

    @cached_property
    def usecase(self) -> UseCase:
        return UseCase.read(self.path / "usecase.yaml")

    def module(self, name: str) -> ModuleType:
        """A Python file of the folder ("data", "reference", ...), imported."""
        if self.path.parent == _HOUSE:
            return importlib.import_module(f"preuve.usecases.{self.path.name}.{name}")
        file = self.path / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"usecase_{self.path.name}_{name}", file)
        if spec is None or spec.loader is None or not file.exists():
            raise PreuveError(_("The file does not exist."), where=file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def read(self, source: Source) -> Cases:
        """The cases of a node, by the folder's `data.read(source, usecase)`."""
        cases = self.module("data").read(source, self.usecase)
        if not isinstance(cases, Cases):
            raise PreuveError(
                _("`read` must return Cases, not {kind}.").format(kind=type(cases).__name__),
                where=self.path / "data.py",
            )
        return cases
