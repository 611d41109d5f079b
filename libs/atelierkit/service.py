"""The life of a service process: settings, build, serve, drain."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

import uvloop
from pydantic import ValidationError

from atelierkit import failpoints, logs, metrics, tracing
from atelierkit.errors import AppError
from atelierkit.server import Running, Service, serving
from atelierkit.settings import ServiceSettings
from atelierkit.watch import process

__all__ = ["Service", "run", "run_serving"]

_Settings = TypeVar("_Settings", bound=ServiceSettings)
_Product = TypeVar("_Product")
_log = logs.get_logger(__name__)

# Python's own 700 suits scripts: a request makes some thousands of objects, none of them in cycles.
_GARBAGE_THRESHOLDS = (10_000, 10, 10)

_Build = Callable[[_Settings, AsyncExitStack], Awaitable[_Product]]
_Serving = Callable[[_Product, _Settings], AbstractAsyncContextManager[Running]]


def run(settings_cls: type[_Settings], build: _Build[_Settings, Service]) -> None:
    """Run a gRPC service until SIGTERM or SIGINT.

    ``build`` makes the service from its settings; what it puts on the stack is closed after the
    server has drained. A failed start logs one line and exits with status 1.
    """
    run_serving(settings_cls, build, serving)


def run_serving(
    settings_cls: type[_Settings],
    build: _Build[_Settings, _Product],
    serving: _Serving[_Product, _Settings],
    *,
    name: str | None = None,
) -> None:
    """The same for a process that serves otherwise: ``serving`` listens while its block runs, then drains.

    Its logs, metrics and traces carry the service's name unless it has one of its own.
    """
    name = name or settings_cls.service()
    logs.configure(name)
    settings = _read(settings_cls)
    logs.configure(name, level=settings.log_level, format=settings.log_format)
    process.announce(name)
    _arm(settings.failpoints)
    with tracing.tracing(name):
        uvloop.run(_until_signalled(_serve(settings, build, serving)))


def _read(settings_cls: type[_Settings]) -> _Settings:
    try:
        return settings_cls()
    except ValidationError as error:
        prefix = str(settings_cls.model_config.get("env_prefix", ""))
        faults = [
            f"{_variable(prefix, fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
            # A default that depends on other fields is not made when one of those is wrong.
            if fault["type"] != "default_factory_not_called"
        ]
        _log.error("start failed", cause="; ".join(faults))
        raise SystemExit(1) from None


def _arm(places: str) -> None:
    try:
        armed = failpoints.arm(places)
    except ValueError as error:
        _log.error("start failed", cause=f"ATELIER_FAILPOINTS: {error}")
        raise SystemExit(1) from None
    if armed:
        _log.warning("this process is told to fail", places=sorted(armed))


def _variable(prefix: str, location: tuple[int | str, ...]) -> str:
    """The environment variable behind a field; a rule over several fields has none of its own."""
    if not location:
        return "settings"
    name = str(location[0])
    return name if name.isupper() else f"{prefix}{name.upper()}"


async def _until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Run the work; the first SIGTERM or SIGINT cancels it, which lets it clean up, and later ones change nothing."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    asked: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        if not asked:
            asked.append(number)
            _log.info("stopping", signal=number.name)
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not asked:
            raise
    _log.info("stopped")


async def _serve(
    settings: _Settings, build: _Build[_Settings, _Product], serving: _Serving[_Product, _Settings]
) -> None:
    async with process.loop_watched(), AsyncExitStack() as stack:
        try:
            product = await build(settings, stack)
            if settings.metrics_port is not None:
                stack.enter_context(metrics.served(settings.metrics_host, settings.metrics_port))
            running = await stack.enter_async_context(serving(product, settings))
        except (AppError, OSError) as error:
            _log.error("start failed", cause=str(error))
            raise SystemExit(1) from error
        except Exception as error:
            _log.exception("start failed", cause=f"{type(error).__name__}: {error}")
            raise SystemExit(1) from error
        _settle()
        _log.info("serving", host=settings.host, port=running.port)
        await asyncio.get_running_loop().create_future()


def _settle() -> None:
    """Take what was made so far out of garbage collection: modules and tables live as long as the process.

    Walking them again and again was a tenth of the gateway's CPU time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
