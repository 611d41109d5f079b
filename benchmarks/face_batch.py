"""What a photo costs by how many go through the face networks together: `python -m benchmarks.face_batch`.

CPU time of the whole process, through the inference port as the generator uses it, on one thread a network. Counts take
turns with 64 photos each, so that whatever else runs on the machine meets them alike; the median of each one's rounds
counts. The photos are renders of our own heads, one megapixel each.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import numpy as np

from atelierkit.inference import LocalInference
from benchmarks.network import MODELS
from benchmarks.stack import write_result
from facemodel.arrays import RgbImage
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from services.generator.adapters.face_networks import FaceNetworks
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

COUNTS = (1, 4, 16, 64)
MOST = max(COUNTS)
ROUNDS = 9
SIDE = 1024
PEOPLE = 4
LIMIT = 1.15
"""How many times the cheapest count's photo the dearest one's may cost."""
NETWORKS = {"face_detector_short": 128, "face_detector_full": 192, "face_mesh": 224}

Run = Callable[[int], Awaitable[object]]
"""Puts so many photos, or rows, through."""


def photos() -> list[RgbImage]:
    """Faces of different people from the front."""
    studio = Studio(MODELS)
    made = []
    for seed in range(PEOPLE):
        rng = np.random.default_rng(seed)
        seated = studio.seat(draw_sitter(rng), rng)
        made.append(seated.shoot(draw_setting(rng, size=SIDE), rng).pixels.astype(np.uint8))
    return made


def searching(search: FaceSearch, pictures: Sequence[RgbImage]) -> Run:
    """Find every face of some photos; ValueError where one has none."""

    async def run(count: int) -> None:
        found = await search.each(list(itertools.islice(itertools.cycle(pictures), count)))
        if not all(len(faces) == 1 for faces in found):
            raise ValueError(f"faces in the photos: {[len(faces) for faces in found]}")

    return run


def inferring(inference: LocalInference, name: str) -> Run:
    """One network alone, on noise."""
    side = NETWORKS[name]
    noise = np.random.default_rng(0).random((MOST, 3, side, side), np.float32)

    async def run(count: int) -> object:
        return await inference.infer(name, {"image": noise[:count]})

    return run


async def cpu_ms(run: Run) -> dict[int, float]:
    """For each count, milliseconds of CPU a photo: the median of rounds, all of which put as many photos through."""
    spent: dict[int, list[float]] = {count: [] for count in COUNTS}
    await run(1)
    for _, count in itertools.product(range(ROUNDS), COUNTS):
        start = time.process_time()
        for _ in range(MOST // count):
            await run(count)
        spent[count].append((time.process_time() - start) * 1000 / MOST)
    return {count: statistics.median(each) for count, each in spent.items()}


def spread(costs: Mapping[int, float]) -> float:
    """The dearest count's photo over the cheapest's."""
    return max(costs.values()) / min(costs.values())


def table(measured: Mapping[str, Mapping[int, float]]) -> str:
    """A row for each thing that was measured."""
    lines = [
        "# Photos together\n",
        "`python -m benchmarks.face_batch`: CPU milliseconds a photo, by how many go through together.\n",
        f"| | {' | '.join(map(str, COUNTS))} | dearest / cheapest |",
        f"|---|{'---|' * len(COUNTS)}---|",
    ]
    for name, costs in measured.items():
        figures = " | ".join(f"{costs[count]:.2f}" for count in COUNTS)
        lines.append(f"| {name} | {figures} | {spread(costs):.2f} |")
    return "\n".join(lines) + "\n"


async def measure() -> dict[str, dict[int, float]]:
    """The whole search, then each network alone."""
    async with LocalInference(MODELS) as inference:
        runs = {
            "photo to points": searching(
                FaceSearch(FaceNetworks(inference), FaceTopology.load(MODELS).mirror), photos()
            )
        }
        runs |= {name: inferring(inference, name) for name in NETWORKS}
        return {name: await cpu_ms(run) for name, run in runs.items()}


def main() -> None:
    """Measure, and fail when a photo's cost depends on its company."""
    measured = asyncio.run(measure())
    write_result("face_batch", table(measured), {"cpu_ms": measured, "limit": LIMIT})
    if spread(measured["photo to points"]) > LIMIT:
        raise SystemExit(
            f"A photo costs {spread(measured['photo to points']):.2f} times as much in other company."
        )


if __name__ == "__main__":
    main()
