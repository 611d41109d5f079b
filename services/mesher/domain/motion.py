"""From pose to pose: each joint turns the shortest way, and comes to rest in every pose on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from bodypose.skeleton import Pose, Support, pose_of, turns_of
from services.mesher.domain import views
from services.mesher.domain.model import Scene
from services.mesher.domain.stage import Stage, View
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.views import Camera


class Step(NamedTuple):
    """A moment between two poses."""

    first: int
    """Number of the pose that it comes from."""
    second: int
    """Number of the pose that it goes to."""
    share: float
    """How much it is the second one already, 0 to 1."""


def steps(poses: int, count: int) -> Iterator[Step]:
    """So many moments through that many poses and back to the first; the one after the last would be the first."""
    for number in range(count):
        way = poses * number / count
        first = int(way)
        yield Step(first, (first + 1) % poses, eased(way - first))


def eased(share: float) -> float:
    """The share that begins and ends at rest: its speed and its acceleration are 0 there."""
    return share**3 * (10.0 - 15.0 * share + 6.0 * share**2)


def between(first: Pose, second: Pose, share: float) -> Pose:
    """The pose on the way; what carries the body changes half way."""
    if share <= 0.0:
        return first
    turns = slerp(turns_of(first), turns_of(second), share)
    return pose_of(turns, first.support if share < 0.5 else second.support)


def slerp(first: FloatArray, second: FloatArray, share: float) -> FloatArray:
    """(n, 4) unit quaternions on the shortest arcs between those of two sets."""
    cosine = np.sum(first * second, axis=1, keepdims=True)
    nearer = np.where(cosine < 0.0, -second, second)
    angle = np.arccos(np.clip(np.abs(cosine), 0.0, 1.0))
    sine = np.sin(angle)
    # On a short arc the chord is the arc, and dividing by its sine would lose all digits.
    is_short = sine < 1e-6
    divisor = np.where(is_short, 1.0, sine)
    here = np.where(is_short, 1.0 - share, np.sin((1.0 - share) * angle) / divisor)
    there = np.where(is_short, share, np.sin(share * angle) / divisor)
    turns = here * first + there * nearer
    unit: FloatArray = turns / np.linalg.norm(turns, axis=1, keepdims=True)
    return unit


def held(poses: Sequence[Pose], step: Step) -> Pose:
    """The pose of that moment."""
    return between(poses[step.first], poses[step.second], step.share)


class Poseable(Protocol):
    """An avatar that takes poses."""

    def at(self, pose: Pose) -> Scene:
        """The avatar in a pose, on the floor."""
        ...


def moving(
    figure: Poseable,
    poses: Sequence[Pose],
    count: int,
    set_up: Callable[[Scene, Support], Stage],
    camera: Camera,
) -> Iterator[Stage]:
    """So many stages of an avatar that goes through the poses and back, each posed when it is asked for.

    The camera stands where it has all of them in the frame; in a portrait it goes with the head.
    """
    view = None if camera is Camera.PORTRAIT else _of_all(figure, poses, camera)
    for step in steps(len(poses), count):
        pose = held(poses, step)
        stage = set_up(figure.at(pose), pose.support)
        yield stage if view is None else replace(stage, view=view)


def _of_all(figure: Poseable, poses: Sequence[Pose], camera: Camera) -> View:
    """The closest view of the camera's that shows every pose, and the middle of every way between two."""
    moments = [held(poses, step) for step in steps(len(poses), 4 * len(poses)) if step.share in (0.0, 0.5)]
    points = [part.positions for pose in moments for part in figure.at(pose).parts]
    return views.whole(np.concatenate(points).astype(np.float64), views.AZIMUTHS[camera])
