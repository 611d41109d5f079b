"""Which file of an avatar is wanted. One file has one set of options, in whatever words it was asked for."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


class FileFormat(enum.StrEnum):
    """A file format; its value is the file's usual extension."""

    GLB = "glb"
    VRM = "vrm"
    USDZ = "usdz"
    OBJ = "obj"
    PLY = "ply"
    STL = "stl"


class Parts(enum.StrEnum):
    """Which meshes a file holds."""

    ALL = "all"
    """Everything that is worn; skin under cloth is left out."""
    BODY = "body"
    """The whole body alone."""


class RestPose(enum.StrEnum):
    """The pose in which a skeleton is bound."""

    A = "a"
    T = "t"


class Compression(enum.StrEnum):
    """How geometry is compressed."""

    NONE = "none"
    MESHOPT = "meshopt"
    DRACO = "draco"


_POSES: Mapping[FileFormat, RestPose] = {FileFormat.VRM: RestPose.T}
"""The pose of a format that leaves no choice."""
_WITH_SKELETON = frozenset({FileFormat.GLB, FileFormat.VRM})
_WITH_MORPHS = frozenset({FileFormat.GLB, FileFormat.VRM})
_WITH_TEXTURES = frozenset({FileFormat.GLB, FileFormat.VRM, FileFormat.USDZ, FileFormat.OBJ})
_WITH_COMPRESSION = frozenset({FileFormat.GLB})

_POSE_DIGITS = 32
"""Hexadecimal digits that stand for a pose: people make poses of their own, and files of one are never another's."""
_MORPHS_DIGITS = 16
"""Hexadecimal digits that stand for a choice among 2^67 sets of face shapes."""


@dataclass(frozen=True)
class FileOptions:
    """Which file is wanted, without anything that its format cannot hold: equal options are the same file."""

    format: FileFormat = FileFormat.GLB
    parts: Parts = Parts.ALL
    pose: RestPose = RestPose.A
    posed: str = ""
    """What the pose that it shows is, as a hash; empty for the rest pose."""
    lod: int = 0
    """Level of detail, 0 the finest."""
    morph_targets: tuple[str, ...] = ()
    """Names of face shapes, in their canonical order."""
    texture_size: int = 0
    """Longest side of a picture in pixels; 0 for each picture's own."""
    texture_atlas: int = 0
    """Side of the one picture that all meshes share; 0 keeps them apart."""
    compression: Compression = Compression.NONE

    def __post_init__(self) -> None:
        self._settle("pose", _POSES.get(self.format, self.pose))
        if self.posed and self.format not in _WITH_SKELETON:
            # A baked pose is the same from either rest pose.
            self._settle("pose", RestPose.A)
        if self.format not in _WITH_MORPHS:
            self._settle("morph_targets", ())
        if self.format not in _WITH_TEXTURES:
            self._settle("texture_size", 0)
            self._settle("texture_atlas", 0)
        if self.format not in _WITH_COMPRESSION:
            self._settle("compression", Compression.NONE)

    def in_pose(self, pose: bytes | None) -> FileOptions:
        """The same file in a pose, the contract's ``Pose``; None for the rest pose."""
        digest = "" if pose is None else hashlib.sha256(pose).hexdigest()[:_POSE_DIGITS]
        return replace(self, posed=digest)

    @property
    def key(self) -> str:
        """The file's name among those of its avatar, such as `dressed`, `body.lod2` or `dressed.usdz.size512`.

        Records keep it: equal options have equal keys, others have others, and what a key says is never changed.
        """
        return ".".join(self._words())

    def _words(self) -> Iterable[str]:
        yield "dressed" if self.parts is Parts.ALL else "body"
        if self.format is not FileFormat.GLB:
            yield self.format.value
        if self.pose is not RestPose.A:
            yield self.pose.value
        if self.posed:
            yield f"pose{self.posed}"
        if self.compression is not Compression.NONE:
            yield self.compression.value
        for name, number in (("lod", self.lod), ("size", self.texture_size), ("atlas", self.texture_atlas)):
            if number:
                yield f"{name}{number}"
        if self.morph_targets:
            yield (
                "morphs" + hashlib.sha256(",".join(self.morph_targets).encode()).hexdigest()[:_MORPHS_DIGITS]
            )

    def _settle(self, field: str, value: object) -> None:
        object.__setattr__(self, field, value)


DRESSED = FileOptions()
"""The file that every avatar has from the beginning."""
