"""The application: what stands between a request and the rooms, put together once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response

from preuve import __version__
from preuve.core.store.database import Database
from preuve.web import errors, files, home, interface, problem
from preuve.web.accounts import pages as account_pages
from preuve.web.administration import pages as administration
from preuve.web.body import Bodies
from preuve.web.caching import PublicPages
from preuve.web.errors import Failures
from preuve.web.forms import guarded
from preuve.web.headers import SecurityHeaders
from preuve.web.language import Languages
from preuve.web.parts import parts
from preuve.web.settings import Settings
from preuve.web.sign_in import pages as sign_in
from preuve.web.sign_in.openid import Service
from preuve.web.sign_in.provider import providers
from preuve.web.site import Site


def application(settings: Settings, database: Database | None = None) -> FastAPI:
    """The site as an ASGI application.

    Args:
        settings: where its things are and how it is known.
        database: open already; else that of the settings is opened.

    Raises:
        PreuveError: the database or the file of providers cannot be used.
    """
    opened = database or Database.open(settings.database)
    services = {name: Service(one) for name, one in providers(settings.providers).items()}
    found = Site(settings, opened, parts(), services)
    app = FastAPI(
        title="Preuve",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guarded)],
        lifespan=_open,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.site = found
    errors.install(app)
    _route(app, found)
    _wrap(app, found)
    return app


def from_environment() -> FastAPI:
    """The site of the environment's settings, for a server that starts several processes."""
    return application(Settings.read())


@asynccontextmanager
async def _open(app: FastAPI) -> AsyncIterator[None]:
    opened: Site = app.state.site
    anyio.to_thread.current_default_thread_limiter().total_tokens = opened.settings.threads
    yield
    opened.database.close()


def _route(app: FastAPI, found: Site) -> None:
    own = APIRouter()
    own.add_api_route("/health", _health)
    own.add_api_route("/robots.txt", _robots)
    own.add_api_route("/static/{name}", files.served)
    routers = [own, home.router, account_pages.router, administration.router, sign_in.router]
    for router in [*routers, interface.router, *(part.pages for part in found.parts)]:
        app.include_router(router, include_in_schema=False)
    for part in found.parts:
        if part.api is not None:
            app.include_router(part.api, prefix="/api", responses=problem.described())


def _wrap(app: FastAPI, found: Site) -> None:
    """What every request passes through; the last one added is met first."""
    settings = found.settings
    app.add_middleware(Bodies, limit=settings.body_limit)
    app.add_middleware(PublicPages, database=found.database)
    app.add_middleware(Failures)
    app.add_middleware(Languages)
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=list(settings.hosts), www_redirect=False
    )
    app.add_middleware(SecurityHeaders, secure=settings.secure)


async def _health() -> Response:
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


async def _robots() -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /api/\n")
