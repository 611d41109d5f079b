"""A photo read between its pixels, its three channels at once."""

from __future__ import annotations

import numpy as np

from facemodel.arrays import FloatArray, IntArray, RgbImage

_STEPS_BITS = 6
_STEPS = 1 << _STEPS_BITS
"""Places between two pixels, across and down. A texture that shows a pixel of a photo 25 times as wide would tell them."""
_WITHIN = _STEPS - 1
_LANE = 21
"""Bits of a channel: eight of its own, and what it is weighted by, across and down."""
_CHANNEL = (1 << _LANE) - 1
SCALE = _STEPS * _STEPS
"""What the channels come multiplied by."""


class Samples:
    """The part of a photo that some places lie in.

    A pixel is one whole number that holds its channels side by side, so that all are looked up and weighted together: a third
    of the work. That is exact, because no channel ever grows into the next one.
    """

    def __init__(self, pixels: RgbImage, places: FloatArray) -> None:
        height, width, _ = pixels.shape
        low = np.clip(np.floor(places.min(axis=0)).astype(int) - 1, 0, (width - 2, height - 2))
        high = np.clip(np.ceil(places.max(axis=0)).astype(int) + 1, low + 2, (width, height))
        part = pixels[low[1] : high[1], low[0] : high[0]].astype(np.int64)
        packed = part[..., 0] | part[..., 1] << _LANE | part[..., 2] << 2 * _LANE
        self._low = low
        self._width = packed.shape[1]
        self._ends = [float(side * _STEPS - _STEPS - 1) for side in packed.shape[::-1]]
        flat = packed.ravel()
        self._corners = flat, flat[1:], flat[self._width :], flat[self._width + 1 :]

    def steps(self, places: FloatArray) -> FloatArray:
        """(n, 2) pixels of the photo, whose first one's middle is at 0.5 -> what `at` reads; linear."""
        steps: FloatArray = (places - 0.5 - self._low) * _STEPS + 0.5
        return steps

    def at(self, x: FloatArray, y: FloatArray) -> IntArray:
        """(n,) the packed channels at such places (n,), for `channels`; beyond the border the border goes on."""
        across = np.clip(x, 0.0, self._ends[0]).astype(np.int64)
        down = np.clip(y, 0.0, self._ends[1]).astype(np.int64)
        first = down >> _STEPS_BITS
        first *= self._width
        first += across >> _STEPS_BITS
        across &= _WITHIN
        down &= _WITHIN
        rest = _STEPS - across
        # All are in range; told to clip, NumPy looks them up twice as fast as told to check.
        upper_left, upper_right, lower_left, lower_right = (
            corner.take(first, mode="clip") for corner in self._corners
        )
        # In place: a new array would cost as much as what is done with it.
        upper_left *= rest
        upper_right *= across
        upper_left += upper_right
        lower_left *= rest
        lower_right *= across
        lower_left += lower_right
        lower_left *= down
        upper_left *= np.subtract(_STEPS, down, out=down)
        upper_left += lower_left
        return upper_left


def channels(packed: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Red, green and blue (n,), float32 0..255, times `SCALE`."""
    red, green, blue = (packed >> shift & _CHANNEL for shift in (0, _LANE, 2 * _LANE))
    return red.astype(np.float32), green.astype(np.float32), blue.astype(np.float32)
