"""The pose library: queries to messages, messages to JSON."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.catalog.v1 import poses_pb2
from atelier.common.v1 import body_pb2, pose_pb2
from services.gateway.convert.body import BODY_TYPE_NAMES, BODY_TYPES
from services.gateway.schemas import poses as shapes
from services.gateway.schemas.base import LocalizedText

_DIFFICULTIES: Mapping[shapes.Difficulty, poses_pb2.PoseDifficulty.ValueType] = {
    "easy": poses_pb2.POSE_DIFFICULTY_EASY,
    "medium": poses_pb2.POSE_DIFFICULTY_MEDIUM,
    "hard": poses_pb2.POSE_DIFFICULTY_HARD,
}
DIFFICULTY_NAMES: Mapping[int, shapes.Difficulty] = {value: name for name, value in _DIFFICULTIES.items()}
SUPPORT_NAMES: Mapping[int, shapes.Support] = {
    pose_pb2.SUPPORT_UNSPECIFIED: "feet",
    pose_pb2.SUPPORT_FEET: "feet",
    pose_pb2.SUPPORT_SEAT: "seat",
    pose_pb2.SUPPORT_FLOOR: "floor",
}
_DECIMALS = 6


def asked(query: shapes.PoseQuery) -> poses_pb2.ListPosesRequest:
    """Which poses are asked for."""
    return poses_pb2.ListPosesRequest(
        category=query.category or "",
        tags=query.tags.split(",") if query.tags else (),
        difficulty=(
            _DIFFICULTIES[query.difficulty] if query.difficulty else poses_pb2.POSE_DIFFICULTY_UNSPECIFIED
        ),
        suits=BODY_TYPES[query.suits] if query.suits else body_pb2.BODY_TYPE_UNSPECIFIED,
        query=query.q,
        page_size=query.limit,
        page_token=query.cursor,
    )


def summary(message: poses_pb2.PoseSummary) -> shapes.PoseSummary:
    """A pose without its joints."""
    return shapes.PoseSummary(
        id=message.id,
        name=LocalizedText(en=message.name.en, fr=message.name.fr),
        description=LocalizedText(en=message.description.en, fr=message.description.fr),
        category=message.category,
        tags=list(message.tags),
        difficulty=DIFFICULTY_NAMES[message.difficulty],
        suits=[BODY_TYPE_NAMES[suited] for suited in message.suits],
        support=SUPPORT_NAMES[message.support],
        links=shapes.PoseLinks(
            self=f"/v1/catalog/poses/{message.id}", picture=f"/v1/catalog/poses/{message.id}.webp"
        ),
    )


def whole(message: poses_pb2.GetPoseResponse) -> shapes.Pose:
    """A pose with its joints."""
    return shapes.Pose(
        **dict(summary(message.summary)),
        joints=joints(message.pose),
    )


def joints(message: pose_pb2.Pose) -> list[shapes.JointTurn]:
    """The turned joints."""
    return [
        shapes.JointTurn(
            bone=turn.bone, rotation=[round(part, _DECIMALS) for part in (turn.x, turn.y, turn.z, turn.w)]
        )
        for turn in message.turns
    ]


def facets(message: poses_pb2.ListPoseFacetsResponse) -> shapes.PoseFacets:
    """What poses can be sorted by."""
    return shapes.PoseFacets(
        categories=[
            shapes.PoseCategory(
                id=facet.name, name=LocalizedText(en=facet.title.en, fr=facet.title.fr), count=facet.count
            )
            for facet in message.categories
        ],
        tags=[shapes.PoseTag(tag=facet.name, count=facet.count) for facet in message.tags],
    )
