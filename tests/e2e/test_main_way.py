"""Measurements in, a dressed and rigged GLB out, through six processes."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import trimesh

from anthropometry.measurements import MEASUREMENTS
from deploy.local import Platform
from tests.e2e.glb import document, validated

WOMAN = {
    "stature": 1662,
    "neck_girth": 325,
    "biacromial_breadth": 362,
    "chest_girth": 930,
    "waist_girth": 815,
    "hip_girth": 1005,
    "upper_arm_girth": 300,
    "wrist_girth": 152,
    "thigh_girth": 605,
    "knee_girth": 392,
    "calf_girth": 370,
    "ankle_girth": 216,
    "arm_length": 545,
    "inside_leg": 765,
    "back_length": 408,
}
DRAFT: dict[str, Any] = {"measurements": WOMAN, "bodyType": "feminine", "seed": 3}
BONES = {"Hips", "Spine", "Head", "LeftArm", "RightForeArm", "LeftUpLeg", "RightFoot"}


def garment(client: httpx.Client, category: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/catalog/garments", params={"category": category}).json()["data"][
        0
    ]
    return found


def worn(client: httpx.Client, *categories: str, size: str = "M") -> list[dict[str, str]]:
    return [{"garmentId": garment(client, category)["id"], "size": size} for category in categories]


@pytest.fixture(scope="module")
def avatar(ada: httpx.Client) -> dict[str, Any]:
    draft = DRAFT | {"outfit": worn(ada, "dress"), "look": {"skin": "tone-06", "hairstyle": "bob"}}
    answer = ada.post("/v1/avatars", json=draft)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def glb_of(client: httpx.Client, avatar: dict[str, Any], **query: str) -> bytes:
    answer = client.get(avatar["links"]["glb"], params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_what_was_asked_is_delivered(avatar: dict[str, Any]) -> None:
    receipt = avatar["receipt"]
    assert receipt["withinIso20685"] is True
    assert receipt["pointCount"] == 10_000
    lines = {line["name"]: line for line in receipt["measurements"]}
    assert list(lines) == [item.name for item in MEASUREMENTS]
    for item in MEASUREMENTS:
        line = lines[item.name]
        assert (line["askedMm"], line["source"]) == (WOMAN[item.name], "asked")
        assert abs(line["deliveredMm"] - WOMAN[item.name]) < min(1.0, item.iso_20685_limit_mm), item.name
        assert len(line["tape"]) >= 2
    beside = {line["name"]: line["deliveredMm"] for line in receipt["beside"]}
    assert beside.keys() == {"natural_waist_girth", "underbust_girth"}
    assert beside["natural_waist_girth"] < lines["waist_girth"]["deliveredMm"]
    assert beside["underbust_girth"] < lines["chest_girth"]["deliveredMm"]


def test_the_receipt_weighs_the_body(ada: httpx.Client, avatar: dict[str, Any]) -> None:
    receipt = avatar["receipt"]
    scene = trimesh.load_scene(io.BytesIO(glb_of(ada, avatar, parts="body")), file_type="glb")
    skin = scene.geometry["body"]
    # Eyes and mouth are meshes of their own, so the skin alone is a little less than the whole body.
    assert skin.area == pytest.approx(receipt["surfaceAreaM2"], rel=0.02)
    assert abs(skin.volume) * 1000 == pytest.approx(receipt["volumeL"], rel=0.01)
    weight = receipt["weight"]
    assert (weight["askedKg"], weight["errorKg"]) == (None, None)
    low, high = weight["intervalKg"]
    assert low < weight["estimatedKg"] < high
    # People float, just: two ways of knowing a body, one from its tape and one from its volume.
    assert 0.95 < weight["estimatedKg"] / receipt["volumeL"] < 1.1


def test_the_glb_is_valid_rigged_and_dressed(
    ada: httpx.Client, avatar: dict[str, Any], tmp_path: Path
) -> None:
    glb = glb_of(ada, avatar)
    described = document(glb)
    names = {described["nodes"][joint]["name"] for joint in described["skins"][0]["joints"]}
    assert names >= BONES
    meshes = {mesh["name"] for mesh in described["meshes"]}
    assert {"body", avatar["recipe"]["outfit"][0]["garmentId"]} <= meshes
    assert described["asset"]["extras"]
    file = tmp_path / "avatar.glb"
    file.write_bytes(glb)
    report = validated(file)
    assert (report["issues"]["numErrors"], report["issues"]["numWarnings"]) == (0, 0), report["issues"][
        "messages"
    ][:5]
    broken = tmp_path / "broken.glb"
    broken.write_bytes(glb[:200] + b"\0" + glb[201:])
    assert validated(broken)["issues"]["numErrors"] > 0


def test_the_whole_body_is_given_for_measuring(ada: httpx.Client, avatar: dict[str, Any]) -> None:
    scene = trimesh.load_scene(io.BytesIO(glb_of(ada, avatar, parts="body")), file_type="glb")
    body = scene.geometry["body"]
    assert body.bounds[0][1] == pytest.approx(0, abs=1e-4)
    assert body.bounds[1][1] == pytest.approx(WOMAN["stature"] / 1000, abs=1e-3)
    dressed = trimesh.load_scene(io.BytesIO(glb_of(ada, avatar)), file_type="glb").geometry["body"]
    assert len(dressed.faces) < len(body.faces)


def test_the_same_recipe_gives_the_same_bytes(ada: httpx.Client, avatar: dict[str, Any]) -> None:
    recipe = avatar["recipe"]
    draft = {name: recipe[name] for name in ("measurements", "bodyType", "seed", "look", "outfit")}
    again = ada.post("/v1/avatars", json=draft).json()
    assert again["id"] != avatar["id"]
    assert glb_of(ada, again) == glb_of(ada, avatar)
    assert ada.delete(again["links"]["self"]).status_code == 204
    assert glb_of(ada, avatar)
    other = ada.post("/v1/avatars", json=draft | {"seed": 4}).json()
    assert glb_of(ada, other) != glb_of(ada, avatar)


def test_clothes_change_and_the_body_stays(ada: httpx.Client) -> None:
    made = ada.post("/v1/avatars", json=DRAFT).json()
    naked = glb_of(ada, made, parts="body")
    changed = ada.patch(
        made["links"]["self"], json={"outfit": worn(ada, "tshirt", "trousers", size="L")}
    ).json()
    assert changed["receipt"]["measurements"] == made["receipt"]["measurements"]
    assert len(document(glb_of(ada, changed))["meshes"]) > len(document(naked)["meshes"])
    assert document(glb_of(ada, changed, parts="body"))["meshes"] == document(naked)["meshes"]


def test_missing_measurements_are_estimated(ada: httpx.Client) -> None:
    known = {"stature": 1780, "waist_girth": 900}
    estimates = ada.post(
        "/v1/measurements/estimate", json={"measurements": known, "bodyType": "masculine"}
    ).json()
    made = ada.post("/v1/avatars", json={"measurements": known, "bodyType": "masculine"}).json()
    for estimate, line in zip(estimates["data"], made["receipt"]["measurements"], strict=True):
        assert estimate["valueMm"] == pytest.approx(line["targetMm"], abs=0.01)
        assert (line["source"] == "asked") == (line["name"] in known)
        low, high = line["intervalMm"]
        assert low <= line["targetMm"] <= high


def test_a_preview_is_the_body_that_would_be_made(ada: httpx.Client, avatar: dict[str, Any]) -> None:
    answer = ada.post("/v1/avatars/preview", json=DRAFT)
    assert answer.content[:4] == b"ATPV"
    assert len(answer.content) < 120_000
    import struct

    delivered = struct.unpack_from("<15f", answer.content, 40)
    receipt = [line["deliveredMm"] for line in avatar["receipt"]["measurements"]]
    assert delivered == pytest.approx(receipt, abs=0.01)


def test_size_advice_follows_the_body(ada: httpx.Client, avatar: dict[str, Any]) -> None:
    dress = garment(ada, "dress")["id"]
    advice = ada.post("/v1/size-advice", json={"avatarId": avatar["id"], "garmentId": dress}).json()
    assert advice["recommended"] in {"S", "M", "L", "XL"}
    larger = {name: WOMAN[name] * 1.12 for name in ("chest_girth", "waist_girth", "hip_girth")}
    grown = ada.post("/v1/size-advice", json={"measurements": larger, "garmentId": dress}).json()
    order = [size["label"] for size in grown["sizes"]]
    assert order.index(grown["recommended"]) >= order.index(advice["recommended"])


@pytest.mark.attack("A16", "A38")
def test_somebody_else_sees_nothing(eve: httpx.Client, avatar: dict[str, Any]) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    for suffix in ("", ".glb"):
        foreign = eve.get(f"/v1/avatars/{avatar['id']}{suffix}")
        missing = eve.get(f"/v1/avatars/{unknown}{suffix}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json() | {"requestId": ""} == missing.json() | {"requestId": ""}
    assert avatar["id"] not in eve.get("/v1/avatars").text


BAD: list[tuple[dict[str, Any], str]] = [
    ({"measurements": WOMAN | {"waist_girth": WOMAN["hip_girth"] + 800}}, "measurements.waist_girth"),
    ({"measurements": {"stature": 65.4}}, "measurements.stature"),
    ({"measurements": {"stature": 1700, "inside_leg": 560}}, "measurements.inside_leg"),
    ({"outfit": [{"garmentId": "cape", "size": "M"}]}, "outfit[0].garmentId"),
    ({"look": {"skin": "green"}}, "look.skin"),
]


@pytest.mark.attack("A39", "A42")
@pytest.mark.parametrize(("over", "field"), BAD)
def test_bad_input_is_refused_at_once_and_stores_nothing(
    eve: httpx.Client, over: dict[str, Any], field: str
) -> None:
    before = eve.get("/v1/avatars").json()
    answer = eve.post("/v1/avatars", json=DRAFT | over)
    assert answer.status_code == 400, answer.text
    details = {detail["field"]: detail for detail in answer.json()["details"]}
    assert field in details
    assert details[field]["limit"]
    assert eve.get("/v1/avatars").json() == before


def test_a_size_or_colour_that_is_not_made_is_told(eve: httpx.Client) -> None:
    dress = garment(eve, "dress")
    for over, field in (
        ({"size": "XXL"}, "outfit[0].size"),
        ({"size": "M", "color": "#123456"}, "outfit[0].color"),
    ):
        answer = eve.post("/v1/avatars", json=DRAFT | {"outfit": [{"garmentId": dress["id"]} | over]})
        assert (answer.status_code, answer.json()["code"]) == (400, "unavailable_variant")
        assert answer.json()["details"][0]["field"] == field
        assert answer.json()["details"][0]["limit"]


def test_source_000_works_as_its_clients_wrote_it(platform_url: str) -> None:
    with httpx.Client(base_url=platform_url, timeout=30) as browser:
        person = {"email": "old@example.org", "password": "tape & chalk, twice"}
        assert browser.post("/signup", data=person).json()["success"]
        assert browser.post("/login", data=person).json()["success"]
        made = browser.post(
            "/generate", json={"gender": "female"} | {n: mm / 10 for n, mm in WOMAN.items()}
        ).json()
        assert (made["success"], made["data"]["pointCount"]) == (True, 10_000)
        assert browser.post("/update_cloth", data={"category": "dress", "size": "M"}).json()["success"]
        assert browser.post("/update_feature", json={"hair": "bob"}).json()["success"]
        file = browser.get(made["data"]["downloadUrl"])
        meshes = {mesh["name"] for mesh in document(file.content)["meshes"]}
        assert garment(browser, "dress")["id"] in meshes
        assert browser.get("/logout").json()["success"]
        assert browser.get("/v1/me").status_code == 401


def test_one_request_id_leads_through_every_service(ada: httpx.Client, platform: Platform) -> None:
    request_id = f"trace-{time.monotonic_ns()}"
    assert ada.post("/v1/avatars", json=DRAFT, headers={"X-Request-Id": request_id}).status_code == 201
    # An answer is sent before its line is written; the next one comes after it.
    assert ada.get("/healthz").status_code == 200
    logs = platform.state_file.parent / "logs"
    for service in ("gateway", "generator", "catalog", "mesher"):
        lines = [
            json.loads(line)
            for line in (logs / f"{service}.log").read_text().splitlines()
            if request_id in line
        ]
        assert lines, service
        assert len({line["trace_id"] for line in lines}) == 1


@pytest.mark.attack("A59")
def test_no_secret_is_in_any_log(ada: httpx.Client, platform: Platform) -> None:
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    for log in (platform.state_file.parent / "logs").glob("*.log"):
        text = log.read_text()
        assert token not in text
        assert "tape & chalk" not in text
        assert "ada@example.org" not in text
