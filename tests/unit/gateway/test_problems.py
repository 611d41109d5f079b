"""Errors as HTTP answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

import bodypose
import facemodel
import photos
from atelier.common.v1 import error_reason_pb2
from atelierkit import context
from atelierkit.errors import (
    AppError,
    Code,
    FieldFault,
    InvalidInput,
    NotFound,
    RemoteError,
    Unauthenticated,
    Unavailable,
)
from services.gateway import problems


def answered(error: AppError, **headers: str) -> tuple[int, dict[str, Any], Any]:
    with context.request(id="the-request"):
        response = problems.answer(
            error, Headers({name.replace("_", "-"): value for name, value in headers.items()})
        )
    return response.status_code, json.loads(bytes(response.body)), response.headers


def test_a_refusal_has_the_published_shape() -> None:
    fault = FieldFault("body.measurements.waist_girth_mm", "double.gte_lte", "must be ...", "450..1900")
    status, body, _ = answered(InvalidInput("bad", faults=[fault]))
    assert status == 400
    assert body == {
        "success": False,
        "error": "The request breaks the rules of its fields.",
        "code": "invalid_argument",
        "details": [
            {
                "field": "measurements.waist_girth",
                "code": "out_of_range",
                "message": "is outside 450..1900",
                "limit": "450..1900",
            }
        ],
        "requestId": "the-request",
        "retryable": False,
    }


def test_the_text_is_in_the_request_s_language() -> None:
    _, body, headers = answered(NotFound("x"), accept_language="de, fr-CA;q=0.8, en;q=0.5")
    assert body["error"] == "Rien de tel ici."
    assert headers["content-language"] == "fr"


def test_both_languages_say_the_same_things() -> None:
    english, french = (problems._texts(language) for language in problems.LANGUAGES)
    assert english.keys() == french.keys()
    assert all(("{limit}" in english[key]) == ("{limit}" in french[key]) for key in english)


def test_every_reason_of_the_catalogue_has_a_text() -> None:
    reasons = {name.removeprefix("ERROR_REASON_").lower() for name in error_reason_pb2.ErrorReason.keys()}  # noqa: SIM118
    assert reasons - {"unspecified"} <= problems._texts("en").keys()


def test_every_fault_that_a_service_names_has_a_text() -> None:
    services = Path(problems.__file__).parents[1]
    sources = "".join(path.read_text() for path in services.rglob("domain/*.py"))
    codes = set(re.findall(r'"((?:password|catalog|measurement|page_token)\.[a-z_]+)"', sources))
    assert len(codes) >= 6
    assert {f"field.{code}" for code in codes} <= problems._texts("en").keys()


def test_every_refusal_of_a_photo_or_a_motion_has_a_text() -> None:
    libraries = [Path(str(package.__file__)).parent for package in (bodypose, facemodel, photos)]
    sources = "".join(path.read_text() for folder in libraries for path in folder.rglob("*.py"))
    codes = set(re.findall(r'(?:Refused|Fault)\(\s*"([a-z_]+)"', sources))
    assert codes >= {"several_faces", "person_hidden", "joints_missing", "invalid_image"}
    assert {f"field.{code}" for code in codes} <= problems._texts("fr").keys()


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        (Code.ALREADY_EXISTS, "EMAIL_TAKEN", 409),
        (Code.UNAUTHENTICATED, "INVALID_CREDENTIALS", 401),
        (Code.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS", 429),
        (Code.RESOURCE_EXHAUSTED, "PAYLOAD_TOO_LARGE", 413),
        (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", 504),
        (Code.DATA_LOSS, "BLOB_CORRUPT", 500),
    ],
)
def test_codes_have_their_status(code: Code, reason: str, status: int) -> None:
    answer_status, body, _ = answered(RemoteError("x", code=code, reason=reason))
    assert answer_status == status
    assert body["code"] == (reason.lower() if status != 500 else "internal")


def test_a_fault_of_ours_tells_no_internals() -> None:
    _, body, _ = answered(RemoteError("table auth.accounts is gone", code=Code.INTERNAL, reason="SQL_BROKE"))
    assert "accounts" not in json.dumps(body)
    assert "SQL" not in json.dumps(body)


def test_a_client_learns_when_to_come_back_and_how_to_log_in() -> None:
    _, body, headers = answered(Unavailable("x", retry_after_s=1.2))
    assert (headers["retry-after"], body["retryable"]) == ("2", True)
    _, _, headers = answered(Unauthenticated("x"))
    assert headers["www-authenticate"] == "Bearer"


def test_problem_json_is_given_on_request() -> None:
    status, body, headers = answered(NotFound("x"), accept="application/problem+json")
    assert headers["content-type"] == "application/problem+json"
    assert (body["type"], body["status"]) == ("urn:atelier:not_found", status)
