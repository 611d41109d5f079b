"""Clothes in films: they move as evenly as whoever wears them, and lie as they do in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from bodypose.skeleton import INDEX, Pose, Support, pose_of, turns_of
from services.mesher.domain import seat
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.flow import Flow, spline
from services.mesher.domain.model import Appearance, HairPattern, Part, Rig, Scene
from services.mesher.domain.motion import moment_at, ways
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Figure, Poser
from services.mesher.domain.surface import FloatArray
from tests.unit.bodypose.angles import SEATED, turned
from tests.unit.mesher.conftest import DRESS

LOOK = Appearance("#d7a98c", HairPattern.NONE, "")
FRAMES = 240
"""Ten seconds."""
NODDING = (Pose({}), Pose({"Head": (0.6, 0.0, 0.0, 0.8)}))


class Fickle:
    """Somebody whose cloth falls somewhere else, up to a metre away, whenever the head has moved by a hair."""

    def __init__(self) -> None:
        self.falls = 0

    def lies(self, pose: Pose, risen: float) -> Sequence[FloatArray]:
        self.falls += 1
        moved = int(1e9 * abs(turns_of(pose)[INDEX["Head"], 0]))
        return [np.random.default_rng(moved).uniform(0.0, 1.0, (5, 3))]

    def lying(self, pose: Pose, risen: float, lies: Sequence[FloatArray]) -> Scene:
        return Scene(cast(list[Part], lies), cast(Rig, None), {})


def fickle(ways: Sequence[float]) -> FloatArray:
    """(f, 5, 3) where that cloth is in a film."""
    film = Flow(Fickle(), NODDING)
    return np.array([film.at(way)[0].parts[0] for way in ways])


@given(st.floats(0.0, 1.0))
def test_a_mixture_is_whole_and_each_fall_comes_and_goes_softly(share: float) -> None:
    assert sum(spline(share)) == pytest.approx(1.0)
    assert min(spline(share)) >= 0.0
    # What lies evenly along a line stays there: nothing lags behind.
    assert np.dot(spline(share), (-1.0, 0.0, 1.0, 2.0)) == pytest.approx(share)


@settings(max_examples=30)
@given(st.floats(0.0, 1.99), st.floats(0.001, 0.03))
def test_however_fickle_cloth_is_it_has_no_jumps(way: float, apart: float) -> None:
    before, now, after = fickle([way, (way + apart) % 2.0, (way + 2.0 * apart) % 2.0])
    # Falls a sixteenth apart that differ by a metre at most bend its way by no more than that, in units of a sixteenth.
    assert np.abs(after - 2.0 * now + before).max() <= 2.0 * (16.0 * apart) ** 2 + 1e-9


def test_a_frame_is_the_same_whatever_was_drawn_before() -> None:
    forwards = list(ways(2, 24))
    np.testing.assert_array_equal(fickle(forwards), fickle(forwards[::-1])[::-1])


def test_cloth_falls_so_many_times_however_many_frames_there_are() -> None:
    person = Fickle()
    film = Flow(person, NODDING)
    for way in ways(2, FRAMES):
        film.at(way)
    # The last frames run into the first ones, whose falls are forgotten by then.
    assert person.falls == 32 + 3


@pytest.fixture(scope="module")
def figure(model: BodyModel, outfitter: Outfitter, mean_body: Body) -> Figure:
    """All of the skin, which says what is inside, and a dress over it."""
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    dress = outfitter.dress(mean_body, LOOK, [DRESS], level=2)[-1]
    skin = outfitter.bare(mean_body, LOOK)[0]
    return Poser(model, outfitter).figure(Scene([skin, dress], rig, {}), mean_body)


SITTING_DOWN = (Pose({}), pose_of(turned(SEATED), Support.SEAT))


def restless(scenes: Sequence[Scene]) -> float:
    """Metres that one of a hundred points of the dress changes its way by in a frame, seen from the skin beside it."""
    (before, now, after) = ([part.positions.astype(np.float64) for part in scene.parts] for scene in scenes)
    _, beside = cKDTree(now[0]).query(now[1])
    first, second, third = (dress - skin[beside] for skin, dress in (before, now, after))
    return float(np.percentile(np.linalg.norm(first - 2.0 * second + third, axis=1), 99))


def test_a_dress_moves_evenly_with_who_sits_down(figure: Figure) -> None:
    film = Flow(figure, SITTING_DOWN)
    # Half way the seat begins to carry her, and what hangs behind her thighs comes to lie on it.
    around = [2.0 * number / FRAMES for number in (58, 59, 60, 61, 62)]
    flowing = [film.at(way)[0] for way in around]
    anew = [figure.at(moment_at(SITTING_DOWN, way).pose) for way in around]
    worst, before = (max(restless(scenes[n : n + 3]) for n in range(3)) for scenes in (flowing, anew))
    assert worst < 0.003
    assert before > 10.0 * worst


def test_a_dress_stays_over_the_skin_on_the_way(figure: Figure) -> None:
    film = Flow(figure, SITTING_DOWN)

    def inside(scene: Scene) -> float:
        skin, dress = scene.parts
        layer = Layer(skin.positions, skin.normals, np.ones(len(skin.positions), bool))
        height, _ = Obstacle.of([layer]).heights(dress.positions[dress.triangles].mean(axis=1))
        return float((height < -0.002).mean())

    for way in (0.53, 0.66):
        assert inside(film.at(way)[0]) < inside(figure.at(moment_at(SITTING_DOWN, way).pose)) + 0.005
        assert film.at(way)[0].parts[1].positions[:, 1].min() > 0.0


def test_a_seat_rises_to_who_sits_down_and_stays_below_the_dress(figure: Figure) -> None:
    film, heights = Flow(figure, SITTING_DOWN), []
    for way in (0.5, 0.6, 0.8, 1.0):
        scene, moment = film.at(way)
        assert moment.pose.support is Support.SEAT
        heights.append(float(seat.under(scene, moment.risen).positions[:, 1].max()))
        below = moment.risen * scene.rig.heads[0, 1]
        assert heights[-1] <= max(below, 0.024) + 1e-6
    assert heights[0] == pytest.approx(0.024)
    # Then it sinks a little with who sits ever lower.
    assert heights[:3] == sorted(heights[:3])
    assert heights[-1] == pytest.approx(
        seat.under(figure.at(SITTING_DOWN[1])).positions[:, 1].max(), abs=0.01
    )
