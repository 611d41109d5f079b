"""A real tritonserver gives the same numbers as this process, from the same files."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import onnxruntime
import psutil
import pytest
from opentelemetry import propagate
from opentelemetry.context import attach, detach

from atelierkit import context
from atelierkit.errors import AppError, Overloaded, TimedOut, Unavailable
from atelierkit.inference import LocalInference, ModelMissing, ModelOutputInvalid, TritonInference
from atelierkit.settings import ServiceSettings, Tls
from deploy.local.certificates import Authority
from deploy.triton import install, repository, server
from deploy.triton.config import MAX_BATCH, Target
from tests.patience import PATIENCE_S, ROUNDS
from tests.unit.atelierkit import onnx_models

pytestmark = [
    pytest.mark.triton,
    pytest.mark.skipif(not install.is_installed(), reason="`make triton` installs tritonserver"),
]

RELEASED = sorted(path.parent.name for path in (install.ROOT / "models").glob("*/model.onnx"))
TOLERANCE = 1e-6
"""Both run the same kernels on one thread; only the sums of a batch of another size, or of a chain whose parts are
optimised each by itself, may differ in their last bits."""


CHAIN = {
    "version": "1.2.0",
    "steps": [
        {"model": "affine", "inputs": {"x": "x", "flag": "flag"}, "outputs": {"y": "between"}},
        {"model": "logarithm", "inputs": {"x": "between"}, "outputs": {"y": "answer"}},
    ],
    "outputs": ["answer"],
}


class Collector:
    """Takes traces by OTLP over HTTP."""

    def __init__(self) -> None:
        self.bodies: queue.Queue[bytes] = queue.Queue()
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.put(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"

    def has_seen(self, trace_id: str, within_s: float = 30.0) -> bool:
        """Whether a span of that trace comes within the time."""
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            with suppress(queue.Empty):
                if trace_id.encode() in self.bodies.get(timeout=left):
                    return True
        return False


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released models, and tiny ones."""
    folder = tmp_path_factory.mktemp("models")
    for name in RELEASED:
        shutil.copytree(install.ROOT / "models" / name, folder / name)
    onnx_models.affine(folder)
    onnx_models.logarithm(folder)
    (folder / "chain").mkdir()
    (folder / "chain" / "ensemble.json").write_text(json.dumps(CHAIN))
    return folder


@pytest.fixture(scope="module")
def running(models_dir: Path) -> Iterator[server.Running]:
    with server.serving(models_dir) as running:
        yield running


@pytest.fixture
async def triton(running: server.Running) -> AsyncIterator[TritonInference]:
    async with TritonInference(running.grpc_addr, timeout_s=10) as inference:
        yield inference


@pytest.fixture
async def local(models_dir: Path) -> AsyncIterator[LocalInference]:
    async with LocalInference(models_dir) as inference:
        yield inference


def _inputs(onnx: Path, count: int) -> dict[str, Any]:
    """Plausible random rows for a model: positive, so that a logarithm of them is finite."""
    random = np.random.default_rng(7)
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    return {
        item.name: random.uniform(
            0.5, 2.0, [count, *(size if isinstance(size, int) else 3 for size in item.shape[1:])]
        ).astype(np.float32)
        for item in session.get_inputs()
    }


@pytest.mark.parametrize("count", [1, 5, 2 * MAX_BATCH + 3])
@pytest.mark.parametrize("model", [*RELEASED, "affine", "logarithm"])
async def test_both_ways_give_the_same_numbers(
    model: str, count: int, triton: TritonInference, local: LocalInference, models_dir: Path
) -> None:
    inputs = _inputs(models_dir / model / "model.onnx", count)
    there, here = await triton.infer(model, inputs), await local.infer(model, inputs)
    assert there.keys() == here.keys()
    for name, array in here.items():
        assert there[name].dtype == array.dtype
        np.testing.assert_allclose(
            there[name], array, rtol=TOLERANCE, atol=TOLERANCE * max(1, np.abs(array).max())
        )
    # Of noise a network may be equally sure, each time, that nobody is in it: a single number may be the same for all rows.
    assert all(array[0].size == 1 or np.ptp(array) > 0 for array in here.values())


async def test_many_callers_at_once_get_their_own_numbers(triton: TritonInference) -> None:
    rows = [np.full((1, 3), value, np.float32) for value in range(40)]
    flag = np.zeros((1, 1), np.float32)
    answers = await asyncio.gather(*(triton.infer("affine", {"x": row, "flag": flag}) for row in rows))
    for row, answer in zip(rows, answers, strict=True):
        np.testing.assert_allclose(answer["y"], row @ onnx_models.WEIGHTS, rtol=TOLERANCE)


async def test_numbers_that_are_not_finite_are_refused(triton: TritonInference) -> None:
    with pytest.raises(ModelOutputInvalid):
        await triton.infer("logarithm", {"x": np.zeros((1, 3), np.float32)})


@pytest.mark.parametrize("count", [1, 9])
async def test_a_chain_gives_what_its_steps_give_one_by_one(
    count: int, triton: TritonInference, models_dir: Path
) -> None:
    inputs = _inputs(models_dir / "affine" / "model.onnx", count)
    between = (await triton.infer("affine", inputs))["y"]
    answer = (await triton.infer("logarithm", {"x": between}))["y"]
    whole = await triton.infer("chain", inputs)
    assert whole.keys() == {"answer"}
    np.testing.assert_allclose(whole["answer"], answer, rtol=TOLERANCE)


async def test_a_version_that_is_named_is_the_one_that_answers(running: server.Running) -> None:
    inputs = {"x": np.ones((1, 3), np.float32)}
    async with TritonInference(running.grpc_addr, timeout_s=10, versions={"logarithm": "1.0.0"}) as ours:
        await ours.infer("logarithm", inputs)
    async with TritonInference(running.grpc_addr, timeout_s=10, versions={"logarithm": "1.0.1"}) as other:
        with pytest.raises(ModelMissing):
            await other.infer("logarithm", inputs)


SLOW = """

import time as _time


class TritonPythonModel(TritonPythonModel):
    def execute(self, requests):
        _time.sleep(0.1)
        return super().execute(requests)
"""


def test_deadlines_hold_and_the_hopeless_are_refused_when_the_model_is_slow(tmp_path: Path) -> None:
    """The model takes 0.1 s a run, and runs each request alone: 23 of the 40 could have their answer."""
    onnx_models.logarithm(tmp_path / "models")
    laid_out = tmp_path / "repository"
    repository.lay_out(tmp_path / "models", laid_out, Target(backend="python", batching=None))
    [stand_in] = laid_out.glob("*/*/model.py")
    stand_in.write_text(stand_in.read_text() + SLOW)
    with server.serving_repository(laid_out) as running:
        assert any(_prompt(asyncio.run(_crowd(running.grpc_addr))) for _ in range(ROUNDS))


def _prompt(outcomes: list[tuple[type, float]]) -> bool:
    """Most who had a chance were answered, and nobody waited in vain."""
    took = {kind: [s for outcome, s in outcomes if outcome is kind] for kind in (dict, Overloaded, TimedOut)}
    assert sum(map(len, took.values())) == 40
    enough = len(took[dict]) >= 13 and len(took[Overloaded]) >= 8
    return enough and max(took[Overloaded]) <= 0.1 and max([*took[dict], *took[TimedOut]]) <= 1.3 + 0.25


async def _crowd(addr: str) -> list[tuple[type, float]]:
    """What each of 40 callers gets who come within 2 s and have 1.3 s each, and how long that takes."""
    inputs = {"x": np.ones((1, 3), np.float32)}

    async def ask(inference: TritonInference, after_s: float) -> tuple[type, float]:
        await asyncio.sleep(after_s)
        start = time.monotonic()
        try:
            with context.request(timeout_s=1.3):
                outcome: type = type(await inference.infer("logarithm", inputs))
        except AppError as error:
            outcome = type(error)
        return outcome, time.monotonic() - start

    async with TritonInference(addr) as inference:
        await inference.infer("logarithm", inputs)
        return await asyncio.gather(*(ask(inference, 0.025 * place) for place in range(40)))


def test_over_mutual_tls_strangers_are_not_let_in(tmp_path: Path) -> None:
    house, street = Authority("house"), Authority("street")
    onnx_models.affine(tmp_path / "models")
    repository.lay_out(tmp_path / "models", tmp_path / "repository", server.TARGET)
    ours, theirs = house.issue("triton", tmp_path / "ours"), house.issue("generator", tmp_path / "theirs")
    strange = street.issue("generator", tmp_path / "strange", trusted=house.pem)

    async def ask(addr: str, tls: Tls | None) -> str:
        settings = (
            None
            if tls is None
            else ServiceSettings(tls_cert=tls.cert, tls_key=tls.key, tls_client_ca=tls.client_ca)
        )
        async with TritonInference(addr, settings, timeout_s=5) as inference:
            try:
                await inference.ready("affine")
            except AppError as error:
                return error.reason
        return "answered"

    with server.serving_repository(tmp_path / "repository", tls=ours) as running:
        outcomes = [asyncio.run(ask(running.grpc_addr, tls)) for tls in (theirs, strange, None)]
    assert outcomes == ["answered", "UNAVAILABLE", "UNAVAILABLE"]


def test_the_servers_spans_join_the_callers_trace(tmp_path: Path, collector: Collector) -> None:
    onnx_models.affine(tmp_path / "models")
    repository.lay_out(tmp_path / "models", tmp_path / "repository", server.TARGET)
    trace_id, span_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    carrier = {"traceparent": f"00-{trace_id}-{span_id}-01"}

    async def ask(addr: str) -> None:
        token = attach(propagate.extract(carrier))
        try:
            async with TritonInference(addr, timeout_s=5) as inference:
                await inference.ready("affine")
        finally:
            detach(token)

    with server.serving_repository(tmp_path / "repository", traces_url=collector.url) as running:
        asyncio.run(ask(running.grpc_addr))
        assert collector.has_seen(trace_id)


async def test_an_unknown_model_is_told(triton: TritonInference) -> None:
    with pytest.raises(ModelMissing):
        await triton.infer("nobody", {"x": np.zeros((1, 3), np.float32)})
    with pytest.raises(ModelMissing):
        await triton.ready("nobody")


@pytest.mark.parametrize(
    "inputs",
    [
        {"x": np.zeros((1, 3), np.float32)},
        {"x": np.zeros((1, 4), np.float32), "flag": np.zeros((1, 1), np.float32)},
        {"x": np.zeros((1, 3), np.float64), "flag": np.zeros((1, 1), np.float32)},
        {"x": np.zeros((0, 3), np.float32), "flag": np.zeros((0, 1), np.float32)},
    ],
    ids=["input missing", "another width", "another dtype", "no rows"],
)
async def test_inputs_that_are_not_the_models_are_a_bug(
    triton: TritonInference, inputs: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"affine|rows"):
        await triton.infer("affine", inputs)


async def test_the_requests_deadline_holds(triton: TritonInference) -> None:
    inputs = {"x": np.ones((1, 3), np.float32)}
    with context.request(timeout_s=0), pytest.raises(TimedOut):
        await triton.infer("logarithm", inputs)
    with context.request(timeout_s=30):
        await triton.infer("logarithm", inputs)


async def test_a_bound_of_its_own_turns_requests_away(running: server.Running) -> None:
    inputs = {"x": np.ones((1, 3), np.float32)}
    async with TritonInference(running.grpc_addr, timeout_s=10, max_in_flight=1, max_rows=2) as narrow:
        answers = await asyncio.gather(
            *(narrow.infer("logarithm", inputs) for _ in range(5)), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [dict, dict, Overloaded, Overloaded, Overloaded]


async def test_a_server_that_is_away_is_unavailable() -> None:
    async with TritonInference("127.0.0.1:1") as nobody:
        with pytest.raises(Unavailable):
            await nobody.infer("affine", {"x": np.zeros((1, 3), np.float32)})
        with pytest.raises(Unavailable):
            await nobody.ready("affine")


def test_readiness_sees_what_the_servers_own_word_hides(models_dir: Path) -> None:
    """After its backend's process was killed, the server goes on saying READY."""

    async def ask(addr: str) -> None:
        async with TritonInference(addr, timeout_s=10) as inference:
            await inference.ready("affine")

    with server.serving(models_dir) as running:
        for stub in _children(running.pid):
            os.kill(stub, signal.SIGKILL)
        word = httpx.get(f"http://{running.http_addr}/v2/health/ready", timeout=PATIENCE_S)
        with pytest.raises((Unavailable, TimedOut)):
            asyncio.run(ask(running.grpc_addr))
    assert word.status_code == 200


async def test_the_servers_metrics_count_each_inference(
    running: server.Running, triton: TritonInference
) -> None:
    """The name is the one that dashboards and alerts read."""

    async def counted() -> float:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            text = (await client.get(f"http://{running.metrics_addr}/metrics")).text
        [line] = [line for line in text.splitlines() if line.startswith('nv_inference_count{model="affine"')]
        return float(line.split()[-1])

    before = await counted()
    await triton.infer("affine", {"x": np.ones((2, 3), np.float32), "flag": np.zeros((2, 1), np.float32)})
    assert await counted() == before + 2


def test_a_server_that_cannot_start_says_its_last_words(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "BACKENDS", models_dir / "nothing")
    with pytest.raises(server.ServerFailed, match="failed to load all models"), server.serving(models_dir):
        pass


def test_no_server_is_left_behind_when_its_starter_is_killed(models_dir: Path) -> None:
    script = """
import sys
from pathlib import Path
from deploy.triton import server
with server.serving(Path(sys.argv[1])) as running:
    print(running.pid, flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(models_dir)]
    with subprocess.Popen(
        command, cwd=install.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        triton = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    triton.wait(timeout=30)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
