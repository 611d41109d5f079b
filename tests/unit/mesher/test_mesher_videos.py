"""Films of people: where the camera goes, how poses run into each other, and who waits for whom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import aclosing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from atelierkit.admission import Limits
from atelierkit.blobs import MemoryBlobs
from atelierkit.workshop import Workshop, workshop
from bodypose.skeleton import BONES, INDEX, Pose, Support, turns_of
from services.mesher.domain import flow, motion, views
from services.mesher.domain.drawing import PictureOptions, Sitter
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.film import Film, VideoOptions
from services.mesher.domain.model import Part, Rig, Scene
from services.mesher.domain.stage import Prop, Stage, Style, Substance, View
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.turntable import around, swept, turntable
from services.mesher.domain.views import Camera
from services.mesher.use_cases.pictures import Easel
from services.mesher.use_cases.videos import RenderVideo

SIDE = 16


def figure(seed: int = 3) -> FloatArray:
    """Points that are wider to one side than to the other, and do not stand in the middle."""
    points = np.random.default_rng(seed).uniform([-0.7, 0.0, -0.2], [0.9, 1.8, 0.5], (200, 3))
    return points.astype(np.float32)


def stage(points: FloatArray | None = None) -> Stage:
    body = figure() if points is None else points
    prop = Prop(Substance.SKIN, body, body, np.array([[0, 1, 2]]), (1.0, 1.0, 1.0))
    view = View((0.3, 1.6, 2.0), (0.1, 1.5, 0.05), 17.0)
    return Stage([prop], view, Style.REALISTIC, SIDE)


def seen(view: View, points: FloatArray) -> FloatArray:
    """(n, 2) places in the frame, -1 to 1."""
    eye, target = np.array(view.eye), np.array(view.target)
    ahead = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    off = points - eye
    depth = off @ ahead
    reach = np.tan(np.radians(view.field_of_view) / 2.0)
    across = np.stack([off @ right, off @ np.cross(right, ahead)], axis=1)
    places: FloatArray = across / (depth * reach)[:, None]
    return places


@pytest.mark.parametrize("camera", list(Camera))
def test_the_camera_goes_once_round_at_one_distance(camera: Camera) -> None:
    stages = list(turntable(stage(), camera, 8))
    eyes = np.array([each.view.eye for each in stages])
    target = np.array(stages[0].view.target)
    assert all(each.view.target == stages[0].view.target for each in stages)
    assert all(each.props is stages[0].props for each in stages)
    distances = np.linalg.norm(eyes - target, axis=1)
    assert np.ptp(distances) < 1e-9
    assert np.ptp(eyes[:, 1]) < 1e-12
    azimuths = np.degrees(np.unwrap(np.arctan2(*(eyes - target)[:, [0, 2]].T)))
    assert np.allclose(np.diff(azimuths), 45.0)


@pytest.mark.parametrize("camera", [Camera.FULL_BODY, Camera.SIDE, Camera.BACK])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_whole_person_is_in_every_frame(camera: Camera, seed: int) -> None:
    points = figure(seed)
    frames = [np.abs(seen(each.view, points)).max() for each in turntable(stage(points), camera, 36)]
    assert max(frames) <= 1.0
    assert max(frames) > 0.8


def test_a_turn_of_nothing_is_the_view_itself() -> None:
    view = stage().view
    assert around(view, 0.0) == view
    back = around(around(view, 200.0), -200.0)
    assert np.allclose(back.eye, view.eye)
    assert back.target == view.target


def test_what_is_swept_lies_within_its_rings() -> None:
    points = figure()
    rings = swept(points)
    for angle in np.linspace(0.0, 360.0, 24):
        turned = points @ Rotation.from_euler("y", angle, degrees=True).as_matrix().T
        for direction in np.eye(3):
            assert (turned @ direction).max() <= (rings @ direction).max() + 1e-6
            assert (turned @ direction).min() >= (rings @ direction).min() - 1e-6


angles = st.lists(st.floats(-170.0, 170.0), min_size=3, max_size=3)


def pose(bone: str, turn: list[float], support: Support = Support.FEET) -> Pose:
    x, y, z, w = Rotation.from_euler("xyz", turn, degrees=True).as_quat().tolist()
    return Pose({bone: (x, y, z, w)}, support)


@given(angles, angles, st.floats(0.0, 1.0))
def test_the_body_turns_the_shortest_way(first: list[float], second: list[float], share: float) -> None:
    here, there = pose("Hips", first), pose("Hips", second)
    way = turns_of(motion.between(here, there, share))[INDEX["Hips"]]
    ends = Rotation.from_quat([turns_of(each)[INDEX["Hips"]] for each in (here, there)])
    expected = Slerp([0.0, 1.0], ends)(share)
    assert (Rotation.from_quat(way) * expected.inv()).magnitude() < 1e-6
    assert np.linalg.norm(way) == pytest.approx(1.0)


@given(angles, angles, st.floats(0.0, 1.0))
def test_joints_stay_within_half_a_turn_from_rest(
    first: list[float], second: list[float], share: float
) -> None:
    def turn(pose: Pose) -> Rotation:
        return Rotation.from_quat(turns_of(pose)[INDEX["LeftArm"]])

    here, there = pose("LeftArm", first), pose("LeftArm", second)
    farthest = max(turn(here).magnitude(), turn(there).magnitude())
    assume(farthest < np.radians(175.0))
    start, half, now, end = (
        turn(motion.between(here, there, part)) for part in (0.0, share / 2.0, share, 1.0)
    )
    # No farther from rest than in either pose, evenly, and to its end.
    assert max(half.magnitude(), now.magnitude()) <= farthest + 1e-6
    assert ((half * start.inv()) ** 2 * start * now.inv()).magnitude() < 1e-5
    assert (end * turn(there).inv()).magnitude() < 1e-5


def test_what_carries_the_body_changes_half_way() -> None:
    here, there = pose("Head", [0, 20, 0]), pose("Spine", [10, 0, 0], Support.SEAT)
    assert motion.between(here, there, 0.0) is here
    assert motion.between(here, there, 0.49).support is Support.FEET
    assert motion.between(here, there, 0.5).support is Support.SEAT


def test_a_film_of_poses_goes_through_all_and_back() -> None:
    way = [motion.step_at(3, each) for each in motion.ways(3, 30)]
    assert [(step.first, step.second) for step in way[::10]] == [(0, 1), (1, 2), (2, 0)]
    assert [step.share for step in way[::10]] == [0.0, 0.0, 0.0]
    shares = [step.share for step in way[:10]]
    assert shares == sorted(shares)
    # Slow at both ends, fast between them.
    speeds = np.diff([*shares, 1.0])
    assert speeds[0] < 0.02
    assert speeds[-1] < 0.02
    assert speeds.max() > 0.15
    assert len(turns_of(motion.moment_at([pose("Head", [0, 9, 0]), Pose({})], 0.3).pose)) == len(BONES)


@given(st.floats(0.0, 1.0), st.sampled_from([(Support.FEET, Support.SEAT), (Support.SEAT, Support.FLOOR)]))
def test_a_seat_is_whole_in_its_pose_and_in_the_floor_half_way(
    share: float, supports: tuple[Support, Support]
) -> None:
    first, second = supports
    assert motion.risen(first, second, 0.0) == motion.risen(first, second, 1.0) == 1.0
    assert motion.risen(first, second, 0.5) == 0.0
    height = motion.risen(first, second, share)
    # It takes half of a way for its height, and never more than a thirtieth of it in a hundredth of the way.
    assert abs(motion.risen(first, second, min(share + 0.01, 1.0)) - height) <= 0.0301
    assert motion.risen(Support.SEAT, Support.SEAT, share) == 1.0


class Stick:
    """Somebody whose height is how far the head is turned."""

    def __init__(self) -> None:
        self.posed = self.fallen = 0

    def lies(self, pose: Pose, risen: float) -> Sequence[FloatArray]:
        self.fallen += 1
        return [np.zeros((1, 3))]

    def lying(self, pose: Pose, risen: float, lies: Sequence[FloatArray]) -> Scene:
        self.posed += 1
        height = 1.0 + 3.0 * abs(turns_of(pose)[INDEX["Head"]][1])
        points = np.array([[-0.2, 0.0, 0.0], [0.2, 0.0, 0.0], [0.0, height, 0.0]], np.float32)
        part = cast(Part, SimpleNamespace(positions=points))
        return Scene([part], cast(Rig, None), {})


def before(scene: Scene, support: Support, risen: float) -> Stage:
    """That somebody before a camera of its own."""
    points = scene.parts[0].positions
    return replace(stage(points), view=views.whole(points.astype(np.float64), 0.0))


def test_every_pose_is_in_the_frame_of_one_camera() -> None:
    stick, poses = Stick(), [Pose({}), pose("Head", [0, 80, 0]), pose("Head", [0, -50, 0])]
    stages = list(flow.moving(stick, poses, 30, before, Camera.FULL_BODY))
    assert len({each.view for each in stages}) == 1
    reach = [np.abs(seen(each.view, each.props[0].positions)).max() for each in stages]
    assert 0.8 < max(reach) <= 1.0
    heights = [each.props[0].positions[2, 1] for each in stages]
    assert heights[0] == pytest.approx(1.0)
    assert heights[10] == pytest.approx(1.0 + 3.0 * np.sin(np.radians(40)), abs=1e-5)
    # Each frame is posed once, and the key poses and their middles for the camera.
    assert stick.posed == 30 + 6


def test_a_portrait_goes_with_the_head() -> None:
    poses = [Pose({}), pose("Head", [0, 80, 0])]
    stages = list(flow.moving(Stick(), poses, 8, before, Camera.PORTRAIT))
    assert len({each.view for each in stages}) > 2


def test_frames_are_posed_as_they_are_asked_for() -> None:
    stick = Stick()
    stages = flow.moving(stick, [Pose({}), pose("Head", [0, 80, 0])], 8, before, Camera.PORTRAIT)
    assert stick.posed == stick.fallen == 0
    next(stages)
    assert (stick.posed, stick.fallen) == (1, 4)


class Draughtsman:
    """Draws frames whose number is their colour. While ``gate`` is closed, one is begun and not finished."""

    def __init__(self) -> None:
        self.drawn = 0
        self.gate = threading.Event()
        self.gate.set()
        self.failure: Exception | None = None
        self.threads: set[str] = set()

    def open(self) -> str:
        return "by hand"

    def draw(self, stage: Stage) -> IntArray:
        self.gate.wait()
        self.threads.add(threading.current_thread().name)
        self.drawn += 1
        if self.failure is not None and self.drawn == 3:
            raise self.failure
        picture = np.full((stage.size, stage.size, 4), self.drawn, np.uint8)
        picture[..., 3] = 255
        return picture


class Reels:
    """Writes the first pixel of each frame."""

    media_type = "video/mp4"

    def write(self, film: Film) -> bytes:
        frames = list(film.frames)
        assert all(frame.shape == (SIDE, SIDE, 3) for frame in frames)
        assert len(frames) == film.count
        return bytes(int(frame[0, 0, 0]) for frame in frames)


class StillLife:
    """The same stage again and again."""

    async def stages(self, sitter: Sitter, poses: Sequence[Pose], options: VideoOptions) -> Iterator[Stage]:
        return repeat(stage(), options.count)


class Studio:
    """The verb, on workshops of its own and without bodies."""

    def __init__(self, drawings: Workshop, films: Workshop) -> None:
        self.draughtsman = Draughtsman()
        self.blobs = MemoryBlobs()
        self.easel = Easel(self.draughtsman, drawings, lambda _: nullcontext())
        self.waits: list[float] = []
        self.waiting = asyncio.Event()
        self.meanwhile: Awaitable[object] | None = None
        self.render = RenderVideo(StillLife(), self.easel, Reels(), self.blobs, films, self.pause)

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.waiting.set()
        if self.meanwhile is not None:
            await self.meanwhile

    def film(self) -> Any:
        options = VideoOptions(PictureOptions(size=SIDE), seconds=1, frame_rate=8)
        return self.render(cast(Any, None), [], options)


@contextmanager
def studio_of(limits: Limits) -> Iterator[Studio]:
    with workshop("drawings", limits) as drawings, workshop("films", Limits(1)) as films:
        yield Studio(drawings, films)


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    with studio_of(Limits(1, longest_wait_s=60.0)) as opened:
        yield opened


async def test_every_frame_is_drawn_once_and_in_its_turn(studio: Studio) -> None:
    *progress, file = [news async for news in studio.film()]
    assert await studio.blobs.get(file.key) == bytes(range(1, 9))
    assert progress == [12, 25, 37, 50, 62, 75, 87]
    assert len(studio.draughtsman.threads) == 1


async def test_the_drawing_ends_when_its_caller_goes(studio: Studio) -> None:
    async with aclosing(studio.film()) as film:
        assert await anext(film) == 12
    drawn = studio.draughtsman.drawn
    assert drawn < 8
    # Nothing is at work any more: the next one has the thread to itself at once.
    assert [news async for news in studio.film()][-1].size == 8
    assert studio.draughtsman.drawn <= drawn + 9


async def test_a_cancelled_task_ends_the_drawing(studio: Studio) -> None:
    studio.draughtsman.gate.clear()

    async def watched() -> list[object]:
        return [news async for news in studio.film()]

    watching = asyncio.create_task(watched())
    await asyncio.sleep(0)
    watching.cancel()
    studio.draughtsman.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert studio.draughtsman.drawn < 8


async def test_what_keeps_a_frame_from_being_drawn_ends_the_film(studio: Studio) -> None:
    studio.draughtsman.failure = DrawingUnavailable("no driver")
    with pytest.raises(DrawingUnavailable):
        _ = [news async for news in studio.film()]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert [keys async for keys in studio.blobs.written_before(tomorrow)] == [[]]


async def test_a_film_waits_where_too_many_draw() -> None:
    with studio_of(Limits(1, most_waiting=0)) as studio:
        studio.draughtsman.gate.clear()
        studio.meanwhile = painting = asyncio.create_task(studio.easel.draw(stage()))
        async with aclosing(studio.film()) as film:
            first = asyncio.ensure_future(anext(film))
            await studio.waiting.wait()
            studio.draughtsman.gate.set()
            assert await first == 12
        assert (await painting)[0, 0, 0] == 1
        assert min(studio.waits) >= 1.0
