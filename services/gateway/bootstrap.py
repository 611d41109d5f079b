"""Composition root of the gateway."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack

from starlette.applications import Starlette

from atelierkit import blobs
from atelierkit.identity import JwksVerifier
from atelierkit.issuer import published_keys
from atelierkit.watch.blobs import WatchedBlobs
from services.gateway import app
from services.gateway.bulkheads import bulkheads
from services.gateway.clients import connect
from services.gateway.operations import Backend
from services.gateway.sessions import BrowserSessions, Callers
from services.gateway.settings import GatewaySettings


async def build(settings: GatewaySettings, stack: AsyncExitStack) -> Starlette:
    """The application with its channels, which close with `stack`."""
    clients = await connect(settings, WatchedBlobs(blobs.open(settings.blob_url)), stack)
    verifier = JwksVerifier(
        functools.partial(published_keys, clients.auth), settings.issuer, settings.audience
    )
    sessions = BrowserSessions(clients.auth, settings.browser_token_cache_s)
    return app.create(
        Backend(settings, clients, bulkheads(settings)), Callers(verifier, sessions), sessions
    )
