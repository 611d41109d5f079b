"""Bake what all faces share: `python -m training.face.topology` writes `models/face_topology`.

The face network looks at renders of our own heads (`training.face.correspondence`), which brings its points to the body
template; mean face, triangles and texture coordinates follow from their places. Some minutes of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.face_networks import PlainNetworks
from bodymodel.arrays import FloatArray, IntArray
from facemodel.landmarks import LEFT_EYE, RIGHT_EYE
from facemodel.projection import aligned
from facemodel.search import FaceSearch
from facemodel.topology import centred
from training.body.manifest import write_manifest
from training.face import correspondence, mesh, settle
from training.face.draws import draw_sitter
from training.face.heads import HeadModel
from training.face.regions import LOOPS, regions
from training.face.render import Studio

_JAW_OPEN = 0.4
"""Opens the mouth of the mean head so far that no place on one lip is near the other."""
_CORNERS = ((308, 292, 306, 291), (78, 62, 76, 61))
"""The mouth's left and right corner, from the inside to the outside."""
_CORNER_STEP_M = 0.0009
_MEETING = np.array([LOOPS["lips_inner"][:10:-1], LOOPS["lips_inner"][1:10]])
"""Points of the upper and of the lower lip that meet when the mouth is closed."""
_ACROSS = np.array([-1.0, 1.0, 1.0])
_SETTLED_ON, _PHOTOS = 120, 4
"""People whose photos move the points to their last places, and photos of each."""
_SETTLING_ROUNDS = 3
_PEOPLE = 400
"""Resting faces that mean and spread are taken over."""
_ROOM = {"left_eye": 5.0, "right_eye": 5.0, "lips": 2.5, "left_brow": 1.5, "right_brow": 1.5}
"""How much springs slacken in the texture about what people look at."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The points on the template."""

    corners: IntArray
    """(468, 3) template vertices."""
    weights: FloatArray
    """(468, 3) barycentric."""
    mirror: IntArray
    asymmetry_mm: float
    """Median distance of a point from its mirror image's mirror image, before they were made one."""
    spread_mm: float
    """Median over the points of the samples' median distance from their place."""
    settled_mm: float = 0.0
    """Median way of the points that photos moved."""


def bake(models: Path, arguments: correspondence.Arguments) -> None:
    """Write arrays and manifest."""
    studio = Studio(models)
    outer = correspondence.outer_skin(studio, arguments)
    skin = studio.heads.skin_triangles()[outer]
    found = list(correspondence.samples(studio, network(models), outer, arguments))
    first = place(studio.heads, found, skin)
    search = FaceSearch(PlainNetworks(models), first.mirror)
    seen = list(settle.sightings(studio, search, _SETTLED_ON, _PHOTOS, arguments.seed))
    placed = settled(studio.heads, first, seen, skin)
    arrays = assemble(studio.heads, placed, np.random.default_rng(arguments.seed))
    write(models, placed, arrays, {"renders": len(found), "photos": len(seen)})


def write(models: Path, placed: Placed, arrays: Mapping[str, Any], looked_at: Mapping[str, int]) -> None:
    """The model's files."""
    folder = models / "face_topology"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "topology.npz", **arrays)
    write_manifest(
        folder,
        name="face_topology",
        version="1.0.0",
        licence="Apache-2.0",
        provenance=[
            "the order of the points: the face network of mediapipe 0.10.21 (Apache-2.0)",
            "places, mean, triangles, texture coordinates: this project, training/face",
        ],
        data="no personal data: renders of synthetic heads",
        metrics={
            **looked_at,
            "asymmetry_removed_mm": round(placed.asymmetry_mm, 2),
            "spread_of_samples_mm": round(placed.spread_mm, 2),
            "settled_by_mm": round(placed.settled_mm, 2),
            **judged(arrays),
        },
        rebuild="python -m training.face.topology",
    )


def network(models: Path) -> correspondence.Network:
    """The face network as `make models` converts it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        models / "face_mesh" / "model.onnx", options, providers=["CPUExecutionProvider"]
    )

    def landmarks(images: FloatArray) -> FloatArray:
        points: FloatArray = session.run(["landmarks"], {"image": images})[0].astype(np.float64)
        return points

    return landmarks


def place(heads: HeadModel, found: Sequence[correspondence.Sample], skin: IntArray) -> Placed:
    """Median places, made symmetric, on the nearest skin (m, 3) of the mean head.

    With an open mouth nothing on one lip is near the other, so that is where points are put. How far in the lips' inner
    points lie only a closed mouth shows: on the line in which the lips meet, each on its own lip.
    """
    opened, rest = _even(heads, _JAW_OPEN), _even(heads, 0.0)
    seen, spread = correspondence.places(found, opened)
    seen = _corners_apart(seen)
    mirror = correspondence.mirror_table(seen)
    image = seen[mirror] * _ACROSS
    points = (seen + image) / 2.0
    corners, weights = _snapped(heads, points, mirror, opened, skin)
    closed, _ = correspondence.places([each for each in found if not each.mouth_open], rest)
    closed = (closed + closed[mirror] * _ACROSS) / 2.0
    upper, lower = _MEETING
    closed[upper] = closed[lower] = (closed[upper] + closed[lower]) / 2.0
    # Halfway between the bow and the lower lip's edge an open mouth has no lip.
    above = opened[skin, 1].mean(axis=1) > points[[0, 17], 1].mean()
    for lip, own in ((upper, skin[above]), (lower, skin[~above])):
        found_corners, found_weights = _snapped(heads, closed, mirror, rest, own)
        corners[lip], weights[lip] = found_corners[lip], found_weights[lip]
    asymmetry = float(np.median(np.linalg.norm(seen - image, axis=1)))
    return Placed(corners, weights, mirror, 1e3 * asymmetry, 1e3 * float(np.median(spread)))


def settled(heads: HeadModel, placed: Placed, seen: Sequence[settle.Sighting], skin: IntArray) -> Placed:
    """Every point where photos show it, but for those within the lips' outline and at its corners: they lie too close."""
    opened = _even(heads, _JAW_OPEN)
    lips = regions(_on(placed, _even(heads, 0.0)))["lips"]
    held = np.union1d(np.setdiff1d(lips, LOOPS["lips_outer"]), _CORNERS)
    moved = np.setdiff1d(np.arange(len(placed.mirror)), held)
    first, now = _on(placed, opened), placed
    for _ in range(_SETTLING_ROUNDS):
        points = _on(now, opened)
        unit = float(np.linalg.norm(points[LEFT_EYE] - points[RIGHT_EYE]))
        way, measure = settle.offsets(seen, now.corners, now.weights, now.mirror)
        points = points + unit * way
        found_corners, found_weights = _snapped(heads, points, now.mirror, opened, skin, measure)
        corners, weights = now.corners.copy(), now.weights.copy()
        corners[moved], weights[moved] = found_corners[moved], found_weights[moved]
        now = replace(now, corners=corners, weights=weights)
    moved_m = np.linalg.norm(_on(now, opened) - first, axis=1)[moved]
    return replace(now, settled_mm=1e3 * float(np.median(moved_m)))


def _snapped(
    heads: HeadModel,
    points: FloatArray,
    mirror: IntArray,
    vertices: FloatArray,
    skin: IntArray,
    measure: FloatArray | None = None,
) -> tuple[IntArray, FloatArray]:
    """The nearest places on the skin, by a measure of their own (468, 3, 3): found on the left half, mirrored to the right."""
    measure = np.broadcast_to(np.eye(3), (len(points), 3, 3)) if measure is None else measure
    middle = mirror == np.arange(len(mirror))
    left = ~middle & (points[:, 0] > 0.0)
    corners, weights = np.zeros((len(points), 3), np.int64), np.zeros((len(points), 3))
    corners[left], weights[left] = correspondence.snapped(points[left], vertices, skin, measure[left])
    corners[mirror[left]], weights[mirror[left]] = heads.template.mirror[corners[left]], weights[left]
    # The middle line stays on the template's own.
    edges = np.concatenate([skin[:, [0, 1, 1]], skin[:, [1, 2, 2]], skin[:, [2, 0, 0]]])
    ridge = edges[(heads.template.mirror[edges] == edges).all(axis=1)]
    corners[middle], weights[middle] = correspondence.snapped(
        points[middle], vertices, ridge, measure[middle]
    )
    return corners, weights


def _even(heads: HeadModel, jaw_open: float) -> FloatArray:
    """(V, 3) the mean head, exactly symmetric."""
    vertices = heads.vertices(np.zeros(heads.space.size), {}, {"jawOpen": jaw_open})
    even: FloatArray = (vertices + vertices[heads.template.mirror] * _ACROSS) / 2.0
    return even


def _corners_apart(points: FloatArray) -> FloatArray:
    """The lips' four loops meet at the mouth's corners, where the network tells them apart by less than its error."""
    apart = points.copy()
    for corner, side in zip(_CORNERS, (1.0, -1.0), strict=True):
        middle = points[list(corner)].mean(axis=0)
        for number, point in enumerate(corner):
            apart[point] = middle
            apart[point, 0] += side * _CORNER_STEP_M * (number - 1.5)
    return apart


def assemble(heads: HeadModel, placed: Placed, rng: np.random.Generator) -> dict[str, Any]:
    """All arrays of the model."""
    opened = _on(placed, _even(heads, _JAW_OPEN))
    mean, spread = _population(heads, placed, rng)
    loops = {name: np.array(points) for name, points in LOOPS.items()}
    named = regions(mean)
    triangles = mesh.triangulated(mesh.flattened(opened), placed.mirror, loops)
    ease = np.ones(len(mean))
    for name, room in _ROOM.items():
        ease[named[name]] = room
    return {
        "triangles": triangles,
        "uv": mesh.unwrapped(opened, triangles, loops["oval"], placed.mirror, ease),
        "mean": mean,
        "spread": spread,
        "mirror": placed.mirror,
        "regions": np.array(list(named)),
        **{f"region:{name}": points for name, points in named.items()},
        "template_corners": placed.corners.astype(np.int32),
        "template_weights": placed.weights,
    }


def judged(arrays: Mapping[str, Any]) -> dict[str, object]:
    """What the manifest says of the mesh."""
    triangles, uv = arrays["triangles"], arrays["uv"] * [1.0, -1.0]
    areas = mesh.signed_areas(uv, triangles)
    return {
        "triangles": len(triangles),
        "turned_over_in_texture": int((areas <= 0.0).sum()),
        "texture_used": round(float(areas.sum()), 3),
        "mean_eye_corners_mm": round(1e3 * float(np.ptp(arrays["mean"][[33, 263], 0])), 1),
    }


def _population(heads: HeadModel, placed: Placed, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Mean (468, 3) of resting faces in the face's frame, and their deviation when they are laid upon it at its size."""
    drawn = (draw_sitter(rng) for _ in range(_PEOPLE))
    faces = [centred(_on(placed, heads.vertices(each.coefficients, each.bumps, {}))) for each in drawn]
    mean = np.mean(faces, axis=0)
    mean = (mean + mean[placed.mirror] * _ACROSS) / 2.0
    everywhere = np.ones(len(mean))
    fitted = []
    for face in faces:
        rotation, scale, shift = aligned(face, mean, everywhere)
        fitted.append(scale * face @ rotation.T + shift)
    return mean, np.std(fitted, axis=0)


def _on(placed: Placed, vertices: FloatArray) -> FloatArray:
    points: FloatArray = np.einsum("pc,pcx->px", placed.weights, vertices[placed.corners])
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    bake(parser.parse_args().models, correspondence.Arguments())


if __name__ == "__main__":
    main()
