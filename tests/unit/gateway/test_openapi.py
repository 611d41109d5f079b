"""The OpenAPI document tells of every route that is served."""

from __future__ import annotations

import re

from openapi_spec_validator import validate

from atelier.common.v1 import body_pb2
from services.gateway import openapi
from services.gateway.convert.body import NAMES
from services.gateway.convert.files import FORMATS
from services.gateway.limits import Cost
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
        assert bool(described["security"]) == (operation.access is not Access.PUBLIC)
        assert ("401" in described["responses"]) >= (operation.access is not Access.PUBLIC)
        assert ("403" in described["responses"]) >= (operation.access is Access.ADMIN)


def test_what_may_be_sent_again_and_how_often_is_told() -> None:
    document = openapi.document(OPERATIONS)
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        headers = [each["name"] for each in described["parameters"] if each["in"] == "header"]
        changes = operation.method == "POST" and not operation.reads_only
        assert headers == (["Idempotency-Key"] if changes else []), operation.path
        assert ("429" in described["responses"]) == (operation.cost is not Cost.FREE)


def test_requests_refuse_members_that_are_not_named() -> None:
    schemas = openapi.document(OPERATIONS)["components"]["schemas"]
    assert schemas["AvatarDraft"]["additionalProperties"] is False


def test_the_measurements_are_the_fifteen_of_the_contract() -> None:
    assert len(NAMES) == len(body_pb2.Measurements.DESCRIPTOR.fields) == 15


def test_a_file_s_parameters_are_those_of_its_format() -> None:
    paths = openapi.document(OPERATIONS)["paths"]
    by_format = {}
    for format in FORMATS:
        described = paths[f"/v1/avatars/{{id}}.{format}"]["get"]
        by_format[format] = {
            parameter["name"]: parameter["schema"]
            for parameter in described["parameters"]
            if parameter["in"] == "query"
        }
    assert by_format["glb"]["lod"]["enum"] == ["0", "1", "2", "3"]
    # VRM's own rest pose is T; any other of its poses is one of the catalogue or one's own.
    assert [re.fullmatch(by_format["vrm"]["pose"]["pattern"], word) is not None for word in ("T", "A")] == [
        True,
        False,
    ]
    assert re.fullmatch(by_format["glb"]["pose"]["pattern"], "A")
    assert by_format["glb"].keys() - by_format["vrm"].keys() == {
        "compression",
        "useDracoMeshCompression",
        "useMeshOptCompression",
        "useHands",
        "textureFormat",
        "textureQuality",
        "textureChannels",
    }
    assert by_format["vrm"].keys() - by_format["usdz"].keys() == {"morphTargets"}
    assert by_format["stl"].keys() == {"parts", "pose", "lod", "meshLod", "quality"}
    # No query string can say null, and everybody wants to know what a parameter does.
    for parameters in by_format.values():
        assert all("anyOf" not in schema and schema["description"] for schema in parameters.values())
