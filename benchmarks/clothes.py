"""What clothes do in poses: how far they are stretched, how much of them is inside skin, and what that costs.

Every so many poses of the library on eight people in as many outfits, bent with the body alone and then fallen, in one run:
`python -m benchmarks.clothes`
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import open3d
from numpy.typing import NDArray

from anthropometry.population import Population
from benchmarks.drawing_subjects import garment
from benchmarks.stack import write_result
from bodymodel.correct import correct
from bodypose.skeleton import Pose
from deploy.pose_pictures import MODELS, library
from services.mesher.domain import surface
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.cloth import Cloth
from services.mesher.domain.model import Appearance, Garment, HairPattern, Part, Pattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Figure, Poser
from services.mesher.domain.surface import FloatArray

POSES = 16
LOOK = Appearance("#d7a98c", HairPattern.NONE, "")
LEAST_EDGE_M = 0.004
"""Shorter edges are those of turned hems."""
STRETCHED, INSIDE_M = 1.5, 0.002
TEE = garment(Pattern.TOP, "shirt", "#e8e6e0", sleeve=0.3, hem=0.15)
KNIT = garment(Pattern.TOP, "knit", "#5f7f78", sleeve=1.0, hem=0.17, thickness=0.008)
TROUSERS = garment(Pattern.TROUSERS, "trousers", "#3a4a63", hem=0.97, thickness=0.004)
PENCIL = garment(Pattern.SKIRT, "narrow skirt", "#32405c", hem=0.5, flare=0.05)
CIRCLE = garment(Pattern.SKIRT, "wide skirt", "#8a5a2a", hem=0.7, flare=0.6)
DRESS = garment(Pattern.DRESS, "dress", "#7a2440", sleeve=0.25, hem=0.5, flare=0.35)
LONG = garment(Pattern.DRESS, "long dress", "#2c4a3a", sleeve=1.0, hem=0.72, flare=0.15)
WEARERS: Sequence[tuple[str, float, Sequence[Garment]]] = (
    ("feminine", 50.0, (TROUSERS, TEE)),
    ("feminine", 65.0, (DRESS,)),
    ("masculine", 80.0, (TROUSERS, KNIT)),
    ("feminine", 105.0, (CIRCLE, KNIT)),
    ("masculine", 110.0, (TROUSERS, TEE)),
    ("feminine", 65.0, (PENCIL, TEE)),
    ("feminine", 65.0, (LONG,)),
    ("masculine", 62.0, (CIRCLE, TEE)),
)
"""Body type, weight in kg, and what is worn."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One garment in one pose."""

    garment: str
    stretched: float
    """Share of its edges that are longer by half than at rest."""
    inside: float
    """Share of its area that lies 2 mm or more inside of the skin."""


class Fitting:
    """Somebody, dressed, with both ways for clothes to go into a pose."""

    def __init__(
        self, model: BodyModel, outfitter: Outfitter, poser: Poser, body: Body, worn: Sequence[Garment]
    ) -> None:
        rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
        self.scene = Scene(outfitter.dress(body, LOOK, worn), rig, {})
        self.fallen = poser.figure(self.scene, body)
        self.bent = poser.figure(self.scene, body)
        self.bent._followers = [
            replace(each, falls=None) if isinstance(each, Cloth) else each for each in self.bent._followers
        ]
        self._bare = poser.figure(Scene(outfitter.bare(body, LOOK)[:1], rig, {}), body)

    def readings(self, figure: Figure, pose: Pose) -> Iterator[Reading]:
        """Of every garment in a pose that the body holds."""
        skin = self._bare.at(pose).parts[0]
        rays = open3d.t.geometry.RaycastingScene(nthreads=1)
        rays.add_triangles(
            _tensor(skin.positions.astype(np.float32)), _tensor(skin.triangles.astype(np.uint32))
        )
        for rest, part in zip(self.scene.parts, figure.at(pose).parts, strict=True):
            if part.origin is None:
                middles = part.positions[part.triangles].mean(axis=1).astype(np.float32)
                depth = -rays.compute_signed_distance(_tensor(middles), nthreads=1).numpy()
                area = np.linalg.norm(surface.areas(part.positions, part.triangles), axis=1)
                inside = float(area[depth > INSIDE_M].sum() / area.sum())
                yield Reading(part.name, _stretched(rest, part), inside)


def _tensor(values: NDArray[np.generic]) -> open3d.core.Tensor:
    return open3d.core.Tensor.from_numpy(np.ascontiguousarray(values))


def _stretched(rest: Part, part: Part) -> float:
    edges = surface.undirected_edges(rest.triangles)
    before, after = (_lengths(each.positions, edges) for each in (rest, part))
    whole = before > LEAST_EDGE_M
    return float((after > STRETCHED * before)[whole].mean())


def _lengths(points: FloatArray, edges: surface.IntArray) -> FloatArray:
    length: FloatArray = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    return length


def main() -> None:
    """Measure, and fail where falling makes anything worse."""
    model = BodyModel.load(MODELS)
    outfitter, population = Outfitter(model, kept_cuts=16), Population.load(MODELS)
    poser = Poser(model, outfitter)
    every = list(library().values())
    poses = [every[number] for number in np.linspace(0, len(every) - 1, POSES).round().astype(int)]
    readings: dict[str, list[Reading]] = {"bent": [], "fallen": []}
    spent = dict.fromkeys(readings, 0.0)
    for body_type, weight_kg, worn in WEARERS:
        targets = population.estimate({}, body_type, weight_kg).values_mm
        found = correct(model.shape_tape, model.guard, np.zeros(model.space.size), targets)
        body = model.stand(found.coefficients)
        fitting = Fitting(model, outfitter, poser, body, worn)
        for pose in poses:
            held = poser.hold(body, pose).pose
            for way, figure in (("bent", fitting.bent), ("fallen", fitting.fallen)):
                start = time.process_time()
                figure.at(held)
                spent[way] += time.process_time() - start
                readings[way] += fitting.readings(figure, held)
    _write(readings, {way: 1000.0 * seconds / (POSES * len(WEARERS)) for way, seconds in spent.items()})


def _write(readings: dict[str, list[Reading]], cpu_ms: dict[str, float]) -> None:
    names = list(dict.fromkeys(reading.garment for reading in readings["bent"]))
    means = {
        way: {
            name: np.mean([(r.stretched, r.inside) for r in all_of if r.garment == name], axis=0)
            for name in names
        }
        for way, all_of in readings.items()
    }
    rows = [
        f"| {name} | "
        + " | ".join(f"{100 * means[way][name][at]:.2f}" for at in (0, 1) for way in readings)
        + " |"
        for name in names
    ]
    table = "\n".join(
        [
            "# Clothes in poses",
            "",
            f"{POSES} poses of the library on each of eight people of 50 to 110 kg, in percent: edges that are longer by half",
            "than at rest, and area that lies 2 mm or more inside the skin; bent with the body alone, and fallen.",
            "",
            "| garment | stretched, bent | stretched, fallen | inside, bent | inside, fallen |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"A dressed avatar in a pose takes {cpu_ms['bent']:.0f} ms of CPU bent, {cpu_ms['fallen']:.0f} ms fallen.",
            "",
        ]
    )
    result = {way: {name: value.tolist() for name, value in means[way].items()} for way in means}
    write_result("clothes", table, {"means": result, "cpu_ms": cpu_ms})
    worse = [name for name in names if (means["fallen"][name] > means["bent"][name] + 0.002).any()]
    if worse:
        raise SystemExit(f"falling makes it worse: {', '.join(worse)}")


if __name__ == "__main__":
    main()
