"""The pose library's figures, measured from the catalogue's file on all six bodies.

`--measured` writes what earlier runs measured, and how much of the whole that is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.stack import write_result
from bodypose.arrays import FloatArray
from bodypose.limits import excess
from bodypose.skeleton import swapped
from training.poses.contact import FLESH_GIVES_MM
from training.poses.judge import LEAST_MARGIN_MM, distances_deg, signature
from training.poses.proof import BODIES, JOINTS, LEAST_KEPT, Proof, faults, known, proofs
from training.poses.rows import read

_ROUNDED_DEG = 1e-3
"""The file's numbers are rounded."""
_HEAD = f"""# Pose library

`python -m benchmarks.poses`: poses of the catalogue as the mesher fits them to thin, mean and heavy bodies of both types
(body mass indices 18.5, 24 and 34). An overlap is skin of one part deeper than {FLESH_GIVES_MM:.0f} mm in another; parts that a
joint folds onto each other do not count. Balanced is a body whose centre of volume is {LEAST_MARGIN_MM:.0f} mm or more inside of what
carries it: skin within 30 mm of the floor, or the seat. Skin keeps its volume where shoulders, elbows, hips and knees have
{LEAST_KEPT:.0%} or more of what they have in the A pose. Columns are shares of the poses that were measured on a body.
"""


def main() -> None:
    """Measure and write the table."""
    poses = read()
    found = known(poses) if "--measured" in sys.argv else proofs(poses)
    for pose, each in zip(poses, found, strict=True):
        for fault in faults(each):
            print(f"{pose.id}: {fault}")
    turns = np.stack([pose.turns for pose in poses])
    by_body = {name: [each[name] for each in found if name in each] for name in BODIES}
    library = _library(turns, found)
    rows = {name: _on(measured) for name, measured in by_body.items() if measured}
    write_result("poses", _table(library, rows), {"library": library, "bodies": rows})


def _library(turns: FloatArray, found: Sequence[Mapping[str, Proof]]) -> dict[str, float]:
    """Figures of the whole."""
    nearest = _nearest(turns)
    whole = [each for each in found if len(each) == len(BODIES)]
    return {
        "poses": len(turns),
        "within the joints' limits as stored": float(
            (np.degrees(excess(turns)).max(axis=1) < _ROUNDED_DEG).mean()
        ),
        "nearest neighbour, mean of 14 joints, degrees: least": float(nearest.min()),
        "nearest neighbour, median": float(np.median(nearest)),
        "measured on all six bodies": len(whole),
        "without any fault on all six, share of those": float(np.mean([not faults(each) for each in whole])),
        "known to fail on some body": sum(bool(faults(each)) for each in found),
    }


def _on(measured: Sequence[Proof]) -> dict[str, float]:
    """Figures of one body."""
    kept = np.array([[proof.kept[joint] for joint in JOINTS] for proof in measured])
    return {
        "poses measured": len(measured),
        "within limits": float(np.mean([proof.held.beyond_deg <= 0.0 for proof in measured])),
        "balanced": float(np.mean([proof.held.margin_mm >= LEAST_MARGIN_MM for proof in measured])),
        "free of overlaps": float(np.mean([proof.held.overlap_mm <= FLESH_GIVES_MM for proof in measured])),
        "skin keeps its volume": float((kept >= LEAST_KEPT).all(axis=1).mean()),
        "all of it": float(np.mean([not list(proof.faults()) for proof in measured])),
        "least margin of balance, mm": min(proof.held.margin_mm for proof in measured),
        "deepest overlap, mm": max(proof.held.overlap_mm for proof in measured),
        **{
            f"least at the {joint}": least
            for joint, least in zip(JOINTS, kept.min(axis=0).tolist(), strict=True)
        },
    }


def _nearest(turns: FloatArray) -> FloatArray:
    """(n,) degrees from each pose to the one that it is most like, mirror images counted."""
    signatures, mirrored = signature(turns), signature(swapped(turns))
    nearest = []
    for index in range(len(turns)):
        others = np.delete(np.arange(len(turns)), index)
        plain, seen = (distances_deg(group[others], signatures[index]) for group in (signatures, mirrored))
        nearest.append(min(plain.min(), seen.min()))
    return np.array(nearest)


def _table(library: Mapping[str, float], rows: Mapping[str, Mapping[str, float]]) -> str:
    names = list(next(iter(rows.values())))
    lines = [f"| {name} | {_said(name, value)} |" for name, value in library.items()]
    bodies = [
        f"| {name} | " + " | ".join(_said(name, row[name]) for row in rows.values()) + " |" for name in names
    ]
    return "\n".join(
        (
            _HEAD,
            "| figure | measured |",
            "|---|---|",
            *lines,
            "",
            "| body | " + " | ".join(rows) + " |",
            "|---|" + "---|" * len(rows),
            *bodies,
            "",
        )
    )


def _said(name: str, value: float) -> str:
    """A figure in the unit that its name says."""
    if isinstance(value, int):
        return str(value)
    if name.endswith(" mm"):
        return f"{value:.1f}"
    return f"{value:.2f}" if name.startswith("nearest") else f"{value:.1%}"


if __name__ == "__main__":
    main()
