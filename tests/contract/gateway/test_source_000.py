"""Source 000's six routes, field for field."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.gateway.sessions import COOKIE
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.doubles import implausible

BODY = {"gender": "female", "stature": 170, "waist_girth": 80.05}


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody logged in by cookie."""
    await client.post("/signup", data=CREDENTIALS)
    answer = await client.post("/login", data=CREDENTIALS)
    assert answer.json()["success"] is True
    return client


async def test_sign_up_and_log_in_take_json_or_a_form(client: httpx.AsyncClient) -> None:
    made = await client.post("/signup", json=CREDENTIALS)
    assert (made.status_code, made.json()["data"]["email"]) == (201, CREDENTIALS["email"])
    answer = await client.post("/login", data=CREDENTIALS)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    client.cookies.clear()
    token = answer.json()["data"]["accessToken"]
    made = await client.post("/generate", json=BODY, headers={"Authorization": f"Bearer {token}"})
    assert made.status_code == 201


async def test_generate_takes_centimetres(world: World, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/generate", json=BODY)
    data = answer.json()["data"]
    assert set(data) == {"avatarId", "downloadUrl", "pointCount", "vertexCount", "faceCount", "receipt"}
    assert (answer.json()["success"], data["pointCount"]) == (True, 10_000)
    _, avatar = world.generator.avatars[data["avatarId"]]
    assert avatar.recipe.body.measurements.stature_mm == pytest.approx(1700)
    assert avatar.recipe.body.measurements.waist_girth_mm == pytest.approx(800.5)
    file = await browser.get(data["downloadUrl"])
    assert file.headers["content-type"] == "model/gltf-binary"


async def test_generate_takes_a_form(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/generate", data={name: str(value) for name, value in BODY.items()})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("over", "field", "limit"),
    [
        ({"stature": 67}, "stature", "120..230 cm"),
        ({"stature": "tall"}, "stature", "a number"),
        ({"shoe": 3}, "shoe", "a field that this route knows"),
        ({"gender": "robot"}, "gender", "'female', 'male' or 'neutral'"),
    ],
)
async def test_refusals_speak_this_source_s_language(
    browser: httpx.AsyncClient, over: dict[str, Any], field: str, limit: str | None
) -> None:
    answer = await browser.post("/generate", json=BODY | over)
    details = {detail["field"]: detail["limit"] for detail in answer.json()["details"]}
    assert answer.status_code == 400
    assert details == {field: limit}


async def test_implausible_limits_are_in_centimetres(world: World, browser: httpx.AsyncClient) -> None:
    world.generator.failure = implausible("waist_girth")
    answer = await browser.post("/generate", json=BODY)
    assert answer.json()["details"][0] | {"message": ""} == {
        "field": "waist_girth",
        "code": "measurement.implausible",
        "message": "",
        "limit": "70..95 cm",
    }


async def test_clothes_take_the_place_of_what_they_cannot_be_worn_with(
    world: World, browser: httpx.AsyncClient
) -> None:
    await browser.post("/generate", json=BODY)

    async def wear(category: str, **over: Any) -> list[str]:
        answer = await browser.post("/update_cloth", json={"category": category, "size": "M"} | over)
        assert answer.status_code == 200, answer.text
        _, avatar = world.generator.avatars[answer.json()["data"]["avatarId"]]
        return [item.garment_id.split("-")[0] for item in avatar.recipe.outfit.items]

    assert await wear("skirt") == ["skirt"]
    assert await wear("sweater") == ["skirt", "sweater"]
    assert await wear("trousers") == ["sweater", "trousers"]
    assert await wear("dress") == ["dress"]
    assert await wear("tshirt") == ["tshirt"]
    unknown = await browser.post(
        "/update_cloth", json={"category": "dress", "size": "M", "garmentId": "skirt"}
    )
    assert (unknown.status_code, unknown.json()["details"][0]["field"]) == (400, "garmentId")


async def test_features_change_one_by_one(world: World, browser: httpx.AsyncClient) -> None:
    made = (await browser.post("/generate", json=BODY)).json()["data"]["avatarId"]
    skins = (await browser.get("/v1/catalog/skins")).json()["data"]
    for change in (
        {"skinColor": skins[2]["color"]},
        {"hair": "bob"},
        {"hairColor": "#331100", "avatarId": made},
    ):
        assert (await browser.post("/update_feature", json=change)).status_code == 200
    look = world.generator.avatars[made][1].recipe.look
    assert (look.skin_id, look.hairstyle_id, look.hair_color) == (skins[2]["id"], "bob", "#331100")
    refused = await browser.post("/update_feature", json={"skinColor": "#00ff00"})
    assert (refused.status_code, refused.json()["details"][0]["code"]) == (400, "not_offered")


async def test_without_an_avatar_there_is_nothing_to_change(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/update_feature", json={"hair": "bob"})
    assert answer.status_code == 404


@pytest.mark.attack("A10")
async def test_logging_out_ends_the_session_at_once(browser: httpx.AsyncClient) -> None:
    secret = browser.cookies[COOKIE]
    assert (await browser.get("/v1/me")).status_code == 200
    assert (await browser.get("/logout")).json()["success"] is True
    assert COOKIE not in browser.cookies
    stolen = await browser.get("/v1/me", headers={"Cookie": f"{COOKIE}={secret}"})
    assert stolen.status_code == 401


@pytest.mark.attack("A57")
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_s_page_cannot_use_the_cookie(
    world: World, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await browser.post("/generate", json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert world.generator.avatars == {}
    same = await browser.post("/generate", json=BODY, headers={"Origin": "http://gateway"})
    assert same.status_code == 201


@pytest.mark.parametrize("path", ["/generate", "/update_cloth", "/update_feature"])
async def test_strangers_are_sent_to_log_in(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(path, json={})).status_code == 401
