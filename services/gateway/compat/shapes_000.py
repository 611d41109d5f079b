"""Shapes of source 000's requests. Values may come from a form, so numbers may be text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel

from atelier.common.v1 import body_pb2
from services.gateway.convert.body import NAMES
from services.gateway.schemas.catalog import Category

Gender = Literal["female", "male", "neutral"]
BODY_TYPES: Mapping[Gender, body_pb2.BodyType.ValueType] = {
    "female": body_pb2.BODY_TYPE_FEMININE,
    "male": body_pb2.BODY_TYPE_MASCULINE,
    "neutral": body_pb2.BODY_TYPE_NEUTRAL,
}


class Form(BaseModel):
    """A form or a flat JSON object; a member that is not named here is refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, allow_inf_nan=False)


class Credentials(Form):
    """Who signs up or logs in."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=128)]


class _Person(Form):
    model_config = ConfigDict(alias_generator=None)

    gender: Gender
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0


Centimetres = Annotated[float, Field(description="centimetres")] | None

Measured = create_model(
    "Measured",
    __base__=_Person,
    __doc__="A person: gender and any of the 15 measurements, in centimetres.",
    **dict.fromkeys(NAMES, (Centimetres, None)),  # type: ignore[call-overload]
)


class ClothChange(Form):
    """A garment to put on."""

    avatar_id: str | None = None
    """The caller's newest avatar where it is left out."""
    category: Category
    garment_id: str | None = None
    """The category's first where it is left out."""
    size: str
    color: str = ""


class FeatureChange(Form):
    """Hair and skin to change."""

    avatar_id: str | None = None
    hair: str | None = None
    hair_color: str | None = None
    skin_color: str | None = None
