"""One photo's face with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from facemodel.landmarks import FaceMesh
from facemodel.pose import HeadPose, head_pose
from facemodel.topology import FaceTopology


@dataclass(frozen=True, slots=True)
class View:
    """A face as a photo shows it."""

    mesh: FaceMesh
    pose: HeadPose
    size: tuple[int, int]
    """Width and height of the photo, pixels."""

    @classmethod
    def of(cls, mesh: FaceMesh, size: tuple[int, int], topology: FaceTopology) -> View:
        """The view of a mesh in a photo of some width and height."""
        return cls(mesh, head_pose(mesh.points, topology), size)
