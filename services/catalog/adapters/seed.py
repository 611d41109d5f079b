"""The data that the migrations put into the catalogue, read as domain objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.catalog.adapters import pose_file
from services.catalog.adapters.pose_file import PoseLibrary
from services.catalog.domain.model import (
    Category,
    Color,
    Cut,
    EaseRange,
    Garment,
    Girths,
    HairPattern,
    Hairstyle,
    Pattern,
    Size,
    Skin,
    Text,
    Zone,
)

_DATA = Path(__file__).parents[1] / "migrations" / "data"


@dataclass(frozen=True)
class Seed:
    """Everything that the migrations insert, in the catalogue's order."""

    garments: tuple[Garment, ...]
    hairstyles: tuple[Hairstyle, ...]
    skins: tuple[Skin, ...]
    library: PoseLibrary


def released() -> Seed:
    """The catalogue as the newest migration leaves it."""
    data = json.loads((_DATA / "0002_catalogue.json").read_text("utf-8"))
    palette = {key: _color(color) for key, color in data["colors"].items()}
    return Seed(
        garments=tuple(_garment(garment, palette) for garment in data["garments"]),
        hairstyles=tuple(_hairstyle(hairstyle, palette) for hairstyle in data["hairstyles"]),
        skins=tuple(Skin(skin["id"], skin["color"], Text(**skin["name"])) for skin in data["skins"]),
        library=pose_file.read(_DATA / "0003_poses.json"),
    )


def _garment(data: Mapping[str, Any], palette: Mapping[str, Color]) -> Garment:
    return Garment(
        id=data["id"],
        category=Category(data["category"]),
        name=Text(**data["name"]),
        sizes=tuple(Size(size["label"], Girths(**size["girths"])) for size in data["sizes"]),
        colors=_picked(data["colors"], palette),
        cut=Cut(**{**data["cut"], "pattern": Pattern(data["cut"]["pattern"])}),
        ease=tuple(EaseRange(**{**ease, "zone": Zone(ease["zone"])}) for ease in data["ease"]),
        licence=data["licence"],
    )


def _hairstyle(data: Mapping[str, Any], palette: Mapping[str, Color]) -> Hairstyle:
    name, pattern = Text(**data["name"]), HairPattern(data["pattern"])
    return Hairstyle(data["id"], name, pattern, _picked(data["colors"], palette))


def _picked(keys: Iterable[str], palette: Mapping[str, Color]) -> tuple[Color, ...]:
    return tuple(palette[key] for key in keys)


def _color(data: Mapping[str, Any]) -> Color:
    return Color(data["color"], Text(**data["name"]))
