"""Every operation of the API as a function that makes its call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clients.generate.names import HEADER, docstring, python_type, snake

_IMPORTS = """from datetime import datetime
from typing import Literal

from atelier_client import shapes
from atelier_client.calls import Call, JsonObject, Upload, path


"""
_JSON = "application/json"


def module(paths: Mapping[str, Mapping[str, Any]]) -> str:
    """The module of all operations; `Atelier.call` sends what they make."""
    summary = "Every operation of the API: a function makes a call, and `Atelier.call` sends it."
    described = [(method, path, item) for path, methods in paths.items() for method, item in methods.items()]
    return HEADER.format(summary=summary) + _IMPORTS + "\n\n".join(_operation(*each) for each in described)


def _operation(method: str, path: str, item: Mapping[str, Any]) -> str:
    answer, *others = _answers(item["responses"]).values()
    query = [each for each in item["parameters"] if each["in"] == "query"]
    return (
        f"def {item['operationId']}({', '.join(_arguments(item))}) -> Call[{' | '.join((answer, *others))}]:\n"
        f"{docstring(_documented(item['summary'], query))}"
        f"    return Call({', '.join(_call(method, path, item, answer, query))})\n"
    )


def _arguments(item: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{snake(each['name'])}: str" for each in item["parameters"] if each["in"] == "path")
    if "requestBody" in item:
        yield f"body: {_body(item['requestBody']['content'])}"
    query = [each for each in item["parameters"] if each["in"] == "query"]
    if query:
        yield "*"
    for each in query:
        yield f"{snake(each['name'])}: {python_type(each['schema'], 'shapes.')} | None = None"


def _body(content: Mapping[str, Any]) -> str:
    choices = []
    if _JSON in content:
        choices += [python_type(content[_JSON]["schema"], "shapes."), "JsonObject"]
    if set(content) - {_JSON}:
        choices.append("Upload")
    return " | ".join(choices)


def _answers(responses: Mapping[str, Any]) -> Mapping[str, str]:
    """What success looks like, by its status; the usual one comes first."""
    return {
        status: _answer(answer.get("content", {})) for status, answer in responses.items() if status < "300"
    }


def _answer(content: Mapping[str, Any]) -> str:
    if _JSON in content and "$ref" in content[_JSON]["schema"]:
        return python_type(content[_JSON]["schema"], "shapes.")
    return "bytes" if content else "None"


def _call(
    method: str, address: str, item: Mapping[str, Any], answer: str, query: list[Mapping[str, Any]]
) -> Iterator[str]:
    yield f'"{method.upper()}"'
    names = re.findall(r"\{(\w+)\}", address)
    yield (
        f'path("{address}", {", ".join(f"{name}={snake(name)}" for name in names)})'
        if names
        else f'"{address}"'
    )
    yield "type(None)" if answer == "None" else answer
    if query:
        yield "query={" + ", ".join(f'"{each["name"]}": {snake(each["name"])}' for each in query) + "}"
    if "requestBody" in item:
        yield "body=body"
    _, *others = _answers(item["responses"]).items()
    if others:
        yield "also={" + ", ".join(f"{status}: {shape}" for status, shape in others) + "}"


def _documented(summary: str, query: list[Mapping[str, Any]]) -> str:
    """The summary, then what each parameter means."""
    told = [
        f"{snake(each['name'])}: {' '.join(each['schema']['description'].split())}"
        for each in query
        if "description" in each["schema"]
    ]
    return "\n".join([f"{summary}.", *(["", *told] if told else [])])
