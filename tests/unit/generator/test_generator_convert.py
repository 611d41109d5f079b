"""Messages and page tokens."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import protovalidate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.common.v1 import body_pb2, file_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelierkit.errors import Code
from services.generator import convert
from services.generator.domain.errors import BadPageToken
from services.generator.domain.model import BodySpec, BodyType, Look, Position
from services.generator.domain.options import DRESSED
from tests.unit.generator.world import file_options

PLACE = Position(
    datetime(2031, 5, 4, 12, 0, 0, 123456, tzinfo=UTC), UUID("7d0f3c52-9d1e-4f0b-8f52-0d5b3c7a9e11")
)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_token_leads_back_to_its_place(moment, id) -> None:
    assert convert.position(convert.page_token(Position(moment, id))) == Position(moment, id)


def test_a_place_is_the_same_in_every_time_zone() -> None:
    elsewhere = Position(PLACE.created_at.astimezone(timezone(timedelta(hours=9))), PLACE.id)
    assert convert.page_token(elsewhere) == convert.page_token(PLACE)


def test_no_token_is_the_first_page() -> None:
    assert convert.position("") is None


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "!!!!",
        "é" * 4,
        packed("2031-05-04T12:00:00+00:00"),
        packed(f"yesterday/{PLACE.id}"),
        packed("2031-05-04T12:00:00+00:00/1"),
        packed(f"2031-05-04T12:00:00/{PLACE.id}"),
        packed(f"2031-05-04T12:00:00.1+00:00/{PLACE.id}"),
        packed(f"0001-01-01T00:00:00+14:00/{PLACE.id}"),
        packed(f"2031-05-04T12:00:00+00:00/{str(PLACE.id).upper()}"),
        packed("\u0660" * 40),
        convert.page_token(PLACE) + "=",
        convert.page_token(PLACE) + "\n",
        convert.page_token(PLACE)[:-4],
    ],
)
def test_any_other_token_is_refused(token) -> None:
    with pytest.raises(BadPageToken) as refused:
        convert.position(token)
    assert (refused.value.code, [fault.field for fault in refused.value.faults]) == (
        Code.INVALID_ARGUMENT,
        ["page_token"],
    )


@given(st.text(max_size=256))
def test_no_text_breaks_the_decoder(token) -> None:
    try:
        found = convert.position(token)
    except BadPageToken:
        return
    assert token == ("" if found is None else convert.page_token(found))


def test_measurements_are_told_by_name() -> None:
    message = pb.BodySpec(
        measurements=body_pb2.Measurements(stature_mm=1700, back_length_mm=400.5),
        body_type=body_pb2.BODY_TYPE_NEUTRAL,
        seed=9,
        weight_kg=70,
    )
    assert convert.body_spec(message) == BodySpec(
        {"stature": 1700.0, "back_length": 400.5}, BodyType.NEUTRAL, 9, 70.0, None
    )


def test_an_unset_message_is_the_plain_file() -> None:
    assert convert.file_options(file_pb2.FileOptions()) == DRESSED


@given(file_options())
def test_a_file_is_asked_for_as_it_was_asked_of_us(options) -> None:
    message = convert.file_options_message(options)
    protovalidate.validate(message)
    assert convert.file_options(message) == options


async def test_an_avatar_leads_back_to_its_recipe(world) -> None:
    avatar = await world.avatar(look=Look("tone-09", "bob"))
    message = convert.avatar_message(avatar)
    assert convert.body_spec(message.recipe.body) == avatar.recipe.body
    assert convert.look(message.recipe.look) == avatar.recipe.look
    assert convert.outfit(message.recipe.outfit) == avatar.recipe.outfit
    assert message.create_time.ToDatetime(UTC) == avatar.created_at
    assert message.id == str(avatar.id)
