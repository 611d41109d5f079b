"""Whole avatars in a pose: everything goes with the body, files keep their skeletons, and nothing runs through cloth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from bodypose.skeleton import IDENTITY, Pose, Support, pose_of
from bodypose.skeleton import turned as by
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain import surface
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.delivery import prepared
from services.mesher.domain.gaze import BONES as EYES
from services.mesher.domain.model import (
    Appearance,
    FileOptions,
    HairPattern,
    Morph,
    Part,
    RestPose,
    Rig,
    Scene,
)
from services.mesher.domain.obstacle import Layer, Obstacle
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.variants import Variants
from services.mesher.domain.weld import Weld
from tests.unit.bodypose.angles import HANDS_ON_HIPS, SEATED, STRIDE, Angles, turned
from tests.unit.mesher import khronos
from tests.unit.mesher.conftest import DRESS, SKIRT, TROUSERS, TSHIRT
from tests.unit.mesher.glb_reader import Glb

REST = Pose({})
LOOK = Appearance("#d7a98c", HairPattern.LONG, "#3b2417")
POSES = {"hips": HANDS_ON_HIPS, "seated": SEATED, "stride": STRIDE}


@pytest.fixture(scope="module")
def poser(model: BodyModel, outfitter: Outfitter) -> Poser:
    return Poser(model, outfitter)


@pytest.fixture(scope="module")
def clothed(model: BodyModel, outfitter: Outfitter, mean_body: Body) -> Scene:
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    return Scene(outfitter.dress(mean_body, LOOK, [TROUSERS, SKIRT, TSHIRT]), rig, {"modelVersion": "test"})


def named(scene: Scene, name: str) -> Part:
    return next(part for part in scene.parts if part.name == name)


def held(poser: Poser, body: Body, angles: Angles, support: Support = Support.FEET) -> Pose:
    return poser.hold(body, pose_of(turned(angles), support)).pose


def test_the_rest_pose_is_the_avatar_to_the_bit(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    posed = poser.figure(clothed, mean_body).at(REST)
    for before, after in zip(clothed.parts, posed.parts, strict=True):
        still = (after.positions == before.positions).all()
        # Cloth and hair that lie nearer to the skin than a pose allows are lifted.
        assert still or before.name in {"hair", "skirt", "trousers", "tshirt"}
        np.testing.assert_allclose(after.positions, before.positions, rtol=0, atol=0.012)
    body = named(clothed, "body")
    np.testing.assert_allclose(named(posed, "body").normals, body.normals, atol=1e-6)


def test_a_turned_body_takes_all_its_meshes_along(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    figure = poser.figure(clothed, mean_body)
    half_turn = Pose({"Hips": (0.0, 1.0, 0.0, 0.0)})
    hips = mean_body.heads[0].astype(np.float64)
    for before, after in zip(figure.at(REST).parts, figure.at(half_turn).parts, strict=True):
        around = by(np.array([0.0, 1.0, 0.0, 0.0]), before.positions - hips) + hips
        np.testing.assert_allclose(after.positions, around, rtol=0, atol=2e-6)
        np.testing.assert_allclose(after.normals, before.normals * [-1.0, 1.0, -1.0], rtol=0, atol=1e-3)


@pytest.mark.parametrize("angles", POSES.values(), ids=POSES)
def test_the_body_stands_on_the_floor_and_normals_are_unit_vectors(
    poser: Poser, clothed: Scene, mean_body: Body, angles: Angles
) -> None:
    posed = poser.figure(clothed, mean_body).at(held(poser, mean_body, angles))
    assert named(posed, "body").positions[:, 1].min() == pytest.approx(0.0, abs=1e-6)
    for part in posed.parts:
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-5)
        assert {str(part.positions.dtype), str(part.normals.dtype)} == {"float32"}


@pytest.mark.parametrize("angles", POSES.values(), ids=POSES)
def test_cloth_stays_outside_of_the_skin(
    poser: Poser, outfitter: Outfitter, clothed: Scene, mean_body: Body, angles: Angles
) -> None:
    bare = replace(clothed, parts=[*outfitter.bare(mean_body, LOOK), *clothed.parts[-4:]])
    posed = poser.figure(bare, mean_body).at(held(poser, mean_body, angles))
    skin = named(posed, "body")
    solid = Obstacle.of([Layer(skin.positions, skin.normals, np.ones(len(skin.positions), bool))])
    # Seated, a shirt's hem lies in the lap, and its sleeves on its sides.
    for name in ("trousers",) if angles is SEATED else ("trousers", "tshirt"):
        height, _ = solid.heights(named(posed, name).positions.astype(np.float64))
        # In the depth of a crease cloth is nearest to the skin of the other side.
        assert (height < 0.0).mean() < 0.01


def test_trousers_of_who_squats_are_spread_out_where_thighs_lay_on_each_other(
    poser: Poser, model: BodyModel, outfitter: Outfitter, mean_body: Body
) -> None:
    parts = outfitter.dress(mean_body, LOOK, [TROUSERS])
    scene = Scene(parts, Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads), {})
    squat: Angles = {"UpLeg": (105, 35, 0), "Leg": (120, 0, 0), "Foot": (25, 0, 0)}
    rest = named(scene, "trousers")
    trousers = named(poser.figure(scene, mean_body).at(held(poser, mean_body, squat)), "trousers")
    weld = Weld.of(np.column_stack([rest.positions, rest.joints, rest.weights]), rest.triangles)
    triangles = weld.place[trousers.triangles]
    across = surface.areas(weld.joined(trousers.positions.astype(np.float64)), triangles)
    # The way that cloth faces there as a whole.
    ways = weld.evened(surface.incidence(triangles, len(weld.first)) @ across, 6)
    crotch = np.array([0.0, mean_body.levels.crotch - 0.02, mean_body.heads[0, 2]])
    between = (np.abs(rest.positions - crotch) < [0.03, 0.05, 0.06]).all(axis=1)
    turned_over = np.einsum("tx,tx->t", across, ways[triangles].sum(axis=1)) < 0.0
    assert between.sum() > 100
    assert not turned_over[between[trousers.triangles].all(axis=1)].any()
    assert np.einsum("px,px->p", trousers.normals, surface.unit(weld.spread(ways)))[between].min() > 0.0


def test_a_skirt_lies_on_the_seat_and_turns_down_over_its_edge(
    poser: Poser, model: BodyModel, clothed: Scene, mean_body: Body
) -> None:
    figure = poser.figure(clothed, mean_body)
    standing = figure.at(held(poser, mean_body, SEATED))
    seated = figure.at(held(poser, mean_body, SEATED, Support.SEAT))
    knees = seated.rig.heads[clothed.rig.bones.index("LeftLeg"), 2]
    hanging, lying = (named(scene, "skirt").positions for scene in (standing, seated))
    below = lying[lying[:, 2] < knees - 0.15, 1]
    # On the seat cloth lies in a layer of a centimetre; without one it hangs farther down.
    without = hanging[hanging[:, 2] < knees - 0.15, 1]
    assert (below < below.min() + 0.012).mean() > 0.2
    assert (without < without.min() + 0.012).mean() < 0.1
    assert hanging[hanging[:, 2] < knees - 0.15, 1].min() < below.min() - 0.10
    skin = [named(scene, "body").positions for scene in (standing, seated)]
    np.testing.assert_array_equal(skin[0], skin[1])


def test_trousers_go_with_shins_that_are_drawn_under_a_seat(
    poser: Poser, clothed: Scene, mean_body: Body
) -> None:
    tucked = held(poser, mean_body, {"UpLeg": (85, 5, 0), "Leg": (125, 0, 0)}, Support.SEAT)
    posed = poser.figure(clothed, mean_body).at(tucked)
    shins = named(posed, "trousers").positions
    ankle = posed.rig.heads[posed.rig.bones.index("LeftFoot"), 1]
    assert shins[:, 1].min() < ankle + 0.05


def test_a_long_dress_does_not_go_through_the_floor(
    poser: Poser, model: BodyModel, outfitter: Outfitter, mean_body: Body
) -> None:
    cut = replace(DRESS.cut, hem=1.0)
    parts = outfitter.dress(mean_body, LOOK, [replace(DRESS, cut=cut)])
    scene = Scene(parts, Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads), {})
    kneeling = turned({"Leg": (110, 0, 0), "UpLeg": (20, 0, 0)})
    posed = poser.figure(scene, mean_body).at(poser.hold(mean_body, pose_of(kneeling)).pose)
    assert named(posed, "dress").positions[:, 1].min() > 0.0


def test_face_shapes_turn_with_the_head(poser: Poser, clothed: Scene, mean_body: Body) -> None:
    body = named(clothed, "body")
    up = np.zeros_like(body.positions)
    up[:, 1] = 0.01
    shape = Morph("shape", np.arange(len(up)), up, 0.0 * up)
    scene = replace(clothed, parts=[replace(body, morphs=(shape,))])
    nodding = pose_of(turned({"Head": (25, 0, 0)}))
    (morph,) = named(poser.figure(scene, mean_body).at(nodding), "body").morphs
    head = (body.joints[:, 0] == clothed.rig.bones.index("Head")) & (body.weights[:, 0] == 255)
    forward = np.radians(25.0)
    expected = 0.01 * np.array([0.0, np.cos(forward), np.sin(forward)])
    np.testing.assert_allclose(morph.offsets[head], np.tile(expected, (head.sum(), 1)), atol=1e-4)
    legs = body.joints[:, 0] == clothed.rig.bones.index("LeftLeg")
    assert (morph.offsets[legs] == up[legs]).all()


def test_joints_beyond_their_limits_are_turned_back_and_told(poser: Poser, mean_body: Body) -> None:
    backwards = Pose({"LeftLeg": (-0.7071, 0.0, 0.0, 0.7071)})
    kept = poser.hold(mean_body, backwards)
    assert kept.clamped_bones == ("LeftLeg",)
    assert poser.hold(mean_body, kept.pose).clamped_bones == ()


def world(glb: Glb) -> dict[str, tuple[np.ndarray, Rotation]]:
    """Where each node of a file is, and how it is turned, by its name."""
    nodes = glb.content["nodes"]
    parent = {child: at for at, node in enumerate(nodes) for child in node.get("children", [])}

    def place(at: int) -> tuple[np.ndarray, Rotation]:
        node = nodes[at]
        move = np.array(node.get("translation", (0.0, 0.0, 0.0)))
        turn = Rotation.from_quat(node.get("rotation", IDENTITY))
        if at not in parent:
            return move, turn
        above, around = place(parent[at])
        return above + around.apply(move), around * turn

    return {node["name"]: place(at) for at, node in enumerate(nodes)}


def skinned(glb: Glb, mesh: str) -> np.ndarray:
    """(n, 3) a mesh as an engine shows it: blended by the file's own nodes and bind matrices."""
    places = world(glb)
    names = [glb.content["nodes"][joint]["name"] for joint in glb.content["skins"][0]["joints"]]
    bind = glb.accessor(glb.content["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    frames = np.tile(np.eye(4), (len(names), 1, 1))
    for at, name in enumerate(names):
        frames[at, :3, 3], turn = places[name]
        frames[at, :3, :3] = turn.as_matrix()
    frames = frames @ bind
    primitive = next(entry for entry in glb.content["meshes"] if entry["name"] == mesh)["primitives"][0]
    points, joints, weights = (
        glb.accessor(primitive["attributes"][name]) for name in ("POSITION", "JOINTS_0", "WEIGHTS_0")
    )
    corners = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    blended: np.ndarray = np.einsum("nk,nkij,nj->ni", weights, frames[joints], corners)[:, :3]
    return blended


def written(
    poser: Poser, model: BodyModel, outfitter: Outfitter, scene: Scene, body: Body, **options: object
) -> Glb:
    wanted = FileOptions(**options)  # type: ignore[arg-type]
    bound = Variants(model, outfitter).make(scene, body, wanted)
    posed = poser.taken(bound, body, held(poser, body, STRIDE))
    return Glb(GlbWriter().write(prepared(posed, wanted), wanted))


def test_a_glb_holds_the_pose_in_its_nodes(
    poser: Poser, model: BodyModel, outfitter: Outfitter, clothed: Scene, mean_body: Body
) -> None:
    bare = replace(clothed, parts=outfitter.bare(mean_body, LOOK))
    posed = written(poser, model, outfitter, bare, mean_body)
    still = Glb(GlbWriter().write(prepared(bare, FileOptions()), FileOptions()))
    for name in ("POSITION", "NORMAL", "WEIGHTS_0"):
        first, second = (
            glb.content["meshes"][0]["primitives"][0]["attributes"][name] for glb in (posed, still)
        )
        np.testing.assert_array_equal(posed.accessor(first), still.accessor(second))
    skin = skinned(posed, "body")
    assert skin[:, 1].min() == pytest.approx(0.0, abs=2e-4)
    baked = named(poser.figure(bare, mean_body).at(held(poser, mean_body, STRIDE)), "body").positions
    assert np.linalg.norm(skin - baked, axis=1).mean() < 0.01
    assert skinned(still, "body") == pytest.approx(bare.parts[0].positions, abs=1e-5)


def test_a_pose_is_the_same_from_either_rest_pose(
    poser: Poser, model: BodyModel, outfitter: Outfitter, clothed: Scene, mean_body: Body
) -> None:
    from_a = world(written(poser, model, outfitter, clothed, mean_body))
    from_t = world(written(poser, model, outfitter, clothed, mean_body, pose=RestPose.T))
    for name in (*clothed.rig.bones, *EYES):
        assert from_a[name][0] == pytest.approx(from_t[name][0], abs=1e-5)
    assert (from_a["LeftHand"][1] * from_t["LeftHand"][1].inv()).magnitude() < 0.1


def test_the_validator_finds_nothing_to_say_of_a_posed_file(
    poser: Poser, model: BodyModel, outfitter: Outfitter, clothed: Scene, mean_body: Body, tmp_path: Path
) -> None:
    options = FileOptions(pose=RestPose.T, morph_targets=("jawOpen",))
    bound = Variants(model, outfitter).make(clothed, mean_body, options)
    posed = prepared(poser.taken(bound, mean_body, held(poser, mean_body, SEATED)), options)
    first, second = (GlbWriter().write(posed, options) for _ in range(2))
    assert first == second
    assert khronos.findings(first, tmp_path) == []
