"""Pictures of people in poses on the running platform: a rendered head in, a picture out, and every credit accounted for."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from deploy.local import Platform
from photos import strip
from photos.decode import upright
from photos.encode import jpeg
from photos.model import PhotoFormat
from tests.e2e.album import consent, rendered
from tests.e2e.attacks.test_traces import in_files
from tests.e2e.conftest import sign_in
from tests.e2e.test_batches import balance, ended, settled
from tests.unit.photos.photo_files import SECRET, telling

SOURCE = "/api/apps/avatar-generator"
PATH = "/v1/poses/generations"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def head() -> bytes:
    """A face from the front."""
    return rendered(5)["front"]


@pytest.fixture
def ivy(platform_url: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Somebody new, with 100 credits and nothing else."""
    name = "".join(filter(str.isalnum, request.node.name)).lower()
    with sign_in(platform_url, f"{name}@example.org") as client:
        yield client


@pytest.fixture(scope="module")
def poses(platform_url: str) -> Sequence[str]:
    """Ids of some poses of the library."""
    listed = httpx.get(f"{platform_url}/v1/catalog/poses", params={"limit": 3}, timeout=30)
    return [pose["id"] for pose in listed.raise_for_status().json()["data"]]


def photo(data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"photo": ("me.jpg", data, "image/jpeg")}


def drawn(client: httpx.Client, generation: dict[str, Any]) -> dict[str, Any]:
    """The generation after its end."""
    ended(client, client.get(f"/v1/jobs/{generation['id']}").raise_for_status().json())
    done: dict[str, Any] = client.get(f"{PATH}/{generation['id']}").raise_for_status().json()
    return done


def test_source_004_from_a_photo_to_a_picture(ivy: httpx.Client, head: bytes, poses: Sequence[str]) -> None:
    form = {"poseTemplateId": poses[0], "quality": "hd"}
    answer = ivy.post(f"{SOURCE}/generate", files={"image": ("me.jpg", head, "image/jpeg")}, data=form)
    assert answer.status_code == 200, answer.text
    started = answer.json()["data"]
    assert (answer.json()["message"], started["creditUsed"]) == ("Avatar generation started", 7)
    assert started["poseTemplate"]["id"] == poses[0]
    drawn(ivy, started)
    record = ivy.get(f"{SOURCE}/generations/{started['id']}").json()["data"]
    assert record["status"] == "completed", record["errorMessage"]
    picture = Image.open(io.BytesIO(ivy.get(record["outputImageUrl"]).content))
    assert (picture.format, picture.size) == ("PNG", (1024, 1024))
    assert np.ptp(np.asarray(picture.convert("L"))) > 100
    kept = ivy.get(record["inputImageUrl"])
    assert kept.headers["content-type"] == "image/jpeg"
    np.testing.assert_allclose(upright(kept.content), upright(head), atol=25)
    listed = ivy.get(f"{SOURCE}/generations").json()
    assert ([each["id"] for each in listed["data"]], listed["meta"]["total"]) == ([started["id"]], 1)
    sums = ivy.get(f"{SOURCE}/stats").json()["data"]
    assert (sums["completedGenerations"], sums["totalCreditsUsed"]) == (1, 7)
    assert sums["averageProcessingTime"] > 0
    assert settled(ivy) == 93
    assert ivy.delete(f"{SOURCE}/generations/{started['id']}").json() == {
        "message": "Generation deleted successfully"
    }
    for address in (record["outputImageUrl"], record["inputImageUrl"]):
        assert ivy.get(address).status_code == 404
    assert settled(ivy) == 93


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("kind", list(PhotoFormat))
def test_what_a_camera_wrote_into_a_kept_photo_is_nowhere(
    platform: Platform, ivy: httpx.Client, head: bytes, poses: Sequence[str], kind: PhotoFormat
) -> None:
    seen = upright(head)
    sent = telling(kind.name, Image.fromarray(np.rot90(seen).copy()), orientation=6)
    secret = SECRET.decode()
    assert sent.count(SECRET) > 4
    form = {"poseId": poses[0], "consent": consent(ivy), "keepPhoto": "true"}
    accepted = ivy.post(PATH, files=photo(sent), data=form).raise_for_status().json()
    kept = ivy.get(accepted["links"]["photo"])
    assert kept.headers["content-type"] == kind.media_type
    assert strip.bare(kept.content, kind) == kept.content
    assert np.abs(upright(kept.content).astype(int) - seen).mean() < 3.0
    assert in_files(platform.state_file.parent, [secret]) == {}
    assert drawn(ivy, accepted)["state"] == "completed"
    assert in_files(platform.state_file.parent, [secret]) == {}


def test_a_batch_is_drawn_and_paid_by_the_picture(
    ivy: httpx.Client, head: bytes, poses: Sequence[str]
) -> None:
    form = {
        "poses": json.dumps(poses[:2]),
        "consent": consent(ivy),
        "style": "cartoon",
        "bodyType": "feminine",
        "stature": "1700",
        "background": "ffffff",
    }
    answer = ivy.post(f"{PATH}/batch", files=photo(head), data=form)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["credits"], balance(ivy)["balance"]) == (10, 90)
    done = [drawn(ivy, each) for each in answer.json()["data"]]
    assert [each["state"] for each in done] == ["completed", "completed"]
    pictures = [Image.open(io.BytesIO(ivy.get(each["links"]["picture"]).content)) for each in done]
    assert [picture.size for picture in pictures] == [(512, 512)] * 2
    corners = {picture.convert("RGB").getpixel((2, 2)) for picture in pictures}
    assert corners == {(255, 255, 255)}
    assert np.abs(np.subtract(*(np.asarray(each.convert("L"), float) for each in pictures))).mean() > 1.0
    assert settled(ivy) == 90


def test_a_photo_that_cannot_be_used_costs_nothing(ivy: httpx.Client, poses: Sequence[str]) -> None:
    wall = jpeg(np.full((400, 400, 3), 190, np.uint8))
    accepted = ivy.post(PATH, files=photo(wall), data={"poseId": poses[0], "consent": consent(ivy)}).json()
    failed = drawn(ivy, accepted)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "invalid_photos")
    [fault] = failed["error"]["photos"]
    assert (fault["field"], fault["filename"], fault["code"]) == ("photo", "me.jpg", "face_not_found")
    assert settled(ivy) == 100


def test_what_is_refused_holds_nothing(ivy: httpx.Client, head: bytes, poses: Sequence[str]) -> None:
    version = consent(ivy)
    dear = {"poses": json.dumps([*poses, *[f"unknown-{index}" for index in range(17)]]), "consent": version}
    assert ivy.post(f"{PATH}/batch", files=photo(head), data=dear).status_code == 404
    unknown = ivy.post(PATH, files=photo(head), data={"poseId": "no-such-pose", "consent": version})
    assert unknown.status_code == 404
    fine = {"poseId": poses[0], "consent": version}
    assert ivy.post(PATH, files=photo(head), data=fine | {"quality": "4k"}).status_code == 400
    assert ivy.post(PATH, files=photo(head), data={"poseId": poses[0]}).status_code == 403
    assert ivy.get(f"{PATH}/{UNKNOWN}").status_code == 404
    assert balance(ivy) == {"balance": 100, "held": 0}


def test_one_that_is_deleted_at_once_gives_its_price_back(
    ivy: httpx.Client, head: bytes, poses: Sequence[str]
) -> None:
    form = {"poseId": poses[0], "consent": consent(ivy), "priority": "true"}
    accepted = ivy.post(PATH, files=photo(head), data=form).json()
    assert accepted["credits"] == 8
    assert ivy.delete(accepted["links"]["self"]).status_code == 204
    job = ended(ivy, ivy.get(accepted["links"]["job"]).json())
    assert job["state"] in {"cancelled", "completed"}
    paid = 0 if job["state"] == "cancelled" else 8
    assert settled(ivy) == 100 - paid
    assert ivy.get(accepted["links"]["self"]).status_code == 404


def test_nobody_else_sees_it_and_the_export_has_it(
    ivy: httpx.Client, eve: httpx.Client, head: bytes, poses: Sequence[str]
) -> None:
    form = {"poseId": poses[0], "consent": consent(ivy), "keepPhoto": "true"}
    done = drawn(ivy, ivy.post(PATH, files=photo(head), data=form).json())
    for address in (done["links"]["self"], done["links"]["picture"], done["links"]["photo"]):
        assert ivy.get(address).status_code == 200
        assert eve.get(address).status_code == 404
    assert eve.delete(done["links"]["self"]).status_code == 404
    exported = ivy.get("/v1/me/export").json()["generations"]
    assert [each["id"] for each in exported] == [done["id"]]
