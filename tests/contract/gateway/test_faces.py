"""/v1/faces, and whole avatars from photos."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from atelier.generator.v1 import jobs_pb2, person_pb2
from atelierkit.errors import AppError, Code, InvalidInput, Unavailable
from atelierkit.scopes import Scope
from services.gateway.convert.faces import known_face
from services.gateway.convert.jobs import job as convert_job
from services.gateway.settings import GatewaySettings
from tests.contract.gateway.conftest import GLB, World
from tests.contract.gateway.faces import TIMESTAMP, found
from tests.contract.gateway.photos import FORM, form, part, png, three
from tests.contract.gateway.test_authorization import bearer, key
from tests.contract.gateway.test_source_001 import UNKNOWN, VERSION
from tests.contract.gateway.test_v1 import made as made_avatar
from tests.patience import PATIENCE_S

FACES, AVATARS = "/v1/faces", "/v1/avatars/from-photos"
AGREED = {"consent": VERSION.encode()}


class CreditsShort(AppError):
    """As auth refuses it."""

    code = Code.FAILED_PRECONDITION
    reason = "INSUFFICIENT_CREDITS"


@pytest.fixture
async def person(signed_in: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who has consented."""
    draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
    assert (await signed_in.post("/v1/me/consents", json=draft)).status_code == 201
    return signed_in


async def send(
    client: httpx.AsyncClient,
    path: str,
    parts: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> httpx.Response:
    body = form(dict(three(**AGREED) if parts is None else parts))
    return await client.post(path, content=body, headers={"Content-Type": FORM, **headers})


async def test_a_face_from_photos_to_its_end(world: World, person: httpx.AsyncClient) -> None:
    answer = await send(person, FACES)
    face = answer.json()
    assert answer.status_code == 201, answer.text
    path = f"/v1/faces/{face['id']}"
    assert face["links"] == {"self": path, "glb": f"{path}.glb"}
    assert face["features"]["expressions"]["smile"] == {"present": True, "score": 0.988, "reason": None}
    assert face["features"]["accessories"]["earrings"] == {
        "present": None,
        "score": 0.5,
        "reason": "ears_hidden",
    }
    assert face["features"] | {"expressions": {}, "accessories": {}} == {
        "expressions": {},
        "accessories": {},
        "faceShape": "oval",
        "faceShapeScores": {"oval": 0.75, "round": 0.25},
        "skin": {"hex": "#c89678", "confidence": 0.85},
        "monkTone": 4,
        "eyes": None,
        "reasons": {},
    }
    assert {
        name: face[name] for name in ("vertexCount", "faceCount", "size", "scaleSource", "expiresAt")
    } == {
        "vertexCount": 468,
        "faceCount": 898,
        "size": len(GLB),
        "scaleSource": "iris",
        "expiresAt": None,
    }
    assert world.uploads == []
    file = await person.get(face["links"]["glb"])
    assert (file.headers["content-type"], file.content) == ("model/gltf-binary", GLB)
    assert (await person.get(path)).json() == face | {"downloadCount": 1}
    assert (await person.delete(path)).status_code == 204
    assert (await person.get(path)).status_code == 404


async def test_faces_are_listed_to_who_made_them(world: World, person: httpx.AsyncClient) -> None:
    made = [(await send(person, FACES)).json() for _ in range(3)]
    world.faces.add("somebody else")
    world.faces.add("")
    first = (await person.get(FACES, params={"limit": 2})).json()
    rest = (await person.get(FACES, params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert (first["data"], rest) == (made[:0:-1], {"data": made[:1], "nextCursor": None})
    nobody = await person.get(FACES, headers={"Authorization": ""})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")


async def test_what_is_filled_in_reaches_the_generator(world: World, person: httpx.AsyncClient) -> None:
    more = {"pupilDistanceMm": b"63.5", "keepPhotos": b"true"}
    assert (await send(person, FACES, three(**AGREED, **more))).status_code == 201
    asked = world.faces.made[0]
    assert (asked.pupil_distance_mm, asked.keep_photos, asked.consent_version) == (63.5, True, VERSION)
    assert {photo.file.media_type for photo in asked.photos} == {"image/png"}
    limit = GatewaySettings.model_fields["photo_timeout_s"].default
    assert (
        GatewaySettings.model_fields["request_timeout_s"].default < (world.faces.seconds_left or 0) <= limit
    )


@pytest.mark.attack("A61")
@pytest.mark.parametrize("path", [FACES, AVATARS])
async def test_no_photo_is_read_without_consent(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    refused = await send(signed_in, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert refused.json()["details"] == {"purpose": "face_photos", "version": VERSION}
    draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
    await signed_in.post("/v1/me/consents", json=draft)
    for parts in (three(), three(consent=b"1999-01"), three(consent=b"")):
        assert (await send(signed_in, path, parts)).status_code == 403
    assert (await send(signed_in, path)).status_code in {201, 202}
    await signed_in.post("/v1/me/consents", json=draft | {"given": False})
    assert (await send(signed_in, path)).status_code == 403
    assert len(world.faces.uploads) == 1


async def test_an_avatar_is_a_job(world: World, person: httpx.AsyncClient) -> None:
    world.faces.gate.clear()
    answer = await send(person, AVATARS, three(**AGREED, waist_girth=b"801.5", bodyType=b"feminine"))
    job = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/jobs/{job['id']}")
    assert (job["kind"], job["state"], job["credits"]) == ("avatar_from_photos", "pending", 5)
    assert (job["avatarId"], job["faceId"]) == (None, None)
    body = world.faces.asked[0].body
    assert (body.measurements.waist_girth_mm, body.measurements.HasField("stature_mm")) == (801.5, False)
    assert len(world.uploads) == 3  # the job's, until it ends


async def test_or_the_avatar_where_one_waits(world: World, person: httpx.AsyncClient) -> None:
    world.faces.gate.clear()
    asking = asyncio.create_task(send(person, f"{AVATARS}?wait=20"))
    async with asyncio.timeout(PATIENCE_S):
        await world.faces.begun.acquire()
    world.faces.gate.set()
    answer = await asking
    avatar = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, avatar["links"]["self"])
    [face_id] = world.faces.faces
    assert avatar["recipe"]["face"] == {"id": face_id, "skinColor": "#c89678", "eyeColor": "#5a4632"}


async def test_who_waits_longer_than_asked_gets_the_job(world: World, person: httpx.AsyncClient) -> None:
    world.faces.gate.clear()
    answer = await send(person, f"{AVATARS}?wait=1")
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")


async def test_a_body_as_json(world: World, person: httpx.AsyncClient) -> None:
    draft = {
        "measurements": {"stature": 1700, "waist_girth": 800},
        "look": {"hairstyle": "bob"},
        "outfit": [{"garmentId": "dress-ines", "size": "M"}],
    }
    answer = await send(person, AVATARS, three(**AGREED, avatar=json.dumps(draft).encode()))
    assert answer.status_code == 202, answer.text
    asked = world.faces.asked[0]
    assert (asked.body.measurements.stature_mm, asked.look.hairstyle_id) == (1700, "bob")
    assert asked.outfit.items[0].garment_id == "dress-ines"


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"shoe": b"1"}, "shoe", "unknown_field"),
        ({"stature": b"tall"}, "stature", "wrong_type"),
        ({"stature": b"NaN"}, "measurements.stature", "wrong_type"),
        ({"pupilDistanceMm": b"12"}, "pupilDistanceMm", "out_of_range"),
        ({"avatar": b"{"}, "", "malformed"),
        ({"avatar": b'{"role": "admin"}'}, "role", "unknown_field"),
        ({"avatar": b"{}", "seed": b"7"}, "avatar", "contradiction"),
        ({"keepPhotos": b"\xff"}, "keepPhotos", "malformed_form"),
    ],
)
async def test_a_field_that_breaks_a_rule_is_named(
    world: World, person: httpx.AsyncClient, over: dict[str, bytes], field: str, code: str
) -> None:
    answer = await send(person, AVATARS, three(**AGREED, **over))
    detail = answer.json()["details"][0]
    assert (answer.status_code, detail["field"], detail["code"]) == (400, field, code)
    assert (world.faces.uploads, world.uploads) == ([], [])


@pytest.mark.parametrize(
    ("failure", "status", "left"),
    [
        (InvalidInput("no"), 400, 0),
        (CreditsShort("no", needed="5", available="0"), 402, 0),
        # It may have been accepted: the same request finds its photos, and so does the sweep.
        (Unavailable("away"), 503, 3),
    ],
)
async def test_photos_of_a_refused_job_are_deleted(
    world: World, person: httpx.AsyncClient, failure: Exception, status: int, left: int
) -> None:
    world.faces.failure = failure
    answer = await send(person, AVATARS)
    assert (answer.status_code, len(world.uploads)) == (status, left)


async def test_photos_of_a_face_are_deleted_whatever_becomes_of_it(
    world: World, person: httpx.AsyncClient
) -> None:
    world.faces.failure = Unavailable("away")
    assert (await send(person, FACES)).status_code == 503
    assert (len(world.faces.uploads), world.uploads) == (1, [])


async def test_the_same_key_is_the_same_job(world: World, person: httpx.AsyncClient) -> None:
    world.faces.failure = Unavailable("away")
    headers = {"Idempotency-Key": "k"}
    assert (await send(person, AVATARS, headers=headers)).status_code == 503
    world.faces.failure = None
    answers = [await send(person, AVATARS, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    first, second = world.faces.asked
    assert first == second  # the same id, and the same places of the photos


async def test_faces_are_put_on_and_taken_off(world: World, person: httpx.AsyncClient) -> None:
    avatar = await made_avatar(person)
    face = (await send(person, FACES)).json()
    path = f"{avatar['links']['self']}/face"
    worn = (await person.put(path, json={"faceId": face["id"]})).json()
    assert worn["recipe"]["face"] == {"id": face["id"], "skinColor": "#c89678", "eyeColor": None}
    assert (await person.put(path, json={"faceId": UNKNOWN})).status_code == 404
    bare = await person.delete(path)
    assert (bare.status_code, bare.json()["recipe"]["face"]) == (200, None)


async def test_a_key_needs_the_scopes_of_what_it_waits_for(world: World, person: httpx.AsyncClient) -> None:
    token = person.headers.pop("Authorization").removeprefix("Bearer ")
    writer = bearer(await key(person, token, Scope.AVATARS_WRITE))
    refused = await send(person, f"{AVATARS}?wait=5", headers=writer)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert world.faces.asked == []
    assert (await send(person, AVATARS, headers=writer)).status_code == 202


async def test_forms_have_places_of_their_own(world: World, person: httpx.AsyncClient) -> None:
    most = GatewaySettings.model_fields["max_photo_forms"].default
    begun, go = asyncio.Semaphore(0), asyncio.Event()

    async def slowly() -> Any:
        yield part("front", png())
        begun.release()
        await go.wait()
        yield form([("left", png(241)), ("right", png(242)), ("consent", AGREED["consent"])])

    headers = {"Content-Type": FORM}
    slow = [asyncio.create_task(person.post(FACES, content=slowly(), headers=headers)) for _ in range(most)]
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(most):
            await begun.acquire()
    refused = await send(person, FACES)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert (await made_avatar(person))["id"]
    go.set()
    assert {answer.status_code for answer in await asyncio.gather(*slow)} == {201}


async def test_a_failed_job_says_which_photo_was_wrong(world: World, person: httpx.AsyncClient) -> None:
    job = (await send(person, AVATARS)).json()
    failed = world.faces.jobs[job["id"]]
    failed.state = jobs_pb2.JOB_STATE_FAILED
    failed.error.reason = "INVALID_PHOTOS"
    failed.error.photos.add(slot="left", filename="me.jpg", code="photo_blurred", message="Hold it still.")
    failed.error.photos.add(slot="right", filename="b.jpg", code="new_code", message="Do this.", limit="7")
    shown = convert_job(failed, "fr").model_dump(by_alias=True)["error"]
    assert (shown["code"], [photo["field"] for photo in shown["photos"]]) == (
        "invalid_photos",
        ["left", "right"],
    )
    assert shown["photos"][0]["message"].startswith("Le visage est flou.")
    assert shown["photos"][1] == {
        "field": "right",
        "filename": "b.jpg",
        "code": "new_code",
        "message": "Do this.",
        "limit": "7",
    }


async def test_the_export_has_faces_and_what_is_kept_of_photos() -> None:
    known = person_pb2.ExportedFace(face=found(UNKNOWN, 7), consent_version=VERSION)
    known.photos.add(key="faces/x", sha256="ab", media_type="image/jpeg", size=9)
    known.photos_delete_time.FromSeconds(TIMESTAMP)
    shown = known_face(known).model_dump(by_alias=True, mode="json")
    assert (shown["id"], shown["consentVersion"]) == (UNKNOWN, VERSION)
    assert shown["photos"] == [{"mediaType": "image/jpeg", "size": 9, "sha256": "ab"}]
    assert shown["photosDeletedAt"] == "2027-01-15T08:00:00Z"
