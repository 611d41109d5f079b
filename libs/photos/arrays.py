"""Array types of pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
RgbImage = NDArray[np.uint8]
"""(height, width, 3) sRGB, upright."""
