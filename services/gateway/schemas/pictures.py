"""Which picture or video of an avatar is wanted: the query, in our names and in those of Ready Player Me's URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from services.gateway.schemas.base import Query

Format = Literal["png", "webp", "jpg"]
Camera = Literal["portrait", "fullbody", "side", "back", "fit"]
Style = Literal["realistic", "cartoon", "anime"]
Expression = Literal["happy", "lol", "sad", "scared", "rage"]
BodyType = Literal["feminine", "masculine", "neutral"]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

SHAPES = "blendShapes"
_SHAPE = re.compile(rf"{SHAPES}(?:\[[A-Za-z0-9_]{{1,64}}\])?(\[[A-Za-z_]{{1,32}}\])")
"""`blendShapes[Wolf3D_Head][jawOpen]` or `blendShapes[jawOpen]`: a shape moves on every mesh that has it."""
POSE = r"[a-z0-9][a-z0-9-]{0,63}"
"""A pose of the catalogue, or the UUID of one of the caller's own."""
MOST_POSES = 8


class DrawnQuery(Query):
    """What pictures and videos have in common."""

    camera: Camera | None = None
    """Where the camera stands; the whole body from the front by default, which is `fit` as well."""
    style: Style | None = None
    """How it is drawn; `realistic` by default."""
    background: Annotated[str, Field(max_length=36)] | None = None
    """One colour, `rrggbb` or `#rrggbb` or `r,g,b` of 0 to 255; two colours `rrggbb,rrggbb`, the upper one first; the UUID
    of one of your own backgrounds; or, for pictures but JPEG, `transparent`. A quiet light grey by default."""
    expression: Expression | None = None
    """What the face shows."""
    blend_shapes: Annotated[Mapping[str, Share], Field(max_length=67)] = {}
    """`blendShapes[mesh][shape]=0..1`, or without a mesh: how far a face shape is moved, over what the expression does."""
    uat: Annotated[str, Field(max_length=64)] | None = None
    """When the avatar was changed, as programs for Ready Player Me say; a picture is always of the avatar as it is."""

    @model_validator(mode="before")
    @classmethod
    def _shapes_together(cls, members: Any) -> Any:
        """Each shape is a parameter of its own, which may come once for every mesh."""
        if not isinstance(members, dict):
            return members
        shapes: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for name, value in members.items():
            matched = _SHAPE.fullmatch(name)
            if matched is None:
                others[name] = value
                continue
            shape = matched[1][1:-1]
            if shapes.setdefault(shape, value) != value:
                raise ValueError(f"{shape} is moved in two ways")
        return {**others, SHAPES: shapes} if shapes else others


class PictureQuery(DrawnQuery):
    """A picture."""

    pose: Annotated[str, Field(pattern=rf"^(A|{POSE})$")] | None = None
    """A pose of the catalogue, the UUID of one of your own, or `A`, arms at 45 degrees; the avatar's own pose by default.
    Ready Player Me's `power-stance`, `relaxed`, `standing` and `thumbs-up` are poses as well."""
    size: Annotated[int, Field(ge=64, le=2048)] | None = None
    """Pixels a side; 1024 by default."""
    quality: Annotated[int, Field(ge=0, le=100)] | None = None
    """How good a WebP or JPEG is; 90 by default. PNG loses nothing."""


class VideoQuery(DrawnQuery):
    """A video."""

    elsewhere: ClassVar[frozenset[str]] = frozenset({"quality"})

    pose: (
        Annotated[str, Field(pattern=rf"^(A|{POSE})(,(A|{POSE})){{0,{MOST_POSES - 1}}}$", max_length=600)]
        | None
    ) = None
    """With one pose, as in pictures, the camera goes round once; with up to eight, commas between, the person goes from the
    first to the last and back."""
    size: Annotated[int, Field(ge=64, le=1024)] | None = None
    """Pixels a side; 512 by default."""
    seconds: Annotated[int, Field(ge=1, le=20)] | None = None
    """How long it is; 10 by default."""
    fps: Annotated[int, Field(ge=8, le=30)] | None = None
    """Pictures a second; 24 by default."""


class PosePictureQuery(Query):
    """A picture of a pose."""

    size: Literal["128", "256", "512"] = "256"
    """Pixels a side."""
    body_type: BodyType = "neutral"
    """The body that holds it."""
