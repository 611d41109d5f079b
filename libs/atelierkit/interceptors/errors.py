"""Turns what a call raises into the status that its caller sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import grpc

from atelierkit import context, metrics
from atelierkit.errors import AppError, Code
from atelierkit.interceptors.around import AroundInterceptor, Call, Context
from atelierkit.logs import get_logger
from atelierkit.status import DETAILS_KEY, to_status

_log = get_logger(__name__)
_STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}

# Whoever gets an answer has reached us. What failed behind us was tried again where it failed; callers that tried all of
# it again would multiply the attempts at each hop, three times three behind the gateway alone (gRFC A6, pushback).
_NOT_AGAIN = ("grpc-retry-pushback-ms", "-1")

# What the caller cannot mend: whoever operates the service needs the cause, which the caller is not told.
_OUR_SIDE = frozenset({Code.UNKNOWN, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.UNAVAILABLE, Code.DATA_LOSS})


class InternalError(AppError):
    """All that a caller learns about a bug: the id under which the log tells the rest."""

    code = Code.INTERNAL
    reason = "INTERNAL"


class Errors(AroundInterceptor):
    """AppErrors become their Status; anything else is a bug, logged whole and told to nobody."""

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Run the call; cancellation and a servicer's own abort pass through."""
        try:
            yield
        except grpc.aio.AbortError:
            raise
        except AppError as error:
            metrics.GRPC_SERVER_REFUSALS.labels(call.service, call.method, metrics.reason_label(error)).inc()
            if error.code in _OUR_SIDE:
                cause = repr(error.__cause__) if error.__cause__ is not None else None
                _log.warning(
                    "call not served", rpc=call.rpc, reason=error.reason, told=error.message, cause=cause
                )
            await _abort(call.context, error)
        except Exception:  # noqa: BLE001 - the one place where a bug ends: it is logged, and answered without detail
            _log.exception("call failed", rpc=call.rpc)
            await _abort(call.context, InternalError("internal error", requestId=context.request_id() or ""))


async def _abort(call_context: Context, error: AppError) -> NoReturn:
    status = to_status(error)
    await call_context.abort(
        _STATUS_CODES[status.code],
        status.message,
        trailing_metadata=((DETAILS_KEY, status.SerializeToString()), _NOT_AGAIN),
    )
