"""Batches and jobs over HTTP: in JSON and as a table, watched, cancelled, downloaded, refused."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import httpx
import pytest

from atelierkit.errors import Unavailable
from services.gateway.schemas.jobs import MOST_ROWS
from tests.contract.gateway.conftest import World

ROW = {"measurements": {"stature": 1700, "waist_girth": 820}, "bodyType": "feminine"}
CSV = {"Content-Type": "text/csv; charset=utf-8"}


async def accepted(client: httpx.AsyncClient, count: int = 2, **headers: str) -> dict[str, Any]:
    rows = [ROW | {"reference": f"person {index}"} for index in range(count)]
    answer = await client.post("/v1/avatars/batch", json={"rows": rows}, headers=headers)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    return job


async def as_somebody_else(world: World) -> httpx.AsyncClient:
    world.client.headers["Authorization"] = f"Bearer {await world.token_of('bob@example.org')}"
    return world.client


def events(text: str) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "data" in lines:
            assert lines["event"] == "job"
            found.append((int(lines["id"]), json.loads(lines["data"])))
    return found


async def test_a_batch_is_a_job_that_becomes_files(world, signed_in) -> None:
    job = await accepted(signed_in, 3)
    assert (job["kind"], job["state"], job["lane"], job["queuePosition"]) == (
        "avatar_batch",
        "pending",
        "normal",
        1,
    )
    assert (job["credits"], job["items"], job["results"]) == (3, {"total": 3, "made": 0, "failed": 0}, [])
    early = await signed_in.get(f"/v1/jobs/{job['id']}/avatars.zip")
    assert (early.status_code, early.json()["code"]) == (404, "not_found")
    await world.jobs.work()
    done = (await signed_in.get(job["links"]["self"])).json()
    assert (done["state"], done["progressPercent"], done["queuePosition"]) == ("completed", 100, None)
    assert done["startedAt"] <= done["endedAt"]
    by_name = {result["name"]: result for result in done["results"]}
    assert by_name.keys() == {"avatars.zip", "receipts.csv", "receipts.json"}
    for name, result in by_name.items():
        answer = await signed_in.get(result["href"])
        assert answer.headers["etag"] == f'"{result["sha256"]}"'
        assert answer.headers["content-type"].split(";")[0] == result["mediaType"]
        assert answer.headers["content-disposition"] == f'attachment; filename="job-{job["id"]}-{name}"'
        known = await signed_in.get(result["href"], headers={"If-None-Match": answer.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
    archive = zipfile.ZipFile(io.BytesIO((await signed_in.get(by_name["avatars.zip"]["href"])).content))
    assert [name for name in archive.namelist() if name.endswith(".glb")] == [
        "0001-person-0.glb",
        "0002-person-1.glb",
        "0003-person-2.glb",
    ]


async def test_a_table_and_json_ask_for_the_same(world, signed_in) -> None:
    table = (
        "﻿reference,bodyType,weightKg,age,seed,stature,waist_girth\r\n"
        '"Ada, 1",feminine,61.5,33,7,1700,820.5\r\n'
        "\r\n"
        ",masculine,,,,,\r\n"
    )
    answer = await signed_in.post("/v1/avatars/batch", content=table.encode(), headers=CSV)
    assert answer.status_code == 202, answer.text
    async with world.jobs.world.units() as unit:
        asked = await unit.items.page(uuid.UUID(answer.json()["id"]), after=-1, limit=9)
    first, second = (item.row for item in asked)
    assert (first.reference, first.body.seed, first.body.weight_kg, first.body.age) == (
        "Ada, 1",
        7,
        61.5,
        33.0,
    )
    assert first.body.measurements_mm == {"stature": 1700.0, "waist_girth": 820.5}
    assert (second.body.body_type.value, second.body.measurements_mm, second.reference) == (
        "masculine",
        {},
        "",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": [ROW] * (MOST_ROWS + 1)}, "rows"),
        ({"rows": [ROW, ROW | {"measurements": {"hat_size": 58}}]}, "rows[1].measurements.hat_size"),
        ({"rows": [ROW | {"outfit": [{"garmentId": "!", "size": "M"}]}]}, "rows[0].outfit[0].garmentId"),
        ({"rows": [ROW | {"measurements": {"stature": 10}}]}, "rows[0].measurements.stature"),
        (
            {"rows": [ROW, ROW | {"measurements": {"stature": 1700, "waist_girth": 1850, "hip_girth": 850}}]},
            "rows[1].measurements.waist_girth",
        ),
    ],
)
async def test_what_is_wrong_with_a_row_is_named(signed_in, world, body, field) -> None:
    answer = await signed_in.post("/v1/avatars/batch", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"][0]["field"] == field
    assert world.jobs.world.ledger.held == {}


@pytest.mark.attack("A24")
async def test_other_bodies_and_larger_ones_are_refused(signed_in) -> None:
    answer = await signed_in.post("/v1/avatars/batch", content=b"x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["details"][0]["limit"]) == (415, "application/json, text/csv")
    answer = await signed_in.post("/v1/avatars/batch", content=b"x" * 2_000_001, headers=CSV)
    assert answer.status_code == 413


@pytest.mark.attack("A43")
async def test_too_few_credits_are_told_in_numbers(world, signed_in) -> None:
    world.jobs.world.ledger.balance = 1
    answer = await signed_in.post("/v1/avatars/batch", json={"rows": [ROW, ROW]})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    assert answer.json()["details"] == {"needed": 2, "available": 1}


@pytest.mark.attack("A45")
async def test_a_batch_that_comes_twice_with_one_key_is_one_job(world, signed_in) -> None:
    key = {"Idempotency-Key": "batch-1"}
    first = await accepted(signed_in, 2, **key)
    again = await signed_in.post(
        "/v1/avatars/batch",
        json={"rows": [ROW | {"reference": f"person {index}"} for index in range(2)]},
        headers=key,
    )
    assert (again.status_code, again.json()["id"]) == (202, first["id"])
    assert again.headers["location"] == f"/v1/jobs/{first['id']}"
    assert len(world.jobs.world.ledger.held) == 1


async def test_jobs_are_listed_newest_first_and_page_by_page(world, signed_in) -> None:
    made = []
    for _ in range(3):
        world.jobs.world.clock.advance(seconds=1)
        made.append((await accepted(signed_in))["id"])
    first = (await signed_in.get("/v1/jobs", params={"limit": 2})).json()
    second = (await signed_in.get("/v1/jobs", params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert [job["id"] for job in [*first["data"], *second["data"]]] == made[::-1]
    assert second["nextCursor"] is None


async def test_events_tell_what_is_missed_once(signed_in, world) -> None:
    job = await accepted(signed_in)
    await world.jobs.work()
    answer = await signed_in.get(job["links"]["events"])
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: ")
    [(revision, last)] = events(answer.text)
    assert last == (await signed_in.get(job["links"]["self"])).json()
    missed = await signed_in.get(job["links"]["events"], headers={"Last-Event-ID": str(revision - 1)})
    assert [id for id, _ in events(missed.text)] == [revision]
    known = await signed_in.get(job["links"]["events"], headers={"Last-Event-ID": str(revision)})
    assert (known.status_code, known.content) == (204, b"")
    for nonsense in ("x", "-1", "9" * 30, "1.5"):
        odd = await signed_in.get(job["links"]["events"], headers={"Last-Event-ID": nonsense})
        assert [id for id, _ in events(odd.text)] == [revision]


async def test_too_many_streams_are_refused(signed_in, world) -> None:
    job = await accepted(signed_in)
    world.streams.open = 100
    answer = await signed_in.get(job["links"]["events"])
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        "overloaded",
        "5",
    )


@pytest.mark.attack("A44")
async def test_a_job_is_cancelled_once(signed_in) -> None:
    job = await accepted(signed_in)
    answer = await signed_in.post(f"/v1/jobs/{job['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    again = await signed_in.post(f"/v1/jobs/{job['id']}/cancel", headers={"Accept-Language": "fr"})
    assert (again.status_code, again.json()["code"]) == (409, "job_ended")
    assert again.json()["error"] == "Cette tâche est déjà terminée."


async def test_why_a_job_failed_is_told_in_the_language_of_the_request(signed_in, world) -> None:
    job = await accepted(signed_in)

    async def away() -> None:
        raise Unavailable("the mesher does not answer")

    world.jobs.world.mesher.before_answer = away
    for _ in range(20):
        await world.jobs.work()
        world.jobs.world.clock.advance(minutes=1)
    failed = (await signed_in.get(job["links"]["self"], headers={"Accept-Language": "fr"})).json()
    assert failed["state"] == "failed"
    assert failed["error"]["code"] == "unavailable"
    assert failed["error"]["message"].startswith("Une partie de la plateforme")


@pytest.mark.attack("A16")
@pytest.mark.parametrize(
    "path", ["", "/events", "/cancel", "/avatars.zip", "/receipts.csv", "/receipts.json"]
)
async def test_somebody_elses_job_is_an_unknown_one(world, signed_in, path) -> None:
    job = await accepted(signed_in)
    await world.jobs.work()
    bob = await as_somebody_else(world)
    method = "POST" if path == "/cancel" else "GET"
    foreign = await bob.request(method, f"/v1/jobs/{job['id']}{path}")
    unknown = await bob.request(method, f"/v1/jobs/{uuid.uuid4()}{path}")
    assert foreign.status_code == unknown.status_code == 404
    assert {**foreign.json(), "requestId": ""} == {**unknown.json(), "requestId": ""}


async def test_administrators_see_stop_and_retry_everybodys_jobs(world, signed_in) -> None:
    job = await accepted(signed_in)
    assert (await signed_in.get("/v1/admin/jobs")).status_code == 403
    world.client.headers["Authorization"] = f"Bearer {await world.admin_token()}"
    found = (await world.client.get("/v1/admin/jobs", params={"state": "pending"})).json()["data"]
    assert [each["id"] for each in found] == [job["id"]]
    account = found[0]["accountId"]
    mine = await world.client.get("/v1/admin/jobs", params={"accountId": account, "state": "failed"})
    assert mine.json()["data"] == []
    odd = await world.client.get("/v1/admin/jobs", params={"state": "lost"})
    assert odd.json()["details"][0]["field"] == "state"
    stopped = await world.client.post(f"/v1/admin/jobs/{job['id']}/cancel")
    assert (stopped.status_code, stopped.json()["state"], stopped.json()["accountId"]) == (
        200,
        "cancelled",
        account,
    )
    retried = await world.client.post(f"/v1/admin/jobs/{job['id']}/retry")
    assert (retried.status_code, retried.json()["code"]) == (409, "job_not_failed")
