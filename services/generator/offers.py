"""The verbs of what people keep beside their avatars: poses and backgrounds of their own, and links."""

from __future__ import annotations

from services.generator.servicer.custom_backgrounds import CustomBackgroundVerbs
from services.generator.servicer.custom_poses import CustomPoseVerbs
from services.generator.servicer.shares import ShareVerbs
from services.generator.tools import Tools
from services.generator.use_cases.custom_backgrounds import (
    CreateCustomBackground,
    DeleteCustomBackground,
    GetCustomBackground,
    ListCustomBackgrounds,
)
from services.generator.use_cases.custom_poses import (
    CreatePoseFromMotion,
    CreatePoseFromPhoto,
    DeleteCustomPose,
    GetCustomPose,
    KeepPose,
    ListCustomPoses,
)
from services.generator.use_cases.shares import CreateShare, DeleteShare, ListShares, OpenShare


def pose_verbs(tools: Tools) -> CustomPoseVerbs:
    """The verbs of people's own poses."""
    units, keep = tools.units, KeepPose(tools.units, tools.clock)
    return CustomPoseVerbs(
        CreatePoseFromPhoto(tools.pose_reader, tools.store, keep),
        CreatePoseFromMotion(tools.pose_reader, tools.store, keep),
        GetCustomPose(units),
        ListCustomPoses(units),
        DeleteCustomPose(units),
    )


def background_verbs(tools: Tools) -> CustomBackgroundVerbs:
    """The verbs of people's own backgrounds."""
    units, shelf = tools.units, tools.shelf()
    return CustomBackgroundVerbs(
        CreateCustomBackground(tools.background_reader, shelf, tools.clock),
        GetCustomBackground(units),
        ListCustomBackgrounds(units),
        DeleteCustomBackground(shelf),
    )


def share_verbs(tools: Tools) -> ShareVerbs:
    """The verbs of links."""
    return ShareVerbs(
        CreateShare(tools.export_picture(), tools.shelf(), tools.clock),
        ListShares(tools.units, tools.clock),
        DeleteShare(tools.shelf()),
        OpenShare(tools.units, tools.clock),
    )
