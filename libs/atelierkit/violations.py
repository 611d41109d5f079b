"""A broken protovalidate rule as a FieldFault: the field's path, the rule's id and the bound it sets."""

from __future__ import annotations

import json
from typing import Any

from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from protovalidate import FieldPathPb, Violation

from atelierkit.errors import FieldFault

_LOWER = ("gte", "gt")
_UPPER = ("lte", "lt")


def field_fault(message: Any, violation: Violation) -> FieldFault:
    """The fault of one violation found in a message of that type.

    ``limit`` is the value in the schema (``64``), and ``low..high`` where the rule is a range.
    """
    found = violation.proto
    return FieldFault(
        field=_path(found.field),
        code=found.rule_id,
        message=found.message or "the value is not valid",
        limit=_range(message, violation) or _plain(violation.rule_value),
    )


def _path(path: FieldPathPb | None) -> str:
    """``measurements[3].value_mm``, ``sizes["XL"]``; empty for a rule on the message as a whole."""
    names = []
    for element in path.elements if path is not None else ():
        subscript = element.subscript
        names.append(element.field_name + ("" if subscript is None else f"[{json.dumps(subscript.value)}]"))
    return ".".join(names)


def _plain(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(message: Descriptor, violation: Violation) -> str | None:
    """Both bounds of a rule such as ``double.gte_lte``: the violation itself names the lower one alone."""
    found = violation.proto
    lower, _, upper = found.rule_id.rpartition(".")[2].partition("_")
    if lower not in _LOWER or upper not in _UPPER or found.field is None or found.rule is None:
        return None
    field = _leaf(message, found.field)
    rules: Any = field.GetOptions().Extensions[validate_pb2.field]
    for element in found.rule.elements[:-1]:
        rules = getattr(rules, element.field_name)
    return f"{_plain(getattr(rules, lower))}..{_plain(getattr(rules, upper))}"


def _leaf(message: Descriptor, path: FieldPathPb) -> FieldDescriptor:
    """The field at the end of the path; a map's value stands behind its entry message."""
    *outer, last = path.elements
    for element in outer:
        inner: Any = message.fields_by_name[element.field_name].message_type
        message = inner.fields_by_name["value"].message_type if inner.GetOptions().map_entry else inner
    return message.fields_by_name[last.field_name]
