"""Measurements and body types."""

from __future__ import annotations

from collections.abc import Mapping

from atelier.common.v1 import body_pb2
from atelier.generator.v1 import generator_pb2
from atelierkit.errors import FieldFault, InvalidInput
from services.gateway.schemas.avatars import BodyType, Person, SeededPerson, Source

BODY_TYPES: Mapping[BodyType, body_pb2.BodyType.ValueType] = {
    "feminine": body_pb2.BODY_TYPE_FEMININE,
    "masculine": body_pb2.BODY_TYPE_MASCULINE,
    "neutral": body_pb2.BODY_TYPE_NEUTRAL,
}
BODY_TYPE_NAMES: Mapping[int, BodyType] = {value: name for name, value in BODY_TYPES.items()}
SOURCES: Mapping[int, Source] = {
    generator_pb2.SOURCE_ASKED: "asked",
    generator_pb2.SOURCE_ESTIMATED: "estimated",
}

_UNIT = "_mm"
NAMES = tuple(field.name.removesuffix(_UNIT) for field in body_pb2.Measurements.DESCRIPTOR.fields)
"""The 15 measurements, in their order."""


def measurements_message(by_name: Mapping[str, float]) -> body_pb2.Measurements:
    """The 15 as a message. InvalidInput for a name that is none of them."""
    unknown = [name for name in by_name if name not in NAMES]
    if unknown:
        raise InvalidInput(
            "there is no such measurement",
            faults=[
                FieldFault(
                    f"measurements.{name[:64]}", "unknown_field", "no such measurement", ", ".join(NAMES)
                )
                for name in unknown[:15]
            ],
        )
    return body_pb2.Measurements(**{name + _UNIT: value for name, value in by_name.items()})


def measurements_by_name(message: body_pb2.Measurements) -> dict[str, float]:
    """The measurements that are set, in their order, in millimetres."""
    return {name: getattr(message, name + _UNIT) for name in NAMES if message.HasField(name + _UNIT)}  # type: ignore[arg-type]


def body_spec(person: Person) -> generator_pb2.BodySpec:
    """The person to make."""
    return generator_pb2.BodySpec(
        measurements=measurements_message(person.measurements),
        body_type=BODY_TYPES[person.body_type],
        seed=person.seed if isinstance(person, SeededPerson) else 0,
        weight_kg=person.weight_kg,
        age=person.age,
    )
