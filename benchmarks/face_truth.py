"""How true the face's points are: renders of our own heads at known pose, and what three of them make together.

`python -m benchmarks.face_truth` writes `benchmarks/results/face_truth.{json,md}`. People, light, distance and place in
the picture are drawn anew. The network has been trained by its publisher on photos of people; these renders are
strange to it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from atelierkit.inference.local import LocalInference
from benchmarks.stack import write_result
from bodymodel.arrays import FloatArray
from facemodel.fusion import fuse
from facemodel.landmarks import LEFT_EYE, MESH_POINTS, RIGHT_EYE, FaceMesh
from facemodel.networks import Networks
from facemodel.projection import aligned
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from facemodel.view import View
from services.generator.adapters.face_networks import FaceNetworks
from training.face.camera import Camera
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Seated, Studio

MODELS = Path(__file__).resolve().parents[1] / "models"
SEED = 20261126
LIMITS = {0: 2.0, 15: 2.5, 30: 3.5, 45: 6.0, 60: 12.0}
"""Per cent of the eyes' distance, by yaw."""
SIDES = (-40, 40)
"""Yaw of the second and the third photo."""
PIXELS = 800
_TO_FACE = np.array([1.0, -1.0, -1.0])
_MM = 1e3


@dataclass(frozen=True)
class Errors:
    """Of all people; lists have one entry a person."""

    flat: dict[int, list[float]] = field(default_factory=dict)
    """By yaw: mean distance of the 468 points from where they are, per cent of the eyes' distance."""
    missed: dict[int, int] = field(default_factory=dict)
    """By yaw: faces that were not found."""
    depth_mm: dict[str, list[float]] = field(default_factory=dict)
    """By way: mean error along the face's forward axis, once the points are laid on the true ones."""
    away_mm: dict[str, list[float]] = field(default_factory=dict)
    """By way: mean distance in space, laid on likewise."""
    size: dict[str, list[float]] = field(default_factory=dict)
    """By what the size is from: found against true, less 1."""


class Bench:
    """Renders people and looks at them as the generator does."""

    def __init__(self, networks: Networks) -> None:
        self._studio = Studio(MODELS)
        self._topology = FaceTopology.load(MODELS)
        self._search = FaceSearch(networks, self._topology.mirror)

    async def person(self, rng: np.random.Generator, errors: Errors) -> None:
        """One person from all sides."""
        seated = self._studio.seat(draw_sitter(rng), rng)
        truth = self._topology.on_template(seated.vertices)
        distance = float(rng.uniform(0.4, 1.5))
        views = {}
        for yaw in (*LIMITS, *SIDES):
            camera, mesh = await self._look(seated, yaw, distance, rng)
            if mesh is None:
                errors.missed[yaw] = errors.missed.get(yaw, 0) + 1
                continue
            views[yaw] = View.of(mesh, (PIXELS, PIXELS), self._topology)
            errors.flat.setdefault(yaw, []).append(flat_error(mesh, camera, truth))
        three = [views[yaw] for yaw in (0, *SIDES) if yaw in views]
        if len(three) == 1 + len(SIDES):
            self._fused(three, truth, seated, errors)

    async def _look(
        self, seated: Seated, yaw: int, distance: float, rng: np.random.Generator
    ) -> tuple[Camera, FaceMesh | None]:
        setting = draw_setting(rng, size=PIXELS, yaw_deg=float(yaw), distance_m=distance)
        portrait = seated.shoot(setting, rng)
        faces = await self._search.faces(portrait.pixels)
        return portrait.camera, faces[0] if faces else None

    def _fused(self, views: Sequence[View], truth: FloatArray, seated: Seated, errors: Errors) -> None:
        own = views[0].mesh.points[:MESH_POINTS] * _TO_FACE
        face = fuse(views, self._topology)
        ways = {
            "the mean face": self._topology.mean,
            "one photo, the network's own depth": own,
            "one photo, fused with the mean": fuse(views[:1], self._topology).points,
            "three photos, fused": face.points,
        }
        for name, points in ways.items():
            off = laid_on(points, truth) - truth
            errors.depth_mm.setdefault(name, []).append(_MM * float(np.abs(off[:, 2]).mean()))
            errors.away_mm.setdefault(name, []).append(_MM * float(np.linalg.norm(off, axis=1).mean()))
        pupils = _MM * float(np.linalg.norm(seated.eyes[0] - seated.eyes[1]))
        by_pupils = fuse(views, self._topology, pupils)
        iris = face.points * seated.sitter.look.iris_mm / 11.7
        sizes = {
            "the iris": face.points,
            "the iris, were each person's known": iris,
            "the distance of the pupils": by_pupils.points,
        }
        for name, points in sizes.items():
            errors.size.setdefault(name, []).append(eyes_apart(points) / eyes_apart(truth) - 1.0)


def flat_error(mesh: FaceMesh, camera: Camera, truth: FloatArray) -> float:
    """Mean distance in the picture of the points from where they are, per cent of the eyes' distance there, seen square."""
    seen = camera.project(truth)
    scale = camera.focal / seen[[RIGHT_EYE, LEFT_EYE], 2].mean()
    away = np.linalg.norm(mesh.points[:MESH_POINTS, :2] - seen[:, :2], axis=1)
    return 100.0 * float(away.mean() / (scale * eyes_apart(truth)))


def eyes_apart(points: FloatArray) -> float:
    """Between the outer corners of the eyes."""
    return float(np.linalg.norm(points[LEFT_EYE] - points[RIGHT_EYE]))


def laid_on(points: FloatArray, truth: FloatArray) -> FloatArray:
    """Points (468, 3) turned, moved and sized to lie nearest to the true ones."""
    rotation, scale, shift = aligned(points, truth, np.ones(len(points)))
    laid: FloatArray = scale * points @ rotation.T + shift
    return laid


def report(errors: Errors, people: int, command: str) -> tuple[str, dict[str, object]]:
    """The tables and their figures."""
    turned = [
        f"| {yaw}° | {np.mean(errors.flat[yaw]):.2f} % | {np.percentile(errors.flat[yaw], 95):.2f} % | ≤ {limit} % | "
        f"{len(errors.flat[yaw])} of {people} |"
        for yaw, limit in LIMITS.items()
    ]
    deep = [
        f"| {name} | {np.mean(values):.2f} | {np.mean(errors.away_mm[name]):.2f} |"
        for name, values in errors.depth_mm.items()
    ]
    sized = [
        f"| {name} | {100 * np.mean(values):+.1f} % | {100 * np.std(values):.1f} % |"
        for name, values in errors.size.items()
    ]
    single, three = (
        float(np.mean(errors.depth_mm[name]))
        for name in ("one photo, the network's own depth", "three photos, fused")
    )
    table = f"""# The face's points against the truth

`{command}` · {people} synthetic people, seen from 0.4 to 1.5 m, {PIXELS} x {PIXELS} pixels

All 468 points, hidden ones too; per cent of the distance between the outer corners of the eyes.

| yaw | mean error | 95th percentile of people | asked for | found |
|---|---|---|---|---|
{chr(10).join(turned)}

Millimetres, once the points are turned, moved and sized onto the true ones; three photos are at 0, {SIDES[0]} and
{SIDES[1]} degrees. Depth of three photos against that of one: {three / single:.2f} (asked for: ≤ 0.5).

| from | depth | in space |
|---|---|---|
{chr(10).join(deep)}

Size of the face that three photos give, against the true one. Irises are drawn as people's are: 11.7 mm, give or take
0.42.

| size from | mean error | standard deviation |
|---|---|---|
{chr(10).join(sized)}
"""
    means: Mapping[str, Mapping[object, float]] = {
        "flat_percent": {yaw: float(np.mean(values)) for yaw, values in errors.flat.items()},
        "depth_mm": {name: float(np.mean(values)) for name, values in errors.depth_mm.items()},
        "away_mm": {name: float(np.mean(values)) for name, values in errors.away_mm.items()},
        "size_deviation": {name: float(np.std(values)) for name, values in errors.size.items()},
    }
    return table, {"people": people, "missed": errors.missed, **means}


async def measure(people: int) -> Errors:
    errors = Errors()
    async with LocalInference(MODELS) as inference:
        bench = Bench(FaceNetworks(inference))
        for number in range(people):
            await bench.person(np.random.default_rng([SEED, number]), errors)
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    people = parser.parse_args().people
    command = f"python -m benchmarks.face_truth --people {people}"
    write_result("face_truth", *report(asyncio.run(measure(people)), people, command))


if __name__ == "__main__":
    main()
