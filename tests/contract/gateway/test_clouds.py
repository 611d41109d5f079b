"""POST /v1/clouds and what it leads to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from anthropometry.measurements import NAMES
from atelier.common.v1 import scan_pb2
from atelierkit.errors import Unavailable
from services.gateway.settings import GatewaySettings
from services.mesher.domain.errors import InvalidCloud, NotAPerson, TooManyPoints
from tests.contract.gateway.conftest import GLB, World

XYZ = b"0 0 0\n1 1 1\n"
PLY = b"ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n"
FORM = "multipart/form-data; boundary=tape"
OBJ = b"# made by hand\nv 0 0 0\nv 1 1 1\n"


@pytest.fixture
async def token(world: World) -> str:
    return await world.token_of("ann@example.org")


async def post(world: World, token: str, data: bytes, query: str = "", **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream", **headers}
    return await world.client.post(f"/v1/clouds{query}", content=data, headers=sent)


def form(*fields: tuple[str, bytes]) -> bytes:
    parts = [
        b'--tape\r\nContent-Disposition: form-data; name="%s"; filename="a.xyz"\r\n\r\n%s\r\n'
        % (name.encode(), value)
        for name, value in fields
    ]
    return b"".join(parts) + b"--tape--\r\n"


async def test_a_registered_scan(world: World, token: str) -> None:
    answer = await post(world, token, XYZ, "?register=true&format=xyz")
    scan = answer.json()
    assert answer.status_code == 201
    path = f"/v1/clouds/{scan['id']}"
    assert scan["links"] == {"self": path, "mesh": f"{path}.ply", "body": f"{path}.glb"}
    assert scan["createdAt"] == "2027-01-15T08:00:00Z"
    assert scan["report"] == {
        "pointCount": 5,
        "outlierCount": 1,
        "metresPerUnit": 0.001,
        "heightMm": 1712.346,
        "vertexCount": 4,
        "faceCount": 4,
        "watertight": True,
        "volumeL": 71.5,
    }
    found = scan["registration"]
    assert [line["name"] for line in found["measurements"]] == list(NAMES)
    assert found["measurements"][0] == {"name": "stature", "deliveredMm": 100.5, "tape": [[0.25, 0.0, 0.0]]}
    assert [line["name"] for line in found["beside"]] == ["natural_waist_girth"]
    assert {
        key: found[key] for key in ("score", "meanDistanceMm", "inlierShare", "volumeL", "surfaceAreaM2")
    } == {
        "score": 0.9375,
        "meanDistanceMm": 2.5,
        "inlierShare": 0.96875,
        "volumeL": 70.25,
        "surfaceAreaM2": 1.875,
    }
    auth = {"Authorization": f"Bearer {token}"}
    assert (await world.client.get(path, headers=auth)).json() == scan
    for link, media_type in (("mesh", "model/ply"), ("body", "model/gltf-binary")):
        file = await world.client.get(scan["links"][link], headers=auth)
        assert (file.status_code, file.headers["content-type"], file.content) == (200, media_type, GLB)
        known = await world.client.get(
            scan["links"][link], headers=auth | {"If-None-Match": file.headers["etag"]}
        )
        assert known.status_code == 304
    assert (await world.client.delete(path, headers=auth)).status_code == 204
    assert (await world.client.get(path, headers=auth)).status_code == 404


async def test_a_scan_that_is_not_registered_has_no_body(world: World, token: str) -> None:
    scan = (await post(world, token, XYZ)).json()
    assert (scan["registration"], scan["links"]["body"]) == (None, None)
    auth = {"Authorization": f"Bearer {token}"}
    assert (await world.client.get(f"/v1/clouds/{scan['id']}.glb", headers=auth)).status_code == 404


@pytest.mark.attack("A16")
async def test_somebody_elses_scan_answers_as_an_unknown_one(world: World, token: str) -> None:
    scan = (await post(world, token, XYZ, "?register=true")).json()
    bob = {"Authorization": f"Bearer {await world.token_of('bob@example.org')}"}
    unknown = "/v1/clouds/00000000-0000-0000-0000-000000000000"
    for suffix in ("", ".ply", ".glb"):
        theirs = await world.client.get(scan["links"]["self"] + suffix, headers=bob)
        nobodys = await world.client.get(unknown + suffix, headers=bob)
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json() | {"requestId": ""} == nobodys.json() | {"requestId": ""}
    assert (await world.client.delete(scan["links"]["self"], headers=bob)).status_code == 404
    assert (await world.client.get(scan["links"]["self"])).status_code == 401


@pytest.mark.parametrize(
    ("data", "query", "content_type", "expected"),
    [
        (XYZ, "?format=obj", "application/octet-stream", scan_pb2.CLOUD_FORMAT_OBJ),
        (XYZ, "", "model/ply", scan_pb2.CLOUD_FORMAT_PLY),
        (XYZ, "", "text/plain; charset=utf-8", scan_pb2.CLOUD_FORMAT_XYZ),
        (PLY, "", "application/octet-stream", scan_pb2.CLOUD_FORMAT_PLY),
        (OBJ, "", "text/plain", scan_pb2.CLOUD_FORMAT_OBJ),
        (b"1.5,2e-3,-4\n", "", "application/octet-stream", scan_pb2.CLOUD_FORMAT_XYZ),
    ],
)
async def test_what_a_file_is(
    world: World,
    token: str,
    data: bytes,
    query: str,
    content_type: str,
    expected: scan_pb2.CloudFormat.ValueType,
) -> None:
    answer = await post(world, token, data, query, **{"Content-Type": content_type})
    assert answer.status_code == 201
    request, uploaded, _ = world.generator.uploads[-1]
    assert (request.format, uploaded) == (expected, data)
    assert request.cloud.key.startswith("uploads/")


async def test_a_form_says_the_same(world: World, token: str) -> None:
    data = form(("register", b"true"), ("format", b"obj"), ("file", OBJ))
    answer = await post(world, token, data, **{"Content-Type": FORM})
    assert answer.status_code == 201
    request, uploaded, _ = world.generator.uploads[-1]
    assert (request.register, request.format, uploaded) == (True, scan_pb2.CLOUD_FORMAT_OBJ, OBJ)


async def test_a_scan_has_a_deadline_of_its_own(world: World, token: str) -> None:
    await post(world, token, XYZ)
    remaining = world.generator.uploads[-1][2]
    settings = GatewaySettings.model_fields
    assert remaining is not None
    assert settings["request_timeout_s"].default < remaining <= settings["cloud_timeout_s"].default


@pytest.mark.attack("A25")
@pytest.mark.parametrize(
    ("data", "query", "content_type", "status", "code", "detail"),
    [
        (XYZ, "?register=perhaps", "text/plain", 400, "invalid_argument", ("register", "wrong_type", "true or false")),
        (XYZ, "?format=stl", "text/plain", 400, "invalid_argument", ("format", "not_offered", "'ply', 'xyz' or 'obj'")),
        (XYZ, "?colour=red", "text/plain", 400, "invalid_argument", ("colour", "unknown_field", "register, format")),
        (b"\x89PNG\r\n", "", "application/octet-stream", 400, "invalid_argument", ("format", "cloud.unknown_format", "ply, xyz, obj")),
        (XYZ, "", "image/png", 415, "unsupported_media_type", ("", "media_type", None)),
        (form(("register", b"true")), "", FORM, 400, "invalid_argument", ("file", "required", "a part named file")),
        (form(("file", XYZ), ("file", XYZ)), "", FORM, 400, "invalid_argument", ("file", "duplicate_field", "once")),
        (form(("file", XYZ), ("colour", b"red")), "", FORM, 400, "invalid_argument", ("colour", "unknown_field", None)),
        (form(("file", XYZ))[:-4], "", FORM, 400, "invalid_argument", ("", "malformed_form", None)),
        (XYZ, "", "multipart/form-data", 400, "invalid_argument", ("", "malformed_form", None)),
    ],
)  # fmt: skip
async def test_what_is_refused_before_anybody_is_asked(
    world: World,
    token: str,
    data: bytes,
    query: str,
    content_type: str,
    status: int,
    code: str,
    detail: tuple[str, str, str | None],
) -> None:
    answer = await post(world, token, data, query, **{"Content-Type": content_type})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    told = problem["details"][0]
    field, rule, limit = detail
    assert (told["field"], told["code"]) == (field, rule)
    assert told["limit"] == limit if limit else told["limit"]
    assert world.generator.uploads == []


async def test_a_parameter_given_in_both_places_is_refused(world: World, token: str) -> None:
    data = form(("file", XYZ), ("register", b"true"))
    answer = await post(world, token, data, "?register=false", **{"Content-Type": FORM})
    assert [(each["field"], each["code"]) for each in answer.json()["details"]] == [
        ("register", "duplicate_field")
    ]


@pytest.mark.attack("A24")
async def test_too_many_bytes_are_not_read(world: World, token: str) -> None:
    limit = GatewaySettings.model_fields["max_cloud_bytes"].default
    answer = await post(world, token, b"", **{"Content-Length": str(limit + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert [each["limit"] for each in answer.json()["details"]] == [f"{limit} bytes"]


@pytest.mark.parametrize(
    ("failure", "status", "code", "field", "rule", "limit"),
    [
        (InvalidCloud("cloud.flat", "flat", "points of a body"), 400, "invalid_cloud", "file", "cloud.flat", "points of a body"),
        (TooManyPoints(2_000_000), 413, "payload_too_large", "file", "cloud.too_many_points", "2000000 points"),
        (NotAPerson(0.123, 0.5), 422, "not_a_person", "file", "cloud.not_a_person", "0.12 < 0.50"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_refusals_name_the_file_and_what_would_have_been_right(
    world: World,
    token: str,
    failure: Exception,
    status: int,
    code: str,
    field: str,
    rule: str,
    limit: str,
    language: str,
) -> None:
    world.generator.failure = failure
    answer = await post(world, token, XYZ, **{"Accept-Language": language})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert [(each["field"], each["code"], each["limit"]) for each in problem["details"]] == [
        (field, rule, limit)
    ]
    assert "{" not in problem["error"] + problem["details"][0]["message"]


async def test_an_upload_does_not_outlive_a_call_that_failed(world: World, token: str) -> None:
    world.generator.failure = Unavailable("away")
    answer = await post(world, token, XYZ)
    assert (answer.status_code, answer.json()["retryable"]) == (503, True)
    request, _, _ = world.generator.uploads[-1]
    with pytest.raises(Exception, match="no such object"):
        await world.generator.blobs.get(request.cloud.key)


async def test_only_a_few_uploads_are_held_at_a_time(world: World, token: str) -> None:
    places = GatewaySettings.model_fields["max_uploads"].default
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        begun.release()
        await go_on.wait()
        yield XYZ

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    async with asyncio.TaskGroup() as group:
        held = [
            group.create_task(world.client.post("/v1/clouds?format=xyz", content=slowly(), headers=headers))
            for _ in range(places)
        ]
        for _ in held:
            await begun.acquire()
        refused = await post(world, token, XYZ, "?format=xyz")
        go_on.set()
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.json()["retryable"] is True
    assert int(refused.headers["retry-after"]) > 0
    assert [task.result().status_code for task in held] == [201] * places
    assert (await post(world, token, XYZ, "?format=xyz")).status_code == 201
