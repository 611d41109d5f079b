"""A model's configuration for Triton, in the server's own schema: what it does not know cannot be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import onnxruntime
from tritonclient.grpc import model_config_pb2 as pb

MAX_BATCH = 32
"""Most rows of one request, as ``atelierkit.inference.TritonInference`` sends them."""

_TYPES = {
    "tensor(float)": pb.TYPE_FP32,
    "tensor(float16)": pb.TYPE_FP16,
    "tensor(double)": pb.TYPE_FP64,
    "tensor(int32)": pb.TYPE_INT32,
    "tensor(int64)": pb.TYPE_INT64,
    "tensor(uint8)": pb.TYPE_UINT8,
    "tensor(bool)": pb.TYPE_BOOL,
}


@dataclass(frozen=True)
class QueueLimits:
    """What Triton refuses by itself."""

    most: int = 512
    """Requests that wait at most, of all callers together."""
    timeout_us: int = 2_000_000
    """Longest wait of a request that brings no time limit of its own."""


@dataclass(frozen=True)
class Batching:
    """How Triton joins requests."""

    preferred: tuple[int, ...] = (16, 32)
    """Batches that are made where so many wait; warmed up at the start, so that no caller pays for a first run."""
    max_delay_us: int = 0
    """Longest wait for company. None is best on CPUs: what came while the last batch ran is joined, ten rows of sixteen
    callers', and 0.1 or 0.3 ms lengthened every answer and gave eight or nine."""
    limits: QueueLimits | None = None
    """None leaves them to the callers, each of which has a deadline and a bound, and takes its requests back.
    Measured on 2.51: any limit here switches the batcher to another way of waiting for a free instance, which
    misses a signal now and then, and one request in a hundred stands for 500 ms. The server's sources of 2026
    close that race, and an open report of theirs (8870) says that timeouts there slow a model down for good."""


@dataclass(frozen=True)
class Target:
    """What the models are run by."""

    backend: Literal["onnxruntime", "python"] = "onnxruntime"
    """NVIDIA's image has the first; the tests' server has the second alone, with ``model.py`` in its place."""
    device: Literal["cpu", "gpu"] = "cpu"
    instances: int = 1
    """Copies of each model that run at a time; on a GPU, on each card."""
    threads: int = 1
    """CPU threads of one run."""
    batching: Batching | None = field(default_factory=Batching)
    """None runs each request alone."""
    tensorrt: bool = False
    """Compile for the card with half precision. Off: the first start takes minutes a model, the compiled file
    fits one kind of card and one driver, and points move by up to a tenth of a millimetre."""


def model_config(name: str, onnx: Path, target: Target, notes: Mapping[str, str]) -> Any:
    """The ModelConfig of an ONNX file whose tensors have the batch as axis 0. ``notes`` are kept as parameters."""
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    config = pb.ModelConfig(name=name, backend=target.backend, max_batch_size=MAX_BATCH)
    if target.backend == "onnxruntime":
        config.platform = "onnxruntime_onnx"
    config.input.extend(pb.ModelInput(**tensor) for tensor in _tensors(session.get_inputs()))
    config.output.extend(pb.ModelOutput(**tensor) for tensor in _tensors(session.get_outputs()))
    # The version before stays served while callers of both releases are about; each names the one that it wants.
    config.version_policy.latest.num_versions = 2
    config.instance_group.append(_instances(target))
    if target.batching is not None:
        _batch(config, target.batching)
    _optimise(config, target)
    # The same person is seldom asked for twice, and numbers of people are not kept where they need not be.
    config.response_cache.enable = False
    config.model_warmup.extend(_warm_ups(config))
    for key, value in notes.items():
        config.parameters[key].string_value = value
    return config


def _tensors(declared: Iterable[onnxruntime.NodeArg]) -> Iterator[dict[str, Any]]:
    """Name, type and sizes of a row; axis 0 is the batch, which Triton adds itself, and a free size is -1."""
    for item in declared:
        dims = [size if isinstance(size, int) else -1 for size in item.shape[1:]]
        yield {"name": item.name, "data_type": _TYPES[item.type], "dims": dims}


def _instances(target: Target) -> Any:
    kind = pb.ModelInstanceGroup.KIND_GPU if target.device == "gpu" else pb.ModelInstanceGroup.KIND_CPU
    return pb.ModelInstanceGroup(name=target.device, count=target.instances, kind=kind)


def _batch(config: Any, batching: Batching) -> None:
    config.dynamic_batching.preferred_batch_size.extend(batching.preferred)
    config.dynamic_batching.max_queue_delay_microseconds = batching.max_delay_us
    if batching.limits is not None:
        policy = config.dynamic_batching.default_queue_policy
        policy.timeout_action = pb.ModelQueuePolicy.REJECT
        policy.default_timeout_microseconds = batching.limits.timeout_us
        policy.allow_timeout_override = True
        policy.max_queue_size = batching.limits.most


def _optimise(config: Any, target: Target) -> None:
    if target.device == "cpu":
        # Instances share the cores; threads of their own that spin between runs would take them from each other.
        for key in ("intra_op_thread_count", "inter_op_thread_count"):
            config.parameters[key].string_value = str(target.threads)
    elif target.tensorrt:
        accelerator = config.optimization.execution_accelerators.gpu_execution_accelerator.add(
            name="tensorrt"
        )
        accelerator.parameters["precision_mode"] = "FP16"
        accelerator.parameters["max_workspace_size_bytes"] = str(1 << 30)
        accelerator.parameters["trt_engine_cache_enable"] = "true"
        accelerator.parameters["trt_engine_cache_path"] = "/tmp/tensorrt"  # noqa: S108 - the pod's own volume


def _warm_ups(config: Any) -> Iterator[Any]:
    """A run on zeros for each size of batch that is to be expected."""
    for size in (1, *config.dynamic_batching.preferred_batch_size):
        warm_up = pb.ModelWarmup(name=f"{size} rows", batch_size=size, count=1)
        for tensor in config.input:
            row = warm_up.inputs[tensor.name]
            row.data_type = tensor.data_type
            row.dims.extend(max(1, dim) for dim in tensor.dims)
            row.zero_data = True
        yield warm_up
