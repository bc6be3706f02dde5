"""Source: where a node's data of one use case are, a folder or the URL of a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from preuve.core.errors import PreuveError
from preuve.core.language import _

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True)
class Source:
    """An address: a folder, or a database URL (`sqlite:///file.db`, `postgresql://host/base`)."""

    address: str

    @property
    def is_folder(self) -> bool:
        return "://" not in self.address

    @property
    def shown(self) -> str:
        """The address without the password a URL may hold."""
        if self.is_folder:
            return self.address
        parts = urlsplit(self.address)
        if not parts.password:
            return self.address
        place = f"{parts.username}:***@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=place))

    @property
    def folder(self) -> Path:
        """The folder of the data.

        Raises:
            PreuveError: the address is a database, or the folder does not exist.
        """
        if not self.is_folder:
            raise PreuveError(
                _("This use case reads files: its data must be in a folder, not a database."),
                where=self.shown,
            )
        path = Path(self.address)
        if not path.is_dir():
            raise PreuveError(
                _("The data folder does not exist."),
                where=path,
                remedy=_("Correct `data` in the node's node.yaml."),
            )
        return path

    def table(self, name: str, columns: Sequence[str]) -> polars.DataFrame:
        """Table `name`, all values as text: a .csv or .parquet of the folder, or an SQL table.

        Raises:
            PreuveError: no such table, or a column of `columns` is missing from it.
        """
        frame = self._file(name) if self.is_folder else self._query(name)
        missing = [column for column in columns if column not in frame.columns]
        if missing:
            raise PreuveError(
                _("Missing columns: {columns}.").format(columns=", ".join(missing)),
                where=f"{self.shown} · {name}",
                remedy=_("Found: {columns}.").format(columns=", ".join(frame.columns)),
            )
        return frame

    def _file(self, name: str) -> polars.DataFrame:
        import polars as pl

        for path in (self.folder / f"{name}.parquet", self.folder / f"{name}.csv"):
            if not path.exists():
                continue
            try:
                if path.suffix == ".parquet":
                    return pl.read_parquet(path).cast(pl.String)
                return pl.read_csv(path, infer_schema=False)
            except pl.exceptions.PolarsError as error:
                raise PreuveError(
                    _("The table cannot be read: {error}").format(error=error), where=path
                ) from error
        raise PreuveError(
            _("Neither {name}.csv nor {name}.parquet is in the folder.").format(name=name),
            where=self.folder,
        )

    def _query(self, name: str) -> polars.DataFrame:
        import polars as pl

        try:
            import sqlalchemy
        except ModuleNotFoundError as error:
            raise PreuveError(
                _("Reading a database needs the optional part “sql”."),
                where=self.shown,
                remedy='pip install "preuve[sql]"',
            ) from error
        try:
            engine = sqlalchemy.create_engine(self.address)
            with engine.connect() as connection:
                table = sqlalchemy.table(name)
                result = connection.execute(
                    sqlalchemy.select(sqlalchemy.text("*")).select_from(table)
                )
                rows = [tuple(None if v is None else str(v) for v in row) for row in result]
                return pl.DataFrame(
                    rows, schema=dict.fromkeys(result.keys(), pl.String), orient="row"
                )
        except (sqlalchemy.exc.SQLAlchemyError, ModuleNotFoundError) as error:
            reason = str(error).splitlines()[0]
            raise PreuveError(
                _("The database cannot be read: {error}").format(error=reason), where=self.shown
            ) from error
