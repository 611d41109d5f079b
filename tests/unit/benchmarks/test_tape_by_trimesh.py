"""The independent measuring of exported bodies agrees with the tape, and notices what is wrong with a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anthropometry.measurements import NAMES
from benchmarks.tape_by_trimesh import PATHS, Surveyor
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, FileOptions, HairPattern, Part, Rig, Scene
from services.mesher.domain.outfit import Outfitter

MODELS = Path(__file__).parents[3] / "models"
Tapes = Mapping[str, np.ndarray]


@pytest.fixture(scope="module")
def model() -> BodyModel:
    return BodyModel.load(MODELS)


@pytest.fixture(scope="module")
def body(model: BodyModel) -> Body:
    return model.stand(np.zeros(model.space.size))


@pytest.fixture(scope="module")
def rig(model: BodyModel, body: Body) -> Rig:
    return Rig(model.template.bones, model.template.parents.tolist(), body.heads)


@pytest.fixture(scope="module")
def skin(model: BodyModel, body: Body) -> Part:
    return Outfitter(model, kept_cuts=1).bare(body, Appearance("#d7a98c", HairPattern.NONE, "#000000"))[0]


@pytest.fixture(scope="module")
def tapes(model: BodyModel, body: Body) -> Tapes:
    return dict(zip(NAMES, model.tape.polylines(body.vertices), strict=True))


def glb(skin: Part, rig: Rig) -> bytes:
    return GlbWriter().write(Scene([skin], rig, {}), FileOptions(whole_body=True))


def test_it_reads_what_the_tape_reads(
    model: BodyModel, body: Body, skin: Part, rig: Rig, tapes: Tapes
) -> None:
    exported = Surveyor().open(glb(skin, rig))
    measured = [exported.reading_mm(name, tapes[name]) for name in NAMES]
    np.testing.assert_allclose(measured, model.tape.measure(body.vertices), rtol=0, atol=0.001)
    assert not exported.arm_is_joined(tapes["chest_girth"])


def test_a_file_of_another_size_reads_differently(skin: Part, rig: Rig, tapes: Tapes) -> None:
    surveyor = Surveyor()
    plain = surveyor.open(glb(skin, rig))
    stretched = (skin.positions * [1.01, 1.0, 1.01]).astype(np.float32)
    wide = surveyor.open(glb(replace(skin, positions=stretched), rig))
    for name in ("chest_girth", "waist_girth", "hip_girth", "calf_girth"):
        assert wide.reading_mm(name, tapes[name] * [1.01, 1, 1.01]) == pytest.approx(
            1.01 * plain.reading_mm(name, tapes[name]), rel=1e-6
        )


def test_a_tape_that_ends_off_the_skin_is_refused(skin: Part, rig: Rig, tapes: Tapes) -> None:
    exported = Surveyor().open(glb(skin, rig))
    for name in PATHS:
        with pytest.raises(AssertionError, match="off the skin"):
            exported.reading_mm(name, tapes[name] - [0, 0, 0.004])


def test_a_skin_with_a_hole_is_refused(skin: Part, rig: Rig) -> None:
    with pytest.raises(AssertionError, match="not closed"):
        Surveyor().open(glb(replace(skin, triangles=skin.triangles[1:]), rig))


def test_a_chest_cut_above_an_armpit_is_measured_without_the_arm(skin: Part, rig: Rig, tapes: Tapes) -> None:
    exported = Surveyor().open(glb(skin, rig))
    high = tapes["chest_girth"] + [0, 0.12, 0]
    assert exported.arm_is_joined(high)
    at_the_bust = exported.reading_mm("chest_girth", tapes["chest_girth"])
    assert exported.reading_mm("chest_girth", high) == pytest.approx(at_the_bust, rel=0.3)
