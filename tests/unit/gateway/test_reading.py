"""Bodies of requests: bounded, strict, refused with field and limit."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from atelierkit.errors import InvalidInput
from services.gateway import reading
from services.gateway.problems import PayloadTooLarge, UnsupportedMediaType
from services.gateway.schemas.avatars import AvatarDraft

JSON = {"content-type": "application/json"}
plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def request(body: bytes, headers: Mapping[str, str] = JSON, chunk: int = 1 << 20) -> Request:
    pieces = [body[start : start + chunk] for start in range(0, max(len(body), 1), chunk)]
    taken = iter(pieces)

    async def receive() -> dict[str, Any]:
        piece = next(taken)
        return {"type": "http.request", "body": piece, "more_body": piece is not pieces[-1]}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


@given(plain_json)
def test_what_json_writes_is_read_back(document: Any) -> None:
    assert reading.parse_json(json.dumps(document).encode()) == document


@pytest.mark.attack("A40")
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = reading.parse_json(data)
    except InvalidInput:
        return
    assert repr(json.loads(data)) == repr(document)  # NaN is not equal to itself


@pytest.mark.attack("A40")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": 1, "a": 2}', "duplicate_field"),
        (b'{"m": {"waist_girth": 1, "waist_girth": 2}}', "duplicate_field"),
        (b"[" * 10_000 + b"]" * 10_000, "malformed"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "malformed"),
        (b"\xff\xfe{}", "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b"{} trailing", "malformed"),
        (b'{"a": ' + b"9" * 1_000_000 + b"}", "malformed"),
        (b"", "malformed"),
        (rb'{"skin": "\ud800"}', "malformed"),
    ],
)
def test_what_is_not_strict_json_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reading.parse_json(body)
    assert refusal.value.faults[0].code == code


@pytest.mark.attack("A24")
@pytest.mark.parametrize("announced", [{"content-length": "2000"}, {}])
async def test_a_body_over_the_limit_is_refused_announced_or_not(announced: dict[str, str]) -> None:
    with pytest.raises(PayloadTooLarge):
        await reading.body(request(b"x" * 2000, announced, chunk=100), limit=1000)
    assert await reading.body(request(b"x" * 1000, chunk=100), limit=1000) == b"x" * 1000


@pytest.mark.attack("A24")
async def test_reading_stops_as_soon_as_the_limit_is_passed() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 100

    source = endless()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(source), "more_body": True}

    with pytest.raises(PayloadTooLarge):
        await reading.body(
            Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive), 1000
        )
    assert taken == 11


@pytest.mark.attack("A40")
async def test_only_json_is_taken_for_json() -> None:
    with pytest.raises(UnsupportedMediaType):
        await reading.json_body(request(b"{}", {"content-type": "text/plain"}), 100)


@pytest.mark.parametrize(
    ("document", "field", "code"),
    [
        ([], "", "wrong_type"),
        ({}, "bodyType", "required"),
        ({"bodyType": "alien"}, "bodyType", "not_offered"),
        ({"bodyType": "neutral", "role": "admin"}, "role", "unknown_field"),
        ({"bodyType": "neutral", "measurements": {"stature": "1700"}}, "measurements.stature", "wrong_type"),
        ({"bodyType": "neutral", "measurements": {"stature": True}}, "measurements.stature", "wrong_type"),
        ({"bodyType": "neutral", "measurements": {"stature": None}}, "measurements.stature", "wrong_type"),
        ({"bodyType": "neutral", "measurements": [1, 2]}, "measurements", "wrong_type"),
        (
            {"bodyType": "neutral", "measurements": {"stature": math.nan}},
            "measurements.stature",
            "wrong_type",
        ),
        ({"bodyType": "neutral", "weightKg": math.inf}, "weightKg", "wrong_type"),
        ({"bodyType": "neutral", "seed": -1}, "seed", "out_of_range"),
        ({"bodyType": "neutral", "seed": 2**40}, "seed", "out_of_range"),
        ({"bodyType": "neutral", "outfit": [{"garmentId": "a"}]}, "outfit[0].size", "required"),
        ({"bodyType": "neutral", "outfit": [{"garmentId": "a", "size": "M"}] * 9}, "outfit", "too_many"),
    ],
)
def test_a_body_out_of_shape_names_the_field(document: Any, field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        reading.validated(AvatarDraft, document)
    assert (field, code) in {(fault.field, fault.code) for fault in refusal.value.faults}
    assert all(fault.limit for fault in refusal.value.faults)


async def test_a_form_is_read_as_json_is() -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert await reading.json_or_form(request(b"gender=female&stature=170.5", form), 100) == {
        "gender": "female",
        "stature": "170.5",
    }
    with pytest.raises(InvalidInput):
        await reading.json_or_form(request(b"a=1&a=2", form), 100)
