"""Examples of the API's shapes, made from the document that the clients are generated from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from clients.generate.files import DOCUMENT

_SCALARS = {"string": "text", "integer": 7, "number": 1.5, "boolean": True, "null": None}


@cache
def schemas() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))["components"]["schemas"]
    return found


def example(name: str, /, **over: Any) -> dict[str, Any]:
    """A shape as JSON, with every field that it has."""
    made: dict[str, Any] = _example(schemas()[name])
    return made | over


def _example(schema: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(schemas()[schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "array":
        return [_example(item) for item in schema.get("prefixItems", [schema.get("items", {})])]
    if schema.get("type") == "object":
        return _object(schema)
    return (
        "2026-01-02T03:04:05+00:00"
        if schema.get("format") == "date-time"
        else _SCALARS.get(schema.get("type", ""), {})
    )


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        return {name: _example(each) for name, each in schema["properties"].items()}
    values = schema.get("additionalProperties")
    return {"chest": _example(values)} if isinstance(values, dict) else {}


def job(state: str, revision: int, **over: Any) -> dict[str, Any]:
    """A job on its way."""
    return example("Job", id="j-1", state=state, revision=revision, error=None) | over
