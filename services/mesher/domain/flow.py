"""Clothes and hair in a film: how they lie is found at some moments, and runs evenly from one to the next.

Cloth that fell anew in every frame would flicker: less than what moves between two frames decides on which side of a knee
a hem comes down. So it falls sixteen times on the way between two poses, and a frame mixes the four falls about it as a
cubic spline does: place, speed and acceleration have no jumps, and a fold that one fall has alone comes and goes softly.

Each fall is that of a still picture, whatever was drawn before. So a frame is the same whoever draws it and in whatever
order, and the end of a film runs into its beginning. A cloth that went on from the frame before would do neither.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from bodypose.skeleton import Pose, Support
from services.mesher.domain import views
from services.mesher.domain.model import Scene
from services.mesher.domain.motion import Moment, moment_at, ways
from services.mesher.domain.stage import Stage, View
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.views import Camera

_A_WAY = 16
"""Falls on the way between two poses, of which joints turn by an eighth at most from one to the next."""
_ABOUT = (-1, 0, 1, 2)
"""The falls that a frame mixes, counted from the last one before it."""


class Flowing(Protocol):
    """An avatar that takes poses, and tells how its clothes and hair lie in them."""

    def lies(self, pose: Pose, risen: float) -> Sequence[FloatArray]:
        """Of each loose mesh, (p, 3) metres from where bones alone would bring it to where it lies."""
        ...

    def lying(self, pose: Pose, risen: float, lies: Sequence[FloatArray]) -> Scene:
        """The avatar in a pose, its loose meshes lying like that."""
        ...


class Flow:
    """A film of somebody who goes from pose to pose and back to the first."""

    def __init__(self, figure: Flowing, poses: Sequence[Pose]) -> None:
        self._figure = figure
        self._poses = poses
        # Films go forward: four stretches in a row need a fall, and nobody needs it after them but the film's end.
        self._lies = functools.lru_cache(maxsize=len(_ABOUT))(self._found)

    def at(self, way: float) -> tuple[Scene, Moment]:
        """The avatar so many poses from the beginning, 0 to the number of poses, and what it does there."""
        moment = moment_at(self._poses, way)
        falls = _A_WAY * len(self._poses)
        last = int(_A_WAY * way)
        about = [self._lies((last + number) % falls) for number in _ABOUT]
        shares = spline(_A_WAY * way - last)
        mixed = [
            sum((share * lie for share, lie in zip(shares, each, strict=True)), start=0.0 * each[0])
            for each in zip(*about, strict=True)
        ]
        return self._figure.lying(moment.pose, moment.risen, mixed), moment

    def _found(self, fall: int) -> Sequence[FloatArray]:
        moment = moment_at(self._poses, fall / _A_WAY)
        return self._figure.lies(moment.pose, moment.risen)


def spline(share: float) -> tuple[float, float, float, float]:
    """What the four moments about one count, so much of the way from the second to the third: a uniform cubic B-spline."""
    rest = 1.0 - share
    return (
        rest**3 / 6.0,
        (4.0 - 6.0 * share**2 + 3.0 * share**3) / 6.0,
        (4.0 - 6.0 * rest**2 + 3.0 * rest**3) / 6.0,
        share**3 / 6.0,
    )


def moving(
    figure: Flowing,
    poses: Sequence[Pose],
    count: int,
    set_up: Callable[[Scene, Support, float], Stage],
    camera: Camera,
) -> Iterator[Stage]:
    """So many stages of an avatar that goes through the poses and back, each posed when it is asked for.

    ``set_up`` makes a stage of the avatar, of what carries it, and of how much of its height a seat has.
    The camera stands where it has all of them in the frame; in a portrait it goes with the head.
    """
    view = None if camera is Camera.PORTRAIT else _of_all(figure, poses, camera)
    flow = Flow(figure, poses)
    for way in ways(len(poses), count):
        scene, moment = flow.at(way)
        stage = set_up(scene, moment.pose.support, moment.risen)
        yield stage if view is None else replace(stage, view=view)


def _of_all(figure: Flowing, poses: Sequence[Pose], camera: Camera) -> View:
    """The closest view of the camera's that shows every pose, and the middle of every way between two."""
    moments = [moment_at(poses, way) for way in ways(len(poses), 2 * len(poses))]
    scenes = [figure.lying(*each, figure.lies(*each)) for each in moments]
    points = [part.positions for scene in scenes for part in scene.parts]
    return views.whole(np.concatenate(points).astype(np.float64), views.AZIMUTHS[camera])
