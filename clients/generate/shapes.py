"""The API's shapes as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping

from clients.generate.names import HEADER, Schema, docstring, python_type, snake

_IMPORTS = """from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

"""


def module(schemas: Mapping[str, Schema]) -> str:
    """The module of all shapes. A name that is used before it is defined is fine: annotations are not evaluated."""
    header = HEADER.format(summary="The shapes of the API: what is sent and what is answered.")
    return header + _IMPORTS + "\n\n".join(_shape(name, schema) for name, schema in schemas.items()) + "\n"


def _shape(name: str, schema: Schema) -> str:
    if schema.get("type") != "object":
        return f"{name} = {python_type(schema)}\n{docstring(schema.get('description', name), '')}"
    required = frozenset(schema.get("required", ()))
    fields = [_field(key, each, key in required) for key, each in schema.get("properties", {}).items()]
    return (
        f"@dataclass(frozen=True, kw_only=True)\nclass {name}:\n"
        f"{docstring(schema.get('description', name))}\n{''.join(fields) or '    pass'}"
    )


def _field(key: str, schema: Schema, is_required: bool) -> str:
    """What need not be given is left out of a request, and the platform's own default counts."""
    annotation = python_type(schema)
    line = f"    {snake(key)}: {annotation}"
    if not is_required:
        line += _default(schema) if "const" in schema else _absent(annotation)
    described = schema.get("description")
    return f"{line}\n{docstring(described) if described else ''}"


def _default(schema: Schema) -> str:
    return f" = {schema['const']!r}"


def _absent(annotation: str) -> str:
    return " = None" if annotation.endswith("None") else " | None = None"
