"""The mesh of all faces: one disc, the same on both sides, on the body template's skin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from facemodel.arrays import FloatArray, IntArray
from facemodel.fusion import vertex_normals
from facemodel.topology import FaceTopology, centred

MODELS = Path(__file__).parents[3] / "models"


def edges_of(triangles: IntArray) -> tuple[IntArray, IntArray]:
    """(e, 2) directed edges, and for each how many triangles have it the other way round."""
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    codes = directed @ [1_000, 1]
    backward = directed[:, ::-1] @ [1_000, 1]
    assert len(np.unique(codes)) == len(codes), "an edge is used twice in the same direction"
    return directed, np.isin(codes, backward).astype(int)


def turned_over(uv: FloatArray, triangles: IntArray) -> int:
    first, second, third = (uv[triangles] * [1.0, -1.0]).swapaxes(0, 1)
    one, two = second - first, third - first
    return int((one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] <= 0.0).sum())


def test_the_mesh_is_a_disc_whose_border_is_the_oval(topology: FaceTopology) -> None:
    directed, shared = edges_of(topology.triangles)
    border = directed[shared == 0]
    assert topology.triangles.shape == (898, 3)
    assert 468 - (len(directed) + len(border)) // 2 + 898 == 1  # Euler's number of a disc
    follow = dict(border.tolist())
    chain = [10]
    while len(chain) < 36:
        chain.append(follow[chain[-1]])
    assert follow[chain[-1]] == 10
    assert set(chain) == set(topology.regions["oval"].tolist())


def test_a_missing_triangle_would_be_noticed(topology: FaceTopology) -> None:
    inside = np.flatnonzero(~np.isin(topology.triangles, topology.regions["oval"]).any(axis=1))
    directed, shared = edges_of(np.delete(topology.triangles, inside[0], axis=0))
    border = directed[shared == 0]
    assert 468 - (len(directed) + len(border)) // 2 + 897 == 0


def test_triangles_look_outwards_and_none_is_a_sliver(topology: FaceTopology) -> None:
    first, second, third = topology.mean[topology.triangles].swapaxes(0, 1)
    across = np.cross(second - first, third - first)
    assert (vertex_normals(topology.mean, topology)[:, 2] > 0.0).all()
    assert (
        np.einsum("fx,fx->f", across, vertex_normals(topology.mean, topology)[topology.triangles].sum(axis=1))
        > 0
    ).all()
    assert np.linalg.norm(across, axis=1).min() / 2.0 > 1e-7  # a tenth of a square millimetre


def test_texture_coordinates_turn_nothing_over_and_use_the_picture(topology: FaceTopology) -> None:
    uv = topology.uv
    assert turned_over(uv, topology.triangles) == 0
    assert uv.min() >= 0.01
    assert uv.max() <= 0.99
    first, second, third = uv[topology.triangles].astype(float).swapaxes(0, 1)
    area = (
        np.abs(
            np.cross(np.pad(second - first, ((0, 0), (0, 1))), np.pad(third - first, ((0, 0), (0, 1))))[:, 2]
        ).sum()
        / 2.0
    )
    assert area > 0.8
    swapped = uv.copy()
    swapped[[4, 152]] = swapped[[152, 4]]
    assert turned_over(swapped, topology.triangles) > 0  # the check can fail


@pytest.mark.parametrize(("region", "least"), [("left_eye", 1.7), ("right_eye", 1.7), ("lips", 1.3)])
def test_what_people_look_at_has_more_texels_a_square_millimetre(
    topology: FaceTopology, region: str, least: float
) -> None:
    def density(points: IntArray) -> float:
        inside = np.isin(topology.triangles, points).all(axis=1)
        places, texels = topology.mean[topology.triangles[inside]], topology.uv[topology.triangles[inside]]
        skin = np.linalg.norm(np.cross(places[:, 1] - places[:, 0], places[:, 2] - places[:, 0]), axis=1)
        one, two = texels[:, 1] - texels[:, 0], texels[:, 2] - texels[:, 0]
        return float(np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / skin.sum())

    assert density(topology.regions[region]) > least * density(np.arange(468))


def test_both_sides_are_alike(topology: FaceTopology) -> None:
    mirror = topology.mirror
    assert (mirror[mirror] == np.arange(468)).all()
    np.testing.assert_allclose(topology.mean[mirror] * [-1.0, 1.0, 1.0], topology.mean, atol=1e-12)
    np.testing.assert_allclose(1.0 - topology.uv[mirror, 0], topology.uv[:, 0], atol=1e-6)
    image = np.sort(mirror[topology.triangles], axis=1)
    assert set(map(tuple, image.tolist())) == set(map(tuple, np.sort(topology.triangles, axis=1).tolist()))
    for left, right in (
        ("left_eye", "right_eye"),
        ("left_brow", "right_brow"),
        ("left_cheek", "right_cheek"),
    ):
        assert set(mirror[topology.regions[left]].tolist()) == set(topology.regions[right].tolist())


def test_the_mean_face_is_in_the_frame_of_faces(topology: FaceTopology) -> None:
    mean = topology.mean
    np.testing.assert_allclose(centred(mean), mean, atol=1e-12)
    assert mean[263, 0] > 0.03  # the person's left
    assert mean[10, 1] > 0.03 > 0.0 > mean[152, 1]
    assert mean[:, 2].argmax() in topology.regions["nose"]


def test_a_resting_mouth_is_closed_and_its_lips_do_not_cross(topology: FaceTopology) -> None:
    inner = topology.regions["lips_inner"].tolist()
    upper, lower = inner[:10:-1], inner[1:10]
    gap = topology.mean[upper, 1] - topology.mean[lower, 1]
    assert (gap > 0.0).all()
    assert gap.max() < 0.003


def test_regions_do_not_share_points_where_they_must_not(topology: FaceTopology) -> None:
    apart = (
        "left_eye",
        "right_eye",
        "lips",
        "left_brow",
        "right_brow",
        "nose",
        "left_cheek",
        "right_cheek",
        "forehead",
        "chin",
    )
    together = np.concatenate([topology.regions[name] for name in apart])
    assert len(np.unique(together)) == len(together)
    assert all(len(topology.regions[name]) >= 10 for name in apart)


def test_the_points_lie_on_the_skin_of_every_body(topology: FaceTopology) -> None:
    template = Template.load(MODELS)
    space = ShapeSpace.load(MODELS, template)
    known = {tuple(sorted(corner)) for corner in template.body.triangles.tolist()}
    sides = {tuple(sorted(pair)) for a, b, c in known for pair in ((a, b), (b, c), (a, c))}
    for corners, weights in zip(topology.template_corners.tolist(), topology.template_weights, strict=True):
        used = tuple(
            sorted({corner for corner, weight in zip(corners, weights, strict=True) if weight > 0.0})
        )
        assert len(used) == 1 or used in sides or tuple(sorted(corners)) in known
    assert (topology.template_weights >= 0.0).all()
    np.testing.assert_allclose(topology.template_weights.sum(axis=1), 1.0)
    rng = np.random.default_rng(3)
    vertices, _ = space.standing(rng.standard_normal(space.size))
    points = centred(topology.on_template(vertices.astype(np.float64)))
    np.testing.assert_allclose(points[topology.mirror] * [-1.0, 1.0, 1.0], points, atol=2e-3)
    assert 0.07 < float(np.ptp(points[[33, 263], 0])) < 0.11
