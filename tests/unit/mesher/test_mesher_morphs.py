"""Face shapes on finished parts: the same face as if the body had been built with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from bodymodel.expressions import EXPRESSIONS
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.errors import UnknownMorphTarget
from services.mesher.domain.finish import only
from services.mesher.domain.model import Appearance, FileOptions, HairPattern, Part, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.variants import Variants
from tests.unit.mesher.conftest import TROUSERS, TSHIRT

LOOK = Appearance("#d7a98c", HairPattern.BOB, "#3b2417")
FOLLOWING = ["body", "eyes", "lashes", "teeth", "tongue"]
Sculpt = Callable[[Sequence[Part], Body, tuple[str, ...]], Sequence[Part]]


@pytest.fixture(scope="session")
def sculpt(model: BodyModel, outfitter: Outfitter) -> Sculpt:
    variants = Variants(model, outfitter)

    def parts(finished: Sequence[Part], body: Body, names: tuple[str, ...]) -> Sequence[Part]:
        rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
        return variants.make(Scene(finished, rig, {}), body, FileOptions(morph_targets=names)).parts

    return parts


def wearing(model: BodyModel, body: Body, name: str) -> Body:
    """The body itself with a face shape."""
    at = model.face.names.index(name)
    vertices = body.vertices.copy()
    vertices[model.face.vertices[at]] += model.face.scales(body.vertices)[at] * model.face.offsets[at]
    return replace(body, vertices=vertices)


@pytest.mark.parametrize("name", ["jawOpen", "eyeBlinkLeft", "eyeLookDownRight", "tongueOut", "viseme_O"])
def test_a_morph_gives_what_the_body_with_that_face_would(
    model: BodyModel, outfitter: Outfitter, sculpt: Sculpt, some_body: Body, name: str
) -> None:
    still = sculpt(outfitter.bare(some_body, LOOK), some_body, (name,))
    moved = outfitter.bare(wearing(model, some_body, name), LOOK)
    for part, expected in zip(still, moved, strict=True):
        (morph,) = part.morphs
        positions, normals = part.positions.copy(), part.normals.copy()
        positions[morph.vertices] += morph.offsets
        normals[morph.vertices] += morph.normals
        np.testing.assert_allclose(positions, expected.positions, rtol=0, atol=2e-6)
        np.testing.assert_allclose(normals, expected.normals, rtol=0, atol=2e-3)


def test_parts_that_follow_the_face_hold_the_same_names_and_others_none(
    outfitter: Outfitter, sculpt: Sculpt, mean_body: Body
) -> None:
    parts = sculpt(outfitter.dress(mean_body, LOOK, [TROUSERS, TSHIRT]), mean_body, EXPRESSIONS)
    assert [part.name for part in parts if part.morphs] == FOLLOWING
    for part in parts:
        assert tuple(morph.name for morph in part.morphs) in {EXPRESSIONS, ()}
        for morph in part.morphs:
            assert (np.diff(morph.vertices) > 0).all()
            assert morph.vertices.max(initial=0) < len(part.positions)
            assert morph.offsets.shape == morph.normals.shape == (len(morph.vertices), 3)
            assert {str(morph.offsets.dtype), str(morph.normals.dtype)} == {"float32"}
    moving = {part.name: {m.name for m in part.morphs if len(m.vertices)} for part in parts if part.morphs}
    assert moving["body"] == set(EXPRESSIONS) - {"viseme_sil", "tongueOut"}
    assert moving["eyes"] == {name for name in EXPRESSIONS if name.startswith("eyeLook")}
    assert {"jawOpen", "tongueOut", "viseme_TH"} <= moving["tongue"]
    assert "tongueOut" not in moving["teeth"]


@pytest.mark.parametrize("level", [0, 1, 3])
def test_what_is_left_of_a_mesh_keeps_its_face_shapes(
    outfitter: Outfitter, sculpt: Sculpt, mean_body: Body, level: int
) -> None:
    names = ("jawOpen", "mouthSmileLeft")
    whole = sculpt(outfitter.bare(mean_body, LOOK), mean_body, names)
    rest = sculpt(outfitter.dress(mean_body, LOOK, [TROUSERS, TSHIRT], level), mean_body, names)
    for part, left in zip(whole, rest, strict=False):
        assert part.origin is not None
        assert left.origin is not None
        for full, cut in zip(part.morphs, left.morphs, strict=True):
            reached = np.isin(full.vertices, left.origin)
            np.testing.assert_array_equal(full.vertices[reached], left.origin[cut.vertices])
            np.testing.assert_array_equal(full.offsets[reached], cut.offsets)
            np.testing.assert_array_equal(full.normals[reached], cut.normals)
    assert len(rest[0].positions) < len(whole[0].positions)


def test_cutting_triangles_out_renumbers_morphs(
    outfitter: Outfitter, sculpt: Sculpt, mean_body: Body
) -> None:
    (part,) = [
        part
        for part in sculpt(outfitter.bare(mean_body, LOOK), mean_body, ("tongueOut",))
        if part.name == "tongue"
    ]
    cut = only(part, part.triangles[::7])
    assert len(cut.positions) < len(part.positions)
    assert cut.colors is not None
    assert len(cut.colors) == len(cut.positions)
    (morph,) = cut.morphs
    assert cut.origin is not None
    moved = dict(zip(part.morphs[0].vertices.tolist(), part.morphs[0].offsets.tolist(), strict=True))
    assert {
        int(cut.origin[at]): offset for at, offset in zip(morph.vertices, morph.offsets.tolist(), strict=True)
    } == {at: moved[at] for at in cut.origin.tolist() if at in moved}


def test_a_shape_that_does_not_exist_is_refused_by_its_place(
    outfitter: Outfitter, sculpt: Sculpt, mean_body: Body
) -> None:
    with pytest.raises(UnknownMorphTarget) as refused:
        sculpt(outfitter.bare(mean_body, LOOK), mean_body, ("jawOpen", "jawOpem"))
    assert refused.value.reason == "UNKNOWN_MORPH_TARGET"
    assert refused.value.metadata == {"name": "jawOpem"}
    (fault,) = refused.value.faults
    assert fault.field == "file.morph_targets[1]"
    assert "viseme_sil" in str(fault.limit)


def test_no_shape_asked_for_is_no_morph(outfitter: Outfitter, sculpt: Sculpt, mean_body: Body) -> None:
    parts = outfitter.bare(mean_body, LOOK)
    assert sculpt(parts, mean_body, ()) is parts
