"""Pictures of people in poses that cannot be, on both routes that make them: each is refused or fails, says why, and is free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.album import Album, beside_each_other, consent, files, rendered
from tests.e2e.attacks.test_money import left_with
from tests.e2e.test_batches import balance, ended, events, settled
from tests.unit.bodypose.dancer import SKELETONS, Writer
from tests.unit.bodypose.sitter import turns_in

CAT = Path(__file__).parent / "data" / "cat.jpg"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PLENTY = {"balance": 100, "held": 0}


@dataclass(frozen=True)
class Route:
    """Where generations are made, and what the parts of its form are called."""

    path: str
    one: str
    photo: str
    pose: str

    def send(self, client: httpx.Client, photo: bytes, pose: str, **fields: str) -> httpx.Response:
        form = {self.pose: pose, "consent": consent(client), **fields}
        return client.post(self.path, files={self.photo: ("me.jpg", photo, "image/jpeg")}, data=form)

    def accepted(self, client: httpx.Client, photo: bytes, pose: str) -> dict[str, Any]:
        """The job of one that is taken."""
        answer = self.send(client, photo, pose)
        assert answer.is_success, answer.text
        id = answer.json().get("data", answer.json())["id"]
        job: dict[str, Any] = client.get(f"/v1/jobs/{id}").raise_for_status().json()
        return job


OURS = Route("/v1/poses/generations", "/v1/poses/generations/{}", "photo", "poseId")
SOURCE = "/api/apps/avatar-generator"
SOURCE_004 = Route(f"{SOURCE}/generate", f"{SOURCE}/generations/{{}}", "image", "poseTemplateId")

both = pytest.mark.parametrize("route", [OURS, SOURCE_004], ids=["/v1", "source 004"])


@pytest.fixture(scope="module")
def album() -> Album:
    return rendered(5)


@pytest.fixture(scope="module")
def pose(platform_url: str) -> str:
    """The id of a pose of the library."""
    listed = httpx.get(f"{platform_url}/v1/catalog/poses", params={"limit": 1}, timeout=30)
    id: str = listed.raise_for_status().json()["data"][0]["id"]
    return id


@both
@pytest.mark.parametrize("unknown", ["no-such-pose", UNKNOWN])
def test_an_unknown_pose_is_404_and_named(
    gil: httpx.Client, album: Album, route: Route, unknown: str
) -> None:
    refused = route.send(gil, album["front"], unknown)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert [fault["field"] for fault in refused.json()["details"]] == [route.pose]
    assert balance(gil) == PLENTY


@both
def test_an_unknown_quality_is_400_with_those_that_there_are(
    gil: httpx.Client, album: Album, pose: str, route: Route
) -> None:
    refused = route.send(gil, album["front"], pose, quality="4k")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_argument")
    [fault] = refused.json()["details"]
    assert (fault["field"], fault["limit"]) == ("quality", "'sd' or 'hd'")
    assert balance(gil) == PLENTY


@both
def test_without_credits_it_is_402_with_what_it_needs(
    gil: httpx.Client, admin: httpx.Client, album: Album, pose: str, route: Route
) -> None:
    left_with(gil, admin, 4)
    refused = route.send(gil, album["front"], pose, quality="hd", priority="true")
    assert (refused.status_code, refused.json()["code"]) == (402, "insufficient_credits")
    assert refused.json()["details"] == {"needed": 10, "available": 4}
    assert balance(gil) == {"balance": 4, "held": 0}


@pytest.mark.attack("A35")
@both
@pytest.mark.parametrize("seen", ["two people", "a cat"])
def test_a_photo_of_no_one_person_fails_the_job_and_is_free(
    gil: httpx.Client, album: Album, pose: str, route: Route, seen: str
) -> None:
    photo, code = (
        (beside_each_other(album["front"]), "several_faces")
        if seen == "two people"
        else (CAT.read_bytes(), "face_not_found")
    )
    job = ended(gil, route.accepted(gil, photo, pose))
    assert (job["state"], job["error"]["code"]) == ("failed", "invalid_photos")
    assert [fault["code"] for fault in job["error"]["photos"]] == [code]
    shown = gil.get(route.one.format(job["id"])).json()
    told = shown["data"]["errorMessage"] if route is SOURCE_004 else shown["error"]["photos"][0]["message"]
    assert told.startswith("More than one face" if seen == "two people" else "No face was found")
    assert settled(gil) == 100


@pytest.mark.attack("A35")
def test_an_animal_has_no_pose_and_gets_no_avatar(gil: httpx.Client, album: Album) -> None:
    version, cat = consent(gil), CAT.read_bytes()
    refused = gil.post("/v1/poses", files={"photo": ("cat.jpg", cat, "image/jpeg")}, data={"name": "cat"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_photos")
    assert [fault["code"] for fault in refused.json()["details"]] == ["person_not_found"]
    sent = files({**album, "front": cat})
    accepted = gil.post("/v1/avatars/from-photos", files=sent, data={"consent": version}, timeout=60)
    failed = ended(gil, accepted.raise_for_status().json())
    assert (failed["state"], failed["error"]["code"]) == ("failed", "invalid_photos")
    assert [(each["field"], each["code"]) for each in failed["error"]["photos"]] == [
        ("front", "face_not_found")
    ]
    assert settled(gil) == 100


@pytest.mark.attack("A16")
@both
def test_another_s_generation_is_404_and_stays(
    gil: httpx.Client, eve: httpx.Client, album: Album, pose: str, route: Route
) -> None:
    job = route.accepted(gil, album["front"], pose)
    address = route.one.format(job["id"])
    stranger = [eve.get(address), eve.delete(address), eve.get(route.one.format(UNKNOWN))]
    assert [answer.status_code for answer in stranger] == [404] * 3
    assert len({answer.json()["code"] for answer in stranger}) == 1
    assert gil.get(address).status_code == 200
    assert gil.delete(address).is_success


@both
def test_one_that_is_deleted_while_it_is_worked_on_is_cancelled_and_free(
    gil: httpx.Client, album: Album, pose: str, route: Route
) -> None:
    job = route.accepted(gil, album["front"], pose)
    states: list[str] = []
    for _, seen in events(gil, job):
        states.append(seen["state"])
        if seen["state"] == "processing":
            assert gil.delete(route.one.format(job["id"])).is_success
    assert "processing" in states
    # A worker that was faster has been paid for.
    assert states[-1] in {"cancelled", "completed"}
    assert settled(gil) == (100 if states[-1] == "cancelled" else 95)
    assert gil.get(route.one.format(job["id"])).status_code == 404


def motion(client: httpx.Client, data: bytes) -> httpx.Response:
    return client.post("/v1/poses", files={"motion": ("dance.bvh", data)}, data={"name": "dance"})


def test_a_motion_of_another_skeleton_is_mapped_or_refused_with_its_missing_joints(gil: httpx.Client) -> None:
    turns = turns_in({"LeftArm": (0.0, 20.0, 0.0)})
    assert motion(gil, Writer(SKELETONS["Unreal"]).write(turns)).status_code == 201
    legless = {
        bone: name for bone, name in SKELETONS["CMU"].items() if "Leg" not in bone and "Foot" not in bone
    }
    refused = motion(gil, Writer(legless).write(turns))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_motion")
    [fault] = refused.json()["details"]
    missing = {"LeftUpLeg", "LeftLeg", "RightUpLeg", "RightLeg"}
    assert fault["code"] == "joints_missing"
    assert missing <= set(fault["limit"].split(", "))


def test_a_pose_beyond_what_joints_do_is_turned_back_and_says_so(gil: httpx.Client) -> None:
    backwards = turns_in({"RightLeg": (-60.0, 0.0, 0.0)})
    made = motion(gil, Writer(SKELETONS["Mixamo"]).write(backwards))
    assert made.status_code == 201, made.text
    assert made.json()["clampedBones"] == ["RightLeg"]
    worn = {"measurements": {}, "bodyType": "feminine", "pose": made.json()["id"]}
    assert gil.post("/v1/avatars", json=worn, timeout=60).status_code == 201
