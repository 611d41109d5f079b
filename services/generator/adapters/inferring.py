"""Calls of a network, as every adapter makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from atelierkit.errors import TimedOut, Unavailable
from atelierkit.inference import Inference


async def inferred(
    inference: Inference, model: str, inputs: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """What the network makes of the inputs. Raise Unavailable where it answers too late."""
    try:
        return await inference.infer(model, inputs)
    except TimedOut as error:
        raise Unavailable("the inference does not answer", dependency="inference") from error
