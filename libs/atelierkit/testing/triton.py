"""An inference server in this process that speaks Triton's protocol and misbehaves as it is told.

    async with FakeTriton({"body_generator": released(models_dir, "body_generator")}).serving() as (fake, addr):
        fake.service_s = 0.5            # every knob may be turned while it serves
        fake.error_ratio = 0.3
        fake.damage = DAMAGES["not_a_number"]

The models are real where they come from ``released``. Only the protocol's unary calls are here: health,
metadata and inference.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import grpc
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import np_to_triton_dtype, triton_to_np_dtype

from atelierkit.inference.files import onnx_file
from atelierkit.inference.port import Arrays

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024

Damage = Callable[[Any], None]
"""Changes a ModelInferResponse before it is sent."""


@dataclass(frozen=True)
class FakeModel:
    """What a model declares, and what it does. Shapes have -1 for the batch and every other free size."""

    inputs: Mapping[str, tuple[type[np.generic], tuple[int, ...]]]
    outputs: Mapping[str, tuple[type[np.generic], tuple[int, ...]]]
    run: Callable[[Arrays], Arrays]


def released(models_dir: Path, name: str) -> FakeModel:
    """The model of ``<models_dir>/<name>/model.onnx``, run by onnxruntime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        onnx_file(models_dir, name), options, providers=["CPUExecutionProvider"]
    )
    outputs = [item.name for item in session.get_outputs()]

    def declared(items: Any) -> dict[str, tuple[type[np.generic], tuple[int, ...]]]:
        return {
            item.name: (np.float32, tuple(size if isinstance(size, int) else -1 for size in item.shape))
            for item in items
        }

    def run(inputs: Arrays) -> Arrays:
        return dict(zip(outputs, session.run(outputs, dict(inputs)), strict=True))

    return FakeModel(declared(session.get_inputs()), declared(session.get_outputs()), run)


@dataclass
class Counts:
    """What the server has seen; a test may set it back by ``fake.counts = Counts()``."""

    attempts: int = 0
    """Inferences asked for, those that failed included."""
    answered: int = 0
    """Inferences that ended well."""
    failed: int = 0
    """Inferences that were told to fail."""
    cancelled: int = 0
    """Inferences whose caller left: it was cancelled, or its deadline passed."""
    in_flight: int = 0
    """Inferences here now, those that wait for an instance included."""
    most_in_flight: int = 0
    """Most of them at a time."""


@dataclass(eq=False)
class FakeTriton:
    """The server and its knobs."""

    models: Mapping[str, FakeModel]
    instances: int = 1_000_000
    """Inferences done at a time; further ones wait, first come first served, as Triton's do."""
    seed: int = 0
    """Decides which inferences fail where ``error_ratio`` says how many."""
    service_s: float = 0.0
    """Time that one inference takes."""
    error_ratio: float = 0.0
    """Share of inferences that fail, 0 to 1."""
    error_codes: tuple[grpc.StatusCode, ...] = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL)
    """What those answer, each as often as the others."""
    ready: bool = True
    """Whether the models are loaded: without, everything but liveness is UNAVAILABLE."""
    damage: Damage | None = None
    """What befalls each answer."""
    counts: Counts = field(default_factory=Counts)
    last_metadata: dict[str, str | bytes] = field(default_factory=dict)
    """Metadata of the last inference, e.g. its ``traceparent``."""
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def counted(self, enough: Callable[[Counts], bool]) -> None:
        """Return once the counts are so: ``await fake.counted(lambda seen: seen.in_flight == 3)``."""
        while not enough(self.counts):
            self._moved.clear()
            await self._moved.wait()

    def moved(self) -> None:
        """Wake those who wait for the counts."""
        self._moved.set()

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[tuple[Self, str]]:
        """Serve on loopback while the block runs; gives this and the address. Port 0 takes a free one.

        It may be entered again after it was left, on the same port too: a server that was away.
        """
        server = grpc.aio.server(
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.http2.min_recv_ping_interval_without_data_ms", 1_000),
            ]
        )
        service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(_Servicer(self), server)
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(server.stop, None)
            yield self, f"127.0.0.1:{bound}"


class _Servicer(service_pb2_grpc.GRPCInferenceServiceServicer):  # type: ignore[misc]
    def __init__(self, fake: FakeTriton) -> None:
        self._fake = fake
        self._random = random.Random(fake.seed)  # noqa: S311 - repeatable, not secret
        self._instances = asyncio.Semaphore(fake.instances)

    async def ServerLive(self, request: Any, context: Any) -> Any:
        return service_pb2.ServerLiveResponse(live=True)

    async def ServerReady(self, request: Any, context: Any) -> Any:
        return service_pb2.ServerReadyResponse(ready=self._fake.ready)

    async def ModelReady(self, request: Any, context: Any) -> Any:
        return service_pb2.ModelReadyResponse(ready=self._fake.ready and request.name in self._fake.models)

    async def ModelMetadata(self, request: Any, context: Any) -> Any:
        model = await self._model(request.name, context)
        response = service_pb2.ModelMetadataResponse(name=request.name, versions=["1"], platform="fake")
        for told, declared in ((response.inputs, model.inputs), (response.outputs, model.outputs)):
            for name, (dtype, shape) in declared.items():
                told.add(name=name, datatype=np_to_triton_dtype(dtype), shape=shape)
        return response

    async def ModelInfer(self, request: Any, context: Any) -> Any:
        counts = self._fake.counts
        counts.attempts += 1
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)
        self._fake.moved()
        self._fake.last_metadata = dict(context.invocation_metadata() or ())
        try:
            async with self._instances:
                await asyncio.sleep(self._fake.service_s)
            return await self._answer(request, context)
        except asyncio.CancelledError:
            counts.cancelled += 1
            raise
        finally:
            counts.in_flight -= 1
            self._fake.moved()

    async def _answer(self, request: Any, context: Any) -> Any:
        fake = self._fake
        if self._random.random() < fake.error_ratio:
            fake.counts.failed += 1
            await context.abort(self._random.choice(fake.error_codes), "told to fail")
        model = await self._model(request.model_name, context)
        outputs = model.run(_arrays(request))
        response = service_pb2.ModelInferResponse(
            model_name=request.model_name, model_version="1", id=request.id
        )
        for name, array in outputs.items():
            response.outputs.add(name=name, datatype=np_to_triton_dtype(array.dtype), shape=array.shape)
            response.raw_output_contents.append(np.ascontiguousarray(array).tobytes())
        if fake.damage is not None:
            fake.damage(response)
        fake.counts.answered += 1
        return response

    async def _model(self, name: str, context: Any) -> FakeModel:
        if not self._fake.ready:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not ready")
        if name not in self._fake.models:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown model '{name}'")
        return self._fake.models[name]


def _arrays(request: Any) -> dict[str, NDArray[Any]]:
    return {
        item.name: np.frombuffer(raw, triton_to_np_dtype(item.datatype)).reshape(item.shape)
        for item, raw in zip(request.inputs, request.raw_input_contents, strict=True)
    }


def _first_number(value: float) -> Damage:
    def damage(response: Any) -> None:
        array = np.frombuffer(response.raw_output_contents[0], np.float32).copy()
        array[0] = value
        response.raw_output_contents[0] = array.tobytes()

    return damage


def _truncated(response: Any) -> None:
    response.raw_output_contents[0] = response.raw_output_contents[0][:-4]


def _zeros(response: Any) -> None:
    response.raw_output_contents[0] = bytes(len(response.raw_output_contents[0]))


def _another_shape(response: Any) -> None:
    response.outputs[0].shape.append(1)


def _another_dtype(response: Any) -> None:
    response.outputs[0].datatype = "INT32"


def _unknown_dtype(response: Any) -> None:
    response.outputs[0].datatype = "FP3"


def _a_row_too_many(response: Any) -> None:
    row = len(response.raw_output_contents[0]) // response.outputs[0].shape[0]
    response.outputs[0].shape[0] += 1
    response.raw_output_contents[0] += bytes(row)


def _another_name(response: Any) -> None:
    response.outputs[0].name = "nobody"


def _no_outputs(response: Any) -> None:
    response.ClearField("outputs")
    response.ClearField("raw_output_contents")


def _a_million_numbers(response: Any) -> None:
    response.outputs[0].shape[:] = [1, 1_000_000]
    response.raw_output_contents[0] = bytes(4_000_000)


DAMAGES: Mapping[str, Damage] = {
    "not_a_number": _first_number(float("nan")),
    "infinite": _first_number(float("inf")),
    "truncated": _truncated,
    "another_shape": _another_shape,
    "another_dtype": _another_dtype,
    "unknown_dtype": _unknown_dtype,
    "a_row_too_many": _a_row_too_many,
    "another_name": _another_name,
    "no_outputs": _no_outputs,
    "a_million_numbers": _a_million_numbers,
    "zeros": _zeros,
}
"""Answers that no caller may use, for models whose first output is float32. Only ``zeros`` is well formed: what it
means is the caller's to know."""
