"""Names and types: from JSON's to Python's."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

HEADER = '''"""{summary}

Written by `make clients`; edits are lost.
"""

from __future__ import annotations

'''

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def snake(name: str) -> str:
    """`askedMm` as `asked_mm`. Raises ValueError for a name that the client could not turn back."""
    turned = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if keyword.iskeyword(turned):
        turned += "_"
    if camel(turned) != name:
        raise ValueError(f"{name} cannot be told from {turned}")
    return turned


def camel(name: str) -> str:
    """`asked_mm` as `askedMm`; the same rule as in the client's `wire.py`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def python_type(schema: Schema, module: str = "") -> str:
    """The annotation of a schema; `module` is put before the names of shapes."""
    if "$ref" in schema:
        return module + str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(python_type(choice, module) for choice in schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(map(repr, values))}]"
    return _of_kind(schema, module)


def _of_kind(schema: Schema, module: str) -> str:
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"tuple[{', '.join(python_type(item, module) for item in schema['prefixItems'])}]"
    if kind == "array":
        return f"list[{python_type(schema.get('items', {}), module)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {python_type(values, module) if isinstance(values, dict) else 'Any'}]"
    if schema.get("format") == "date-time":
        return "datetime"
    return _SCALARS[str(kind)] if kind else "Any"


def docstring(text: str, indent: str = "    ") -> str:
    """A docstring of that text, which may be of several lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""\n'
    return f'{indent}"""{lines[0]}\n' + "".join(f"{indent}{line}\n" for line in lines[1:]) + f'{indent}"""\n'
