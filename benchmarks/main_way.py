"""CPU time of the main way: `POST /v1/avatars` with a dressed GLB, at concurrency 1, once warm.

`python -m benchmarks.main_way [--records FOLDER] [--requests N]`. CPU time of every process is read from the kernel
before and after; the gateway stands beside a bare Starlette → grpc.aio pair that carries the same messages.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from google.protobuf import json_format

from atelier.generator.v1 import generator_pb2
from benchmarks.people import DEFAULT_RECORDS, Person, sample
from benchmarks.stack import cpu_seconds, processes, running_platform, signed_in, write_result
from deploy.local.processes import service_environment
from deploy.local.topology import free_ports
from services.gateway.convert.avatars import outfit_message
from services.gateway.convert.body import BODY_TYPES, measurements_message
from services.gateway.schemas.avatars import OutfitItemInput

LIMIT_MS = 150
"""What the main way may cost, all processes together."""
WARM_UP = 15
_POLL_S = 0.05


def drafts(people: list[Person], client: httpx.Client) -> list[dict[str, Any]]:
    """Requests for dressed avatars: a dress for women, T-shirt and trousers for men."""

    def worn(category: str) -> dict[str, str]:
        garments = client.get("/v1/catalog/garments", params={"category": category}).raise_for_status().json()
        return {"garmentId": garments["data"][0]["id"], "size": "M"}

    outfits = {"feminine": [worn("dress")], "masculine": [worn("tshirt"), worn("trousers")]}
    return [
        {
            "measurements": person.measurements,
            "bodyType": person.body_type,
            "outfit": outfits[person.body_type],
            "look": {"hairstyle": "bob"},
        }
        for person in people
    ]


def measure(platform_people: list[Person]) -> tuple[dict[str, float], dict[str, Any], bytes]:
    """CPU ms a request by process group; the last draft, and the answer to it as a message."""
    with running_platform() as platform, signed_in(platform.url) as client:
        wanted = drafts(platform_people, client)
        for draft in wanted[:WARM_UP]:
            client.post("/v1/avatars", json=draft).raise_for_status()
        groups = processes(platform)
        before = cpu_seconds(groups)
        counted = wanted[WARM_UP:]
        answer = {}
        for draft in counted:
            answer = client.post("/v1/avatars", json=draft).raise_for_status().json()
        after = cpu_seconds(groups)
    spent = {name: (after[name] - before[name]) * 1000 / len(counted) for name in groups}
    return spent, counted[-1], _as_message(answer).SerializeToString()


def _as_message(answer: dict[str, Any]) -> generator_pb2.CreateAvatarResponse:
    """A message of the same size and shape as the one behind the answer."""
    lines = [
        {
            "reading": {
                "name": line["name"],
                "deliveredMm": line["deliveredMm"],
                "feasible": line["feasible"],
                "tape": [dict(zip("xyz", point, strict=True)) for point in line["tape"]],
            },
            "targetMm": line["targetMm"],
            "source": "SOURCE_ASKED",
            "intervalLowMm": line["intervalMm"][0],
            "intervalHighMm": line["intervalMm"][1],
        }
        for line in answer["receipt"]["measurements"]
    ]
    avatar = {"id": answer["id"], "receipt": {"lines": lines, "withinIso20685": True}}
    return json_format.ParseDict({"avatar": avatar}, generator_pb2.CreateAvatarResponse())


def measure_bare(draft: dict[str, Any], answer: bytes, requests: int) -> float:
    """CPU ms a request of the bare Starlette process."""
    message = generator_pb2.CreateAvatarRequest(
        outfit=outfit_message([OutfitItemInput.model_validate(item) for item in draft["outfit"]])
    )
    message.body.measurements.CopyFrom(measurements_message(draft["measurements"]))
    message.body.body_type = BODY_TYPES[draft["bodyType"]]
    body = json_format.MessageToDict(message)
    with tempfile.NamedTemporaryFile() as file:
        file.write(answer)
        file.flush()
        grpc_port, http_port = free_ports(2)
        with _child("grpc", grpc_port, file.name), _child("http", http_port, str(grpc_port)) as front:
            client = httpx.Client(base_url=f"http://127.0.0.1:{http_port}", timeout=10)
            _until(lambda: _answers(client, body))
            for _ in range(WARM_UP):
                client.post("/create", json=body).raise_for_status()
            before = cpu_seconds({"bare": [front]})["bare"]
            for _ in range(requests):
                client.post("/create", json=body).raise_for_status()
            return (cpu_seconds({"bare": [front]})["bare"] - before) * 1000 / requests


def measure_stages(records: Path, count: int) -> dict[str, float]:
    """CPU ms a person by stage, in a process with a service's environment."""
    command = [sys.executable, "-m", "benchmarks.stages", str(records), str(count), str(WARM_UP)]
    done = subprocess.run(command, env=service_environment(), stdout=subprocess.PIPE, check=True)  # noqa: S603
    stages: dict[str, float] = json.loads(done.stdout)
    return stages


@contextmanager
def _child(role: str, port: int, other: str) -> Iterator[psutil.Process]:
    command = [sys.executable, "-m", "benchmarks.bare_pair", role, str(port), other]
    with subprocess.Popen(command) as process:  # noqa: S603 - our own module
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _answers(client: httpx.Client, body: dict[str, Any]) -> bool:
    try:
        return client.post("/create", json=body).status_code == 201
    except httpx.TransportError:
        return False


def _until(condition: Callable[[], bool]) -> None:
    waited = threading.Event()
    while not condition():
        waited.wait(_POLL_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=DEFAULT_RECORDS)
    parser.add_argument("--requests", type=int, default=60)
    arguments = parser.parse_args()
    people = sample(arguments.records, 2 * ((arguments.requests + WARM_UP + 1) // 2))
    spent, draft, answer = measure(people[::2] + people[1::2])
    bare = measure_bare(draft, answer, 10 * arguments.requests)
    stages = measure_stages(arguments.records, len(people))
    total = sum(spent.values())
    rows = "\n".join(f"| {name} | {spent[name]:.1f} | {spent[name] / total:.0%} |" for name in sorted(spent))
    inner = "\n".join(f"| {stage} | {spent_ms:.1f} |" for stage, spent_ms in stages.items())
    table = f"""# CPU time of one dressed avatar

`python -m benchmarks.main_way --requests {arguments.requests}` · {datetime.now(UTC):%Y-%m-%d} ·
{arguments.requests} requests after {WARM_UP} to warm up, concurrency 1

| process | CPU ms a request | share |
|---|---|---|
{rows}
| **all** | **{total:.1f}** | limit {LIMIT_MS} |

The stages inside generator and mesher, called one by one in one process:

| stage | CPU ms |
|---|---|
{inner}

The gateway beside a bare Starlette → grpc.aio pair that carries the same messages in the same run:
{spent["gateway"]:.2f} ms against {bare:.2f} ms, a factor of {spent["gateway"] / bare:.1f}.
"""
    figures = {
        "cpu_ms": spent,
        "stages_cpu_ms": stages,
        "total_ms": total,
        "limit_ms": LIMIT_MS,
        "bare_starlette_ms": bare,
    }
    write_result("main_way", table, figures)


if __name__ == "__main__":
    main()
