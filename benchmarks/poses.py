"""The pose library's figures, measured again from the catalogue's file on all six bodies."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.limits import excess
from bodypose.skeleton import Pose, Support, swapped, turns_of
from services.catalog.adapters.pose_file import read
from training.poses.judge import Verdict, distances_deg, hardest_first, signature, verdict

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
RESULT = ROOT / "benchmarks" / "results" / "poses.md"
_WORKERS = 3


def main() -> None:
    """Measure and write the table."""
    poses = read(LIBRARY).poses
    supports = [Support(pose.summary.support.value) for pose in poses]
    turns = [turns_of(Pose(pose.turns, support)) for pose, support in zip(poses, supports, strict=True)]
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        verdicts = list(pool.map(on_every_body, turns, supports, chunksize=8))
    for pose, found in zip(poses, verdicts, strict=True):
        if found.fault:
            print(f"{pose.summary.id}: {found.fault}")
    RESULT.write_text(_table(np.stack(turns), verdicts), encoding="utf-8")


def on_every_body(turns: FloatArray, support: Support) -> Verdict:
    """The verdict on all six."""
    return verdict(turns, support, hardest_first())


def _nearest(turns: FloatArray) -> FloatArray:
    """(n,) degrees from each pose to the one that it is most like, mirror images counted."""
    signatures, mirrored = signature(turns), signature(swapped(turns))
    nearest = []
    for index in range(len(turns)):
        others = np.delete(np.arange(len(turns)), index)
        plain, seen = (distances_deg(group[others], signatures[index]) for group in (signatures, mirrored))
        nearest.append(min(plain.min(), seen.min()))
    return np.array(nearest)


def _table(turns: FloatArray, verdicts: list[Verdict]) -> str:
    sound = [found for found in verdicts if not found.fault]
    nearest = _nearest(turns)
    rows = [
        ("poses", str(len(turns))),
        ("within the joints' limits as stored", f"{(excess(turns).max(axis=1) < 1e-5).mean():.1%}"),
        (
            "within limits, balanced or seated, and free of overlaps on all six bodies",
            f"{len(sound) / len(turns):.1%}",
        ),
        ("deepest overlap of those, mm", f"{max(found.overlap_mm for found in sound):.1f}"),
        (
            "least distance of the centre of mass inside of what carries it, mm",
            f"{min(found.margin_mm for found in sound):.0f}",
        ),
        ("nearest neighbour, mean of 14 joints, degrees: least", f"{nearest.min():.2f}"),
        ("the same, median", f"{np.median(nearest):.2f}"),
    ]
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(
        (
            "# Pose library",
            "",
            "`python -m benchmarks.poses`: every pose of the catalogue as the mesher fits it to thin, mean and heavy bodies of",
            "both types. An overlap is skin of one part deeper than 8 mm in another; parts that a joint folds onto each other",
            "do not count. The centre of mass is the volume's, and skin within 30 mm of the floor carries.",
            "",
            "| figure | measured |",
            "|---|---|",
            *lines,
            "",
        )
    )


if __name__ == "__main__":
    main()
