"""What users have drawn: an avatar of three photos, a picture in a pose of one, a video of an avatar; and they come again."""

from __future__ import annotations

import asyncio
import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np

from photos.encode import jpeg
from tests.e2e.album import Album, rendered
from tests.faults.harness.journal import Entry
from tests.faults.harness.users import Api, User

DEADLINE_S = 60.0
"""Of a request with photos."""
_AGAIN_S = 1.0
_LATER = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.CONFLICT, None}
_SEED = 5


class Wish(enum.StrEnum):
    """What is made by the workers of photos."""

    AVATAR = "avatar_from_photos"
    PICTURE = "pose_generation"
    VIDEO = "video"
    """Of an avatar that is there: without a photo, by the same protocol."""


@dataclass(frozen=True)
class PhotoRequest:
    """A wish as its owner means it, however often it is sent."""

    owner: User
    wish: Wish
    name: str
    pose_id: str
    consent: str
    avatar_id: str
    of_a_wall: bool = False
    """Whether nobody is on the photo."""
    kept: bool = False
    """Whether the photo stays with the picture."""

    @property
    def address(self) -> tuple[str, str]:
        """Method and path."""
        if self.wish is Wish.VIDEO:
            return "GET", f"/v1/avatars/{self.avatar_id}.mp4"
        return "POST", _PATHS[self.wish]

    @property
    def sent(self) -> Mapping[str, Any]:
        """The form or the query, the same each time."""
        if self.wish is Wish.VIDEO:
            # Before a colour of its own: the same video is one job, whoever asks for it.
            return {"params": {"size": 64, "seconds": 1, "fps": 8, "background": self.name[-6:]}}
        album = photographed()
        if self.wish is Wish.AVATAR:
            files = {slot: (f"{slot}.jpg", data, "image/jpeg") for slot, data in album.items()}
            return {"files": files, "data": {"consent": self.consent, "bodyType": "feminine"}}
        photo = ("me.jpg", wall() if self.of_a_wall else album["front"], "image/jpeg")
        form = {
            "consent": self.consent,
            "poseId": self.pose_id,
            "keepPhoto": "true" if self.kept else "false",
        }
        return {"files": {"photo": photo}, "data": form}


@functools.cache
def photographed() -> Album:
    """Three photos of somebody who does not exist."""
    return rendered(_SEED)


@functools.cache
def wall() -> bytes:
    """A photo without anybody."""
    return jpeg(np.full((300, 300, 3), 180, np.uint8))


_PATHS = {Wish.AVATAR: "/v1/avatars/from-photos", Wish.PICTURE: "/v1/poses/generations"}


async def consented(api: Api, user: User) -> str:
    """Version of the policy to which the person consents herewith. AssertionError where that fails."""
    _, policies = await api.ask("policies", "GET", "/v1/consents/policies")
    assert policies is not None
    version = next(each["version"] for each in policies.json()["data"] if each["purpose"] == "face_photos")
    draft = {"purpose": "face_photos", "policyVersion": version, "given": True}
    given, _ = await api.ask("consent", "POST", "/v1/me/consents", user=user, json=draft)
    assert given.acknowledged, given
    return str(version)


async def a_pose(api: Api) -> str:
    """A pose of the library. AssertionError where there is none."""
    _, answer = await api.ask("poses", "GET", "/v1/catalog/poses", params={"limit": 1})
    assert answer is not None
    return str(answer.json()["data"][0]["id"])


async def send_until_told(api: Api, asked: PhotoRequest, *, patience_s: float) -> Entry:
    """Send it, and again under its key until there is an answer that says what came of it; gives the last one."""
    give_up = api.journal.now + patience_s
    entry = await send(api, asked, again=False)
    while entry.status in _LATER and api.journal.now < give_up:
        await asyncio.sleep(_AGAIN_S)
        entry = await send(api, asked, again=True)
    return entry


async def delete(api: Api, user: User, id: str) -> Entry:
    """Delete a picture, which may be gone already."""
    path = f"{_PATHS[Wish.PICTURE]}/{id}"
    entry, _ = await api.ask("delete picture", "DELETE", path, user=user, welcome=[HTTPStatus.NOT_FOUND])
    return entry


async def send(api: Api, asked: PhotoRequest, *, again: bool) -> Entry:
    """Send it once. ``again`` says that it was sent before: then it is no surprise that the first is still at work."""
    entry, _ = await api.ask(
        "photos",
        *asked.address,
        user=asked.owner,
        deadline_s=DEADLINE_S,
        headers={"idempotency-key": asked.name},
        intent={"name": asked.name, "wish": asked.wish.value},
        welcome=[HTTPStatus.CONFLICT] if again else [],
        **asked.sent,
    )
    return entry
