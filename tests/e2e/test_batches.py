"""Avatars in batch: one request, a job, its events, its archive; and what a person, or a crash, does to it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import psutil
import pytest
import trimesh

from deploy.local import Platform
from deploy.local.platform import ROOT
from tests.e2e.conftest import sign_in
from tests.patience import PATIENCE_S

ENDS = {"completed", "failed", "cancelled"}
WORKER = "services.generator.worker"


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "measurements": {"stature": 1600 + 10 * index, "waist_girth": 800, "hip_girth": 1000},
            "bodyType": "feminine",
            "reference": f"person {index}",
        }
        for index in range(count)
    ]


@pytest.fixture
def fay(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody new, with what new accounts are given."""
    with sign_in(platform_url, f"fay-{uuid.uuid4().hex[:12]}@example.org") as client:
        yield client


def accepted(client: httpx.Client, count: int) -> dict[str, Any]:
    answer = client.post("/v1/avatars/batch", json={"rows": rows(count)})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    return job


def events(client: httpx.Client, job: dict[str, Any], after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """The job's events, over as many connections as it takes."""
    while True:
        headers = {"Last-Event-ID": str(after)}
        with client.stream("GET", job["links"]["events"], headers=headers, timeout=60) as answer:
            if answer.status_code == 204:
                return
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    after = int(line.removeprefix("id: "))
                if line.startswith("data: "):
                    yield after, json.loads(line.removeprefix("data: "))


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    last = job
    for _, last in events(client, job):
        if last["state"] in ENDS:
            break
    return last


def balance(client: httpx.Client) -> dict[str, int]:
    found: dict[str, int] = client.get("/v1/credits").raise_for_status().json()
    return {"balance": found["balance"], "held": found["held"]}


def settled(client: httpx.Client) -> int:
    """What can be spent once nothing is held any more: settling is a job of its own, which comes after the end."""
    pause = threading.Event()
    for _ in range(60):
        if not (found := balance(client))["held"]:
            return found["balance"]
        pause.wait(0.5)
    pytest.fail("the hold was not settled in time")


def avatars(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/avatars", params={"limit": 100}).json()["data"]
    return found


def test_a_batch_becomes_an_archive_and_costs_what_it_made(fay: httpx.Client) -> None:
    assert balance(fay) == {"balance": 100, "held": 0}
    job = accepted(fay, 12)
    assert (job["credits"], job["items"]["total"]) == (12, 12)
    seen = list(events(fay, job))
    revisions = [revision for revision, _ in seen]
    assert revisions == sorted(revisions)
    states = [each["state"] for _, each in seen]
    assert states == sorted(states, key=["pending", "processing", "completed"].index)
    last = seen[-1][1]
    assert (last["state"], last["progressPercent"], last["items"]["made"]) == ("completed", 100, 12)
    assert settled(fay) == 88
    assert len(avatars(fay)) == 12

    archive_ref = next(each for each in last["results"] if each["name"] == "avatars.zip")
    answer = fay.get(archive_ref["href"])
    assert answer.headers["content-disposition"].startswith("attachment")
    assert fay.get(archive_ref["href"], headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    glbs = [name for name in archive.namelist() if name.endswith(".glb")]
    assert len(glbs) == 12
    scene = trimesh.load(io.BytesIO(archive.read(glbs[3])), file_type="glb")
    assert scene.extents[1] == pytest.approx(1.630, abs=0.02)  # its hair is generic, its feet are bare
    table = list(
        csv.DictReader(io.StringIO(fay.get(f"/v1/jobs/{job['id']}/receipts.csv").content.decode("utf-8-sig")))
    )
    assert [row["reference"] for row in table] == [f"person {index}" for index in range(12)]
    assert [row["file"] for row in table] == glbs
    document = fay.get(f"/v1/jobs/{job['id']}/receipts.json").json()
    assert [row["state"] for row in document["rows"]] == ["made"] * 12
    assert {row["avatarId"] for row in document["rows"]} == {each["id"] for each in avatars(fay)}


@pytest.mark.attack("A44")
def test_what_a_cancelled_batch_has_made_is_paid_and_the_rest_is_not(fay: httpx.Client) -> None:
    job = accepted(fay, 60)
    for _, shown in events(fay, job):
        if shown["items"]["made"] > 0:
            break
    answer = fay.post(f"/v1/jobs/{job['id']}/cancel")
    assert answer.status_code == 200, answer.text
    made = answer.json()["items"]["made"]
    assert answer.json()["state"] == "cancelled"
    assert 0 < made < 60
    assert settled(fay) == 100 - made
    assert len(avatars(fay)) == made
    again = fay.post(f"/v1/jobs/{job['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_ended")


@pytest.mark.attack("A43")
def test_without_enough_credits_nothing_is_accepted(fay: httpx.Client) -> None:
    answer = fay.post("/v1/avatars/batch", json={"rows": rows(40) * 3})
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_credits")
    assert answer.json()["details"] == {"needed": 120, "available": 100}
    assert fay.get("/v1/jobs").json()["data"] == []


@pytest.mark.attack("A41")
def test_a_table_is_a_batch_as_well(fay: httpx.Client) -> None:
    table = "reference,bodyType,stature,waist_girth\n=cmd,feminine,1700,820\n,masculine,1810,\n"
    answer = fay.post("/v1/avatars/batch", content=table, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 202, answer.text
    assert ended(fay, answer.json())["items"] == {"total": 2, "made": 2, "failed": 0}
    receipts = fay.get(f"/v1/jobs/{answer.json()['id']}/receipts.csv").content.decode("utf-8-sig")
    assert [row["reference"] for row in csv.DictReader(io.StringIO(receipts))] == ["'=cmd", ""]


@pytest.fixture(scope="session")
def replace_worker(platform: Platform) -> Iterator[Callable[[], None]]:
    """Kills the worker, and starts one in its place, as whoever watches over processes does."""
    with ExitStack() as stack:

        def replace() -> None:
            old = worker()
            command, environment = old.cmdline(), old.environ()
            old.kill()
            old.wait(PATIENCE_S)
            successor = stack.enter_context(subprocess.Popen(command, env=environment, cwd=ROOT))
            stack.callback(successor.terminate)

        yield replace


def test_a_worker_that_is_killed_costs_no_avatar_and_makes_none_twice(
    fay: httpx.Client, replace_worker: Callable[[], None]
) -> None:
    job = accepted(fay, 30)
    revision = next(revision for revision, shown in events(fay, job) if shown["items"]["made"] > 0)
    replace_worker()
    *_, (_, last) = events(fay, job, revision)
    assert (last["state"], last["items"]["made"], last["items"]["failed"]) == ("completed", 30, 0)
    assert settled(fay) == 70
    ids = [row["avatarId"] for row in fay.get(f"/v1/jobs/{job['id']}/receipts.json").json()["rows"]]
    assert len(set(ids)) == 30
    assert set(ids) == {each["id"] for each in avatars(fay)}


def worker() -> psutil.Process:
    """The generator's worker, among the processes that the platform started."""
    [found] = [
        process for process in psutil.Process().children(recursive=True) if WORKER in process.cmdline()
    ]
    return found
