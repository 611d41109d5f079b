"""The real models, loaded once, and bodies on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facemodel.topology import FaceTopology
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.model import Appearance, Cut, Garment, Girths, HairPattern, Pattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from tests.unit.mesher import scenes

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="session")
def model() -> BodyModel:
    return BodyModel.load(MODELS)


@pytest.fixture(scope="session")
def outfitter(model: BodyModel) -> Outfitter:
    return Outfitter(model, kept_cuts=16)


@pytest.fixture(scope="session")
def topology() -> FaceTopology:
    return FaceTopology.load(MODELS)


@pytest.fixture(scope="session")
def mould(model: BodyModel, topology: FaceTopology) -> Mould:
    return Mould.load(MODELS, model, topology)


@pytest.fixture(scope="session")
def likeness(model: BodyModel, mould: Mould, outfitter: Outfitter) -> Likeness:
    return Likeness(model.template, mould, outfitter.skin_picture)


@pytest.fixture(scope="session")
def mean_body(model: BodyModel) -> Body:
    return model.stand(np.zeros(model.space.size))


@pytest.fixture(scope="session", params=[(0, 1.5), (0, -1.5), (1, 1.5), (1, -1.5)], ids=str)
def some_body(model: BodyModel, request: pytest.FixtureRequest) -> Body:
    component, deviations = request.param
    coefficients = np.zeros(model.space.size)
    coefficients[component] = deviations
    return model.stand(coefficients)


def garment(pattern: Pattern, cut: dict[str, float], girths: dict[str, float], name: str) -> Garment:
    whole = Cut(
        pattern, **({"sleeve": 0.0, "hem": 0.5, "neckline": 0.2, "flare": 0.0, "thickness": 0.003} | cut)
    )
    return Garment(name, whole, Girths(**girths), "#41597d", "CC0-1.0")


DRESS = garment(
    Pattern.DRESS,
    {"sleeve": 0.25, "hem": 0.5, "neckline": 0.35, "flare": 0.35},
    {"chest": 0.92, "waist": 0.805, "hip": 1.055, "upper_arm": 0.325},
    "dress",
)
TSHIRT = garment(
    Pattern.TOP,
    {"sleeve": 0.3, "hem": 0.15, "neckline": 0.18},
    {"chest": 1.12, "waist": 1.095, "hip": 1.115, "upper_arm": 0.42},
    "tshirt",
)
TROUSERS = garment(
    Pattern.TROUSERS,
    {"hem": 0.97, "thickness": 0.004},
    {"waist": 0.865, "hip": 1.02, "thigh": 0.645},
    "trousers",
)
SKIRT = garment(Pattern.SKIRT, {"hem": 0.5, "flare": 0.05}, {"waist": 0.775, "hip": 0.99}, "skirt")


@pytest.fixture(scope="session")
def dressed(model: BodyModel, outfitter: Outfitter, mean_body: Body) -> Scene:
    """Every kind of part: skin with a picture, hair with coloured vertices, cloth with neither."""
    parts = outfitter.dress(mean_body, Appearance("#d7a98c", HairPattern.BOB, "#3b2417"), [DRESS])
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    return Scene(parts, rig, {"modelVersion": "test"})


@pytest.fixture(scope="session")
def person(outfitter: Outfitter, dressed: Scene, mean_body: Body) -> Scene:
    """The same as pictures show her: with lashes and brows hair by hair."""
    return replace(dressed, parts=outfitter.fringed(dressed.parts, mean_body, "#3b2417", brows=True))


@pytest.fixture(scope="session")
def studio(model: BodyModel, outfitter: Outfitter) -> scenes.Studio:
    return scenes.Studio(model, outfitter, [DRESS])


@pytest.fixture(scope="module")
def draughtsman() -> Iterator[OpenGlDraughtsman]:
    draughtsman = OpenGlDraughtsman()
    try:
        draughtsman.open()
    except DrawingUnavailable as error:
        pytest.skip(f"nothing draws here: {error.metadata['why']}")
    yield draughtsman
    draughtsman.close()
