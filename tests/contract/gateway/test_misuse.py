"""Requests that try what no client does: odd ids, strange parameters, members that are not theirs, other ways to a route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.gateway import events, openapi
from services.gateway.operations import Access, Operation
from services.gateway.routes import OPERATIONS
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.test_authorization import OWNER, address, bearer, name, things
from tests.contract.gateway.test_v1 import UNKNOWN

ODD_IDS = [
    "1",
    "-1",
    "null",
    "undefined",
    "%00",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "a" * 5_000,
    "%F0%9F%98%80",
    "%D0%B0" * 36,  # Cyrillic a
    UNKNOWN.upper().replace("0", "%EF%BC%90"),  # fullwidth zeros
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "00000000-0000-1000-8000-00000000000g",
    "' OR '1'='1",
    "{id}",
]
NOT_THEIRS = {
    "role": "admin",
    "roles": ["admin"],
    "credits": 1_000_000,
    "userId": UNKNOWN,
    "accountId": UNKNOWN,
    "ownerId": UNKNOWN,
    "id": UNKNOWN,
    "status": "completed",
    "creditUsed": 0,
    "tier": "unlimited",
    "emailVerified": True,
    "createdAt": "2020-01-01T00:00:00Z",
    "isAdmin": True,
}
SECRETS = re.compile(
    r"\$argon2|password_?hash|\"digest|sealed|file://|s3://|/tmp/|Traceback|blobKey", re.IGNORECASE
)


def of_people(method: str) -> Iterator[Operation]:
    return (each for each in OPERATIONS if each.access is Access.USER and each.method == method)


@pytest.mark.attack("A17", ways=len(ODD_IDS))
async def test_an_odd_id_is_refused_wherever_an_id_is_taken(signed_in: httpx.AsyncClient) -> None:
    wrong = []
    for operation in OPERATIONS:
        if operation.access is not Access.USER or "{id}" not in operation.path:
            continue
        body: dict[str, Any] | None = {} if operation.body is not None else None
        for odd in ODD_IDS:
            answer = await signed_in.request(operation.method, address(operation, odd), json=body)
            if answer.status_code not in {400, 404, 405}:
                wrong.append(f"{name(operation)} {odd[:40]}: {answer.status_code}")
    assert wrong == []


PARAMETERS = [
    ("userId", UNKNOWN),
    ("owner", UNKNOWN),
    ("filter", "1=1"),
    ("sort", "password_hash"),
    ("offset", "-1"),
    ("limit", "1000000000"),
    ("limit", "-1"),
    ("limit", "0"),
    ("limit", "1e2"),
    ("cursor", "x"),
    ("cursor", "' OR 1=1 --"),
    ("cursor", "x" * 300),
]


@pytest.mark.attack("A18", ways=len(PARAMETERS))
async def test_a_list_takes_no_parameter_but_its_own(signed_in: httpx.AsyncClient) -> None:
    lists = [
        each
        for each in of_people("GET")
        if each.query is not None and "cursor" in each.query.names() and "{" not in each.path
    ]
    asked = 0
    for operation in lists:
        for parameter, value in PARAMETERS:
            if (parameter, operation.path) == ("cursor", "/v1/avatars"):
                continue  # a double, which has one page; the generator's own tests hold its cursors
            answer = await signed_in.get(operation.path, params={parameter: value})
            assert answer.status_code == 400, f"{name(operation)}: {answer.text}"
            assert answer.json()["details"][0]["field"] == parameter, name(operation)
            asked += 1
    assert asked >= 3 * len(PARAMETERS) - 3


@pytest.mark.attack("A19", ways=len(NOT_THEIRS))
async def test_no_member_is_taken_that_the_shape_does_not_name(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    me = (await signed_in.get("/v1/me")).json()
    admin = bearer(await world.admin_token())
    for operation in OPERATIONS:
        if operation.body is None:
            continue
        own = {field.alias or key for key, field in operation.body.model_fields.items()}
        strange = {key: value for key, value in NOT_THEIRS.items() if key not in own}
        headers = admin if operation.access is Access.ADMIN else {}
        answer = await signed_in.request(operation.method, address(operation), json=strange, headers=headers)
        told = {fault["field"]: fault["code"] for fault in answer.json()["details"]}
        assert answer.status_code == 400, name(operation)
        assert strange.keys() - {field for field, code in told.items() if code == "unknown_field"} == set(), (
            name(operation)
        )
    assert (await signed_in.get("/v1/me")).json() == me


@pytest.mark.attack("A19", ways=2 * len(NOT_THEIRS))
async def test_the_inherited_sign_up_gives_nobody_a_role(world: World) -> None:
    for member, value in NOT_THEIRS.items():
        person = {"email": f"{member}@example.org", "password": CREDENTIALS["password"]}
        await world.client.post("/signup", json={**person, member: value})
        await world.client.post("/signup", data={**person, member: str(value)})
        await world.client.post("/signup", json=person)  # where the others were refused
        log_in = await world.client.post("/v1/auth/login", json=person)
        headers = bearer(log_in.json()["accessToken"])
        me = (await world.client.get("/v1/me", headers=headers)).json()
        assert (me["role"], me["tier"]) == ("user", "free"), member
        assert (await world.client.get("/v1/credits", headers=headers)).json()["balance"] == 100, member


@pytest.mark.attack("A20", ways=8)
async def test_no_answer_tells_what_is_nobody_s_business(world: World) -> None:
    stranger = "eve@example.org"
    await world.token_of(stranger)
    client = world.client
    token = await world.token_of(OWNER)
    ids, told = await things(world, bearer(token)), []
    for operation in of_people("GET"):
        if operation.answer == events.MEDIA_TYPE:
            continue  # it ends with its job
        id = ids.get(operation.path.partition("/{id}")[0], UNKNOWN)
        answer = await client.get(address(operation, id))
        if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
            told.append(operation.path)
            assert SECRETS.search(answer.text) is None, name(operation)
            assert CREDENTIALS["password"] not in answer.text
            assert stranger not in answer.text
            assert token not in answer.text
    assert len(told) >= 8


@pytest.mark.attack("A20")
def test_every_published_answer_is_closed() -> None:
    """What no shape names is told by no answer: a column that is added stays inside."""
    described = openapi.document(OPERATIONS)
    schemas = described["components"]["schemas"]
    seen = set()
    for path in described["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                seen |= {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
    assert len(seen) > 15
    for each in seen:
        assert schemas[each].get("additionalProperties") is False, each


ROUNDABOUT = [
    "/v1/me/",
    "//v1/me",
    "/v1//me",
    "/v1/me;role=admin",
    "/v1/me%20",
    "/V1/me",
    "/v1/%6de/",
    "/v1/catalog/%2e%2e/me",
    "/v1/catalog/../admin/users/",
    "/v1/admin/users;x",
    "/v1/./admin/users/",
]


@pytest.mark.attack("A22", ways=len(ROUNDABOUT))
async def test_no_way_around_leads_to_a_closed_route(client: httpx.AsyncClient) -> None:
    for path in ROUNDABOUT:
        request = client.build_request("GET", "http://gateway/")
        request.url = httpx.URL(scheme="http", host="gateway", raw_path=path.encode())
        answer = await client.send(request, follow_redirects=True)
        assert answer.status_code in {401, 404, 405}, f"{path}: {answer.text}"


@pytest.mark.attack("A22", ways=3)
async def test_a_header_changes_no_method(signed_in: httpx.AsyncClient) -> None:
    key = await signed_in.post("/v1/api-keys", json={"name": "a", "scopes": ["avatars:read"]})
    path = f"/v1/api-keys/{key.json()['id']}"
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for method in ("GET", "POST"):
            answer = await signed_in.request(
                method, path, headers={header: "DELETE"}, params={"_method": "DELETE"}
            )
            assert answer.status_code in {404, 405}
    assert len((await signed_in.get("/v1/api-keys")).json()["data"]) == 1


@pytest.mark.attack("A22", ways=5)
async def test_a_method_that_no_route_has_is_refused(signed_in: httpx.AsyncClient) -> None:
    for method in ("TRACE", "OPTIONS", "PROPFIND", "CONNECT", "get"):
        for path in ("/v1/me", "/v1/api-keys", "/v1/admin/users"):
            request = httpx.Request(method, f"http://gateway{path}", headers=signed_in.headers)
            request.method = method  # exactly so: the constructor writes it in capitals
            answer = await signed_in.send(request)
            assert answer.status_code == 405, answer.text
            assert signed_in.headers["Authorization"] not in answer.text


@pytest.mark.attack("A22")
async def test_head_asks_for_the_same_rights_as_get(client: httpx.AsyncClient) -> None:
    for operation in of_people("GET"):
        answer = await client.head(address(operation))
        assert answer.status_code == 401, name(operation)
