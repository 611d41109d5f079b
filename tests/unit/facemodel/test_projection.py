"""How a face comes into a picture: slopes, and cameras found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facemodel.projection import Projection, aligned
from facemodel.topology import FaceTopology
from training.face.camera import Camera, turned

angles = st.floats(-50.0, 50.0)


def projection(yaw: float, pitch: float, roll: float, closeness: float) -> Projection:
    return Projection(turned(yaw, pitch, roll), 3000.0, np.array([400.0, 300.0]), closeness)


def test_it_sees_what_a_pinhole_camera_sees(topology: FaceTopology) -> None:
    rotation = turned(30.0, -10.0, 5.0)
    camera = Camera.facing(np.zeros(3), rotation, 0.5, 1500.0, (800, 600))
    near = Projection(rotation, 3000.0, np.array([400.0, 300.0]), 2.0)
    np.testing.assert_allclose(near.pixels(topology.mean), camera.project(topology.mean)[:, :2], atol=1e-9)


@settings(max_examples=25)
@given(yaw=angles, pitch=angles, roll=angles, closeness=st.floats(0.0, 3.0))
def test_slopes_are_those_of_small_steps(
    topology: FaceTopology, yaw: float, pitch: float, roll: float, closeness: float
) -> None:
    camera, step = projection(yaw, pitch, roll, closeness), 1e-6
    for axis in range(3):
        moved = np.zeros(3)
        moved[axis] = step
        change = (camera.pixels(topology.mean + moved) - camera.pixels(topology.mean - moved)) / (2.0 * step)
        np.testing.assert_allclose(camera.slopes(topology.mean)[:, :, axis], change, rtol=1e-4, atol=1e-2)


@settings(max_examples=25)
@given(yaw=angles, pitch=st.floats(-20.0, 20.0), roll=angles, closeness=st.floats(0.7, 2.2))
def test_the_camera_of_a_known_face_is_found(
    topology: FaceTopology, yaw: float, pitch: float, roll: float, closeness: float
) -> None:
    true = projection(yaw, pitch, roll, closeness)
    start = Projection(turned(yaw + 8.0, pitch - 5.0, roll + 6.0), 2700.0, np.array([390.0, 320.0]), 1.5)
    found = start.refined(topology.mean, true.pixels(topology.mean), np.ones(468), steps=8)
    np.testing.assert_allclose(found.rotation, true.rotation, atol=2e-3)
    assert found.closeness == pytest.approx(closeness, abs=0.02)
    assert np.abs(found.pixels(topology.mean) - true.pixels(topology.mean)).max() < 0.5


def test_alignment_undoes_a_similarity_and_never_mirrors(topology: FaceTopology) -> None:
    rotation, shift = turned(20.0, 10.0, -30.0), np.array([1.0, 2.0, 3.0])
    moved = 7.0 * topology.mean @ rotation.T + shift
    found, scale, way = aligned(topology.mean, moved, np.ones(468))
    np.testing.assert_allclose(found, rotation, atol=1e-9)
    np.testing.assert_allclose(way, shift, atol=1e-9)
    assert scale == pytest.approx(7.0)
    mirrored, _, _ = aligned(topology.mean, topology.mean * [-1.0, 1.0, 1.0], np.ones(468))
    assert np.linalg.det(mirrored) == pytest.approx(1.0)
