"""People who use the platform, in every way that a panel shows."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import trimesh

from photos.encode import jpeg
from tests.e2e.album import consent, files, rendered
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import STANCES, turns_in

PASSWORD = "tape & chalk, twice"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def all_of_it(url: str, name: str, stature_mm: float) -> None:
    """One person's visit: everything that can be asked, and everything that is refused."""
    draft = {
        "bodyType": "feminine",
        "measurements": {"stature": stature_mm, "waist_girth": 815, "hip_girth": 1005},
    }
    with httpx.Client(base_url=url, timeout=60) as client:
        tokens = come_in(client, f"{name}@example.org")
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        avatar = make_and_take(client, draft)
        ask_for_sizes(client, avatar["id"])
        be_refused(client, draft)
        upload_a_scan(client)
        upload_photos(client)
        be_drawn(client, avatar["id"])
        strike_poses(client)
        make_a_batch(client, draft)
        ask_again(client)
        use_a_key(client, url)


def first_picture(url: str) -> None:
    """Somebody without an account looks at one pose."""
    with httpx.Client(base_url=url, timeout=60) as client:
        [pose] = expect(client.get("/v1/catalog/poses?limit=1"), 200).json()["data"]
        expect(client.get(pose["links"]["picture"]), 200)


def come_in(client: httpx.Client, email: str) -> dict[str, str]:
    """Sign up, log in, refresh; be refused at each."""
    credentials = {"email": email, "password": PASSWORD}
    expect(client.post("/v1/auth/signup", json=credentials), 201)
    expect(client.post("/v1/auth/signup", json=credentials), 409)
    expect(
        client.post("/v1/auth/signup", json=credentials | {"email": f"x{email}", "password": "password"}), 400
    )
    expect(client.post("/v1/auth/login", json=credentials | {"password": "not this one"}), 401)
    first = expect(client.post("/v1/auth/login", json=credentials), 200).json()
    used = {"refreshToken": first["refreshToken"]}
    expect(client.post("/v1/auth/refresh", json=used), 200)
    expect(client.post("/v1/auth/refresh", json=used), 401)
    tokens: dict[str, str] = expect(client.post("/v1/auth/login", json=credentials), 200).json()
    return tokens


def make_and_take(client: httpx.Client, draft: dict[str, Any]) -> dict[str, Any]:
    """Look around, preview, make an avatar, change it and take its files."""
    for path in ("/v1/me", "/v1/catalog/garments", "/v1/catalog/hairstyles", "/v1/avatars"):
        expect(client.get(path), 200)
    expect(client.post("/v1/measurements/estimate", json=draft), 200)
    expect(client.post("/v1/avatars/preview", json=draft), 200)
    outfit = [{"garmentId": "dress-ines", "size": "M"}]
    avatar: dict[str, Any] = expect(
        client.post("/v1/avatars", json=draft | {"outfit": outfit, "look": {"hairstyle": "bob"}}), 201
    ).json()
    expect(client.patch(avatar["links"]["self"], json={"outfit": []}), 200)
    for format in ("glb", "stl"):
        expect(client.get(avatar["links"][format]), 200)
    return avatar


def ask_for_sizes(client: httpx.Client, avatar_id: str) -> None:
    """Ask for a size of one's own, and of somebody of whom nothing useful is known."""
    expect(client.post("/v1/size-advice", json={"avatarId": avatar_id, "garmentId": "dress-ines"}), 200)
    unknown = {"measurements": {"wrist_girth": 152}, "garmentId": "dress-ines"}
    expect(client.post("/v1/size-advice", json=unknown), 400)


def be_refused(client: httpx.Client, draft: dict[str, Any]) -> None:
    """Ask for what cannot be had."""
    expect(client.post("/v1/avatars", json={"measurements": {"stature": 1700, "inside_leg": 560}}), 400)
    expect(client.post("/v1/avatars", json=draft | {"outfit": [{"garmentId": "cape", "size": "M"}]}), 400)
    expect(client.get(f"/v1/avatars/{UNKNOWN}"), 404)
    expect(client.get("/v1/nowhere"), 404)


def upload_a_scan(client: httpx.Client) -> None:
    """A thing that is scanned; its mesh is made."""
    points = trimesh.sample.sample_surface(trimesh.creation.icosphere(radius=400), 3000, seed=1)[0]
    text = "\n".join(f"{x:.1f} {y:.1f} {z:.1f}" for x, y, z in points.tolist())
    expect(client.post("/v1/clouds", files={"file": ("ball.xyz", text)}), 201)


def upload_photos(client: httpx.Client) -> None:
    """Three photos of a head that was rendered: a face is made. Then a picture of nobody, which is refused."""
    fields, album = {"consent": consent(client)}, rendered(1)
    expect(client.post("/v1/faces", files=files(album), data=fields), 201)
    expect(client.post("/v1/faces", files=files({**album, "front": nobody()}), data=fields), 400)


def be_drawn(client: httpx.Client, avatar_id: str) -> None:
    """A picture of the avatar, and a video of it, until its worker has made it."""
    expect(client.get(f"/v1/avatars/{avatar_id}.png?size=64"), 200)
    short = f"/v1/avatars/{avatar_id}.mp4?size=64&seconds=1&fps=8"
    job = expect(client.get(short), 202).json()
    expect(client.get(job["links"]["events"]), 200)
    expect(client.get(short), 200)


def strike_poses(client: httpx.Client) -> None:
    """A pose of a motion; then a picture of nobody, which is refused."""
    dance, named = Writer(SKELETONS["Mixamo"]).write(turns_in(STANCES["lunge"])), {"name": "Lunge"}
    expect(client.post("/v1/poses", files={"motion": ("dance.bvh", dance)}, data=named), 201)
    expect(client.post("/v1/poses", files={"photo": ("nobody.jpg", nobody())}, data=named), 400)


def make_a_batch(client: httpx.Client, draft: dict[str, Any]) -> None:
    """A batch of one, until its worker has done it: the stream of its events ends with it."""
    job = expect(client.post("/v1/avatars/batch", json={"rows": [draft]}), 202).json()
    expect(client.get(job["links"]["events"]), 200)
    assert expect(client.get(job["links"]["self"]), 200).json()["state"] == "completed"


def ask_again(client: httpx.Client) -> None:
    """The same request under the same key, as after an answer that was lost: it is done once, and answered twice."""
    once = {"Idempotency-Key": UNKNOWN}
    asked = {"name": "a kiosk, again", "scopes": ["avatars:read"]}
    first, second = (
        expect(client.post("/v1/api-keys", json=asked, headers=once), 201).json() for _ in range(2)
    )
    assert first == second


def use_a_key(client: httpx.Client, url: str) -> None:
    """A server of somebody's that has an API key."""
    made = expect(
        client.post("/v1/api-keys", json={"name": "a kiosk", "scopes": ["avatars:read"]}), 201
    ).json()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {made['key']}"}, timeout=60) as kiosk:
        expect(kiosk.get("/v1/avatars"), 200)


def nobody() -> bytes:
    """A grey picture."""
    return jpeg(np.full((512, 512, 3), 128, np.uint8))


def expect(answer: httpx.Response, status: int) -> httpx.Response:
    """The answer, which has the status."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text[:500]}"
    return answer
