"""Headers: what a browser is told to refuse, and how long the server took."""

from __future__ import annotations

from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from preuve.web.rendering import OWN_POLICY

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_DOCUMENT_POLICY = "frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_A_YEAR = "max-age=31536000"


class SecurityHeaders:
    """Adds to every response what protects its reader, and the time it took."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app, self.secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = headers.get(OWN_POLICY)
                if own:
                    del headers[OWN_POLICY]
                headers["Content-Security-Policy"] = _DOCUMENT_POLICY if own else POLICY
                for name, value in _ALWAYS.items():
                    headers[name] = value
                if self.secure:
                    headers["Strict-Transport-Security"] = _A_YEAR
                headers["Server-Timing"] = f"app;dur={1000 * (perf_counter() - began):.2f}"
            await send(message)

        await self.app(scope, receive, sending)
