"""/v1/poses/generations: a photo and a pose, in the queue, drawn, listed, deleted."""

from __future__ import annotations

import json
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from atelierkit.scopes import Scope
from photos.decode import upright
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import PhotoFault, Slot
from tests.contract.gateway.conftest import World
from tests.contract.gateway.generations import NAMES
from tests.contract.gateway.photos import FORM, form, png
from tests.contract.gateway.test_audit import trail
from tests.contract.gateway.test_authorization import bearer, key
from tests.contract.gateway.test_source_001 import UNKNOWN, VERSION
from tests.unit.photos import photo_files as files

PATH = "/v1/poses/generations"
BATCH = f"{PATH}/batch"
POSE, OTHER = "contrapposto", "seated"


@pytest.fixture
async def person(world: World, signed_in: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who has consented, and has 100 credits."""
    draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
    assert (await signed_in.post("/v1/me/consents", json=draft)).status_code == 201
    world.jobs.world.consents.version = VERSION
    world.jobs.world.ledger.balance = 100
    return signed_in


async def send(client: httpx.AsyncClient, path: str = PATH, **parts: str | bytes | None) -> httpx.Response:
    asked: dict[str, Any] = {"photo": png(240), "consent": VERSION}
    asked |= {"poses": json.dumps([POSE, OTHER])} if path == BATCH else {"poseId": POSE}
    asked |= parts
    given = {
        name: value.encode() if isinstance(value, str) else value
        for name, value in asked.items()
        if value is not None
    }
    return await client.post(path, content=form(given), headers={"Content-Type": FORM})


async def made(world: World, client: httpx.AsyncClient, **parts: str) -> dict[str, Any]:
    """One that is drawn."""
    id = (await send(client, **parts)).json()["id"]
    await world.jobs.work()
    generation: dict[str, Any] = (await client.get(f"{PATH}/{id}")).json()
    return generation


def token_of(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def codes(answer: httpx.Response) -> list[tuple[str, str, str | None]]:
    return [(each["field"], each["code"], each["limit"]) for each in answer.json()["details"]]


async def test_a_picture_from_its_order_to_its_end(world: World, person: httpx.AsyncClient) -> None:
    answer = await send(person)
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    path = f"{PATH}/{accepted['id']}"
    assert answer.headers["location"] == path
    assert accepted == {
        "id": accepted["id"],
        "poseId": POSE,
        "quality": "sd",
        "style": "realistic",
        "state": "pending",
        "progressPercent": 0,
        "queuePosition": 1,
        "priority": False,
        "credits": 5,
        "error": None,
        "clampedBones": [],
        "createdAt": accepted["createdAt"],
        "endedAt": None,
        "links": {"self": path, "job": f"/v1/jobs/{accepted['id']}", "picture": None, "photo": None},
    }
    assert (await person.get(f"{path}.png")).status_code == 404
    job = (await person.get(accepted["links"]["job"])).json()
    assert (job["kind"], job["state"], job["credits"]) == ("pose_generation", "pending", 5)
    await world.jobs.work()
    done = (await person.get(path)).json()
    assert (done["state"], done["progressPercent"], done["links"]["picture"]) == (
        "completed",
        100,
        f"{path}.png",
    )
    picture = await person.get(done["links"]["picture"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert b"size=512" in picture.content
    known = {"If-None-Match": picture.headers["etag"]}
    assert (await person.get(done["links"]["picture"], headers=known)).status_code == 304
    assert world.jobs.world.ledger.balance == 95
    assert world.uploads == []
    [result] = (await person.get(accepted["links"]["job"])).json()["results"]
    assert (await person.get(result["href"])).content == picture.content


async def test_what_is_asked_for_reaches_the_mesher(world: World, person: httpx.AsyncClient) -> None:
    avatar = {"bodyType": "feminine", "measurements": {"stature": 1700}}
    done = await made(
        world,
        person,
        quality="hd",
        style="anime",
        priority="true",
        background="ffffff,000000",
        avatar=json.dumps(avatar),
        poseId="bent-elbow",
    )
    assert (done["credits"], done["priority"], done["quality"], done["style"]) == (10, True, "hd", "anime")
    assert done["clampedBones"] == ["LeftForeArm"]
    told = (await person.get(done["links"]["picture"])).text
    assert "Style.ANIME" in told
    assert "size=1024" in told
    assert "Background(top='#ffffff', bottom='#000000')" in told


async def test_a_batch_is_a_picture_a_pose(world: World, person: httpx.AsyncClient) -> None:
    answer = await send(person, BATCH, quality="hd")
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert [each["poseId"] for each in batch["data"]] == [POSE, OTHER]
    assert (batch["credits"], world.jobs.world.ledger.balance) == (14, 86)
    await world.jobs.work()
    states = [(await person.get(each["links"]["self"])).json()["state"] for each in batch["data"]]
    assert states == ["completed", "completed"]
    assert world.jobs.world.reader.reads == 1


@pytest.mark.parametrize(
    ("path", "parts", "told"),
    [
        (PATH, {"quality": "4k"}, ("quality", "not_offered", "'sd' or 'hd'")),
        (PATH, {"style": "oil"}, ("style", "not_offered", "'realistic', 'cartoon' or 'anime'")),
        (PATH, {"poseId": None}, ("poseId", "required", "a value")),
        (PATH, {"poseId": "No Pose!"}, ("poseId", "invalid_format", None)),
        (PATH, {"background": "tartan"}, ("background", "not_offered", None)),
        (PATH, {"photo": None}, ("photo", "photo_missing", None)),
        (PATH, {"front": png(240)}, ("front", "unknown_field", None)),
        (PATH, {"priority": "maybe"}, ("priority", "wrong_type", "true or false")),
        (BATCH, {"poses": "contrapposto"}, ("poses", "wrong_type", None)),
        (BATCH, {"poses": "[]"}, ("poses", "wrong_type", None)),
        (BATCH, {"poses": "[" * 2_000}, ("poses", "wrong_type", None)),
        (BATCH, {"poses": json.dumps([POSE] * 2)}, ("poses", "wrong_type", None)),
        (BATCH, {"poses": json.dumps([f"p{index}" for index in range(21)])}, ("poses", "wrong_type", None)),
        (BATCH, {"poses": json.dumps([POSE, "No!"])}, ("poses[1]", "invalid_format", None)),
    ],
)
async def test_what_is_no_order_is_told_with_what_would_be(
    world: World,
    person: httpx.AsyncClient,
    path: str,
    parts: dict[str, Any],
    told: tuple[str, str, str | None],
) -> None:
    refused = await send(person, path, **parts)
    assert refused.status_code == 400, refused.text
    [(field, code, limit)] = codes(refused)
    assert (field, code) == told[:2]
    if told[2] is not None:
        assert limit == told[2]
    assert (world.uploads, world.jobs.world.ledger.balance) == ([], 100)


async def test_an_unknown_pose_is_404_and_named(world: World, person: httpx.AsyncClient) -> None:
    one = await send(person, poseId="no-such-pose")
    assert (one.status_code, codes(one)) == (404, [("poseId", "pose.unknown", None)])
    several = await send(person, BATCH, poses=json.dumps([POSE, "no-such-pose"]))
    assert (several.status_code, codes(several)) == (404, [("poses[1]", "pose.unknown", None)])
    french = await person.post(
        PATH,
        content=form({"photo": png(240), "consent": VERSION.encode(), "poseId": b"no-such-pose"}),
        headers={"Content-Type": FORM, "Accept-Language": "fr"},
    )
    assert french.json()["details"][0]["message"] != one.json()["details"][0]["message"]
    assert (world.uploads, world.jobs.world.ledger.balance) == ([], 100)


async def test_without_credits_nothing_is_accepted(world: World, person: httpx.AsyncClient) -> None:
    world.jobs.world.ledger.balance = 9
    refused = await send(person, BATCH)
    assert (refused.status_code, refused.json()["code"]) == (402, "insufficient_credits")
    assert refused.json()["details"] == {"needed": 10, "available": 9}
    assert (world.uploads, (await person.get(PATH)).json()["meta"]["total"]) == ([], 0)


@pytest.mark.attack("A61")
async def test_no_photo_is_read_without_consent(world: World, signed_in: httpx.AsyncClient) -> None:
    for consent in (VERSION, "1999-01", None):
        refused = await send(signed_in, consent=consent)
        assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
    await signed_in.post("/v1/me/consents", json=draft)
    assert (await send(signed_in, consent="1999-01")).status_code == 403
    assert world.uploads == []


async def test_a_bad_photo_fails_the_job_and_is_told_as_the_photo(
    world: World, person: httpx.AsyncClient
) -> None:
    async def refuse() -> None:
        raise InvalidPhotos([PhotoFault(Slot.FRONT, "me.jpg", "several_faces", "two", "1")])

    world.jobs.world.reader.before_answer = refuse
    failed = await made(world, person)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "invalid_photos")
    [fault] = failed["error"]["photos"]
    assert (fault["field"], fault["filename"], fault["code"]) == ("photo", "me.jpg", "several_faces")
    assert world.jobs.world.ledger.balance == 100


async def test_a_photo_is_kept_where_the_person_asks_for_it(world: World, person: httpx.AsyncClient) -> None:
    kept = (await send(person, keepPhoto="true")).json()
    photo = await person.get(kept["links"]["photo"])
    assert (photo.status_code, photo.headers["content-type"]) == (200, "image/png")
    assert photo.content == b"renewed " + png(240)
    await world.jobs.work()
    assert (await person.get(kept["links"]["photo"])).status_code == 200
    assert (await person.delete(kept["links"]["self"])).status_code == 204
    assert world.uploads == []
    gone = await made(world, person)
    assert gone["links"]["photo"] is None
    assert (await person.get(f"{gone['links']['self']}/photo")).status_code == 404


async def test_a_photo_to_keep_that_makes_no_picture_is_refused_as_the_photo(
    world: World, person: httpx.AsyncClient
) -> None:
    world.jobs.world.kept_photos.fault = "invalid_image"
    refused = await send(person, keepPhoto="true")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_photos")
    assert [(each["field"], each["code"]) for each in refused.json()["details"]] == [
        ("photo", "invalid_image")
    ]
    assert world.uploads == []


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_what_a_camera_wrote_beside_the_picture_is_never_stored(
    world: World, person: httpx.AsyncClient, kind: str
) -> None:
    sent = files.telling(kind, Image.fromarray(files.colours()))
    assert (await send(person, photo=sent)).status_code == 202
    [key] = world.uploads
    stored = await world.jobs.world.blobs.get(key)
    assert files.SECRET in sent
    assert files.SECRET not in stored
    np.testing.assert_array_equal(upright(stored), upright(sent))


async def test_deleting_takes_all_of_it_and_gives_back_what_was_not_drawn(
    world: World, person: httpx.AsyncClient
) -> None:
    done = await made(world, person)
    waiting = (await send(person)).json()
    assert world.jobs.world.ledger.balance == 90
    for each in (done, waiting):
        assert (await person.delete(each["links"]["self"])).status_code == 204
        assert (await person.get(each["links"]["self"])).status_code == 404
        assert (await person.delete(each["links"]["self"])).status_code == 404
    await world.jobs.work()
    assert (world.jobs.world.ledger.balance, world.uploads) == (95, [])
    assert (await person.get(f"{PATH}/{done['id']}.png")).status_code == 404
    states = {job["id"]: job["state"] for job in (await person.get("/v1/jobs")).json()["data"]}
    assert states == {done["id"]: "completed", waiting["id"]: "cancelled"}


async def test_the_list_and_its_pages(world: World, person: httpx.AsyncClient) -> None:
    ids = [(await made(world, person))["id"]]
    for _ in range(2):
        world.jobs.world.clock.advance(seconds=1)
        ids.append((await made(world, person))["id"])
    first = (await person.get(PATH, params={"limit": 2})).json()
    assert [each["id"] for each in first["data"]] == ids[:0:-1]
    assert first["meta"] == {"total": 3, "limit": 2, "offset": 0, "hasMore": True}
    rest = (await person.get(PATH, params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert ([each["id"] for each in rest["data"]], rest["nextCursor"]) == (ids[:1], None)
    last = (await person.get(PATH, params={"offset": 2})).json()
    assert ([each["id"] for each in last["data"]], last["meta"]["hasMore"]) == (ids[:1], False)
    assert (await person.get(f"{PATH}/stats")).json() == {
        "total": 3,
        "completed": 3,
        "failed": 0,
        "meanProcessingSeconds": 0.0,
        "creditsUsed": 15,
    }


@pytest.mark.attack("A16")
async def test_nobody_else_sees_any_of_it(world: World, person: httpx.AsyncClient) -> None:
    kept = await made(world, person, keepPhoto="true")
    path = kept["links"]["self"]
    stranger = bearer(await world.token_of("eve@example.org"))
    for address in (path, f"{path}.png", f"{path}/photo"):
        assert (await person.get(address, headers=stranger)).status_code == 404
    assert (await person.delete(path, headers=stranger)).status_code == 404
    assert (await person.get(PATH, headers=stranger)).json()["meta"]["total"] == 0
    assert (await person.get(f"{PATH}/stats", headers=stranger)).json()["total"] == 0
    assert (await person.get(path)).status_code == 200
    unknown = await person.get(f"{PATH}/{UNKNOWN}")
    assert unknown.status_code == 404


async def test_a_key_needs_the_scopes_of_jobs(world: World, person: httpx.AsyncClient) -> None:
    reads, writes = [
        await key(person, token_of(person), scope) for scope in (Scope.JOBS_READ, Scope.JOBS_WRITE)
    ]
    body = form({"photo": png(240), "consent": VERSION.encode(), "poseId": POSE.encode()})
    headers = {"Content-Type": FORM}
    refused = await person.post(PATH, content=body, headers=headers | bearer(reads))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    id = (await person.post(PATH, content=body, headers=headers | bearer(writes))).json()["id"]
    assert (await person.get(f"{PATH}/{id}", headers=bearer(reads))).status_code == 200
    assert (await person.get(f"{PATH}/{id}", headers=bearer(writes))).status_code == 403


async def test_the_same_request_is_answered_once(world: World, person: httpx.AsyncClient) -> None:
    body = form({"photo": png(240), "consent": VERSION.encode(), "poseId": POSE.encode()})
    headers = {"Content-Type": FORM, "Idempotency-Key": "once"}
    first, again = [await person.post(PATH, content=body, headers=headers) for _ in range(2)]
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert world.jobs.world.ledger.balance == 95
    other = form({"photo": png(241), "consent": VERSION.encode(), "poseId": POSE.encode()})
    assert (await person.post(PATH, content=other, headers=headers)).status_code == 422


async def test_the_trail_says_which_one_it_was(world: World, person: httpx.AsyncClient) -> None:
    before = len(await trail(world))
    id = (await send(person)).json()["id"]
    await person.delete(f"{PATH}/{id}")
    entries = [link.entry for link in (await trail(world))[before:]]
    assert [(entry.operation, entry.outcome, entry.resource_id) for entry in entries] == [
        (f"POST {PATH}", 202, id),
        (f"DELETE {PATH}/{{id}}", 204, id),
    ]


def test_the_double_knows_the_shelf() -> None:
    assert {POSE, OTHER} <= NAMES.keys()
