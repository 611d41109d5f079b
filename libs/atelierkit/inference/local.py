"""Inference in this process, by onnxruntime."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from atelierkit import context
from atelierkit.errors import TimedOut
from atelierkit.inference.batching import BatchLimits, MicroBatcher
from atelierkit.inference.files import onnx_file
from atelierkit.inference.port import Arrays, ModelMissing, check_finite, check_rows, rows
from atelierkit.inference.watched import BATCH_ROWS

_DTYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}

_RUN_BYTES = 2 * 1024 * 1024
"""Most bytes of inputs in one run; more rows go through in several. What a network of pictures makes of 64 leaves the
core's cache: a face in a run of 64 cost 1.5 times a face alone, in runs of three as much as alone, and 47 MB instead of 203. Networks that gain by company have short rows, and theirs all fit."""


@dataclass(frozen=True)
class _Loaded:
    """A model in memory, its thread and its queue."""

    name: str
    session: onnxruntime.InferenceSession
    batcher: MicroBatcher

    def check(self, inputs: Arrays) -> None:
        """ValueError unless names, dtypes and sizes are what the model declares; axis 0 is free."""
        declared = {item.name: item for item in self.session.get_inputs()}
        if declared.keys() != inputs.keys():
            raise ValueError(f"{self.name} takes {sorted(declared)}, not {sorted(inputs)}")
        for name, array in inputs.items():
            shape = declared[name].shape
            fits = array.ndim == len(shape) and all(
                not isinstance(size, int) or size == given
                for size, given in zip(shape[1:], array.shape[1:], strict=True)
            )
            if not fits or array.dtype != _DTYPES[declared[name].type]:
                raise ValueError(
                    f"{self.name}: {name} is {declared[name].type} {shape}, not {array.dtype} {array.shape}"
                )

    def zeros(self) -> dict[str, NDArray[Any]]:
        """One row of zeros for each input; free sizes are 1."""
        return {
            item.name: np.zeros(
                [1, *(size if isinstance(size, int) else 1 for size in item.shape[1:])], _DTYPES[item.type]
            )
            for item in self.session.get_inputs()
        }


class LocalInference:
    """Loads each model at its first use and runs it on a thread of its own; used by ``async with``.

    Requests that wait at the same time are joined (``limits``). One thread per model keeps a
    process' CPU predictable: more instances serve more load, as with any other part of a service.
    """

    def __init__(
        self,
        models_dir: Path,
        *,
        threads: int = 1,
        limits: BatchLimits | None = None,
        providers: Sequence[str] = ("CPUExecutionProvider",),
    ) -> None:
        self._models_dir = models_dir
        self._threads = threads
        self._limits = limits or BatchLimits()
        self._providers = list(providers)
        self._stack = AsyncExitStack()
        self._loading: dict[str, asyncio.Task[_Loaded]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        await self._stack.aclose()

    async def infer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        outputs = await self._answer(model, inputs)
        check_finite(model, outputs)
        return outputs

    async def ready(self, model: str) -> None:
        await self._answer(model, (await self._loaded(model)).zeros())

    async def _answer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        try:
            async with asyncio.timeout(context.remaining_s()):
                loaded = await self._loaded(model)
                loaded.check(inputs)
                return await loaded.batcher.submit(inputs, context.remaining_s())
        except TimeoutError as error:
            raise TimedOut("the inference did not finish in time", model=model) from error

    async def _loaded(self, model: str) -> _Loaded:
        """The model, loaded once however many ask; a load that failed is tried again by the next who asks."""
        task = self._loading.get(model)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._loading[model] = asyncio.create_task(self._load(model))
        return await asyncio.shield(task)

    async def _load(self, model: str) -> _Loaded:
        session = await asyncio.to_thread(self._session, model)
        names = [item.name for item in session.get_outputs()]
        thread = self._stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=f"infer-{model}"))
        loop = asyncio.get_running_loop()

        async def run(inputs: Arrays) -> dict[str, NDArray[Any]]:
            runs = [await loop.run_in_executor(thread, session.run, names, part) for part in _parts(inputs)]
            outputs = {
                name: np.concatenate(parts) if len(runs) > 1 else parts[0]
                for name, parts in zip(names, zip(*runs, strict=True), strict=True)
            }
            check_rows(model, outputs, rows(inputs))
            BATCH_ROWS.labels(model).observe(rows(inputs))
            return outputs

        batcher = await self._stack.enter_async_context(MicroBatcher(run, self._limits))
        return _Loaded(model, session, batcher)

    def _session(self, model: str) -> onnxruntime.InferenceSession:
        path = onnx_file(self._models_dir, model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        try:
            return onnxruntime.InferenceSession(path, options, providers=self._providers)
        except Exception as error:
            raise ModelMissing("the model's file cannot be loaded", model=model) from error


def _parts(inputs: Arrays) -> list[Arrays]:
    """The rows in runs of at most ``_RUN_BYTES``, each of one row at least."""
    count, size = rows(inputs), sum(array.nbytes for array in inputs.values())
    together = max(1, count * _RUN_BYTES // max(1, size))
    return [
        {name: array[start : start + together] for name, array in inputs.items()}
        for start in range(0, count, together)
    ]
