from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photos import crop
from photos.crop import Grid, Window

PLAIN = Grid(64, samples=64, repeat_edge=True, smooth=False)


def ramp(width: int = 200, height: int = 160) -> np.ndarray:
    """Red counts columns, green rows; both in pixels."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([x, y, 0 * x], axis=-1).astype(np.uint8)


@given(
    middle=st.tuples(st.floats(60, 140), st.floats(60, 100)),
    side=st.floats(20, 80),
    angle=st.floats(-math.pi, math.pi),
    smooth=st.booleans(),
)
def test_a_cut_shows_what_lies_in_the_window(
    middle: tuple[float, float], side: float, angle: float, smooth: bool
) -> None:
    window = Window(middle, side, angle)
    cut = window.cut(ramp(), Grid(64, samples=64, repeat_edge=True, smooth=smooth)).astype(float)
    places = np.stack(np.meshgrid(np.arange(64.0), np.arange(64.0)), axis=-1)
    # The network counts its first sample as 0: that of the photo lies half a pixel inside.
    expected = window.to_photo(places, 64)
    assert np.abs(cut[..., :2] - expected)[8:-8, 8:-8].max() < 1.6 + (1.0 if smooth else 0.0)


def test_points_are_taken_back_to_where_they_were() -> None:
    window = Window((100.0, 80.0), 50.0, 0.3)
    corners = np.array([[0.0, 0.0, 0.0], [64.0, 64.0, 8.0]])
    placed = window.to_photo(corners, 64)
    assert placed[:, :2].mean(axis=0) == pytest.approx((100.0, 80.0))
    assert np.linalg.norm(placed[1, :2] - placed[0, :2]) == pytest.approx(50.0 * math.sqrt(2.0))
    assert placed[1, 2] == pytest.approx(8.0 * 50.0 / 64.0)
    assert math.atan2(*(placed[1, :2] - placed[0, :2])[::-1]) == pytest.approx(0.3 + math.pi / 4)


@pytest.mark.parametrize(("repeat_edge", "beside"), [(True, 200), (False, 0)])
@pytest.mark.parametrize("smooth", [True, False])
def test_beyond_the_photo_lies_its_edge_or_nothing(repeat_edge: bool, beside: int, smooth: bool) -> None:
    white = np.full((100, 100, 3), 200, np.uint8)
    grid = Grid(32, samples=32, repeat_edge=repeat_edge, smooth=smooth)
    cut = Window((50.0, 50.0), 400.0).cut(white, grid)
    assert (cut[16, 16] == 200).all()
    assert (cut[0, 0] == beside).all()
    assert (cut[31, 31] == beside).all()


@given(
    middle=st.tuples(st.floats(-900, 900), st.floats(-900, 900)),
    side=st.floats(1, 3000),
    angle=st.floats(-4, 4),
    smooth=st.booleans(),
)
def test_any_window_can_be_cut(middle: tuple[float, float], side: float, angle: float, smooth: bool) -> None:
    grid = Grid(16, samples=12, repeat_edge=True, smooth=smooth)
    window = Window(middle, side, angle)
    assert window.cut(ramp(50, 40), grid).shape == (16, 16, 3)


@pytest.mark.parametrize("repeat_edge", [True, False])
def test_a_square_that_is_hardly_turned_is_sampled_as_a_level_one(repeat_edge: bool) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (160, 200, 3), np.uint8)
    grid = Grid(64, samples=64, repeat_edge=repeat_edge, smooth=False)
    level, turned = (Window((20.0, 80.0), 90.0, angle).cut(noise, grid).astype(int) for angle in (0.0, 1e-9))
    assert np.abs(level - turned).max() <= 1


def test_a_smooth_cut_counts_every_pixel() -> None:
    stripes = np.zeros((640, 640, 3), np.uint8)
    stripes[:, ::10] = 250
    fine = Window((320.0, 320.0), 640.0).cut(stripes, Grid(64, samples=64, repeat_edge=True, smooth=True))
    coarse = Window((320.0, 320.0), 640.0).cut(stripes, PLAIN)
    assert np.abs(fine[4:-4, 4:-4].astype(float) - 25.0).max() < 3.0
    assert np.abs(coarse[4:-4, 4:-4].astype(float) - 25.0).max() > 20.0


def test_a_tensor_holds_channels_first_between_its_bounds() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 1] = (255, 51, 0)
    made = crop.tensor([picture, picture], -1.0, 1.0)
    assert made.shape == (2, 3, 2, 2)
    assert made.dtype == np.float32
    assert made[1, :, 0, 1] == pytest.approx((1.0, -0.6, -1.0), abs=1e-6)
