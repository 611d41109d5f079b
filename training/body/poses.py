"""The standing pose every body is brought into before it is measured: legs parallel, arms at 45 degrees.

Anny's rest shape stands with legs spread and elbows bent, and its rig's identity pose differs from the
rest shape by centimetres. So no absolute rig pose is used: each limb bone gets one small rotation about
its own head, relative to the rest shape, and vertices follow by linear blend skinning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.body.source import BODY_VERTICES, FloatArray, Source

TO_GLTF = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""Rotation from anny's frame (+Z up, facing -Y) to glTF's (+Y up, facing +Z)."""


@dataclass(frozen=True, slots=True)
class StandingPose:
    """Angles of the standing pose."""

    arm_from_vertical_deg: float = 45.0
    """Angle of the upper arm in the frontal plane; below 40 degrees hands meet heavy thighs."""
    elbow_flexion_deg: float = 12.0
    """Flexion left in the elbow; the rest shape has about 45. Fully straight arms crease the inner elbow."""
    forearm_forward_share: float = 0.35
    """How much of the left-over flexion points forward; the rest points down, as relaxed arms do."""


def stand(
    source: Source, vertices: FloatArray, heads: FloatArray, pose: StandingPose
) -> tuple[FloatArray, FloatArray]:
    """Posed vertices (N, V, 3) and bone heads (N, B, 3) in the glTF frame.

    Takes rest vertices and heads in anny's frame; gives metres, +Y up, facing +Z, the lowest body vertex
    at Y = 0, and the hip joints centred on X = Z = 0.
    """
    rotations = bone_rotations(source, heads, pose)
    moved_vertices = np.zeros(vertices.shape, np.float32)
    moved_heads = np.zeros(heads.shape, np.float32)
    for index, rotation in enumerate(rotations):
        shift = bone_shifts(source, heads[index].astype(np.float64), rotation)
        moved_heads[index] = np.einsum("bij,bj->bi", rotation, heads[index]) + shift
        frames = np.concatenate([rotation, shift[:, :, None]], axis=2).astype(np.float32)
        blended = blend(source, frames)
        moved_vertices[index] = np.einsum("vij,vj->vi", blended[:, :, :3], vertices[index]) + blended[:, :, 3]
    return _to_gltf(source, moved_vertices, moved_heads)


def bone_rotations(source: Source, heads: FloatArray, pose: StandingPose) -> FloatArray:
    """(N, B, 3, 3) world rotations of the bones from rest to the pose, in anny's frame."""
    turns = _turns(source, heads, pose)
    rotations = np.tile(np.eye(3), (len(heads), len(source.bones), 1, 1))
    for bone, parent in enumerate(source.parents):
        if bone in turns:
            rotations[:, bone] = turns[bone]
        elif parent >= 0:
            rotations[:, bone] = rotations[:, parent]
    return rotations


def bone_shifts(source: Source, heads: FloatArray, rotation: FloatArray) -> FloatArray:
    """(B, 3) translations that keep each bone's head on its parent, for one body's heads (B, 3)."""
    shift = np.zeros((len(heads), 3))
    for bone, parent in enumerate(source.parents):
        if parent >= 0:
            shift[bone] = shift[parent] + (rotation[parent] - rotation[bone]) @ heads[bone]
    return shift


def blend(source: Source, frames: FloatArray) -> FloatArray:
    """Linear blend skinning: bones' (B, 3, 4) frames -> each vertex's (V, 3, 4), with the source's six weights."""
    flat = np.einsum("vk,vkt->vt", source.weights, frames.reshape(len(frames), 12)[source.joints])
    blended: FloatArray = flat.reshape(-1, 3, 4)
    return blended


def _turns(source: Source, heads: FloatArray, pose: StandingPose) -> dict[int, FloatArray]:
    """World rotations (N, 3, 3) of the bones that turn, seen from their rest orientation; children inherit."""
    at = {name: heads[:, index].astype(np.float64) for index, name in enumerate(source.bones)}
    spread = np.radians(pose.arm_from_vertical_deg)
    flexion = np.radians(pose.elbow_flexion_deg)
    turns: dict[int, FloatArray] = {}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        leg = at[f"{side}Foot"] - at[f"{side}UpLeg"]
        swing = np.arctan2(leg[:, 0], -leg[:, 2])
        turns[source.bones.index(f"{side}UpLeg")] = _about_y(swing)
        turns[source.bones.index(f"{side}Foot")] = _about_y(np.zeros_like(swing))
        upper = np.array([sign * np.sin(spread), 0.0, -np.cos(spread)])
        bend = flexion * (1.0 - pose.forearm_forward_share)
        forward = -np.sin(flexion * pose.forearm_forward_share)
        fore = np.array([sign * np.sin(spread - bend), forward, -np.cos(spread - bend)])
        elbow, wrist = at[f"{side}ForeArm"], at[f"{side}Hand"]
        turns[source.bones.index(f"{side}Arm")] = _between(elbow - at[f"{side}Arm"], upper)
        turns[source.bones.index(f"{side}ForeArm")] = _between(wrist - elbow, fore)
    return turns


def _to_gltf(source: Source, vertices: FloatArray, heads: FloatArray) -> tuple[FloatArray, FloatArray]:
    """From +Z up facing -Y to +Y up facing +Z, standing on the floor with the hip joints over the origin."""
    points = np.concatenate([vertices, heads], axis=1)
    turned = points @ TO_GLTF.T.astype(np.float32)
    hips = [
        turned.shape[1] - len(source.bones) + source.bones.index(f"{side}UpLeg") for side in ("Left", "Right")
    ]
    origin = turned[:, hips].mean(axis=1)
    origin[:, 1] = turned[:, : min(BODY_VERTICES, vertices.shape[1]), 1].min(axis=1)
    turned -= origin[:, None]
    return turned[:, : vertices.shape[1]], turned[:, vertices.shape[1] :]


def _about_y(angle: FloatArray) -> FloatArray:
    """(N,) radians -> (N, 3, 3) rotations about anny's Y axis that swing -Z away from +X."""
    c, s, zero, one = np.cos(angle), np.sin(angle), np.zeros_like(angle), np.ones_like(angle)
    return np.stack([c, zero, s, zero, one, zero, -s, zero, c], axis=1).reshape(-1, 3, 3)


def _between(start: FloatArray, end: FloatArray) -> FloatArray:
    """(N, 3) directions and one (3,) direction -> (N, 3, 3) shortest rotations from the first to the second."""
    a = start / np.linalg.norm(start, axis=1, keepdims=True)
    b = np.broadcast_to(end / np.linalg.norm(end), a.shape)
    v = np.cross(a, b)
    cross = np.zeros((len(a), 3, 3))
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -v[:, 2], v[:, 1], -v[:, 0]
    cross -= cross.transpose(0, 2, 1)
    cosine = np.einsum("ni,ni->n", a, b)[:, None, None]
    rotation: FloatArray = np.eye(3) + cross + cross @ cross / (1.0 + cosine)
    return rotation
