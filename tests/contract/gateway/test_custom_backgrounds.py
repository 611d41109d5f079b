"""/v1/backgrounds: a picture of one's own to stand behind people, and where it may be asked for."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from atelierkit.scopes import Scope
from services.gateway.windows import MemoryWindows
from tests.attacks.cases import cases
from tests.contract.gateway import test_generations
from tests.contract.gateway.conftest import World, client_of
from tests.contract.gateway.photos import FORM, form, png
from tests.contract.gateway.test_audit import trail
from tests.contract.gateway.test_authorization import bearer, key
from tests.contract.gateway.test_generations import person
from tests.contract.gateway.test_photo_attacks import REFUSED

__all__ = ["person"]

PATH = "/v1/backgrounds"


async def send(client: httpx.AsyncClient, **parts: bytes) -> httpx.Response:
    return await client.post(PATH, content=form(parts), headers={"Content-Type": FORM})


async def made(client: httpx.AsyncClient, side: int = 240, name: str = "Beach") -> dict[str, Any]:
    answer = await send(client, picture=png(side), name=name.encode())
    assert answer.status_code == 201, answer.text
    background: dict[str, Any] = answer.json()
    return background


def faults(answer: httpx.Response) -> list[tuple[str, str, str | None]]:
    return [(each["field"], each["code"], each["limit"]) for each in answer.json()["details"]]


async def test_a_picture_becomes_a_background(world: World, signed_in: httpx.AsyncClient) -> None:
    background = await made(signed_in)
    assert background == {
        "id": background["id"],
        "name": "Beach",
        "width": 1600,
        "height": 900,
        "createdAt": background["createdAt"],
        "links": {"picture": f"{PATH}/{background['id']}.webp"},
    }
    picture = await signed_in.get(background["links"]["picture"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.content == b"pixels of " + png(240)
    assert picture.headers["cache-control"] == "private, no-cache"
    known = {"If-None-Match": picture.headers["etag"]}
    assert (await signed_in.get(background["links"]["picture"], headers=known)).status_code == 304
    assert world.uploads == []
    assert (await send(signed_in, picture=png(241))).json()["name"] == ""


async def test_backgrounds_are_listed_page_by_page_and_deleted(signed_in: httpx.AsyncClient) -> None:
    backgrounds = [await made(signed_in, 240 + number) for number in range(3)]
    first = (await signed_in.get(PATH, params={"limit": 2})).json()
    rest = (await signed_in.get(PATH, params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert sorted(each["id"] for each in (*first["data"], *rest["data"])) == sorted(
        each["id"] for each in backgrounds
    )
    assert rest["nextCursor"] is None
    path = f"{PATH}/{backgrounds[0]['id']}"
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.delete(path)).status_code == 404
    assert (await signed_in.get(f"{path}.webp")).status_code == 404


@pytest.mark.attack("A16", "A38")
async def test_a_background_is_nobody_elses(world: World, signed_in: httpx.AsyncClient) -> None:
    background = await made(signed_in)
    path = f"{PATH}/{background['id']}"
    other = bearer(await world.token_of("eve@example.org"))
    assert (await world.client.get(f"{path}.webp", headers=other)).status_code == 404
    assert (await world.client.delete(path, headers=other)).status_code == 404
    assert (await world.client.get(PATH, headers=other)).json()["data"] == []
    async with client_of(world.replica("off", MemoryWindows())) as nobody:
        assert (await nobody.get(PATH)).status_code == 401
        assert (await nobody.get(f"{path}.webp")).status_code == 401
    assert (await signed_in.get(f"{path}.webp")).status_code == 200


@pytest.mark.parametrize("tried", cases(REFUSED))
async def test_what_is_no_picture_is_refused_by_its_header(
    world: World, signed_in: httpx.AsyncClient, tried: tuple[bytes, int, str]
) -> None:
    file, status, code = tried
    answer = await send(signed_in, picture=file, name=b"Trap")
    assert answer.status_code == status, answer.text[:300]
    [(field, told, _)] = faults(answer)
    assert field == "picture"
    assert code in {"", told}
    assert world.uploads == []
    assert (await signed_in.get(PATH)).json()["data"] == []


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"name": b"Empty"}, ("picture", "photo_missing", None)),
        ({"picture": png(240), "name": b"x" * 65}, ("name", "out_of_range", "64")),
        ({"picture": png(240), "photo": png(241)}, ("photo", "unknown_field", "picture, name")),
    ],
)
async def test_forms_that_are_none_are_refused(
    world: World, signed_in: httpx.AsyncClient, parts: dict[str, bytes], fault: tuple[str, str, str | None]
) -> None:
    answer = await send(signed_in, **parts)
    assert answer.status_code == 400, answer.text
    assert faults(answer) == [fault]
    assert world.uploads == []


async def test_no_json_and_no_file_too_large(signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.post(PATH, json={"name": "x"})).status_code == 415
    small = png(240)
    assert (await send(signed_in, picture=small + bytes(10_485_761 - len(small)))).status_code == 413


async def test_the_same_request_again_is_the_same_background(signed_in: httpx.AsyncClient) -> None:
    headers = {"Content-Type": FORM, "Idempotency-Key": "once"}
    body = form({"picture": png(240), "name": b"Once"})
    first, again = [await signed_in.post(PATH, content=body, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    assert len((await signed_in.get(PATH)).json()["data"]) == 1
    other = form({"picture": png(241), "name": b"Once"})
    assert (await signed_in.post(PATH, content=other, headers=headers)).status_code == 422


async def test_the_fifty_first_is_one_too_many(signed_in: httpx.AsyncClient) -> None:
    small = png(240)
    assert {(await send(signed_in, picture=small)).status_code for _ in range(50)} == {201}
    french = {"Content-Type": FORM, "Accept-Language": "fr"}
    refused = await signed_in.post(PATH, content=form({"picture": png(240)}), headers=french)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_backgrounds")
    assert "arrière-plans" in refused.json()["error"]


async def test_keys_need_their_scope_and_the_trail_knows(world: World, signed_in: httpx.AsyncClient) -> None:
    background = await made(signed_in)
    token = signed_in.headers["Authorization"].removeprefix("Bearer ")
    reader = bearer(await key(world.client, token, Scope.AVATARS_READ))
    assert (await world.client.get(background["links"]["picture"], headers=reader)).status_code == 200
    refused = await world.client.delete(f"{PATH}/{background['id']}", headers=reader)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    await signed_in.delete(f"{PATH}/{background['id']}")
    entries = [(link.entry.operation, link.entry.resource_id) for link in await trail(world)]
    assert (f"POST {PATH}", background["id"]) in entries
    assert (f"DELETE {PATH}/{{id}}", background["id"]) in entries


async def test_an_unknown_background_is_named_in_the_callers_language(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    me = (await signed_in.get("/v1/me")).json()["id"]
    avatar = await world.jobs.world.avatar(me)
    eve = bearer(await world.token_of("eve@example.org"))
    theirs = await world.client.post(
        PATH, content=form({"picture": png(240)}), headers={**eve, "Content-Type": FORM}
    )
    for id in (theirs.json()["id"], str(uuid.uuid4())):
        draft = {"avatarId": str(avatar.id), "background": id}
        answer = await signed_in.post("/v1/shares", json=draft, headers={"Accept-Language": "fr"})
        assert answer.status_code == 404
        [told] = answer.json()["details"]
        assert (told["field"], told["code"]) == ("background", "background.unknown")
        assert "arrière-plans" in told["message"]


async def test_people_from_photos_are_drawn_before_it(world: World, person: httpx.AsyncClient) -> None:
    background = await made(person)
    done = await test_generations.made(world, person, background=background["id"])
    etag = (await person.get(background["links"]["picture"])).headers["etag"].strip('"')
    assert f"backgrounds/{etag}" in (await person.get(done["links"]["picture"])).text
    balance = world.jobs.world.ledger.balance
    for path in (test_generations.PATH, test_generations.BATCH):
        refused = await test_generations.send(person, path, background=str(uuid.uuid4()))
        assert (refused.status_code, faults(refused)) == (404, [("background", "background.unknown", None)])
    assert (world.uploads, world.jobs.world.ledger.balance) == ([], balance)


async def test_a_link_shows_the_avatar_before_it(world: World, signed_in: httpx.AsyncClient) -> None:
    me = (await signed_in.get("/v1/me")).json()["id"]
    avatar, background = await world.jobs.world.avatar(me), await made(signed_in)
    draft = {"avatarId": str(avatar.id), "background": background["id"]}
    share = await signed_in.post("/v1/shares", json=draft)
    assert share.status_code == 201, share.text
    shown = await signed_in.get(share.json()["pictureUrl"].removeprefix("http://gateway"))
    etag = (await signed_in.get(background["links"]["picture"])).headers["etag"].strip('"')
    assert f"backgrounds/{etag}" in shown.text
