"""/v1/poses: a photo or a motion becomes a pose of one's own."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest

from atelierkit.scopes import Scope
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.photos import FORM, form, png
from tests.contract.gateway.test_audit import trail
from tests.contract.gateway.test_authorization import bearer, key

PATH = "/v1/poses"


async def send(client: httpx.AsyncClient, **parts: str | bytes) -> httpx.Response:
    given = {name: value.encode() if isinstance(value, str) else value for name, value in parts.items()}
    return await client.post(PATH, content=form(given), headers={"Content-Type": FORM})


async def made(client: httpx.AsyncClient, name: str = "Wide") -> dict[str, Any]:
    pose: dict[str, Any] = (await send(client, motion="turning", name=name)).json()
    return pose


def faults(answer: httpx.Response) -> list[tuple[str, str, str | None]]:
    return [(each["field"], each["code"], each["limit"]) for each in answer.json()["details"]]


async def test_a_photo_becomes_a_pose(world: World, signed_in: httpx.AsyncClient) -> None:
    answer = await send(signed_in, photo=png(240), name="Wide")
    assert answer.status_code == 201, answer.text
    pose = answer.json()
    [joint] = pose["joints"]
    assert joint["bone"] == "Hips"
    assert np.linalg.norm(joint["rotation"]) == pytest.approx(1.0, abs=1e-5)
    assert pose == {
        "id": pose["id"],
        "name": "Wide",
        "source": "photo",
        "createdAt": pose["createdAt"],
        "joints": [joint],
        "support": "seat",
        "clampedBones": ["LeftForeArm"],
        "unknownBones": ["RightFoot"],
        "links": {"self": f"{PATH}/{pose['id']}"},
    }
    assert (await signed_in.get(pose["links"]["self"])).json() == pose
    assert world.uploads == []


async def test_a_frame_of_a_motion_becomes_a_pose(world: World, signed_in: httpx.AsyncClient) -> None:
    first, tenth = [
        (await send(signed_in, motion="turning", name="Dance", **frame)).json()
        for frame in ({}, {"frame": "10"})
    ]
    assert (first["source"], first["unknownBones"]) == ("motion", [])
    assert first["joints"] != tenth["joints"]
    assert world.uploads == []


async def test_poses_are_listed_page_by_page_and_deleted(signed_in: httpx.AsyncClient) -> None:
    poses = [await made(signed_in, f"{number}") for number in range(3)]
    first = (await signed_in.get(PATH, params={"limit": 2})).json()
    rest = (await signed_in.get(PATH, params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert sorted(pose["id"] for pose in (*first["data"], *rest["data"])) == sorted(
        pose["id"] for pose in poses
    )
    assert rest["nextCursor"] is None
    path = poses[0]["links"]["self"]
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.delete(path)).status_code == 404
    assert (await signed_in.get(path)).status_code == 404


async def test_a_pose_is_nobody_elses(world: World, signed_in: httpx.AsyncClient) -> None:
    path = (await made(signed_in))["links"]["self"]
    other = bearer(await world.token_of("eve@example.org"))
    for method in ("GET", "DELETE"):
        assert (await world.client.request(method, path, headers=other)).status_code == 404
    assert (await world.client.get(PATH, headers=other)).json()["data"] == []
    async with client_of(world.replica("off", MemoryWindows())) as nobody:
        assert (await nobody.get(PATH)).status_code == 401
    assert (await signed_in.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"name": "Empty"}, ("photo", "required", "photo, motion")),
        ({"photo": png(240), "motion": b"x", "name": "Both"}, ("motion", "contradiction", "photo, motion")),
        ({"photo": png(240), "frame": b"3", "name": "Still"}, ("frame", "contradiction", "motion")),
        ({"motion": b"", "name": "Void"}, ("motion", "file_empty", "1..10485760")),
        ({"motion": b"x"}, ("name", "required", "a value")),
        ({"motion": b"x", "name": b"x" * 65}, ("name", "out_of_range", "64")),
        ({"motion": b"x", "name": b"Past", "frame": b"-1"}, ("frame", "out_of_range", "0")),
        (
            {"motion": b"x", "name": b"Extra", "pose": b"y"},
            ("pose", "unknown_field", "photo, motion, name, frame"),
        ),
        ({"photo": png(100), "name": b"Small"}, ("photo", "image_too_small", "224")),
    ],
)
async def test_forms_that_are_none_are_refused(
    world: World, signed_in: httpx.AsyncClient, parts: dict[str, bytes], fault: tuple[str, str, str | None]
) -> None:
    answer = await send(signed_in, **parts)
    assert answer.status_code == 400, answer.text
    assert fault in faults(answer)
    assert world.uploads == []


async def test_what_no_pose_can_be_read_from_is_refused_and_goes(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    french = {"Accept-Language": "fr", "Content-Type": FORM}
    body = form({"motion": b"bad joints_missing", "name": b"Spider"})
    answer = await signed_in.post(PATH, content=body, headers=french)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_motion")
    assert answer.json()["error"].startswith("Ce fichier de mouvement")
    assert faults(answer) == [("motion", "joints_missing", "LeftArm, Head")]
    assert world.uploads == []


async def test_no_json_and_no_file_too_large(signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.post(PATH, json={"name": "x"})).status_code == 415
    large = await send(signed_in, motion=b"x" * 10_485_761, name="Large")
    assert large.status_code == 413


async def test_the_same_request_again_is_the_same_pose(signed_in: httpx.AsyncClient) -> None:
    headers = {"Content-Type": FORM, "Idempotency-Key": "once"}
    body = form({"motion": b"turning", "name": b"Once"})
    first, again = [await signed_in.post(PATH, content=body, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    assert len((await signed_in.get(PATH)).json()["data"]) == 1


async def test_keys_need_their_scope_and_the_trail_knows(world: World, signed_in: httpx.AsyncClient) -> None:
    pose = await made(signed_in)
    token = signed_in.headers["Authorization"].removeprefix("Bearer ")
    reader = await key(world.client, token, Scope.AVATARS_READ)
    assert (await world.client.get(PATH, headers=bearer(reader))).status_code == 200
    refused = await world.client.delete(pose["links"]["self"], headers=bearer(reader))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    await signed_in.delete(pose["links"]["self"])
    entries = [(link.entry.operation, link.entry.resource_id) for link in await trail(world)]
    assert (f"POST {PATH}", pose["id"]) in entries
    assert (f"DELETE {PATH}/{{id}}", pose["id"]) in entries
