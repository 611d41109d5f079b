"""What the mesher is asked for and what it builds, in its own words."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray


class Pattern(enum.Enum):
    """The family of patterns a garment is cut from."""

    TOP = "top"
    SKIRT = "skirt"
    DRESS = "dress"
    TROUSERS = "trousers"


class HairPattern(enum.Enum):
    """The family of a hairstyle's geometry."""

    NONE = "none"
    CROP = "crop"
    BOB = "bob"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Cut:
    """How a garment is cut, in proportions of the body; hashable, so that its topology is made once."""

    pattern: Pattern
    sleeve: float
    """How far sleeves reach: 0 none, 0.5 the elbow, 1 the wrist."""
    hem: float
    """Where the lower hem lies: 0 the waist, 0.5 the knee, 1 the ankle."""
    neckline: float
    """0 close to the neck, 1 off the shoulders."""
    flare: float
    """How much a skirt widens toward its hem: 0 straight, 1 a circle skirt."""
    thickness: float
    """Distance of the cloth's inner face from the skin where the garment fits closely, metres."""


@dataclass(frozen=True, slots=True)
class Girths:
    """Finished girths of a garment in metres; None where it has none."""

    chest: float | None = None
    waist: float | None = None
    hip: float | None = None
    upper_arm: float | None = None
    thigh: float | None = None


@dataclass(frozen=True, slots=True)
class Garment:
    """One garment as worn."""

    garment_id: str
    cut: Cut
    girths: Girths
    color: str
    """sRGB, `#rrggbb`."""
    licence: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """Skin and hair."""

    skin_color: str
    hair: HairPattern
    hair_color: str


@dataclass(frozen=True, slots=True)
class Material:
    """A glTF metallic-roughness material; nothing here is metallic."""

    name: str
    color: tuple[float, float, float]
    """Linear RGB, 0..1."""
    roughness: float
    double_sided: bool = False
    texture: Texture | None = None
    """Picture that multiplies `color`."""


@dataclass(frozen=True, slots=True)
class Morph:
    """One face shape on one mesh: what it adds, where it adds anything."""

    name: str
    vertices: IntArray
    """(k,) indices, increasing; none where the shape leaves this mesh alone."""
    offsets: FloatArray
    """(k, 3) float32 metres."""
    normals: FloatArray
    """(k, 3) float32 change of the unit normals."""


@dataclass(frozen=True, slots=True)
class Part:
    """One skinned mesh of the avatar."""

    name: str
    positions: FloatArray
    """(n, 3) float32 metres."""
    normals: FloatArray
    """(n, 3) float32 unit vectors."""
    triangles: IntArray
    """(m, 3) indices."""
    joints: IntArray
    """(n, 4) uint8 bone indices, 0 where the weight is 0."""
    weights: IntArray
    """(n, 4) uint8 skin weights that sum to 255."""
    material: Material
    licence: str
    """SPDX expression."""
    source: str
    """Where the geometry comes from."""
    uv: FloatArray | None = None
    """(n, 2) float32, origin at the upper left."""
    colors: IntArray | None = None
    """(n, 4) uint8 linear RGBA that multiply the material's colour."""
    origin: IntArray | None = None
    """(n,) increasing: which vertex of the whole mesh each one is; None for cloth and hair, which no face shape moves."""
    morphs: Sequence[Morph] = ()
    """Face shapes, the same names in the same order on every mesh of a file that has any."""


@dataclass(frozen=True, slots=True)
class Rig:
    """The skeleton in its bind pose; bones are not rotated, so a head says all."""

    bones: Sequence[str]
    parents: Sequence[int]
    heads: FloatArray
    """(B, 3) float32 metres."""


class FileFormat(enum.Enum):
    """A file format."""

    GLB = "glb"
    VRM = "vrm"
    USDZ = "usdz"
    OBJ = "obj"
    PLY = "ply"
    STL = "stl"

    @property
    def has_skeleton(self) -> bool:
        """Whether its meshes are skinned: then a pose turns its bones, otherwise it is baked."""
        return self in (FileFormat.GLB, FileFormat.VRM)


class RestPose(enum.Enum):
    """The pose in which a skeleton is bound."""

    A = "A"
    """Arms lowered to 45 degrees: the pose in which the tape measures."""
    T = "T"
    """Arms level."""


class Compression(enum.Enum):
    """How geometry is compressed in a GLB."""

    NONE = "none"
    MESHOPT = "meshopt"
    DRACO = "draco"


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Which file of an avatar is wanted."""

    format: FileFormat = FileFormat.GLB
    whole_body: bool = False
    """The whole body alone, nothing left out."""
    pose: RestPose = RestPose.A
    lod: int = 0
    """Level of detail, 0 the finest, 3 the coarsest."""
    morph_targets: tuple[str, ...] = ()
    """Names of face shapes, in their canonical order."""
    texture_size: int = 0
    """Longest side of a picture in pixels; 0 for each picture's own size."""
    texture_atlas: int = 0
    """Side of the one picture that all meshes, made one, share; 0 keeps them apart."""
    compression: Compression = Compression.NONE


@dataclass(frozen=True, slots=True)
class Posture:
    """A pose that a skeleton takes while its meshes stay bound in the rest pose."""

    turns: FloatArray
    """(B, 3, 3) rotation of each bone from the rest pose, in the world."""
    heads: FloatArray
    """(B, 3) bone heads in the pose, metres."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a file holds."""

    parts: Sequence[Part]
    rig: Rig
    extras: Mapping[str, Any]
    """Where the avatar comes from, for the file's own metadata."""
    posture: Posture | None = None
    """The pose of its nodes; None for the rest pose."""


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a body is as a whole."""

    volume_l: float
    """Litres inside its skin."""
    surface_area_m2: float
    """Square metres of its skin."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the tape."""

    name: str
    delivered_mm: float
    tape: FloatArray
    """(n, 3) metres; closed for girths."""
    feasible: bool


class StoredBlob(Protocol):
    """Where stored bytes lie."""

    @property
    def key(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Preview:
    """A body's surface in 16-bit steps."""

    positions: IntArray
    """(N, 3) uint16: metres = origin + value * step."""
    origin: FloatArray
    """(3,) metres."""
    step: FloatArray
    """(3,) metres."""
    delivered_mm: FloatArray
    """(15,) what the tape reads."""


@dataclass(frozen=True, slots=True)
class BodyOrder:
    """A body as asked for."""

    points: FloatArray
    """(10000, 3) float32 canonical points, metres."""
    targets_mm: FloatArray
    """(15,) what the tape must read."""
    model_version: str
    """Version of the network that made the points."""


@dataclass(frozen=True, slots=True)
class Avatar:
    """What a build gives."""

    file: StoredBlob
    readings: Sequence[Reading]
    quantities: Quantities
    vertex_count: int
    face_count: int
    clamped_bones: Sequence[str] = ()
    """Joints that were turned back to what the pose's limits allow."""
