"""A catalogue on a local server: pages that a test may change, and what was asked of it."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What a path answers: body, media type, and anything else of HTTP."""

    body: bytes = b""
    media_type: str = "text/turtle"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gzipped: bool = False
    etag: bool = True
    busy: int = 0


@dataclass
class Catalogue:
    """The server: `pages` by path, `asked` every request in order."""

    address: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, **more: Any) -> None:
        self.pages[path] = Answer(body.encode() if isinstance(body, str) else body, **more)

    def paths(self) -> list[str]:
        return [path for path, _headers in self.asked]


@contextmanager
def catalogue() -> Iterator[Catalogue]:
    served = Catalogue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            self._answer(served.pages.get(self.path, Answer(status=404)))

        def _answer(self, answer: Answer) -> None:
            if answer.busy > 0:
                answer.busy -= 1
                self._send(503, b"", {"Retry-After": "0"})
                return
            etag = f'"{hash(answer.body)}"'
            if answer.etag and self.headers.get("If-None-Match") == etag:
                self._send(304, b"", {})
                return
            headers = {"Content-Type": answer.media_type, **answer.headers}
            if answer.etag:
                headers["ETag"] = etag
            body = answer.body
            if answer.gzipped:
                body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
            self._send(answer.status, body, headers)

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_of: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
