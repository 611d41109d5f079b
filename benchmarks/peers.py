"""What the body engine costs beside other ways to the same result, all measured in this run.

`python -m benchmarks.peers [--records FOLDER] [--people N]`. Figures are CPU time, all threads of a process together.
Anny is solved in the training environment, which `make train` sets up; where that is absent the table says so.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import trimesh
from scipy import linalg
from scipy.spatial import ConvexHull

from benchmarks.network import MODELS, Floats, Network, asked_mm
from benchmarks.people import DEFAULT_RECORDS, Person, sample
from benchmarks.poisson_peer import Distance, distance_mm, reconstruct
from benchmarks.stack import write_result
from bodymodel.section import Loop
from services.mesher.domain.body import BodyModel
from services.mesher.domain.surface import FloatArray

ROOT = Path(__file__).resolve().parents[1]
TRAINING_PYTHON = ROOT / ".venv-training" / "bin" / "python"
REPEATS = 7
"""Rounds of timed calls; the least disturbed one counts."""
BATCH = 32
BATCHES = (1, 2, 4, 8, 16, 32, 64)
CLOUDS = (2500, 5000, 10000)
"""The basis of smaller clouds fits into a core's own cache, and leaving it would read as growth."""
COUNTS = (2, 4, 8, 16, 32)
MAX_EXPONENT = 1.05
DELIVERED_MM = 0.5
"""The platform calls a measurement delivered within this; the peer stops there."""
M_TO_MM = 1000.0

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Comparison:
    """One task done in two ways."""

    task: str
    peer: str
    peer_ms: float | None
    """CPU time of the peer; None where it could not run."""
    peer_result: str
    ours: str
    ours_ms: float
    ours_result: str

    @property
    def factor(self) -> float | None:
        """How many times the peer's cost is ours."""
        return None if self.peer_ms is None else self.peer_ms / self.ours_ms


class Engine:
    """The platform's own way from measurements to bodies, for some people."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.model, self.network = BodyModel.load(MODELS), Network()
        corrections = (
            self.model.solve(points, asked_mm(person))
            for person, points in zip(people, self.points(people), strict=True)
        )
        self.bodies = [self.model.stand(correction.coefficients).vertices for correction in corrections]

    def points(self, people: Sequence[Person]) -> FloatArray:
        """(n, 10000, 3) canonical points of the network's typical people, metres."""
        return self.network(people, np.zeros((len(people), self.network.latent)))

    def solve(self, person: Person) -> Floats:
        """(15,) residuals in millimetres after network, fit and correction."""
        asked = asked_mm(person)
        return self.model.solve(self.points([person])[0], asked).delivered_mm - asked

    def skin(self, vertices: FloatArray) -> trimesh.Trimesh:
        """The closed surface of a body."""
        count = self.model.template.body_vertices
        return trimesh.Trimesh(vertices[:count], self.model.template.body.triangles, process=False)


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU time of one call in milliseconds, once warm."""
    return least_ms([work])[0]


def least_ms(works: Sequence[Callable[[], object]]) -> list[float]:
    """CPU time of a call of each, in milliseconds; they take turns, so that a disturbance meets all alike."""
    for work in works:
        work()
    spent = np.full(len(works), np.inf)
    for _ in range(REPEATS):
        for index, work in enumerate(works):
            start = time.process_time()
            work()
            spent[index] = min(spent[index], time.process_time() - start)
    return [seconds * 1000.0 for seconds in spent.tolist()]


def solving(engine: Engine) -> Comparison:
    """15 measurements to a body: Anny by L-BFGS against network, fit and correction."""
    residuals = np.abs([engine.solve(person) for person in engine.people])
    ours_ms = float(np.mean([cpu_ms(functools.partial(engine.solve, person)) for person in engine.people]))
    found = _anny(engine.people)
    if found is None:
        peer_ms, result = None, "not run: there is no training environment (`make train` makes one)"
    else:
        there = [person for person in found if person["worst_mm"] < DELIVERED_MM]
        peer_ms = float(np.mean([person["cpu_s"] for person in there])) * 1000.0
        evaluations = np.mean([person["evaluations"] for person in there])
        result = (
            f"{len(there)} of {len(found)} people within {DELIVERED_MM} mm, whose time this is, after "
            f"{evaluations:.0f} evaluations; worst {max(person['worst_mm'] for person in found):.1f} mm"
        )
    return Comparison(
        "15 measurements to a body",
        "Anny's phenotypes and local changes by L-BFGS, with our tape and its derivative, on the rest pose",
        peer_ms,
        result,
        "network, fit, correction",
        ours_ms,
        f"all within {residuals.max():.2f} mm",
    )


def _anny(people: Sequence[Person]) -> list[dict[str, float]] | None:
    """What the peer says of each person; None without a training environment."""
    if not TRAINING_PYTHON.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        subprocess.run(  # noqa: S603 - our own module
            [TRAINING_PYTHON, "-m", "benchmarks.anny_peer", results],
            input=json.dumps({"within_mm": DELIVERED_MM, "people": [asdict(person) for person in people]}),
            env={"PYTHONPATH": f"{ROOT / 'libs'}:{ROOT}", "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            text=True,
            check=True,
        )
        found: list[dict[str, float]] = json.loads(results.read_text())
    return found


def measuring(engine: Engine) -> Comparison:
    """Ten girths: sections of any mesh by trimesh, against the tape that knows the topology."""
    tape, touched = engine.model.tape, engine.model.tape.touched
    skins = [engine.skin(vertices) for vertices in engine.bodies]
    readings = [tape.read(vertices[touched]) for vertices in engine.bodies]
    loops = [[laid for laid in reading.tapes if isinstance(laid, Loop)] for reading in readings]
    differences = [
        _girth_mm(skin, loop) - loop.length * M_TO_MM
        for skin, laid in zip(skins, loops, strict=True)
        for loop in laid
    ]
    peer_ms = cpu_ms(
        lambda: [_girth_mm(skin, loop) for skin, laid in zip(skins, loops, strict=True) for loop in laid]
    )
    ours_ms = cpu_ms(lambda: [tape.read(vertices[touched]) for vertices in engine.bodies])
    return Comparison(
        "measuring a body",
        "ten girths at given planes, trimesh sections and SciPy hulls",
        peer_ms / len(skins),
        f"differs by at most {np.abs(differences).max():.3f} mm",
        "`TapeMeasure.read`: its planes found too, all 15",
        ours_ms / len(skins),
        "the same lengths",
    )


def _girth_mm(skin: trimesh.Trimesh, loop: Loop) -> float:
    """The hull of that loop of the section which lies round the tape's middle."""
    section = skin.section(loop.normal, loop.origin)
    if section is None:
        raise AssertionError("the plane of a tape misses the body")
    middle = loop.corners.mean(axis=0)
    nearest = min(section.discrete, key=lambda path: float(np.linalg.norm(path.mean(axis=0) - middle)))
    across = np.linalg.svd(loop.normal[None])[2][1:]
    return float(ConvexHull(nearest @ across.T).area) * M_TO_MM


def meshing(engine: Engine) -> Comparison:
    """10,000 canonical points to a surface: Poisson against the template."""
    template, space = engine.model.template, engine.model.space
    skins = [engine.skin(vertices) for vertices in engine.bodies[:3]]
    clouds = [template.canonical(vertices).astype(np.float32) for vertices in engine.bodies[:3]]
    normals = [_normals(engine, skin) for skin in skins]

    def fit(cloud: FloatArray) -> trimesh.Trimesh:
        return engine.skin(space.vertices(space.fit_cloud(cloud)))

    peers = [reconstruct(cloud, normal) for cloud, normal in zip(clouds, normals, strict=True)]
    fitted = [fit(cloud) for cloud in clouds]
    return Comparison(
        "10,000 canonical points of a body to a surface",
        "Poisson by Open3D, given exact normals",
        cpu_ms(lambda: reconstruct(clouds[0], normals[0])),
        _judged(peers, skins),
        "template fit (`ShapeSpace.fit_cloud`), no normals",
        cpu_ms(lambda: space.vertices(space.fit_cloud(clouds[0]))),
        _judged(fitted, skins),
    )


def _normals(engine: Engine, skin: trimesh.Trimesh) -> Floats:
    """(10000, 3) unit normals of the body at its canonical points."""
    template = engine.model.template
    corners = skin.vertex_normals[template.canonical_corners]
    blended: Floats = np.einsum("nk,nki->ni", template.canonical_barycentric, corners)
    blended /= np.linalg.norm(blended, axis=1, keepdims=True)
    return blended


def _judged(made: Sequence[trimesh.Trimesh], bodies: Sequence[trimesh.Trimesh]) -> str:
    found: list[Distance] = [distance_mm(mesh, body) for mesh, body in zip(made, bodies, strict=True)]
    closed = sum(mesh.is_watertight for mesh in made)
    return (
        f"mean {np.mean([one.mean for one in found]):.2f} mm, "
        f"Hausdorff {max(one.largest for one in found):.1f} mm, {closed} of {len(made)} watertight"
    )


def batching(engine: Engine) -> Comparison:
    """The network one request at a time against 32 at once."""
    people = _repeated(engine.people, BATCH)
    alone, together = cpu_ms(lambda: engine.points(people[:1])), cpu_ms(lambda: engine.points(people)) / BATCH
    return Comparison(
        "one avatar's points from the network",
        "batch of 1",
        alone,
        f"{1000.0 / alone:.0f} avatars a CPU second",
        f"batch of {BATCH}",
        together,
        f"{1000.0 / together:.0f} avatars a CPU second",
    )


def growth(engine: Engine) -> dict[str, float]:
    """Exponents of CPU time against size."""
    model = engine.model
    cloud = engine.points(engine.people[:1])[0]

    def fits(count: int) -> Callable[[], object]:
        space = replace(
            model.space,
            cloud_mean=model.space.cloud_mean[: 3 * count],
            cloud_basis=(basis := np.ascontiguousarray(model.space.cloud_basis[:, : 3 * count])),
            cloud_normal=linalg.cho_factor((basis @ basis.T).astype(np.float64)),
        )
        return lambda: [space.fit_cloud(cloud[:count]) for _ in range(8)]

    # The same two people over and over: corrections of different people take different numbers of steps.
    pair = [
        (asked_mm(person), points)
        for person, points in zip(engine.people[:2], engine.points(engine.people[:2]), strict=True)
    ]
    coefficients = [model.solve(points, asked).coefficients for asked, points in pair]
    people = _repeated(engine.people, max(BATCHES))
    works: Mapping[str, tuple[Sequence[int], Callable[[int], Callable[[], object]]]] = {
        "network, by batch": (BATCHES, lambda count: lambda: engine.points(people[:count])),
        "fit, by points": (CLOUDS, fits),
        "corrections, by number": (
            COUNTS,
            lambda count: lambda: [model.solve(points, asked) for asked, points in _repeated(pair, count)],
        ),
        "bodies, by number": (
            COUNTS,
            lambda count: lambda: [model.stand(one) for one in _repeated(coefficients, count)],
        ),
    }
    return {
        name: exponent(sizes, least_ms([work(size) for size in sizes]))
        for name, (sizes, work) in works.items()
    }


def _repeated(items: Sequence[_Item], count: int) -> list[_Item]:
    """`count` items, from the first again after the last."""
    return list(itertools.islice(itertools.cycle(items), count))


def exponent(sizes: Sequence[int], costs_ms: Sequence[float]) -> float:
    """The slope of the straight line through the logarithms of both."""
    return float(np.polyfit(np.log(sizes), np.log(costs_ms), 1)[0])


def table(comparisons: Sequence[Comparison], exponents: Mapping[str, float], command: str) -> str:
    """Both tables."""
    rows = "\n".join(
        f"| {one.task} | {one.peer} | {_ms(one.peer_ms)} | {one.peer_result} | {one.ours} | {_ms(one.ours_ms)} "
        f"| {one.ours_result} | {'' if one.factor is None else f'{one.factor:.1f}'} |"
        for one in comparisons
    )
    slopes = "\n".join(f"| {name} | {value:.2f} |" for name, value in exponents.items())
    return f"""# The body engine beside its peers

`{command}` · {datetime.now(UTC):%Y-%m-%d} · CPU milliseconds, both ways in this run

| task | peer | CPU ms | result | ours | CPU ms | result | factor |
|---|---|---|---|---|---|---|---|
{rows}

Growth: exponent of CPU time against size, a least-squares line through the logarithms; limit {MAX_EXPONENT}.

| cost | exponent |
|---|---|
{slopes}
"""


def _ms(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=DEFAULT_RECORDS)
    parser.add_argument("--people", type=int, default=10)
    arguments = parser.parse_args()
    engine = Engine(sample(arguments.records, arguments.people))
    comparisons = [solving(engine), measuring(engine), meshing(engine), batching(engine)]
    exponents = growth(engine)
    command = f"python -m benchmarks.peers --people {arguments.people}"
    figures = {
        "comparisons": [{**asdict(one), "factor": one.factor} for one in comparisons],
        "exponents": exponents,
        "max_exponent": MAX_EXPONENT,
    }
    write_result("peers", table(comparisons, exponents, command), figures)


if __name__ == "__main__":
    main()
