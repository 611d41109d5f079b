"""Which part of an avatar is seen from a side: an orthographic picture in 8 mm cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.mesher.domain.model import Part

CELL_M = 0.008
_WIDTH, _HEIGHT = 2.4, 2.4
NOTHING = -1


def parts_seen(parts: Sequence[Part], turned: float) -> np.ndarray:
    """(h, w) index of the part that is seen in each cell, by a viewer whom the scene has turned its side to, radians.

    Triangles are sampled more densely than cells lie.
    """
    sine, cosine = np.sin(turned), np.cos(turned)
    rotation = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
    points, owners = [], []
    for index, part in enumerate(parts):
        corners = (part.positions @ rotation.T)[part.triangles]
        longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
        steps = np.ceil(longest / (0.6 * CELL_M)).astype(int)
        for count in np.unique(np.maximum(steps, 1)):
            grid = [(i, j, count - i - j) for i in range(count + 1) for j in range(count + 1 - i)]
            samples = np.einsum("sc,mcx->msx", np.array(grid) / count, corners[steps == count])
            points.append(samples.reshape(-1, 3))
            owners.append(np.full(len(points[-1]), index))
    x, y, z = np.concatenate(points).T
    columns = round(_WIDTH / CELL_M)
    cell = np.floor(y / CELL_M).astype(int) * columns + np.floor((x + _WIDTH / 2.0) / CELL_M).astype(int)
    order = np.lexsort((z, cell))
    nearest = order[np.append(np.diff(cell[order]) > 0, True)]
    picture = np.full(columns * round(_HEIGHT / CELL_M), NOTHING)
    picture[cell[nearest]] = np.concatenate(owners)[nearest]
    return picture.reshape(-1, columns)
