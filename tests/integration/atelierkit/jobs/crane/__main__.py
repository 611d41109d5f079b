"""``lift`` waits where it is told to, ``explode`` takes its process along."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack

from atelierkit import logs
from atelierkit.jobs import Cause, Rail, this_run
from atelierkit.jobs.worker import Workplace, run_worker
from tests.integration.atelierkit.jobs.crane.settings import CraneSettings

_log = logs.get_logger(__name__)


async def lift(*, seconds: float) -> None:
    _log.info("lifting", job=this_run().job)
    await asyncio.sleep(seconds)
    _log.info("lifted", job=this_run().job)


async def explode() -> None:
    _log.info("exploding", job=this_run().job)
    os.kill(os.getpid(), signal.SIGKILL)


async def bury(cause: Cause) -> None:
    _log.info("buried", reason=cause.reason)


async def build(settings: CraneSettings, stack: AsyncExitStack) -> Workplace:
    rail = Rail(settings.database_url, schema=settings.schema_name)
    rail.task("lift")(lift)
    rail.task("explode", on_poisoned=bury)(explode)
    return Workplace(rail)


run_worker(CraneSettings, build)
