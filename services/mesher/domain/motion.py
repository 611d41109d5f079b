"""From pose to pose: each joint turns within half a turn from rest, and comes to rest in every pose on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from bodypose.skeleton import Pose, Support, pose_of, turns_of
from services.mesher.domain.surface import FloatArray

_OPPOSITE = -0.9999
"""Cosine of half the angle between turns between which every way is as good as another."""


class Step(NamedTuple):
    """A moment between two poses."""

    first: int
    """Number of the pose that it comes from."""
    second: int
    """Number of the pose that it goes to."""
    share: float
    """How much it is the second one already, 0 to 1."""


class Moment(NamedTuple):
    """What somebody does at a moment of a film."""

    pose: Pose
    risen: float
    """How much of its height a seat that carries the body has, 0 to 1."""


def ways(poses: int, count: int) -> Iterator[float]:
    """How many poses so many moments are from the first; the one after the last would be the first again."""
    return (poses * number / count for number in range(count))


def step_at(poses: int, way: float) -> Step:
    """The moment that is so many poses from the first one."""
    first = int(way)
    return Step(first, (first + 1) % poses, eased(way - first))


def moment_at(poses: Sequence[Pose], way: float) -> Moment:
    """What is done so many poses from the first one."""
    step = step_at(len(poses), way)
    first, second = poses[step.first], poses[step.second]
    return Moment(between(first, second, step.share), risen(first.support, second.support, step.share))


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
    """(n, 4) unit quaternions of all bones on the arcs between those of two poses, the root first.

    The root turns the shortest way, joints the one on which they stay within half a turn from rest: the shortest way from
    an arm that is turned far in to one that is turned far out leads over the back of the shoulder.
    """
    cosine = np.sum(first * second, axis=1, keepdims=True)
    beyond = first[:, 3:] * second[:, 3:] < 0.0
    beyond[0] = cosine[0] < 0.0
    nearer = np.where(beyond, -second, second)
    angle = np.arccos(np.clip(np.where(beyond, -cosine, cosine), _OPPOSITE, 1.0))
    sine = np.sin(angle)
    # On a short arc the chord is the arc, and dividing by its sine would lose all digits.
    is_short = sine < 1e-6
    divisor = np.where(is_short, 1.0, sine)
    here = np.where(is_short, 1.0 - share, np.sin((1.0 - share) * angle) / divisor)
    there = np.where(is_short, share, np.sin(share * angle) / divisor)
    turns = here * first + there * nearer
    unit: FloatArray = turns / np.linalg.norm(turns, axis=1, keepdims=True)
    return unit


def risen(first: Support, second: Support, share: float) -> float:
    """How much of its height a seat has that carries the body in one of two poses; it rises from the floor for it.

    One that stood there at once would stand in the shins of who is about to sit down.
    """
    if first is second:
        return 1.0
    beyond = abs(2.0 * share - 1.0)
    return beyond**2 * (3.0 - 2.0 * beyond)
