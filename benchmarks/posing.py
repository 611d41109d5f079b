"""What skin keeps of its volume in a bend, three ways of skinning side by side, and what a posed avatar costs.

`python -m benchmarks.posing`
"""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.stack import write_result
from bodypose.clearance import Clearance
from bodypose.joints import turns_at
from bodypose.skeleton import BONES, INDEX, Pose, Support, pose_of, turns_of
from bodypose.skinning import Flesh, SoftSkin, Stance, linear
from bodypose.volume import JOINTS, Region, regions
from services.catalog.adapters.pose_file import read
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import (
    Appearance,
    Cut,
    Garment,
    Girths,
    HairPattern,
    Pattern,
    Rig,
    Scene,
)
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.surface import FloatArray

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "models"
LIBRARY = ROOT / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
ROUNDS = 9
LEAST = 0.85
"""Share of its volume that the skin around a joint must keep."""
BUILDS: Mapping[str, tuple[float, ...]] = {
    "mean": (),
    "thin": (-0.6, 0.4, 0.9, 0.5, -0.9, -0.8, 0.0, 0.3),
    "heavy": (-0.7, 0.1, 0.0, -1.0, 1.1, 0.8, 0.2, -0.5),
}
"""Leading coefficients of the shape space: the mean, and women with a body mass index of 18.5 and of 34."""
Angles = Mapping[str, tuple[float, float, float]]
"""Limb -> flexion, abduction and rotation of both sides, degrees."""
BENDS: Sequence[tuple[str, str, Angles]] = (
    *(("elbow", f"bent by {angle}", {"ForeArm": (angle, 0, 0)}) for angle in (60, 100, 138)),
    ("elbow", "bent by 90, palm turned by 80", {"ForeArm": (90, 0, 80)}),
    ("wrist", "palm turned by 80", {"ForeArm": (0, 0, 80), "Hand": (0, 0, 10)}),
    ("wrist", "bent by 70", {"Hand": (70, 0, 0)}),
    ("shoulder", "raised by 90", {"Arm": (0, 90, 0)}),
    ("shoulder", "raised by 110, collar bone by 25", {"Arm": (0, 110, 0), "Shoulder": (25, 0, 0)}),
    ("shoulder", "forward by 60", {"Arm": (60, 0, 0)}),
    ("shoulder", "forward by 120", {"Arm": (120, 0, 0)}),
    ("shoulder", "turned in by 90", {"Arm": (0, 0, 90)}),
    ("shoulder", "across the chest", {"Arm": (60, -40, 60)}),
    *(("knee", f"bent by {angle}", {"Leg": (angle, 0, 0)}) for angle in (60, 100, 155)),
    *(("hip", f"bent by {angle}", {"UpLeg": (angle, 0, 0)}) for angle in (60, 90, 140)),
    ("hip", "seated, knee out by 40", {"UpLeg": (90, 40, -40)}),
    ("hip", "seated, crossed by 20", {"UpLeg": (90, -20, 0)}),
)
SEATED: Angles = {"UpLeg": (85, 5, 0), "Leg": (80, 0, 0), "Arm": (30, -20, 0), "ForeArm": (40, 0, 0)}


def turned(angles: Angles) -> FloatArray:
    """(52, 4) both sides' limbs at some angles."""
    degrees = np.zeros((len(BONES), 3))
    for limb, at in angles.items():
        for side in ("Left", "Right"):
            degrees[INDEX[f"{side}{limb}"]] = at
    return turns_at(np.radians(degrees))


@dataclass(frozen=True, slots=True)
class Subject:
    """One body, and the ways to bend its skin."""

    body: Body
    model: BodyModel
    flesh: Flesh
    regions: Mapping[str, Region]

    def skinned(self, own: FloatArray) -> Iterator[FloatArray]:
        """Its skin in a pose: blended linearly, about the joints alone, and as ours is."""
        template = self.model.template
        stance = Stance.of(own, self.body.heads, template.parents)
        count = template.body_vertices
        yield linear(stance, self.body.vertices[:count], template.joints[:count], template.weights[:count])[0]
        yield _about_joints(self.flesh).body(stance, self.body.vertices)[0]
        yield self.flesh.body(stance, self.body.vertices)[0]

    def kept(self, joint: str, skin: FloatArray) -> float:
        """The lesser share of both sides' volumes that is left."""
        sides = [self.regions[f"{side} {joint}"] for side in ("Left", "Right")]
        return min(region.volume(skin) / region.volume(self.body.vertices) for region in sides)


def _about_joints(flesh: Flesh) -> Flesh:
    """The same skin with joints as all centres: what dual quaternions do at a joint of two bones."""
    joint = flesh.skin.knee
    centres = np.where((joint >= 0)[:, None, None], flesh.rest[joint][:, None], flesh.centres)
    return replace(flesh, centres=centres)


def subjects(model: BodyModel) -> Mapping[str, Subject]:
    """The three builds."""
    mean = model.stand(np.zeros(model.space.size))
    skin = SoftSkin.of(model.template, mean.vertices)

    def subject(leading: tuple[float, ...]) -> Subject:
        coefficients = np.zeros(model.space.size)
        coefficients[: len(leading)] = leading
        body = model.stand(coefficients)
        found = regions(model.template, body.vertices, body.heads)
        return Subject(body, model, skin.on(body.vertices, body.heads), found)

    return {name: subject(leading) for name, leading in BUILDS.items()}


def library(bodies: Mapping[str, Subject], model: BodyModel) -> tuple[int, dict[str, list[float]]]:
    """Of every pose of the catalogue, as each body holds it: the poses, and by joint what is left at the least, linearly
    and ours."""
    clearance = Clearance(
        model.template, bodies["mean"].flesh.skin, bodies["mean"].body.vertices, bodies["mean"].body.heads
    )
    poses = [Pose(pose.turns, Support(pose.summary.support.value)) for pose in read(LIBRARY).poses]
    least = {joint: [np.inf, np.inf] for joint in JOINTS}
    for subject in bodies.values():
        posable = clearance.posable(subject.flesh, subject.body.vertices)
        for pose in poses:
            fitted = clearance.fitted(turns_of(pose), posable, pose.support)
            blended, _, ours = subject.skinned(fitted)
            for joint, kept in least.items():
                shares = subject.kept(joint, blended), subject.kept(joint, ours)
                least[joint] = [min(pair) for pair in zip(kept, shares, strict=True)]
    return len(poses), least


def costs(model: BodyModel, body: Body) -> dict[str, float]:
    """Median CPU milliseconds of what posing a dressed avatar takes."""
    outfitter = Outfitter(model, kept_cuts=4)
    poser = Poser(model, outfitter)
    parts = outfitter.dress(body, Appearance("#d7a98c", HairPattern.LONG, "#3b2417"), _clothes())
    rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
    scene, pose = Scene(parts, rig, {}), pose_of(turned(SEATED))
    held, figure = poser.hold(body, pose).pose, poser.figure(scene, body)
    return {
        "fit the pose to the body": _cpu_ms(lambda: poser.hold(body, pose)),
        "turn a skeleton's nodes": _cpu_ms(lambda: poser.taken(scene, body, held)),
        "bind clothes to skin, once an avatar": _cpu_ms(lambda: poser.figure(scene, body)),
        "bend all meshes": _cpu_ms(lambda: figure.at(held)),
    }


def _clothes() -> list[Garment]:
    cut = functools.partial(Cut, neckline=0.2, flare=0.0, thickness=0.003)
    return [
        Garment("trousers", cut(Pattern.TROUSERS, sleeve=0.0, hem=0.97), Girths(), "#3b4a63", "CC0-1.0"),
        Garment("shirt", cut(Pattern.TOP, sleeve=0.9, hem=0.15), Girths(), "#9fb0c8", "CC0-1.0"),
    ]


def _cpu_ms(do: Callable[[], object]) -> float:
    do()
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        do()
        spent.append(time.process_time() - start)
    return statistics.median(spent) * 1000


def main() -> None:
    """Measure, and fail when skin loses more than it may."""
    model = BodyModel.load(MODELS)
    bodies = subjects(model)
    lines, figures = [], []
    for joint, bend, angles in BENDS:
        own = turned(angles)
        kept = [[body.kept(joint, skin) for skin in body.skinned(own)] for body in bodies.values()]
        lowest = np.min(kept, axis=0).tolist()
        lines.append(f"| {joint} | {bend} | " + " | ".join(f"{100 * share:.0f}" for share in lowest) + " |")
        figures.append({"joint": joint, "bend": bend, "linear_joints_ours": lowest, "bodies": kept})
    count, least = library(bodies, model)
    spent = costs(model, bodies["mean"].body)
    table = "\n".join(
        [
            "# Skin in a bend, and what a pose costs",
            "",
            "Volume of the skin around a joint, in percent of what it has in the A pose: the least of both sides of a",
            "thin, a mean and a heavy body. Degrees count from the A pose.",
            "",
            "| joint | bend | blended linearly | about the joint alone | ours |",
            "|---|---|---|---|---|",
            *lines,
            "",
            f"The least of all {count} poses of the catalogue, on the same three bodies:",
            "",
            "| joint | blended linearly | ours |",
            "|---|---|---|",
            *(
                f"| {joint} | {100 * blended:.0f} | {100 * ours:.0f} |"
                for joint, (blended, ours) in least.items()
            ),
            "",
            "A dressed avatar (shirt, trousers, long hair), one thread:",
            "",
            "| what | CPU, ms |",
            "|---|---|",
            *(f"| {what} | {ms:.0f} |" for what, ms in spent.items()),
            "",
        ]
    )
    write_result("posing", table, {"least": LEAST, "bends": figures, "library": least, "cpu_ms": spent})
    worst = min(
        *(figure["linear_joints_ours"][-1] for figure in figures), *(ours for _, ours in least.values())
    )
    if worst < LEAST:
        raise SystemExit(f"skin keeps {worst:.0%} of its volume, less than {LEAST:.0%}")


if __name__ == "__main__":
    main()
