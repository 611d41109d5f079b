"""The face network's points by the part of the face that they lie on.

The numbers are the network's own, as its publisher lists them; which surround what is seen on any face it finds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bodymodel.arrays import FloatArray, IntArray

LOOPS: Mapping[str, tuple[int, ...]] = {
    "oval": (
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
    ),
    "left_eye": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "right_eye": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "lips_outer": (
        61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
    ),
    "lips_inner": (
        78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
    ),
}  # fmt: skip
"""Closed loops in order."""
BROWS: Mapping[str, tuple[int, ...]] = {
    "left_brow": (276, 283, 282, 295, 285, 300, 293, 334, 296, 336),
    "right_brow": (46, 53, 52, 65, 55, 70, 63, 105, 66, 107),
}
_BETWEEN_LIPS = (
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408,
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
)  # fmt: skip
"""Two more loops on the lips, between the outer and the inner one."""


def regions(mean: FloatArray) -> dict[str, IntArray]:
    """Every region; those that no list names are told by place on the mean face (468, 3), whose eyes are level."""
    named: dict[str, IntArray] = {
        name: np.array(points, np.int32) for name, points in {**LOOPS, **BROWS}.items()
    }
    named["lips"] = np.unique([*LOOPS["lips_outer"], *LOOPS["lips_inner"], *_BETWEEN_LIPS]).astype(np.int32)
    x, y, z = (mean / (np.linalg.norm(mean[263] - mean[33]) / 2.0)).T
    taken = np.zeros(len(mean), np.bool_)
    taken[
        np.concatenate([named[name] for name in ("lips", "left_eye", "right_eye", "left_brow", "right_brow")])
    ] = True
    mouth, brow = y[[61, 291]].mean(), y[list(BROWS["left_brow"])].max()
    nostril = np.abs(x[[129, 358]]).mean()
    nose = ~taken & (np.abs(x) <= nostril + 0.02) & (y < 0.15) & (y > y[2] - 0.02)
    nose &= z > z[[129, 358]].min() - 0.02
    cheek = ~taken & ~nose & (y < -0.38) & (y > mouth) & (np.abs(x) > nostril)
    named |= {
        "nose": _where(nose),
        "left_cheek": _where(cheek & (x > 0.0)),
        "right_cheek": _where(cheek & (x < 0.0)),
        "forehead": _where(~taken & (y > brow)),
        "chin": _where(~taken & (y < y[17] - 0.05) & (np.abs(x) < np.abs(x[[61, 291]]).mean())),
    }
    corners = [33, 133, 362, 263]
    still = nose & (y > y[[129, 358]].mean() - 0.05)
    named["rigid"] = np.union1d(np.concatenate([_where(still), named["forehead"]]), corners).astype(np.int32)
    return named


def _where(chosen: NDArray[np.bool_]) -> IntArray:
    return np.flatnonzero(chosen).astype(np.int32)
