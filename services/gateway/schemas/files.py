"""Which file of an avatar is wanted: the query, in our names and in those of Ready Player Me's URLs.

A format takes no parameter that it could not answer to.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.gateway.schemas.base import Query
from services.gateway.schemas.pictures import POSE

Format = Literal["glb", "vrm", "usdz", "obj", "ply", "stl"]
Quality = Literal["low", "medium", "high"]
Compression = Literal["none", "meshopt", "draco"]
Lod = Literal["0", "1", "2", "3"]
TextureSize = Literal["256", "512", "1024", "2048"]
TextureAtlas = Literal["none", "256", "512", "1024"]
Flag = Literal["true", "false"]

_CHANNEL = "(normal|metallicRoughness|emissive|occlusion)"
TEXTURE_CHANNELS = rf"^({_CHANNEL},)*baseColor(,{_CHANNEL})*$"
"""A list of glTF's texture slots that holds the one that is always filled."""

_TEXTURES = frozenset({"textureSize", "textureSizeLimit", "textureAtlas"})
_MORPHS = frozenset({"morphTargets"})
_COMPRESSION = frozenset({"compression", "useDracoMeshCompression", "useMeshOptCompression"})


class ShapeQuery(Query):
    """Formats of geometry alone."""

    elsewhere: ClassVar[frozenset[str]] = _TEXTURES | _MORPHS | _COMPRESSION

    parts: Literal["all", "body"] = "all"
    """`body`: the whole body alone, nothing left out, for measuring."""
    pose: Annotated[str, Field(pattern=rf"^(A|T|{POSE})$")] | None = None
    """`A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your
    own. The avatar's own pose by default, `A` where it has none."""
    lod: Lod | None = None
    """Level of detail of the whole avatar, `0`, the default, for the finest."""
    mesh_lod: Lod | None = None
    """The same as `lod`."""
    quality: Quality | None = None
    """A level of detail with sizes of pictures to go with it; what is given beside it counts."""


class PaintedQuery(ShapeQuery):
    """Formats with materials and pictures."""

    elsewhere: ClassVar[frozenset[str]] = _MORPHS | _COMPRESSION

    texture_size: TextureSize | None = None
    """Longest side of any picture, in pixels; each picture's own where it is left out."""
    texture_size_limit: TextureSize | None = None
    """The same as `textureSize`."""
    texture_atlas: TextureAtlas | None = None
    """Makes all meshes one, with one picture of this side; `none`, the default, keeps them apart."""


class VrmQuery(PaintedQuery):
    """VRM: its skeleton is always bound in T pose."""

    elsewhere: ClassVar[frozenset[str]] = _COMPRESSION

    pose: Annotated[str, Field(pattern=rf"^(T|{POSE})$")] | None = None
    """`T`, VRM's own rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by
    default."""
    morph_targets: str = "none"
    """Face shapes, comma-separated: `ARKit`, `Oculus Visemes`, `none` or single names."""


class GlbQuery(PaintedQuery):
    """glTF."""

    elsewhere: ClassVar[frozenset[str]] = frozenset()

    morph_targets: str = "none"
    """Face shapes, comma-separated: `ARKit`, `Oculus Visemes`, `none` or single names."""
    compression: Compression | None = None
    """How geometry is compressed: `none`, the default, `meshopt` or `draco`, which leaves face shapes as they are."""
    use_draco_mesh_compression: Flag | None = None
    """`true`: the same as `compression=draco`."""
    use_mesh_opt_compression: Flag | None = None
    """`true`: the same as `compression=meshopt`."""

    use_hands: Literal["true"] | None = None
    """Every avatar has hands."""
    texture_format: Literal["png"] | None = None
    """Pictures are PNG."""
    texture_quality: Annotated[int, Field(ge=0, le=100)] | None = None
    """PNG loses nothing, so every quality is the best."""
    texture_channels: Annotated[str, Field(max_length=128, pattern=TEXTURE_CHANNELS)] | None = None
    """Channels of materials that may be there, comma-separated; ours have `baseColor`, which must be among them."""
