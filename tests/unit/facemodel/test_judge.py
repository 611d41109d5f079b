from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from facemodel import identity, quality
from facemodel.arrays import RgbImage
from facemodel.judge import Verdict, judge, judge_alone
from facemodel.landmarks import FaceMesh
from facemodel.slots import Slot
from facemodel.topology import FaceTopology
from facemodel.view import View
from tests.unit.facemodel import sitter

FRONT, LEFT, RIGHT = Slot.FRONT, Slot.LEFT, Slot.RIGHT
YAWS = {FRONT: 2.0, LEFT: -35.0, RIGHT: 38.0}


def picture(seed: int, brightness: float = 130.0, contrast: float = 40.0, blur: float = 0.7) -> RgbImage:
    """Fine and coarse detail, as skin and features have; another one for each seed."""
    rng = np.random.default_rng(seed)
    width, height = sitter.SIZE
    layers = [
        ndimage.gaussian_filter(rng.standard_normal((height, width)), size)
        for size in (blur, max(blur, 12.0))
    ]
    grey = brightness + contrast * sum(layer / layer.std() for layer in layers) / 1.4
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def codes(verdict: Verdict) -> dict[Slot, list[str]]:
    return {slot: [fault.code for fault in faults] for slot, faults in verdict.faults.items()}


@pytest.fixture
def faces(topology: FaceTopology) -> dict[Slot, list[FaceMesh]]:
    return {slot: [sitter.view(topology, yaw).mesh] for slot, yaw in YAWS.items()}


@pytest.fixture
def images() -> dict[Slot, RgbImage]:
    return {slot: picture(seed) for seed, slot in enumerate(Slot)}


def test_good_photos_have_no_faults(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage]
) -> None:
    verdict = judge(images, faces, topology)
    assert not verdict.faults
    assert verdict.slots == {slot: slot for slot in Slot}
    assert verdict.views[LEFT].pose.yaw_deg == pytest.approx(-35.0)


def test_photos_in_the_wrong_order_are_put_right(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage]
) -> None:
    mixed = {FRONT: faces[LEFT], LEFT: faces[RIGHT], RIGHT: faces[FRONT]}
    verdict = judge(images, mixed, topology)
    assert not verdict.faults
    assert verdict.slots == {FRONT: LEFT, LEFT: RIGHT, RIGHT: FRONT}


@pytest.mark.parametrize(
    ("sent", "yaw", "pitch", "code"),
    [
        (FRONT, 27.0, 0.0, "face_turned_away"),
        (FRONT, 0.0, 34.0, "face_tilted"),
        (FRONT, 0.0, -34.0, "face_tilted"),
        (LEFT, -8.0, 0.0, "face_not_turned"),
        (LEFT, -66.0, 0.0, "face_turned_too_far"),
        (RIGHT, 70.0, 0.0, "face_turned_too_far"),
        (LEFT, 30.0, 0.0, "wrong_side"),
    ],
)
def test_a_head_that_is_turned_otherwise_than_its_slot_wants(
    topology: FaceTopology,
    faces: dict[Slot, list[FaceMesh]],
    images: dict[Slot, RgbImage],
    sent: Slot,
    yaw: float,
    pitch: float,
    code: str,
) -> None:
    faces[sent] = [sitter.view(topology, yaw, pitch).mesh]
    verdict = judge(images, faces, topology)
    assert codes(verdict) == {sent: [code]}
    [fault] = verdict.faults[sent]
    assert str(round(abs(pitch or yaw))) in fault.message or code == "wrong_side"


@pytest.mark.parametrize(("yaw", "fits"), [(-59.5, True), (-60.5, False), (-15.5, True), (-14.5, False)])
def test_the_bounds_of_a_side_are_where_they_are_said_to_be(
    topology: FaceTopology,
    faces: dict[Slot, list[FaceMesh]],
    images: dict[Slot, RgbImage],
    yaw: float,
    fits: bool,
) -> None:
    faces[LEFT] = [sitter.view(topology, yaw).mesh]
    assert (LEFT not in judge(images, faces, topology).faults) is fits


def test_nobody_is_found_or_more_than_one(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage]
) -> None:
    mine = faces[FRONT][0]
    other = replace(mine, points=mine.points * 0.7)
    passer_by, doubtful = replace(mine, points=mine.points * 0.3), replace(other, presence=0.6)
    assert codes(judge(images, faces | {FRONT: [mine, other]}, topology)) == {FRONT: ["several_faces"]}
    assert not judge(images, faces | {FRONT: [mine, doubtful, passer_by]}, topology).faults
    verdict = judge(images, faces | {LEFT: []}, topology)
    assert codes(verdict) == {LEFT: ["face_not_found"]}
    assert "30 to 45" in verdict.faults[LEFT][0].message
    assert LEFT not in verdict.views


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"scale": 450.0}, "face_too_small"),
        ({"middle": (320.0, 20.0)}, "head_cut_off"),
        ({"middle": (320.0, 460.0)}, "head_cut_off"),
        ({"middle": (20.0, 240.0)}, "face_cut_off"),
        ({"presence": 0.7}, "face_unclear"),
    ],
)
def test_a_face_that_is_not_seen_whole(
    topology: FaceTopology,
    faces: dict[Slot, list[FaceMesh]],
    images: dict[Slot, RgbImage],
    how: Mapping[str, object],
    code: str,
) -> None:
    faces[FRONT] = [sitter.view(topology, **how).mesh]  # type: ignore[arg-type]
    assert codes(judge(images, faces, topology)) == {FRONT: [code]}


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (picture(7, blur=25.0), "photo_blurred"),
        (picture(7, brightness=12.0, contrast=5.0), "photo_too_dark"),
        (picture(7, brightness=262.0, contrast=40.0), "photo_too_bright"),
    ],
    ids=["blurred", "dark", "bright"],
)
def test_a_face_that_is_not_seen_well(
    topology: FaceTopology,
    faces: dict[Slot, list[FaceMesh]],
    images: dict[Slot, RgbImage],
    shown: RgbImage,
    code: str,
) -> None:
    assert codes(judge(images | {FRONT: shown}, faces, topology)) == {FRONT: [code]}


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0, 1.4])
def test_dark_skin_is_as_sharp_as_bright_skin(faces: dict[Slot, list[FaceMesh]], share: float) -> None:
    [mesh] = faces[FRONT]
    usual = quality.sharpness(quality.square_of(mesh, picture(7)))
    found = quality.sharpness(quality.square_of(mesh, picture(7, 130.0 * share, 40.0 * share)))
    assert found == pytest.approx(usual, rel=0.25)


def test_the_same_photo_three_times_is_told_twice(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage]
) -> None:
    verdict = judge(dict.fromkeys(Slot, images[FRONT]), dict.fromkeys(Slot, faces[FRONT]), topology)
    assert codes(verdict) == {LEFT: ["same_photo"], RIGHT: ["same_photo"]}


def test_a_copy_is_known_however_it_was_saved(topology: FaceTopology, images: dict[Slot, RgbImage]) -> None:
    views = {slot: sitter.view(topology, 0.0) for slot in (FRONT, LEFT)}
    worse = (images[FRONT] // 16 * 15 + 8).astype(np.uint8)
    mesh = views[FRONT].mesh
    first, again, other = (quality.square_of(mesh, image) for image in (images[FRONT], worse, images[LEFT]))
    assert identity.copies(views, {FRONT: first, LEFT: again}) == [LEFT]
    assert identity.copies(views, {FRONT: first, LEFT: other}) == []


@pytest.mark.parametrize("stranger", list(Slot))
def test_a_stranger_among_the_photos_is_told(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage], stranger: Slot
) -> None:
    wide_nose = topology.mean.copy()
    wide_nose[topology.regions["nose"], 0] *= 1.35
    wide_nose[[133, 362], 0] *= 1.15
    faces[stranger] = [sitter.view(topology, YAWS[stranger], face=wide_nose).mesh]
    assert codes(judge(images, faces, topology)) == {stranger: ["different_people"]}


@pytest.mark.parametrize(
    ("unlike", "odd"),
    [
        ([], []),
        ([(LEFT, RIGHT)], []),
        ([(FRONT, LEFT)], [LEFT]),
        ([(FRONT, LEFT), (LEFT, RIGHT)], [LEFT]),
        ([(FRONT, LEFT), (FRONT, RIGHT)], [FRONT]),
        ([(FRONT, LEFT), (FRONT, RIGHT), (LEFT, RIGHT)], [FRONT]),
    ],
)
def test_who_is_odd(
    topology: FaceTopology,
    monkeypatch: pytest.MonkeyPatch,
    unlike: list[tuple[Slot, Slot]],
    odd: list[Slot],
) -> None:
    views = {slot: sitter.view(topology, yaw) for slot, yaw in YAWS.items()}
    pairs = [{id(views[one]), id(views[other])} for one, other in unlike]
    monkeypatch.setattr(
        identity, "unlikeness", lambda one, other: 9.0 if {id(one), id(other)} in pairs else 0.0
    )
    assert identity.strangers(views) == odd


def test_an_expression_makes_nobody_a_stranger(
    topology: FaceTopology, faces: dict[Slot, list[FaceMesh]], images: dict[Slot, RgbImage]
) -> None:
    laughing = topology.mean.copy()
    laughing[topology.regions["chin"], 1] -= 0.02
    laughing[topology.regions["lips"], 0] *= 1.3
    faces[FRONT] = [sitter.view(topology, 0.0, face=laughing).mesh]
    assert not judge(images, faces, topology).faults


def test_a_photo_that_is_alone_shows_one_person_from_the_front(topology: FaceTopology) -> None:
    def told(yaw: float, *others: FaceMesh, image: RgbImage | None = None) -> View | list[str]:
        near = sitter.view(topology, yaw).mesh
        found = judge_alone(picture(1) if image is None else image, [near, *others], topology)
        return found if isinstance(found, View) else [fault.code for fault in found]

    seen = told(12.0)
    assert isinstance(seen, View)
    assert seen.pose.yaw_deg == pytest.approx(12.0)
    # Of three photos this one would be a side.
    assert told(35.0) == ["face_turned_away"]
    assert told(2.0, sitter.view(topology, -5.0, middle=(520.0, 200.0)).mesh) == ["several_faces"]
    assert isinstance(told(2.0, sitter.view(topology, scale=600.0).mesh), View)
    assert told(2.0, image=picture(1, brightness=8.0, contrast=2.0)) == ["photo_too_dark"]
    [missing] = judge_alone(picture(1), [], topology)  # type: ignore[misc]
    assert missing.code == "face_not_found"
