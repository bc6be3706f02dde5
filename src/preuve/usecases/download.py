"""Official downloads of public data: every file checked, resumed where it stopped."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar
from urllib.parse import quote, urlsplit

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import digest_file, write_whole
from preuve.core.usecase import Text

if TYPE_CHECKING:
    import requests

Records: TypeAlias = Literal["records500", "records100"]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Dataset:
    """A public dataset that `preuve data get` can fetch.

    Attributes:
        code: the name to ask for.
        address: the official folder of its files, ending with a slash.
        bytes: size of what is fetched by default.
        licence: SPDX identifier.
        citation: what its authors ask to be cited.
    """

    code: str
    version: str
    title: Text
    about: Text
    address: str
    bytes: int
    licence: str
    citation: str


PTB_XL = Dataset(
    code="ptb-xl",
    version="1.0.3",
    title=Text(fr="PTB-XL, électrocardiogrammes", en="PTB-XL, electrocardiograms"),
    about=Text(
        fr=(
            "21 799 électrocardiogrammes à 12 dérivations de 10 secondes, 18 869 patients, "
            "interprétés par des cardiologues (71 énoncés SCP-ECG)."
        ),
        en=(
            "21,799 twelve-lead electrocardiograms of 10 seconds, 18,869 patients, "
            "read by cardiologists (71 SCP-ECG statements)."
        ),
    ),
    address="https://physionet.org/files/ptb-xl/1.0.3/",
    bytes=21_799 * 12 * 5_000 * 2,
    licence="CC-BY-4.0",
    citation=(
        "Wagner P, Strodthoff N, Bousseljot R-D, et al. PTB-XL, a large publicly available "
        "electrocardiography dataset. Scientific Data 2020;7:154. "
        "doi:10.1038/s41597-020-0495-6. Version 1.0.3, PhysioNet, doi:10.13026/kfzx-aw45."
    ),
)
DATASETS: Mapping[str, Dataset] = {PTB_XL.code: PTB_XL}

SUMS = "SHA256SUMS.txt"
TABLES = ("ptbxl_database.csv", "scp_statements.csv", "RECORDS")
PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each new attempt when the network or the server fails."""

_BLOCK = 1 << 14
_TIMEOUT = (10, 60)
_PAST_THE_END = 416


def get_ptb_xl(
    target: Path,
    *,
    base_url: str = PTB_XL.address,
    records: Records = "records500",
    progress: Progress = silent,
    workers: int = 4,
) -> Path:
    """Fetch PTB-XL 1.0.3 into a folder, with the layout it has on PhysioNet; return the folder.

    A file is written as `<name>.part`, checked against SHA256SUMS.txt, then renamed: what bears
    its true name is whole. Started again, a download keeps what is whole and continues the rest.

    Args:
        target: the folder, made if absent.
        base_url: the official address or that of a mirror with the same layout.
        records: the records at 500 Hz or those at 100 Hz.
        progress: told as files are done.
        workers: how many files are fetched at once.

    Raises:
        PreuveError: no network, a file that is not there, a wrong checksum (twice), a full disk,
            a list of checksums that is absent or malformed or that leaves the folder.
    """
    _need_requests()
    base = _folder_url(base_url)
    fetch = _Fetch(base, target)
    with _disk_errors(target), _alone(target):
        sums = fetch.sums()
        fetch.all({name: sums[name] for name in _present(TABLES, sums)}, progress, workers=1)
        signals = _signals(target / "RECORDS", records)
        fetch.all({name: sums[name] for name in _present(signals, sums)}, progress, workers)
    return target


def read_sums(text: str, where: object) -> dict[str, str]:
    """Path -> SHA-256 of the lines `<64 hexadecimal digits> <path>`.

    Raises:
        PreuveError: names the line that is malformed, or whose path leaves the folder.
    """
    sums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*?)\s*", line)
        if match is None:
            raise PreuveError(
                _("This line is not a checksum and a path."), where=f"{where}:{number}"
            )
        path = match[2].removeprefix("./")
        if not _stays_inside(path):
            raise PreuveError(
                _("The path leaves the folder: {path}").format(path=path),
                where=f"{where}:{number}",
                remedy=_("Do not use this mirror."),
            )
        sums[path] = match[1].lower()
    if not sums:
        raise PreuveError(_("The list of checksums is empty."), where=where)
    return sums


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not (path.startswith("/") or ".." in parts or re.search(r"[\\:\x00-\x1f]", path))


def _need_requests() -> None:
    try:
        import requests  # noqa: F401
    except ModuleNotFoundError as error:
        raise PreuveError(
            _("Downloading needs the optional part “data”."), remedy='pip install "preuve[data]"'
        ) from error


def _folder_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise PreuveError(
            _("This is not a web address."),
            where=url,
            remedy=_("Give an address that starts with https://"),
        )
    return url.rstrip("/") + "/"


def _present(names: Sequence[str], sums: Mapping[str, str]) -> Sequence[str]:
    for name in names:
        if name not in sums:
            raise PreuveError(
                _("The list of checksums does not name {path}.").format(path=name),
                where=SUMS,
                remedy=_("The address must be that of PTB-XL 1.0.3 or of a true copy."),
            )
    return names


def _signals(index: Path, records: Records) -> list[str]:
    """The header and signal files of the records that RECORDS lists at the wanted rate."""
    listed = [line.strip() for line in index.read_text(encoding="utf-8").splitlines()]
    wanted = [name for name in listed if name.startswith(f"{records}/")]
    if not wanted:
        raise PreuveError(_("No record of {folder} is listed.").format(folder=records), where=index)
    return [name + suffix for name in wanted for suffix in (".hea", ".dat")]


@contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    """Failures of the disk, told as a user's mistake that can be mended."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise PreuveError(
            _("The disk refuses: {error}.").format(error=error.strerror or error),
            where=error.filename or target,
            remedy=_("Free some space or choose another folder, and start again: it continues."),
        ) from error


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One download at a time in a folder; the lock ends with the process that holds it."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (target / ".download.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PreuveError(
                _("Another download is running in this folder."), where=target
            ) from error
        yield


class _Fetch:
    """Fetches files of one address into one folder; a web session per thread."""

    def __init__(self, base: str, target: Path) -> None:
        self.base = base
        self.target = target
        self.threads = threading.local()
        self.stopped = threading.Event()

    def sums(self) -> dict[str, str]:
        """The checksums of all files, as the server lists them."""
        url = self.base + SUMS
        content = self._insist(lambda: self._ask(url).content, url)
        try:
            sums = read_sums(content.decode(), where=url)
        except UnicodeDecodeError as error:
            raise PreuveError(_("The list of checksums is not a text."), where=url) from error
        write_whole(self.target / SUMS, content)
        return sums

    def all(self, sums: Mapping[str, str], progress: Progress, workers: int) -> None:
        """Every file of `sums`, whole; the first failure stops the rest."""
        with ThreadPoolExecutor(workers) as pool:
            running = {pool.submit(self.file, path, sha): path for path, sha in sums.items()}
            try:
                for done, future in enumerate(as_completed(running), start=1):
                    future.result()
                    progress("ptb-xl", done, len(sums), running[future])
            except BaseException:
                self.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def file(self, path: str, sha: str) -> None:
        """One file, whole under its name; after a wrong checksum, once more from nothing."""
        whole = self.target / path
        part = whole.with_name(whole.name + ".part")
        if _is(whole, sha):
            return
        whole.parent.mkdir(parents=True, exist_ok=True)
        url = self.base + quote(path)
        for _attempt in range(2):
            if not _is(part, sha):
                self._insist(lambda: self._continue(url, part), url)
            if _is(part, sha):
                part.replace(whole)
                return
            part.unlink()
        raise PreuveError(
            _("The checksum of a file is wrong, twice."),
            where=url,
            remedy=_("Try again later, or from the official address {address}").format(
                address=PTB_XL.address
            ),
        )

    def _continue(self, url: str, part: Path) -> None:
        """Append to `part` what it lacks, or write it anew where the server cannot."""
        size = part.stat().st_size if part.exists() else 0
        response = self._ask(url, start=size)
        if response.status_code == _PAST_THE_END:
            response.close()
            response = self._ask(url)
        continued = response.headers.get("Content-Range", "").startswith(f"bytes {size}-")
        with response, part.open("ab" if continued else "wb") as stream:
            for block in response.iter_content(_BLOCK):
                stream.write(block)

    def _ask(self, url: str, start: int = 0) -> requests.Response:
        """The answer to a request for a file from byte `start`, not yet read.

        Raises:
            PreuveError: the server has no such file, or refuses.
            requests.RequestException: the network or the server failed.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        response = self._session().get(url, headers=headers, stream=True, timeout=_TIMEOUT)
        status = response.status_code
        if status in (200, 206) or (start and status == _PAST_THE_END):
            return response
        response.close()
        if status == 429 or status >= 500:
            response.raise_for_status()
        raise PreuveError(
            _("The server does not give this file: {status} {reason}.").format(
                status=status, reason=response.reason
            ),
            where=url,
            remedy=_("The address must be that of PTB-XL 1.0.3 or of a true copy."),
        )

    def _insist(self, action: Callable[[], Result], url: str) -> Result:
        """What the action gives, tried again while the network or the server fails."""
        import requests

        pauses = iter(PAUSES)
        while True:
            try:
                return action()
            except requests.RequestException as error:
                pause = next(pauses, None)
                if pause is None or self.stopped.wait(pause):
                    raise PreuveError(
                        _("The server cannot be reached: {error}").format(error=_reason(error)),
                        where=url,
                        remedy=_("Check the network and start again: it continues."),
                    ) from error

    def _session(self) -> requests.Session:
        import requests

        if not hasattr(self.threads, "session"):
            self.threads.session = requests.Session()
        session: requests.Session = self.threads.session
        return session


def _is(path: Path, sha: str) -> bool:
    return path.is_file() and digest_file(path) == f"sha256:{sha}"


def _reason(error: BaseException) -> str:
    """The innermost cause of a failure of the network, in one line."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error).splitlines()[0] if str(error) else type(error).__name__
