"""Avatars: what is asked, what is delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.schemas.base import Input, Output
from services.gateway.schemas.pictures import POSE

BodyType = Literal["feminine", "masculine", "neutral"]
Source = Literal["asked", "estimated"]
Interval = tuple[float, float]


class Person(Input):
    """A person as far as known."""

    measurements: dict[str, float] = Field(default_factory=dict)
    """Any of the 15 measurements, in millimetres; the rest is estimated."""
    body_type: BodyType
    """Completes what the measurements leave open."""
    weight_kg: float | None = None
    """Helps to estimate what is missing."""
    age: float | None = None
    """Helps to estimate what is missing, in years."""


class SeededPerson(Person):
    """A person, chosen among all who have the same measurements."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    """0 is the most typical person."""


class LookInput(Input):
    """Skin and hair, by catalogue ids; what is left out takes the catalogue's default."""

    skin: str = ""
    hairstyle: str = ""
    """No hair where it is left out."""
    hair_color: str = ""


class OutfitItemInput(Input):
    """One garment."""

    garment_id: str
    size: str
    color: str = ""
    """`#rrggbb` of the garment's colours; its first where it is left out."""


class AvatarDraft(SeededPerson):
    """An avatar to make."""

    look: LookInput | None = None
    outfit: Annotated[list[OutfitItemInput], Field(max_length=8)] | None = None
    """From the skin outwards."""
    pose: Annotated[str, Field(pattern=rf"^{POSE}$")] | None = None
    """The pose that its files show where none is asked for: one of the catalogue, or the UUID of one of your own."""


class LookChange(Input):
    """A change of skin and hair; what is left out stays."""

    skin: str | None = None
    hairstyle: str | None = None
    """Empty for no hair."""
    hair_color: str | None = None
    """Empty for the hairstyle's first."""


class AvatarChange(Input):
    """New look, clothes or pose; what is left out stays, and so does the body."""

    look: LookChange | None = None
    outfit: Annotated[list[OutfitItemInput], Field(max_length=8)] | None = None
    """In place of all that is worn; empty undresses."""
    pose: Annotated[str, Field(pattern=rf"^({POSE})?$")] | None = None
    """The pose that its files show where none is asked for; empty for the A pose."""


class Look(Output):
    """Skin and hair."""

    skin: str
    hairstyle: str
    hair_color: str


class OutfitItem(Output):
    """One garment."""

    garment_id: str
    size: str
    color: str


class RecipeFace(Output):
    """A person's face on an avatar."""

    id: str
    """The face that it was taken from, which may be gone."""
    skin_color: str
    """`#rrggbb`, the skin around the face."""
    eye_color: str | None
    """`#rrggbb` of the irises; null where it could not be told."""


class Recipe(Output):
    """Everything that made an avatar: it alone rebuilds the same file."""

    measurements: dict[str, float]
    body_type: BodyType
    seed: int
    weight_kg: float | None
    age: float | None
    model_version: str
    look: Look
    outfit: list[OutfitItem]
    face: RecipeFace | None
    """Null for a face of nobody."""
    pose: str | None
    """What its files show where no pose is asked for; null for the A pose."""


class ReceiptLine(Output):
    """One measurement, proved."""

    name: str
    asked_mm: float | None
    """The person's number; null where it was estimated."""
    target_mm: float
    """What the body was made for."""
    delivered_mm: float
    """What the tape reads on the finished mesh."""
    error_mm: float
    source: Source
    interval_mm: Interval
    """Where 90 % of people lie, given what was asked."""
    feasible: bool
    """False where the nearest possible body was made."""
    tape: list[list[float]]
    """Where the tape lies: metres, in the GLB's frame."""


class BesideLine(Output):
    """A reading that is reported beside the 15."""

    name: str
    delivered_mm: float
    tape: list[list[float]]


class WeightLine(Output):
    """The weight: no tape reads it, so it is what people of the delivered measurements weigh."""

    asked_kg: float | None
    """The person's number; null where none was given."""
    estimated_kg: float
    """Median of people who have the delivered measurements."""
    error_kg: float | None
    """Estimated minus asked."""
    interval_kg: Interval
    """Where 90 % of them lie."""


class Receipt(Output):
    """What was delivered."""

    measurements: list[ReceiptLine]
    beside: list[BesideLine]
    volume_l: float | None
    """Litres inside the skin; null on avatars from before it was measured."""
    surface_area_m2: float | None
    """Square metres of skin; null on avatars from before it was measured."""
    weight: WeightLine | None
    """Null on avatars from before it was estimated."""
    within_iso20685: bool = Field(alias="withinIso20685")
    point_count: int
    vertex_count: int
    face_count: int


class AvatarLinks(Output):
    """Where the avatar's resources lie."""

    self: str
    glb: str
    vrm: str
    usdz: str
    obj: str
    ply: str
    stl: str


class Avatar(Output):
    """An avatar."""

    id: str
    created_at: datetime
    updated_at: datetime
    recipe: Recipe
    receipt: Receipt
    links: AvatarLinks


class AvatarPage(Output):
    """Avatars, newest first."""

    data: list[Avatar]
    next_cursor: str | None


class Estimate(Output):
    """One measurement, known or estimated."""

    name: str
    value_mm: float
    source: Source
    interval_mm: Interval
    """Where 90 % of people lie, given what was asked."""
    limits_mm: Interval
    """Smallest and largest number that is taken."""


class Estimates(Output):
    """The 15, in their order."""

    data: list[Estimate]
