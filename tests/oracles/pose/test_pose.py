"""The platform's search for people finds what mediapipe's own Pose found on the same photos, and poses fit them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.pose_networks import PlainPoseNetworks
from bodypose.photo.people import Person, PersonSearch
from bodypose.photo.read import read
from bodypose.skeleton import Support
from deploy.models import MODELS
from photos.model import PhotoRefused

PHOTOS = Path(__file__).resolve().parents[4] / "shared" / "data" / "photos"
RECORDED = Path(__file__).with_name("recorded")
PHOTOS_BY_NAME = json.loads((RECORDED / "photos.json").read_text())["photos"]
ALONE = [name for name in PHOTOS_BY_NAME if name != "three_people.jpg"]
"""mediapipe looks at the surest person alone, and of three that is another one now and then."""
MEAN_PERCENT = 1.5
"""Of the torso, over a person's visible landmarks."""
WORLD_MM = 10.0
"""The same in space."""
OFF_PERCENT = 6.0
"""Of the torso: the farthest of the seen joints, in the photo."""
JOINTS = [*range(11, 17), *range(23, 29)]

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photos lie beside the checkout of their owner"),
]


@pytest.fixture(scope="module")
def recorded() -> dict[str, np.ndarray]:
    """(people, 33, 6) of each photo: pixels, visibility, metres."""
    with np.load(RECORDED / "landmarks.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.fixture(scope="module")
def search() -> PersonSearch:
    return PersonSearch(PlainPoseNetworks(MODELS))


def _pixels(name: str, part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)) -> np.ndarray:
    """A photo, or a part of it: left, top, right and bottom in shares of its sides."""
    photo = PHOTOS / name
    assert hashlib.sha256(photo.read_bytes()).hexdigest() == PHOTOS_BY_NAME[name]
    whole = Image.open(photo).convert("RGB")
    left, top, right, bottom = part
    width, height = whole.size
    return np.asarray(
        whole.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))
    )


def _away(person: Person, expected: np.ndarray) -> tuple[float, float]:
    """Percent of the torso in the photo and millimetres in space, on average over what both can see."""
    seen = expected[:, 2] > 0.5
    flat = np.linalg.norm(person.flat - expected[:, :2], axis=1)[seen].mean()
    space = np.linalg.norm(person.world * [1, -1, -1] - expected[:, 3:], axis=1)[seen].mean()
    return float(flat / person.torso_px * 100), float(space * 1000)


@pytest.mark.parametrize("name", ALONE)
async def test_landmarks_lie_where_they_should(
    search: PersonSearch, recorded: dict[str, np.ndarray], name: str
) -> None:
    [person] = await search.people(_pixels(name))
    flat, space = _away(person, recorded[name][0])
    assert flat <= MEAN_PERCENT
    assert space <= WORLD_MM
    moved = recorded[name][0] + [0.03 * person.torso_px, 0, 0, 0.02, 0, 0]
    assert _away(person, moved)[0] > MEAN_PERCENT
    assert _away(person, moved)[1] > WORLD_MM


@pytest.mark.parametrize(
    ("name", "part", "support"),
    [
        ("full_body_yoga.jpg", (0.0, 0.0, 1.0, 1.0), Support.FEET),
        ("seated_full_body.jpg", (0.0, 0.0, 1.0, 1.0), Support.FLOOR),
        # The one who waves, without the others.
        ("three_people.jpg", (0.0, 0.0, 0.62, 0.4), Support.FEET),
        ("business_person.png", (0.0, 0.0, 1.0, 1.0), Support.FEET),
        ("portrait.jpg", (0.0, 0.0, 1.0, 1.0), Support.FEET),
    ],
)
async def test_a_pose_fits_its_photo(
    search: PersonSearch, name: str, part: tuple[float, float, float, float], support: Support
) -> None:
    told = read(await search.people(_pixels(name, part)))
    assert np.nanmax(told.off[JOINTS]) * 100 <= OFF_PERCENT
    assert told.pose.support is support


async def test_three_people_are_too_many_and_a_street_is_nobody(search: PersonSearch) -> None:
    with pytest.raises(PhotoRefused) as refused:
        read(await search.people(_pixels("three_people.jpg")))
    assert refused.value.values == {"people": 3}
    assert await search.people(_pixels("seated_full_body.jpg", (0.0, 0.2, 0.3, 1.0))) == []
