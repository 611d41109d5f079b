"""VRM 1.0 files: a GLB with a humanoid map, expressions and the terms of its use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.mesher.adapters.glb import GlbFile
from services.mesher.domain.expressions import VRM_CUSTOM, VRM_PRESETS, Weights
from services.mesher.domain.gaze import BONES as EYES
from services.mesher.domain.model import Compression, FileOptions, Scene
from services.mesher.domain.surface import FloatArray

_EXTENSION = "VRMC_vrm"
_TRUNK = {
    "hips": "Hips",
    "spine": "Spine",
    "chest": "Spine1",
    "upperChest": "Spine2",
    "neck": "Neck",
    "head": "Head",
}
_LIMBS = {
    "Eye": "Eye",
    "UpperLeg": "UpLeg",
    "LowerLeg": "Leg",
    "Foot": "Foot",
    "Toes": "ToeBase",
    "Shoulder": "Shoulder",
    "UpperArm": "Arm",
    "LowerArm": "ForeArm",
    "Hand": "Hand",
}
_PHALANGES = ("Proximal", "Intermediate", "Distal")
# VRM names the thumb's bones as anatomists do.
_FINGERS = {
    "Thumb": ("Metacarpal", "Proximal", "Distal"),
    "Index": _PHALANGES,
    "Middle": _PHALANGES,
    "Ring": _PHALANGES,
    "Little": _PHALANGES,
}
_MIXAMO_FINGERS = {"Little": "Pinky"}
# Degrees by which the face shapes of the gaze turn an eyeball; farther than that, eyes do not follow.
_GAZE_ACROSS, _GAZE_UP, _GAZE_DOWN = 15.0, 10.0, 11.0


def _humanoid() -> dict[str, str]:
    """Our bone for each of VRM's."""
    bones = dict(_TRUNK)
    for side in ("left", "right"):
        ours = side.capitalize()
        bones |= {f"{side}{theirs}": f"{ours}{limb}" for theirs, limb in _LIMBS.items()}
        for finger, phalanges in _FINGERS.items():
            name = f"{ours}Hand{_MIXAMO_FINGERS.get(finger, finger)}"
            bones |= {
                f"{side}{finger}{phalanx}": f"{name}{n}" for n, phalanx in enumerate(phalanges, start=1)
            }
    return bones


HUMANOID: Mapping[str, str] = _humanoid()
"""Bone of the rig by VRM's name for it."""


class VrmWriter:
    """A scene in T pose with the face shapes that VRM's expressions need; never compressed, as few engines could read it."""

    media_type = "model/gltf-binary"

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file."""
        file = GlbFile(scene, Compression.NONE)
        file.document.use(_EXTENSION, required=False)
        file.document.extensions[_EXTENSION] = {
            "specVersion": "1.0",
            "meta": _meta(scene),
            "humanoid": {
                "humanBones": {
                    name: {"node": file.bones[bone]} for name, bone in HUMANOID.items() if bone in file.bones
                }
            },
            "expressions": {
                "preset": _expressions(scene, file.parts, VRM_PRESETS),
                "custom": _expressions(scene, file.parts, VRM_CUSTOM),
            },
            "lookAt": _look_at(scene),
            "firstPerson": {"meshAnnotations": [{"node": node, "type": "auto"} for node in file.parts]},
        }
        return file.pack()


def _meta(scene: Scene) -> dict[str, Any]:
    """Free to use, change and pass on, as everything in it is."""
    return {
        "name": "Avatar",
        "version": str(scene.extras["modelVersion"]),
        "authors": ["Atelier"],
        "licenseUrl": "https://vrm.dev/licenses/1.0/",
        "otherLicenseUrl": "https://creativecommons.org/publicdomain/zero/1.0/",
        "thirdPartyLicenses": "; ".join(
            f"{part['name']}: {part['licence']}, {part['source']}" for part in scene.extras["parts"]
        ),
        "avatarPermission": "everyone",
        "commercialUsage": "corporation",
        "creditNotation": "unnecessary",
        "allowRedistribution": True,
        "modification": "allowModificationRedistribution",
    }


def _expressions(scene: Scene, nodes: list[int], expressions: Mapping[str, Weights]) -> dict[str, Any]:
    """Every expression bound to the meshes that its shapes move."""
    places: dict[str, list[tuple[int, int]]] = {}
    for part, node in zip(scene.parts, nodes, strict=True):
        for index, morph in enumerate(part.morphs):
            if len(morph.vertices):
                places.setdefault(morph.name, []).append((node, index))
    return {
        name: {
            "morphTargetBinds": [
                {"node": node, "index": index, "weight": weight}
                for shape, weight in weights.items()
                for node, index in places.get(shape, [])
            ]
        }
        for name, weights in expressions.items()
    }


def _look_at(scene: Scene) -> dict[str, Any]:
    """The gaze moves the face's shapes, from between the eyes."""
    place: dict[str, FloatArray] = dict(zip(scene.rig.bones, scene.rig.heads, strict=True))
    between = sum(place[bone] for bone in EYES) / len(EYES) - place["Head"]
    across, up, down = (
        {"inputMaxValue": degrees, "outputScale": 1.0} for degrees in (_GAZE_ACROSS, _GAZE_UP, _GAZE_DOWN)
    )
    return {
        "type": "expression",
        "offsetFromHeadBone": [round(float(value), 6) for value in between],
        "rangeMapHorizontalInner": across,
        "rangeMapHorizontalOuter": across,
        "rangeMapVerticalUp": up,
        "rangeMapVerticalDown": down,
    }
