"""Both ways from a scan: the template fitted to it, and Poisson's surface made closed; side by side on synthetic scans.

`python -m benchmarks.scans [--count 50]`. The people, their poses, their units and how they are turned are unknown to
what is measured; `benchmarks.synthetic_scans` says how they are drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
import trimesh
from scipy.spatial import cKDTree

from benchmarks.stack import write_result
from benchmarks.synthetic_scans import FloatArray, ScanKind, SyntheticScan, scan
from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from services.mesher.adapters.poisson import PoissonReconstruction
from services.mesher.domain.body import BodyModel
from services.mesher.domain.scan.cloud import checked
from services.mesher.domain.scan.person import Finder, Person
from services.mesher.domain.scan.reconstruct import Reconstruction, Reconstructor
from services.mesher.domain.scan.shell import Shell
from services.mesher.domain.scan.solid import Solid

MODELS = Path(__file__).parents[1] / "models"
HARD = ScanKind(noise_mm=2.0, outliers=0.1, missing_back=True)
KINDS = {
    "clean": ScanKind(),
    "2 mm noise": ScanKind(noise_mm=2.0),
    "5 mm noise": ScanKind(noise_mm=5.0),
    "2 mm, 10 % strays": ScanKind(noise_mm=2.0, outliers=0.1),
    "2 mm, 10 % strays, a third of the back missing": HARD,
    "the same, 20,000 points": ScanKind(2.0, 0.1, missing_back=True, points=20_000),
    "the same, 200,000 points": ScanKind(2.0, 0.1, missing_back=True, points=200_000),
}
FEWER = 4
"""Cases of every kind but the hard one."""
SURFACE_SAMPLES = 20_000
NEIGHBOUR_M = 0.01
"""Samples of a surface lie closer to each other than this."""
MM = 1000.0


@dataclass(frozen=True)
class Case:
    """What one scan gave; lengths in millimetres, CPU in seconds."""

    vertex_error: float
    """Mean distance of the fitted body's vertices from their true places: along the skin as well as across."""
    body_distance: float
    """Mean distance of the fitted body from the true one, both ways."""
    mesh_distance: float
    """The same for the closed mesh."""
    closed: bool
    raw_closed: bool
    """Whether the surface was closed as Open3D gave it."""
    fit_cpu: float
    mesh_cpu: float
    score: float
    strays: int


class TimedFinder(Finder):
    """Notes the CPU time of the last fit."""

    cpu = 0.0

    def explain(self, points: FloatArray) -> Person:
        start = cpu_seconds()
        found = super().explain(points)
        self.cpu = cpu_seconds() - start
        return found


class WatchedSurfaces(PoissonReconstruction):
    """Notes whether the last surface was closed."""

    closed = False

    def surface(self, shell: Shell) -> Solid:
        made = super().surface(shell)
        self.closed = made.closed
        return made


class Bench:
    """The two ways, and what they are measured with."""

    def __init__(self, template: Template, space: ShapeSpace, surfaces: WatchedSurfaces) -> None:
        self._template, self._space = template, space
        self._finder, self._surfaces = TimedFinder(template, space), surfaces
        self._reconstruct = Reconstructor(self._finder, surfaces)

    def case(self, kind: ScanKind, seed: int) -> Case:
        """Scan somebody and compare."""
        truth = scan(self._template, self._space, kind, seed)
        start = cpu_seconds()
        cloud = checked(truth.points.astype(np.float64), np.zeros((0, 3), np.int64))
        made = self._reconstruct(cloud, must_be_person=True)
        spent = cpu_seconds() - start
        true_body = trimesh.Trimesh(truth.body, self._template.body.triangles, process=False)
        fitted = in_truth(truth, made, made.skin)
        mesh = trimesh.Trimesh(in_truth(truth, made, made.solid.vertices), made.solid.faces, process=False)
        return Case(
            vertex_error=float(np.linalg.norm(fitted - truth.body, axis=1).mean()) * MM,
            body_distance=distance(trimesh.Trimesh(fitted, true_body.faces, process=False), true_body),
            mesh_distance=distance(mesh, true_body),
            closed=bool(mesh.is_watertight and mesh.is_winding_consistent),
            raw_closed=self._surfaces.closed,
            fit_cpu=self._finder.cpu,
            mesh_cpu=spent - self._finder.cpu,
            score=made.person.score,
            strays=made.outlier_count,
        )


def cpu_seconds() -> float:
    """CPU time of this process and of the one that Open3D works in."""
    here = psutil.Process()
    times = [process.cpu_times() for process in (here, *here.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def in_truth(truth: SyntheticScan, made: Reconstruction, upright: FloatArray) -> FloatArray:
    """Points (n, 3) of the reconstruction in the true body's frame, metres."""
    return truth.upright((upright - made.shift) @ made.rotation / made.metres_per_unit)


def distance(one: trimesh.Trimesh, other: trimesh.Trimesh) -> float:
    """Mean distance of two surfaces in millimetres, from samples of either to the other: across the triangle of its
    nearest sample, or to that sample where it is no neighbour.
    """
    sampled = [trimesh.sample.sample_surface(mesh, SURFACE_SAMPLES * 4, seed=1) for mesh in (one, other)]
    ways = []
    for k, mesh in enumerate((one, other)):
        points, faces = sampled[k]
        from_other = np.asarray(sampled[1 - k][0])[::4]
        far, nearest = cKDTree(points).query(from_other)
        normals = mesh.face_normals[faces[nearest]]
        across = np.abs(np.einsum("ni,ni->n", from_other - points[nearest], normals))
        ways.append(np.where(far < NEIGHBOUR_M, across, far).mean())
    return float(np.mean(ways)) * MM


def report(cases: Mapping[str, Sequence[Case]], command: str) -> tuple[str, dict[str, object]]:
    """The table and its figures."""
    rows: list[str] = []
    figures: dict[str, object] = {}
    for kind, of_kind in cases.items():
        values = {
            field.name: np.array([getattr(case, field.name) for case in of_kind]) for field in fields(Case)
        }
        errors = values["vertex_error"]
        rows.append(
            f"| {kind} | {len(of_kind)} | {errors.mean():.2f} | {np.median(errors):.2f} | {errors.max():.2f} | "
            f"{values['body_distance'].mean():.2f} | {values['mesh_distance'].mean():.2f} | "
            f"{values['closed'].mean():.0%} | {values['raw_closed'].mean():.0%} | {values['score'].min():.2f} | "
            f"{values['fit_cpu'].mean():.1f} | {values['mesh_cpu'].mean():.1f} |"
        )
        means: dict[str, float] = {name: float(each.mean()) for name, each in values.items()}
        spread = {"vertex_error_median": float(np.median(errors)), "vertex_error_worst": float(errors.max())}
        figures[kind] = {"cases": len(of_kind)} | means | spread
    table = f"""# From a scan to a body, and to a closed mesh

`{command}` · {datetime.now(UTC):%Y-%m-%d} · synthetic people of the shape space, posed on the whole rig

Unit, place, way up and facing are unknown to both ways. Lengths in mm, CPU in seconds of one core. The vertex error is
the mean distance of the fitted body's vertices from their true places, so it counts what slides along the skin too; the
distances are between surfaces, both ways, across the nearest triangle. The mesh is closed in the sense of trimesh
(`is_watertight` and `is_winding_consistent`), beside what Open3D gave before it was mended.

| scan | cases | vertex error: mean | median | worst case | body to true surface | mesh to true surface | mesh closed | closed as Open3D gave it | least score | CPU: fit | CPU: mesh |
|---|---|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""
    return table, figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    count = parser.parse_args().count
    model = BodyModel.load(MODELS)
    surfaces = WatchedSurfaces(threads=1)
    bench = Bench(model.template, model.space, surfaces)
    bench.case(HARD, seed=1_000)  # the first scan starts Open3D's process
    cases = {
        name: [bench.case(kind, seed) for seed in range(count if kind is HARD else min(count, FEWER))]
        for name, kind in KINDS.items()
    }
    surfaces.close()
    write_result("scans", *report(cases, f"python -m benchmarks.scans --count {count}"))


if __name__ == "__main__":
    main()
