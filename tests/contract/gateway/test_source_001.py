"""Source 001's four routes, field for field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from services.auth.domain.consents import Purpose
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.conftest import GLB, World, client_of
from tests.contract.gateway.faces import TIMESTAMP
from tests.contract.gateway.photos import FORM, form, png, three
from tests.contract.gateway.test_audit import trail
from tests.unit.auth.world import POLICIES

GENERATE = "/api/avatar/generate"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
VERSION = POLICIES[Purpose.FACE_PHOTOS]

FEATURES = {
    "expressions": {"frown": False, "raisedEyebrows": False, "smile": True, "squint": False},
    "faceShape": "oval",
    "skinTone": {"r": 200, "g": 150, "b": 120, "confidence": 0.85},
    "accessories": {"earrings": None, "glasses": False, "hat": False},
    "details": {"accessories.earrings": "ears_hidden"},
}


async def generate(
    client: httpx.AsyncClient,
    parts: dict[str, bytes] | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    body = form(three() if parts is None else parts)
    return await client.post(GENERATE, content=body, headers={"Content-Type": FORM, **headers})


async def test_a_face_as_the_source_answers_it(world: World, client: httpx.AsyncClient) -> None:
    answer = await generate(client)
    assert answer.status_code == 200, answer.text
    id = answer.json()["data"]["avatarId"]
    assert answer.json() == {
        "success": True,
        "data": {
            "avatarId": id,
            "status": "completed",
            "generationTime": 2500,
            "inferenceTime": 800,
            "facialFeatures": FEATURES,
            "meshInfo": {"vertexCount": 468, "faceCount": 898},
            "glbInfo": {"size": len(GLB), "filename": f"avatar_{id}_{TIMESTAMP}000.glb"},
            "downloadUrl": f"/api/avatar/download/{id}",
        },
    }
    assert world.faces.uploads == [three()]
    assert [photo.filename for photo in world.faces.made[0].photos] == ["photo.png"] * 3
    assert world.uploads == []


async def test_download_and_info(client: httpx.AsyncClient) -> None:
    data = (await generate(client)).json()["data"]
    name = data["glbInfo"]["filename"]
    assert re.fullmatch(r"avatar_[0-9a-f-]{36}_\d{13}\.glb", name)
    for _ in range(3):
        file = await client.get(data["downloadUrl"])
        assert (file.status_code, file.headers["content-type"], file.content) == (
            200,
            "model/gltf-binary",
            GLB,
        )
        assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    answer = await client.get(f"/api/avatar/info/{data['avatarId']}")
    assert answer.json() == {
        "success": True,
        "data": {
            "id": data["avatarId"],
            "method": "image_upload",
            "status": "completed",
            "downloadCount": 3,
            "createdAt": "2027-01-15T08:00:00.000Z",
            "metadata": {
                "generationTime": 2500,
                "inferenceTime": 800,
                "modelVersion": "1.0.0",
                "glbSize": len(GLB),
                "filename": name,
            },
            "facialFeatures": FEATURES,
            "meshInfo": {"vertexCount": 468, "faceCount": 898},
        },
    }


async def test_health(world: World, client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/avatar/health")
    told = answer.json()["data"]["timestamp"]
    assert datetime.fromisoformat(told).tzinfo is not None
    assert told.endswith("Z")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "data": {
                "status": "healthy",
                "model": {
                    "initialized": True,
                    "path": "face_mesh@test-1",
                    "inputShape": [1, 3, 224, 224],
                    "outputShape": [1, 468, 3],
                },
                "timestamp": told,
            },
        },
    )
    world.faces.ready = False
    sick = await client.get("/api/avatar/health")
    assert (sick.status_code, sick.json()["success"]) == (503, False)
    assert (sick.json()["data"]["status"], sick.json()["data"]["model"]["initialized"]) == (
        "unhealthy",
        False,
    )


async def test_a_refused_photo_as_the_source_tells_it(client: httpx.AsyncClient) -> None:
    answer = await generate(client, three(front=png(223, 300)))
    assert answer.status_code == 400
    assert answer.json() | {"requestId": ""} == {
        "success": False,
        "error": "Image validation failed",
        "code": "invalid_photos",
        "details": [
            {
                "filename": "photo.png",
                "valid": False,
                "error": "Image too small. Minimum size is 224x224 pixels.",
                "field": "front",
                "code": "image_too_small",
            }
        ],
        "requestId": "",
        "retryable": False,
    }


async def test_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in (f"/api/avatar/info/{UNKNOWN}", f"/api/avatar/download/{UNKNOWN}"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "Avatar not found")
        french = await client.get(path, headers={"Accept-Language": "fr"})
        assert french.json()["error"] == "Avatar introuvable"


@pytest.mark.attack("A16")
async def test_a_face_of_somebody_is_that_person_s(world: World, client: httpx.AsyncClient) -> None:
    ann = f"Bearer {await world.token_of('ann@example.org')}"
    eve = f"Bearer {await world.token_of('eve@example.org')}"
    theirs = (await generate(client, headers={"Authorization": ann})).json()["data"]
    info = f"/api/avatar/info/{theirs['avatarId']}"
    for headers, status in (({"Authorization": ann}, 200), ({"Authorization": eve}, 404), ({}, 404)):
        assert (await client.get(info, headers=headers)).status_code == status
        assert (await client.get(theirs["downloadUrl"], headers=headers)).status_code == status


@pytest.mark.attack("A47")
async def test_ten_generations_and_a_hundred_requests(world: World) -> None:
    published = "generate=10/15min,general=100/15min"
    client = client_of(world.replica(published, MemoryWindows()), "192.0.2.7")
    made = [(await generate(client)).status_code for _ in range(11)]
    assert made == [200] * 10 + [429]
    refused = await generate(client)
    assert (refused.json()["code"], refused.json()["retryable"]) == ("rate_limited", True)
    assert int(refused.headers["retry-after"]) > 0
    asked = [(await client.get(f"/api/avatar/info/{UNKNOWN}")).status_code for _ in range(101)]
    assert asked == [404] * 100 + [429]


async def test_every_operation_is_in_the_audit_trail(world: World, client: httpx.AsyncClient) -> None:
    data = (await generate(client, headers={"User-Agent": "a phone/1"})).json()["data"]
    await generate(client, {})
    await client.get(data["downloadUrl"])
    await client.get(f"/api/avatar/info/{UNKNOWN}")
    entries = [link.entry for link in await trail(world)]
    assert [(entry.operation, entry.outcome, entry.resource_id) for entry in entries] == [
        ("POST /api/avatar/generate", 200, data["avatarId"]),
        ("POST /api/avatar/generate", 400, ""),
        ("GET /api/avatar/download/{id}", 200, data["avatarId"]),
        ("GET /api/avatar/info/{id}", 404, UNKNOWN),
    ]
    who = entries[0].who
    assert (who.account_id, who.address, who.agent) == (None, "192.0.2.1", "a phone/1")


@pytest.mark.attack("A61")
async def test_consent_is_demanded_where_it_is_switched_on(world: World) -> None:
    client = client_of(world.replica("off", MemoryWindows(), require_consent=True))
    for parts in (three(), three(consent=b"1999"), three(consent=b"")):
        refused = await generate(client, parts)
        assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
        assert refused.json()["details"] == {"purpose": "face_photos", "version": VERSION}
    assert world.faces.uploads == []
    given = await generate(client, three(consent=VERSION.encode()))
    assert given.status_code == 200
    assert world.faces.made[0].consent_version == VERSION


@pytest.mark.attack("A61")
async def test_of_people_the_ledger_has_their_consent(world: World) -> None:
    client = client_of(world.replica("off", MemoryWindows(), require_consent=True))
    ann = {"Authorization": f"Bearer {await world.token_of('ann@example.org')}"}
    parts = three(consent=VERSION.encode())
    assert (await generate(client, parts, headers=ann)).status_code == 403
    draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
    await client.post("/v1/me/consents", json=draft, headers=ann)
    assert (await generate(client, parts, headers=ann)).status_code == 200
    await client.post("/v1/me/consents", json=draft | {"given": False}, headers=ann)
    assert (await generate(client, parts, headers=ann)).status_code == 403


async def test_the_same_key_is_the_same_face(world: World, client: httpx.AsyncClient) -> None:
    first = await generate(client, headers={"Idempotency-Key": "k"})
    again = await client.post(
        GENERATE,
        content=form(dict(reversed(three().items()))).replace(b"tape", b"chalk"),
        headers={"Content-Type": FORM.replace("tape", "chalk"), "Idempotency-Key": "k"},
    )
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(world.faces.made) == 1
    other = await generate(client, three(front=png(300)), headers={"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
