"""0002_pre_seed: the first garments, hairstyles and skins, from ``data/0002_catalogue.json``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_DATA = Path(__file__).parents[1] / "data" / "0002_catalogue.json"
_ZONES = ("chest_mm", "waist_mm", "hip_mm", "upper_arm_mm", "thigh_mm")

Row = dict[str, Any]


def upgrade() -> None:
    data = json.loads(_DATA.read_text("utf-8"))
    garments, hairstyles = data["garments"], data["hairstyles"]

    def color(key: str) -> Row:
        return _named(data["colors"][key])

    _insert("garments", map(_garment, _placed(garments)))
    _insert("garment_sizes", _children("garment_id", garments, "sizes", _size))
    _insert("garment_colors", _children("garment_id", garments, "colors", color))
    _insert("garment_ease_ranges", _children("garment_id", garments, "ease", dict))
    _insert("hairstyles", map(_hairstyle, _placed(hairstyles)))
    _insert("hairstyle_colors", _children("hairstyle_id", hairstyles, "colors", color))
    _insert("skins", map(_named, _placed(data["skins"])))


def _insert(table: str, rows: Iterable[Row]) -> None:
    filled = list(rows)
    op.bulk_insert(sa.table(table, *map(sa.column, filled[0])), filled)


def _placed(records: Iterable[Row]) -> list[Row]:
    return [{**record, "position": position} for position, record in enumerate(records)]


def _children(key: str, parents: Iterable[Row], field: str, row: Callable[[Any], Row]) -> list[Row]:
    return [
        {key: parent["id"], "position": position, **row(child)}
        for parent in parents
        for position, child in enumerate(parent[field])
    ]


def _named(record: Row) -> Row:
    """The record with its name in two columns."""
    name = record["name"]
    rest = {key: value for key, value in record.items() if key != "name"}
    return {**rest, "name_en": name["en"], "name_fr": name["fr"]}


def _garment(record: Row) -> Row:
    fields = ("id", "position", "category", "name", "licence")
    return {**_named({field: record[field] for field in fields}), **record["cut"]}


def _hairstyle(record: Row) -> Row:
    return _named({field: record[field] for field in ("id", "position", "name", "pattern")})


def _size(record: Row) -> Row:
    return {"label": record["label"], **{zone: record["girths"].get(zone) for zone in _ZONES}}
