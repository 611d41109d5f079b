"""What can be worn. Positions order what people see; ids and labels are the keys that requests name."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.adapters.tables.base import Base

_COLOR = "color ~ '^#[0-9a-f]{6}$'"
# PostgreSQL's least() passes nulls over: at least one zone, and none without room.
_POSITIVE = "coalesce(least(chest_mm, waist_mm, hip_mm, upper_arm_mm, thigh_mm), 0) > 0"


def _share(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 0 AND 1", name=column)


class GarmentRow(Base):
    """A garment with its cut."""

    __tablename__ = "garments"
    __table_args__ = (
        CheckConstraint("category IN ('dress', 'skirt', 'sweater', 'tshirt', 'trousers')", name="category"),
        CheckConstraint("pattern IN ('top', 'skirt', 'dress', 'trousers')", name="pattern"),
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),
        *map(_share, ("sleeve", "hem", "neckline", "flare")),
        CheckConstraint("thickness_mm BETWEEN 1 AND 30", name="thickness_mm"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    category: Mapped[str]
    name_en: Mapped[str]
    name_fr: Mapped[str]
    pattern: Mapped[str]
    sleeve: Mapped[float]
    hem: Mapped[float]
    neckline: Mapped[float]
    flare: Mapped[float]
    thickness_mm: Mapped[float]
    licence: Mapped[str]

    sizes: Mapped[list[GarmentSizeRow]] = relationship(order_by="GarmentSizeRow.position", lazy="raise")
    colors: Mapped[list[GarmentColorRow]] = relationship(order_by="GarmentColorRow.position", lazy="raise")
    ease: Mapped[list[GarmentEaseRow]] = relationship(order_by="GarmentEaseRow.position", lazy="raise")


class GarmentSizeRow(Base):
    """A size of a garment: finished girths, null where the garment does not cover the zone."""

    __tablename__ = "garment_sizes"
    __table_args__ = (
        CheckConstraint("label IN ('S', 'M', 'L', 'XL')", name="label"),
        CheckConstraint(_POSITIVE, name="girths"),
    )

    garment_id: Mapped[str] = mapped_column(ForeignKey("garments.id"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    chest_mm: Mapped[float | None]
    waist_mm: Mapped[float | None]
    hip_mm: Mapped[float | None]
    upper_arm_mm: Mapped[float | None]
    thigh_mm: Mapped[float | None]


class GarmentColorRow(Base):
    """A colour that a garment is made in."""

    __tablename__ = "garment_colors"
    __table_args__ = (CheckConstraint(_COLOR, name="color"),)

    garment_id: Mapped[str] = mapped_column(ForeignKey("garments.id"), primary_key=True)
    color: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name_en: Mapped[str]
    name_fr: Mapped[str]


class GarmentEaseRow(Base):
    """The room that a garment wants in one zone."""

    __tablename__ = "garment_ease_ranges"
    __table_args__ = (
        CheckConstraint("zone IN ('chest', 'waist', 'hip', 'upper_arm', 'thigh')", name="zone"),
        CheckConstraint("least_mm < ideal_mm AND ideal_mm < most_mm", name="order"),
    )

    garment_id: Mapped[str] = mapped_column(ForeignKey("garments.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    least_mm: Mapped[float]
    ideal_mm: Mapped[float]
    most_mm: Mapped[float]


class HairstyleRow(Base):
    """A hairstyle."""

    __tablename__ = "hairstyles"
    __table_args__ = (CheckConstraint("pattern IN ('crop', 'bob', 'long')", name="pattern"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    name_en: Mapped[str]
    name_fr: Mapped[str]
    pattern: Mapped[str]

    colors: Mapped[list[HairstyleColorRow]] = relationship(
        order_by="HairstyleColorRow.position", lazy="raise"
    )


class HairstyleColorRow(Base):
    """A colour that a hairstyle is shown in."""

    __tablename__ = "hairstyle_colors"
    __table_args__ = (CheckConstraint(_COLOR, name="color"),)

    hairstyle_id: Mapped[str] = mapped_column(ForeignKey("hairstyles.id"), primary_key=True)
    color: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name_en: Mapped[str]
    name_fr: Mapped[str]


class SkinRow(Base):
    """A skin tone; positions run from the lightest to the darkest."""

    __tablename__ = "skins"
    __table_args__ = (CheckConstraint(_COLOR, name="color"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    color: Mapped[str]
    name_en: Mapped[str]
    name_fr: Mapped[str]
