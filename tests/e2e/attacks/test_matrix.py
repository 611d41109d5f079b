"""Every operation of the published document, asked by everybody, with ids of somebody else and ids of nothing.

`tests/contract/gateway/test_authorization.py` asks a gateway in front of doubles; here it is the platform that answers,
and the routes are those that its own document names.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from tests.contract.gateway.test_authorization import CHANGES, raised
from tests.contract.gateway.test_misuse import ODD_IDS, ROUNDABOUT, SECRETS
from tests.e2e.attacks.person import Belongings
from tests.e2e.conftest import PASSWORD

UNKNOWN = "00000000-0000-4000-8000-000000000000"
FOR_ADMINISTRATORS = "/v1/admin/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Operation(NamedTuple):
    """One route and method of the document."""

    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def collection(self) -> str:
        """What comes before the id."""
        return self.path.partition("/{id}")[0]

    @property
    def is_open(self) -> bool:
        return not self.described["security"]

    @property
    def is_administrators(self) -> bool:
        return self.path.startswith(FOR_ADMINISTRATORS)

    @property
    def takes_id(self) -> bool:
        return "{id}" in self.path

    def asked(self, client: httpx.Client, id: str = UNKNOWN, **headers: str) -> httpx.Response:
        """The answer to whoever the client is; with a body where one is taken, so that the id is looked at."""
        path = self.path.replace("{id}", id).replace("{deliveryId}", UNKNOWN)
        body = CHANGES.get(self.name, {}) if "requestBody" in self.described else None
        return client.request(self.method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def operations(platform_url: str) -> list[Operation]:
    paths = httpx.get(f"{platform_url}/v1/openapi.json").json()["paths"]
    found = [
        Operation(method.upper(), path, described)
        for path, methods in paths.items()
        for method, described in methods.items()
    ]
    assert len(found) > 60
    return found


@pytest.fixture(scope="module")
def about_one_thing(operations: list[Operation]) -> list[Operation]:
    """Those that are about one thing of a person."""
    found = [each for each in operations if each.takes_id and not each.is_open and not each.is_administrators]
    assert len(found) > 20
    return found


@pytest.fixture
def stranger(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=platform_url) as client:
        yield client


@pytest.mark.attack("A01", "A21", ways=4)
def test_nobody_gets_in_without_a_token_of_ours(
    operations: list[Operation], eve: httpx.Client, stranger: httpx.Client
) -> None:
    wrong, token = [], eve.headers["Authorization"].removeprefix("Bearer ")
    shown = {
        "nothing": "",
        "a forgery": f"Bearer {raised(token)}",
        "no bearer": f"Basic {token}",
        "none": "Bearer",
    }
    for operation in operations:
        for what, authorization in shown.items():
            answer = operation.asked(stranger, Authorization=authorization)
            if not operation.is_open and (answer.status_code, answer.headers.get("www-authenticate")) != (
                401,
                "Bearer",
            ):
                wrong.append(f"{operation.name} with {what}: {answer.status_code} {answer.text[:80]}")
    assert wrong == []


@pytest.mark.attack("A21", ways=3)
def test_people_do_not_administrate(operations: list[Operation], eve: httpx.Client, vic: Belongings) -> None:
    asked = [each for each in operations if each.is_administrators]
    assert len(asked) > 6
    for operation in asked:
        for id in (vic.account, vic.ids["/v1/jobs"], UNKNOWN):
            answer = operation.asked(eve, id)
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied"), operation.name


@pytest.mark.attack("A16", ways=2)
@pytest.mark.parametrize("caller", ["eve", "admin"])
def test_another_s_things_are_as_unknown_as_none(
    caller: str, about_one_thing: list[Operation], vic: Belongings, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(caller)
    before = kept(vic)
    for operation in about_one_thing:
        told = [operation.asked(client, id) for id in (vic.ids[operation.collection], UNKNOWN)]
        assert [each.status_code for each in told] == [404, 404], operation.name
        assert told[0].json() | {"requestId": ""} == told[1].json() | {"requestId": ""}, operation.name
    assert kept(vic) == before


def kept(vic: Belongings) -> list[Any]:
    """What the victim has, as the victim sees it."""
    return [vic.client.get(f"{path}/{id}" if path in SHOWN else path).json() for path, id in vic.ids.items()]


SHOWN = {
    "/v1/avatars",
    "/v1/clouds",
    "/v1/faces",
    "/v1/jobs",
    "/v1/poses",
    "/v1/poses/generations",
    "/v1/webhooks",
}
"""Collections whose things can be had one by one."""


@pytest.mark.attack("A22", ways=5)
def test_a_path_takes_its_own_methods_alone(
    operations: list[Operation], about_one_thing: list[Operation], vic: Belongings
) -> None:
    own: dict[str, set[str]] = {}
    for each in operations:
        own.setdefault(each.path, set()).add(each.method)
    before = kept(vic)
    for operation in about_one_thing:
        for method in {*METHODS} - own[operation.path]:
            other = operation._replace(method=method, described={})
            answer = other.asked(vic.client, vic.ids[operation.collection])
            # Of a file's path another route may say that this is no id of its own, or that it wants another body.
            assert answer.status_code in {400, 404, 405, 415}, other.name
    assert kept(vic) == before


@pytest.mark.attack("A17", ways=len(ODD_IDS))
@pytest.mark.parametrize("caller", ["eve", "admin"])
def test_an_id_that_is_none_is_refused_by_every_service(
    caller: str, operations: list[Operation], request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(caller)
    wrong = []
    for operation in operations:
        if not operation.takes_id or operation.is_open or operation.is_administrators != (caller == "admin"):
            continue
        for odd in ODD_IDS:
            answer = operation.asked(client, odd)
            if answer.status_code not in {400, 404, 405}:
                wrong.append(f"{operation.name} {odd[:40]}: {answer.status_code} {answer.text[:80]}")
    assert wrong == []


@pytest.mark.attack("A20", ways=8)
def test_no_answer_tells_what_is_nobody_s_business(
    operations: list[Operation], vic: Belongings, eve: httpx.Client, admin: httpx.Client
) -> None:
    others = [client.get("/v1/me").json()["email"] for client in (eve, admin)]
    secrets = [PASSWORD, vic.client.headers["Authorization"].partition(" ")[2], *others]
    told = []
    for operation in operations:
        if operation.method != "GET" or operation.is_administrators:
            continue
        answer = operation.asked(vic.client, vic.ids.get(operation.collection, UNKNOWN))
        if not answer.is_success or not answer.headers["content-type"].startswith(
            ("application/json", "text/")
        ):
            continue
        told.append(operation.path)
        assert SECRETS.search(answer.text) is None, operation.name
        assert [secret for secret in secrets if secret in answer.text] == [], operation.name
    assert {"/v1/me", "/v1/me/export", "/v1/me/sessions", "/v1/api-keys", "/v1/webhooks"} <= set(told)
    assert len(told) >= 20
    assert vic.name in vic.client.get("/v1/me/export").text  # what is the caller's is told


@pytest.mark.attack("A22", ways=len(ROUNDABOUT))
@pytest.mark.parametrize("caller", ["stranger", "eve"])
def test_no_way_around_leads_to_a_closed_route(caller: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(caller)
    authorization = client.headers.get("Authorization", "")
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)
    for path in (*ROUNDABOUT, "/v1/admin/users", "/v1/admin//users", "/v1/admin/users?x=/v1/me"):
        for headers in ({}, {"X-Original-URL": "/v1/me"}, {"X-Rewrite-URL": "/v1/admin/users"}):
            connection.request("GET", path, headers={"Authorization": authorization, **headers})
            answer = connection.getresponse()
            answer.read()
            assert answer.status in {307, 400, 401, 403, 404, 405}, path
            assert answer.status != 307 or answer.headers["location"].endswith(
                ("/v1/me", "/v1/admin/users")
            ), path
    connection.close()
