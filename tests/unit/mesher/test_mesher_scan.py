"""From points to a person and a closed surface, without Open3D."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import trimesh

from atelierkit.admission import Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.workshop import workshop
from benchmarks.synthetic_scans import METRES_PER_UNIT, ScanKind, scan
from bodymodel.section import OpenSectionError
from bodymodel.shape import on_grid
from services.mesher.adapters.cloud_files import CloudReader
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.errors import InvalidCloud, NotAPerson, ReconstructionAbsent
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.scan import cloud, upright
from services.mesher.domain.scan.person import REQUIRED_SCORE, Finder, Person
from services.mesher.domain.scan.puppet import Puppet
from services.mesher.domain.scan.reconstruct import Reconstruction, Reconstructor
from services.mesher.domain.scan.repair import mended
from services.mesher.domain.scan.shell import Shell
from services.mesher.domain.scan.solid import Solid, round_points
from services.mesher.use_cases.bodies import ReconstructScan

HARD = ScanKind(noise_mm=2.0, outliers=0.1, missing_back=True, points=15_000)
_BALL = trimesh.creation.icosphere(subdivisions=2)
BALL = Solid(np.asarray(_BALL.vertices), np.asarray(_BALL.faces))
CLOUD = "\n".join(f"{x} {y} {z}" for x, y, z in np.random.default_rng(0).random((600, 3))).encode()
NO_FACES = np.zeros((0, 3), np.int64)


class NoOpen3D:
    """A platform without it."""

    def oriented(self, shell: Shell) -> Shell:
        raise ReconstructionAbsent

    def surface(self, shell: Shell) -> Solid:
        raise ReconstructionAbsent


class Foretold(Reconstructor):
    """Finds the same in every cloud."""

    def __init__(self, finder: Finder, made: Reconstruction) -> None:
        super().__init__(finder, NoOpen3D())
        self._made = made

    def __call__(self, upload: cloud.Cloud, *, must_be_person: bool) -> Reconstruction:
        return self._made


@pytest.fixture(scope="module")
def finder(model: BodyModel) -> Finder:
    return Finder(model.template, model.space)


@pytest.fixture(scope="module")
def reconstruct(finder: Finder) -> Reconstructor:
    return Reconstructor(finder, NoOpen3D())


@pytest.fixture(scope="module")
def puppet(model: BodyModel) -> Puppet:
    return Puppet.of(model.template, model.space, np.arange(0, model.template.body_vertices, 50))


def sampled(*meshes: Any, count: int = 4000) -> Any:
    return np.asarray(trimesh.sample.sample_surface(trimesh.util.concatenate(meshes), count, seed=1)[0])


def cylinder(radius: float, *ends: Any) -> Any:
    return trimesh.creation.cylinder(radius, segment=ends)


def car() -> Any:
    wheels = [
        cylinder(0.33, (x, 0.33, z - 0.1), (x, 0.33, z + 0.1)) for x in (-1.4, 1.4) for z in (-0.8, 0.8)
    ]
    return sampled(trimesh.creation.box((4.4, 0.8, 1.8)), trimesh.creation.box((2.2, 2.0, 1.6)), *wheels)


def dog() -> Any:
    legs = [cylinder(0.045, (x, -0.1, z), (x, -0.6, z)) for x in (-0.08, 0.08) for z in (0.0, 0.6)]
    head = trimesh.creation.icosphere(radius=0.13).apply_translation((0.0, 0.2, 0.9))
    return sampled(trimesh.creation.capsule(height=0.6, radius=0.15), head, *legs)


def mannequin() -> Any:
    trunk, head = cylinder(0.12, (0, 0.8, 0), (0, 1.45, 0)), trimesh.creation.icosphere(radius=0.11)
    legs = [cylinder(0.07, (side * 0.1, 0, 0), (side * 0.1, 0.85, 0)) for side in (-1, 1)]
    arms = [cylinder(0.04, (side * 0.15, 1.4, 0), (side * 0.6, 0.9, 0)) for side in (-1, 1)]
    return sampled(trunk, head.apply_translation((0, 1.6, 0)), *legs, *arms)


THINGS = {
    "ball": lambda: sampled(trimesh.creation.icosphere(subdivisions=3, radius=0.85)),
    "box": lambda: sampled(trimesh.creation.box((0.5, 1.7, 0.3))),
    "car": car,
    "dog": dog,
    "mannequin": mannequin,
}


def test_a_puppet_that_does_not_turn_is_the_body(puppet: Puppet, model: BodyModel) -> None:
    posed = puppet.pose(puppet.standing())
    mean = model.space.vertices(np.zeros(model.space.size))[: model.template.body_vertices : 50]
    assert np.abs(posed.points - mean).max() < 1e-6  # float32 weights
    assert np.abs(posed.rest - mean).max() < 1e-9


def test_pulls_are_the_derivative_of_the_pose(puppet: Puppet) -> None:
    rng = np.random.default_rng(4)
    stance = puppet.moved(puppet.standing(), 0.3 * rng.standard_normal(puppet.unknowns))
    posed, chosen = puppet.pose(stance), np.arange(len(puppet.mean))
    along = rng.standard_normal(posed.points.shape)
    pulls = puppet.pulls(posed, chosen, along)
    for unknown in range(puppet.unknowns):
        step = np.zeros(puppet.unknowns)
        step[unknown] = 1e-4
        moved = puppet.pose(puppet.moved(stance, step)).points - posed.points
        told = np.einsum("mi,mi->m", moved, along) / 1e-4
        assert pulls[:, unknown] == pytest.approx(told, abs=2e-3), unknown


def test_a_height_has_its_likeliest_shape(puppet: Puppet) -> None:
    shape = puppet.of_height(1.55)
    heights = puppet.mean[:, 1] + puppet.basis[:, 1] @ shape
    assert np.ptp(heights) == pytest.approx(1.55, abs=2e-3)
    assert shape @ shape < 6.0


@pytest.mark.parametrize("seed", [0, 1])
def test_a_hard_scan_is_found_and_fitted(reconstruct: Reconstructor, model: BodyModel, seed: int) -> None:
    truth = scan(model.template, model.space, HARD, seed)
    made = reconstruct(cloud.checked(truth.points.astype(float), NO_FACES), must_be_person=True)
    assert made.metres_per_unit == truth.metres_per_unit
    back = truth.upright((made.skin - made.shift) @ made.rotation / made.metres_per_unit)
    error_mm = np.linalg.norm(back - truth.body, axis=1).mean() * 1e3
    assert error_mm < 4.0
    assert made.person.score > 0.85
    assert made.outlier_count == pytest.approx(0.1 * len(truth.points), rel=0.2)
    mesh = trimesh.Trimesh(made.solid.vertices, made.solid.faces, process=False)
    assert made.solid.closed
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(
        trimesh.Trimesh(truth.body, model.template.body.triangles).volume, rel=0.06
    )
    assert mesh.bounds[0, 1] == pytest.approx(0.0, abs=1e-9)


def test_the_same_scan_gives_the_same_bytes(finder: Finder, model: BodyModel) -> None:
    truth = scan(model.template, model.space, ScanKind(points=3000), seed=5)
    points = truth.points * truth.metres_per_unit
    first, second = finder.explain(points), finder.explain(points)
    assert first.coefficients.tobytes() == second.coefficients.tobytes()
    assert first.posed.points.tobytes() == second.posed.points.tobytes()


@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_is_no_person(reconstruct: Reconstructor, thing: str) -> None:
    with pytest.raises(NotAPerson) as refusal:
        reconstruct(cloud.checked(THINGS[thing](), NO_FACES), must_be_person=True)
    assert float(refusal.value.metadata["score"]) < 0.6 * REQUIRED_SCORE


def test_without_open3d_a_thing_has_no_surface(reconstruct: Reconstructor) -> None:
    with pytest.raises(ReconstructionAbsent):
        reconstruct(cloud.checked(THINGS["ball"](), NO_FACES), must_be_person=False)


async def test_a_body_that_no_tape_goes_round_is_no_person(
    model: BodyModel, outfitter: Outfitter, finder: Finder, puppet: Puppet
) -> None:
    rng = np.random.default_rng(0)
    odd = next(
        c
        for c in np.clip(3.0 * rng.standard_normal((100, model.space.size)), -4.0, 4.0)
        if unmeasured(model, c)
    )
    stance = replace(puppet.standing(), coefficients=odd)
    person = Person(stance, puppet.pose(stance), score=0.99, mean_distance_m=0.001, inlier_share=1.0)
    made = Reconstruction(BALL, person, person.posed.points, np.eye(3), np.zeros(3), 5000, 0, 1.0)
    files = MemoryBlobs()
    upload = await files.put(CLOUD, prefix="uploads", media_type="text/plain")
    with workshop("scans", Limits(places=1)) as alone:
        verb = ReconstructScan(
            model,
            outfitter,
            Foretold(finder, made),
            CloudReader(),
            GlbWriter(),
            files,
            alone,
        )
        with pytest.raises(NotAPerson) as refusal:
            await verb(upload.key, cloud.CloudFormat.XYZ, register=True)
        assert refusal.value.metadata == {"score": "0.000", "required": "0.50"}
        assert (await verb(upload.key, cloud.CloudFormat.XYZ, register=False)).registration is None


def unmeasured(model: BodyModel, coefficients: Any) -> bool:
    try:
        model.tape.measure(model.stand(on_grid(coefficients)).vertices)
    except OpenSectionError:
        return True
    return False


@pytest.mark.parametrize("unit", METRES_PER_UNIT)
@pytest.mark.parametrize("height_m", [1.2, 2.3])
def test_the_unit_follows_from_the_height(unit: float, height_m: float) -> None:
    points = THINGS["box"]() * (height_m / 1.7 / unit)
    assert upright.metres_per_unit(points) == unit


def test_strays_and_crumbs_are_dropped_and_nothing_else() -> None:
    body = THINGS["mannequin"]()
    rng = np.random.default_rng(2)
    strays = rng.uniform(-1.0, 1.0, (200, 3)) * [4.0, 4.0, 4.0] + [0.0, 0.0, 5.0]
    crumb = rng.normal((1.0, 0.0, 0.0), 0.01, (30, 3))
    kept = cloud.kept(np.concatenate([body, strays, crumb]))
    assert kept[: len(body)].mean() > 0.97
    assert not kept[len(body) :].any()


def test_many_strays_are_dropped_from_a_dense_scan() -> None:
    trunk = cylinder(0.2, (0, 0, 0), (0, 1.7, 0))
    body = sampled(trunk, count=200_000)
    strays = np.random.default_rng(3).uniform((-0.6, -0.1, -0.6), (0.6, 1.8, 0.6), (60_000, 3))
    kept = cloud.kept(np.concatenate([body, strays]))
    assert kept[: len(body)].mean() > 0.99
    away = np.abs(np.linalg.norm(strays[:, [0, 2]], axis=1) - 0.2) > 0.05
    assert kept[len(body) :][away].mean() < 0.02


@pytest.mark.parametrize(
    "points",
    [
        np.linspace([0, 0, 0], [1, 2, 3], 1000),
        np.ones((1000, 3)),
        np.c_[np.random.default_rng(0).random((5000, 2)), np.ones(5000)],
        np.random.default_rng(0).random((5000, 3)) * 1e-300,
    ],
    ids=["a line", "one place", "a plane", "a dot"],
)
def test_what_has_no_volume_is_flat(points: Any) -> None:
    with pytest.raises(InvalidCloud) as refusal:
        cloud.kept(points)
    assert [fault.code for fault in refusal.value.faults] == ["cloud.flat"]


def test_a_coarse_mesh_is_known_between_its_vertices() -> None:
    box = trimesh.creation.box((0.5, 1.7, 0.3))
    points = cloud.on_surface(cloud.Cloud(np.asarray(box.vertices), np.asarray(box.faces)))
    _, distance, face = trimesh.proximity.closest_point_naive(box, points[::500])
    assert distance.max() < 1e-9
    shares = np.bincount(face, minlength=12) / len(face)
    assert shares == pytest.approx(box.area_faces / box.area, abs=0.05)


@pytest.mark.parametrize(
    "mesh",
    [
        trimesh.creation.torus(0.6, 0.2, 128, 64),
        trimesh.creation.box((0.5, 1.7, 0.3)).subdivide_to_size(0.02),
    ],
    ids=["ring", "box"],
)
def test_a_surface_round_points_is_closed_whatever_it_is(mesh: Any) -> None:
    solid = round_points(np.asarray(mesh.vertices), np.asarray(mesh.vertex_normals))
    found = trimesh.Trimesh(solid.vertices, solid.faces, process=False)
    assert solid.closed
    assert found.is_watertight
    assert found.is_winding_consistent
    assert found.euler_number == mesh.euler_number
    assert found.volume == pytest.approx(mesh.volume, rel=0.02)
    assert not Solid(solid.vertices, solid.faces[1:]).closed


def test_sheets_that_touch_along_an_edge_are_parted() -> None:
    one = trimesh.creation.box().apply_translation((0.5, 0.5, 0.0))
    other = trimesh.creation.box().apply_translation((-0.5, -0.5, 0.0))
    both: Any = trimesh.util.concatenate([one, other])
    both.merge_vertices()
    assert not both.is_watertight
    solid = mended(Solid(np.asarray(both.vertices), np.asarray(both.faces, np.int64)))
    assert solid.closed
    assert trimesh.Trimesh(solid.vertices, solid.faces).is_watertight
    assert solid.volume == pytest.approx(2.0, rel=0.05)


def test_flaps_and_crumbs_go() -> None:
    ball = trimesh.creation.icosphere(subdivisions=2)
    crumb = trimesh.creation.box((0.01, 0.01, 0.01)).apply_translation((3.0, 0.0, 0.0))
    both: Any = trimesh.util.concatenate([ball, crumb])
    flap = np.array([[0, 1, len(ball.vertices)], [1, 0, len(ball.vertices)]])
    solid = mended(Solid(np.asarray(both.vertices), np.concatenate([both.faces, flap])))
    assert solid.closed
    assert len(solid.faces) == len(ball.faces)
