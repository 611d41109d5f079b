"""A service of one method, as a process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from atelierkit import logs, service
from atelierkit.errors import Unavailable
from tests.contract.atelierkit import echo
from tests.integration.atelierkit.demo.settings import DemoSettings


async def _slow(request, context):
    if request.text == "bug":
        raise RuntimeError("a bug about ada@example.org")
    await asyncio.sleep(request.size_mm)
    return request


async def build(settings: DemoSettings, stack: AsyncExitStack) -> service.Service:
    logs.get_logger(__name__).debug("building")
    match settings.fail:
        case "dependency":
            raise Unavailable("the database does not answer")
        case "bug":
            raise RuntimeError("a bug with password=hunter2")
        case "hang":
            await asyncio.Event().wait()
    return echo.service(Open=_slow, Again=_slow)


service.run(DemoSettings, build)
