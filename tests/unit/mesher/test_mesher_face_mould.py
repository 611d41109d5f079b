"""Heads that take the shape of a face: how near they come, and what stays as it was."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bodymodel.face import lid_aperture
from bodymodel.template import Template
from facemodel.topology import FaceTopology
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.errors import NotAFace
from services.mesher.domain.face import aim
from services.mesher.domain.face.model import WornFace
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.surface import FloatArray, IntArray
from tests.unit.mesher.conftest import MODELS
from training.face.heads import BUMPS, bumped
from training.face.mould import fingerprint

NEAR_MM = 1.5
SEEDS = (1, 2, 3, 4)


def person(model: BodyModel, seed: int, **bumps: float) -> FloatArray:
    """(V, 3) somebody with a face of their own."""
    rng = np.random.default_rng(seed)
    vertices = model.stand(rng.normal(size=model.space.size) * 0.8).vertices.astype(np.float64)
    strengths = dict(zip(BUMPS, rng.normal(size=len(BUMPS)).clip(-2.0, 2.0).tolist(), strict=True))
    return bumped(model.template, vertices, strengths | bumps)


def body(model: BodyModel, seed: int) -> Body:
    return model.stand(np.random.default_rng(1000 + seed).normal(size=model.space.size) * 0.8)


def with_shape(model: BodyModel, vertices: FloatArray, name: str, weight: float = 1.0) -> FloatArray:
    at = model.face.names.index(name)
    moved = vertices.copy()
    scale = model.face.scales(vertices)[at]
    moved[model.face.vertices[at]] += weight * scale * model.face.offsets[at]
    return moved


@pytest.mark.parametrize("seed", SEEDS)
def test_a_head_comes_near_anybodys_face(
    model: BodyModel, topology: FaceTopology, mould: Mould, seed: int
) -> None:
    own = body(model, seed)
    face = topology.on_template(person(model, seed))
    wanted = aim.laid(face, topology.on_template(own.vertices))
    finished = topology.on_template(mould.fit(own.vertices, face))
    assert mean_mm(finished, wanted) <= NEAR_MM
    assert mean_mm(topology.on_template(own.vertices), wanted) > 2.0 * mean_mm(finished, wanted)


def test_the_mould_was_made_from_this_topology() -> None:
    manifest = json.loads((MODELS / "head_mould" / "manifest.json").read_text())
    made_from = fingerprint(MODELS / "face_topology" / "topology.npz")
    assert manifest["metrics"]["face_topology"] == made_from, manifest["rebuild"]


def test_a_face_keeps_its_size_within_what_the_neck_bears() -> None:
    sizes = [aim.bearable(size) for size in (0.7, 0.95, 1.0, 1.04, 1.5)]
    assert sizes == sorted(sizes)
    assert sizes[2] == 1.0
    assert sizes[3] == pytest.approx(1.04, abs=0.004)
    assert sizes[0] > 0.9
    assert sizes[-1] < 1.1


@pytest.mark.parametrize("seed", SEEDS)
def test_every_tape_reads_the_same(model: BodyModel, topology: FaceTopology, mould: Mould, seed: int) -> None:
    own = body(model, seed)
    finished = mould.fit(own.vertices, topology.on_template(person(model, seed)))
    np.testing.assert_array_equal(model.tape.measure(finished), model.tape.measure(own.vertices))
    assert (finished != own.vertices).any()


def test_crown_neck_and_back_of_the_head_stay(model: BodyModel, topology: FaceTopology, mould: Mould) -> None:
    own = body(model, 1).vertices
    finished = mould.fit(own, topology.on_template(person(model, 1)))
    moved = (finished != own).any(axis=1)[: model.template.body_vertices]
    head = model.template.dominant_bones()[: model.template.body_vertices] == model.template.bones.index(
        "Head"
    )
    assert not moved[~head & ~near_chin(model)].any()
    skin = own[: model.template.body_vertices]
    assert not moved[head & (skin[:, 2] < skin[head, 2].min() + 0.03)].any()
    assert moved[head].mean() > 0.5
    assert not moved[skin[:, 1] == skin[:, 1].max()].any()


def test_ears_keep_their_shape_and_their_symmetry(
    model: BodyModel, topology: FaceTopology, mould: Mould, mean_body: Body
) -> None:
    lopsided = topology.on_template(mean_body.vertices)
    lopsided[:, 0] += 0.006 * (lopsided[:, 0] > 0.03)
    finished = mould.fit(mean_body.vertices, lopsided)
    ears = [side_of_ear(model.template, mean_body, sign) for sign in (1.0, -1.0)]
    ways = [(finished - mean_body.vertices)[ear] for ear in ears]
    for way in ways:
        assert np.ptp(way, axis=0).max() < 1e-6
    np.testing.assert_allclose(ways[0].mean(axis=0) * [-1.0, 1.0, 1.0], ways[1].mean(axis=0), atol=1e-6)
    assert np.abs(ways[0]).max() > 1e-4  # they do move


def test_a_mouth_that_was_open_in_the_photo_is_shut(
    model: BodyModel, topology: FaceTopology, mould: Mould, mean_body: Body
) -> None:
    own = topology.on_template(mean_body.vertices)
    opened = topology.on_template(with_shape(model, mean_body.vertices, "jawOpen", 0.5))
    way = aim.ways(opened, own)
    assert np.abs(way[13] - way[14]).max() < 2 * aim.GRID_M
    laid = aim.laid(opened, own) - own
    assert np.abs(laid[13] - laid[14]).max() > 0.004
    finished = topology.on_template(mould.fit(mean_body.vertices, opened))
    assert abs((finished - own)[13, 1] - (finished - own)[14, 1]) < 0.001


def test_eyes_that_were_closed_in_the_photo_are_open(
    model: BodyModel, topology: FaceTopology, mould: Mould, mean_body: Body
) -> None:
    asleep = mean_body.vertices
    for side in ("Left", "Right"):
        asleep = with_shape(model, asleep, f"eyeBlink{side}")
    finished = mould.fit(mean_body.vertices, topology.on_template(asleep))
    lids = (model.face.upper_lids, model.face.lower_lids)
    assert lid_aperture(finished, *lids) > 0.35 * lid_aperture(mean_body.vertices, *lids)
    assert lid_aperture(asleep, *lids) < 0.2 * lid_aperture(mean_body.vertices, *lids)


@pytest.mark.parametrize("seed", SEEDS)
def test_lids_lie_on_their_eyeballs_and_close_over_them(
    model: BodyModel, topology: FaceTopology, mould: Mould, seed: int
) -> None:
    own = body(model, seed)
    finished = mould.fit(own.vertices, topology.on_template(person(model, seed)))
    for orbit in mould.orbits:
        before, after = (
            lid_distances(orbit.ball, orbit.lids, vertices) for vertices in (own.vertices, finished)
        )
        firm = orbit.firmness == 1.0
        np.testing.assert_allclose(after[firm], before[firm], atol=2e-4)
    closed = finished
    for side in ("Left", "Right"):
        closed = with_shape(model, closed, f"eyeBlink{side}")
    lids = (model.face.upper_lids, model.face.lower_lids)
    assert abs(lid_aperture(closed, *lids)) < 0.15 * lid_aperture(finished, *lids)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_skin_is_turned_over(model: BodyModel, topology: FaceTopology, mould: Mould, seed: int) -> None:
    own = body(model, seed)
    finished = mould.fit(own.vertices, topology.on_template(person(model, seed)))
    triangles = model.template.body.triangles
    before, after = (normals(vertices.astype(np.float64), triangles) for vertices in (own.vertices, finished))
    turned = np.einsum("ti,ti->t", before, after) < 0.0
    assert turned.sum() <= 4


@pytest.mark.parametrize(
    "points", [np.zeros((468, 3)), np.full((468, 3), np.nan)], ids=["none", "no numbers"]
)
def test_what_is_no_face_is_refused(points: FloatArray) -> None:
    with pytest.raises(NotAFace) as refused:
        WornFace(points, "faces/0", "#aa8877", "").check()
    assert refused.value.faults[0].field == "face.geometry.points"


def test_a_face_is_none_of_those(topology: FaceTopology) -> None:
    WornFace(topology.mean, "faces/0", "#aa8877", "").check()


def mean_mm(points: FloatArray, others: FloatArray) -> float:
    return float(np.linalg.norm(points - others, axis=1).mean()) * 1e3


def near_chin(model: BodyModel) -> IntArray:
    """(body vertices,) whether skin that another bone than the head's holds is above the neck's tape: under the chin."""
    neck = model.template.bones.index("Neck")
    held: IntArray = model.template.dominant_bones()[: model.template.body_vertices] == neck
    return held


def side_of_ear(template: Template, body: Body, sign: float) -> IntArray:
    """Vertices of the outermost part of an ear."""
    skin = body.vertices[: template.body_vertices]
    head = template.dominant_bones()[: template.body_vertices] == template.bones.index("Head")
    side = np.where(head, sign * skin[:, 0], 0.0)
    return np.flatnonzero(side > side.max() - 0.006)


def lid_distances(ball: IntArray, lids: IntArray, vertices: FloatArray) -> FloatArray:
    """(l,) distances from the eyeball's middle, in its radii."""
    points = vertices[ball].astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    distance: FloatArray = (
        np.linalg.norm(vertices[lids] - (low + high) / 2.0, axis=1) / (high[1] - low[1]) * 2.0
    )
    return distance


def normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    a, b, c = vertices[triangles].swapaxes(0, 1)
    across: FloatArray = np.cross(b - a, c - a)
    return across
