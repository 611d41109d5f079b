"""Asked against delivered, for real people, measured on the exported GLB by an independent way.

`python -m benchmarks.body_accuracy [--records FOLDER] [--count N] [--http N]`. Everybody in the records (or N of them)
is made by the mesher's own objects in this process, once as the network's typical person (z = 0) and once as somebody
drawn (random z), written as GLB, and read back by `benchmarks.tape_by_trimesh`. A small sample goes the whole way
through `POST /v1/avatars`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from anthropometry.measurements import MEASUREMENTS, NAMES
from benchmarks.network import MODELS, Floats, Network, asked_mm
from benchmarks.people import DEFAULT_RECORDS, SEED, Person, everybody, sample
from benchmarks.stack import running_platform, signed_in, write_result
from benchmarks.tape_by_trimesh import Surveyor
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.model import Appearance, FileOptions, HairPattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter

BATCH = 32
FILE = FileOptions(whole_body=True)
LIMITS_MM = np.array([item.iso_20685_limit_mm for item in MEASUREMENTS])


@dataclass(frozen=True)
class Outcome:
    """One person's body, measured."""

    errors_mm: Floats
    """(15,) measured on the exported body minus asked."""
    feasible: NDArray[np.bool_]
    """(15,) what the receipt says of each."""
    arm_is_joined: bool
    """The chest was cut above an armpit, so that its skin was told from the arm's by the bones."""


class Workbench:
    """Makes, exports and measures bodies as the mesher does, without a server between."""

    def __init__(self) -> None:
        self._model = BodyModel.load(MODELS)
        self._outfitter = Outfitter(self._model, kept_cuts=1)
        self._network, self._writer, self._surveyor = Network(), GlbWriter(), Surveyor()

    def outcomes(
        self, people: Sequence[Person], draw: Callable[[tuple[int, int]], Floats]
    ) -> Iterator[Outcome]:
        """One for each person; `draw` gives the latent (n, latent) of so many people."""
        for first in range(0, len(people), BATCH):
            group = people[first : first + BATCH]
            clouds = self._network(group, draw((len(group), self._network.latent)))
            yield from map(self._outcome, group, clouds)

    def _outcome(self, person: Person, points: NDArray[np.float32]) -> Outcome:
        asked = asked_mm(person)
        correction = self._model.solve(points, asked)
        body = self._model.stand(correction.coefficients)
        rig = Rig(self._model.template.bones, self._model.template.parents.tolist(), body.heads)
        parts = self._outfitter.bare(body, Appearance("#d7a98c", HairPattern.NONE, "#000000"))
        exported = self._surveyor.open(self._writer.write(Scene(parts, rig, {}), FILE))
        tapes = {reading.name: reading.tape for reading in self._model.measured(body, correction).readings}
        measured = np.array([exported.reading_mm(name, tapes[name]) for name in NAMES])
        return Outcome(measured - asked, correction.feasible, exported.arm_is_joined(tapes["chest_girth"]))


def over_http(people: Sequence[Person]) -> Iterator[Outcome]:
    """The same people through the running platform."""
    surveyor = Surveyor()
    with running_platform() as platform, signed_in(platform.url) as client:
        for person in people:
            yield _outcome_over_http(client, surveyor, person)


def _outcome_over_http(client: httpx.Client, surveyor: Surveyor, person: Person) -> Outcome:
    draft = {"measurements": person.measurements, "bodyType": person.body_type}
    avatar = client.post("/v1/avatars", json=draft).raise_for_status().json()
    glb = client.get(avatar["links"]["glb"], params={"parts": "body"}).raise_for_status().content
    exported = surveyor.open(glb)
    told = {line["name"]: line for line in avatar["receipt"]["measurements"]}
    measured = np.array([exported.reading_mm(name, told[name]["tape"]) for name in NAMES])
    return Outcome(
        measured - asked_mm(person),
        np.array([told[name]["feasible"] for name in NAMES]),
        exported.arm_is_joined(told["chest_girth"]["tape"]),
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What is told of one group of people."""
    sizes = np.abs([outcome.errors_mm for outcome in outcomes])
    feasible = np.array([outcome.feasible for outcome in outcomes])
    return {
        "people": len(outcomes),
        "mean_absolute_error_mm": float(sizes.mean()),
        "within_iso_20685": float((sizes <= LIMITS_MM).all(axis=1).mean()),
        "worst_feasible_mm": float(sizes[feasible].max()),
        "infeasible_measurements": int((~feasible).sum()),
        "people_with_an_infeasible_one": int((~feasible).any(axis=1).sum()),
        "worst_infeasible_mm": float(sizes[~feasible].max(initial=0.0)),
        "arms_joined_at_the_chest": sum(outcome.arm_is_joined for outcome in outcomes),
        "measurements": {
            name: {
                "mean_mm": float(column.mean()),
                "p99_mm": float(np.percentile(column, 99)),
                "worst_mm": float(column.max()),
            }
            for name, column in zip(NAMES, sizes.T, strict=True)
        },
    }


_ROWS = (
    ("people", "people", "d"),
    ("mean absolute error of the 15, mm", "mean_absolute_error_mm", ".3f"),
    ("people with all 15 within ISO 20685's limits", "within_iso_20685", ".1%"),
    ("worst error of a measurement said to be feasible, mm", "worst_feasible_mm", ".3f"),
    ("measurements said to be infeasible", "infeasible_measurements", "d"),
    ("people with such a one", "people_with_an_infeasible_one", "d"),
    ("worst error of an infeasible one, mm", "worst_infeasible_mm", ".3f"),
    ("chests cut above an armpit", "arms_joined_at_the_chest", "d"),
)


def table(groups: Mapping[str, Mapping[str, Any]], command: str) -> str:
    """Groups of people side by side."""
    summary = [
        f"| {title} | {' | '.join(format(group[key], spec) for group in groups.values())} |"
        for title, key, spec in _ROWS
    ]
    by_name = []
    for item in MEASUREMENTS:
        found = [group["measurements"][item.name] for group in groups.values()]
        cells = [f"{one['mean_mm']:.3f} / {one['p99_mm']:.3f} / {one['worst_mm']:.3f}" for one in found]
        by_name.append(f"| {item.name} | {' | '.join(cells)} | {item.iso_20685_limit_mm:g} |")
    heads, rule = " | ".join(groups), "---|" * len(groups)
    return f"""# Asked against delivered, real people

`{command}` · {datetime.now(UTC):%Y-%m-%d} · ANSUR II records

Measured on the exported GLB (`parts=body`). The receipt says where each tape lies; girths are trimesh sections of the
whole skin and their convex hulls, stature is the mesh's height, and the inside leg ends at the lowest point of the
skin's outline in the plane of symmetry. Biacromial breadth, arm length and back length are as long as the receipt's own
path, whose ends are checked to lie on the skin: for these three the way is not independent of the tape's landmarks.

| | {heads} |
|---|{rule}
{chr(10).join(summary)}

Absolute errors in mm, mean / 99 % / worst:

| measurement | {heads} | ISO 20685 limit |
|---|{rule}---|
{chr(10).join(by_name)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=DEFAULT_RECORDS)
    parser.add_argument("--count", type=int, help="people made in this process; everybody where not given")
    parser.add_argument("--http", type=int, default=20, help="people made through the platform")
    arguments = parser.parse_args()
    count = arguments.count
    people = everybody(arguments.records) if count is None else sample(arguments.records, count)
    bench, random = Workbench(), np.random.default_rng(SEED)
    groups = {
        "typical, z = 0": figures(list(bench.outcomes(people, np.zeros))),
        "drawn, z random": figures(list(bench.outcomes(people, random.standard_normal))),
    }
    if arguments.http:
        groups["over HTTP"] = figures(list(over_http(sample(arguments.records, arguments.http))))
    command = "python -m benchmarks.body_accuracy" + (f" --count {count}" if count is not None else "")
    write_result("body_accuracy", table(groups, command), groups)


if __name__ == "__main__":
    main()
