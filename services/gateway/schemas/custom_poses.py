"""A person's own poses: what is asked for, and what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Output, Query
from services.gateway.schemas.poses import JointTurn, Support


class PoseFields(Query):
    """What is filled in beside a photo or a motion."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    """What you call the pose."""
    frame: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """Which frame of the motion, counted from 0, which is also the default."""


class CustomPoseLinks(Output):
    """Where the pose lies."""

    self: str


class CustomPose(Output):
    """A pose of your own. Its id may stand wherever a pose of the catalogue may."""

    id: str
    name: str
    source: Literal["photo", "motion"]
    created_at: datetime
    joints: list[JointTurn]
    """Those that are turned; others are as in the A pose."""
    support: Support
    """What carries the body: `feet`, `seat`, or `floor` for knees, hands or the body itself."""
    clamped_bones: list[str]
    """Joints that were turned back to what a body can do."""
    unknown_bones: list[str]
    """Joints that could not be seen or were not in the file, and are at ease."""
    links: CustomPoseLinks


class CustomPosePage(Output):
    """A page of your poses."""

    data: list[CustomPose]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""
