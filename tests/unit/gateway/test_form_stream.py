"""Forms in pieces: however they are cut, the parts are the same, and no more is read than was allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelierkit.errors import InvalidInput
from services.gateway import form_stream, multipart
from services.gateway.form_stream import PartLimit
from services.gateway.problems import PayloadTooLarge

TYPE = "multipart/form-data; boundary=b"
HEAD = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
LIMIT = 64

contents = st.binary(max_size=LIMIT).filter(lambda content: b"\r\n--b" not in b"\r\n" + content)
names = st.sampled_from([b"front", b"left", b"right"])
forms = st.lists(st.tuples(names, contents), max_size=4)


def encoded(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"".join(HEAD % part for part in parts) + b"--b--\r\n"


def read(pieces: Sequence[bytes]) -> list[multipart.Part]:
    async def chunks() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    limit = PartLimit(LIMIT, PayloadTooLarge("too large"))
    return asyncio.run(form_stream.read(chunks(), TYPE, lambda _: limit))


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    at = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(at)]


@given(forms, st.lists(st.integers(0, 10_000), max_size=12))
def test_the_parts_are_the_same_wherever_a_form_is_cut(
    parts: list[tuple[bytes, bytes]], places: list[int]
) -> None:
    body = encoded(parts)
    found = read(cut(body, places))
    assert [(part.name.encode(), part.data) for part in found] == parts
    assert found == multipart.parts(body, TYPE)


@given(forms, st.integers(0, 10_000))
def test_a_form_that_ends_early_is_refused(parts: list[tuple[bytes, bytes]], place: int) -> None:
    body = encoded(parts).removesuffix(b"\r\n")
    with pytest.raises(InvalidInput):
        read([body[: place % len(body)]])


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_whatever_comes_is_read_or_refused(body: bytes, places: list[int]) -> None:
    for tried in (body, b"--b\r\n" + body, HEAD % (b"front", body)):
        try:
            read(cut(tried, places))
        except (InvalidInput, PayloadTooLarge):
            continue


@pytest.mark.attack("A24")
@pytest.mark.parametrize("extra", [0, 1, 10_000])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_part_has_its_limit(extra: int, size: int) -> None:
    body = encoded([(b"front", bytes(LIMIT + extra))])
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    if extra:
        with pytest.raises(PayloadTooLarge):
            read(pieces)
    else:
        assert len(read(pieces)[0].data) == LIMIT
