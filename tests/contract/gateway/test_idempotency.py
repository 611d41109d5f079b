"""Requests with an Idempotency-Key: run once, answered alike (A45)."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from atelierkit.errors import Overloaded
from services.auth.domain.requests import RequestKey, Run
from services.auth.use_cases.requests import BeginRequest
from services.gateway.idempotency import fingerprint
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.doubles import implausible
from tests.contract.gateway.test_v1 import DRAFT
from tests.unit.auth.world import SEALS

OTHER = {**DRAFT, "seed": 7}
PERSON = {"bodyType": "neutral", "measurements": {"stature": 1700}}


async def make(
    client: httpx.AsyncClient, key: str | None = "key-1", body: Any = DRAFT, **headers: str
) -> httpx.Response:
    given = {"Idempotency-Key": key} if key is not None else {}
    return await client.post("/v1/avatars", json=body, headers=given | headers)


def replayed(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("idempotency-replayed") == "true")


async def test_the_same_request_is_answered_alike_and_made_once(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    first, again = await make(signed_in), await make(signed_in)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert (replayed(first), replayed(again)) == (False, True)
    assert len(world.generator.avatars) == 1


async def test_another_gateway_answers_alike(world: World, signed_in: httpx.AsyncClient) -> None:
    first = await make(signed_in)
    async with client_of(world.replica("off", MemoryWindows()), "192.0.2.9") as elsewhere:
        elsewhere.headers["Authorization"] = signed_in.headers["Authorization"]
        again = await make(elsewhere)
    assert replayed(again)
    assert again.content == first.content


@pytest.mark.attack("A45")
async def test_without_a_key_each_request_is_made(world: World, signed_in: httpx.AsyncClient) -> None:
    await make(signed_in, None)
    await make(signed_in, None)
    assert len(world.generator.avatars) == 2


@pytest.mark.attack("A45")
async def test_another_body_is_refused(world: World, signed_in: httpx.AsyncClient) -> None:
    await make(signed_in)
    refused = await make(signed_in, body=OTHER)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
    assert len(world.generator.avatars) == 1


@pytest.mark.attack("A45")
async def test_other_people_and_other_routes_have_keys_of_their_own(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    await make(signed_in)
    async with client_of(world.replica("off", MemoryWindows())) as eve:
        eve.headers["Authorization"] = f"Bearer {await world.token_of('eve@example.org')}"
        assert not replayed(await make(eve, body=OTHER))
    cloud = await signed_in.post(
        "/v1/clouds", content=b"0 0 0", headers={"Idempotency-Key": "key-1", "Content-Type": "model/ply"}
    )
    assert (cloud.status_code, replayed(cloud)) == (201, False)
    assert len(world.generator.avatars) == 2


@pytest.mark.attack("A45")
async def test_while_the_first_runs_the_second_is_told_to_wait(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    world.generator.gate.clear()
    first = asyncio.create_task(make(signed_in))
    await world.generator.begun.acquire()
    refused = await make(signed_in)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_in_progress")
    assert refused.json()["retryable"] is True
    assert int(refused.headers["retry-after"]) >= 1
    world.generator.gate.set()
    made = await first
    assert made.status_code == 201
    assert (await make(signed_in)).content == made.content


@pytest.mark.attack("A45")
async def test_of_fifty_at_once_one_is_made_and_all_agree(world: World, signed_in: httpx.AsyncClient) -> None:
    """F32."""
    answers = await asyncio.gather(*(make(signed_in) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(not replayed(answer) for answer in answers) == 1
    assert len(world.generator.avatars) == 1


@pytest.mark.parametrize(
    "key", ["x", "x" * 255, '"a quoted, \\"one\\""', "8e03978e-40d5-43e8-bc93-6894a57f9324", "a:b/c=="]
)
async def test_a_key_may_be_quoted_or_not(signed_in: httpx.AsyncClient, key: str) -> None:
    assert (await make(signed_in, key)).status_code == 201
    assert replayed(await make(signed_in, key))


async def test_quotes_are_no_part_of_a_key(signed_in: httpx.AsyncClient) -> None:
    await make(signed_in, "key-1")
    assert replayed(await make(signed_in, '"key-1"'))


@pytest.mark.attack("A45")
@pytest.mark.parametrize(
    "key", ["", '""', "x" * 256, "x" * 10_000, "two words", '"open', "a,b", "caf\xe9", '"a";p=1']
)
async def test_a_malformed_key_is_refused(world: World, signed_in: httpx.AsyncClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]
    refused = await signed_in.post("/v1/avatars", json=DRAFT, headers=headers)
    assert (refused.status_code, refused.json()["details"][0]["field"]) == (400, "Idempotency-Key")
    assert world.generator.avatars == {}


@pytest.mark.attack("A45")
async def test_a_key_is_given_once(signed_in: httpx.AsyncClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    assert (await signed_in.post("/v1/avatars", json=DRAFT, headers=headers)).status_code == 400


async def test_a_refusal_of_the_work_is_kept_and_one_of_the_shape_is_not(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    assert (await make(signed_in, "shape", {"bodyType": "alien"})).status_code == 400
    assert (await make(signed_in, "shape")).status_code == 201
    world.generator.failure = implausible("waist_girth")
    first = await make(signed_in, "work")
    assert first.status_code == 400
    world.generator.failure = None
    again = await make(signed_in, "work")
    assert (again.status_code, replayed(again), again.content) == (400, True, first.content)


@pytest.mark.parametrize(
    ("failure", "status"), [(Overloaded("busy", retry_after_s=1.0), 503), (RuntimeError("a bug"), 500)]
)
async def test_what_may_work_later_is_run_again_under_the_same_id(
    world: World, signed_in: httpx.AsyncClient, failure: Exception, status: int
) -> None:
    world.generator.failure = failure
    assert (await make(signed_in)).status_code == status
    world.generator.failure = None
    again = await make(signed_in)
    assert (again.status_code, replayed(again)) == (201, False)


async def test_a_failed_log_in_is_not_kept_and_a_good_one_is(client: httpx.AsyncClient, world: World) -> None:
    await world.token_of("ada@example.org")
    wrong = {"email": "ada@example.org", "password": "not this one"}
    headers = {"Idempotency-Key": "log-in"}
    for _ in range(2):
        refused = await client.post("/v1/auth/login", json=wrong, headers=headers)
        assert (refused.status_code, replayed(refused)) == (401, False)
    right = {"email": "ada@example.org", "password": "tape & chalk, twice"}
    headers = {"Idempotency-Key": "log-in-2"}
    first, again = [await client.post("/v1/auth/login", json=right, headers=headers) for _ in range(2)]
    assert replayed(again)
    assert first.json() == again.json()
    async with client_of(world.replica("off", MemoryWindows()), "192.0.2.9") as elsewhere:
        other = await elsewhere.post("/v1/auth/login", json=right, headers=headers)
    assert (other.status_code, replayed(other)) == (200, False)


@pytest.mark.parametrize("path", ["/v1/avatars/preview", "/v1/measurements/estimate"])
async def test_what_only_reads_needs_no_key(signed_in: httpx.AsyncClient, path: str) -> None:
    for body in ({**PERSON, "bodyType": "neutral"}, {**PERSON, "bodyType": "feminine"}):
        answer = await signed_in.post(path, json=body, headers={"Idempotency-Key": "the-same"})
        assert (answer.status_code, replayed(answer)) == (200, False)


async def test_a_file_is_replayed_and_an_other_file_is_refused(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    async def upload(data: bytes, query: str = "") -> httpx.Response:
        # A form has another boundary each time that it is sent.
        return await signed_in.post(
            f"/v1/clouds{query}", files={"file": data}, headers={"Idempotency-Key": "scan"}
        )

    first, again = await upload(b"0 0 0"), await upload(b"0 0 0")
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (first.status_code, replayed(again), first.content == again.content) == (201, True, True)
    assert (await upload(b"0 0 1")).status_code == 422
    assert (await upload(b"0 0 0", "?register=true")).status_code == 422
    assert len(world.generator.uploads) == 1


async def test_a_gateway_that_dies_at_work_leaves_the_request_to_the_next(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    """The first run ends without a word; the second one is run under the same id, and its answer is kept."""
    me = (await signed_in.get("/v1/me")).json()["id"]
    body = json.dumps(DRAFT).encode()
    key = RequestKey(uuid.UUID(me), "POST /v1/avatars", "key-1")
    begin = BeginRequest(world.auth_units, SEALS, lambda: datetime.now(UTC))
    died = await begin(key, fingerprint(asked("/v1/avatars"), body), uuid.uuid4(), timedelta(microseconds=1))

    headers = {"Idempotency-Key": "key-1", "Content-Type": "application/json"}
    made = await signed_in.post("/v1/avatars", content=body, headers=headers)
    assert (made.status_code, replayed(made)) == (201, False)
    async with world.auth_units() as unit:
        kept = await unit.kept_requests.locked(key.id)
    assert kept is not None
    assert died == Run(kept.run_id)
    assert replayed(await signed_in.post("/v1/avatars", content=body, headers=headers))


def asked(path: str, query: bytes = b"") -> Request:
    return Request(
        {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": query,
            "headers": [],
            "server": ("a", 1),
        }
    )


def test_a_fingerprint_is_of_path_query_and_body() -> None:
    prints = [
        fingerprint(asked("/v1/jobs/1/cancel"), b""),
        fingerprint(asked("/v1/jobs/2/cancel"), b""),
        fingerprint(asked("/v1/jobs/1/cancel", b"a=1"), b""),
        fingerprint(asked("/v1/jobs/1/cancel"), b"{}"),
    ]
    assert len(set(prints)) == 4
    assert fingerprint(asked("/v1/jobs/1/cancel"), b"") == prints[0]
