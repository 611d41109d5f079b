"""What a face's picture costs and how like the person it is: rendered heads, each photo otherwise exposed.

`python -m benchmarks.face_picture` writes `benchmarks/results/face_picture.{json,md}`. Points are the true ones, so that
the picture alone is judged: against a photo that it was not painted from. Light comes from everywhere, because the
shadows of a lamp would be counted as faults.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from scipy import ndimage

from benchmarks.stack import write_result
from facemodel.arrays import FloatArray
from facemodel.canvas import Canvas
from facemodel.texture import SIZE, Painter, Picture
from facemodel.topology import FaceTopology, centred
from photos import encode
from services.mesher.adapters.face_glb import FaceGlbWriter
from services.mesher.adapters.jpeg import JpegPictures
from services.mesher.domain.model import HairPattern
from services.mesher.domain.portrait import FaceOrder, Portrait
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Seated, Studio
from training.face.scene import Lighting

MODELS = Path(__file__).resolve().parents[1] / "models"
SEED = 20261126
PEOPLE = 3
PIXELS = 768
ROUNDS = 7
YAWS = (0.0, -40.0, 40.0)
JUDGED_YAW = 55.0
EXPOSURES = (0.7, 0.45, 1.0)
LARGEST_BYTES = 200_000
_MOST_TEXTURE_BYTES = 175_000


def photo(
    seated: Seated, points: FloatArray, yaw_deg: float, lighting: Lighting, rng: np.random.Generator
) -> tuple[Picture, np.ndarray]:
    """A photo with the true points in it, and which (468,) of them it shows."""
    setting = draw_setting(rng, size=PIXELS, yaw_deg=yaw_deg, lighting=lighting, noise=0.006, distance_m=0.8)
    camera = seated.camera(setting)
    seen = camera.project(points)
    seen[:, 2] = (seen[:, 2] - seen[:, 2].mean()) * camera.focal / seen[:, 2].mean()
    return Picture(seated.shoot(setting, rng).pixels, seen), seated.visible(camera, points)


def apart(film: Canvas, painted: np.ndarray, judge: Picture, shown: np.ndarray) -> float:
    """Mean difference, of 255, from a photo that the painter has not seen, after one gain a channel."""
    pixel_of = np.zeros(film.blank().shape[1], int)
    pixel_of[film.source] = np.arange(len(film.source))
    rows = film.rows(len(shown))
    whole = rows @ shown > 0.999
    x, y = (rows[whole] @ judge.points[:, :2] - 0.5).T
    truth = np.stack(
        [
            ndimage.map_coordinates(judge.pixels[..., channel].astype(float), (y, x), order=1)
            for channel in range(3)
        ]
    )
    found = painted.reshape(-1, 3)[pixel_of[whole]].T.astype(float)
    gain = np.median(truth, axis=1) / np.median(found, axis=1)
    return float(np.abs(truth - found * gain[:, None]).mean())


def cpu_ms(make: Callable[[], object]) -> float:
    """Median CPU time of one call, after one that is not counted."""
    make()
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        make()
        spent.append(time.process_time() - start)
    return statistics.median(spent) * 1000.0


def copied_thrice(pictures: list[Picture]) -> list[FloatArray]:
    """The plain way, to compare with: every pixel out of every photo, whoever shows it best."""
    across = np.linspace(100.0, PIXELS - 100.0, SIZE)
    places = np.meshgrid(across, across, indexing="ij")
    return [
        ndimage.map_coordinates(picture.pixels[..., channel].astype(np.float32), places, order=1)
        for picture in pictures
        for channel in range(3)
    ]


def costs(painter: Painter, points: FloatArray, pictures: list[Picture]) -> dict[str, float]:
    """CPU milliseconds of one thread by step."""
    files = JpegPictures()
    stored = [encode.jpeg(picture.pixels) for picture in pictures]
    painted = painter.paint(points, pictures)
    texture = files.write(painted, _MOST_TEXTURE_BYTES)
    order = FaceOrder(points, [], "benchmark")
    return {
        "three stored pictures decoded": cpu_ms(lambda: [files.read(data) for data in stored]),
        "painted": cpu_ms(lambda: painter.paint(points, pictures)),
        "texture encoded": cpu_ms(lambda: files.write(painted, _MOST_TEXTURE_BYTES)),
        "file written": cpu_ms(
            lambda: FaceGlbWriter().write(Portrait.of(order, painter.topology, texture, files.media_type))
        ),
        "for comparison: three photos sampled whole (SciPy), nothing blended": cpu_ms(
            lambda: copied_thrice(pictures)
        ),
    }


def table(steps: Mapping[str, float], likeness: Mapping[str, float], largest: int) -> str:
    lines = ["# A face's picture", "", "| step | CPU, ms, one thread |", "|---|---|"]
    lines += [f"| {name} | {spent:.1f} |" for name, spent in steps.items()]
    lines += ["", f"| painted from | mean difference of 255 from a photo at {JUDGED_YAW:.0f}° |", "|---|---|"]
    lines += [f"| {name} | {difference:.2f} |" for name, difference in likeness.items()]
    lines += ["", f"Largest file of {PEOPLE}: {largest:,} bytes (may be {LARGEST_BYTES:,}).", ""]
    lines += [
        "Times of a machine that others work on are too long, all alike: compare them with each other.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and fail where a file is too large."""
    rng = np.random.default_rng(SEED)
    topology = FaceTopology.load(MODELS)
    painter, studio, files = Painter(topology), Studio(MODELS), JpegPictures()
    found: dict[str, list[float]] = {"three photos": [], "the front alone": []}
    sizes, pictures, points = [], [], topology.mean
    for _ in range(PEOPLE):
        seated = studio.seat(draw_sitter(rng, hair=HairPattern.NONE), rng)
        on_head = topology.on_template(seated.vertices)
        points = centred(on_head)
        lights = [Lighting(np.full(3, exposure), ()) for exposure in EXPOSURES]
        pictures = [
            photo(seated, on_head, yaw, light, rng)[0] for yaw, light in zip(YAWS, lights, strict=True)
        ]
        judge, shown = photo(seated, on_head, JUDGED_YAW, lights[0], rng)
        for name, used in (("three photos", pictures), ("the front alone", pictures[:1])):
            found[name].append(apart(painter.canvas, painter.paint(points, used), judge, shown))
        texture = files.write(painter.paint(points, pictures), _MOST_TEXTURE_BYTES)
        portrait = Portrait.of(FaceOrder(points, [], "benchmark"), topology, texture, files.media_type)
        sizes.append(len(FaceGlbWriter().write(portrait)))
    steps = costs(painter, points, pictures)
    likeness = {name: statistics.mean(values) for name, values in found.items()}
    figures = {"cpu_ms": steps, "difference": likeness, "largest_bytes": max(sizes), "people": PEOPLE}
    write_result("face_picture", table(steps, likeness, max(sizes)), figures)
    assert max(sizes) <= LARGEST_BYTES


if __name__ == "__main__":
    main()
