"""Levels of detail: fewer triangles, the same person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from services.mesher.domain import lod, surface
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, Garment, HairPattern, Part
from services.mesher.domain.outfit import Outfitter
from tests.unit.bodymodel.openings import seen_share
from tests.unit.mesher.conftest import DRESS, TROUSERS, TSHIRT
from tests.unit.mesher.seen import parts_seen

BALD = Appearance("#d7a98c", HairPattern.NONE, "#3b2417")
LONG = Appearance("#d7a98c", HairPattern.LONG, "#3b2417")
COARSE = (1, 2, 3)
ASKED = {1: 12_000, 2: 5_000, 3: 2_000}


@pytest.fixture(scope="session")
def another(model: BodyModel) -> Outfitter:
    return Outfitter(model, kept_cuts=1)


def on_template(model: BodyModel, outfitter: Outfitter, part: Part) -> np.ndarray:
    """(m, 3) a body's triangles in template vertices, seams closed."""
    assert part.origin is not None
    drawn: np.ndarray = outfitter.bound["body"].drawn[part.origin]
    return drawn[part.triangles]


@pytest.mark.parametrize("level", COARSE)
def test_the_body_has_the_triangles_that_were_asked_for(
    outfitter: Outfitter, mean_body: Body, level: int
) -> None:
    body = outfitter.bare(mean_body, BALD, level)[0]
    assert len(body.triangles) == pytest.approx(ASKED[level], rel=0.01)
    assert len(outfitter.bare(mean_body, BALD)[0].triangles) == lod.BODY_TRIANGLES[0]


@pytest.mark.parametrize("level", COARSE)
def test_the_body_stays_closed_and_keeps_its_shape(
    model: BodyModel, outfitter: Outfitter, some_body: Body, level: int
) -> None:
    fine, coarse = outfitter.bare(some_body, BALD)[0], outfitter.bare(some_body, BALD, level)[0]
    welded = on_template(model, outfitter, coarse)
    assert len(surface.border_edges(welded)) == 0
    assert len(surface.border_edges(welded[1:])) == 3
    assert volume(coarse) == pytest.approx(volume(fine), rel=(0.0, 0.003, 0.01, 0.025)[level])
    assert np.ptp(coarse.positions[:, 1]) == pytest.approx(np.ptp(fine.positions[:, 1]), abs=0.003)
    assert coarse.positions[:, 1].min() == pytest.approx(0.0, abs=0.002)


def volume(part: Part) -> float:
    a, b, c = part.positions[part.triangles].astype(np.float64).swapaxes(0, 1)
    return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6.0)


@pytest.mark.parametrize("level", COARSE)
def test_vertices_are_left_out_and_none_is_moved(outfitter: Outfitter, some_body: Body, level: int) -> None:
    for fine, coarse in zip(
        outfitter.bare(some_body, BALD), outfitter.bare(some_body, BALD, level), strict=True
    ):
        assert coarse.origin is not None
        for name in ("positions", "normals", "joints", "weights", "uv", "colors"):
            before, after = getattr(fine, name), getattr(coarse, name)
            assert (before is None) == (after is None)
            if before is not None:
                np.testing.assert_array_equal(after, before[coarse.origin])


@pytest.mark.parametrize("level", COARSE)
def test_every_body_has_the_same_triangles(
    outfitter: Outfitter, another: Outfitter, some_body: Body, mean_body: Body, level: int
) -> None:
    for one, other in zip(
        outfitter.bare(some_body, BALD, level), another.bare(mean_body, BALD, level), strict=True
    ):
        np.testing.assert_array_equal(one.triangles, other.triangles)


@pytest.mark.parametrize("level", COARSE)
def test_small_parts_stay_whole_shapes(outfitter: Outfitter, mean_body: Body, level: int) -> None:
    for fine, coarse in zip(
        outfitter.bare(mean_body, BALD)[1:], outfitter.bare(mean_body, BALD, level)[1:], strict=True
    ):
        assert len(coarse.triangles) >= min(len(fine.triangles), 90)
        extent = np.ptp(coarse.positions, axis=0) / np.ptp(fine.positions, axis=0)
        assert (extent > 0.9).all(), (fine.name, extent)


@pytest.mark.parametrize(("level", "slit"), [(1, 0.0), (2, 0.02)])
def test_a_blink_still_closes_the_eyes(
    model: BodyModel, outfitter: Outfitter, some_body: Body, level: int, slit: float
) -> None:
    skin = on_template(model, outfitter, outfitter.bare(some_body, BALD, level)[0])
    asleep = some_body.vertices.copy()
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        at = model.face.names.index(name)
        asleep[model.face.vertices[at]] += model.face.scales(some_body.vertices)[at] * model.face.offsets[at]
    for side in "lr":
        ball = model.template.groups[f"helper-{side}-eye"].triangles
        assert seen_share(some_body.vertices, ball, skin) > 0.1
        assert seen_share(asleep, ball, skin) <= slit


def skin_through_cloth(fine: Sequence[Part], coarse: Sequence[Part]) -> int:
    """Cells from three sides that show skin amid what is cloth at the finest level."""
    own = sum(part.origin is not None for part in fine)
    cells = 0
    for turned in (0.0, np.pi / 2.0, np.pi):
        amid = ndimage.binary_erosion(parts_seen(fine, turned) >= own, iterations=2)
        assert amid.sum() > 1500
        cells += int((amid & (parts_seen(coarse, turned) == 0)).sum())
    return cells


@pytest.mark.parametrize("level", COARSE)
@pytest.mark.parametrize("worn", [[DRESS], [TROUSERS, TSHIRT]], ids=["dress", "untucked"])
def test_no_skin_shows_through_coarse_cloth(
    outfitter: Outfitter, mean_body: Body, worn: list[Garment], level: int
) -> None:
    fine, coarse = (outfitter.dress(mean_body, BALD, worn, detail) for detail in (0, level))
    assert skin_through_cloth(fine, coarse) == 0


@pytest.mark.parametrize("level", [0, *COARSE])
def test_covered_skin_sinks_and_no_other(outfitter: Outfitter, some_body: Body, level: int) -> None:
    bare = outfitter.bare(some_body, BALD)[0]
    worn = outfitter.dress(some_body, BALD, [TROUSERS, TSHIRT], level)[0]
    assert worn.origin is not None
    depth = np.einsum("ij,ij->i", bare.positions[worn.origin] - worn.positions, worn.normals)
    sunk = depth > 1e-6
    np.testing.assert_allclose(depth[sunk], lod.SUNK_M[level], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(worn.positions[~sunk], bare.positions[worn.origin[~sunk]])
    # A triangle that has sunk whole would not be there.
    assert not sunk[worn.triangles].all(axis=1).any()
    assert sunk.any() == (level > 0)


def test_the_check_finds_skin_that_shows(outfitter: Outfitter, mean_body: Body) -> None:
    fine = outfitter.dress(mean_body, BALD, [DRESS])
    sunk = [
        part if part.origin is not None else replace(part, positions=part.positions - 0.012 * part.normals)
        for part in fine
    ]
    assert skin_through_cloth(fine, sunk) > 20


@pytest.mark.parametrize("level", COARSE)
def test_clothes_and_hair_keep_the_bodys_share(outfitter: Outfitter, mean_body: Body, level: int) -> None:
    share = lod.BODY_TRIANGLES[level] / lod.BODY_TRIANGLES[0]
    fine = outfitter.dress(mean_body, LONG, [TROUSERS, TSHIRT])
    coarse = outfitter.dress(mean_body, LONG, [TROUSERS, TSHIRT], level)
    assert [part.name for part in coarse] == [part.name for part in fine]
    for before, after in zip(fine[5:], coarse[5:], strict=True):
        count = (surface.areas(before.positions, before.triangles) ** 2).sum(axis=1) > 1e-20
        assert len(after.triangles) == pytest.approx(share * count.sum(), rel=0.02)
        assert (np.ptp(after.positions, axis=0) > 0.95 * np.ptp(before.positions, axis=0)).all()
        np.testing.assert_allclose(np.linalg.norm(after.normals, axis=1), 1.0, atol=1e-4)


def test_the_same_request_gives_the_same_mesh(
    outfitter: Outfitter, another: Outfitter, mean_body: Body
) -> None:
    again = another.dress(mean_body, LONG, [DRESS], 2)
    for one, other in zip(outfitter.dress(mean_body, LONG, [DRESS], 2), again, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
        np.testing.assert_array_equal(one.triangles, other.triangles)
