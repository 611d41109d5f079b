"""CPU of the gateway's path: beside bare pairs, and of a refusal beside an answer.

`python -m benchmarks.gateway [--requests N] [--rounds R]`. A gateway of its own stands before the same bare gRPC server
as the bare pairs; they take turns in one run, so that a busy machine is busy for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from google.protobuf import json_format

from atelier.generator.v1 import generator_pb2, generator_pb2_grpc
from atelierkit import client, identity
from benchmarks.load.client import Connection
from benchmarks.load.people import bodies
from benchmarks.load.plan import Request
from benchmarks.stack import cpu_seconds, processes, running_platform, served, signed_in, write_result
from deploy.local import Platform
from deploy.local.topology import LOOPBACK, free_ports
from services.gateway.convert.avatars import look_message, outfit_message
from services.gateway.convert.body import body_spec
from services.gateway.schemas.avatars import AvatarDraft

MOST_TIMES = 1.3
"""What the whole path may cost beside a bare pair."""
MOST_SHARE = 0.1
"""What a refusal may cost beside an answer, all processes together."""
WARM_UP = 30
AT_ONCE = (1, 6)
"""Requests at a time: one after the other, and as many as a gateway makes bodies at once."""
SERVED = 20
WITHIN_S = 60.0
_POLL_S = 0.05
_LOGGED_CHARS = 4_000
_UNCOMPRESSED = {"Accept-Encoding": "identity"}
DRAFT: Mapping[str, Any] = bodies()[3] | {
    "outfit": [{"garmentId": "dress-ines", "size": "M"}],
    "look": {"hairstyle": "bob"},
}


async def fetched(port: int, caller: identity.Caller, avatar_id: str) -> bytes:
    """The generator's own message behind an avatar, as an answer to CreateAvatar."""
    async with client.channel(f"{LOOPBACK}:{port}") as channel:
        with identity.acting(caller):
            stub: generator_pb2_grpc.GeneratorServiceAsyncStub = generator_pb2_grpc.GeneratorServiceStub(
                channel
            )
            answer = await stub.GetAvatar(generator_pb2.GetAvatarRequest(id=avatar_id))
    return generator_pb2.CreateAvatarResponse(avatar=answer.avatar).SerializeToString()


def protobuf_json() -> dict[str, Any]:
    """The draft as protobuf's own JSON mapping writes it."""
    draft = AvatarDraft.model_validate(DRAFT)
    message = generator_pb2.CreateAvatarRequest(
        body=body_spec(draft), look=look_message(draft.look), outfit=outfit_message(draft.outfit)
    )
    return json_format.MessageToDict(message)


class Front:
    """One of the three: a process, and how it is asked for an avatar."""

    def __init__(self, child: Child, url: str, body: Mapping[str, Any], token: str = "") -> None:
        self.child = child
        self.spent_s = 0.0
        self._url, self._body = url, body
        self._client = httpx.Client(headers=_UNCOMPRESSED, timeout=20)
        if token:
            self._client.headers["Authorization"] = f"Bearer {token}"

    def ask(self) -> None:
        answer = self._client.post(self._url, json=self._body)
        assert answer.status_code == 201, answer.text

    def answers(self) -> bool:
        try:
            return self._client.post(self._url, json=self._body).status_code == 201
        except httpx.TransportError:
            return False

    def round(self, requests: int, at_once: int) -> None:
        """Ask that often, so many at a time, and count the CPU time."""
        watched = {"front": [psutil.Process(self.child.process.pid)]}
        before = cpu_seconds(watched)["front"]
        with ThreadPoolExecutor(at_once) as people:
            for asked in [people.submit(self.ask) for _ in range(requests)]:
                asked.result()
        self.spent_s += cpu_seconds(watched)["front"] - before


@contextmanager
def fronts(platform: Platform, token: str, answer: bytes) -> Iterator[dict[str, Front]]:
    """The whole path, and the two bare ones, before the same server."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.NamedTemporaryFile())
        file.write(answer)
        file.flush()
        grpc_port, bare_port, whole_port, metrics_port = free_ports(4)
        bare = [sys.executable, "-m", "benchmarks.bare_pair"]
        behind = stack.enter_context(child([*bare, "grpc", str(grpc_port), file.name]))
        front = stack.enter_context(child([*bare, "http", str(bare_port), str(grpc_port)]))
        gateway = processes(platform)["gateway"][0]
        own = {
            "ATELIER_GATEWAY_PORT": str(whole_port),
            "ATELIER_GATEWAY_METRICS_PORT": str(metrics_port),
            "ATELIER_GATEWAY_GENERATOR_ADDR": f"{LOOPBACK}:{grpc_port}",
        }
        command = [sys.executable, "-m", "services.gateway"]
        whole = stack.enter_context(child(command, gateway.environ() | own))
        found = {
            "whole": Front(whole, f"http://{LOOPBACK}:{whole_port}/v1/avatars", DRAFT, token),
            "own": Front(front, f"http://{LOOPBACK}:{bare_port}/own", DRAFT),
            "protobuf": Front(front, f"http://{LOOPBACK}:{bare_port}/create", protobuf_json()),
        }
        for each in found.values():
            until(each.answers, [behind, each.child])
        yield found


@dataclass(frozen=True)
class Child:
    """A process of ours, and what it says."""

    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def child(command: Sequence[str], variables: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Run it while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with (
            log.open("wb") as output,
            subprocess.Popen(command, env=variables, stdout=output, stderr=output) as process,  # noqa: S603 - our own
        ):
            try:
                yield Child(process, log)
            finally:
                process.terminate()


def until(condition: Callable[[], bool], children: Sequence[Child], within_s: float = WITHIN_S) -> None:
    """Return once it holds. SystemExit with the log of a child that has ended, or of all of them after ``within_s``."""
    waited, end = threading.Event(), time.monotonic() + within_s
    while not condition():
        ended = [each for each in children if each.process.poll() is not None]
        if ended or time.monotonic() > end:
            raise SystemExit("\n".join(map(_last_words, ended or children)))
        waited.wait(_POLL_S)


def _last_words(child: Child) -> str:
    status = child.process.poll()
    state = "runs, and does not answer" if status is None else f"ended with {status}"
    return f"{child.process.args!r} {state}:\n{child.log.read_text(errors='replace')[-_LOGGED_CHARS:]}"


def path_cost(fronts: Mapping[str, Front], requests: int, rounds: int, at_once: int) -> dict[str, float]:
    """CPU ms a request of each front's process; they take turns."""
    for front in fronts.values():
        front.spent_s = 0.0
        for _ in range(WARM_UP):
            front.ask()
    for _ in range(rounds):
        for front in fronts.values():
            front.round(requests, at_once)
    return {name: front.spent_s * 1e3 / (requests * rounds) for name, front in fronts.items()}


def refusals(token: str) -> dict[str, tuple[int, bytes]]:
    """Bad requests, with the status that each is refused with."""

    def sent(token: str = token, **over: Any) -> bytes:
        return Request("refused", "POST", "/v1/avatars", token, {**DRAFT, **over}).encoded("gateway")

    good = sent()
    head, _, content = good.partition(b"\r\n\r\n")
    announced = f"Content-Length: {len(content)}".encode()
    return {
        "no JSON": (400, head + b"\r\n\r\n" + content[:-1] + b","),
        "an unknown member": (400, sent(colour="red")),
        "a measurement out of range": (400, sent(measurements={"stature": 99_000})),
        "a token that is not valid": (401, sent(token=token[:-4] + "AAAA")),
        "a body that is too large": (413, head.replace(announced, b"Content-Length: 2000000") + b"\r\n\r\n"),
        "an unknown address": (404, Request("refused", "GET", "/v1/unknown", token).encoded("gateway")),
    }


async def refused(port: int, status: int, request: bytes, count: int) -> None:
    """Send a bad request that often, each on a connection of its own: some answers close it."""
    for _ in range(count):
        _, connection = await asyncio.get_running_loop().create_connection(Connection, LOOPBACK, port)
        answered = await connection.send(request)
        assert answered == status, f"{answered} instead of {status}"
        connection.close()


def refusal_cost(platform: Platform, api: httpx.Client, token: str, count: int) -> dict[str, float]:
    """CPU ms of all processes: a dressed avatar, then each bad request."""
    groups = processes(platform)

    def spent(work: Callable[[], object], pieces: int) -> float:
        before = sum(cpu_seconds(groups).values())
        work()
        return (sum(cpu_seconds(groups).values()) - before) * 1e3 / pieces

    def serve() -> None:
        for _ in range(SERVED):
            served(api, "POST", "/v1/avatars", json=DRAFT)

    serve()
    found = {"an avatar": spent(serve, SERVED)}
    port = httpx.URL(platform.url).port or 80
    for name, (status, request) in refusals(token).items():
        sending = functools.partial(refused, port, status, request, count)
        found[name] = spent(lambda: asyncio.run(sending()), count)  # noqa: B023 - called at once
    return found


def _path_table(at_once: int, spent: Mapping[str, float]) -> str:
    return f"""| front, {at_once} at a time | CPU ms a request | whole path beside it |
|---|---|---|
| the whole path | {spent["whole"]:.2f} | |
| bare Starlette with the gateway's own translation | {spent["own"]:.2f} | {spent["whole"] / spent["own"]:.2f} |
| bare Starlette with protobuf's own JSON mapping | {spent["protobuf"]:.2f} | {spent["whole"] / spent["protobuf"]:.2f} |

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=6)
    arguments = parser.parse_args()
    with running_platform() as platform, signed_in(platform.url) as api:
        token = str(api.headers["Authorization"]).removeprefix("Bearer ")
        avatar = served(api, "POST", "/v1/avatars", json=DRAFT)
        port = json.loads(platform.state_file.read_text())["services"]["generator"]["port"]
        answer = asyncio.run(fetched(port, identity.Caller("", frozenset(), token), avatar["id"]))
        with fronts(platform, token, answer) as each:
            path = {
                at_once: path_cost(each, arguments.requests, arguments.rounds, at_once) for at_once in AT_ONCE
            }
        cost = refusal_cost(platform, api, token, arguments.requests)
    whole = cost.pop("an avatar")
    rows = "\n".join(f"| {name} | {spent:.2f} | {spent / whole:.3f} |" for name, spent in cost.items())
    table = f"""# CPU of the gateway's path

`python -m benchmarks.gateway --requests {arguments.requests} --rounds {arguments.rounds}` · {datetime.now(UTC):%Y-%m-%d} ·
{arguments.requests * arguments.rounds} requests each, in turns, uncompressed

`POST /v1/avatars` with the answer of a dressed avatar, before one bare gRPC server. The whole path has token, limit,
bulkheads, deadline, trace, log line, metrics and the audit trail: its entry is appended to a file before the answer, and goes
to auth with others after it, which is counted here as well.

{"".join(_path_table(at_once, spent) for at_once, spent in path.items())}
At most {MOST_TIMES:g} is asked.

## Refusals

All processes together; the avatar that a good request makes takes {whole:.1f} ms. At most {MOST_SHARE:g} is asked.

| refused | CPU ms | share of an answer |
|---|---|---|
{rows}
"""
    figures = {"path_cpu_ms": path, "served_cpu_ms": whole, "refused_cpu_ms": cost}
    write_result("gateway", table, figures)


if __name__ == "__main__":
    main()
