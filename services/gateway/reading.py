"""Bodies and query strings of requests: bounded, strict, and refused with the field and the limit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import Request

from atelierkit.errors import FieldFault, InvalidInput
from services.gateway.problems import PayloadTooLarge, UnsupportedMediaType
from services.gateway.schemas.base import Query

Model = TypeVar("Model", bound=BaseModel)
Parameters = TypeVar("Parameters", bound=Query)

# pydantic's names for what went wrong, in the words of the published error codes, with what would have been right.
_FAULTS = {
    "missing": ("required", "a value"),
    "extra_forbidden": ("unknown_field", "a field that this route knows"),
    "literal_error": ("not_offered", None),
    "string_pattern_mismatch": ("invalid_format", None),
    "too_long": ("too_many", None),
    "list_type": ("wrong_type", "an array"),
    "dict_type": ("wrong_type", "an object"),
    "model_type": ("wrong_type", "an object"),
    "model_attributes_type": ("wrong_type", "an object"),
    "string_type": ("wrong_type", "a string"),
    "float_type": ("wrong_type", "a number"),
    "float_parsing": ("wrong_type", "a number"),
    "finite_number": ("wrong_type", "a finite number"),
    "int_type": ("wrong_type", "a whole number"),
    "int_parsing": ("wrong_type", "a whole number"),
    "int_from_float": ("wrong_type", "a whole number"),
    "bool_type": ("wrong_type", "true or false"),
    "bool_parsing": ("wrong_type", "true or false"),
}
_JSON = "JSON as RFC 8259 has it, in UTF-8"


class _DuplicateKey(ValueError):
    """A JSON object that names one member twice: which one was meant cannot be told."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


async def body(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes; PayloadTooLarge as soon as more is announced or seen."""
    refuse_announced(request, limit)
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            raise _too_large(limit)
    return bytes(chunks)


def refuse_announced(request: Request, limit: int) -> None:
    """PayloadTooLarge where the body says that it is larger."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)


async def json_body(request: Request, limit: int) -> bytes:
    """The body of a request that says that it is JSON. Raises PayloadTooLarge or UnsupportedMediaType."""
    if media_type(request) != "application/json":
        raise UnsupportedMediaType("the body must be application/json")
    return await body(request, limit)


def json_model(data: bytes, model: type[Model]) -> Model:
    """JSON as `model`. Raises InvalidInput."""
    return validated(model, parse_json(data))


async def json_or_form(request: Request, limit: int) -> dict[str, Any]:
    """The body as a flat mapping, from JSON or from an HTML form. Numbers in a form stay text."""
    kind = media_type(request)
    if kind == "application/x-www-form-urlencoded":
        return _form(await body(request, limit))
    if kind != "application/json":
        raise UnsupportedMediaType("the body must be application/json or a form")
    document = parse_json(await body(request, limit))
    if not isinstance(document, dict):
        raise _bad_field("", "wrong_type", "the body must be an object", "an object")
    return document


def query(model: type[Parameters], parameters: QueryParams) -> Parameters:
    """The query string as `model`. InvalidInput for a parameter that is given twice, and for one that the route does
    not take, with those that it does.
    """
    try:
        members = _members(parameters.multi_items())
    except _DuplicateKey as error:
        raise _bad_field(error.key, "duplicate_field", "the parameter is given twice", "once") from error
    try:
        return validated(model, members)
    except InvalidInput as refusal:
        faults = [_among_parameters(fault, model) for fault in refusal.faults]
        raise InvalidInput(refusal.message, faults=faults) from refusal


def parse_json(data: bytes) -> Any:
    """JSON in UTF-8: no doubled members, no bottomless nesting, no half characters. Raises InvalidInput.

    NaN and Infinity, which JSON does not have, pass as floats: no shape takes them, and its refusal names the field.
    """
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_members)
        if b"\\u" in data:
            # Escapes can spell half a surrogate pair, which no text holds and no message carries.
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except _DuplicateKey as error:
        raise _bad_field(error.key, "duplicate_field", "the member is given twice", "once") from error
    except (ValueError, RecursionError) as error:
        raise _bad_field("", "malformed", "the body is not valid JSON", _JSON) from error
    return document


def validated(model: type[Model], document: Any) -> Model:
    """`document` as `model`; InvalidInput names every field that breaks a rule."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [_fault(dict(item)) for item in error.errors(include_url=False, include_input=False)]
        raise InvalidInput("the request breaks the rules of its fields", faults=faults) from error


def _form(data: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            data.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(data),
            max_num_fields=100,
            errors="strict",
        )
    except ValueError as error:
        raise _bad_field(
            "", "malformed", "the body is not a valid form", "at most 100 fields, in UTF-8"
        ) from error
    try:
        return _members(pairs)
    except _DuplicateKey as error:
        raise _bad_field(error.key, "duplicate_field", "the field is given twice", "once") from error


def media_type(request: Request) -> str:
    """What the body says it is, without parameters, in lower case."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise _DuplicateKey(key[:64])
        members[key] = value
    return members


def _fault(error: dict[str, Any]) -> FieldFault:
    path = ""
    for step in error["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    named = [str(value) for value in error.get("ctx", {}).values() if isinstance(value, int | float | str)]
    code, expected = _FAULTS.get(error["type"], ("out_of_range" if named else "invalid", None))
    return FieldFault(path[:128], code, error["msg"], expected or " ".join(named)[:200] or None)


def _among_parameters(fault: FieldFault, model: type[Query]) -> FieldFault:
    """The fault as it is, or, for a parameter that the route does not take, with all that it does."""
    if fault.code != "unknown_field":
        return fault
    code = "not_offered" if fault.field in model.elsewhere else fault.code
    return replace(fault, code=code, limit=", ".join(model.names()))


def _bad_field(field: str, code: str, message: str, limit: str) -> InvalidInput:
    return InvalidInput(message, faults=[FieldFault(field, code, message, limit)])


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"the body is larger than {limit} bytes",
        faults=[FieldFault("", "too_large", "too large", f"{limit} bytes")],
    )
