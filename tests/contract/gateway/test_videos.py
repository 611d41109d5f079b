"""An avatar's videos at their addresses: ordered, played from any place, and refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from atelier.common.v1 import picture_pb2 as pb
from services.generator.domain.jobs import Job
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.pictures import FILM
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import Gallery


@pytest.fixture
async def path(signed_in: httpx.AsyncClient) -> str:
    """Where an avatar lies."""
    draft = {"measurements": {}, "bodyType": "neutral"}
    made: str = (await signed_in.post("/v1/avatars", json=draft)).json()["links"]["self"]
    return made


async def test_a_video_is_a_job_first(world: World, signed_in: httpx.AsyncClient, path: str) -> None:
    accepted = await signed_in.get(f"{path}.mp4?camera=portrait&size=256&seconds=3&fps=12&background=ffffff")
    assert accepted.status_code == 202
    job = accepted.json()
    assert accepted.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert accepted.headers["retry-after"] == "2"
    assert accepted.headers["cache-control"] == "no-store"
    assert (job["kind"], job["state"], job["progressPercent"], job["credits"]) == (
        "video",
        "processing",
        40,
        5,
    )
    asked = world.pictures.videos[0].video
    assert (asked.seconds, asked.frame_rate, asked.picture.size) == (3, 12, 256)
    assert asked.picture.camera == pb.CAMERA_PORTRAIT
    assert asked.picture.background.color == "#ffffff"


@pytest.mark.attack("A57")
@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_link_on_another_site_spends_nothing(
    world: World, signed_in: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await signed_in.get(f"{path}.mp4", headers=headers)).status_code == 202
    assert (await signed_in.post("/login", data=CREDENTIALS)).json()["success"] is True
    # From here on a browser that was logged in by its cookie.
    del signed_in.headers["Authorization"]
    world.pictures.videos.clear()
    refused = await signed_in.get(f"{path}.mp4", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert world.pictures.videos == []
    assert (await signed_in.get(f"{path}.png", headers=headers)).status_code == 200
    for own in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert (await signed_in.get(f"{path}.mp4", headers=own)).status_code == 202


async def test_a_finished_video_is_played(world: World, signed_in: httpx.AsyncClient, path: str) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4?pose=a,A,c")
    assert (whole.status_code, whole.content) == (200, FILM)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert world.pictures.videos[0].pose_ids == ["a", "", "c"]
    known = await signed_in.get(f"{path}.mp4", headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-99", (0, 99)),
        ("bytes=1000-", (1000, len(FILM) - 1)),
        ("bytes=262100-524400", (262_100, 524_400)),
        ("bytes=-7", (len(FILM) - 7, len(FILM) - 1)),
        ("bytes=767990-99999999", (767_990, len(FILM) - 1)),
        ("bytes=-99999999", (0, len(FILM) - 1)),
    ],
)
async def test_a_part_of_a_video_is_sent(
    world: World, signed_in: httpx.AsyncClient, path: str, asked: str, span: tuple[int, int]
) -> None:
    world.pictures.finished = True
    part = await signed_in.get(f"{path}.mp4", headers={"Range": asked})
    first, last = span
    assert (part.status_code, part.content) == (206, FILM[first : last + 1])
    assert part.headers["content-range"] == f"bytes {first}-{last}/{len(FILM)}"
    assert part.headers["content-length"] == str(last + 1 - first)


async def test_a_head_of_a_video_is_that_of_the_whole_and_costs_no_reading(
    world: World, signed_in: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4")

    def read(*_: Any) -> None:
        raise AssertionError("nobody is sent the film")

    monkeypatch.setattr(world.jobs.world.blobs, "stream", read)
    head = await signed_in.head(f"{path}.mp4", headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.content) == (200, b"")
    told = {"etag", "content-length", "content-type", "cache-control", "accept-ranges", "content-disposition"}
    assert {name: head.headers.get(name) for name in told} == {name: whole.headers[name] for name in told}


@pytest.mark.attack("A37")
@pytest.mark.parametrize("asked", ["bytes=768000-", "bytes=-0", "bytes=9999999-99999999"])
async def test_a_part_that_there_is_not_is_refused(
    world: World, signed_in: httpx.AsyncClient, path: str, asked: str
) -> None:
    world.pictures.finished = True
    part = await signed_in.get(f"{path}.mp4", headers={"Range": asked})
    assert (part.status_code, part.headers["content-range"]) == (416, f"bytes */{len(FILM)}")


@pytest.mark.attack("A37")
@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-1"},
        {"Range": "bytes=-"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=" + ",".join(["0-"] * 10_000)},
        {"Range": f"bytes=0-{'9' * 1000}"},
        {"Range": "bytes=--1"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-9", "If-Range": '"another"'},
    ],
)
async def test_what_is_no_range_is_answered_with_all(
    world: World, signed_in: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4", headers=headers)
    assert (whole.status_code, whole.content) == (200, FILM)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("size=1025", ("size", "out_of_range")),
        ("seconds=21", ("seconds", "out_of_range")),
        ("fps=7", ("fps", "out_of_range")),
        ("background=transparent", ("background", "not_offered")),
        ("pose=a,,b", ("pose", "invalid_format")),
        (f"pose={quote(','.join('abcdefghi'))}", ("pose", "invalid_format")),
        ("quality=50", ("quality", "not_offered")),
    ],
)
async def test_a_video_has_its_own_bounds(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, fault: tuple[str, str]
) -> None:
    answer = await signed_in.get(f"{path}.mp4?{query}")
    assert answer.status_code == 400, answer.text
    assert [(each["field"], each["code"]) for each in answer.json()["details"]] == [fault]
    assert world.pictures.videos == []


async def test_a_job_names_its_video(world: World, signed_in: httpx.AsyncClient) -> None:
    ada = (await signed_in.get("/v1/me")).json()["id"]
    gallery = Gallery(Factory(world.jobs.world))
    job = await gallery.video(await gallery.world.avatar(ada), owner=ada)
    assert isinstance(job, Job)
    address = f"/v1/jobs/{job.id}"
    assert (await signed_in.get(f"{address}/video.mp4")).status_code == 404
    await world.jobs.work()
    shown = (await signed_in.get(address)).json()
    assert (shown["kind"], shown["state"], shown["progressPercent"]) == ("video", "completed", 100)
    [result] = shown["results"]
    assert (result["name"], result["href"], result["mediaType"]) == (
        "video.mp4",
        f"{address}/video.mp4",
        "video/mp4",
    )
    whole = await signed_in.get(result["href"])
    part = await signed_in.get(result["href"], headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
