"""What the network of traits learns from: `python -m training.face.traits_cuts`, after `training.face.traits_data`.

Faces are found in the rendered pictures as they are in photos, so that the cuts are as far off as they will be.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.face_networks import PlainNetworks
from facemodel.features.cuts import Cuts, cuts
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from training.face.traits_data import EXPRESSIONS, SHARD, VIEWS, Truth, at_ears, stored
from training.face.traits_labels import FOLDER, SHOWN


async def learnt_from(search: FaceSearch, folder: Path, first: int) -> dict[str, Any]:
    """Arrays of one file: cuts and truth of every picture in which a face was found."""
    shown: list[Cuts] = []
    rows, truths, numbers = [], [], []
    for place, (truth, images) in enumerate(stored(folder, range(first, first + SHARD))):
        for view, (image, faces) in enumerate(zip(images, await search.each(images), strict=True)):
            if faces:
                shown.append(cuts(image, faces[0].points))
                rows.append(VIEWS * place + view)
                truths.append(_answers(truth))
                numbers.append(first + place)
    return {
        "head": np.stack([each.head for each in shown]),
        "eyes": np.stack([each.eyes for each in shown]),
        "ears": np.stack([np.stack(each.ears) for each in shown]),
        "marks": np.stack([each.marks for each in shown]),
        "face": np.array(truths),
        "ear": at_ears(folder, first)[rows],
        "number": np.array(numbers),
    }


def _answers(truth: Truth) -> list[bool]:
    """In the order of `traits_labels.WORN` and `SHOWN`."""
    shown = dict(zip(EXPRESSIONS, truth.expressions, strict=True))
    return [truth.glasses, truth.tinted, truth.hat, *(shown[name] for name in SHOWN)]


def main() -> None:
    """Cut every rendered file; one that is cut already is left alone."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    search = FaceSearch(PlainNetworks(arguments.models), FaceTopology.load(arguments.models).mirror)
    for path in sorted(arguments.folder.glob("heads-*.npz")):
        first = int(path.stem.removeprefix("heads-"))
        made = path.with_name(f"cuts-{first:06d}.npz")
        if not made.exists():
            np.savez(made, **asyncio.run(learnt_from(search, arguments.folder, first)))
            print(made, flush=True)


if __name__ == "__main__":
    main()
