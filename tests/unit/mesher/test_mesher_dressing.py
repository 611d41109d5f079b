"""What must hold for every garment on every body."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, Garment, HairPattern, Part
from services.mesher.domain.outfit import Outfitter
from tests.unit.mesher.conftest import DRESS, SKIRT, TROUSERS, TSHIRT

LOOK = Appearance("#d7a98c", HairPattern.NONE, "#3b2417")
OUTFITS = {"dress": [DRESS], "untucked": [TROUSERS, TSHIRT], "skirt": [SKIRT, TSHIRT]}


def cloth(parts: list[Part]) -> list[Part]:
    """What is worn: all that does not follow the template."""
    return [part for part in parts if part.origin is None]


def winding(points: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """How often a closed surface winds round each point: above one half is inside. By solid angles, exact.

    What does not depend on the point is worked out once, and distances once for each vertex: it takes a third of the time.
    """
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    offsets = np.einsum("ij,ij->i", a, normals)
    ab, bc, ca = (np.einsum("ij,ij->i", u, v) for u, v in ((a, b), (b, c), (c, a)))
    turns = np.zeros(len(points))
    for index, point in enumerate(points):
        la, lb, lc = np.linalg.norm(vertices - point, axis=1)[triangles.T]
        pa, pb, pc = (vertices @ point)[triangles.T]
        square = point @ point
        triple = offsets - normals @ point
        below = la * lb * lc + (
            (ab - pa - pb + square) * lc + (bc - pb - pc + square) * la + (ca - pc - pa + square) * lb
        )
        turns[index] = np.arctan2(triple, below).sum() / (2.0 * np.pi)
    return turns


def deepest(model: BodyModel, body: Body, part: Part, count: int = 250) -> np.ndarray:
    """Windings of the vertices and triangle centres of a part that lie nearest to the skin's inner side."""
    skin = body.vertices[: model.template.body_vertices].astype(np.float64)
    triangles = model.template.body.triangles
    corners = [skin[triangles[:, k]] for k in range(3)]
    face = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normals = np.zeros_like(skin)
    for k in range(3):
        np.add.at(normals, triangles[:, k], face)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = np.concatenate([part.positions, part.positions[part.triangles].mean(axis=1)]).astype(np.float64)
    distance, nearest = cKDTree(skin).query(points)
    height = np.einsum("ij,ij->i", points - skin[nearest], normals[nearest])
    height[distance > 0.05] = np.inf
    return winding(points[np.argsort(height)[:count]], skin, triangles)


@pytest.mark.parametrize("outfit", OUTFITS)
def test_no_cloth_lies_inside_the_body(
    model: BodyModel, outfitter: Outfitter, some_body: Body, outfit: str
) -> None:
    for part in cloth(outfitter.dress(some_body, LOOK, OUTFITS[outfit])):
        assert deepest(model, some_body, part).max() < 0.5, part.name


def test_the_inside_check_finds_cloth_that_is_inside(
    model: BodyModel, mean_body: Body, outfitter: Outfitter
) -> None:
    (part,) = cloth(outfitter.dress(mean_body, LOOK, [DRESS]))
    navel = model.template.landmarks["navel"].vertices[0]
    part.positions[0] = mean_body.vertices[navel] - [0.0, 0.0, 0.02]
    assert deepest(model, mean_body, part).max() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("worn", [DRESS, SKIRT, TROUSERS, TSHIRT], ids=lambda worn: worn.garment_id)
def test_lower_hems_are_level_within_two_millimetres(
    outfitter: Outfitter, some_body: Body, worn: Garment
) -> None:
    part = next(part for part in outfitter.dress(some_body, LOOK, [worn]) if part.name == worn.garment_id)
    levels = some_body.levels
    hem = levels.hem(worn.cut.hem)
    low = part.positions[part.positions[:, 1] < part.positions[:, 1].min() + 0.004]
    trunk = low[np.abs(low[:, 0]) < 0.3]
    assert np.ptp(trunk[:, 1]) < 0.004
    # The hem's lowest points lie all round the body, or the left leg.
    ring = trunk[trunk[:, 0] > 0.0] if worn is TROUSERS else trunk
    offset = ring - (ring.min(axis=0) + ring.max(axis=0)) / 2.0
    assert np.diff(np.sort(np.arctan2(offset[:, 0], offset[:, 2]))).max() < 0.5
    assert trunk[:, 1].mean() == pytest.approx(hem, abs=0.03)


def test_a_large_size_has_the_girths_that_were_sewn(outfitter: Outfitter, mean_body: Body) -> None:
    part = next(part for part in outfitter.dress(mean_body, LOOK, [TSHIRT]) if part.name == "tshirt")
    level = mean_body.levels.waist
    band = part.positions[
        (np.abs(part.positions[:, 1] - level) < 0.012) & (np.abs(part.positions[:, 0]) < 0.3)
    ]
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    girth = 2 * np.pi * (band[:, [0, 2]] @ np.stack([np.sin(angles), np.cos(angles)])).max(axis=0).mean()
    assert girth == pytest.approx(TSHIRT.girths.waist, rel=0.03)


def test_skin_under_cloth_is_left_out_and_no_other(
    model: BodyModel, outfitter: Outfitter, mean_body: Body
) -> None:
    whole = outfitter.bare(mean_body, LOOK)[0]
    dressed = outfitter.dress(mean_body, LOOK, [TROUSERS, TSHIRT])[0]
    assert len(whole.triangles) == len(model.template.body.triangles)
    kept = {tuple(np.round(point, 6)) for point in dressed.positions}
    lost = np.array([point for point in whole.positions if tuple(np.round(point, 6)) not in kept])
    worn = cloth(outfitter.dress(mean_body, LOOK, [TROUSERS, TSHIRT]))
    distance, _ = cKDTree(np.concatenate([part.positions for part in worn])).query(lost)
    assert len(lost) > 2000
    assert distance.max() < 0.08
    chin = mean_body.heads[model.template.bones.index("Head")][1]
    assert lost[:, 1].max() < chin


def test_weights_of_all_parts_sum_to_255(outfitter: Outfitter, mean_body: Body) -> None:
    look = Appearance("#d7a98c", HairPattern.LONG, "#3b2417")
    for part in outfitter.dress(mean_body, look, [DRESS]):
        assert (part.weights.astype(int).sum(axis=1) == 255).all()
        assert (part.joints[part.weights == 0] == 0).all()
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize("pattern", [HairPattern.CROP, HairPattern.BOB, HairPattern.LONG])
def test_hair_leaves_the_face_free(
    model: BodyModel, outfitter: Outfitter, mean_body: Body, pattern: HairPattern
) -> None:
    hair = outfitter.dress(mean_body, Appearance("#d7a98c", pattern, "#3b2417"), [])[-1]
    eyes = np.unique(model.template.groups["helper-l-eye"].quads)
    left = mean_body.vertices[eyes].mean(axis=0)
    face = (np.abs(hair.positions[:, 0]) < left[0] * 1.6) & (hair.positions[:, 2] > left[2] - 0.02)
    assert hair.positions[face, 1].min() > left[1] + 0.035
    crown = mean_body.vertices[: model.template.body_vertices, 1].max()
    assert hair.positions[:, 1].max() > crown
