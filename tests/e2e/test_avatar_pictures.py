"""An avatar's picture and video at their addresses, on the running platform."""

from __future__ import annotations

import io

import httpx
import numpy as np
import pytest
from PIL import Image

from services.mesher.adapters.video import avif
from tests.e2e.test_batches import ended, settled

SHORT = "size=64&seconds=1&fps=8"


@pytest.fixture(scope="module")
def path(ada: httpx.Client) -> str:
    """Where an avatar lies."""
    draft = {"measurements": {"stature": 1690}, "bodyType": "feminine", "seed": 11}
    made = ada.post("/v1/avatars", json=draft).raise_for_status().json()
    address: str = made["links"]["self"]
    return address


def test_a_picture_is_drawn_once_and_known_then(ada: httpx.Client, eve: httpx.Client, path: str) -> None:
    address = f"{path}.png?camera=portrait&size=128&background=336699&expression=happy"
    first = ada.get(address)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/png"), first.text
    pixels = np.asarray(Image.open(io.BytesIO(first.content)).convert("RGB"))
    assert pixels.shape == (128, 128, 3)
    assert pixels[0, 0].tolist() == [0x33, 0x66, 0x99]
    assert (pixels != pixels[0, 0]).any(axis=2).mean() > 0.2
    again = ada.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    kept = ada.get(first.headers["content-location"])
    assert (kept.content, "immutable" in kept.headers["cache-control"]) == (first.content, True)
    for hidden in (address, first.headers["content-location"]):
        assert eve.get(hidden).status_code == 404
    plain = Image.open(io.BytesIO(ada.get(f"{path}.webp?size=128&background=transparent").content))
    assert (plain.format, plain.mode) == ("WEBP", "RGBA")
    assert plain.getchannel("A").getextrema() == (0, 255)


def test_a_picture_of_ones_own_stands_behind(ada: httpx.Client, eve: httpx.Client, path: str) -> None:
    photo = np.random.default_rng(8).integers(0, 256, (256, 256, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "PNG")
    sent = ada.post("/v1/backgrounds", files={"picture": ("noise.png", file.getvalue(), "image/png")})
    assert sent.status_code == 201, sent.text
    background = sent.json()
    assert [each["id"] for each in ada.get("/v1/backgrounds").json()["data"]] == [background["id"]]
    address = f"{path}.png?size=256&background={background['id']}"
    first = ada.get(address)
    assert first.status_code == 200, first.text
    drawn, kept = [
        np.asarray(Image.open(io.BytesIO(each.content)).convert("RGB"))
        for each in (first, ada.get(background["links"]["picture"]))
    ]
    same = (drawn == kept).all(axis=2)
    assert same[:10].all()
    assert same[:, :10].all()
    assert not same[120:130, 124:132].any()
    assert eve.get(background["links"]["picture"]).status_code == 404
    # Sent again it has another id, and what was drawn before it is known.
    assert ada.delete(f"/v1/backgrounds/{background['id']}").status_code == 204
    assert ada.get(first.headers["content-location"]).content == first.content
    assert ada.get(address).status_code == 404
    again = ada.post("/v1/backgrounds", files={"picture": ("again.png", file.getvalue(), "image/png")}).json()
    redrawn = ada.get(f"{path}.png?size=256&background={again['id']}")
    assert redrawn.headers["etag"] == first.headers["etag"]


def test_bad_queries_are_refused_with_what_there_is(ada: httpx.Client, path: str) -> None:
    for query, status in (("pose=no-such-pose", 404), ("style=oil", 400), ("size=2049", 400)):
        assert ada.get(f"{path}.png?{query}").status_code == status, query


def test_a_video_is_one_job_paid_once_and_played(ada: httpx.Client, eve: httpx.Client, path: str) -> None:
    address, before = f"{path}.mp4?{SHORT}", settled(ada)
    accepted, again = ada.get(address), ada.get(address)
    assert accepted.status_code == 202, accepted.text
    assert again.json()["id"] == accepted.json()["id"]
    assert accepted.headers["location"] == accepted.json()["links"]["self"]
    job = ended(ada, accepted.json())
    assert (job["kind"], job["state"], job["error"]) == ("video", "completed", None)
    film = ada.get(address)
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    assert len(avif.samples(film.content).pictures) == 8
    assert ada.get(job["results"][0]["href"]).content == film.content
    part = ada.get(address, headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, b"ftypisom")
    assert eve.get(address).status_code == 404
    assert settled(ada) == before - 5


def test_nothing_of_a_deleted_avatar_is_shown(ada: httpx.Client) -> None:
    draft = {"measurements": {"stature": 1720}, "bodyType": "masculine", "seed": 12}
    path = ada.post("/v1/avatars", json=draft).raise_for_status().json()["links"]["self"]
    picture = ada.get(f"{path}.png?size=64").raise_for_status()
    job = ended(ada, ada.get(f"{path}.mp4?{SHORT}").json())
    assert (job["state"], job["error"]) == ("completed", None)
    ada.delete(path).raise_for_status()
    for gone in (f"{path}.png?size=64", f"{path}.mp4?{SHORT}", picture.headers["content-location"]):
        assert ada.get(gone).status_code == 404
    assert ada.get(job["results"][0]["href"]).status_code == 404
    assert ada.get(job["links"]["self"]).json()["results"] == []


def test_anybody_sees_what_a_pose_looks_like(platform_url: str) -> None:
    with httpx.Client(base_url=platform_url, timeout=60) as visitor:
        [pose] = visitor.get("/v1/catalog/poses", params={"limit": 1}).raise_for_status().json()["data"]
        shown = visitor.get(f"/v1/catalog/poses/{pose['id']}.webp?size=128").raise_for_status()
        picture = Image.open(io.BytesIO(shown.content))
        assert (picture.format, picture.size) == ("WEBP", (128, 128))
        known = visitor.get(str(shown.url), headers={"If-None-Match": shown.headers["etag"]})
        assert known.status_code == 304
