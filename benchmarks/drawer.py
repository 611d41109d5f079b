"""A process that draws with whatever driver its environment leads to: `python -m benchmarks.drawer STAGES RESULT`.

A driver is chosen once a process, and one with a fault takes its process along.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain.stage import Stage

_SMALL = 64
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Drawn:
    """What came back."""

    renderer: str
    """The driver's own name."""
    pictures: Sequence[NDArray[np.uint8]]
    """(size, size, 4) each."""
    cpu_s: float
    """CPU seconds over all threads for all pictures; shaders were compiled before."""


class DrawerFailed(Exception):
    """The process did not come to its end; the text is the last that it said."""


def draw_elsewhere(
    stages: Sequence[Stage], folder: Path, variables: Mapping[str, str], python: Sequence[str] = ()
) -> Drawn:
    """Have a process with these variables draw; `python` takes this interpreter's place. Raise DrawerFailed."""
    asked, result = folder / "stages.pickle", folder / "drawn.pickle"
    asked.write_bytes(pickle.dumps(list(stages)))
    ended = subprocess.run(  # noqa: S603  our own module
        [*(python or [sys.executable]), "-m", __name__, str(asked), str(result)],
        cwd=_ROOT,
        env={**os.environ, **variables},  # noqa: TID251  handed on, not read
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise DrawerFailed(f"{ended.returncode}: {ended.stderr.strip()[-2000:]}")
    drawn = pickle.loads(result.read_bytes())  # noqa: S301  our own child wrote it
    if not isinstance(drawn, Drawn):
        raise DrawerFailed("it wrote something else")
    return drawn


def draw(stages: Sequence[Stage]) -> Drawn:
    """All of them, by the driver of this process."""
    draughtsman = OpenGlDraughtsman()
    renderer = draughtsman.open()
    for stage in {stage.style: stage for stage in stages}.values():
        draughtsman.draw(replace(stage, size=_SMALL))
    start = time.process_time()
    pictures = [draughtsman.draw(stage) for stage in stages]
    return Drawn(renderer, pictures, time.process_time() - start)


if __name__ == "__main__":
    from benchmarks import drawer

    # By its own name, not as `__main__`: what is written names the module of its class.
    read = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301  our own parent wrote it
    Path(sys.argv[2]).write_bytes(pickle.dumps(drawer.draw(read)))
