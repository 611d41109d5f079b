"""The OpenAPI 3.1 document, built from the operations that the server runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway import idempotency
from services.gateway.limits import Cost
from services.gateway.middleware import remember_route
from services.gateway.multipart import MEDIA_TYPE as MULTIPART
from services.gateway.operations import Access, Form, Operation
from services.gateway.schemas.base import Problem

REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = (
    "Measurements in, a dressed and rigged avatar out. Lengths are millimetres; names of measurements are "
    "ISO 8559-1 terms. Every refusal has the shape `Problem`; `code` is for machines, `details` names each field."
)
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An access token of a person, or an API key with a scope that the operation names. An operation that "
    "names none is for people alone.",
}
_REFUSAL_TEXTS = {
    400: "A field breaks its rule",
    401: "No valid access token",
    402: "Not enough credits",
    403: "The caller may not do this",
    404: "Unknown, or somebody else's",
    409: "Exists already, or is still at work",
    413: "The body is too large",
    415: "The body's Content-Type is not one that the route reads",
    422: "The key came with another request, or the file is not of a person",
    429: "Too often",
    501: "This installation lacks a part that the route needs",
    503: "A service is away; try again",
    504: "The deadline passed",
}
_IDEMPOTENCY_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": "Makes it safe to send the request again: within 24 hours the same key is answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.LONGEST_KEY},
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI document of the published API."""
    operations = list(operations)
    references, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Atelier",
            "version": version("atelier-platform"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"bearer": _BEARER},
        },
    }


def routes(operations: tuple[Operation, ...]) -> list[BaseRoute]:
    """`/v1/openapi.json`, and the same to read at `/docs`."""
    text, page = _written(operations)

    async def openapi(request: Request) -> Response:
        remember_route(request.scope, "/v1/openapi.json")
        return Response(text, media_type="application/json")

    async def docs(request: Request) -> Response:
        remember_route(request.scope, "/docs")
        return HTMLResponse(page)

    return [Route("/v1/openapi.json", openapi), Route("/docs", docs)]


@cache
def _written(operations: tuple[Operation, ...]) -> tuple[str, str]:
    """The document's text and its page: 80 ms of work, and the same for every gateway of a process."""
    described = document(operations)
    return json.dumps(described, ensure_ascii=False, indent=1), _page(described)


Reference = Mapping[Any, dict[str, Any]]
"""JSON reference by (shape, mode)."""


def _schemas(operations: Iterable[Operation]) -> tuple[Reference, dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for operation in operations:
        if operation.body is not None:
            wanted.append((operation.body, "validation"))
        answers = [operation.answer, *(shape for _, shape in operation.also)]
        wanted += [(answer, "serialization") for answer in answers if isinstance(answer, type)]
    references, schema = models_json_schema(wanted, ref_template=REFERENCE)
    definitions: dict[str, Any] = schema["$defs"]
    return references, definitions


def _operation(operation: Operation, references: Reference) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.handler.__module__.rsplit(".", 1)[1] + "_" + operation.handler.__name__,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *_path_parameters(operation.path),
            *_query_parameters(operation.query),
            *([_IDEMPOTENCY_KEY] if operation.takes_key else []),
        ],
        "responses": {
            str(int(status)): _answer(operation.summary, answer, references)
            for status, answer in ((operation.status, operation.answer), *operation.also)
        },
        "security": _security(operation),
    }
    content = dict(map(_uploaded, operation.upload))
    if operation.form is not None:
        content[MULTIPART] = {"schema": _filled_in(operation.form)}
    if operation.body is not None:
        content["application/json"] = {"schema": references[operation.body, "validation"]}
    if content:
        described["requestBody"] = {"required": True, "content": content}
    refused = {"application/json": {"schema": references[Problem, "serialization"]}}
    for status in _refusals(operation):
        described["responses"][str(status)] = {"description": _REFUSAL_TEXTS[status], "content": refused}
    return described


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """A token, and the scope that it needs where it is an API key's; alternatives where one of several suffices."""
    if operation.access is Access.PUBLIC:
        return []
    return [{"bearer": [scope]} for scope in operation.scopes] or [{"bearer": []}]


def _uploaded(media_type: str) -> tuple[str, dict[str, Any]]:
    file = {"type": "string", "format": "binary"}
    if media_type != MULTIPART:
        return media_type, {"schema": file}
    form = {"type": "object", "required": ["file"], "properties": {"file": file}}
    return media_type, {"schema": form}


def _filled_in(form: Form) -> dict[str, Any]:
    described = {
        name: {"type": "string", "format": "binary", "description": text}
        for name, text in (*form.files, *form.either)
    }
    fields = form.fields.model_json_schema()["properties"]
    return {
        "type": "object",
        "required": [*(name for name, _ in form.files), *form.required],
        "properties": {**described, **{name: _without_null(schema) for name, schema in fields.items()}},
        "additionalProperties": False,
    }


def _answer(summary: str, answer: type[BaseModel] | str | None, references: Reference) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done"}
    if isinstance(answer, str):
        content: dict[str, Any] = {answer: {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": references[answer, "serialization"]}}
    return {"description": summary, "content": content}


def _refusals(operation: Operation) -> list[int]:
    statuses = {503, *operation.refusals}
    if operation.cost is not Cost.FREE:
        statuses.add(429)
    if operation.takes_key:
        statuses |= {400, 409, 422}
    if operation.body is not None or operation.upload or operation.form is not None:
        statuses |= {400, 413, 415}
    if operation.query is not None or "{" in operation.path:
        statuses.add(400)
    if operation.access is not Access.PUBLIC:
        statuses |= {401, 403}
    return sorted(statuses)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _named(path, name)}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _named(path: str, name: str) -> dict[str, Any]:
    """Shape of an identifier: most are UUIDs."""
    if name == "sha256":
        return {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    if path.startswith("/v1/catalog/"):
        return {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}
    return {"type": "string", "format": "uuid"}


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    properties = model.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema), **_style(schema)}
        for name, schema in properties.items()
    ]


def _style(schema: dict[str, Any]) -> dict[str, Any]:
    """How an object is written in a query: a parameter for each of its members."""
    return {"style": "deepObject", "explode": True} if schema.get("type") == "object" else {}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's shape: one that is left out is None in code, but no query string can say null."""
    choices: list[dict[str, Any]] = [
        choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"
    ]
    if len(choices) != 1:
        return schema
    said = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return said | choices[0]


def _page(described: dict[str, Any]) -> str:
    """A page that reads without scripts: the operations, then the shapes."""
    rows = "".join(
        f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{escape(item['summary'])}"
        f"{' · bearer token' if item['security'] else ''}</p>"
        f"<pre>{escape(json.dumps({k: item.get(k) for k in ('requestBody', 'responses')}, indent=1))}</pre>"
        for path, methods in described["paths"].items()
        for method, item in methods.items()
    )
    shapes = "".join(
        f"<h3 id='{escape(name)}'>{escape(name)}</h3><pre>{escape(json.dumps(shape, indent=1))}</pre>"
        for name, shape in described["components"]["schemas"].items()
    )
    style = "body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto;background:#8881;padding:1rem}"
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>Atelier API</title><style>{style}</style><h1>Atelier API</h1><p>{escape(described['info']['description'])}"
        f"</p><p><a href='/v1/openapi.json'>openapi.json</a></p><h2>Operations</h2>{rows}<h2>Shapes</h2>{shapes}</html>"
    )
