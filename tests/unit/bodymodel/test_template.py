from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial import cKDTree

from bodymodel.shape import ShapeSpace
from bodymodel.template import Template


def directed_edges(faces: np.ndarray) -> np.ndarray:
    return np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)


def open_edges(faces: np.ndarray) -> int:
    """Directed edges whose opposite is not walked exactly once by a neighbour."""
    size = faces.max() + 1
    edges = directed_edges(faces)
    walked = sparse.coo_array((np.ones(len(edges)), edges.T), shape=(size, size)).tocsr()
    return int(abs(walked - walked.T).sum()) + int((walked.data > 1).sum())


def test_the_body_is_one_closed_surface_without_handles(template: Template) -> None:
    faces = template.body.triangles
    edges = np.unique(np.sort(directed_edges(faces), axis=1), axis=0)
    links = sparse.coo_array((np.ones(len(edges)), edges.T))
    links.resize(template.body_vertices, template.body_vertices)

    assert open_edges(faces) == 0
    assert sparse.csgraph.connected_components(links, directed=False)[0] == 1
    assert template.body_vertices - len(edges) + len(faces) == 2  # Euler characteristic of a sphere
    assert set(np.unique(faces)) == set(range(template.body_vertices))
    assert open_edges(faces[1:]) == 6  # the check can fail: three edges, each missed from both sides


def test_faces_look_outwards(template: Template, space: ShapeSpace) -> None:
    a, b, c = space.surface.mean[template.body.triangles].swapaxes(0, 1).astype(np.float64)
    volume = np.einsum("fi,fi->", a, np.cross(b, c)) / 6.0
    assert 0.045 < volume < 0.12  # m^3: an adult, inside inside


def test_helpers_share_no_vertex_with_the_body(template: Template) -> None:
    for name in ("helper-tights", "helper-skirt", "helper-hair", "helper-l-eye", "helper-r-eye"):
        assert template.groups[name].quads.min() >= template.body_vertices


def test_skin_weights_are_a_partition_of_unity(template: Template) -> None:
    np.testing.assert_allclose(template.weights.sum(axis=1), 1.0, atol=1e-6)
    assert (template.weights >= 0).all()
    assert (np.diff(template.weights, axis=1) <= 0).all()
    assert template.joints.max() < len(template.bones)


def test_bones_form_one_tree_below_the_hips(template: Template) -> None:
    assert template.bones[0] == "Hips"
    assert template.parents[0] == -1
    assert (template.parents[1:] < np.arange(1, len(template.bones))).all()
    assert (template.parents[1:] >= 0).all()
    parent = dict(zip(template.bones, template.parents, strict=True))
    assert template.bones[parent["LeftForeArm"]] == "LeftArm"
    assert template.bones[parent["RightFoot"]] == "RightLeg"


def test_texture_coordinates_lie_in_the_unit_square(template: Template) -> None:
    assert template.uv.min() >= 0.0
    assert template.uv.max() <= 1.0
    for group in template.groups.values():
        assert group.uv_quads.shape == group.quads.shape
        assert group.uv_quads.max() < len(template.uv)


def test_the_mirror_is_an_involution_that_mirrors_the_mean_body(
    template: Template, space: ShapeSpace
) -> None:
    body = np.arange(template.body_vertices)
    mirror = template.mirror[body]
    assert (mirror[mirror] == body).all()
    np.testing.assert_allclose(space.surface.mean[mirror] * [-1, 1, 1], space.surface.mean[body], atol=5e-4)


def test_canonical_points_lie_on_body_faces_and_leave_no_gap(template: Template, space: ShapeSpace) -> None:
    faces = {tuple(sorted(face)) for face in template.body.triangles.tolist()}
    assert {tuple(sorted(corners)) for corners in template.canonical_corners.tolist()} <= faces
    assert (template.canonical_barycentric >= 0).all()
    np.testing.assert_allclose(template.canonical_barycentric.sum(axis=1), 1.0, atol=1e-6)
    points = template.canonical(space.surface.mean)
    assert points.shape == (10_000, 3)
    np.testing.assert_allclose(template.canonical_matrix() @ space.surface.mean, points, atol=1e-6)
    gaps, _ = cKDTree(points).query(space.surface.mean[: template.body_vertices])
    assert gaps.max() < 0.025


def test_landmarks_are_points_of_the_body(template: Template) -> None:
    for mark in template.landmarks.values():
        assert mark.weights.sum() == pytest.approx(1.0)
        assert mark.vertices.max() < template.body_vertices


def test_a_missing_artifact_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"template\.npz"):
        Template.load(tmp_path)
