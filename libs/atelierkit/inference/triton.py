"""Inference on a Triton server, over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from opentelemetry import propagate
from tritonclient.grpc import aio as triton
from tritonclient.utils import InferenceServerException, np_to_triton_dtype, triton_to_np_dtype

from atelierkit import context
from atelierkit.errors import TimedOut, Unavailable
from atelierkit.inference.port import Arrays, ModelMissing, check_finite, check_rows, rows
from atelierkit.server import options

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A batch of 32 clouds of 10,000 points is 3.8 MB, close to gRPC's own limit of 4 MiB."""


class TritonInference:
    """Runs the models of the Triton server at ``addr`` (host:port of its gRPC endpoint); used by ``async with``.

    At most ``max_in_flight`` requests are under way and as many wait: Triton's own queue limits are
    not exact, so the bound is kept here. A call of more than ``max_batch`` rows goes in several
    requests; the models' configuration allows that many.
    """

    def __init__(
        self, addr: str, *, timeout_s: float = 2.0, max_in_flight: int = 64, max_batch: int = 32
    ) -> None:
        self._timeout_s = timeout_s
        self._max_in_flight = max_in_flight
        self._max_batch = max_batch
        self._slots = asyncio.Semaphore(max_in_flight)
        self._at_work = 0
        self._client = triton.InferenceServerClient(addr, channel_args=options(_MAX_MESSAGE_BYTES))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.close()

    async def infer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        outputs = await self._answer(model, inputs)
        check_finite(model, outputs)
        return outputs

    async def ready(self, model: str) -> None:
        """A real inference: Triton goes on saying READY after its backend's process has died."""
        with _told(model):
            described = await self._client.get_model_metadata(model, client_timeout=self._limit_s())
        one_row = {
            item.name: np.zeros(
                [1, *(max(1, size) for size in item.shape[1:])], triton_to_np_dtype(item.datatype)
            )
            for item in described.inputs
        }
        await self._answer(model, one_row)

    async def _answer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        count = rows(inputs)
        parts = [
            await self._part(
                model, {name: array[start : start + self._max_batch] for name, array in inputs.items()}
            )
            for start in range(0, count, self._max_batch)
        ]
        outputs = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        check_rows(model, outputs, count)
        return outputs

    async def _part(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        if self._at_work >= 2 * self._max_in_flight:
            raise Unavailable("too many inferences are waiting", retry_after_s=0.5)
        limit = self._limit_s()
        self._at_work += 1
        try:
            with _told(model):
                async with asyncio.timeout(limit), self._slots:
                    answer = await self._client.infer(
                        model, _tensors(inputs), client_timeout=limit, headers=_trace()
                    )
        finally:
            self._at_work -= 1
        return {item.name: answer.as_numpy(item.name) for item in answer.get_response().outputs}

    def _limit_s(self) -> float:
        remaining = context.remaining_s()
        return self._timeout_s if remaining is None else min(remaining, self._timeout_s)


def _trace() -> dict[str, str]:
    """The trace at hand, for Triton's own spans."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


def _tensors(inputs: Arrays) -> list[triton.InferInput]:
    tensors = []
    for name, array in inputs.items():
        tensor = triton.InferInput(name, list(array.shape), np_to_triton_dtype(array.dtype))
        tensor.set_data_from_numpy(np.ascontiguousarray(array))
        tensors.append(tensor)
    return tensors


@contextmanager
def _told(model: str) -> Iterator[None]:
    """Failures in the port's words; Triton's own texts name its files and stay in the cause."""
    try:
        yield
    except TimeoutError as error:
        raise TimedOut("the inference did not finish in time", model=model) from error
    except InferenceServerException as error:
        match (error.status() or "").removeprefix("StatusCode."):
            case "DEADLINE_EXCEEDED" | "CANCELLED":
                raise TimedOut("the inference did not finish in time", model=model) from error
            case "NOT_FOUND":
                raise ModelMissing("the inference server does not have the model", model=model) from error
            case "INVALID_ARGUMENT":
                raise ValueError(f"{model}: {error.message()}") from error
        raise Unavailable("the inference server does not answer", dependency="inference") from error
