"""Shapes to JSON and back.

What an answer has beyond its shape is ignored, and a word that an enumeration does not have is passed on: the platform
may be newer than the client.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from atelier_client.errors import UnexpectedAnswer

Shape = TypeVar("Shape")

_NOT_THERE = object()


def encode(value: object) -> Any:
    """A shape, or anything that holds some, as JSON; fields that are None are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        given = {_wire_name(each.name): getattr(value, each.name) for each in fields(value)}
        return {name: encode(member) for name, member in given.items() if member is not None}
    if isinstance(value, Mapping):
        return {name: encode(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [encode(member) for member in value]
    return value.isoformat() if isinstance(value, datetime) else value


def decode(shape: type[Shape], value: object) -> Shape:
    """JSON as a shape. Raises UnexpectedAnswer for JSON that has another one."""
    try:
        return cast("Shape", _decode(shape, value))
    except (TypeError, ValueError) as error:
        raise UnexpectedAnswer(f"the answer is not of the shape {shape.__name__}: {error}") from error


def _decode(shape: Any, value: Any) -> Any:
    origin = get_origin(shape)
    if isinstance(shape, type) and is_dataclass(shape):
        return _decode_object(shape, value)
    if origin in (Union, types.UnionType):
        return _decode(_fitting(get_args(shape), value), value)
    if origin is list:
        (item,) = get_args(shape)
        return [_decode(item, member) for member in _checked(value, list)]
    if origin is tuple:
        return tuple(
            _decode(item, member) for item, member in zip(get_args(shape), _checked(value, list), strict=True)
        )
    if origin is dict:
        _, item = get_args(shape)
        return {name: _decode(item, member) for name, member in _checked(value, dict).items()}
    return _decode_scalar(shape, value)


def _decode_scalar(shape: Any, value: Any) -> Any:
    if shape is Any or get_origin(shape) is Literal:
        return value
    if shape is datetime:
        return datetime.fromisoformat(_checked(value, str))
    if shape is float:
        # JSON has one kind of numbers.
        return float(_checked(value, int | float))
    return _checked(value, shape)


def _decode_object(shape: type, value: Any) -> Any:
    given = _checked(value, dict)
    members = {}
    for name, (wire_name, hint) in _members(shape).items():
        member = given.get(wire_name, _NOT_THERE)
        if member is not _NOT_THERE:
            members[name] = _decode(hint, member)
    return shape(**members)


@cache
def _members(shape: type) -> Mapping[str, tuple[str, Any]]:
    """Name in JSON and type, by the field's name."""
    return {name: (_wire_name(name), hint) for name, hint in get_type_hints(shape).items()}


def _fitting(choices: tuple[Any, ...], value: Any) -> Any:
    for choice in choices:
        if _fits(choice, value):
            return choice
    raise TypeError(f"{type(value).__name__} is none of {choices}")


def _fits(shape: Any, value: Any) -> bool:
    origin = get_origin(shape)
    if shape is Any or origin is Literal:
        return value is not None
    if is_dataclass(shape) or origin is dict:
        return isinstance(value, dict) and (origin is None or _all_fit(get_args(shape)[1], value))
    if origin in (list, tuple):
        return isinstance(value, list)
    kinds = {datetime: str, float: int | float}
    return isinstance(value, kinds.get(shape, shape))


def _all_fit(item: Any, value: Mapping[str, Any]) -> bool:
    return all(_fits(item, member) for member in value.values())


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{type(value).__name__} where {getattr(kind, '__name__', kind)} belongs")
    return value


def _wire_name(name: str) -> str:
    """`asked_mm` as `askedMm`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
