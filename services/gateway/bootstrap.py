"""Composition root of the gateway."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import AsyncExitStack

from atelierkit import blobs, client, health
from atelierkit.health import Dependency
from atelierkit.identity import JwksVerifier
from atelierkit.issuer import published_keys
from atelierkit.lag import LoopLag
from atelierkit.watch.blobs import WatchedBlobs
from services.gateway import app
from services.gateway.bulkheads import bulkheads
from services.gateway.clients import Clients, connect
from services.gateway.idempotency import Once
from services.gateway.limits import Limiter
from services.gateway.operations import Backend
from services.gateway.server import Gateway
from services.gateway.sessions import ApiKeys, BrowserSessions, Callers
from services.gateway.settings import GatewaySettings
from services.gateway.spool import Spool
from services.gateway.trail import Trail
from services.gateway.windows import windows


async def build(settings: GatewaySettings, stack: AsyncExitStack) -> Gateway:
    """The application with its channels, which close with `stack`."""
    clients = await connect(settings, WatchedBlobs(blobs.open(settings.blob_url)), stack)
    verifier = JwksVerifier(
        functools.partial(published_keys, clients.auth), settings.issuer, settings.audience
    )
    lag = await stack.enter_async_context(LoopLag())
    sessions = BrowserSessions(clients.auth, settings.browser_token_cache_s)
    counted = await stack.enter_async_context(windows(settings.limits_store.get_secret_value()))
    trail = Trail(clients.audit, Spool(settings.spool_dir))
    await stack.enter_async_context(trail.shipping())
    backend = Backend(
        settings,
        clients,
        bulkheads(settings, lag),
        Limiter(settings.policies, counted),
        Once(clients.requests),
    )
    readiness = await stack.enter_async_context(health.watching(dependencies(clients, verifier)))
    callers = Callers(verifier, sessions, ApiKeys(clients.api_keys, settings.key_token_cache_s))
    application = app.create(backend, callers, sessions, trail, readiness)
    return Gateway(application, readiness)


def dependencies(clients: Clients, verifier: JwksVerifier) -> Mapping[str, Dependency]:
    """What the gateway stands on: the keys that it reads tokens with, once. A service that is away costs its own
    routes; were it hard, it would take every gateway out of balancing, and with them the routes of all others."""
    return {
        "auth_keys": Dependency(verifier.know_keys),
        **{name: Dependency(client.reaching(each), hard=False) for name, each in clients.channels.items()},
    }
