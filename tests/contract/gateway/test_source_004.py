"""Source 004's routes, field for field."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from services.gateway.windows import MemoryWindows
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import PhotoFault, Slot
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.photos import FORM, form, png
from tests.contract.gateway.test_audit import trail
from tests.contract.gateway.test_authorization import bearer
from tests.contract.gateway.test_source_001 import UNKNOWN, VERSION

PREFIX = "/api/apps/avatar-generator"
GENERATE, GENERATIONS, STATS = f"{PREFIX}/generate", f"{PREFIX}/generations", f"{PREFIX}/stats"
TEMPLATE = {
    "id": "contrapposto",
    "name": "Contrapposto",
    "category": "standing",
    "imageUrl": "http://gateway/v1/catalog/poses/contrapposto.webp",
    "difficulty": "easy",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
async def person(world: World, signed_in: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody with 100 credits."""
    world.jobs.world.ledger.balance = 100
    return signed_in


async def generate(
    client: httpx.AsyncClient, filename: str = "me.png", **parts: str | bytes | None
) -> httpx.Response:
    asked = {"image": png(240), "poseTemplateId": "contrapposto", **parts}
    given = {
        name: value.encode() if isinstance(value, str) else value
        for name, value in asked.items()
        if value is not None
    }
    return await client.post(GENERATE, content=form(given, filename), headers={"Content-Type": FORM})


async def made(world: World, client: httpx.AsyncClient, **parts: str) -> dict[str, Any]:
    """One that is drawn."""
    id = (await generate(client, **parts)).json()["data"]["id"]
    await world.jobs.work()
    record: dict[str, Any] = (await client.get(f"{GENERATIONS}/{id}")).json()["data"]
    return record


async def test_a_generation_as_the_source_answers_it(world: World, person: httpx.AsyncClient) -> None:
    answer = await generate(person)
    assert answer.status_code == 200, answer.text
    me = (await person.get("/v1/me")).json()["id"]
    data = answer.json()["data"]
    assert re.fullmatch(
        rf"/uploads/avatar-generator/{me}/\d{{13}}-{data['id']}-me\.png", data["inputImageUrl"]
    )
    assert MOMENT.fullmatch(data["createdAt"])
    assert answer.json() == {
        "message": "Avatar generation started",
        "data": {
            "id": data["id"],
            "userId": me,
            "poseTemplateId": "contrapposto",
            "inputImageUrl": data["inputImageUrl"],
            "outputImageUrl": None,
            "status": "pending",
            "quality": "sd",
            "errorMessage": None,
            "creditUsed": 5,
            "createdAt": data["createdAt"],
            "completedAt": None,
            "poseTemplate": TEMPLATE,
        },
    }
    photo = await person.get(data["inputImageUrl"])
    assert (photo.status_code, photo.content) == (200, b"renewed " + png(240))
    await world.jobs.work()
    done = (await person.get(f"{GENERATIONS}/{data['id']}")).json()
    assert done.keys() == {"data"}
    assert (done["data"]["status"], MOMENT.fullmatch(done["data"]["completedAt"]) is not None) == (
        "completed",
        True,
    )
    picture = await person.get(done["data"]["outputImageUrl"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert b"size=512" in picture.content
    assert (await person.get(data["inputImageUrl"])).status_code == 200
    assert world.jobs.world.ledger.balance == 95


@pytest.mark.parametrize(
    ("parts", "credits", "side"),
    [
        ({"quality": "hd"}, 7, 1024),
        ({"priority": "true"}, 8, 512),
        ({"quality": "hd", "priority": "true"}, 10, 1024),
        ({"quality": "sd", "priority": "false"}, 5, 512),
    ],
)
async def test_prices_and_sizes(
    world: World, person: httpx.AsyncClient, parts: dict[str, str], credits: int, side: int
) -> None:
    done = await made(world, person, **parts)
    assert (done["creditUsed"], done["quality"]) == (credits, parts.get("quality", "sd"))
    assert world.jobs.world.ledger.balance == 100 - credits
    assert f"size={side}" in (await person.get(done["outputImageUrl"])).text


async def test_the_list_has_20_unless_asked_otherwise(world: World, person: httpx.AsyncClient) -> None:
    ids = []
    for _ in range(3):
        world.jobs.world.clock.advance(seconds=1)
        ids.append((await generate(person)).json()["data"]["id"])
    whole = (await person.get(GENERATIONS)).json()
    assert whole["meta"] == {"total": 3, "limit": 20, "offset": 0, "hasMore": False}
    assert [each["id"] for each in whole["data"]] == ids[::-1]
    assert all(each["poseTemplate"] == TEMPLATE for each in whole["data"])
    part = (await person.get(GENERATIONS, params={"limit": 1, "offset": 1})).json()
    assert part["meta"] == {"total": 3, "limit": 1, "offset": 1, "hasMore": True}
    assert [each["id"] for each in part["data"]] == [ids[1]]
    for query in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "many"}):
        assert (await person.get(GENERATIONS, params=query)).status_code == 400


async def test_sums_as_the_source_answers_them(world: World, person: httpx.AsyncClient) -> None:
    async def take_time() -> None:
        world.jobs.world.clock.advance(seconds=1.25)

    world.jobs.world.mesher.before_answer = take_time
    await made(world, person, quality="hd")
    world.jobs.world.mesher.before_answer = None
    await generate(person)
    assert (await person.get(STATS)).json() == {
        "data": {
            "totalGenerations": 2,
            "completedGenerations": 1,
            "failedGenerations": 0,
            "averageProcessingTime": 2.5,
            "totalCreditsUsed": 7,
        }
    }


async def test_deleting_takes_the_files(world: World, person: httpx.AsyncClient) -> None:
    done = await made(world, person)
    answer = await person.delete(f"{GENERATIONS}/{done['id']}")
    assert (answer.status_code, answer.json()) == (200, {"message": "Generation deleted successfully"})
    for address in (done["inputImageUrl"], done["outputImageUrl"], f"{GENERATIONS}/{done['id']}"):
        assert (await person.get(address)).status_code == 404
    assert world.uploads == []


async def test_deleting_one_that_is_not_drawn_yet_gives_its_credits_back(
    world: World, person: httpx.AsyncClient
) -> None:
    id = (await generate(person)).json()["data"]["id"]
    assert world.jobs.world.ledger.balance == 95
    assert (await person.delete(f"{GENERATIONS}/{id}")).status_code == 200
    await world.jobs.work()
    assert (world.jobs.world.ledger.balance, world.uploads) == (100, [])


async def test_a_photo_of_two_people_fails_and_says_so(world: World, person: httpx.AsyncClient) -> None:
    async def refuse() -> None:
        raise InvalidPhotos([PhotoFault(Slot.FRONT, "me.png", "several_faces", "two", "1")])

    world.jobs.world.reader.before_answer = refuse
    failed = await made(world, person)
    assert (failed["status"], failed["outputImageUrl"]) == ("failed", None)
    assert "face" in failed["errorMessage"].lower()
    assert world.jobs.world.ledger.balance == 100


async def test_a_cancelled_one_has_failed_for_the_source(world: World, person: httpx.AsyncClient) -> None:
    id = (await generate(person)).json()["data"]["id"]
    await person.post(f"/v1/jobs/{id}/cancel")
    record = (await person.get(f"{GENERATIONS}/{id}", headers={"Accept-Language": "fr"})).json()["data"]
    assert (record["status"], record["errorMessage"]) == ("failed", "Elle a été annulée.")
    sums = (await person.get(STATS)).json()["data"]
    assert (sums["totalGenerations"], sums["failedGenerations"], sums["totalCreditsUsed"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("parts", "field", "limit"),
    [
        ({"quality": "4k"}, "quality", "'sd' or 'hd'"),
        ({"poseTemplateId": None}, "poseTemplateId", "a value"),
        ({"image": None}, "image", None),
        ({"image": b"GIF89a"}, "image", None),
        ({"size": "9"}, "size", None),
    ],
)
async def test_bad_input_is_400_and_says_what_is_taken(
    world: World, person: httpx.AsyncClient, parts: dict[str, Any], field: str, limit: str | None
) -> None:
    refused = await generate(person, **parts)
    assert refused.status_code in {400, 415}, refused.text
    [fault] = refused.json()["details"]
    assert fault["field"] == field
    if limit is not None:
        assert fault["limit"] == limit
    assert (world.uploads, world.jobs.world.ledger.balance) == ([], 100)


async def test_an_unknown_pose_is_404(world: World, person: httpx.AsyncClient) -> None:
    refused = await generate(person, poseTemplateId="clx123unknown")
    assert refused.status_code == 404
    assert [fault["field"] for fault in refused.json()["details"]] == ["poseTemplateId"]
    assert world.uploads == []


async def test_without_credits_it_is_402(world: World, person: httpx.AsyncClient) -> None:
    world.jobs.world.ledger.balance = 4
    refused = await generate(person)
    assert (refused.status_code, refused.json()["details"]) == (402, {"needed": 5, "available": 4})
    assert world.uploads == []


async def test_without_a_token_everything_is_401(world: World, person: httpx.AsyncClient) -> None:
    done = await made(world, person)
    async with client_of(world.replica("off", MemoryWindows())) as stranger:
        answers = [
            await generate(stranger),
            await stranger.get(GENERATIONS),
            await stranger.get(f"{GENERATIONS}/{done['id']}"),
            await stranger.delete(f"{GENERATIONS}/{done['id']}"),
            await stranger.get(STATS),
            await stranger.get(done["outputImageUrl"]),
        ]
    assert [answer.status_code for answer in answers] == [401] * 6


@pytest.mark.attack("A16")
async def test_others_see_nothing_of_it(world: World, person: httpx.AsyncClient) -> None:
    done = await made(world, person)
    eve = bearer(await world.token_of("eve@example.org"))
    for address in (f"{GENERATIONS}/{done['id']}", done["inputImageUrl"], done["outputImageUrl"]):
        assert (await person.get(address, headers=eve)).status_code == 404
    her_id = (await person.get("/v1/me", headers=eve)).json()["id"]
    in_her_folder = done["outputImageUrl"].replace(done["userId"], her_id)
    assert (await person.get(in_her_folder, headers=eve)).status_code == 404
    assert (await person.get(in_her_folder)).status_code == 404
    assert (await person.delete(f"{GENERATIONS}/{done['id']}", headers=eve)).status_code == 404
    assert (await person.get(f"{GENERATIONS}/{done['id']}")).status_code == 200


@pytest.mark.attack("A38")
@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "{stem}",
        "{stem}-other.png",
        "{stem}.png%00",
        "0-{id}.png",
        "{stem}.PNG",
    ],
)
async def test_no_other_name_leads_to_a_file(world: World, person: httpx.AsyncClient, name: str) -> None:
    done = await made(world, person)
    folder, _, file = done["outputImageUrl"].rpartition("/")
    name = name.format(stem=file.removesuffix(".png"), id=done["id"])
    assert (await person.get(f"{folder}/{name}")).status_code in {400, 404}


@pytest.mark.parametrize("id", [UNKNOWN, "clx0000000000", "0"])
async def test_an_unknown_id_is_404(person: httpx.AsyncClient, id: str) -> None:
    assert (await person.get(f"{GENERATIONS}/{id}")).status_code == 404
    assert (await person.delete(f"{GENERATIONS}/{id}")).status_code == 404


async def test_a_name_in_any_letters_is_an_address(world: World, person: httpx.AsyncClient) -> None:
    data = (await generate(person, "élan & Œuvre.png")).json()["data"]
    assert data["inputImageUrl"].isascii()
    assert (await person.get(data["inputImageUrl"])).content == b"renewed " + png(240)


@pytest.mark.attack("A61")
async def test_consent_is_asked_for_where_the_installation_demands_it(
    world: World, person: httpx.AsyncClient
) -> None:
    world.jobs.world.consents.version = VERSION
    headers = person.headers
    async with client_of(world.replica("off", MemoryWindows(), require_consent=True)) as strict:
        strict.headers = headers
        refused = await generate(strict, consent=VERSION)
        assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
        draft = {"purpose": "face_photos", "policyVersion": VERSION, "given": True}
        await strict.post("/v1/me/consents", json=draft)
        assert (await generate(strict)).status_code == 403
        assert (await generate(strict, consent=VERSION)).status_code == 200


async def test_a_key_is_answered_once_and_the_trail_names_it(world: World, person: httpx.AsyncClient) -> None:
    before = len(await trail(world))
    headers = {"Content-Type": FORM, "Idempotency-Key": "once"}
    body = form({"image": png(240), "poseTemplateId": b"contrapposto"})
    first, again = [await person.post(GENERATE, content=body, headers=headers) for _ in range(2)]
    assert again.json() == first.json()
    assert world.jobs.world.ledger.balance == 95
    entry = (await trail(world))[before].entry
    assert (entry.operation, entry.outcome, entry.resource_id) == (
        f"POST {GENERATE}",
        200,
        first.json()["data"]["id"],
    )


async def test_generations_are_counted_as_what_makes_something(
    world: World, person: httpx.AsyncClient
) -> None:
    async with client_of(world.replica("generate=1/15min", MemoryWindows())) as limited:
        limited.headers = person.headers
        assert (await generate(limited)).status_code == 200
        refused = await generate(limited)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
