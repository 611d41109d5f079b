"""Avatars with a person's face: their mouths speak, and their files are as sound as those of anybody else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import KDTree

from bodymodel.expressions import VISEMES
from facemodel.arrays import RgbImage
from facemodel.topology import FaceTopology
from services.mesher.adapters.usdz import UsdzWriter
from services.mesher.adapters.vrm import VrmWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.model import PersonFace, WornFace
from services.mesher.domain.model import FileFormat, FileOptions
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.surface import FloatArray
from tests.unit.mesher import khronos
from tests.unit.mesher.conftest import DRESS
from tests.unit.mesher.glb_reader import Glb
from tests.unit.mesher.scenes import Studio, Worn
from tests.unit.mesher.test_mesher_usdz import complaints
from tests.unit.mesher.test_mesher_vrm import OPTIONS as VRM

UPPER_LIP, LOWER_LIP = 13, 14
"""Points in the middle of the lips, where they meet."""
SHAPES = ("jawOpen", *VISEMES)


@pytest.fixture(scope="module")
def mottled() -> RgbImage:
    tones = np.random.default_rng(11).integers(60, 220, (64, 64, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(tones).resize((1024, 1024)))


@pytest.fixture(scope="module", params=["shut", "open"])
def studio_with_face(
    request: pytest.FixtureRequest,
    model: BodyModel,
    outfitter: Outfitter,
    likeness: Likeness,
    topology: FaceTopology,
    mottled: RgbImage,
) -> Studio:
    """Somebody else's head; their mouth was shut, or open, in the photos."""
    points = topology.mean * [1.03, 0.98, 1.05]
    if request.param == "open":
        body = model.stand(np.zeros(model.space.size))
        at = model.face.names.index("jawOpen")
        moved = body.vertices.copy()
        moved[model.face.vertices[at]] += 0.4 * model.face.scales(body.vertices)[at] * model.face.offsets[at]
        points = points + topology.on_template(moved) - topology.on_template(body.vertices)
    face = PersonFace(WornFace(points, "", "#a98467", "#4a7fb5"), mottled)
    return Studio(model, outfitter, [DRESS], Worn(likeness, face))


def mouths(studio: Studio, topology: FaceTopology) -> dict[str, float]:
    """Metres between the lips, at rest and with each shape."""
    (body,) = (part for part in studio.scene(FileOptions(morph_targets=SHAPES)).parts if part.name == "body")
    lips = topology.template_corners[[UPPER_LIP, LOWER_LIP]]
    apart, drawn = KDTree(body.positions).query(studio.body.vertices[lips])
    assert apart.max() < 1e-6

    def gap(positions: FloatArray) -> float:
        weights = topology.template_weights[[UPPER_LIP, LOWER_LIP]]
        upper, lower = np.einsum("pc,pcx->px", weights, positions[drawn])[:, 1]
        return float(upper - lower)

    gaps = {"rest": gap(body.positions)}
    for morph in body.morphs:
        moved = body.positions.copy()
        moved[morph.vertices] += morph.offsets
        gaps[morph.name] = gap(moved)
    return gaps


def test_a_mouth_is_shut_at_rest_and_speaks_as_anybodys(
    studio: Studio, studio_with_face: Studio, topology: FaceTopology
) -> None:
    usual, own = (mouths(each, topology) for each in (studio, studio_with_face))
    assert abs(own["rest"] - usual["rest"]) < 0.001
    assert own["jawOpen"] - own["rest"] > 0.015
    for name in SHAPES:
        assert own[name] - own["rest"] == pytest.approx(usual[name] - usual["rest"], rel=0.05, abs=3e-4), name
    assert len({round(own[name], 3) for name in VISEMES}) > 5


def test_khronos_finds_in_a_vrm_what_it_finds_in_anybodys(
    studio: Studio, studio_with_face: Studio, tmp_path: Path
) -> None:
    usual, own = (VrmWriter().write(each.scene(VRM), VRM) for each in (studio, studio_with_face))
    said = [[each["code"] for each in khronos.findings(file, tmp_path)] for file in (usual, own)]
    assert said[0] == said[1]
    expressions = [Glb(file).content["extensions"]["VRMC_vrm"]["expressions"] for file in (usual, own)]
    assert expressions[0] == expressions[1]


def test_usd_finds_nothing_in_a_package(studio_with_face: Studio, tmp_path: Path) -> None:
    options = FileOptions(FileFormat.USDZ)
    path = tmp_path / "avatar.usdz"
    path.write_bytes(UsdzWriter().write(studio_with_face.scene(options), options))
    assert complaints(path) == []
