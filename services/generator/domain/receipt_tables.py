"""The tables that a batch ends with: what was asked beside what was delivered, a line for each row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from anthropometry.measurements import NAMES
from services.generator.domain.batch import Item, ItemState
from services.generator.domain.model import Avatar

Line = Mapping[str, Any]
"""What became of one row, by column."""

DELETED = "deleted"
"""State of an avatar that was made and that its owner has deleted since."""

_COLUMNS = ("row", "reference", "state", "reason", "message", "avatarId", "file", "withinIso20685")
_PARTS = ("AskedMm", "TargetMm", "DeliveredMm", "ErrorMm")
_MM_DECIMALS = 3
# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_NAME_CHARS = 40


def file_name(item: Item) -> str:
    """The avatar's name in the archive: the row, and what of its reference any file system takes."""
    said = _UNSAFE.sub("-", item.row.reference).strip("-")[:_NAME_CHARS]
    return f"{item.index + 1:04d}-{said}.glb" if said else f"{item.index + 1:04d}.glb"


def line(item: Item, avatar: Avatar | None) -> Line:
    """What became of a row; ``avatar`` is there unless it was not made, or is deleted."""
    failure = item.failure
    return {
        "row": item.index + 1,
        "reference": item.row.reference,
        "state": DELETED if item.state is ItemState.MADE and avatar is None else item.state.value,
        "reason": failure.reason.lower() if failure else None,
        "message": failure.message if failure else None,
        "avatarId": str(avatar.id) if avatar else None,
        "file": file_name(item) if avatar else None,
        "withinIso20685": avatar.receipt.within_iso20685 if avatar else None,
        "measurements": _measured(item, avatar) if avatar else [],
    }


def write_csv(lines: Iterable[Line], file: IO[str]) -> None:
    """A row for each line, with four columns for each measurement; no cell reads as a formula."""
    names = [f"{name}{part}" for name in NAMES for part in _PARTS]
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*_COLUMNS, *names])
    for each in lines:
        measured = {
            f"{one['name']}{part}": one[part[0].lower() + part[1:]]
            for one in each["measurements"]
            for part in _PARTS
        }
        cells = [each[name] for name in _COLUMNS] + [measured.get(name) for name in names]
        writer.writerow([_cell(cell) for cell in cells])


def write_json(lines: Sequence[Line], file: IO[str]) -> None:
    """The same as a document."""
    json.dump({"rows": lines}, file, ensure_ascii=False, allow_nan=False)


def _measured(item: Item, avatar: Avatar) -> list[dict[str, Any]]:
    asked = item.row.body.measurements_mm
    return [
        {
            "name": one.reading.name,
            "askedMm": asked.get(one.reading.name),
            "targetMm": round(one.target_mm, _MM_DECIMALS),
            "deliveredMm": round(one.reading.delivered_mm, _MM_DECIMALS),
            "errorMm": round(one.error_mm, _MM_DECIMALS),
        }
        for one in avatar.receipt.lines
    ]


def _cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front, as spreadsheets write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value
