"""Serving: the site on a port, in one process or several, until it is told to stop."""

from __future__ import annotations

from contextlib import suppress
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket

import uvicorn

from preuve.core.errors import PreuveError
from preuve.core.language import _

_APPLICATION = "preuve.web.application:from_environment"
_AT_ONCE = 500
_GRACE_SECONDS = 10
_KEEP_ALIVE_SECONDS = 15


def free_port(host: str, port: int) -> int:
    """The port, when it can be listened on; a free one for 0.

    Raises:
        PreuveError: the port is taken, or the address is not of this machine.
    """
    with socket(AF_INET6 if ":" in host else AF_INET) as tried:
        tried.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise PreuveError(
                _("Nothing can listen there: {error}").format(error=error.strerror or error),
                where=f"{host}:{port}",
                remedy=_("Choose another port: --port 8001"),
            ) from error
        return int(tried.getsockname()[1])


def typed_address(host: str, port: int) -> str:
    """The address to type on this machine."""
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{named}:{port}"


def serve_until_stopped(host: str, port: int, workers: int) -> None:
    """Answer until a signal says stop; what was begun is finished first.

    The site is that of the environment: each process reads it there. Only a proxy on this
    machine is believed when it says where a request comes from.
    """
    with suppress(KeyboardInterrupt):
        uvicorn.run(
            _APPLICATION,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http="httptools",
            log_level="warning",
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1",
        )
