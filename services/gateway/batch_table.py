"""A batch as a table: CSV (RFC 4180) in UTF-8, a header with the names of the columns, a row for each avatar."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from atelierkit.errors import FieldFault, InvalidInput
from services.gateway.convert.body import NAMES

MEDIA_TYPE = "text/csv"
OWN_COLUMNS = ("bodyType", "weightKg", "age", "seed", "reference")
COLUMNS = (*NAMES, *OWN_COLUMNS)

_TEXTS = frozenset({"bodyType", "reference"})
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?")


def rows(data: bytes, most: int) -> list[dict[str, Any]]:
    """The rows in the shape that they have in JSON; an empty cell says nothing. What is no number stays text, which that
    shape refuses. Raises InvalidInput for what is no such table, and for a table of more than ``most`` rows.
    """
    try:
        # With or without the byte order mark of spreadsheets.
        lines = [line for line in csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused("", "malformed", "the body is no table", "CSV as RFC 4180 has it, in UTF-8") from error
    if not lines:
        raise _refused("", "required", "the table has no header", ", ".join(COLUMNS))
    header, *cells = lines
    _check_header(header)
    if len(cells) > most:
        raise _refused("rows", "too_many", "too many rows", str(most))
    return [_row(header, line, index) for index, line in enumerate(cells)]


def _check_header(header: Sequence[str]) -> None:
    faults = [
        FieldFault(name[:64], "unknown_field", "no such column", ", ".join(COLUMNS))
        for name in header
        if name not in COLUMNS
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults += [FieldFault(name, "duplicate_field", "the column is there twice", "once") for name in twice]
    if faults:
        raise InvalidInput("the header breaks the rules of its columns", faults=faults[: len(COLUMNS)])


def _row(header: Sequence[str], cells: Sequence[str], index: int) -> dict[str, Any]:
    if len(cells) != len(header):
        text = "the row has other columns than the header"
        raise _refused(f"rows[{index}]", "wrong_length", text, f"{len(header)} cells")
    given = {name: _value(name, cell) for name, cell in zip(header, cells, strict=True) if cell != ""}
    measured = {name: given.pop(name) for name in NAMES if name in given}
    return {"measurements": measured, **given}


def _value(name: str, cell: str) -> str | int | float:
    text = cell.strip()
    if name in _TEXTS:
        return cell
    if name == "seed":
        return int(text) if _WHOLE.fullmatch(text) else cell
    return float(text) if _DECIMAL.fullmatch(text) else cell


def _refused(field: str, code: str, message: str, limit: str) -> InvalidInput:
    return InvalidInput(message, faults=[FieldFault(field, code, message, limit)])
