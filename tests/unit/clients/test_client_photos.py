"""Faces and avatars from photos: one call each."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from atelier_client import AvatarDraft, FacePhotos, JobNotCompleted, Refused, shapes
from tests.unit.clients.conftest import Drive
from tests.unit.clients.examples import example, job
from tests.unit.clients.platform_double import Answer, PlatformDouble, events, refused, said

PHOTOS = FacePhotos(b"\x89PNG front\r\n--", b"left", b"right")

LINKS = {"self": "/v1/self", "glb": "/v1/self.glb"}


def fields(platform: PlatformDouble, at: int = 0) -> dict[str, tuple[str | None, bytes]]:
    """Filename and content by name, of a form that was sent."""
    asked = platform.asked[at]
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    form = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + asked.body)
    sent = {}
    for part in form.iter_parts():
        name = part["content-disposition"].params["name"]
        sent[name] = part.get_filename(), bytes(part.get_payload(decode=True))
    return sent


def test_a_face_in_one_call(drive: Drive, platform: PlatformDouble, tmp_path: Path) -> None:
    (tmp_path / 'a "photo".png').write_bytes(b"front")
    platform.will(said(example("Face", id="f-1", links=LINKS), 201), Answer(200, b"glTF"))
    photos = FacePhotos(tmp_path / 'a "photo".png', b"left", b"right")
    face = drive("make_face", photos, "2026-01", tmp_path / "face.glb", pupil_distance_mm=63.5)
    assert isinstance(face, shapes.Face)
    assert (tmp_path / "face.glb").read_bytes() == b"glTF"
    assert platform.targets()[0] == "POST /v1/faces"
    assert fields(platform) == {
        "front": ("a %22photo%22.png", b"front"),
        "left": ("left", b"left"),
        "right": ("right", b"right"),
        "consent": (None, b"2026-01"),
        "pupilDistanceMm": (None, b"63.5"),
        "keepPhotos": (None, b"false"),
    }


def test_an_avatar_in_one_call(drive: Drive, platform: PlatformDouble, tmp_path: Path) -> None:
    done = job("completed", 2, avatarId="a-1", faceId="f-1")
    platform.will(
        said(job("pending", 1), 202),
        events(done),
        said(example("Avatar", id="a-1", links=example("AvatarLinks", **LINKS))),
        Answer(200, b"glTF"),
    )
    draft = AvatarDraft(body_type="feminine", measurements={"stature": 1700})
    seen: list[int] = []
    avatar = drive(
        "make_avatar_from_photos",
        PHOTOS,
        "2026-01",
        draft,
        tmp_path / "avatar.glb",
        on_progress=lambda change: seen.append(change.revision),
    )
    assert (avatar.id, seen, (tmp_path / "avatar.glb").read_bytes()) == ("a-1", [2], b"glTF")
    assert platform.targets()[:3] == [
        "POST /v1/avatars/from-photos",
        "GET /v1/jobs/j-1/events",
        "GET /v1/avatars/a-1",
    ]
    sent = fields(platform)
    assert sent["avatar"] == (None, b'{"measurements": {"stature": 1700}, "bodyType": "feminine"}')
    assert sent["front"] == ("front", b"\x89PNG front\r\n--")


def test_a_refused_photo_is_told(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(refused(400, "invalid_photos"))
    with pytest.raises(Refused) as caught:
        drive("make_face", PHOTOS, "2026-01")
    assert caught.value.code == "invalid_photos"


def test_a_job_that_failed_is_told(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(said(job("pending", 1), 202), events(job("failed", 2)))
    with pytest.raises(JobNotCompleted):
        drive("make_avatar_from_photos", PHOTOS, "2026-01")


def test_a_form_that_is_sent_again_is_the_same(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(refused(503, "overloaded"), said(example("Face", id="f-1"), 201))
    drive("make_face", PHOTOS, "2026-01")
    first, second = platform.asked
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])
