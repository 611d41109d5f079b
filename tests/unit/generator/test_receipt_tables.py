"""The tables that a batch ends with."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anthropometry.measurements import NAMES
from services.generator.domain.batch import Item, ItemState
from services.generator.domain.jobs import Failure
from services.generator.domain.receipt_tables import file_name, line, write_csv, write_json
from tests.unit.generator.factory import row
from tests.unit.generator.world import World

JOB = UUID(int=7)


def item(reference: str = "", index: int = 0, **over) -> Item:
    return Item(JOB, index, row(index, reference=reference), **over)


def table(*items: Item) -> list[dict[str, str]]:
    written = io.StringIO(newline="")
    write_csv([line(each, None) for each in items], written)
    return list(csv.DictReader(io.StringIO(written.getvalue(), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "   @"])
def test_no_cell_reads_as_a_formula(start: str) -> None:
    said = f'{start}cmd|" /C calc"!A1'
    [row] = table(item(said, state=ItemState.FAILED, failure=Failure("INTERNAL", said)))
    assert row["reference"] == row["message"] == f"'{said}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=100))
def test_any_reference_comes_back(said: str) -> None:
    [row] = table(item(said))
    assert row["reference"].removeprefix("'") == said.removeprefix("'")


@given(st.text(max_size=100), st.integers(0, 999))
def test_a_name_in_the_archive_is_one_that_any_file_system_takes(said: str, index: int) -> None:
    name = file_name(item(said, index))
    assert name.startswith(f"{index + 1:04d}")
    assert name.endswith(".glb")
    assert len(name) <= 49
    assert name.replace("-", "").replace(".", "").isalnum()
    assert name.isascii()


async def test_a_line_compares_what_was_asked_with_what_was_delivered() -> None:
    world = World()
    world.mesher.error_mm = {"waist_girth": -1.5}
    asked = item("Ada", state=ItemState.MADE)
    avatar = await world.avatar(spec=asked.row.body)
    told = line(asked, avatar)
    assert [each["name"] for each in told["measurements"]] == list(NAMES)
    written, document = io.StringIO(newline=""), io.StringIO()
    write_csv([told], written)
    write_json([told], document)
    [row] = csv.DictReader(io.StringIO(written.getvalue(), newline=""))
    assert (row["waist_girthAskedMm"], row["waist_girthDeliveredMm"], row["waist_girthErrorMm"]) == (
        "820.5",
        "819.0",
        "-1.5",
    )
    assert (row["hip_girthAskedMm"], row["withinIso20685"], row["avatarId"]) == ("", "yes", str(avatar.id))
    assert json.loads(document.getvalue()) == {"rows": [told]}
    gone = line(replace(asked), None)
    assert (gone["state"], gone["file"]) == ("deleted", None)
