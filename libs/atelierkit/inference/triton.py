"""Inference on a Triton server, over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import np_to_triton_dtype

from atelierkit import client, context
from atelierkit.errors import Code, RemoteError, TimedOut, Unavailable
from atelierkit.inference.answers import Declared
from atelierkit.inference.backlog import Backlog
from atelierkit.inference.port import Arrays, ModelMissing, ModelOutputInvalid, check_finite, check_rows, rows
from atelierkit.inference.retries import Retries, RetryBudget
from atelierkit.inference.versions import triton_version
from atelierkit.settings import ServiceSettings

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A batch of 32 clouds of 10,000 points is 3.8 MB, close to the limit of 4 MiB that services have."""
_OWN_METADATA = (("authorization", ""),)
"""Triton asks for no token: a value of our own keeps the caller's from being passed on."""


class TritonInference:
    """Runs the models of the Triton server at ``addr``, a target of ``atelierkit.client.channel``; used by ``async with``.

    At most ``max_in_flight`` requests are under way, and ``max_rows`` rows of a model under way or waiting:
    Triton's own queue limits are not exact, so the bounds are kept here, and so is the deadline. A call of
    more than ``max_batch`` rows goes in several requests; the models' configuration allows that many.
    Requests that the server failed are repeated: a model has no memory. ``versions`` are released versions by
    model: where one is named, no other is taken.
    """

    def __init__(
        self,
        addr: str,
        settings: ServiceSettings | None = None,
        *,
        timeout_s: float = 2.0,
        max_in_flight: int = 64,
        max_rows: int = 256,
        max_batch: int = 32,
        retries: Retries | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._max_rows = max_rows
        self._max_batch = max_batch
        self._slots = asyncio.Semaphore(max_in_flight)
        self._versions = {model: triton_version(version) for model, version in (versions or {}).items()}
        self._budget = RetryBudget(retries or Retries())
        self._backlogs: dict[str, Backlog] = {}
        self._declared: dict[str, Declared] = {}
        base = settings or ServiceSettings()
        wide = base.model_copy(update={"max_message_bytes": _MAX_MESSAGE_BYTES})
        self._channel = client.channel(addr, wide, timeout_s=timeout_s)
        self._stub = service_pb2_grpc.GRPCInferenceServiceStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._channel.close()

    async def infer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        outputs = await self._answer(model, inputs)
        check_finite(model, outputs)
        return outputs

    async def ready(self, model: str) -> None:
        """A real inference: Triton goes on saying READY after its backend's process has died."""
        self._declared.pop(model, None)
        with _told(model):
            declared = await self._declaration(model)
        await self._answer(model, {name: tensor.zeros() for name, tensor in declared.inputs.items()})

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
        backlog = self._backlogs.setdefault(model, Backlog(self._max_rows))
        limit_s = self._limit_s()
        with backlog.joined(rows(inputs), limit_s), _told(model):
            async with asyncio.timeout(limit_s) as deadline, self._slots:
                return await self._budget.attempted(lambda: self._once(model, inputs, deadline), _may_repeat)

    async def _once(self, model: str, inputs: Arrays, deadline: asyncio.Timeout) -> dict[str, NDArray[Any]]:
        declared = self._declared.get(model) or await self._declaration(model)
        left_s = max(0.0, (deadline.when() or 0.0) - asyncio.get_running_loop().time())
        response = await self._stub.ModelInfer(
            self._request(model, inputs, left_s), timeout=left_s, metadata=_OWN_METADATA
        )
        try:
            return declared.arrays(model, response)
        except ModelOutputInvalid:
            # It may be another version of the model by now: the next call asks what that declares.
            self._declared.pop(model, None)
            raise

    async def _declaration(self, model: str) -> Declared:
        request = service_pb2.ModelMetadataRequest(name=model, version=self._versions.get(model, ""))
        metadata = await self._stub.ModelMetadata(request, timeout=self._limit_s(), metadata=_OWN_METADATA)
        declared = self._declared[model] = Declared.of(metadata)
        return declared

    def _request(self, model: str, inputs: Arrays, limit_s: float) -> Any:
        request = service_pb2.ModelInferRequest(model_name=model, model_version=self._versions.get(model, ""))
        # Triton drops it from its queue after that time, in microseconds: nobody will be there to take the answer.
        request.parameters["timeout"].int64_param = max(1, round(limit_s * 1e6))
        for name, array in inputs.items():
            request.inputs.add(name=name, datatype=np_to_triton_dtype(array.dtype), shape=array.shape)
            request.raw_input_contents.append(array.tobytes())
        return request

    def _limit_s(self) -> float:
        remaining = context.remaining_s()
        return self._timeout_s if remaining is None else min(remaining, self._timeout_s)


def _may_repeat(error: Exception) -> bool:
    return isinstance(error, RemoteError) and error.code in (Code.UNAVAILABLE, Code.INTERNAL)


@contextmanager
def _told(model: str) -> Iterator[None]:
    """Failures in the port's words; Triton's own texts name its files and stay in the cause."""
    try:
        yield
    except TimeoutError as error:
        raise TimedOut("the inference did not finish in time", model=model) from error
    except RemoteError as error:
        if error.code in (Code.DEADLINE_EXCEEDED, Code.CANCELLED):
            raise TimedOut("the inference did not finish in time", model=model) from error
        if error.code is Code.NOT_FOUND:
            raise ModelMissing("the inference server does not have the model", model=model) from error
        if error.code is Code.INVALID_ARGUMENT:
            raise ValueError(f"{model}: {_details(error)}") from error
        if error.reason == "PAYLOAD_TOO_LARGE":
            raise ModelOutputInvalid("the model's answer is too large", model=model) from error
        raise Unavailable("the inference server does not answer", dependency="inference") from error


def _details(error: RemoteError) -> str:
    return str(getattr(error.__cause__, "details", lambda: error.message)())
