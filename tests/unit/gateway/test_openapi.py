"""The OpenAPI document tells of every route that is served."""

from __future__ import annotations

from openapi_spec_validator import validate

from atelier.common.v1 import body_pb2
from services.gateway import openapi
from services.gateway.convert.body import NAMES
from services.gateway.operations import Access
from services.gateway.routes import OPERATIONS


def test_it_is_a_valid_document_with_every_operation() -> None:
    document = openapi.document(OPERATIONS)
    validate(document)
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(operation.method, operation.path) for operation in OPERATIONS}
    ids = [item["operationId"] for methods in document["paths"].values() for item in methods.values()]
    assert len(ids) == len(set(ids))


def test_routes_that_need_a_caller_say_so() -> None:
    document = openapi.document(OPERATIONS)
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        assert bool(described["security"]) == (operation.access is Access.USER)
        assert ("401" in described["responses"]) >= (operation.access is Access.USER)


def test_requests_refuse_members_that_are_not_named() -> None:
    schemas = openapi.document(OPERATIONS)["components"]["schemas"]
    assert schemas["AvatarDraft"]["additionalProperties"] is False


def test_the_measurements_are_the_fifteen_of_the_contract() -> None:
    assert len(NAMES) == len(body_pb2.Measurements.DESCRIPTOR.fields) == 15
