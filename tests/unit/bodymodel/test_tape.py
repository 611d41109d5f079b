from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import trimesh
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from anthropometry.measurements import NAMES
from bodymodel.correct import ShapeTape
from bodymodel.section import OpenSectionError, Plane, Surface, stretch
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Landmark, Template

Draw = Callable[[int], np.ndarray]
seeds = st.integers(0, 2**16)
GIRTHS = [name for name in NAMES if name.endswith("_girth")]


def independent_girth(mesh: trimesh.Trimesh, tape_path: np.ndarray) -> float:
    """Cut the whole body at the tape's own plane, keep the loop that the tape lies on, and wrap it, millimetres."""
    centre = tape_path[:-1].mean(axis=0)
    normal = np.linalg.svd(tape_path[:-1] - centre)[2][2]
    section = mesh.section(plane_origin=centre, plane_normal=normal)
    assert section is not None
    loops = section.discrete
    away = [np.linalg.norm(loop[:, None] - tape_path[None], axis=2).min(axis=0).max() for loop in loops]
    loop = loops[int(np.argmin(away))]
    # Where thighs grow together, about once in a thousand draws, the whole mesh has one loop around both.
    assume(np.ptp(loop[:, 0]) < 1.5 * np.ptp(tape_path[:, 0]))
    flat = (loop - centre) @ np.linalg.svd(tape_path[:-1] - centre)[2][:2].T
    return float(ConvexHull(flat).area * 1000.0)


@given(seed=seeds)
@settings(max_examples=12, deadline=None)
def test_girths_agree_with_sections_of_the_whole_mesh(
    tape: TapeMeasure, template: Template, some_body: Draw, seed: int
) -> None:
    vertices = some_body(seed)
    mesh = trimesh.Trimesh(vertices[: template.body_vertices], template.body.triangles, process=False)
    values = dict(zip(NAMES, tape.measure(vertices), strict=True))
    paths = dict(zip(NAMES, tape.polylines(vertices), strict=True))
    for name in GIRTHS:
        assert independent_girth(mesh, paths[name]) == pytest.approx(values[name], abs=0.05), name


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_polylines_are_as_long_as_the_reading(tape: TapeMeasure, some_body: Draw, seed: int) -> None:
    vertices = some_body(seed)
    for name, value, path in zip(NAMES, tape.measure(vertices), tape.polylines(vertices), strict=True):
        assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() * 1000.0 == pytest.approx(value, abs=1e-6)
        assert np.array_equal(path[0], path[-1]) == (name in GIRTHS)


@given(seed=seeds, factor=st.floats(0.5, 1.5))
@settings(max_examples=10, deadline=None)
def test_a_scaled_body_reads_scaled(tape: TapeMeasure, some_body: Draw, seed: int, factor: float) -> None:
    vertices = some_body(seed)
    np.testing.assert_allclose(tape.measure(vertices * factor), tape.measure(vertices) * factor, rtol=1e-9)


@given(
    seed=seeds,
    turn=st.floats(-np.pi, np.pi),
    shift=st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3)),
)
@settings(max_examples=10, deadline=None)
def test_it_does_not_matter_where_a_body_stands_and_looks(
    tape: TapeMeasure, some_body: Draw, seed: int, turn: float, shift: tuple[float, float, float]
) -> None:
    vertices = some_body(seed)
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    np.testing.assert_allclose(tape.measure(vertices @ rotation.T + shift), tape.measure(vertices), atol=1e-6)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_left_and_right_measure_alike(
    tape: TapeMeasure, template: Template, some_body: Draw, seed: int
) -> None:
    vertices = some_body(seed)
    mirrored = vertices[template.mirror] * [-1, 1, 1]
    np.testing.assert_allclose(tape.measure(mirrored), tape.measure(vertices), atol=0.1)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_the_jacobian_is_the_derivative(shape_tape: ShapeTape, space: ShapeSpace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coefficients = rng.normal(size=space.size) * 0.8
    direction = rng.normal(size=space.size) / np.sqrt(space.size)
    step = 1e-5
    try:
        reading = shape_tape.read(coefficients)
    except OpenSectionError:
        reject()
    jacobian = shape_tape.jacobian(coefficients, reading)
    ahead = shape_tape.read(coefficients + step * direction).values_mm
    behind = shape_tape.read(coefficients - step * direction).values_mm
    scale = np.linalg.norm(jacobian, axis=1) / np.sqrt(space.size)
    errors = np.abs((ahead - behind) / (2 * step) - jacobian @ direction) / scale
    assert errors.max() < 1e-3
    assert np.abs(jacobian @ direction).max() > 0.1  # the check can fail


def test_levels_follow_the_body(tape: TapeMeasure, space: ShapeSpace) -> None:
    paths = dict(zip(NAMES, tape.polylines(space.standing(np.zeros(space.size))[0]), strict=True))
    level = {name: path[:, 1].mean() for name, path in paths.items()}
    order = [
        "neck_girth",
        "chest_girth",
        "waist_girth",
        "hip_girth",
        "thigh_girth",
        "knee_girth",
        "calf_girth",
    ]
    heights = [level[name] for name in [*order, "ankle_girth"]]
    assert heights == sorted(heights, reverse=True)
    for name in (
        "chest_girth",
        "waist_girth",
        "hip_girth",
        "thigh_girth",
        "knee_girth",
        "calf_girth",
        "ankle_girth",
    ):
        assert np.ptp(paths[name][:, 1]) < 1e-9
    assert paths["inside_leg"][-1, 1] > level["thigh_girth"]
    assert paths["back_length"][0, 1] > paths["back_length"][-1, 1]
    assert paths["back_length"][-1, 1] == pytest.approx(level["waist_girth"], abs=1e-6)
    for name in ("upper_arm_girth", "wrist_girth", "thigh_girth", "knee_girth", "calf_girth", "ankle_girth"):
        assert paths[name][:, 0].max() < 0.03  # the right side, as in ANSUR II


def test_the_natural_waist_is_the_smallest_about_the_waist(tape: TapeMeasure, some_body: Draw) -> None:
    for seed in range(5):
        vertices = some_body(seed)
        waist = dict(zip(NAMES, tape.measure(vertices), strict=True))["waist_girth"]
        loop = tape.beside(vertices)["natural_waist_girth"]
        path = loop.closed_path()
        assert waist * 0.7 < loop.length_mm <= waist + 1e-6
        assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() * 1000 == pytest.approx(loop.length_mm)
        assert np.ptp(path[:, 1]) < 1e-9


def test_the_underbust_lies_below_the_fullest_part_of_the_chest(tape: TapeMeasure, some_body: Draw) -> None:
    for seed in range(5):
        vertices = some_body(seed)
        chest = dict(zip(NAMES, tape.measure(vertices), strict=True))["chest_girth"]
        below = tape.beside(vertices)["underbust_girth"]
        level = {name: path[0, 1] for name, path in zip(NAMES, tape.polylines(vertices), strict=True)}
        assert 0.75 * chest < below.length_mm < 1.06 * chest
        assert level["waist_girth"] < below.origin[1] < level["chest_girth"]


def box(x: float, y: float, z: float) -> tuple[np.ndarray, np.ndarray]:
    mesh = trimesh.creation.box((x, y, z))
    return mesh.vertices, mesh.faces


def horizontal_at(height: float) -> Plane:
    return Plane(Landmark(np.array([0, 7]), np.array([0.5 - height, 0.5 + height])), None)


def test_a_tape_round_a_box_is_its_perimeter() -> None:
    points, faces = box(0.2, 1.0, 0.3)
    plane = horizontal_at(0.1)
    assert plane.place(points)[0][1] == pytest.approx(0.1)
    loop = stretch(points, Surface.of(faces, single=True), plane)
    assert loop.length == pytest.approx(1.0)


def test_the_longest_loop_wins_where_two_limbs_are_cut() -> None:
    thin, faces = box(0.1, 1.0, 0.1)
    sides = trimesh.creation.box((0.3, 1.0, 0.2)).subdivide()
    points = np.concatenate([thin + np.array([1.0, 0.0, 0.0]), sides.vertices])
    both = np.concatenate([faces, sides.faces + len(thin)])
    loop = stretch(points, Surface.of(both, single=False), horizontal_at(0.1))
    assert loop.length == pytest.approx(1.0)


def test_a_plane_beside_the_limb_is_refused() -> None:
    points, faces = box(0.2, 1.0, 0.3)
    with pytest.raises(OpenSectionError):
        stretch(points, Surface.of(faces, single=True), horizontal_at(0.7))
