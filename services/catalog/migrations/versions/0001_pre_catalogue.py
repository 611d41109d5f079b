"""0001_pre_catalogue: the tables of garments, hairstyles and skins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_COLOR = "color ~ '^#[0-9a-f]{6}$'"


def upgrade() -> None:
    _create_garments()
    _create_hairstyles()
    op.create_table(
        "skins",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, unique=True),
        sa.Column("color", sa.Text(), sa.CheckConstraint(_COLOR, name="color"), nullable=False),
        *_name(),
    )


def _create_garments() -> None:
    op.create_table(
        "garments",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, unique=True),
        sa.Column("category", sa.Text(), nullable=False),
        *_name(),
        sa.Column("pattern", sa.Text(), nullable=False),
        *(sa.Column(share, sa.Float(), nullable=False) for share in ("sleeve", "hem", "neckline", "flare")),
        sa.Column("thickness_mm", sa.Float(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name="id"),
        sa.CheckConstraint(
            "category IN ('dress', 'skirt', 'sweater', 'tshirt', 'trousers')", name="category"
        ),
        sa.CheckConstraint("pattern IN ('top', 'skirt', 'dress', 'trousers')", name="pattern"),
        *(
            sa.CheckConstraint(f"{share} BETWEEN 0 AND 1", name=share)
            for share in ("sleeve", "hem", "neckline", "flare")
        ),
        sa.CheckConstraint("thickness_mm BETWEEN 1 AND 30", name="thickness_mm"),
    )
    zones = ("chest_mm", "waist_mm", "hip_mm", "upper_arm_mm", "thigh_mm")
    op.create_table(
        "garment_sizes",
        _key_to("garment"),
        sa.Column("label", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(zone, sa.Float()) for zone in zones),
        sa.CheckConstraint("label IN ('S', 'M', 'L', 'XL')", name="label"),
        sa.CheckConstraint(f"coalesce(least({', '.join(zones)}), 0) > 0", name="girths"),
    )
    op.create_table(
        "garment_colors",
        _key_to("garment"),
        sa.Column("color", sa.Text(), sa.CheckConstraint(_COLOR, name="color"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *_name(),
    )
    op.create_table(
        "garment_ease_ranges",
        _key_to("garment"),
        sa.Column("zone", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(bound, sa.Float(), nullable=False) for bound in ("least_mm", "ideal_mm", "most_mm")),
        sa.CheckConstraint("zone IN ('chest', 'waist', 'hip', 'upper_arm', 'thigh')", name="zone"),
        sa.CheckConstraint("least_mm < ideal_mm AND ideal_mm < most_mm", name="order"),
    )


def _create_hairstyles() -> None:
    op.create_table(
        "hairstyles",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, unique=True),
        *_name(),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.CheckConstraint("pattern IN ('crop', 'bob', 'long')", name="pattern"),
    )
    op.create_table(
        "hairstyle_colors",
        _key_to("hairstyle"),
        sa.Column("color", sa.Text(), sa.CheckConstraint(_COLOR, name="color"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *_name(),
    )


def _name() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("name_en", sa.Text(), nullable=False), sa.Column("name_fr", sa.Text(), nullable=False)


def _key_to(parent: str) -> sa.Column[str]:
    return sa.Column(f"{parent}_id", sa.Text(), sa.ForeignKey(f"{parent}s.id"), primary_key=True)
