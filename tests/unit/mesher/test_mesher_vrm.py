"""VRM files against the words of the VRM 1.0 specification."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bodymodel.expressions import ARKIT, EXPRESSIONS
from services.mesher.adapters.vrm import HUMANOID, VrmWriter
from services.mesher.domain.expressions import VRM_SHAPES, canonical
from services.mesher.domain.model import FileFormat, FileOptions, RestPose
from tests.unit.mesher import khronos
from tests.unit.mesher.glb_reader import Glb
from tests.unit.mesher.scenes import Studio

OPTIONS = FileOptions(format=FileFormat.VRM, pose=RestPose.T, morph_targets=canonical(VRM_SHAPES))
REQUIRED_BONES = {
    "hips",
    "spine",
    "head",
    *(
        f"{side}{half}{limb}"
        for side in ("left", "right")
        for half in ("Upper", "Lower")
        for limb in ("Leg", "Arm")
    ),
    *(f"{side}{end}" for side in ("left", "right") for end in ("Foot", "Hand")),
}
PARENTS = {"spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck"} | {
    f"{side}{bone}": parent if parent in ("hips", "upperChest", "head") else f"{side}{parent}"
    for side in ("left", "right")
    for bone, parent in {
        "Eye": "head",
        "UpperLeg": "hips",
        "LowerLeg": "UpperLeg",
        "Foot": "LowerLeg",
        "Toes": "Foot",
        "Shoulder": "upperChest",
        "UpperArm": "Shoulder",
        "LowerArm": "UpperArm",
        "Hand": "LowerArm",
        "ThumbMetacarpal": "Hand",
        "ThumbProximal": "ThumbMetacarpal",
        "ThumbDistal": "ThumbProximal",
        **{
            f"{finger}{phalanx}": parent
            for finger in ("Index", "Middle", "Ring", "Little")
            for phalanx, parent in (
                ("Proximal", "Hand"),
                ("Intermediate", f"{finger}Proximal"),
                ("Distal", f"{finger}Intermediate"),
            )
        },
    }.items()
}
PRESETS = {
    *("happy", "angry", "sad", "relaxed", "surprised", "neutral"),
    *("aa", "ih", "ou", "ee", "oh"),
    *("blink", "blinkLeft", "blinkRight"),
    *("lookUp", "lookDown", "lookLeft", "lookRight"),
}


@pytest.fixture(scope="module")
def written(studio: Studio) -> bytes:
    return VrmWriter().write(studio.scene(OPTIONS), OPTIONS)


@pytest.fixture(scope="module")
def vrm(written: bytes) -> Glb:
    return Glb(written)


@pytest.fixture(scope="module")
def extension(vrm: Glb) -> dict[str, Any]:
    found: dict[str, Any] = vrm.content["extensions"]["VRMC_vrm"]
    return found


def test_it_is_a_vrm_that_any_gltf_reader_opens(vrm: Glb, extension: dict[str, Any]) -> None:
    assert extension["specVersion"] == "1.0"
    assert vrm.content["extensionsUsed"] == ["VRMC_vrm"]
    assert "extensionsRequired" not in vrm.content


def test_the_humanoid_has_every_bone_of_the_specification(vrm: Glb, extension: dict[str, Any]) -> None:
    bones = {name: bone["node"] for name, bone in extension["humanoid"]["humanBones"].items()}
    assert set(bones) >= REQUIRED_BONES
    assert set(bones) == {"hips", *PARENTS} == set(HUMANOID)
    assert len(set(bones.values())) == len(bones)
    above = {
        child: node for node, each in enumerate(vrm.content["nodes"]) for child in each.get("children", [])
    }
    for bone, parent in PARENTS.items():
        assert above[bones[bone]] == bones[parent], bone
    joints = vrm.content["skins"][0]["joints"]
    assert set(bones.values()) == set(joints)


def test_the_avatar_faces_forward_and_stands_on_the_floor(vrm: Glb, extension: dict[str, Any]) -> None:
    bones, world = extension["humanoid"]["humanBones"], vrm.world()

    def place(bone: str) -> Any:
        return world[bones[bone]["node"]][:3, 3]

    assert place("leftHand")[0] > 0.3 > -0.3 > place("rightHand")[0]
    assert place("leftToes")[2] > place("leftFoot")[2] + 0.1
    assert place("leftEye")[2] > place("head")[2] + 0.02
    body = vrm.skinned("body")
    assert abs(body[:, 1].min()) < 1e-3
    assert 1.4 < np.ptp(body[:, 1]) < 2.0
    assert all("scale" not in node and "matrix" not in node for node in vrm.content["nodes"])


def test_every_expression_moves_what_its_name_says(vrm: Glb, extension: dict[str, Any]) -> None:
    expressions = extension["expressions"]
    assert set(expressions["preset"]) == PRESETS
    assert set(expressions["custom"]) == set(ARKIT)
    for name, expression in (expressions["preset"] | expressions["custom"]).items():
        for bind in expression["morphTargetBinds"]:
            mesh = vrm.content["meshes"][vrm.content["nodes"][bind["node"]]["mesh"]]
            shape = mesh["extras"]["targetNames"][bind["index"]]
            assert shape in VRM_SHAPES
            assert 0.0 < bind["weight"] <= 1.0
            assert np.abs(vrm.target(mesh["name"], shape, "POSITION")).max() > 0.0, (name, shape)
        assert bool(expression["morphTargetBinds"]) == (name != "neutral"), name


def test_left_and_right_are_the_avatars(extension: dict[str, Any], vrm: Glb) -> None:
    def shapes(name: str) -> set[str]:
        names = vrm.content["meshes"][0]["extras"]["targetNames"]
        return {names[bind["index"]] for bind in extension["expressions"]["preset"][name]["morphTargetBinds"]}

    assert shapes("lookLeft") == {"eyeLookOutLeft", "eyeLookInRight"}
    assert shapes("lookRight") == {"eyeLookInLeft", "eyeLookOutRight"}
    assert shapes("blinkLeft") == {"eyeBlinkLeft"}
    assert shapes("aa") == {"viseme_aa"}


def test_the_terms_are_open_and_name_their_sources(extension: dict[str, Any]) -> None:
    meta = extension["meta"]
    assert meta["licenseUrl"] == "https://vrm.dev/licenses/1.0/"
    assert (meta["name"], meta["version"], meta["authors"]) == ("Avatar", "test", ["Atelier"])
    assert (meta["avatarPermission"], meta["commercialUsage"]) == ("everyone", "corporation")
    assert (meta["creditNotation"], meta["allowRedistribution"]) == ("unnecessary", True)
    assert meta["modification"] == "allowModificationRedistribution"
    assert all(
        word in meta["thirdPartyLicenses"] for word in ("CC0-1.0", "Apache-2.0", "body", "face shapes")
    )


def test_the_gaze_starts_between_the_eyes(vrm: Glb, extension: dict[str, Any]) -> None:
    world, bones = vrm.world(), extension["humanoid"]["humanBones"]
    left, right, head = (world[bones[name]["node"]][:3, 3] for name in ("leftEye", "rightEye", "head"))
    look = extension["lookAt"]
    assert look["type"] == "expression"
    np.testing.assert_allclose(head + look["offsetFromHeadBone"], (left + right) / 2, atol=1e-5)


def test_first_person_names_every_mesh(vrm: Glb, extension: dict[str, Any]) -> None:
    meshes = [node for node, each in enumerate(vrm.content["nodes"]) if "mesh" in each]
    assert extension["firstPerson"]["meshAnnotations"] == [{"node": node, "type": "auto"} for node in meshes]


def test_names_come_once_and_in_the_order_of_files() -> None:
    assert canonical([*reversed(EXPRESSIONS), "jawOpen"]) == EXPRESSIONS
    assert canonical(["noSuchShape", "viseme_aa", "browDownLeft"]) == (
        "browDownLeft",
        "viseme_aa",
        "noSuchShape",
    )


def test_the_validator_knows_all_but_the_extension(written: bytes, tmp_path: Path) -> None:
    (said,) = khronos.findings(written, tmp_path)
    assert (said["code"], said["pointer"]) == ("UNSUPPORTED_EXTENSION", "/extensionsUsed/0")
