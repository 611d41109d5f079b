"""The skeleton as glTF nodes: named as Mixamo names bones, and turned as Mixamo turns them.

Animations and poses of the web hold each bone's own rotation, so they fit only where bones are turned alike: +Y runs
along the bone, +X to the left in torso and head, to the right in the legs, and from the thumb's side to the little
finger's on the left arm, against it on the right one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from services.mesher.adapters.gltf import Document
from services.mesher.domain.model import Rig
from services.mesher.domain.surface import FloatArray

ROOT = "Armature"
"""Node above the hips, and the scene: engines look up this name, some to find meshes below it. A skinned mesh must be
a root by glTF's rules, so the scene bears the name too."""
_UPRIGHT = np.eye(3)
_LEFT, _FORWARD = np.eye(3)[[0, 2]]
_LEG = ("UpLeg", "Leg", "Foot", "ToeBase")


def add(document: Document, rig: Rig, stored_to_metres: FloatArray) -> dict[str, int]:
    """Append nodes and the skin, index 0; gives each bone's node, the root's under its own name.

    `stored_to_metres` (4, 4) takes positions as meshes store them to metres; the inverse bind matrices carry it.
    """
    turned = frames(rig)
    names = [ROOT, *rig.bones]
    first = len(document.lists.get("nodes", ()))
    nodes: list[dict[str, Any]] = [{"name": ROOT}]
    for bone, (name, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        above = turned[parent] if parent >= 0 else _UPRIGHT
        offset = rig.heads[bone] - (rig.heads[parent] if parent >= 0 else 0.0)
        node: dict[str, Any] = {"name": name, "translation": _rounded(above.T @ offset)}
        local = above.T @ turned[bone]
        if not np.allclose(local, _UPRIGHT, rtol=0.0, atol=1e-9):
            node["rotation"] = _rounded(Rotation.from_matrix(local).as_quat())
        nodes[parent + 1].setdefault("children", []).append(first + bone + 1)
        nodes.append(node)
    numbers = {name: document.add("nodes", node) for name, node in zip(names, nodes, strict=True)}
    document.add(
        "skins",
        {
            "joints": [numbers[bone] for bone in rig.bones],
            "inverseBindMatrices": document.accessor(_columns(_inverse_bind(rig, turned) @ stored_to_metres)),
            "skeleton": numbers[rig.bones[0]],
        },
    )
    return numbers


def frames(rig: Rig) -> FloatArray:
    """(B, 3, 3) float64 rotation of each bone from its own axes, the columns, to the world's."""
    return np.stack([_turned(name, way) for name, way in zip(rig.bones, _directions(rig), strict=True)])


def _directions(rig: Rig) -> FloatArray:
    """(B, 3) from each bone to the next one of its limb; tips go on as the bone before, toes lie level."""
    heads = rig.heads.astype(np.float64)
    number = {name: bone for bone, name in enumerate(rig.bones)}
    first_child = {parent: child for child, parent in reversed(list(enumerate(rig.parents)))}
    ways = np.zeros((len(heads), 3))
    for bone, (name, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        following = number.get(f"{name}Middle1", first_child.get(bone))
        if name.endswith("ToeBase"):
            ways[bone] = _FORWARD
        else:
            ways[bone] = ways[parent] if following is None else heads[following] - heads[bone]
    return ways


def _turned(name: str, way: FloatArray) -> FloatArray:
    side = 1.0 if name.startswith("Left") else -1.0
    limb = name.removeprefix("Left").removeprefix("Right")
    if limb in (name, "Eye"):
        return _UPRIGHT
    if (
        limb == "Shoulder"
    ):  # Collar bones slope more in this body than in most; what turns them expects a level one.
        return _frame(side * _LEFT, -side * _FORWARD)
    return _frame(way, -_LEFT if limb in _LEG else -side * _FORWARD)


def _frame(along: FloatArray, across: FloatArray) -> FloatArray:
    """(3, 3) axes as columns: +Y along, +X as near to `across` as it can be."""
    y = along / np.linalg.norm(along)
    x = across - (across @ y) * y
    x /= np.linalg.norm(x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _inverse_bind(rig: Rig, turned: FloatArray) -> FloatArray:
    """(B, 4, 4) from metres in the bind pose to each bone's axes."""
    inverse = np.tile(np.eye(4), (len(turned), 1, 1))
    inverse[:, :3, :3] = turned.transpose(0, 2, 1)
    inverse[:, :3, 3] = -np.einsum("bji,bj->bi", turned, rig.heads.astype(np.float64))
    return inverse


def _columns(matrices: FloatArray) -> FloatArray:
    """(B, 4, 4) -> (B, 16) float32, column by column, as glTF stores matrices."""
    return matrices.transpose(0, 2, 1).reshape(-1, 16).astype(np.float32)


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(value), 8) for value in values]
