"""How well poses fit the photos that they are read from, and known poses: `python -m benchmarks.photo_poses [PHOTOS]`.

Joints are shoulders, elbows, wrists, hips, knees and ankles that can be seen; how far they lie beside the landmarks is told in
shares of the torso's length, for the likeliest body. Known poses are drawn at random within joints' limits and shown by their
landmarks, a pixel of noise on each, from random sides: how far the pose that is read takes a middling body's joints from where
they were tells what depth costs. CPU time is of one thread.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from benchmarks.network import MODELS
from benchmarks.pose_networks import PlainPoseNetworks
from benchmarks.stack import write_result
from bodypose import body
from bodypose.arrays import FloatArray
from bodypose.joints import REST, turns_at
from bodypose.limits import RANGES, clamped
from bodypose.photo.guess import HABITS
from bodypose.photo.people import Person, PersonSearch
from bodypose.photo.read import read
from bodypose.skeleton import BONES, forward, turns_of

DEFAULT_PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "photos"
Part = tuple[float, float, float, float]
WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
PHOTOS: Mapping[str, tuple[str, Part]] = {
    "yoga": ("full_body_yoga.jpg", WHOLE),
    "seated on the ground": ("seated_full_body.jpg", WHOLE),
    "waving, one of three": ("three_people.jpg", (0.0, 0.0, 0.62, 0.4)),
    "a hand raised": ("business_person.png", WHOLE),
    "arms crossed": ("portrait.jpg", WHOLE),
}
JOINTS = [*range(11, 17), *range(23, 29)]
KNOWN = 60
LIMIT = 0.06
"""Torso lengths that no joint may lie beside its photo."""


async def photos(folder: Path) -> dict[str, dict[str, float | str]]:
    """What is read of each photo."""
    search = PersonSearch(PlainPoseNetworks(MODELS))
    told: dict[str, dict[str, float | str]] = {}
    for name, (file, (left, top, right, bottom)) in PHOTOS.items():
        whole = Image.open(folder / file).convert("RGB")
        width, height = whole.size
        cut = whole.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))
        began = time.process_time()
        people = await search.people(np.asarray(cut))
        found = time.process_time()
        pose = read(people)
        fitted = time.process_time()
        off = pose.off[JOINTS]
        told[name] = {
            "joints": int(np.isfinite(off).sum()),
            "mean": float(np.nanmean(off)),
            "worst": float(np.nanmax(off)),
            "support": pose.pose.support.value,
            "search_ms": 1000 * (found - began),
            "fit_ms": 1000 * (fitted - found),
        }
    return told


def known() -> list[float]:
    """For each known pose, how far its joints are read from where they were, on average, millimetres."""
    return [_away_mm(seed) for seed in range(KNOWN)]


def _away_mm(seed: int) -> float:
    numbers = np.random.default_rng(seed)
    limits = RANGES[HABITS.bones, HABITS.axes]
    drawn = HABITS.ease + HABITS.reach * numbers.normal(size=len(HABITS.ease)) / 2.0
    angles = np.zeros((len(BONES), 3))
    angles[HABITS.bones, HABITS.axes] = np.clip(drawn, 0.8 * limits[:, 0], 0.8 * limits[:, 1])
    turns = clamped(turns_at(angles))
    wanted = _landmarks(turns)
    seen = Rotation.from_euler("y", numbers.uniform(-60.0, 60.0), degrees=True).apply(wanted)
    flat = seen[:, :2] * [400.0, -400.0] + 500.0 + numbers.normal(size=(33, 2))
    pose = read([Person(flat, np.full(33, 0.99), seen, 0.99)]).pose
    found = _landmarks(turns_of(pose))
    # Which way the whole body leans is the camera's matter, not the pose's.
    turn, _ = Rotation.align_vectors(wanted, found)
    return float(np.linalg.norm(turn.apply(found) - wanted, axis=1)[JOINTS].mean() * 1000.0)


def _landmarks(turns: FloatArray) -> FloatArray:
    """(33, 3) metres from the middle of the hips."""
    landmarks = body.landmarks_of(*forward(turns, REST))
    from_hips: FloatArray = landmarks - landmarks[list(body.HIPS)].mean(axis=0)
    return from_hips


def table(read_of: Mapping[str, Mapping[str, float | str]], away: list[float]) -> str:
    lines = [
        "# Poses of photos\n",
        "`python -m benchmarks.photo_poses`: how far the joints that can be seen lie beside the photo's, in percent of the "
        f"torso's length, for the likeliest body (asked for: at most {100 * LIMIT:.0f}), and CPU milliseconds of one thread.\n",
        "| photo | joints seen | mean | worst | carried by | search | fit |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, told in read_of.items():
        mean, worst = 100 * float(told["mean"]), 100 * float(told["worst"])
        lines.append(
            f"| {name} | {told['joints']} | {mean:.1f} | {worst:.1f} | {told['support']} "
            f"| {float(told['search_ms']):.0f} | {float(told['fit_ms']):.0f} |"
        )
    lines.append(
        f"\n{len(away)} known poses, shown with a pixel of noise: joints are read {np.median(away):.0f} mm from where they were "
        f"(median of the means), {np.quantile(away, 0.9):.0f} mm in the worst tenth, {max(away):.0f} mm at worst."
    )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and fail where a joint lies too far beside its photo."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PHOTOS
    if not folder.is_dir():
        print(f"{folder} is not there: photos of people are not part of the project.")
        return
    told, away = asyncio.run(photos(folder)), known()
    write_result("photo_poses", table(told, away), {"photos": told, "known_mm": away, "limit": LIMIT})
    worst = max(float(each["worst"]) for each in told.values())
    if worst > LIMIT:
        raise SystemExit(f"A joint lies {100 * worst:.1f} % of the torso beside its photo.")


if __name__ == "__main__":
    main()
