"""Cameras: everything is in the frame and nothing of the frame is wasted; seats reach what sits on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mesher.domain import seat, views
from services.mesher.domain.model import Scene
from services.mesher.domain.stage import View

_FREE = 0.14
"""Share of half the frame that a whole body leaves on each side."""


def in_frame(view: View, points: np.ndarray) -> np.ndarray:
    """(n, 2) places in the frame, -1..1 to the right and up."""
    back = np.array(view.eye) - np.array(view.target)
    back /= np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    way = points - np.array(view.eye)
    depth = -(way @ back)
    assert (depth > 0.0).all()
    scale = 1.0 / np.tan(np.radians(view.field_of_view / 2.0)) / depth
    return np.stack([way @ right * scale, way @ np.cross(back, right) * scale], axis=1)


@given(
    seed=st.integers(0, 1 << 16),
    size=st.tuples(*[st.floats(0.2, 2.0)] * 3),
    azimuth=st.floats(-180.0, 180.0),
    elevation=st.floats(-40.0, 60.0),
)
def test_a_whole_body_fills_the_frame(
    seed: int, size: tuple[float, float, float], azimuth: float, elevation: float
) -> None:
    points = np.random.default_rng(seed).random((50, 3)) * size
    shown = in_frame(views.whole(points, azimuth, elevation), points)
    assert np.abs(shown).max() <= 1.0 - _FREE + 1e-6
    # The camera could come no nearer: on one axis both sides are reached.
    reach = np.minimum(shown.max(axis=0), -shown.min(axis=0))
    assert reach.max() == pytest.approx(1.0 - _FREE, abs=1e-6)


def test_a_portrait_shows_head_and_shoulders(dressed: Scene) -> None:
    body = next(part for part in dressed.parts if part.name == "body")
    head = body.positions[body.positions[:, 1] > 1.5].astype(np.float64)
    shown = in_frame(views.portrait(head, 14.0), head)
    assert 0.85 < np.ptp(shown[:, 1]) < 1.15
    assert shown[:, 1].max() < 0.95
    assert abs(shown[:, 0].mean()) < 0.15


@given(turned=st.floats(-180.0, 180.0), tilted=st.floats(-60.0, 60.0))
def test_a_portrait_shows_a_face_wherever_it_looks(turned: float, tilted: float) -> None:
    a, e = np.radians(turned), np.radians(tilted)
    ahead = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    azimuth = views.facing(14.0, ahead)
    beside = (azimuth - turned + 180.0) % 360.0 - 180.0
    assert abs(beside) <= 50.0 + 1e-6
    # No farther from where it stands than that takes.
    if abs((14.0 - turned + 180.0) % 360.0 - 180.0) <= 50.0:
        assert azimuth == 14.0
    else:
        assert abs(beside) == pytest.approx(50.0)


def test_a_seat_reaches_from_the_floor_to_the_seat(dressed: Scene) -> None:
    block = seat.under(dressed)
    assert block.positions[:, 1].min() == pytest.approx(0.0, abs=1e-6)
    hips = dressed.rig.heads[dressed.rig.bones.index("Hips")]
    assert 0.4 < block.positions[:, 1].max() < hips[1]
    # It faces outwards: light falls on it.
    corners = block.positions[block.triangles].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = np.einsum("ij,ij->i", across, corners.mean(axis=1) - block.positions.mean(axis=0))
    assert (outward >= -1e-12).all()
