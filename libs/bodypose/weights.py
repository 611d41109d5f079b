"""What soft skinning makes of the template: weights that are evened out, and means that centres are made by."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bodymodel.template import Template
from bodypose.arrays import FloatArray, IntArray

STEPS = 17
"""Points of each joint's curve of centres, over the share of one of its two bones."""
PAIRS = tuple((a, b) for a in range(4) for b in range(a + 1, 4))
"""Of the four bones of a vertex."""
_ALIKE = 0.1
"""Shares that differ by this much turn about different centres."""
_LEAST_SHARE = 1e-3
_PASSES = 4


def evened(template: Template) -> tuple[IntArray, FloatArray]:
    """The four strongest bones (n, 4) of each surface vertex, and their weights once evened out over the skin."""
    count, bones = template.body_vertices, len(template.bones)
    weights = np.zeros((count, bones))
    np.put_along_axis(weights, template.joints[:count].astype(np.int64), template.weights[:count], axis=1)
    uneven = np.array([_is_evened(bone) for bone in template.bones])[template.dominant_bones()[:count]]
    mean = _neighbour_mean(template.body.quads, count)
    for _ in range(_PASSES):
        weights = np.where(uneven[:, None], mean @ weights, weights)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :5]
    strongest = np.take_along_axis(weights, order, axis=1)
    # Less what the fifth has, so that skin between left and right forgets both sides alike.
    strongest = strongest[:, :4] - strongest[:, 4:]
    return order[:, :4], strongest / strongest.sum(axis=1, keepdims=True)


def _is_evened(bone: str) -> bool:
    limb = bone.removeprefix("Left").removeprefix("Right")
    return limb in ("Hips", "Spine", "Spine1", "Spine2", "Shoulder", "Arm", "UpLeg")


def _neighbour_mean(quads: IntArray, count: int) -> sparse.csr_array:
    """(n, n) takes each vertex of a closed surface to the mean of its neighbours, left and right alike."""
    at = (quads.ravel(), np.roll(quads, 1, axis=1).ravel())
    # On a closed surface every edge is walked once each way, so this links both of its ends.
    links = sparse.coo_array((np.ones(quads.size), at), shape=(count, count)).tocsr()
    return sparse.csr_array(sparse.diags_array(1.0 / links.sum(axis=1)) @ links)


def areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """(n,) area around each vertex."""
    a, b, c = vertices[triangles].astype(np.float64).swapaxes(0, 1)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6.0
    shares = np.repeat(areas, 3)
    around: FloatArray = np.bincount(triangles.ravel(), shares, minlength=len(vertices)).astype(np.float64)
    return around


def shares(joints: IntArray, weights: FloatArray) -> dict[tuple[int, int], FloatArray]:
    """Pairs of bones, the lower number first: (k, 3) vertex and both weights, of all skin that both hold."""
    found: dict[tuple[int, int], list[FloatArray]] = {}
    for a, b in PAIRS:
        both = np.flatnonzero((weights[:, a] > _LEAST_SHARE) & (weights[:, b] > _LEAST_SHARE))
        swap = joints[both, a] > joints[both, b]
        first, second = np.where(swap, b, a), np.where(swap, a, b)
        low, high = joints[both, first], joints[both, second]
        rows = np.stack([both, weights[both, first], weights[both, second]], axis=1)
        for bones in sorted(set(zip(low.tolist(), high.tolist(), strict=True))):
            mine = (low == bones[0]) & (high == bones[1])
            found.setdefault(bones, []).append(rows[mine])
    return {bones: np.concatenate(rows) for bones, rows in sorted(found.items())}


def centre_rows(shared: FloatArray, areas: FloatArray) -> sparse.csr_array:
    """(17, n) means of the skin of one pair of bones, each over what shares them in about one ratio."""
    vertices, low, high = shared[:, 0].astype(np.int64), shared[:, 1], shared[:, 2]
    apart = (np.linspace(0.0, 1.0, STEPS)[:, None] - low / (low + high)) / _ALIKE
    closeness = -(apart**2)
    # Where no skin has the ratio, the nearest ratio's counts.
    alike = np.exp(closeness - closeness.max(axis=1, keepdims=True))
    weights = alike * areas[vertices] * low * high
    weights[weights < _LEAST_SHARE * weights.max(axis=1, keepdims=True)] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    step, column = np.nonzero(weights)
    entries = (weights[step, column], (step, vertices[column]))
    return sparse.csr_array(entries, shape=(STEPS, len(areas)))
