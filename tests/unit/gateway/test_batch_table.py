"""Batches, read from JSON and from tables: the same shape, and a name for whatever is wrong."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelierkit.errors import InvalidInput
from services.gateway import batch_table
from services.gateway.convert.body import NAMES
from services.gateway.routes.batches import JSON, draft
from services.gateway.schemas.jobs import MOST_ROWS, BatchDraft

CSV = batch_table.MEDIA_TYPE
ROW = {"bodyType": "feminine"}


def refused(media_type: str, data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        draft(media_type, data)
    return [(fault.field, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (b"", ("", "required")),
        (b"\xff\xfe", ("", "malformed")),
        (b'bodyType\n"neutral', ("", "malformed")),
        (b"bodyType\n" + b"x" * 200_000, ("", "malformed")),
        (b"bodyType,shoe_size\nneutral,42\n", ("shoe_size", "unknown_field")),
        (b"bodyType;stature\nneutral;1700\n", ("bodyType;stature", "unknown_field")),
        (b"bodyType,stature,stature\nneutral,1,1\n", ("stature", "duplicate_field")),
        (b"bodyType,stature\nneutral,tall\n", ("rows[0].measurements.stature", "wrong_type")),
        (b"bodyType,stature\nneutral,nan\n", ("rows[0].measurements.stature", "wrong_type")),
        (b"bodyType,stature\nneutral,1e400\n", ("rows[0].measurements.stature", "wrong_type")),
        (b'bodyType,stature\nneutral,"1,700"\n', ("rows[0].measurements.stature", "wrong_type")),
        (b"bodyType,seed\nneutral,1.5\n", ("rows[0].seed", "wrong_type")),
        (b"bodyType,seed\nneutral,-1\n", ("rows[0].seed", "out_of_range")),
        (b"bodyType,weightKg\nneutral,light\n", ("rows[0].weightKg", "wrong_type")),
        (b"bodyType\nneutral\nrobot\n", ("rows[1].bodyType", "not_offered")),
        (b"bodyType,stature\nneutral,1700,1\n", ("rows[0]", "wrong_length")),
        (b"bodyType,stature\nneutral\n", ("rows[0]", "wrong_length")),
        (b"stature\n1700\n", ("rows[0].bodyType", "required")),
        (b"bodyType,reference\nneutral," + b"x" * 101 + b"\n", ("rows[0].reference", "out_of_range")),
        (b"bodyType\n", ("rows", "out_of_range")),
        (b"bodyType\n" + b"neutral\n" * (MOST_ROWS + 1), ("rows", "too_many")),
    ],
)
def test_what_is_wrong_with_a_table_is_named(table: bytes, fault: tuple[str, str]) -> None:
    assert refused(CSV, table)[0] == fault


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "rows"),
        ({"rows": []}, "rows"),
        ({"rows": [ROW] * (MOST_ROWS + 1)}, "rows"),
        ({"rows": [ROW, ROW | {"hat": "red"}]}, "rows[1].hat"),
        ({"rows": [ROW | {"reference": "x" * 101}]}, "rows[0].reference"),
        ({"rows": [ROW | {"measurements": {"stature": "1700"}}]}, "rows[0].measurements.stature"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(document: object, field: str) -> None:
    assert [named for named, _ in refused(JSON, json.dumps(document).encode())] == [field]


def test_at_most_a_hundred_faults_are_told() -> None:
    assert len(refused(JSON, json.dumps({"rows": [{}] * 200}).encode())) == 100
    assert len(refused(CSV, b"bodyType\n" + b"robot\n" * 200)) == 100


NUMBERS = st.decimals(450, 2300, places=2).map(float)
REFERENCES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=100)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "bodyType": st.sampled_from(["feminine", "masculine", "neutral"]),
                "measurements": st.dictionaries(st.sampled_from(NAMES), NUMBERS, max_size=15),
                "reference": REFERENCES,
                "seed": st.integers(0, 2**32 - 1),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_table_and_a_document_say_the_same(rows: list[dict[str, Any]]) -> None:
    columns = [*NAMES, "bodyType", "reference", "seed"]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: row[name] for name in columns[15:]} | row["measurements"])
    from_table = draft(CSV, written.getvalue().encode())
    assert from_table == draft(JSON, json.dumps({"rows": rows}).encode())
    assert isinstance(from_table, BatchDraft)


@pytest.mark.attack("A40")
@given(st.binary(max_size=400))
def test_any_bytes_are_a_batch_or_refused(data: bytes) -> None:
    for media_type in (CSV, JSON):
        with suppress(InvalidInput):
            draft(media_type, data)
