"""Where the tape touches the template: landmark vertices and the faces each girth may cut.

Everything is found once, on a reference body (the average of the standard woman and man, in the standing
pose), by anatomy and symmetry; the topology then carries it to every body. The right side is measured, as
in ANSUR II. Proportions in the comments are ANSUR II means over both sexes, as shares of stature.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from training.body.poses import StandingPose, stand
from training.body.source import BODY_VERTICES, CHANGES, BoolArray, FloatArray, IntArray, Source

_C7 = 858
"""Midline vertex where the neck meets the back: 0.86 of stature."""
_ACROMION_LEFT = 8275
"""Top of the outer end of the shoulder: 0.82 of stature, 0.195 of stature apart from the midline pair."""
_NIPPLES_LEFT = np.arange(8434, 8450)
_UNDERBUST_LEFT = 8539
"""Deepest vertex of the fold below the breast, where the front's profile bends most on ten of twelve women."""
_NAVEL = 4116
_CROTCH = np.array([4370, 4372, 6431, 4374, 4376])
"""All midline vertices between the legs, front to back; the lowest is the crotch."""
_BUTTOCK_LEFT = 10854
"""Rearmost vertex of the buttock."""
_BELOW_LARYNX = np.array([797, 856])
"""Front (below the larynx) and back midline vertices of the neck tape."""

_ARM_BONES = ("Arm", "ForeArm", "Hand")


def reference_body(source: Source, pose: StandingPose) -> tuple[FloatArray, FloatArray]:
    """Vertices (V, 3) and bone heads (B, 3) of the average of the standard adult woman and man, standing."""
    phenotypes = np.full((2, 8), 0.5)
    phenotypes[:, 0] = (0.0, 1.0)
    phenotypes[:, 1] = 2.0 / 3.0
    phenotypes[:, 4] = 0.36
    activations = source.activations(phenotypes, np.full((2, 3), 1.0 / 3.0), np.zeros((2, len(CHANGES))))
    vertices, heads = source.rest(activations)
    standing, heads = stand(source, vertices.mean(axis=0)[None], heads.mean(axis=0)[None], pose)
    return standing[0], heads[0]


def landmarks(
    source: Source, vertices: FloatArray, heads: FloatArray
) -> dict[str, tuple[IntArray, FloatArray]]:
    """Landmark name -> (vertex indices, weights that sum to 1), on the reference body.

    A landmark inside a limb is a combination of a ring of surface vertices whose weighted mean lies exactly
    on the limb's axis, so that planes across the limb start upright to it. Sets that are searched or walked
    (`crown`, `sole`, `crotch`, `spine`) carry equal weights.
    """
    at = dict(zip(source.bones, heads, strict=True))
    body = vertices[:BODY_VERTICES]
    shoulder, elbow, wrist = at["RightArm"], at["RightForeArm"], at["RightHand"]
    outward = np.array([-np.cos(np.pi / 4), np.sin(np.pi / 4), 0.0])
    found = {
        "crown": np.flatnonzero(body[:, 1] > body[:, 1].max() - 0.012),
        "sole": np.flatnonzero(body[:, 1] < 0.008),
        "acromion_left": np.array([_ACROMION_LEFT]),
        "acromion_right": source.mirror[[_ACROMION_LEFT]],
        "nipples": np.concatenate([_NIPPLES_LEFT, source.mirror[_NIPPLES_LEFT]]),
        "underbust": np.array([_UNDERBUST_LEFT, source.mirror[_UNDERBUST_LEFT]]),
        "navel": np.array([_NAVEL]),
        "buttocks": np.array([_BUTTOCK_LEFT, source.mirror[_BUTTOCK_LEFT]]),
        "crotch": _CROTCH,
        "spine": _spine(source, body),
    }
    marked = {name: _equal(np.asarray(indices)) for name, indices in found.items()}
    up, leg_bones = np.array([0.0, 1.0, 0.0]), ("RightUpLeg", "RightLeg", "RightFoot")
    for name, joint in (("knee", "RightLeg"), ("ankle", "RightFoot")):
        marked[name] = _axis_point(body, _ring(source, body, at[joint], up, leg_bones), at[joint])
    upper, fore = elbow - shoulder, wrist - elbow
    neck, neck_bones = _neck(body, at), ("Neck", "Head", "Spine2", "LeftShoulder", "RightShoulder")
    for name, share in (("neck_low", 0.0), ("neck_middle", 0.5), ("neck_high", 1.0)):
        point = (1.0 - share) * neck[0] + share * neck[1]
        marked[name] = _axis_point(
            body, _ring(source, body, point, neck[1] - neck[0], neck_bones, 0.085), point
        )
    arm_bones = ("RightArm", "RightForeArm", "RightHand")
    rings = {}
    for name, start, along, share in (
        ("upper_arm_high", shoulder, upper, 0.45),
        ("upper_arm_middle", shoulder, upper, 0.60),
        ("upper_arm_low", shoulder, upper, 0.75),
        ("forearm_low", elbow, fore, 0.80),
        ("wrist", elbow, fore, 0.97),
        ("elbow", shoulder, upper, 1.0),
    ):
        rings[name] = _ring(source, body, start + share * along, along, arm_bones)
        marked[name] = _axis_point(body, rings[name], start + share * along)
    marked["elbow_outer"] = _equal(_outermost(body, rings["elbow"], outward))
    marked["wrist_outer"] = _equal(_outermost(body, rings["wrist"], outward))
    return marked


def _equal(indices: IntArray) -> tuple[IntArray, FloatArray]:
    """A landmark at the mean of some vertices."""
    return indices.astype(np.int32), np.full(len(indices), 1.0 / len(indices))


def _axis_point(body: FloatArray, ring: IntArray, point: FloatArray) -> tuple[IntArray, FloatArray]:
    """A landmark exactly at `point`: the weights nearest to equal ones whose weighted mean of the ring lies there."""
    system = np.concatenate([body[ring].T.astype(np.float64), np.ones((1, len(ring)))])
    equal = np.full(len(ring), 1.0 / len(ring))
    change = np.linalg.lstsq(system, np.append(point, 1.0) - system @ equal, rcond=None)[0]
    return ring.astype(np.int32), equal + change


def regions(
    source: Source, vertices: FloatArray, heads: FloatArray, triangles: IntArray
) -> dict[str, IntArray]:
    """Girth region -> (n, 3) body triangles that its plane may cut on any body.

    The plane of a chest tape also cuts the arms, that of a thigh tape the other leg and the hands: each
    region holds one limb only, and enough of it that the section stays closed when a body's proportions
    move the plane over the surface.
    """
    at = dict(zip(source.bones, heads, strict=True))
    centre = vertices[triangles].mean(axis=1)
    height, knee, ankle = centre[:, 1], at["LeftLeg"][1], at["LeftFoot"][1]
    bone = np.array(source.bones)[source.joints[np.arange(len(source.joints)), source.weights.argmax(axis=1)]]
    arm = _mostly(bone, triangles, [f"{side}{name}" for side in ("Left", "Right") for name in _ARM_BONES])
    hand = _mostly(bone, triangles, [n for n in source.bones if "Hand" in n])
    armpit = _armpit(vertices, triangles, at)
    below = vertices[triangles][:, :, 1].max(axis=1) < armpit[1] - 0.005
    torso = _piece(triangles, below, _NAVEL) & (height > 0.7)
    torso |= ~below & (np.abs(centre[:, 0]) < armpit[0] + 0.01) & (height < armpit[1] + 0.12)
    leg = (vertices[triangles][:, :, 0].max(axis=1) < 1e-6) & ~arm & ~hand & (height < 1.0)
    right_arm = _mostly(bone, triangles, [n for n in source.bones if n.startswith("Right") and _is_arm(n)])
    neck = _tube(centre, *_neck(vertices, at), 0.14, (-1.0, 2.2))
    upper = _tube(centre, at["RightArm"], at["RightForeArm"], 0.14, (0.15, 1.1)) & right_arm
    lower = _tube(centre, at["RightForeArm"], at["RightHand"], 0.09, (0.6, 1.25)) & right_arm
    return {
        "neck": triangles[neck],
        "chest": triangles[torso & (height > at["Spine"][1] + 0.06)],
        "waist": triangles[torso & (height > at["LeftUpLeg"][1] - 0.03) & (height < at["Spine2"][1])],
        "hip": triangles[torso & (height < at["Spine"][1] + 0.01)],
        "thigh": triangles[leg & (height > knee + 0.1)],
        "knee": triangles[leg & (np.abs(height - knee - 0.03) < 0.1)],
        "calf": triangles[leg & (height < knee) & (height > ankle + 0.14)],
        "ankle": triangles[leg & (height < ankle + 0.2) & (height > ankle - 0.02)],
        "upper_arm": triangles[upper],
        "wrist": triangles[lower],
    }


def _neck(body: FloatArray, at: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Lower and upper point of the neck's axis, 2 cm either side of the tape; it leans as the neck's bone does."""
    lean = at["Head"] - at["Neck"]
    lean[0] = 0.0
    lean /= np.linalg.norm(lean)
    middle = body[_BELOW_LARYNX].mean(axis=0)
    return middle - 0.02 * lean, middle + 0.02 * lean


def _is_arm(bone: str) -> bool:
    return any(bone.endswith(name) for name in _ARM_BONES) or "Hand" in bone


def _mostly(bone: IntArray, triangles: IntArray, names: list[str]) -> BoolArray:
    """(n,) True where all corners are held strongest by one of the named bones."""
    first, second, third = np.isin(bone, names)[triangles].T
    held: BoolArray = first & second & third
    return held


def _piece(triangles: IntArray, inside: BoolArray, vertex: int) -> BoolArray:
    """(n,) True for the triangles of `inside` that hang together with `vertex`."""
    faces = triangles[inside]
    links = sparse.coo_array((np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, axis=1).ravel())))
    links.resize(BODY_VERTICES, BODY_VERTICES)
    piece = sparse.csgraph.connected_components(links, directed=False)[1]
    together: BoolArray = inside & (piece[triangles[:, 0]] == piece[vertex])
    return together


def _armpit(vertices: FloatArray, triangles: IntArray, at: dict[str, FloatArray]) -> FloatArray:
    """Lowest point of the left armpit's ridge: where a horizontal cut stops separating arm and torso."""
    centre = vertices[triangles].mean(axis=1)
    normal = np.cross(
        vertices[triangles[:, 1]] - vertices[triangles[:, 0]],
        vertices[triangles[:, 2]] - vertices[triangles[:, 0]],
    )
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    near = (
        (np.abs(centre[:, 0] - at["LeftArm"][0]) < 0.05)
        & (centre[:, 1] < at["LeftArm"][1])
        & (normal[:, 1] < -0.8)
    )
    near &= centre[:, 1] > at["LeftArm"][1] - 0.15
    lowest: FloatArray = centre[near].mean(axis=0)
    return lowest


def _tube(
    centre: FloatArray, low: FloatArray, high: FloatArray, radius: float, span: tuple[float, float]
) -> BoolArray:
    """(n,) True within `radius` of the axis low -> high and within `span` of it, in shares of its length."""
    axis = high - low
    share = (centre - low) @ axis / (axis @ axis)
    away = np.linalg.norm(centre - low - share[:, None] * axis, axis=1)
    inside: BoolArray = (away < radius) & (share > span[0]) & (share < span[1])
    return inside


def _ring(
    source: Source,
    body: FloatArray,
    point: FloatArray,
    axis: FloatArray,
    bones: tuple[str, ...],
    reach: float = 0.15,
) -> IntArray:
    """At least ten vertices of some bones about the plane through `point` across `axis`, within `reach` of it."""
    bone = np.array(source.bones)[
        source.joints[np.arange(len(body)), source.weights[: len(body)].argmax(axis=1)]
    ]
    across = (body - point) @ (axis / np.linalg.norm(axis))
    held = np.isin(bone, bones) & (np.linalg.norm(body - point, axis=1) < reach)
    half_width = 0.012
    while np.count_nonzero(held & (np.abs(across) < half_width)) < 10:
        half_width *= 1.25
    return np.flatnonzero(held & (np.abs(across) < half_width))


def _outermost(body: FloatArray, ring: IntArray, outward: FloatArray) -> IntArray:
    """The one vertex of a ring that lies furthest in a direction."""
    return ring[[int(np.argmax(body[ring] @ outward))]]


def _spine(source: Source, body: FloatArray) -> IntArray:
    """Midline vertices of the back from C7 down past the waist, in order: neighbours share an edge."""
    midline = np.flatnonzero((source.mirror[:BODY_VERTICES] == np.arange(BODY_VERTICES)) & (body[:, 2] < 0.0))
    low = body[_NAVEL, 1] - 0.12
    chain = midline[(body[midline, 1] <= body[_C7, 1]) & (body[midline, 1] > low)]
    ordered: IntArray = chain[np.argsort(-body[chain, 1])]
    return ordered
