"""How like a person the finished head is: faces of one body on another, and what else of the head has moved.

`python -m benchmarks.face_identity` writes `benchmarks/results/face_identity.{json,md}`. Faces are those of our own heads
with more varied features than the bodies have, once with their true points, once as three renders show them; bodies are
others, drawn at random. Distances are between the face, laid on the head at the size that the head was given, and the
468 points of the finished head. Where the size had to give, the last column tells by how much.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from atelierkit.inference.local import LocalInference
from benchmarks.stack import write_result
from bodymodel.arrays import FloatArray
from facemodel.fusion import fuse
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from facemodel.view import View
from services.generator.adapters.face_networks import FaceNetworks
from services.mesher.domain.body import BodyModel
from services.mesher.domain.face import aim
from services.mesher.domain.face.mould import Mould
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

MODELS = Path(__file__).resolve().parents[1] / "models"
LIMIT_MM = 1.5
SEED = 20261126
PIXELS = 640


@dataclass(frozen=True)
class Likeness:
    """One face on one body; millimetres."""

    before_mm: float
    """From the body's own points to the face, before."""
    mean_mm: float
    p95_mm: float
    largest_mm: float
    tape_mm: float
    """Largest change of any of the 15 readings."""
    back_mm: float
    """Largest way of any vertex of the crown and the back of the head."""
    size: float
    """The face on the head against the person's own."""


class Bench:
    """Puts faces on bodies as the mesher does."""

    def __init__(self) -> None:
        self._model = BodyModel.load(MODELS)
        self.topology = FaceTopology.load(MODELS)
        self._mould = Mould.load(MODELS, self._model, self.topology)
        self.studio = Studio(MODELS)

    def true_face(self, rng: np.random.Generator) -> FloatArray:
        """(468, 3) metres of somebody's resting face, as it is."""
        sitter = draw_sitter(rng)
        return self.topology.on_template(self.studio.heads.vertices(sitter.coefficients, sitter.bumps, {}))

    def put_on(self, face: FloatArray, rng: np.random.Generator) -> Likeness:
        """The face on anybody's body."""
        body = self._model.stand(rng.standard_normal(self._model.space.size).clip(-2.0, 2.0)).vertices
        finished = self._mould.fit(body, face)
        own, reached = self.topology.on_template(body), self.topology.on_template(finished)
        wanted = aim.laid(face, own)
        away = 1e3 * np.linalg.norm(reached - wanted, axis=1)
        still = np.ones(self._model.template.body_vertices, np.bool_)
        still[self._mould.vertices[self._mould.vertices < len(still)]] = False
        return Likeness(
            before_mm=float(1e3 * np.linalg.norm(own - wanted, axis=1).mean()),
            mean_mm=float(away.mean()),
            p95_mm=float(np.percentile(away, 95.0)),
            largest_mm=float(away.max()),
            tape_mm=float(np.abs(self._model.tape.measure(finished) - self._model.tape.measure(body)).max()),
            back_mm=float(1e3 * np.abs(finished - body)[: len(still)][still].max()),
            size=float(
                np.linalg.norm(wanted - wanted.mean(axis=0)) / np.linalg.norm(face - face.mean(axis=0))
            ),
        )


def true_faces(bench: Bench, count: int) -> list[Likeness]:
    """Faces whose points are known."""
    rng = np.random.default_rng(SEED)
    return [bench.put_on(bench.true_face(rng), rng) for _ in range(count)]


def table(rows: Sequence[tuple[str, Sequence[Likeness]]]) -> str:
    """Markdown."""
    lines = [
        "# A face on another's body",
        "",
        f"`python -m benchmarks.face_identity`. Must reach {LIMIT_MM} mm in the mean.",
        "",
        "| face | heads | before, mean mm | mean mm | worst head's mean | p95 | largest | tape moved mm |"
        " back of the head moved mm | size, 5 to 95 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in rows:
        means = [one.mean_mm for one in found]
        low, high = np.percentile([one.size for one in found], [5.0, 95.0])
        lines.append(
            f"| {name} | {len(found)} | {np.mean([one.before_mm for one in found]):.2f} | {np.mean(means):.2f} |"
            f" {max(means):.2f} | {np.mean([one.p95_mm for one in found]):.2f} |"
            f" {max(one.largest_mm for one in found):.2f} | {max(one.tape_mm for one in found):.3f} |"
            f" {max(one.back_mm for one in found):.3f} | {low:.2f} to {high:.2f} |"
        )
    return "\n".join(lines) + "\n"


async def photographed_faces(bench: Bench, count: int) -> list[Likeness]:
    """Faces as three renders show them, 35 degrees to both sides and from the front, fused."""
    rng = np.random.default_rng(SEED + 1)
    found = []
    async with LocalInference(MODELS) as inference:
        search = FaceSearch(FaceNetworks(inference), bench.topology.mirror)
        for _ in range(count):
            seated = bench.studio.seat(draw_sitter(rng), rng)
            views = []
            for yaw in (0.0, -35.0, 35.0):
                portrait = seated.shoot(draw_setting(rng, size=PIXELS, yaw_deg=yaw, distance_m=0.6), rng)
                faces = await search.faces(portrait.pixels)
                views += [View.of(mesh, (PIXELS, PIXELS), bench.topology) for mesh in faces[:1]]
            if views:
                found.append(bench.put_on(fuse(views, bench.topology).points, rng))
    return found


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--count", type=int, default=100, help="faces with true points; a quarter as many in photos"
    )
    count = parser.parse_args().count
    bench = Bench()
    rows = [
        ("true points", true_faces(bench, count)),
        ("three photos, fused", asyncio.run(photographed_faces(bench, max(count // 4, 1)))),
    ]
    write_result("face_identity", table(rows), {name: [asdict(one) for one in found] for name, found in rows})


if __name__ == "__main__":
    main()
