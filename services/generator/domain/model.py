"""What an avatar is: the person it was made for, its recipe, its receipt and its files."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

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


class Parts(enum.StrEnum):
    """Which meshes a file holds."""

    ALL = "all"
    """Everything that is worn; skin under cloth is left out."""
    BODY = "body"
    """The whole body alone."""


class Interval(NamedTuple):
    """Both ends of a range, in millimetres."""

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
class Recipe:
    """Everything that made an avatar. Nothing in it is left to a default that may change."""

    body: BodySpec
    model_version: str
    """Version of the network that made the points."""
    look: Look
    outfit: Outfit


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
class Build:
    """What the mesher made."""

    glb: StoredFile
    readings: tuple[Reading, ...]
    """The 15 in their order, then those reported beside them."""
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

    @property
    def targets(self) -> Targets:
        """What the body was made for: enough, with its points, to build it again."""
        return tuple(
            Target(line.reading.name, line.target_mm, line.source, line.interval_mm) for line in self.lines
        )


@dataclass(frozen=True)
class Files:
    """The objects that an avatar refers to; each may be shared with other avatars."""

    points: StoredFile
    """The body's cloud. It keeps the body bit-identical when a later network would make another one."""
    dressed: StoredFile
    body: StoredFile | None = None
    """Set once somebody asked for the body alone."""

    def all(self) -> tuple[StoredFile, ...]:
        """Every object that is there."""
        return tuple(file for file in (self.points, self.dressed, self.body) if file is not None)

    def of(self, parts: Parts) -> StoredFile | None:
        """The GLB with those meshes; None when it was never built."""
        return self.dressed if parts is Parts.ALL else self.body


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

    def with_file(self, parts: Parts, file: StoredFile) -> Avatar:
        """The next revision, which knows that GLB."""
        known = replace(self.files, dressed=file) if parts is Parts.ALL else replace(self.files, body=file)
        return replace(self, files=known, revision=self.revision + 1)

    def redressed(self, wardrobe: Wardrobe, receipt: Receipt, glb: StoredFile, now: datetime) -> Avatar:
        """The next revision, in other looks: the same body, and no GLB but the new one."""
        return replace(
            self,
            recipe=replace(self.recipe, look=wardrobe.look, outfit=wardrobe.outfit),
            receipt=receipt,
            files=Files(points=self.files.points, dressed=glb),
            updated_at=now,
            revision=self.revision + 1,
        )


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
