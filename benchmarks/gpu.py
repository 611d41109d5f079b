"""The network on the card at hand: `python -m benchmarks.gpu [--records FOLDER]`.

Sizes of batches in three precisions, timed with and without the way to the card and back, beside what the card can do
at all, measured in the same run; and what less precision does to bodies, on the tape. Needs onnxruntime-gpu
(`pip install .[generator,gpu]`); without a card it runs at a small scale on the CPU and says so.
"""

from __future__ import annotations

import argparse
import functools
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import helper

from benchmarks.network import BODY_TYPE, MODELS, asked_mm
from benchmarks.people import DEFAULT_RECORDS, Person, sample
from benchmarks.precision import VARIANTS, inputs, weight_count
from benchmarks.stack import write_result
from services.mesher.domain.body import BodyModel

FILE = MODELS / "body_generator" / "model.onnx"
POINTS = 10_000
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Device:
    """What the network runs on, and at what scale it is tried."""

    provider: str
    name: str
    kind: str
    """onnxruntime's word for where its memory is."""
    batches: tuple[int, ...]
    side: int
    """Rows and columns of the matrices that show what it can do."""
    rounds: int

    @property
    def is_card(self) -> bool:
        return self.kind == "cuda"


def device() -> Device:
    """The card, where onnxruntime has one; else the CPU."""
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        query = ["nvidia-smi", "--query-gpu=name,driver_version,power.limit", "--format=csv,noheader"]
        told = subprocess.run(query, capture_output=True, text=True, check=True)  # noqa: S603 - no input of anybody's
        name = told.stdout.splitlines()[0]
        batches = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
        return Device("CUDAExecutionProvider", name, "cuda", batches, 8192, 50)
    return Device(
        "CPUExecutionProvider", f"one thread of {platform.machine()}", "cpu", (1, 4, 16, 32), 512, 15
    )


def session(model: Any, on: Device) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=[on.provider])


def timed(run: Callable[[], object], rounds: int) -> float:
    """Median seconds of a run, after three that are not counted."""
    for _ in range(3):
        run()
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def resident_s(running: onnxruntime.InferenceSession, given: Arrays, on: Device) -> float:
    """Seconds of a run whose inputs and outputs stay where the network is."""
    binding = running.io_binding()
    for name, array in given.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array, on.kind, 0))
    for output in running.get_outputs():
        binding.bind_output(output.name, on.kind)

    def run() -> None:
        running.run_with_iobinding(binding)
        binding.synchronize_outputs()

    return timed(run, on.rounds)


def roofs(on: Device, dtype: type[np.floating[Any]]) -> tuple[float, float]:
    """(operations, bytes) a second that this device reaches at best: a large product, and a large sum."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    square = np.ones((on.side, on.side), dtype)
    product = resident_s(session(_two_operands("MatMul", kind, on.side), on), {"a": square, "b": square}, on)
    total = resident_s(session(_two_operands("Add", kind, on.side), on), {"a": square, "b": square}, on)
    return 2 * on.side**3 / product, 3 * square.nbytes / total


def _two_operands(operation: str, kind: int, side: int) -> Any:
    shape = [side, side]
    graph = helper.make_graph(
        [helper.make_node(operation, ["a", "b"], ["c"])],
        operation,
        [helper.make_tensor_value_info(name, kind, shape) for name in ("a", "b")],
        [helper.make_tensor_value_info("c", kind, shape)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


# In which the products are made; of the released network's not all, but those with the basis of the points, 95 %.
_DTYPES: Mapping[str, type[np.floating[Any]]] = {
    "released": np.float64,
    "float32": np.float32,
    "float16": np.float16,
}


def sweep(people: Arrays, on: Device) -> Iterator[dict[str, Any]]:
    """A line for each precision and size of batch."""
    for variant, make in VARIANTS.items():
        model, dtype = make(FILE), np.dtype(_DTYPES[variant])
        running, (operations, bandwidth) = session(model, on), roofs(on, _DTYPES[variant])
        row_flops = 2 * weight_count(model)
        for rows in on.batches:
            given = inputs(people, rows)
            whole = timed(functools.partial(running.run, None, given), on.rounds)
            alone = resident_s(running, given, on)
            # Each run reads the weights and writes the points: whichever of the two takes longer is the limit.
            moved = weight_count(model) * dtype.itemsize + rows * POINTS * 3 * 4
            limit = max(rows * row_flops / operations, moved / bandwidth)
            yield {
                "precision": variant,
                "rows": rows,
                "ms": whole * 1000,
                "resident_ms": alone * 1000,
                "rows_per_second": rows / whole,
                "gflops": rows * row_flops / alone / 1e9,
                "share_of_limit": limit / alone,
            }


def differences_mm(people: Arrays, on: Device) -> dict[str, dict[str, float]]:
    """What a precision does to points, and to the 15 measurements before the loop on the tape is closed."""
    body = BodyModel.load(MODELS)
    clouds = {name: _points(make(FILE), people, on) for name, make in VARIANTS.items()}
    tapes = {name: np.array([_measured(body, cloud) for cloud in each]) for name, each in clouds.items()}
    told = {}
    for name in VARIANTS:
        points = np.linalg.norm((clouds[name] - clouds["released"]).astype(np.float64), axis=2) * 1000
        tape = np.abs(tapes[name] - tapes["released"])
        told[name] = {
            "points_mean": float(points.mean()),
            "points_worst": float(points.max()),
            "tape_mean": float(tape.mean()),
            "tape_worst": float(tape.max()),
        }
    return told


def _points(model: Any, people: Arrays, on: Device) -> NDArray[np.float32]:
    points: NDArray[np.float32] = session(model, on).run(["points"], people)[0]
    return points


def _measured(body: BodyModel, points: NDArray[np.float32]) -> NDArray[np.float64]:
    """(15,) millimetres on the template fitted to the points, as the mesher starts from."""
    return np.asarray(body.tape.measure(body.stand(body.space.fit_cloud(points)).vertices), np.float64)


def asked(people: Sequence[Person]) -> Arrays:
    """The network's inputs for these people, each drawn with a latent of their own."""
    return {
        "measurements": np.array([asked_mm(person) for person in people], np.float32),
        "body_type": np.array([[BODY_TYPE[person.body_type]] for person in people], np.float32),
        "z": np.random.default_rng(3).normal(size=(len(people), 32)).astype(np.float32),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=DEFAULT_RECORDS, help="folder of ANSUR II's records")
    parser.add_argument("--people", type=int, default=64, help="bodies that are measured")
    arguments = parser.parse_args()
    on = device()
    people = asked(sample(arguments.records, arguments.people))
    lines, apart = list(sweep(people, on)), differences_mm(people, on)
    figures = {"device": on.name, "provider": on.provider, "sweep": lines, "differences_mm": apart}
    write_result("gpu", page(on, lines, apart, len(people["z"])), figures)


def page(
    on: Device, lines: Sequence[Mapping[str, Any]], apart: Mapping[str, Mapping[str, float]], count: int
) -> str:
    """The table."""
    told = (
        "" if on.is_card else ["", "**No GPU was at hand**: this is the script at a small scale on the CPU."]
    )
    return "\n".join(
        [
            "# The network on a card",
            "",
            f"`python -m benchmarks.gpu` · {datetime.now(UTC):%Y-%m-%d} · {on.name} · onnxruntime {onnxruntime.__version__}",
            *told,
            "",
            "| precision | rows | ms | ms without the way there and back | rows a second | GFLOP/s | of the limit |",
            "|---|---|---|---|---|---|---|",
            *(
                f"| {line['precision']} | {line['rows']} | {line['ms']:.2f} | {line['resident_ms']:.2f} | "
                f"{line['rows_per_second']:.0f} | {line['gflops']:.1f} | {line['share_of_limit']:.0%} |"
                for line in lines
            ),
            "",
            "The limit is the longer of two times: the network's operations at the rate of a large product of matrices, and",
            "its weights and points at the rate of a large sum, both measured on this device in this run, in the same precision",
            "(the released network's is double). On a CPU, weights that stay in its cache come faster than that.",
            "",
            f"Against the released network, {count} people, before the loop on the tape is closed:",
            "",
            "| precision | points, mean mm | worst mm | the 15 measurements, mean mm | worst mm |",
            "|---|---|---|---|---|",
            *(
                f"| {name} | {one['points_mean']:.4f} | {one['points_worst']:.3f} | {one['tape_mean']:.4f} | {one['tape_worst']:.3f} |"
                for name, one in apart.items()
            ),
            "",
        ]
    )


if __name__ == "__main__":
    main()
