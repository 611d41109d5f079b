"""The canonical API."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import httpx
import pytest

from atelierkit.errors import Unavailable
from services.gateway.convert.body import NAMES
from services.gateway.schemas.avatars import Avatar
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.doubles import implausible
from tests.patience import PATIENCE_S

DRAFT: dict[str, Any] = {"measurements": {"stature": 1700, "waist_girth": 800.5}, "bodyType": "feminine"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def made(client: httpx.AsyncClient, **over: Any) -> dict[str, Any]:
    answer = await client.post("/v1/avatars", json=DRAFT | over)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_session_from_sign_up_to_log_out(client: httpx.AsyncClient) -> None:
    account = await client.post("/v1/auth/signup", json=CREDENTIALS)
    assert (account.status_code, account.json()["role"]) == (201, "user")
    tokens = (await client.post("/v1/auth/login", json=CREDENTIALS)).json()
    me = await client.get("/v1/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
    assert me.json() == account.json()
    renewed = await client.post("/v1/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
    assert renewed.json()["refreshToken"] != tokens["refreshToken"]
    out = await client.post("/v1/auth/logout", json={"refreshToken": renewed.json()["refreshToken"]})
    assert (out.status_code, out.content) == (204, b"")
    over = await client.post("/v1/auth/refresh", json={"refreshToken": renewed.json()["refreshToken"]})
    assert (over.status_code, over.json()["code"]) == (401, "invalid_refresh_token")


@pytest.mark.attack("A12")
async def test_wrong_credentials_and_a_taken_address_are_told(client: httpx.AsyncClient) -> None:
    await client.post("/v1/auth/signup", json=CREDENTIALS)
    taken = await client.post("/v1/auth/signup", json=CREDENTIALS)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    wrong = await client.post("/v1/auth/login", json=CREDENTIALS | {"password": "something else"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    short = await client.post("/v1/auth/signup", json={"email": "x@example.org", "password": "short"})
    assert short.status_code == 400
    assert short.json()["details"][0]["field"] == "password"


async def test_an_avatar_is_made_with_recipe_and_receipt(signed_in: httpx.AsyncClient) -> None:
    outfit = [{"garmentId": "dress-ines", "size": "M", "color": "#AABBCC"}]
    avatar = await made(signed_in, outfit=outfit, look={"skin": "tone-05"}, seed=7, weightKg=61.5)
    Avatar.model_validate(avatar)
    assert avatar["recipe"]["measurements"] == DRAFT["measurements"]
    assert avatar["recipe"]["outfit"] == [{"garmentId": "dress-ines", "size": "M", "color": "#aabbcc"}]
    assert (avatar["recipe"]["seed"], avatar["recipe"]["weightKg"], avatar["recipe"]["age"]) == (
        7,
        61.5,
        None,
    )
    lines = {line["name"]: line for line in avatar["receipt"]["measurements"]}
    assert tuple(lines) == NAMES
    assert lines["stature"] | {"tape": []} == {
        "name": "stature",
        "askedMm": 1700,
        "targetMm": 1700,
        "deliveredMm": 1700,
        "errorMm": 0,
        "source": "asked",
        "intervalMm": [0, 0],
        "feasible": True,
        "tape": [],
    }
    assert lines["hip_girth"]["askedMm"] is None
    path = f"/v1/avatars/{avatar['id']}"
    assert avatar["links"] == {"self": path} | {
        format: f"{path}.{format}" for format in ("glb", "vrm", "usdz", "obj", "ply", "stl")
    }
    receipt = avatar["receipt"]
    assert (receipt["volumeL"], receipt["surfaceAreaM2"]) == (64.123, 1.812)
    assert receipt["weight"] == {
        "askedKg": 61.5,
        "estimatedKg": 63.4,
        "errorKg": 1.9,
        "intervalKg": [57.2, 70.4],
    }
    assert receipt["beside"] == [{"name": "natural_waist_girth", "deliveredMm": 701.5, "tape": []}]
    listed = await signed_in.get("/v1/avatars", params={"limit": 5})
    assert listed.json() == {"data": [avatar], "nextCursor": None}


async def test_a_change_keeps_what_it_does_not_name(signed_in: httpx.AsyncClient) -> None:
    avatar = await made(signed_in, look={"skin": "tone-03"})
    path = avatar["links"]["self"]
    dressed = await signed_in.patch(path, json={"outfit": [{"garmentId": "skirt", "size": "S"}]})
    assert dressed.json()["recipe"]["look"]["skin"] == "tone-03"
    assert len(dressed.json()["recipe"]["outfit"]) == 1
    undressed = await signed_in.patch(path, json={"outfit": []})
    assert undressed.json()["recipe"]["outfit"] == []


async def test_a_weight_that_was_not_given_has_no_error(signed_in: httpx.AsyncClient) -> None:
    weight = (await made(signed_in))["receipt"]["weight"]
    assert (weight["askedKg"], weight["errorKg"], weight["estimatedKg"]) == (None, None, 63.4)


async def test_an_avatar_from_before_there_were_quantities_is_shown(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    avatar = await made(signed_in)
    _, stored = world.generator.avatars[avatar["id"]]
    stored.receipt.ClearField("quantities")
    stored.receipt.ClearField("weight")
    receipt = (await signed_in.get(avatar["links"]["self"])).json()["receipt"]
    assert (receipt["volumeL"], receipt["surfaceAreaM2"], receipt["weight"]) == (None, None, None)


@pytest.mark.attack("A16", "A38")
async def test_somebody_else_s_avatar_answers_as_an_unknown_one(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    avatar = await made(signed_in)
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    for method, suffix, body in (
        ("GET", "", None),
        ("GET", ".glb", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
    ):
        answers = [
            await signed_in.request(method, f"/v1/avatars/{avatar_id}{suffix}", json=body, headers=stranger)
            for avatar_id in (avatar["id"], UNKNOWN)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        foreign, unknown = ({**answer.json(), "requestId": ""} for answer in answers)
        assert foreign == unknown
    gone = await signed_in.delete(avatar["links"]["self"])
    assert gone.status_code == 204
    assert (await signed_in.get(avatar["links"]["self"])).status_code == 404


async def test_estimates_name_their_source(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.post("/v1/measurements/estimate", json=DRAFT)
    sources = {item["name"]: item["source"] for item in answer.json()["data"]}
    assert tuple(sources) == NAMES
    assert {name for name, source in sources.items() if source == "asked"} == set(DRAFT["measurements"])


async def test_a_preview_is_compact_binary(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.post("/v1/avatars/preview", json=DRAFT)
    magic, version, vertices, readings = struct.unpack_from("<4sIII", answer.content)
    assert (magic, version, vertices, readings) == (b"ATPV", 1, 2, 15)
    assert struct.unpack_from("<15f", answer.content, 40) == (1.5,) * 15
    assert answer.content[100:] == bytes(range(12))
    topology = await signed_in.get("/v1/avatars/preview/topology")
    assert topology.content == struct.pack("<4sIII3H", b"ATPT", 1, 3, 1, 0, 1, 2)
    known = {"If-None-Match": f'"other", {topology.headers["etag"]}'}
    again = await signed_in.get("/v1/avatars/preview/topology", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_the_catalogue_needs_no_account(client: httpx.AsyncClient) -> None:
    garments = (await client.get("/v1/catalog/garments")).json()["data"]
    assert {garment["category"] for garment in garments} == {
        "dress",
        "skirt",
        "sweater",
        "tshirt",
        "trousers",
    }
    assert all([size["label"] for size in garment["sizes"]] == ["S", "M", "L", "XL"] for garment in garments)
    only = (await client.get("/v1/catalog/garments", params={"category": "skirt"})).json()["data"]
    assert {garment["category"] for garment in only} == {"skirt"}
    assert len((await client.get("/v1/catalog/skins")).json()["data"]) == 10
    assert len((await client.get("/v1/catalog/hairstyles")).json()["data"]) == 3
    first = (await client.get("/v1/catalog/garments", params={"limit": 5})).json()
    rest = (await client.get("/v1/catalog/garments", params={"cursor": first["nextCursor"]})).json()
    assert (first["data"] + rest["data"], rest["nextCursor"]) == (garments, None)
    refused = await client.get("/v1/catalog/garments", params={"category": "hat"})
    assert (refused.status_code, refused.json()["details"][0]["code"]) == (400, "not_offered")


async def test_size_advice_for_an_avatar_or_for_measurements(signed_in: httpx.AsyncClient) -> None:
    garment = (await signed_in.get("/v1/catalog/garments")).json()["data"][0]
    avatar = await made(signed_in)
    question = {"garmentId": garment["id"]}
    for body in ({"avatarId": avatar["id"]}, {"measurements": {"upper_arm_girth": 405}}):
        answer = await signed_in.post("/v1/size-advice", json=question | body)
        assert answer.status_code == 200, answer.text
        zone = answer.json()["sizes"][0]["zones"][0]
        assert (zone["zone"], zone["bodyMm"], zone["fit"]) == ("upperArm", 405, "good")
    neither = await signed_in.post("/v1/size-advice", json=question)
    assert neither.status_code == 400
    unknown = await signed_in.post("/v1/size-advice", json={"garmentId": "cape", "measurements": {}})
    assert unknown.status_code == 404


@pytest.mark.attack("A01")
@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer nonsense", "Bearer a.b.c", "Basic dXNlcg=="])
async def test_without_a_good_token_nothing_private_answers(client: httpx.AsyncClient, token: str) -> None:
    for method, path in (
        ("GET", "/v1/me"),
        ("GET", "/v1/avatars"),
        ("POST", "/v1/avatars"),
        ("GET", f"/v1/avatars/{UNKNOWN}.glb"),
    ):
        answer = await client.request(method, path, headers={"Authorization": token} if token else {})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_service_s_refusal_speaks_of_the_json(world: World, signed_in: httpx.AsyncClient) -> None:
    world.generator.failure = implausible("waist_girth")
    answer = await signed_in.post("/v1/avatars", json=DRAFT, headers={"Accept-Language": "fr"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "implausible_measurements")
    assert body["details"][0]["field"] == "measurements.waist_girth"
    assert body["details"][0]["limit"] == "700..950 mm"
    assert body["error"].startswith("Ces mesures")
    assert world.generator.avatars == {}


async def test_a_service_away_says_when_to_come_back(world: World, signed_in: httpx.AsyncClient) -> None:
    world.generator.failure = Unavailable("the mesher is away", retry_after_s=2)
    answer = await signed_in.post("/v1/avatars", json=DRAFT)
    assert (answer.status_code, answer.json()["retryable"], answer.headers["retry-after"]) == (503, True, "2")


async def test_a_bug_tells_its_request_id_and_nothing_else(
    world: World, signed_in: httpx.AsyncClient
) -> None:
    world.generator.failure = RuntimeError("secret internals")
    answer = await signed_in.post("/v1/avatars", json=DRAFT, headers={"X-Request-Id": "my-id"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert (answer.json()["requestId"], answer.headers["x-request-id"]) == ("my-id", "my-id")


BAD_BODIES: list[tuple[Any, str]] = [
    ([1700, 800], ""),
    ({"bodyType": "feminine", "measurements": {"stature": 67}}, "measurements.stature"),
    ({"bodyType": "feminine", "measurements": {"stature": 1e308}}, "measurements.stature"),
    ({"bodyType": "feminine", "measurements": {"stature": -1}}, "measurements.stature"),
    ({"bodyType": "feminine", "measurements": {"shoe_size": 40}}, "measurements.shoe_size"),
    ({"bodyType": "alien", "measurements": {}}, "bodyType"),
    ({"bodyType": "feminine", "measurements": {}, "credits": 9}, "credits"),
    ({"bodyType": "feminine", "measurements": {}, "weightKg": 5}, "weightKg"),
    ({"bodyType": "feminine", "look": {"hairColor": "red;}</style>"}}, "look.hairColor"),
    ({"bodyType": "feminine", "outfit": [{"garmentId": "", "size": "M"}]}, "outfit[0].garmentId"),
    ({"bodyType": "feminine", "outfit": [{"garmentId": "x", "size": "XXXXXXXXL"}]}, "outfit[0].size"),
]


@pytest.mark.attack("A39", "A42")
@pytest.mark.parametrize(("body", "field"), BAD_BODIES)
async def test_bad_input_names_the_field_and_stores_nothing(
    world: World, signed_in: httpx.AsyncClient, body: Any, field: str
) -> None:
    answer = await signed_in.post("/v1/avatars", json=body)
    assert answer.status_code == 400, answer.text
    assert field in {detail["field"] for detail in answer.json()["details"]}
    assert world.generator.avatars == {}


@pytest.mark.attack("A40")
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"bodyType": "feminine", "measurements": {"stature": NaN}}', 400),
        (b'{"bodyType": "feminine", "measurements": {"stature": 1700, "stature": 1800}}', 400),
        (b"[" * 10_000, 400),
        (b" " * 10_000_000, 413),
        (b"\xff\xfe", 400),
    ],
)
async def test_hostile_json_is_refused(signed_in: httpx.AsyncClient, content: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await signed_in.post("/v1/avatars", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["success"] is False


async def test_addresses_that_are_not_there(client: httpx.AsyncClient) -> None:
    missing = await client.get("/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await client.put("/v1/avatars")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    odd_id = await client.get("/v1/avatars/1", headers={"Authorization": "Bearer x"})
    assert odd_id.status_code == 401


@pytest.mark.attack("A57")
async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/v1/openapi.json", "/docs", "/v1/nothing"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_probes(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, set(ready.json()["services"])) == (
        200,
        {"auth", "catalog", "generator", "mesher", "tryon"},
    )
    async with asyncio.timeout(PATIENCE_S):
        while (await client.get("/readyz/all")).status_code != 200:  # noqa: ASYNC110 - told by answers alone
            await asyncio.sleep(0.01)
    metrics = await client.get("/metrics")
    assert 'atelier_gateway_requests_total{method="GET",route="/healthz",status="200"}' in metrics.text
