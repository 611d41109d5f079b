"""Faces from photos on the running platform: rendered heads in, a painted face and a whole avatar out."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from photos.encode import jpeg
from tests.attacks.cases import cases
from tests.e2e.album import Album, consent, files, rendered
from tests.e2e.glb import document
from tests.e2e.test_batches import ended

GENERATE = "/api/avatar/generate"


@pytest.fixture(scope="module")
def album() -> Album:
    return rendered(5)


@pytest.fixture
def stranger(platform_url: str) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=platform_url, timeout=60) as client:
        yield client


def test_source_001_from_photos_to_a_file(stranger: httpx.Client, album: Album) -> None:
    answer = stranger.post(GENERATE, files=files(album))
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["meshInfo"] == {"vertexCount": 468, "faceCount": 898}
    file = stranger.get(data["downloadUrl"])
    assert len(file.content) == data["glbInfo"]["size"] <= 200_000
    assert re.fullmatch(r"avatar_[0-9a-f-]{36}_\d+\.glb", data["glbInfo"]["filename"])
    assert document(file.content)["meshes"]
    info = stranger.get(f"/api/avatar/info/{data['avatarId']}").json()["data"]
    assert (info["downloadCount"], info["metadata"]["glbSize"]) == (1, len(file.content))
    assert stranger.get("/api/avatar/health").json()["data"]["status"] == "healthy"


def test_an_avatar_wears_the_face_and_gives_it_back(eve: httpx.Client, album: Album) -> None:
    fields = {"consent": consent(eve), "stature": "1700", "bodyType": "feminine"}
    accepted = eve.post("/v1/avatars/from-photos", files=files(album), data=fields, timeout=60)
    assert accepted.status_code == 202, accepted.text
    job = ended(eve, accepted.json())
    assert (job["state"], job["error"]) == ("completed", None)
    path = f"/v1/avatars/{job['avatarId']}"
    avatar = eve.get(path).json()
    assert avatar["recipe"]["face"]["id"] == job["faceId"]
    worn = eve.get(avatar["links"]["glb"]).content
    bare = eve.delete(f"{path}/face", timeout=60)
    assert bare.json()["recipe"]["face"] is None
    assert eve.get(avatar["links"]["glb"]).content != worn
    again = eve.put(f"{path}/face", json={"faceId": job["faceId"]}, timeout=60)
    assert again.json()["recipe"]["face"]["id"] == job["faceId"]
    assert eve.get(avatar["links"]["glb"]).content == worn  # the same recipe gives the same bytes
    assert eve.delete(f"/v1/faces/{job['faceId']}").status_code == 204
    assert eve.get(avatar["links"]["glb"]).content == worn


def picture(pixels: np.ndarray) -> bytes:
    return jpeg(pixels.astype(np.uint8))


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (400, 400, 3))


def drawn() -> np.ndarray:
    """Two dots and a line on a disc: a cartoon."""
    y, x = np.mgrid[:400, :400]
    face = np.full((400, 400, 3), 250)
    face[(x - 200) ** 2 + (y - 200) ** 2 < 150**2] = (255, 220, 60)
    for eye in (150, 250):
        face[(x - eye) ** 2 + (y - 160) ** 2 < 12**2] = 0
    face[(abs(x - 200) < 60) & (abs(y - 270) < 6)] = 0
    return face


NOBODY = {
    "A35": {
        "all black": picture(np.zeros((400, 400, 3))),
        "noise": picture(noise()),
        "a cartoon": picture(drawn()),
        "a wall": picture(np.full((400, 400, 3), 190)),
    }
}


@pytest.mark.parametrize("front", cases(NOBODY))
def test_photos_of_nobody_are_told_by_name(stranger: httpx.Client, album: Album, front: bytes) -> None:
    answer = stranger.post(GENERATE, files=files({**album, "front": front}))
    assert (answer.status_code, answer.json()["error"]) == (400, "Image validation failed"), answer.text
    [detail] = answer.json()["details"]
    assert (detail["filename"], detail["valid"]) == ("front.jpg", False)


@pytest.mark.attack("A35")
def test_two_people_in_a_photo_are_one_too_many(stranger: httpx.Client, album: Album) -> None:
    one = np.asarray(Image.open(io.BytesIO(album["front"])))
    two = jpeg(np.hstack([one, one]))
    answer = stranger.post(GENERATE, files=files({**album, "front": two}))
    assert [each["code"] for each in answer.json()["details"]] == ["several_faces"], answer.text


@pytest.mark.attack("A30", "A31")
def test_nothing_of_a_photo_s_other_side_is_in_any_answer(stranger: httpx.Client, album: Album) -> None:
    secret = b"<script>steal()</script>GPS 52.5N PK\x03\x04"
    comment = b"\xff\xfe" + (len(secret) + 2).to_bytes(2, "big") + secret
    marked = {slot: data[:2] + comment + data[2:] + secret * 100 for slot, data in album.items()}
    answer = stranger.post(GENERATE, files=files(marked))
    assert answer.status_code == 200, answer.text
    plain = stranger.post(GENERATE, files=files(album)).json()["data"]
    file = stranger.get(answer.json()["data"]["downloadUrl"]).content
    assert secret not in file
    assert file == stranger.get(plain["downloadUrl"]).content
    assert secret.decode("latin-1") not in json.dumps(answer.json())
