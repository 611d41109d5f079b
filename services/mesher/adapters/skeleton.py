"""The skeleton as glTF nodes: named as Mixamo names bones, and turned as Mixamo turns them.

Animations and poses of the web hold each bone's own rotation, so they fit only where bones are turned alike: +Y runs
along the bone, +X to the left in torso and head, to the right in the legs, and from the thumb's side to the little
finger's on the left arm, against it on the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from services.mesher.adapters.gltf import Document
from services.mesher.domain.model import Posture, Rig
from services.mesher.domain.surface import FloatArray

ROOT = "Armature"
"""Node above the hips, and the scene: engines look up this name, some to find meshes below it. A skinned mesh must be
a root by glTF's rules, so the scene bears the name too."""
_LEFT, _UP, _FORWARD = np.eye(3)
_RIGHT, _BACK = -_LEFT, -_FORWARD
_LEG = ("UpLeg", "Leg", "Foot", "ToeBase")


def add(
    document: Document, rig: Rig, stored_to_metres: FloatArray, posture: Posture | None = None
) -> dict[str, int]:
    """Append nodes and the skin, index 0; gives each bone's node, the root's under its own name.

    `stored_to_metres` (4, 4) takes positions as meshes store them to metres; the inverse bind matrices carry it. Nodes
    are as the rig binds them, or in a posture.
    """
    turned = frames(rig)
    first = len(document.lists.get("nodes", ()))
    nodes: list[dict[str, Any]] = [{"name": ROOT}]
    for bone, (name, parent, place) in enumerate(
        zip(rig.bones, rig.parents, _posed_places(rig, turned, posture), strict=True)
    ):
        nodes[parent + 1].setdefault("children", []).append(first + bone + 1)
        nodes.append({"name": name, **place})
    numbers = {node["name"]: document.add("nodes", node) for node in nodes}
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
    along, across = _directions(rig)
    y = along / np.linalg.norm(along, axis=1, keepdims=True)
    x = across - np.sum(across * y, axis=1, keepdims=True) * y
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return np.stack([x, y, np.cross(x, y)], axis=2)


def _directions(rig: Rig) -> tuple[FloatArray, FloatArray]:
    """(B, 3) where each bone's +Y points, and (B, 3) what its +X is as near to as can be."""
    along, across = _ways(rig), []
    for bone, name in enumerate(rig.bones):
        limb = name.removeprefix("Left").removeprefix("Right")
        outward, back = (_LEFT, _BACK) if name.startswith("Left") else (_RIGHT, _FORWARD)
        if limb in (name, "Eye"):
            along[bone] = _UP
            across.append(_LEFT)
        elif (
            limb == "Shoulder"
        ):  # Collar bones slope more in this body than in most; poses expect level ones.
            along[bone] = outward
            across.append(back)
        else:
            across.append(_RIGHT if limb in _LEG else back)
    return along, np.array(across)


def _ways(rig: Rig) -> FloatArray:
    """(B, 3) from each bone to the next one of its limb; tips go on as the bone before, toes lie level."""
    heads = rig.heads.astype(np.float64)
    number = {name: bone for bone, name in enumerate(rig.bones)}
    first_child = {parent: child for child, parent in reversed(list(enumerate(rig.parents)))}
    following = [
        number.get(f"{name}Middle1", first_child.get(bone, bone)) for bone, name in enumerate(rig.bones)
    ]
    ways: FloatArray = heads[following] - heads
    for bone, name in enumerate(rig.bones):
        if name.endswith("ToeBase"):
            ways[bone] = _FORWARD
        elif following[bone] == bone:
            ways[bone] = ways[rig.parents[bone]]
    return ways


def _posed_places(rig: Rig, turned: FloatArray, posture: Posture | None) -> list[dict[str, Any]]:
    """`_places` of a rig whose bones' own axes, at rest, are `turned`."""
    if posture is None:
        return _places(rig.parents, rig.heads.astype(np.float64), turned)
    return _places(rig.parents, posture.heads, posture.turns @ turned)


def _places(parent_of: Sequence[int], heads: FloatArray, turned: FloatArray) -> list[dict[str, Any]]:
    """Translation and rotation of each bone below its parent, as a node holds them."""
    parents = np.array(parent_of)
    root = (parents < 0)[:, None]
    above = np.where(root[..., None], np.eye(3), turned[parents])
    offsets = np.einsum("bji,bj->bi", above, heads - np.where(root, 0.0, heads[parents])).round(8)
    turns = Rotation.from_matrix(above.transpose(0, 2, 1) @ turned).as_quat().round(8)
    # No zero with a sign, which would hang on the last bit of a sum.
    offsets, turns = offsets + 0.0, turns + 0.0
    still = np.abs(turns[:, 3]) == 1.0
    return [
        {"translation": offset} if unturned else {"translation": offset, "rotation": turn}
        for offset, turn, unturned in zip(offsets.tolist(), turns.tolist(), still.tolist(), strict=True)
    ]


def _inverse_bind(rig: Rig, turned: FloatArray) -> FloatArray:
    """(B, 4, 4) from metres in the bind pose to each bone's axes."""
    inverse = np.tile(np.eye(4), (len(turned), 1, 1))
    inverse[:, :3, :3] = turned.transpose(0, 2, 1)
    inverse[:, :3, 3] = -np.einsum("bji,bj->bi", turned, rig.heads.astype(np.float64))
    return inverse


def _columns(matrices: FloatArray) -> FloatArray:
    """(B, 4, 4) -> (B, 16) float32, column by column, as glTF stores matrices."""
    return matrices.transpose(0, 2, 1).reshape(-1, 16).astype(np.float32)
