"""The template in any pose: a body of the shape space whose joints turn, with all derivatives.

Only joints that matter to a standing scan turn; the bones between them move as one piece, so fifteen pieces carry the
skin by linear blending. Geometry is in metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from services.mesher.domain import surface
from services.mesher.domain.surface import FloatArray, IntArray

_ROOT = "Hips"
_JOINTS: Mapping[str, float] = {
    "LeftUpLeg": 15.0,
    "LeftLeg": 5.0,
    "LeftFoot": 5.0,
    "RightUpLeg": 15.0,
    "RightLeg": 5.0,
    "RightFoot": 5.0,
    "Spine": 5.0,
    "LeftArm": 25.0,
    "LeftForeArm": 12.0,
    "LeftHand": 8.0,
    "Neck": 8.0,
    "RightArm": 25.0,
    "RightForeArm": 12.0,
    "RightHand": 8.0,
}
"""Joints that turn, each after its parent, and how far they do in people who stand for a scan: standard deviation about
each axis, in degrees from the standing pose."""
_FREE = 6
"""Unknowns of the whole body's place: turn, then shift."""


@dataclass(frozen=True, slots=True)
class Stance:
    """A body of the shape space as it stands somewhere."""

    coefficients: FloatArray
    """(K,) shape."""
    turns: FloatArray
    """(J, 3) rotation vector of each joint in its parent's frame, radians."""
    rotation: FloatArray
    """(3, 3) rotation of the hips, and with them of everything."""
    position: FloatArray
    """(3,) where the hips' head is, metres."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where the rigid pieces of a posed body are."""

    rotations: FloatArray
    """(S, 3, 3)."""
    positions: FloatArray
    """(S, 3) posed heads, metres."""
    heads: FloatArray
    """(S, 3) heads of the unposed body, metres."""


@dataclass(frozen=True, slots=True)
class Posed:
    """The puppet's vertices in one stance."""

    points: FloatArray
    """(N, 3) metres."""
    normals: FloatArray
    """(N, 3) unit vectors."""
    blended: FloatArray
    """(N, 3, 3) blended rotation of each vertex."""
    rest: FloatArray
    """(N, 3) the same body unposed, metres."""
    pieces: Pieces


@dataclass(frozen=True, slots=True, repr=False)
class Puppet:
    """N vertices of the body surface on S = J + 1 rigid pieces, the root first."""

    mean: FloatArray
    """(N, 3) metres."""
    basis: FloatArray
    """(N, 3, K) offset per unit of each coefficient, metres."""
    normals: FloatArray
    """(N, 3) unit normals of the mean body."""
    weights: FloatArray
    """(N, S) skin weights."""
    heads_mean: FloatArray
    """(S, 3) metres."""
    heads_basis: FloatArray
    """(S, 3, K) metres."""
    parents: IntArray
    """(S,) parent of each piece, -1 for the root."""
    below: FloatArray
    """(J, S) 1 where the piece hangs on the joint, itself included."""
    looseness: FloatArray
    """(J,) standard deviation of the joints' turns, radians."""

    @classmethod
    def of(cls, template: Template, space: ShapeSpace, vertices: IntArray) -> Puppet:
        """A puppet of these body vertices."""
        piece_of_bone, bones, parents = _pieces(template)
        rows = space.rows(vertices)
        basis = rows.basis.reshape(space.size, -1, 3)
        heads_basis = space.heads_basis.reshape(space.size, -1, 3)[:, bones]
        weights = np.zeros((len(vertices), len(bones)))
        for column in range(template.joints.shape[1]):
            pieces = piece_of_bone[template.joints[vertices, column]]
            np.add.at(weights, (np.arange(len(vertices)), pieces), template.weights[vertices, column])
        return cls(
            mean=rows.mean.astype(np.float64),
            basis=np.ascontiguousarray(basis.transpose(1, 2, 0), np.float32),
            normals=_mean_normals(template, space)[vertices],
            weights=weights,
            heads_mean=space.heads_mean[bones].astype(np.float64),
            heads_basis=heads_basis.transpose(1, 2, 0).astype(np.float64),
            parents=parents,
            below=_descent(parents)[1:].astype(np.float64),
            looseness=np.radians(list(_JOINTS.values())),
        )

    @property
    def unknowns(self) -> int:
        """Length of a step: turn and shift of the whole, then the joints, then the shape."""
        return _FREE + 3 * len(self.looseness) + int(self.basis.shape[2])

    def standing(self) -> Stance:
        """The mean body in the standing pose, at its own place."""
        return Stance(
            np.zeros(self.basis.shape[2]), np.zeros((len(self.looseness), 3)), np.eye(3), self.heads_mean[0]
        )

    def pose(self, stance: Stance) -> Posed:
        """The vertices in a stance."""
        pieces = self._place(stance)
        rest = self.mean + (self.basis @ stance.coefficients.astype(np.float32))
        carried = pieces.positions - np.einsum("sij,sj->si", pieces.rotations, pieces.heads)
        blended = (self.weights @ pieces.rotations.reshape(-1, 9)).reshape(-1, 3, 3)
        points = np.einsum("nij,nj->ni", blended, rest) + self.weights @ carried
        normals = np.einsum("nij,nj->ni", blended, self.normals)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return Posed(points, normals, blended, rest, pieces)

    def pulls(self, posed: Posed, vertices: IntArray, along: FloatArray) -> FloatArray:
        """(m, unknowns) how far vertices (m,) move along directions (m, 3) per unit of each unknown."""
        pieces = posed.pieces
        weights = self.weights[vertices]
        arm = posed.points[vertices] - pieces.positions[0]
        joints = self._joint_pulls(pieces, weights, posed.rest[vertices], along)
        return np.concatenate(
            [np.cross(arm, along), along, joints, self._shape_pulls(posed, vertices, weights, along)], axis=1
        )

    def moved(self, stance: Stance, step: FloatArray) -> Stance:
        """The stance after a step (unknowns,)."""
        joints = step[_FREE : _FREE + stance.turns.size].reshape(-1, 3)
        turned = Rotation.from_rotvec(joints) * Rotation.from_rotvec(stance.turns)
        return Stance(
            stance.coefficients + step[_FREE + stance.turns.size :],
            turned.as_rotvec(),
            Rotation.from_rotvec(step[:3]).as_matrix() @ stance.rotation,
            stance.position + step[3:6],
        )

    def of_height(self, height: float) -> FloatArray:
        """(K,) the likeliest shape of that height in metres: the shortest step that makes the mean body so tall."""
        top, bottom = self.mean[:, 1].argmax(), self.mean[:, 1].argmin()
        slope = (self.basis[top, 1] - self.basis[bottom, 1]).astype(np.float64)
        coefficients: FloatArray = slope * (height - np.ptp(self.mean[:, 1])) / (slope @ slope)
        return coefficients

    def _place(self, stance: Stance) -> Pieces:
        heads = self.heads_mean + self.heads_basis @ stance.coefficients
        own = Rotation.from_rotvec(stance.turns).as_matrix()
        rotations, positions = [stance.rotation], [stance.position]
        for piece, parent in enumerate(self.parents[1:], start=1):
            positions.append(positions[parent] + rotations[parent] @ (heads[piece] - heads[parent]))
            rotations.append(rotations[parent] @ own[piece - 1])
        return Pieces(np.stack(rotations), np.stack(positions), heads)

    def _joint_pulls(
        self, pieces: Pieces, weights: FloatArray, rest: FloatArray, along: FloatArray
    ) -> FloatArray:
        """(m, 3 J): turning a joint swings all that hangs on it about the joint's own place."""
        local = rest - pieces.heads[:, None, :]
        swung = local @ pieces.rotations.transpose(0, 2, 1) + pieces.positions[:, None, :]
        weighted = weights.T[:, :, None] * swung
        carried = (self.below @ weighted.reshape(len(weighted), -1)).reshape(-1, *rest.shape)
        lever = carried - (self.below @ weights.T)[:, :, None] * pieces.positions[1:, None, :]
        turn: FloatArray = np.cross(lever, along[None]) @ pieces.rotations[self.parents[1:]]
        return turn.transpose(1, 0, 2).reshape(len(rest), -1)

    def _shape_pulls(
        self, posed: Posed, vertices: IntArray, weights: FloatArray, along: FloatArray
    ) -> FloatArray:
        """(m, K): the shape moves the vertex itself, and every joint that carries it."""
        unposed = np.einsum("mji,mj->mi", posed.blended[vertices], along).astype(np.float32)
        own = np.einsum("mi,mik->mk", unposed, self.basis[vertices])
        shifts = self._joint_shifts(posed.pieces)
        spread = (weights[:, :, None] * along[:, None, :]).reshape(len(along), -1)
        pulls: FloatArray = own + spread @ shifts.reshape(-1, shifts.shape[2])
        return pulls

    def _joint_shifts(self, pieces: Pieces) -> FloatArray:
        """(S, 3, K) derivative of each piece's translation: its posed head less its turned unposed one."""
        posed = [np.zeros_like(self.heads_basis[0])]
        for piece, parent in enumerate(self.parents[1:], start=1):
            offset = self.heads_basis[piece] - self.heads_basis[parent]
            posed.append(posed[parent] + pieces.rotations[parent] @ offset)
        return np.stack(posed) - pieces.rotations @ self.heads_basis


def _pieces(template: Template) -> tuple[IntArray, IntArray, IntArray]:
    """Piece of each bone (B,), the bone that leads each piece (S,), and each piece's parent piece (S,)."""
    leaders = [_ROOT, *_JOINTS]
    piece_of_bone = np.zeros(len(template.bones), np.int64)
    parents = np.full(len(leaders), -1)
    for index, (bone, parent) in enumerate(zip(template.bones, template.parents, strict=True)):
        above = piece_of_bone[parent] if parent >= 0 else -1
        piece_of_bone[index] = leaders.index(bone) if bone in leaders else above
        if bone in leaders:
            parents[leaders.index(bone)] = above
    return piece_of_bone, np.array([template.bones.index(name) for name in leaders]), parents


def _descent(parents: IntArray) -> FloatArray:
    """(S, S) 1 where the column's piece hangs on the row's, itself included."""
    hangs = np.eye(len(parents))
    for piece, parent in enumerate(parents[1:], start=1):
        hangs[:, piece] += hangs[:, parent]
    return hangs


def _mean_normals(template: Template, space: ShapeSpace) -> FloatArray:
    mean = space.vertices(np.zeros(space.size))[: template.body_vertices]
    triangles = template.body.triangles.astype(np.int64)
    return surface.vertex_normals(mean, triangles, surface.incidence(triangles, len(mean))).astype(np.float64)
