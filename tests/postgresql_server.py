"""A real PostgreSQL server for the tests, in a folder of its own, on a socket and a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER = "preuve"
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "64MB",
}


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Make a cluster, start its server, and stop it at the end.

    PostgreSQL refuses to run as root, so root lends the cluster to an ordinary account.

    Args:
        programs: the folder of `initdb` and `pg_ctl`.
    """
    account = _ordinary_account()
    folder = Path(tempfile.mkdtemp(prefix="preuve-pg-"))
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = _free_port()
    data = folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options += f" -c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    start = [programs / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8"]
    control = [programs / "pg_ctl", "-D", data, "-w", "-s"]
    _run([*start, "--locale=C"], account)
    _run([*control, "-l", folder / "log", "-o", options, "start"], account)
    try:
        yield f"postgresql://{_OWNER}@127.0.0.1:{port}/postgres"
    finally:
        _run([*control, "-m", "immediate", "stop"], account)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh(server: str) -> Iterator[str]:
    """An empty database of the server, dropped at the end."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _ordinary_account() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[object], account: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
    )
