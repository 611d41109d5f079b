"""Shapes to JSON and back, and how they are written from the document."""

from __future__ import annotations

from typing import Any

import pytest

from atelier_client import UnexpectedAnswer, shapes
from atelier_client.wire import decode, encode
from clients.generate import blocking
from clients.generate.names import python_type, snake
from tests.unit.clients.examples import example, schemas

NAMES = sorted(name for name, schema in schemas().items() if schema.get("type") == "object")


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_is_read_and_written_back(name: str) -> None:
    shape: type = getattr(shapes, name)
    given = {key: value for key, value in example(name).items() if value is not None}
    assert encode(decode(shape, example(name))) == given


def test_a_newer_platform_does_not_break_an_older_client() -> None:
    newer = example("Job", kind="face_avatar", error=None, mood="sunny")
    read = decode(shapes.Job, newer)
    assert (read.kind, read.error) == ("face_avatar", None)


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("Job", {"revision": "7"}),
        ("Job", {"revision": True}),
        ("Job", {"createdAt": "yesterday"}),
        ("Job", {"results": {}}),
        ("Job", {"items": None}),
        ("Estimate", {"intervalMm": [1.0]}),
        ("SizeOption", {"girthsMm": {"chest": "wide"}}),
    ],
)
def test_another_shape_is_told(name: str, over: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer, match=name):
        decode(getattr(shapes, name), example(name, **over))


@pytest.mark.parametrize("field", ["id", "revision", "links"])
def test_a_field_that_lacks_is_told(field: str) -> None:
    given = example("Job")
    del given[field]
    with pytest.raises(UnexpectedAnswer, match=field):
        decode(shapes.Job, given)


@pytest.mark.parametrize(
    "details", [[example("Fault")], {"needed": 5, "available": 1}, {"scope": "jobs:read"}, []]
)
def test_details_are_what_they_are(details: Any) -> None:
    read = decode(shapes.Problem, example("Problem", details=details))
    assert encode(read.details) == details


def test_names_turn_back() -> None:
    assert [snake(name) for name in ("askedMm", "withinIso20685", "from", "self")] == [
        "asked_mm",
        "within_iso20685",
        "from_",
        "self",
    ]
    with pytest.raises(ValueError, match="XYZ"):
        snake("XYZ")


def test_types_are_written_as_python_has_them() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]}
    assert python_type(pair) == "tuple[float, str]"
    assert (
        python_type({"anyOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}]}, "shapes.")
        == "shapes.Job | None"
    )
    assert python_type({"type": "object", "additionalProperties": {"type": "integer"}}) == "dict[str, int]"


def test_the_blocking_twin_says_what_the_asynchronous_one_says() -> None:
    source = '"""Things.\n"""\n\nasync def f() -> AsyncGenerator[Job, None]:\n    async with x as y:\n        await async_pause(1)\n'
    text = blocking.module(source)
    assert text.startswith('"""Things.\n\nWritten by')
    assert text.endswith("def f() -> Generator[Job, None, None]:\n    with x as y:\n        pause(1)\n")
