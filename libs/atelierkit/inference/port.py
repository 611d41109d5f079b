"""The port that services infer through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from atelierkit.errors import AppError, Code

Arrays = Mapping[str, NDArray[Any]]


class Inference(Protocol):
    """Runs models by name.

    Axis 0 of every input and output is the batch; a call may bring any number of rows, the same in
    each input. The request's deadline holds: TimedOut past it, Overloaded at once where it could not be met
    or too much waits, Unavailable while the server is away.
    """

    async def infer(self, model: str, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """The model's outputs by name, as many rows as came in.

        ValueError where the inputs are not those of the model: that is the caller's bug.
        """
        ...

    async def ready(self, model: str) -> None:
        """Return once a real inference was answered, on zeros; raise the AppError that says why it cannot."""
        ...


class ModelMissing(AppError):
    """No model of that name is installed, or its file is not the one that its manifest describes."""

    code = Code.UNAVAILABLE
    reason = "MODEL_MISSING"


class ModelOutputInvalid(AppError):
    """The model answered something that no caller may use: numbers that are not finite, or rows missing."""

    code = Code.INTERNAL
    reason = "MODEL_OUTPUT_INVALID"


def rows(inputs: Arrays) -> int:
    """The number of rows that all inputs share; ValueError where they differ or there are none."""
    counts = {array.shape[0] if array.ndim else 0 for array in inputs.values()}
    if len(counts) != 1 or 0 in counts:
        raise ValueError(f"inputs share one number of rows, at least 1; these have {sorted(counts)}")
    return counts.pop()


def check_rows(model: str, outputs: Arrays, count: int) -> None:
    """ModelOutputInvalid unless each output has ``count`` rows."""
    for name, array in outputs.items():
        if array.ndim == 0 or array.shape[0] != count:
            raise ModelOutputInvalid("the model answered the wrong number of rows", model=model, output=name)


def check_finite(model: str, outputs: Arrays) -> None:
    """ModelOutputInvalid where an output holds a number that is not finite."""
    for name, array in outputs.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise ModelOutputInvalid(
                "the model answered numbers that are not finite", model=model, output=name
            )
