"""Messages <-> poses. Enums of both sides have the same names, apart from the message's prefix."""

from __future__ import annotations

from atelier.catalog.v1 import catalog_pb2
from atelier.catalog.v1 import poses_pb2 as pb
from atelier.common.v1 import body_pb2, pose_pb2
from services.catalog.domain.poses import (
    BodyType,
    Difficulty,
    Pose,
    PoseFacets,
    PoseFilter,
    PoseSummary,
)


def pose_filter(message: pb.ListPosesRequest) -> PoseFilter:
    """Which poses are asked for."""
    return PoseFilter(
        category=message.category,
        tags=tuple(message.tags),
        difficulty=_difficulty(message.difficulty),
        suits=_body_type(message.suits),
        query=message.query,
    )


def summary(record: PoseSummary) -> pb.PoseSummary:
    """A pose without its joints."""
    return pb.PoseSummary(
        id=record.id,
        name=catalog_pb2.LocalizedText(en=record.name.en, fr=record.name.fr),
        description=catalog_pb2.LocalizedText(en=record.description.en, fr=record.description.fr),
        category=record.category,
        tags=record.tags,
        difficulty=pb.PoseDifficulty.Value(f"POSE_DIFFICULTY_{record.difficulty.name}"),
        suits=[body_pb2.BodyType.Value(f"BODY_TYPE_{suited.name}") for suited in record.suits],
        support=pose_pb2.Support.Value(f"SUPPORT_{record.support.name}"),
    )


def whole(record: Pose) -> pb.GetPoseResponse:
    """A pose with its joints."""
    about = summary(record.summary)
    turns = [pose_pb2.JointTurn(bone=bone, x=x, y=y, z=z, w=w) for bone, (x, y, z, w) in record.turns.items()]
    return pb.GetPoseResponse(summary=about, pose=pose_pb2.Pose(turns=turns, support=about.support))


def facets(record: PoseFacets) -> pb.ListPoseFacetsResponse:
    """What poses can be sorted by."""
    return pb.ListPoseFacetsResponse(
        categories=[
            pb.PoseFacet(
                name=category.id,
                title=catalog_pb2.LocalizedText(en=category.name.en, fr=category.name.fr),
                count=count,
            )
            for category, count in record.categories
        ],
        tags=[pb.PoseFacet(name=tag, count=count) for tag, count in record.tags],
    )


def _difficulty(message: pb.PoseDifficulty.ValueType) -> Difficulty | None:
    if message == pb.POSE_DIFFICULTY_UNSPECIFIED:
        return None
    return Difficulty[pb.PoseDifficulty.Name(message).removeprefix("POSE_DIFFICULTY_")]


def _body_type(message: body_pb2.BodyType.ValueType) -> BodyType | None:
    if message == body_pb2.BODY_TYPE_UNSPECIFIED:
        return None
    return BodyType[body_pb2.BodyType.Name(message).removeprefix("BODY_TYPE_")]
