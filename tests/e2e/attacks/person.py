"""Somebody who has one of everything that a person can have."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from tests.e2e.album import consent, files, rendered
from tests.e2e.test_batches import accepted, ended
from tests.e2e.test_main_way import DRAFT
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import STANCES, turns_in

NOWHERE = "http://127.0.0.1:9/"
"""Nobody listens there, so what is sent to it waits."""


@dataclass(frozen=True)
class Belongings:
    """A person's things, by the collection that they are in."""

    client: httpx.Client
    account: str
    """The account's id."""
    email: str
    name: str
    """What the person wants to be called, and calls things; nobody else has it."""
    agent: str
    """The person's browser, which is like no other."""
    ids: Mapping[str, str]
    """Id of one thing, by the path of its collection."""

    @classmethod
    def made(cls, client: httpx.Client, cloud: bytes) -> Self:
        """All of them, by whoever the client is signed in as."""
        name, agent = f"Vic the {uuid.uuid4().hex}th", f"browser/{uuid.uuid4().hex}"
        client.headers["User-Agent"] = agent
        account = client.patch("/v1/me", json={"displayName": name}).raise_for_status().json()
        hook = _post(client, "/v1/webhooks", {"url": f"{NOWHERE}{account['id']}"})
        job = ended(client, accepted(client, 1))
        album, agreed = rendered(11), {"consent": consent(client)}
        face = client.post("/v1/faces", files=files(album), data=agreed, timeout=120)
        key = _post(client, "/v1/api-keys", {"name": name, "scopes": ["avatars:read"]})
        scan = client.post(
            "/v1/clouds?format=xyz", content=cloud, headers={"Content-Type": "text/plain"}, timeout=120
        )
        headers = {"Idempotency-Key": f"of-{account['id']}"}
        avatar = client.post("/v1/avatars", json=DRAFT, headers=headers).raise_for_status().json()
        share = _post(client, "/v1/shares", {"avatarId": avatar["id"]})
        dance = Writer(SKELETONS["Mixamo"]).write(turns_in(STANCES["lunge"]))
        pose = client.post("/v1/poses", files={"motion": ("dance.bvh", dance)}, data={"name": name})
        pose_id = pose.raise_for_status().json()["id"]
        beach = {"picture": ("beach.jpg", album["left"], "image/jpeg")}
        background = client.post("/v1/backgrounds", files=beach, data={"name": name}).raise_for_status()
        generation = client.post(
            "/v1/poses/generations",
            files={"photo": ("me.jpg", album["front"], "image/jpeg")},
            data={**agreed, "poseId": pose_id, "background": background.json()["id"]},
        ).raise_for_status()
        drawn = ended(client, client.get(f"/v1/jobs/{generation.json()['id']}").raise_for_status().json())
        return cls(
            client,
            account["id"],
            account["email"],
            name,
            agent,
            {
                "/v1/avatars": avatar["id"],
                "/v1/backgrounds": background.json()["id"],
                "/v1/clouds": scan.raise_for_status().json()["id"],
                "/v1/faces": face.raise_for_status().json()["id"],
                "/v1/jobs": job["id"],
                "/v1/poses": pose_id,
                "/v1/poses/generations": drawn["id"],
                "/v1/shares": share["id"],
                "/v1/webhooks": hook["id"],
                "/v1/api-keys": key["id"],
                "/v1/me/sessions": client.get("/v1/me/sessions").json()["data"][0]["id"],
            },
        )


def _post(client: httpx.Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
