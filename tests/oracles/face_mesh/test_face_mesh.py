"""The platform's face search finds what mediapipe's own FaceMesh found on the same photos."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.face_networks import PlainNetworks
from deploy.models import MODELS
from facemodel.landmarks import LEFT_EYE, MESH_POINTS, RIGHT_EYE
from facemodel.search import FaceSearch

PHOTOS = Path(__file__).resolve().parents[4] / "shared" / "data" / "photos"
RECORDED = Path(__file__).with_name("recorded")
PHOTOS_BY_NAME = json.loads((RECORDED / "photos.json").read_text())["photos"]
MEAN_PERCENT = 0.3
"""Of the distance between the outer corners of the eyes, over all faces."""
WORST_PERCENT = 1.0
"""Of one face: small in a photo of three, its square depends on a handful of the detector's pixels."""

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photos lie beside the checkout of their owner"),
]


@pytest.fixture(scope="module")
def recorded() -> dict[str, np.ndarray]:
    """(faces, 478, 3) of each photo, in its pixels."""
    with np.load(RECORDED / "landmarks.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.fixture(scope="module")
def search() -> FaceSearch:
    """One look at each face, as mediapipe does with a single photo."""
    return FaceSearch(PlainNetworks(MODELS), mirror=None)


async def _away_percent(search: FaceSearch, name: str, expected: np.ndarray) -> list[float]:
    """For each face that mediapipe found, how far our mesh of it lies from its own on average."""
    photo = PHOTOS / name
    assert hashlib.sha256(photo.read_bytes()).hexdigest() == PHOTOS_BY_NAME[name]
    # Both see the same pixels: colours as they lie in the file, which `photos.decode` would bring to sRGB.
    pixels = np.asarray(Image.open(photo).convert("RGB"))
    found = np.array([face.points for face in await search.faces(pixels)])
    away = []
    for face in expected:
        eyes = np.linalg.norm(face[LEFT_EYE, :2] - face[RIGHT_EYE, :2])
        distances = np.linalg.norm(found[:, :MESH_POINTS, :2] - face[:MESH_POINTS, :2], axis=2)
        away.append(float(distances.mean(axis=1).min() / eyes * 100))
    return away


async def test_every_face_is_found_and_its_points_lie_where_they_should(
    search: FaceSearch, recorded: dict[str, np.ndarray]
) -> None:
    away = {name: await _away_percent(search, name, faces) for name, faces in recorded.items() if len(faces)}
    each = [percent for percents in away.values() for percent in percents]
    assert len(each) == 7
    assert max(each) <= WORST_PERCENT, away
    assert np.mean(each) <= MEAN_PERCENT, away


async def test_the_comparison_notices_points_of_another_face(
    search: FaceSearch, recorded: dict[str, np.ndarray]
) -> None:
    moved = recorded["portrait.jpg"] + [1.0, 0.0, 0.0]
    [percent] = await _away_percent(search, "portrait.jpg", moved)
    assert percent > 0.5
