"""The door of the site, as tests open it: visitors of every role, a real port."""

from __future__ import annotations

import socket
import threading
import time
import warnings
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from preuve.core.store.database import Database
from preuve.web.accounts import account, sessions
from preuve.web.identity import csrf_of
from preuve.web.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for the successor of httpx
    from starlette.testclient import TestClient

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "a long enough phrase"


class Client(TestClient):
    """A visitor: reads pages, sends their forms."""

    csrf: str = ""

    def submit(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form as a browser does from a page of the site."""
        marked = {"csrf": self.csrf, **(fields or {})}
        headers = {"Origin": ADDRESS, **more.pop("headers", {})}
        return self.post(path, data=marked, headers=headers, **more)


@dataclass(frozen=True)
class Door:
    """An open site."""

    app: FastAPI
    settings: Settings
    database: Database

    def client(self) -> Client:
        return Client(self.app, base_url=ADDRESS, follow_redirects=False)

    def signed_in(self, name: str, role: str) -> Client:
        """A client that an account of that role has signed in."""
        with self.database.writing() as connection:
            found = account.find(connection, name) or account.add(
                connection, "system", name, role, PASSWORD
            )
            token = sessions.begin(connection, found.id)
        client = self.client()
        client.cookies.set("preuve", token, domain="127.0.0.1", path="/")
        return self.marked(client)

    def marked(self, client: Client) -> Client:
        """The client with the mark that the forms of its session carry."""
        client.csrf = csrf_of(self.settings.secret, client.cookies["preuve"])
        return client


class running:  # noqa: N801
    """An application on a free port of this machine, until the block ends."""

    def __init__(self, app: Any) -> None:
        import uvicorn

        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_told: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
