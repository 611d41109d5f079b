"""Record what LiteRT makes of each case: run in an environment of its own, see the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-not-found]

from tests.oracles.tflite.cases import CASES

RECORDED = Path(__file__).with_name("recorded")
ROWS = 2


def main() -> None:
    """Write files, inputs and outputs; rows are run one by one, as the files are made."""
    arrays: dict[str, Any] = {}
    for name, case in CASES.items():
        file = case.file()
        given = {
            own: np.random.default_rng(ord(own)).normal(size=(ROWS, *shape[1:])).astype(np.float32)
            for own, shape in case.inputs.items()
        }
        arrays[f"{name}/file"] = np.frombuffer(file, np.uint8)
        arrays |= {f"{name}/{own}": numbers for own, numbers in given.items()}
        arrays[f"{name}/made"] = run(file, given)
    np.savez_compressed(RECORDED / "litert.npz", **arrays)


def run(file: bytes, given: dict[str, np.ndarray]) -> np.ndarray:
    """What the file's network makes of each row."""
    network = Interpreter(model_content=file)
    network.allocate_tensors()
    rows = []
    for row in range(ROWS):
        for place, numbers in zip(network.get_input_details(), given.values(), strict=True):
            network.set_tensor(place["index"], numbers[row : row + 1])
        network.invoke()
        rows.append(network.get_tensor(network.get_output_details()[0]["index"]).copy())
    return np.concatenate(rows)


if __name__ == "__main__":
    main()
