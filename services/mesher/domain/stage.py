"""What a picture shows: surfaces in world space, where the eye stands, what is behind, and how all that is drawn."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from facemodel.arrays import RgbImage
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray

Rgb = tuple[float, float, float]


class Style(enum.Enum):
    """How a picture is drawn."""

    REALISTIC = "realistic"
    """Physically based."""
    CARTOON = "cartoon"
    """Cel shading with outlines."""
    ANIME = "anime"
    """Flat tones, fine lines, drawn eyes and hair."""


class Substance(enum.Enum):
    """What a surface is made of, as far as light cares."""

    SKIN = "skin"
    EYE = "eye"
    LASH = "lash"
    TOOTH = "tooth"
    TONGUE = "tongue"
    HAIR = "hair"
    CLOTH = "cloth"
    SEAT = "seat"


@dataclass(frozen=True, eq=False, slots=True)
class Prop:
    """One surface, posed."""

    substance: Substance
    positions: FloatArray
    """(n, 3) float32 metres, floor at Y = 0."""
    normals: FloatArray
    """(n, 3) float32 unit vectors."""
    triangles: IntArray
    """(m, 3) indices."""
    color: Rgb
    """Linear RGB."""
    uv: FloatArray | None = None
    """(n, 2) float32 on the texture, origin at the upper left."""
    colors: IntArray | None = None
    """(n, 4) uint8 linear RGBA that multiply the colour."""
    texture: Texture | None = None
    """Picture that multiplies the colour."""
    tone: Rgb | None = None
    """Of skin: its middling colour, where the picture holds it."""
    grain: FloatArray | None = None
    """(n, 4) float32 which way a surface runs: of hair its strands, of eyes where they look; the fourth is hair's way
    from the crown, 0, to its ends, 1."""
    strand: FloatArray | None = None
    """(n, 3) float32 of hair: cosine and sine of its strand's place around the head, and how dense it is there, 0..1."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera: where it stands, what it points at, how wide it sees."""

    eye: tuple[float, float, float]
    """Metres."""
    target: tuple[float, float, float]
    """Metres; never straight above or below."""
    field_of_view: float
    """Degrees from the lower to the upper edge of a square picture."""


@dataclass(frozen=True, eq=False, slots=True)
class Backdrop:
    """What is behind: two colours that run into each other, a picture in their place, or nothing."""

    top: tuple[int, int, int] = (238, 239, 242)
    """sRGB 0..255."""
    bottom: tuple[int, int, int] = (221, 224, 229)
    picture: RgbImage | None = None
    """(size, size, 3) uint8 sRGB, as large as what is drawn: where nobody stands, these are the pixels."""
    transparent: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """All that a picture is drawn from; the same stage gives the same picture on the same machine."""

    props: Sequence[Prop]
    view: View
    style: Style
    size: int
    """Pixels a side."""
    backdrop: Backdrop = field(default_factory=Backdrop)
