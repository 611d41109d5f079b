"""What was photographed is what is painted, whatever the light, the order and the hidden parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.canvas import BoolArray
from facemodel.texture import Painter, Picture
from facemodel.topology import FaceTopology
from tests.unit.facemodel.photographer import BACKGROUND, photo, shown

SKIN = np.array([190.0, 145.0, 120.0])


@pytest.fixture(scope="module")
def painter(topology: FaceTopology) -> Painter:
    return Painter(topology)


@pytest.fixture(scope="module")
def colors(topology: FaceTopology) -> FloatArray:
    """Skin with spots, the same on both sides."""
    spots = np.random.default_rng(3).normal(0.0, 12.0, (len(topology.mean), 1))
    return SKIN + (spots + spots[topology.mirror]) / 2.0


@pytest.fixture(scope="module")
def three(topology: FaceTopology, colors: FloatArray) -> list[Picture]:
    """Front, and both sides in other light."""
    turns = ((0.0, 1.0), (-40.0, 0.6), (40.0, 1.5))
    return [photo(topology, topology.mean, colors, yaw, light) for yaw, light in turns]


def skin(topology: FaceTopology) -> BoolArray:
    """(898,) triangles of skin alone: openings that are shut have a colour of their own."""
    rims = [topology.regions[name] for name in ("lips_inner", "left_eye", "right_eye")]
    inside: BoolArray = np.any([np.isin(topology.triangles, rim).all(axis=1) for rim in rims], axis=0)
    return ~inside


def errors(painter: Painter, painted: RgbImage, colors: FloatArray, among: BoolArray) -> IntArray:
    """(k,) by how much of 255 the picture is off the truth, in its worst channel, on triangles of skin."""
    film, on = painter.canvas, among & skin(painter.topology)
    truth = film.picture((film.rows(len(colors)) @ colors).T)
    apart: IntArray = np.abs(shown(film, painted, on) - shown(film, truth, on)).max(axis=1)
    return apart


def test_the_face_that_was_photographed_is_painted(
    painter: Painter, topology: FaceTopology, three: list[Picture], colors: FloatArray
) -> None:
    apart = errors(painter, painter.paint(topology.mean, three), colors, skin(topology))
    assert apart.mean() < 2.0
    assert np.quantile(apart, 0.99) < 10.0


def test_light_of_the_photos_leaves_no_seam(
    painter: Painter, topology: FaceTopology, three: list[Picture], colors: FloatArray
) -> None:
    """Without levelling the sides would differ from the front by more than 30 of 255."""
    left = topology.mean[topology.triangles, 0].mean(axis=1)
    painted = painter.paint(topology.mean, three)
    for side in (left < -0.03, left > 0.03):
        assert errors(painter, painted, colors, among=side).mean() < 3.0


def test_shadows_of_the_photos_meet_gradually(painter: Painter, topology: FaceTopology) -> None:
    """One photo is lit from the side: without levelling, tones would jump by 15 of 255 from point to point."""
    even = np.tile(SKIN, (len(topology.mean), 1))
    shaded = even * (1.0 + topology.mean[:, :1] / 0.25)
    photos = [photo(topology, topology.mean, even, 0.0), photo(topology, topology.mean, shaded, -40.0)]
    painted = painter.paint(topology.mean, [*photos, photo(topology, topology.mean, even, 40.0)])
    film, outside = painter.canvas, skin(topology)
    rows = film.rows(len(even))
    on = film.on(outside)
    seen = rows[on].T @ shown(film, painted, outside)[:, 0] / (rows[on].sum(axis=0) + 1e-9)
    ends = topology.triangles[outside][:, [0, 1]]
    assert np.abs(seen[ends[:, 0]] - seen[ends[:, 1]]).max() < 12.0


def test_the_order_of_the_photos_does_not_matter(
    painter: Painter, topology: FaceTopology, three: list[Picture]
) -> None:
    painted = painter.paint(topology.mean, three)
    turned = painter.paint(topology.mean, [three[2], three[0], three[1]])
    assert np.abs(painted.astype(int) - turned).max() <= 1
    np.testing.assert_array_equal(painted, painter.paint(topology.mean, three))


def test_what_no_photo_shows_comes_from_the_mirror(
    painter: Painter, topology: FaceTopology, colors: FloatArray
) -> None:
    painted = painter.paint(topology.mean, [photo(topology, topology.mean, colors, -50.0)])
    away = topology.mean[topology.triangles, 0].mean(axis=1) < -0.045
    apart = errors(painter, painted, colors, among=away)
    assert len(apart) > 10_000
    assert apart.mean() < 2.0 < np.abs(colors - SKIN).mean() / 3.0  # what an even tone would be off by


@pytest.mark.parametrize("yaws", [(0.0,), (-45.0, 0.0, 45.0), (50.0,)], ids=str)
def test_nothing_from_beside_the_face_gets_onto_it(
    painter: Painter, topology: FaceTopology, colors: FloatArray, yaws: tuple[float, ...]
) -> None:
    painted = painter.paint(topology.mean, [photo(topology, topology.mean, colors, yaw) for yaw in yaws])
    greenish = painted[..., 1].astype(int) - painted[..., 0]
    assert BACKGROUND[1] - BACKGROUND[0] > 150  # what would come of it
    assert greenish.max() < 0


def test_a_nose_before_a_cheek_is_not_painted_on_it(painter: Painter, topology: FaceTopology) -> None:
    nose = topology.regions["nose"]
    colors = np.tile(SKIN, (len(topology.mean), 1))
    colors[nose] = (60.0, 60.0, 200.0)
    touching: BoolArray = np.logical_or.reduce(np.isin(topology.triangles, nose), axis=1)
    painted = painter.paint(topology.mean, [photo(topology, topology.mean, colors, 40.0)])
    apart = errors(painter, painted, colors, among=~touching)
    # Of 775,000 texels a few at the nose's very edge hold a little of it.
    assert (apart >= 25).sum() < 10
    assert apart.max() < 35


def test_an_opening_that_is_shut_gets_an_inside(
    painter: Painter, topology: FaceTopology, colors: FloatArray
) -> None:
    rim = topology.regions["lips_inner"]
    inside: BoolArray = np.logical_and.reduce(np.isin(topology.triangles, rim), axis=1)
    shut, open_ = topology.mean.copy(), topology.mean.copy()
    shut[rim, 1] = topology.mean[rim, 1].mean()
    open_[rim, 1] += 0.02 * np.sign(topology.mean[rim, 1] - topology.mean[rim, 1].mean())
    for points, expected in (
        (shut, pytest.approx(0.16 * SKIN[2], rel=0.3)),
        (open_, pytest.approx(SKIN[2], rel=0.1)),
    ):
        painted = painter.paint(points, [photo(topology, points, colors, 0.0)])
        assert shown(painter.canvas, painted, inside)[:, 2].mean() == expected


def test_a_photo_that_shows_nothing_of_the_face_changes_nothing(
    painter: Painter, topology: FaceTopology, three: list[Picture]
) -> None:
    beside = replace(three[1], points=three[1].points + np.array([5000.0, 0.0, 0.0]))
    with_it = painter.paint(topology.mean, [three[0], three[2], beside])
    np.testing.assert_array_equal(with_it, painter.paint(topology.mean, [three[0], three[2]]))


def test_no_photo_at_all_shows_the_face(
    painter: Painter, topology: FaceTopology, three: list[Picture]
) -> None:
    beside = [replace(each, points=each.points * 0.0 - 1.0) for each in three]
    painted = painter.paint(topology.mean, beside)
    assert painted.shape == (1024, 1024, 3)
    assert np.ptp(shown(painter.canvas, painted, skin(topology)), axis=0).max() <= 1
