"""A photo to a finished picture in a pose, on the running platform with an empty queue: CPU over all processes.

`python -m benchmarks.generation` writes `benchmarks/results/generation.{json,md}`. The photo is a render of one of our own
heads, or the file that `--photo` names. CPU time is the kernel's, of every process of the platform, PostgreSQL's included,
from the request to the last word of the job's events; what they use while nobody asks for anything is taken off.
"""

from __future__ import annotations

import argparse
import json
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from benchmarks.network import MODELS
from benchmarks.stack import cpu_seconds, processes, running_platform, signed_in, write_result
from photos.encode import jpeg
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

PATH = "/v1/poses/generations"
ROUNDS = 5
BATCH = 5
IDLE_S = 10.0
LIMIT_S = 3.0
PATIENCE_S = 300.0

Groups = dict[str, list[psutil.Process]]


@dataclass(frozen=True)
class Run:
    """What one request took."""

    cpu_s: dict[str, float]
    """By service, without what they use anyway."""
    wall_s: float
    pictures: int

    @property
    def each_s(self) -> float:
        """CPU seconds of a picture."""
        return sum(self.cpu_s.values()) / self.pictures


class Sitter:
    """Somebody with a photo, who asks for pictures and waits for them."""

    def __init__(self, client: httpx.Client, photo: bytes, groups: Groups) -> None:
        self._client, self._photo, self._groups = client, photo, groups
        policies = client.get("/v1/consents/policies").raise_for_status().json()["data"]
        self._version = next(each["version"] for each in policies if each["purpose"] == "face_photos")
        consent = {"purpose": "face_photos", "policyVersion": self._version, "given": True}
        client.post("/v1/me/consents", json=consent).raise_for_status()
        self._idle = self._idle_rates()

    def ask(self, poses: Sequence[str], **fields: str) -> Run:
        """Pictures in these poses; RuntimeError where one is not drawn."""
        before, began = cpu_seconds(self._groups), time.perf_counter()
        form = {"consent": self._version, "poses": json.dumps(poses), **fields}
        files = {"photo": ("me.jpg", self._photo, "image/jpeg")}
        answer = self._client.post(f"{PATH}/batch", files=files, data=form).raise_for_status().json()
        for generation in answer["data"]:
            self._await(generation)
        wall_s, after = time.perf_counter() - began, cpu_seconds(self._groups)
        spent = {name: max(0.0, after[name] - before[name] - wall_s * self._idle[name]) for name in after}
        return Run(spent, wall_s, len(poses))

    def _await(self, generation: dict[str, Any]) -> None:
        events = f"{generation['links']['job']}/events"
        with self._client.stream("GET", events, timeout=PATIENCE_S) as stream:
            for _ in stream.iter_lines():
                """The stream ends with the job."""
        done = self._client.get(generation["links"]["self"]).raise_for_status().json()
        if done["state"] != "completed":
            raise RuntimeError(f"not drawn: {done['error']}")

    def _idle_rates(self) -> dict[str, float]:
        before = cpu_seconds(self._groups)
        threading.Event().wait(IDLE_S)
        after = cpu_seconds(self._groups)
        return {name: (after[name] - before[name]) / IDLE_S for name in after}


def rendered() -> bytes:
    """A photo of one megapixel of a head that is nobody's."""
    rng = np.random.default_rng(20)
    seated = Studio(MODELS).seat(draw_sitter(rng, tone=4), rng)
    return jpeg(seated.shoot(draw_setting(rng, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0), rng).pixels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path)
    given = parser.parse_args().photo
    photo = given.read_bytes() if given else rendered()
    with running_platform() as platform, signed_in(platform.url) as client:
        listed = (
            client.get("/v1/catalog/poses", params={"limit": 2 * ROUNDS + BATCH}).raise_for_status().json()
        )
        poses = [pose["id"] for pose in listed["data"]]
        sitter = Sitter(client, photo, processes(platform))
        sitter.ask(poses[-1:])
        sd = [sitter.ask([pose]) for pose in poses[:ROUNDS]]
        hd = [sitter.ask([pose], quality="hd") for pose in poses[:3]]
        batch = sitter.ask(poses[-BATCH:])
    report(sd, hd, batch)


def report(sd: Sequence[Run], hd: Sequence[Run], batch: Run) -> None:
    median = statistics.median(run.each_s for run in sd)
    names = sorted(sd[0].cpu_s, key=lambda name: -statistics.median(run.cpu_s[name] for run in sd))
    lines = [
        "# A photo to a picture in a pose",
        "",
        f"CPU of all processes of the platform, warm, with an empty queue; median of {len(sd)} and {len(hd)} requests.",
        "The limit is 3 s for a picture.",
        "",
        "| what | CPU, s | from request to end, s |",
        "|---|---|---|",
        _row("512 x 512", sd),
        _row("1024 x 1024", hd),
        f"| each of {batch.pictures} of one photo, 512 x 512 | {batch.each_s:.2f} | {batch.wall_s:.1f} for all |",
        "",
        "| process | CPU of one at 512 x 512, s |",
        "|---|---|",
        *(f"| {name} | {statistics.median(run.cpu_s[name] for run in sd):.2f} |" for name in names),
        "",
    ]
    figures = {
        "limit_s": LIMIT_S,
        "sd_cpu_s": median,
        "hd_cpu_s": statistics.median(run.each_s for run in hd),
        "batch_each_cpu_s": batch.each_s,
        "sd_by_process_s": {name: statistics.median(run.cpu_s[name] for run in sd) for name in names},
        "sd_wall_s": statistics.median(run.wall_s for run in sd),
    }
    write_result("generation", "\n".join(lines), figures)


def _row(name: str, runs: Sequence[Run]) -> str:
    cpu_s, wall_s = (
        statistics.median(values) for values in zip(*((r.each_s, r.wall_s) for r in runs), strict=True)
    )
    return f"| {name} | {cpu_s:.2f} | {wall_s:.1f} |"


if __name__ == "__main__":
    main()
