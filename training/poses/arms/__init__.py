"""What arms do: each entry is one arm, written for the left one, and how people call it."""

from __future__ import annotations

from collections.abc import Mapping

from training.poses.arms.air import AIR
from training.poses.arms.arm import Arm, Hang, Reach
from training.poses.arms.body import BODY
from training.poses.arms.grounded import GROUNDED
from training.poses.arms.head import HEAD
from training.poses.arms.low import LOW

__all__ = ["ARMS", "Arm", "Hang", "Reach"]

ARMS: Mapping[str, Arm] = {**LOW, **BODY, **HEAD, **AIR, **GROUNDED}
"""By key, in the library's order."""
