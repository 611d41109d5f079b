"""What an avatar is: the person it was made for, its recipe, its receipt and its files."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.generator.domain.options import DRESSED, FileOptions

Xyz = tuple[float, float, float]
"""A point or vector in metres: +Y up, the body faces +Z, floor at Y = 0."""


class BodyType(enum.StrEnum):
    """The sex-typical shape that completes what the measurements leave open."""

    FEMININE = "feminine"
    MASCULINE = "masculine"
    NEUTRAL = "neutral"


class Source(enum.StrEnum):
    """Where a measurement's value came from."""

    ASKED = "asked"
    ESTIMATED = "estimated"


class Interval(NamedTuple):
    """Both ends of a range, in the unit of what it is of."""

    low: float
    high: float


@dataclass(frozen=True)
class BodySpec:
    """The person to make, as far as known."""

    measurements_mm: Mapping[str, float]
    """What is known, by name."""
    body_type: BodyType
    seed: int = 0
    """Chooses among the people who have these measurements; 0 is the most typical one."""
    weight_kg: float | None = None
    age: float | None = None
    """Years."""


@dataclass(frozen=True)
class Look:
    """Skin and hair, by catalogue ids. In a request an empty value stands for the default, or for no hair."""

    skin_id: str = ""
    hairstyle_id: str = ""
    hair_color: str = ""
    """``#rrggbb``."""


@dataclass(frozen=True)
class LookChange:
    """A change of skin and hair; None stays, an empty value means what it means in a look."""

    skin_id: str | None = None
    hairstyle_id: str | None = None
    hair_color: str | None = None

    def applied(self, look: Look) -> Look:
        """The look after the change."""
        return Look(
            look.skin_id if self.skin_id is None else self.skin_id,
            look.hairstyle_id if self.hairstyle_id is None else self.hairstyle_id,
            look.hair_color if self.hair_color is None else self.hair_color,
        )


@dataclass(frozen=True)
class OutfitItem:
    """One garment, by catalogue ids. In a request an empty colour stands for the garment's first."""

    garment_id: str
    size: str
    color: str = ""
    """``#rrggbb``."""


Outfit = tuple[OutfitItem, ...]
"""What is worn, from the skin outwards."""


@dataclass(frozen=True)
class WornFace:
    """The face on an avatar, by the content addresses of what it is made of."""

    face_id: UUID
    """The face that it was taken from, which may be gone."""
    geometry: str
    """SHA-256 of its shape."""
    texture: str
    """SHA-256 of its picture."""
    skin_color: str
    """``#rrggbb`` of the skin around it; empty where it could not be told."""
    eye_color: str
    """``#rrggbb`` of the irises; empty where it could not be told."""


@dataclass(frozen=True)
class Recipe:
    """Everything that made an avatar. Nothing in it is left to a default that may change."""

    body: BodySpec
    model_version: str
    """Version of the network that made the points."""
    look: Look
    """Its skin is empty where the face's own is worn."""
    outfit: Outfit
    face: WornFace | None = None
    """None for the template's."""
    pose_id: str = ""
    """The pose that it takes where none is asked for; empty for the A pose."""


@dataclass(frozen=True)
class Wardrobe:
    """A look and an outfit, resolved by the catalogue."""

    look: Look
    """With every default filled in."""
    outfit: Outfit
    """With every default filled in."""
    appearance: bytes
    """Skin and hair for the mesher: the contract's ``Appearance``, passed on unread."""
    garments: tuple[bytes, ...]
    """Cut, size and colour for the mesher: the contract's ``WornGarment``, passed on unread."""

    def with_skin_of(self, face: WornFace | None, asked: Look) -> Wardrobe:
        """The same, in the skin of the face where that is known and no other was asked for."""
        if face is None or not face.skin_color or asked.skin_id:
            return self
        return replace(self, look=replace(self.look, skin_id=""))


@dataclass(frozen=True)
class Target:
    """What one measurement of the body must be."""

    name: str
    value_mm: float
    source: Source
    interval_mm: Interval
    """Where 90 % of people lie, given what was asked; both ends equal the value when it was asked."""


Targets = tuple[Target, ...]
"""All 15, in their order."""


@dataclass(frozen=True)
class Person:
    """The points of a body and what its tape must read: all that the mesher builds from."""

    points: bytes
    """10,000 points in canonical order: little-endian float32, x y z, metres."""
    targets: Targets
    model_version: str
    face: PersonFace | None = None
    """None for the template's."""


@dataclass(frozen=True)
class Reading:
    """One reading of the tape on a finished body."""

    name: str
    delivered_mm: float
    tape: tuple[Xyz, ...]
    """Where the tape lies; girths are closed."""
    feasible: bool
    """False when the body that was asked for lies outside the space of shapes: this number is the nearest."""


@dataclass(frozen=True)
class StoredFile:
    """One object in the object store."""

    key: str
    """``<prefix>/<sha256>``: equal bytes share one object."""
    sha256: str
    media_type: str
    size: int
    """Bytes."""


@dataclass(frozen=True)
class PersonFace:
    """A face that the mesher puts on a body."""

    geometry: bytes
    """Its shape: the contract's ``FaceGeometry``, passed on unread."""
    texture: StoredFile
    skin_color: str
    """``#rrggbb``; empty for the skin of the look."""
    eye_color: str
    """``#rrggbb``; empty where it could not be told."""


@dataclass(frozen=True)
class Quantities:
    """What a body is as a whole."""

    volume_l: float
    """Litres inside its skin."""
    surface_area_m2: float
    """Square metres of its skin."""


@dataclass(frozen=True)
class Build:
    """What the mesher made."""

    file: StoredFile
    readings: tuple[Reading, ...]
    """The 15 in their order, then those reported beside them."""
    quantities: Quantities
    vertex_count: int
    face_count: int


@dataclass(frozen=True)
class Preview:
    """A body for sliders: positions only."""

    positions: bytes
    """Little-endian uint16, x y z a vertex: position = origin + value * step, metres."""
    origin: Xyz
    step: Xyz
    delivered_mm: tuple[float, ...]
    """The 15, in their order."""


@dataclass(frozen=True)
class ReceiptLine:
    """Asked against delivered, for one measurement."""

    reading: Reading
    target_mm: float
    source: Source
    interval_mm: Interval

    @property
    def error_mm(self) -> float:
        """Delivered minus target."""
        return self.reading.delivered_mm - self.target_mm


@dataclass(frozen=True)
class Weight:
    """What people of the delivered measurements weigh: no tape reads it."""

    asked_kg: float | None
    """The person's number."""
    estimated_kg: float
    """Median of the people who have the delivered 15."""
    interval_kg: Interval
    """Where 90 % of them lie."""


@dataclass(frozen=True)
class Receipt:
    """What was delivered, measured on the finished mesh."""

    lines: tuple[ReceiptLine, ...]
    """The 15, in their order."""
    beside: tuple[Reading, ...]
    within_iso20685: bool
    """Every error lies within ISO 20685's limit for its measurement."""
    point_count: int
    vertex_count: int
    face_count: int
    quantities: Quantities | None
    """None on receipts from before they were measured."""
    weight: Weight | None
    """None on receipts from before it was estimated."""

    @property
    def targets(self) -> Targets:
        """What the body was made for: enough, with its points, to build it again."""
        return tuple(
            Target(line.reading.name, line.target_mm, line.source, line.interval_mm) for line in self.lines
        )


VARIANTS_KEPT = 12
"""Further files that an avatar remembers: more than a page offers, and few enough to read with every record."""


class FaceFiles(NamedTuple):
    """The objects that a face on an avatar is made of. They are the avatar's as well as the face's, so it keeps its face
    when that one is deleted."""

    geometry: StoredFile
    texture: StoredFile


@dataclass(frozen=True)
class Files:
    """The objects that an avatar refers to; each may be shared with other avatars."""

    points: StoredFile
    """The body's cloud. It keeps the body bit-identical when a later network would make another one."""
    dressed: StoredFile
    """The GLB of everything, as it was made with the avatar."""
    variants: Mapping[str, StoredFile] = field(default_factory=dict)
    """Files that somebody asked for since, by the key of their options, the oldest first."""
    face: FaceFiles | None = None
    """What the face of a person is made of; None for the template's."""

    def all(self) -> tuple[StoredFile, ...]:
        """Every object that is there."""
        return self.points, self.dressed, *self.variants.values(), *(self.face or ())

    def of(self, options: FileOptions) -> StoredFile | None:
        """The file with those options; None when it was never built, or forgotten."""
        return self.dressed if options == DRESSED else self.variants.get(options.key)

    def with_file(self, options: FileOptions, file: StoredFile) -> Files:
        """The same files and that one, which is remembered longest."""
        if options == DRESSED:
            return replace(self, dressed=file)
        others = [(key, other) for key, other in self.variants.items() if key != options.key]
        return replace(self, variants=dict([*others, (options.key, file)][-VARIANTS_KEPT:]))


@dataclass(frozen=True)
class Avatar:
    """An avatar of one person."""

    id: UUID
    owner: str
    """Subject of the account that made it."""
    recipe: Recipe
    receipt: Receipt
    files: Files
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    """Grows with every stored change, so that a change made from an older state is noticed."""

    def with_file(self, options: FileOptions, file: StoredFile) -> Avatar:
        """The next revision, which knows that file."""
        return replace(self, files=self.files.with_file(options, file), revision=self.revision + 1)

    def redressed(self, wardrobe: Wardrobe, receipt: Receipt, dressed: StoredFile, now: datetime) -> Avatar:
        """The next revision, in other looks: the same body, and no file of the old looks."""
        return replace(
            self,
            recipe=replace(self.recipe, look=wardrobe.look, outfit=wardrobe.outfit),
            receipt=receipt,
            files=Files(points=self.files.points, dressed=dressed, face=self.files.face),
            updated_at=now,
            revision=self.revision + 1,
        )

    def with_face(self, face: WornFace | None, files: FaceFiles | None) -> Avatar:
        """The same avatar with another face, or the template's: what is to be built and stored as its next revision."""
        return replace(self, recipe=replace(self.recipe, face=face), files=replace(self.files, face=files))

    def in_pose(self, pose_id: str) -> Avatar:
        """The same avatar with another pose of its own: what is to be stored as its next revision."""
        return replace(self, recipe=replace(self.recipe, pose_id=pose_id))

    def reposed(self, now: datetime) -> Avatar:
        """The next revision, where nothing but the pose has changed: all files stay."""
        return replace(self, updated_at=now, revision=self.revision + 1)


class Position(NamedTuple):
    """Where a page of avatars ends: those after it are older."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    """A page of avatars."""

    avatars: tuple[Avatar, ...]
    """Newest first."""
    next: Position | None
    """Where the next page begins; None after the last."""
