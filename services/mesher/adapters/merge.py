"""Several parts as one list of vertices, for formats that know of one mesh only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.mesher.domain.model import Part
from services.mesher.domain.surface import IntArray


def triangles(parts: Sequence[Part]) -> IntArray:
    """(m, 3) triangles of all parts, counted through the parts' vertices one after the other."""
    firsts = np.cumsum([0, *(len(part.positions) for part in parts)])
    pairs = zip(parts, firsts.tolist(), strict=False)
    return np.concatenate([part.triangles.astype(np.int64) + first for part, first in pairs])
