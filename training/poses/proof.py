"""Every pose of the catalogue's file on all six bodies, as the mesher delivers it; those that fail on one are dropped.

Judging takes a fifth of a second of CPU a pose and body. What was measured is kept in `build/poses/proofs.jsonl`, so that a
run that was stopped goes on; remove that file after a change to how poses are fitted. With `--measured` it drops by what is
known, and measures nothing. Poses that stay keep their ids, numbers included.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.volume import Region, regions
from training.poses.bodies import BODY_MASS_INDICES, BODY_TYPES, Body, judged, template
from training.poses.contact import FLESH_GIVES_MM
from training.poses.judge import LEAST_MARGIN_MM, Held, held
from training.poses.rows import ROOT, Entry, read, write

_KEPT = ROOT / "build" / "poses" / "proofs.jsonl"
_WORKERS = 2
LEAST_KEPT = 0.85
"""Share of its volume that the skin around a joint must keep."""
ENOUGH = 800
"""Poses that the catalogue must have: of those that fail, the least bad stay."""
BODIES = tuple(f"{size} {body_type}" for body_type in BODY_TYPES for size in BODY_MASS_INDICES)
JOINTS = ("shoulder", "elbow", "hip", "knee")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was measured of a pose on one body."""

    held: Held
    kept: dict[str, float]
    """By joint, the lesser share of both sides' volumes that is left."""

    def faults(self) -> Iterator[str]:
        """What it fails by."""
        yield from self.held.faults()
        yield from (f"{joint} keeps {share:.1%}" for joint, share in self.kept.items() if share < LEAST_KEPT)


def main() -> None:
    """Drop from the catalogue's file what fails on some body, and say why."""
    poses = read()
    found = known(poses) if "--measured" in sys.argv else proofs(poses)
    dropped = to_drop({pose.id: each for pose, each in zip(poses, found, strict=True)})
    for id, why in dropped.items():
        print(f"{id}: {'; '.join(why)}")
    write(pose for pose in poses if pose.id not in dropped)
    print(f"{len(poses) - len(dropped)} of {len(poses)} poses stay")


def faults(of: Mapping[str, Proof]) -> list[str]:
    """What a pose fails by, over the bodies."""
    return [f"{fault} on the {body} body" for body, proof in of.items() for fault in proof.faults()]


def to_drop(found: Mapping[str, Mapping[str, Proof]]) -> dict[str, list[str]]:
    """Ids of poses that fail, and what by: those with the most faults first, then those that are furthest from what is
    allowed, as many as leave the catalogue enough."""
    failing = {id: faults(of) for id, of in found.items() if faults(of)}
    worst = sorted(failing, key=lambda id: (-len(failing[id]), -_severity(found[id])))
    return {id: failing[id] for id in worst[: max(len(found) - ENOUGH, 0)]}


def _severity(of: Mapping[str, Proof]) -> float:
    """The worst of its figures, each as a multiple of what is allowed; a body that falls has used it up."""
    return max(
        max(
            proof.held.overlap_mm / FLESH_GIVES_MM,
            2.0 - proof.held.margin_mm / LEAST_MARGIN_MM,
            (1.0 - min(proof.kept.values())) / (1.0 - LEAST_KEPT),
        )
        for proof in of.values()
    )


def known(poses: Sequence[Entry]) -> list[dict[str, Proof]]:
    """By body, what earlier runs measured of each pose."""
    kept = _kept()
    return [
        {name: kept[_mark(pose), name] for name in BODIES if (_mark(pose), name) in kept} for pose in poses
    ]


def proofs(poses: Sequence[Entry]) -> list[dict[str, Proof]]:
    """By body, what was measured of each pose; what is new is measured, in an order that has nothing to do with theirs, so
    that a part of it is a fair sample."""
    kept = _kept()
    new = [
        (mark, name, pose)
        for mark, pose in sorted(((_mark(pose), pose) for pose in poses), key=lambda pair: pair[0])
        for name in BODIES
        if (mark, name) not in kept
    ]
    _KEPT.parent.mkdir(parents=True, exist_ok=True)
    with (
        ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool,
        _KEPT.open("a", encoding="utf-8") as file,
    ):
        running = {pool.submit(proof, pose, name): (mark, name) for mark, name, pose in new}
        for done in as_completed(running):
            mark, name = running[done]
            file.write(json.dumps({"of": mark, "on": name, **asdict(done.result())}) + "\n")
            file.flush()
    return known(poses)


def proof(pose: Entry, name: str) -> Proof:
    """Measure a pose on one body."""
    body = next(body for body in judged() if body.name == name)
    found, posed = held(pose.turns, pose.support, body)
    kept = {
        joint: min(_left(body, posed.skin, f"{side} {joint}") for side in ("Left", "Right"))
        for joint in JOINTS
    }
    return Proof(found, kept)


def _left(body: Body, skin: FloatArray, joint: str) -> float:
    region = _regions(body.name)[joint]
    return region.volume(skin) / region.volume(body.vertices)


@cache
def _regions(name: str) -> Mapping[str, Region]:
    body = next(body for body in judged() if body.name == name)
    return regions(template(), body.vertices, body.heads)


def _kept() -> dict[tuple[str, str], Proof]:
    if not _KEPT.exists():
        return {}
    rows = map(json.loads, _KEPT.read_text("utf-8").splitlines())
    return {(row.pop("of"), row.pop("on")): Proof(Held(**row["held"]), row["kept"]) for row in rows}


def _mark(pose: Entry) -> str:
    return hashlib.sha256(np.round(pose.turns, 6).tobytes() + pose.support.value.encode()).hexdigest()


if __name__ == "__main__":
    main()
