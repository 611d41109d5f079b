"""How hair lies: closed, smooth and outside of the skull; parted where it is long; thin where it begins and ends."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from services.mesher.domain import hair, surface
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.combing import PLACES, ROWS, STRANDS
from services.mesher.domain.model import Appearance, HairPattern, Part
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.surface import FloatArray, IntArray
from tests.unit.mesher.conftest import DRESS

SHORT, PARTED = (HairPattern.CROP,), (HairPattern.BOB, HairPattern.LONG)
FRONT = STRANDS // 2 - 1, STRANDS // 2
"""The foremost strands of both sides."""


def worn(outfitter: Outfitter, body: Body, pattern: HairPattern) -> Part:
    return outfitter.dress(body, Appearance("#d7a98c", pattern, "#3b2417"), [DRESS])[-1]


def rows_of(part: Part) -> FloatArray:
    return part.positions.reshape(-1, STRANDS, 3).astype(np.float64)


def scalp(part: Part) -> IntArray:
    """(m, 3) its triangles on the skull that have an area."""
    size = np.linalg.norm(surface.areas(part.positions, part.triangles), axis=1)
    on_skull = np.all(part.triangles < ROWS * STRANDS, axis=1)
    kept: IntArray = part.triangles[on_skull & (size > 1e-10)]
    return kept


def open_edges(part: Part) -> set[tuple[int, int]]:
    times = Counter(
        (min(pair), max(pair))
        for triangle in part.triangles.tolist()
        for pair in zip(triangle, triangle[1:] + triangle[:1], strict=True)
    )
    return {edge for edge, count in times.items() if count == 1}


def test_short_hair_is_open_at_the_hairline_alone(outfitter: Outfitter, mean_body: Body) -> None:
    last = (ROWS - 1) * STRANDS
    around = [(last + strand, last + (strand + 1) % STRANDS) for strand in range(STRANDS)]
    crop = worn(outfitter, mean_body, HairPattern.CROP)
    assert open_edges(crop) == {(min(edge), max(edge)) for edge in around}


@pytest.mark.parametrize("pattern", [*SHORT, *PARTED])
def test_hair_on_the_skull_faces_outwards(
    outfitter: Outfitter, mean_body: Body, pattern: HairPattern
) -> None:
    part = worn(outfitter, mean_body, pattern)
    triangles, points = scalp(part), part.positions[: ROWS * STRANDS]
    middle = (points.max(axis=0) + points.min(axis=0)) / 2.0
    ways = part.positions[triangles].mean(axis=1) - middle
    outwards = np.einsum("ij,ij->i", surface.areas(part.positions, triangles), ways)
    assert (outwards > 0.0).mean() > 0.995


@pytest.mark.parametrize("pattern", [*SHORT, *PARTED])
def test_the_crown_is_smooth(outfitter: Outfitter, mean_body: Body, pattern: HairPattern) -> None:
    """Against the sky it is a line without corners, as the skull's large triangles would have: strands bend evenly."""
    along = np.diff(rows_of(worn(outfitter, mean_body, pattern))[:ROWS], axis=0)
    along /= np.linalg.norm(along, axis=2, keepdims=True)
    bends = np.degrees(np.arccos(np.clip(np.einsum("rsx,rsx->rs", along[1:], along[:-1]), -1.0, 1.0)))
    # Beside the parting, where hair rises, and at the hairline they may.
    assert np.abs(np.diff(bends, axis=0))[6:15].max() < 6.0


@pytest.mark.parametrize("pattern", [*SHORT, *PARTED])
def test_hair_lies_outside_of_the_skull(
    model: BodyModel, outfitter: Outfitter, mean_body: Body, pattern: HairPattern
) -> None:
    part = worn(outfitter, mean_body, pattern)
    skin = outfitter.bare(mean_body, Appearance("#d7a98c", HairPattern.NONE, ""))[0]
    skull = Obstacle.of([Layer(skin.positions, skin.normals, np.ones(len(skin.positions), bool))])
    # Away from edges, where it comes out of the skin.
    inner = rows_of(part)[: ROWS - 12, np.abs(PLACES) > 0.25]
    height, _ = skull.heights(inner.reshape(-1, 3).astype(np.float32))
    assert height.min() > 0.004
    assert height[np.isfinite(height)].max() < 0.03


@pytest.mark.parametrize("pattern", PARTED)
def test_long_hair_is_parted(outfitter: Outfitter, mean_body: Body, pattern: HairPattern) -> None:
    grid = rows_of(worn(outfitter, mean_body, pattern))
    # Both sides begin at one line, and nothing spans the face.
    np.testing.assert_allclose(grid[0], grid[0, ::-1], rtol=0, atol=1e-5)
    assert np.ptp(grid[0, :, 2]) > 0.08
    part = worn(outfitter, mean_body, pattern)
    sides = part.triangles % STRANDS
    assert not ((sides == FRONT[0]).any(axis=1) & (sides == FRONT[1]).any(axis=1)).any()


def test_long_hair_lies_side_by_side_on_the_back(outfitter: Outfitter, mean_body: Body) -> None:
    """Sheets that lie in each other would show through each other."""
    ends = rows_of(worn(outfitter, mean_body, HairPattern.LONG))[-5:]
    for half in (ends[:, : STRANDS // 2], ends[:, : STRANDS // 2 - 1 : -1]):
        assert (np.diff(np.abs(half[..., 0]), axis=1) > 0.0).mean() > 0.9


@pytest.mark.parametrize("pattern", [*SHORT, *PARTED])
def test_hair_thins_out_to_its_edges(outfitter: Outfitter, mean_body: Body, pattern: HairPattern) -> None:
    part = worn(outfitter, mean_body, pattern)
    density = hair.strands(part.positions).around[:, 2].reshape(-1, STRANDS)
    assert (density[-1] == 0.0).all()
    assert (np.diff(density[-4:], axis=0) < 0.0).any(axis=0).all()
    assert (density[ROWS // 2, np.abs(PLACES) > 0.2] == 1.0).all()
    foremost = density[2 : ROWS // 2, FRONT].max()
    assert (foremost < 0.2) == (pattern in PARTED)


def test_smoothing_takes_bumps_and_leaves_waves(outfitter: Outfitter, mean_body: Body) -> None:
    long = worn(outfitter, mean_body, HairPattern.LONG).positions
    at_rest = hair.eased(long)
    assert np.abs(at_rest - long)[:, 0].max() < 0.002
    bumps = np.zeros((len(long) // STRANDS, STRANDS, 3), np.float32)
    bumps[ROWS : ROWS + 15 : 2] = 0.006
    smooth = hair.eased(long + bumps.reshape(-1, 3)).reshape(-1, STRANDS, 3)
    shift = smooth - at_rest.reshape(-1, STRANDS, 3)
    assert np.abs(np.diff(shift[ROWS:], axis=0)).max() < 0.003
