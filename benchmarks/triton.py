"""Dynamic batching on a real tritonserver: `python -m benchmarks.triton [--seconds S] [--rounds N]`.

The same model with and without it, in turn and more than once, under load from a process of its own (callers by h2load);
and the same model in process. The machine is shared, so CPU seconds and the ratios within one run count, not the times.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2, service_pb2_grpc

from atelierkit import client
from atelierkit.inference import LocalInference
from benchmarks import inference_callers
from benchmarks.network import MODELS
from benchmarks.stack import cpu_seconds, write_result
from deploy.triton import install, server
from deploy.triton.config import Batching, QueueLimits, Target

MODEL = "body_generator"
CALLERS = (1, 2, 4, 8, 16, 32)
LIMIT_THROUGHPUT, LIMIT_P95 = 3.0, 1.2
"""At 16 callers batching answers so many times as much; at equal load its p95 is at most so many times as long."""
WAYS: Mapping[str, Target] = {
    "one by one": Target(backend="python", batching=None),
    "joined": Target(backend="python"),
    "joined, with queue limits": Target(backend="python", batching=Batching(limits=QueueLimits())),
}
_DISTINCT = 64
_Figures = dict[str, float]


@dataclass(frozen=True)
class Run:
    """One measurement."""

    way: str
    load: str
    figures: _Figures


def people(count: int) -> list[dict[str, NDArray[np.float32]]]:
    """Inputs of one row each; whether such people exist is nothing to the network's speed."""
    chance = np.random.default_rng(11)
    return [
        {
            "measurements": chance.uniform(300, 1800, (1, 15)).astype(np.float32),
            "body_type": np.ones((1, 1), np.float32),
            "z": chance.normal(size=(1, 32)).astype(np.float32),
        }
        for _ in range(count)
    ]


def message(inputs: Mapping[str, NDArray[np.float32]]) -> bytes:
    """A ModelInferRequest, ready to be sent."""
    request = service_pb2.ModelInferRequest(model_name=MODEL)
    for name, array in inputs.items():
        request.inputs.add(name=name, datatype="FP32", shape=array.shape)
        request.raw_input_contents.append(array.tobytes())
    return bytes(request.SerializeToString())


MESSAGES = json.dumps([base64.b64encode(message(inputs)).decode() for inputs in people(_DISTINCT)])


@contextmanager
def servers() -> Iterator[dict[str, server.Running]]:
    """One server for each way; one that is not asked costs nothing."""
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder, ExitStack() as stack:
        shutil.copytree(MODELS / MODEL, Path(folder) / MODEL)
        yield {way: stack.enter_context(server.serving(Path(folder), target)) for way, target in WAYS.items()}


def measure(running: server.Running, load: Callable[[str], _Figures]) -> _Figures:
    """What the load's client saw at that address, the server's CPU time, and the sizes of its batches."""
    process = psutil.Process(running.pid)
    groups = {"whole": [process], "backend": process.children()}
    before, cpu = asyncio.run(counted(running.grpc_addr)), cpu_seconds(groups)
    seen = load(running.grpc_addr)
    spent, after = cpu_seconds(groups), asyncio.run(counted(running.grpc_addr))
    inferences, runs = after[0] - before[0], after[1] - before[1]
    # What the client takes for an answer was one: the model ran for each.
    assert inferences >= seen["answered"], f"{inferences} inferences, {seen['answered']:.0f} answers"
    return seen | {
        "cpu_s_per_1000": 1000 * (spent["whole"] - cpu["whole"]) / inferences,
        "backend_cpu_s_per_1000": 1000 * (spent["backend"] - cpu["backend"]) / inferences,
        "rows_per_run": inferences / runs,
    }


def closed(callers: int, seconds: float) -> Callable[[str], _Figures]:
    """Callers who each ask again once they are answered."""
    first = message(people(1)[0])
    return lambda addr: inference_callers.asked(addr, first, callers, seconds)


def opened(rate: float, seconds: float) -> Callable[[str], _Figures]:
    """So many requests a second, whatever becomes of them."""

    def load(addr: str) -> _Figures:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "benchmarks.inference_load", addr, str(rate), str(seconds)],
            input=MESSAGES,
            capture_output=True,
            text=True,
            check=True,
        )
        seen: _Figures = json.loads(done.stdout)
        return seen

    return load


async def counted(addr: str) -> tuple[int, int]:
    """Inferences and runs of the model so far, by the server's own statistics."""
    async with client.channel(addr) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        answer = await stub.ModelStatistics(service_pb2.ModelStatisticsRequest(name=MODEL))
    [stats] = answer.model_stats
    return stats.inference_count, stats.execution_count


async def in_process(callers: int, seconds: float) -> _Figures:
    """The same load on LocalInference, callers included in its CPU time."""
    async with LocalInference(MODELS) as inference:
        await inference.ready(MODEL)
        turns, latencies = people(_DISTINCT), list[float]()
        until = time.perf_counter() + seconds

        async def call(place: int) -> None:
            while (start := time.perf_counter()) < until:
                await inference.infer(MODEL, turns[place % _DISTINCT])
                latencies.append(time.perf_counter() - start)

        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(call(place) for place in range(callers)))
        took, spent = time.perf_counter() - start, time.process_time() - cpu
    p50, p95, p99 = np.percentile(latencies, [50, 95, 99]) * 1000
    figures = {"per_second": len(latencies) / took, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}
    return {key: float(value) for key, value in figures.items()} | {
        "max_ms": 1000 * max(latencies),
        "cpu_s_per_1000": 1000 * spent / len(latencies),
    }


def sweep(running: Mapping[str, server.Running], rounds: int, seconds: float) -> list[Run]:
    """Closed loads, way after way, so that a busy moment of the machine hits them all."""
    runs = []
    for callers in CALLERS:
        for _ in range(rounds):
            for way, one in running.items():
                runs.append(Run(way, f"{callers} callers", measure(one, closed(callers, seconds))))
            figures = asyncio.run(in_process(callers, seconds))
            runs.append(Run("in process", f"{callers} callers", figures))
    return runs


def equal_load(
    running: Mapping[str, server.Running], rates: Sequence[float], rounds: int, seconds: float
) -> list[Run]:
    """Open loads that both ways can carry."""
    return [
        Run(way, f"{rate:.0f} a second", measure(one, opened(rate, seconds)))
        for rate in rates
        for _ in range(rounds)
        for way, one in running.items()
    ]


def medians(runs: Sequence[Run]) -> dict[str, dict[str, _Figures]]:
    """Median of the rounds: load -> way -> figures."""
    grouped: dict[tuple[str, str], list[_Figures]] = {}
    for run in runs:
        grouped.setdefault((run.load, run.way), []).append(run.figures)
    table: dict[str, dict[str, _Figures]] = {}
    for (load, way), rounds in grouped.items():
        table.setdefault(load, {})[way] = {
            key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]
        }
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each; the median is shown")
    arguments = parser.parse_args()
    install.install()
    with servers() as running:
        runs = sweep(running, arguments.rounds, arguments.seconds)
        # Shares of what one by one can carry at all, so that the load is equal and bearable on any machine.
        most = medians(runs)["16 callers"]["one by one"]["per_second"]
        rates = [round(share * most) for share in (0.25, 0.5, 0.75)]
        runs += equal_load(running, rates, arguments.rounds, arguments.seconds)
    write_result("triton", _page(runs, arguments.seconds, arguments.rounds), {"medians": medians(runs)})


def ratio(runs: Sequence[Run], load: str, figure: str) -> float:
    """Joined against one by one: median of the rounds, whose two sides were measured one after the other."""
    sides = [
        [run.figures[figure] for run in runs if (run.load, run.way) == (load, way)]
        for way in ("joined", "one by one")
    ]
    return float(statistics.median(joined / alone for joined, alone in zip(*sides, strict=True)))


def least_disturbed(runs: Sequence[Run], load: str) -> float:
    """Joined against one by one, each in the round in which the machine left it most: answers a second."""
    joined, alone = (
        max(run.figures["per_second"] for run in runs if (run.load, run.way) == (load, way))
        for way in ("joined", "one by one")
    )
    return joined / alone


def _page(runs: Sequence[Run], seconds: float, rounds: int) -> str:
    table = medians(runs)
    joined, best = table["16 callers"]["joined"], least_disturbed(runs, "16 callers")
    gain = ratio(runs, "16 callers", "per_second")
    saved = 1 / ratio(runs, "16 callers", "cpu_s_per_1000")
    slower = max(ratio(runs, load, "p95_ms") for load in table if load.endswith("a second"))
    return "\n".join(
        [
            "# Dynamic batching on Triton",
            "",
            f"`python -m benchmarks.triton --seconds {seconds:g} --rounds {rounds}` · {datetime.now(UTC):%Y-%m-%d} ·",
            f"tritonserver 2.51 with the Python backend, one instance of `{MODEL}` on one thread, "
            f"{psutil.cpu_count()} shared cores of {platform.machine()}",
            "",
            *_rows(table),
            "",
            f"At 16 callers joining gives {gain:.1f} times the answers (median of the rounds; {best:.1f} between the rounds that",
            f"the machine disturbed least; wanted: {LIMIT_THROUGHPUT:g}) for 1/{saved:.1f} of the CPU time. At equal load its "
            f"p95 is at most {slower:.2f} times",
            f"as long (wanted: {LIMIT_P95:g}).",
            "",
            f"What joining cannot share: of the {joined['cpu_s_per_1000']:.2f} ms of CPU that a joined request takes, "
            f"{joined['cpu_s_per_1000'] - joined['backend_cpu_s_per_1000']:.2f} are Triton's own, gRPC and",
            "copies of 120 KB of points, and 0.04 the Python backend's, which NVIDIA's ONNX backend has not. What it shares is",
            "the run: one row takes 0.56 ms of CPU alone, 0.08 among 16, because each run reads 23 MB of weights (the sums are",
            f"doubles). 16 callers leave {joined['rows_per_run']:.0f} rows to be joined, for the others are on their way or at work. "
            "Nothing waits for",
            "company: what came during a run is the next one's batch, and 0.1 or 0.3 ms of waiting made smaller ones.",
            "",
            "With queue limits, any of them, one request in a hundred or so stands for 500 ms: look at the longest. That is why",
            "they are off (`deploy/triton/config.py`).",
            "",
        ]
    )


def _rows(table: Mapping[str, Mapping[str, _Figures]]) -> Iterator[str]:
    yield "| load | way | a second | p50 ms | p95 ms | p99 ms | longest ms | CPU s per 1,000 | rows a run |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for load, ways in table.items():
        for way, seen in ways.items():
            cells: list[Any] = [f"{seen['per_second']:.0f}"]
            cells += [f"{seen[key]:.1f}" for key in ("p50_ms", "p95_ms", "p99_ms", "max_ms")]
            cells += [
                f"{seen['cpu_s_per_1000']:.2f}",
                f"{seen['rows_per_run']:.1f}" if "rows_per_run" in seen else "",
            ]
            yield f"| {load} | {way} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
