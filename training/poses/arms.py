"""What arms do: each entry is one arm, written for the left one, and how people call it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.skeleton import INDEX
from training.poses.hands import HANDS
from training.poses.rig import Puppet, frame, upright
from training.poses.spots import SPOTS, Vector, on_skin

HOLDS = Path(__file__).parent / "holds.json"
_PALM_M = 0.016
"""From the middle of the hand's bones to the palm's skin."""
_KNUCKLES_M = 0.014
_TIP_M = 0.023
"""From the last joint of a finger to its tip."""
_MIRROR = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Hang:
    """An arm by its angles: degrees as `bodypose.joints` counts them."""

    shoulder: Vector
    elbow: float
    pronation: float = 0.0
    wrist: tuple[float, float] = (0.0, 0.0)
    """Flexion, and towards the thumb."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A hand that goes to a place. Vectors are the left hand's: X outward, Y up, Z forward."""

    at: str | tuple[str, Vector]
    """A spot of the skin, or a bone and a point of the resting body that goes with it."""
    fingers: Vector
    """Where the fingers point, as the bone of the spot carries it."""
    palm: Vector | None = None
    """Where the palm faces; onto the skin where nothing is said."""
    elbow: Vector = (0.8, -0.4, -0.5)
    """Where the elbow points, as the chest carries it."""
    touch: str = "palm"
    """What of the hand comes to the place: `palm`, `fingers`, `back` or `wrist`."""
    gap_mm: float = 3.0
    """Between skin and skin."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: where it is, the shape of its hand, and its name."""

    way: Hang | Reach
    zone: str
    """What it competes for: `low`, `hip`, `across`, `chest`, `head`, `air` or `ground`."""
    hand: str
    en: str
    """`{side}` is left or right, `{other}` the other one."""
    fr: str
    """`{side}` is gauche or droit, `{sidef}` gauche or droite, and so for the other."""
    both_en: str = ""
    both_fr: str = ""
    leaning: str = ""
    """`feminine` or `masculine` where it is a convention of one kind of photograph."""
    tag: str = ""


def held(name: str) -> Hang | Reach:
    """What an arm does, in a way that the middling body can."""
    way = ARMS[name].way
    if isinstance(way, Hang):
        return way
    found = read()[name]["hold"]
    palm = found["palm"]
    return replace(
        way,
        fingers=tuple(found["fingers"]),
        palm=None if palm is None else tuple(palm),
        elbow=tuple(found["elbow"]),
    )


@cache
def read() -> dict[str, Any]:
    """What `training.poses.settle` found; nothing where it has not run."""
    return json.loads(HOLDS.read_text(encoding="utf-8")) if HOLDS.exists() else {}


def place(puppet: Puppet, side: str, way: Hang | Reach, hand: str) -> None:
    """Put one arm and its hand where they belong; trunk, head and the other arm's targets must have been placed."""
    mirror = np.ones(3) if side == "Left" else _MIRROR
    if isinstance(way, Hang):
        puppet.swing_arm(side, way.shoulder, (way.elbow, way.pronation))
        puppet.tilt_hand(side, *way.wrist)
    else:
        _reach(puppet, side, way, mirror)
    for bone, angles in HANDS[hand].angles(side).items():
        puppet.bend(bone, *angles)


def _reach(puppet: Puppet, side: str, reach: Reach, mirror: FloatArray) -> None:
    bone, point, out = _target(reach, side, mirror)
    place: FloatArray
    if bone == "floor":
        # As the hips face, on the level.
        carried = upright(puppet.turned("Hips"))
        place = puppet.hips * [1.0, 0.0, 1.0] + [0.0, puppet.floor, 0.0] + carried @ point
    else:
        carried, place = puppet.turned(bone), puppet.point(bone, point)
    outward = carried @ out
    facing = -outward if reach.palm is None else carried @ (np.array(reach.palm) * mirror)
    hand = _hand(puppet, side, carried @ (np.array(reach.fingers) * mirror), facing)
    contact = _contact(puppet, side, reach.touch)
    target = place + reach.gap_mm / 1000.0 * outward
    elbow = puppet.turned("Spine2") @ (np.array(reach.elbow) * mirror)
    puppet.place_arm(side, target - hand @ contact, hand, elbow)


def _target(reach: Reach, side: str, mirror: FloatArray) -> tuple[str, FloatArray, FloatArray]:
    """The bone that carries the place, the place at rest, and which way is out of the skin there."""
    if isinstance(reach.at, str):
        bone = SPOTS[reach.at].bone
        point, out = on_skin(reach.at)
    else:
        bone, out = reach.at[0], np.zeros(3)
        point = np.array(reach.at[1])
    other = "Right" if side == "Left" else "Left"
    return bone.format(side=side, other=other), point * mirror, out * mirror


def _hand(puppet: Puppet, side: str, fingers: FloatArray, palm: FloatArray) -> FloatArray:
    """(3, 3) rotation of a hand whose fingers and palm point so."""
    along, facing = _axes(puppet, side)
    return frame(fingers, palm) @ frame(along, facing).T


def _axes(puppet: Puppet, side: str) -> tuple[FloatArray, FloatArray]:
    """Where the fingers point and the palm faces on the resting body."""
    at = {name: puppet.rest[INDEX[f"{side}Hand{name}"]] for name in ("Middle1", "Index1", "Pinky1")}
    along = at["Middle1"] - puppet.rest[INDEX[f"{side}Hand"]]
    facing = np.cross(along, at["Index1"] - at["Pinky1"]) * (1.0 if side == "Left" else -1.0)
    return along, facing / np.linalg.norm(facing)


def _contact(puppet: Puppet, side: str, touch: str) -> FloatArray:
    """(3,) from the wrist to what touches, on the resting body."""
    wrist = puppet.rest[INDEX[f"{side}Hand"]]
    along, facing = _axes(puppet, side)
    if touch == "palm":
        return 0.72 * along + _PALM_M * facing
    if touch == "back":
        return 0.72 * along - _KNUCKLES_M * facing
    if touch == "wrist":
        return np.zeros(3)
    tip = puppet.rest[INDEX[f"{side}HandMiddle3"]] - wrist
    end: FloatArray = tip + _TIP_M * along / np.linalg.norm(along) + 0.3 * _PALM_M * facing
    return end


ARMS: Mapping[str, Arm] = {
    # ---- low ------------------------------------------------------------------------------------------------------
    "down": Arm(Hang((0, -31, 6), 16, 12), "low", "relaxed", "", ""),
    "down back": Arm(
        Hang((-16, -28, 4), 10, 10), "low", "soft", "{side} arm drawn back", "bras {side} en retrait"
    ),
    "down front": Arm(
        Hang((14, -33, 12), 20, 18),
        "low",
        "relaxed",
        "{side} arm slightly forward",
        "bras {side} un peu en avant",
    ),
    "away": Arm(
        Hang((-4, -18, -8), 14, -10, (-14, 0)),
        "low",
        "soft",
        "{side} arm away from the body",
        "bras {side} écarté du corps",
        both_en="arms away from the body",
        both_fr="bras écartés du corps",
    ),
    "thigh": Arm(
        Reach("thigh", (-0.1, -1.0, 0.25), elbow=(0.75, 0.0, -0.65)),
        "low",
        "relaxed",
        "{side} hand on the thigh",
        "main {sidef} sur la cuisse",
        both_en="hands on the thighs",
        both_fr="mains sur les cuisses",
    ),
    "pocket": Arm(
        Reach("pocket", (-0.3, -0.95, 0.1), elbow=(0.75, 0.0, -0.7), gap_mm=2.0),
        "low",
        "pocketed",
        "{side} hand in the pocket",
        "main {sidef} dans la poche",
        both_en="hands in the pockets",
        both_fr="mains dans les poches",
        tag="pockets",
    ),
    "back pocket": Arm(
        Reach("back pocket", (-0.2, -0.95, 0.1), elbow=(0.75, 0.0, -0.8), gap_mm=2.0),
        "low",
        "pocketed",
        "{side} hand in the back pocket",
        "main {sidef} dans la poche arrière",
        both_en="hands in the back pockets",
        both_fr="mains dans les poches arrière",
        tag="pockets",
    ),
    "behind": Arm(
        Reach(
            "small of the back",
            (-0.95, 0.1, 0.0),
            palm=(0.0, 0.0, -1.0),
            elbow=(0.8, 0.0, -0.6),
            touch="back",
        ),
        "low",
        "relaxed",
        "{side} hand behind the back",
        "main {sidef} dans le dos",
        tag="behind-back",
    ),
    # ---- hip ------------------------------------------------------------------------------------------------------
    "hip": Arm(
        Reach("front of the hip", (-0.65, -0.45, 0.6), elbow=(0.95, 0.1, -0.35)),
        "hip",
        "cupped",
        "{side} hand on the hip",
        "main {sidef} sur la hanche",
        both_en="hands on the hips",
        both_fr="mains sur les hanches",
        tag="hand-on-hip",
    ),
    "hip back": Arm(
        Reach("back of the hip", (-0.6, -0.55, -0.55), elbow=(0.8, 0.0, -0.6)),
        "hip",
        "cupped",
        "{side} hand on the back of the hip",
        "main {sidef} à l'arrière de la hanche",
        both_en="hands on the back of the hips",
        both_fr="mains à l'arrière des hanches",
        tag="hand-on-hip",
    ),
    "hip fist": Arm(
        Reach(
            "hip",
            (-0.1, -0.75, 0.7),
            palm=(-0.35, 0.55, -0.6),
            elbow=(0.95, 0.1, -0.3),
            touch="wrist",
            gap_mm=34.0,
        ),
        "hip",
        "loose fist",
        "{side} fist on the hip",
        "poing {side} sur la hanche",
        both_en="fists on the hips",
        both_fr="poings sur les hanches",
        tag="hand-on-hip",
    ),
    "waist": Arm(
        Reach("waist", (-0.35, -0.2, 0.9), elbow=(0.95, 0.15, -0.3)),
        "hip",
        "cupped",
        "{side} hand at the waist",
        "main {sidef} à la taille",
        both_en="hands at the waist",
        both_fr="mains à la taille",
        leaning="feminine",
        tag="hand-on-hip",
    ),
    # ---- across ---------------------------------------------------------------------------------------------------
    "far elbow": Arm(
        Reach("far elbow", (-0.7, 0.3, 0.5), elbow=(0.9, -0.4, -0.2)),
        "across",
        "cupped",
        "{side} hand holding the {other} elbow",
        "main {sidef} tenant le coude {other}",
        tag="arms-across",
    ),
    "belly": Arm(
        Reach("belly", (-0.95, 0.05, 0.1), elbow=(0.95, -0.2, -0.2), gap_mm=5.0),
        "across",
        "relaxed",
        "{side} hand across the waist",
        "main {sidef} en travers de la taille",
        tag="arms-across",
    ),
    "far waist": Arm(
        Reach("far waist", (-0.85, -0.1, -0.35), elbow=(0.9, -0.3, 0.1), gap_mm=5.0),
        "across",
        "cupped",
        "{side} arm wrapped around the waist",
        "bras {side} autour de la taille",
        leaning="feminine",
        tag="arms-across",
    ),
    # ---- chest ----------------------------------------------------------------------------------------------------
    "heart": Arm(
        Reach("heart", (-0.9, 0.4, 0.05), elbow=(0.9, -0.5, -0.1), gap_mm=5.0),
        "chest",
        "soft",
        "{side} hand on the heart",
        "main {sidef} sur le cœur",
    ),
    # ---- head -----------------------------------------------------------------------------------------------------
    "chin": Arm(
        Reach(
            "chin",
            (-0.6, 0.7, -0.35),
            palm=(-0.3, 0.2, -0.9),
            elbow=(0.3, -0.9, 0.45),
            touch="fingers",
            gap_mm=6.0,
        ),
        "head",
        "cupped",
        "{side} hand at the chin",
        "main {sidef} au menton",
        tag="hand-to-face",
    ),
    "lips": Arm(
        Reach(
            "lips",
            (-0.6, 0.7, -0.35),
            palm=(-0.5, -0.2, -0.8),
            elbow=(0.4, -0.9, 0.35),
            touch="fingers",
            gap_mm=6.0,
        ),
        "head",
        "pointing",
        "a finger of the {side} hand at the lips",
        "un doigt de la main {sidef} aux lèvres",
        leaning="feminine",
        tag="hand-to-face",
    ),
    "jaw": Arm(
        Reach(
            "jaw",
            (-0.45, 0.7, -0.55),
            palm=(-0.8, 0.0, -0.5),
            elbow=(0.55, -0.8, 0.35),
            touch="fingers",
            gap_mm=6.0,
        ),
        "head",
        "soft",
        "{side} hand along the jaw",
        "main {sidef} le long de la mâchoire",
        tag="hand-to-face",
    ),
    "side of the neck": Arm(
        Reach("side of the neck", (-0.35, 0.4, -0.85), elbow=(0.75, -0.6, 0.35), touch="fingers", gap_mm=7.0),
        "head",
        "cupped",
        "{side} hand at the neck",
        "main {sidef} au cou",
        tag="hand-to-neck",
    ),
    "nape": Arm(
        Reach("nape", (-0.75, -0.2, -0.6), elbow=(0.85, 0.45, 0.3), touch="fingers", gap_mm=8.0),
        "head",
        "cupped",
        "{side} hand on the nape",
        "main {sidef} sur la nuque",
        both_en="hands on the nape",
        both_fr="mains sur la nuque",
        tag="hand-to-neck",
    ),
    "temple": Arm(
        Reach(
            "temple",
            (-0.5, 0.8, -0.2),
            palm=(-0.7, -0.1, -0.7),
            elbow=(0.8, -0.2, 0.5),
            touch="fingers",
            gap_mm=7.0,
        ),
        "head",
        "soft",
        "{side} hand at the temple",
        "main {sidef} à la tempe",
        tag="hand-to-face",
    ),
    "brow": Arm(
        Reach(
            "brow",
            (-0.9, 0.25, 0.2),
            palm=(0.0, -0.9, -0.3),
            elbow=(0.85, 0.1, 0.4),
            touch="fingers",
            gap_mm=6.0,
        ),
        "head",
        "flat",
        "{side} hand shading the eyes",
        "main {sidef} en visière",
    ),
    "hair": Arm(
        Reach("hair", (-0.55, 0.6, -0.6), elbow=(0.85, 0.35, 0.35), touch="fingers", gap_mm=8.0),
        "head",
        "cupped",
        "{side} hand in the hair",
        "main {sidef} dans les cheveux",
        both_en="hands in the hair",
        both_fr="mains dans les cheveux",
        tag="hand-to-hair",
    ),
    "crown": Arm(
        Reach("crown", (-0.95, 0.2, -0.2), elbow=(0.8, 0.7, 0.15), touch="palm", gap_mm=10.0),
        "head",
        "relaxed",
        "{side} hand on top of the head",
        "main {sidef} sur la tête",
        tag="hand-to-hair",
    ),
    "back of the head": Arm(
        Reach("back of the head", (-0.85, 0.3, -0.2), elbow=(0.9, 0.4, 0.1), touch="fingers", gap_mm=9.0),
        "head",
        "cupped",
        "{side} hand behind the head",
        "main {sidef} derrière la tête",
        both_en="hands behind the head",
        both_fr="mains derrière la tête",
        tag="hand-to-hair",
    ),
    # ---- air ------------------------------------------------------------------------------------------------------
    "wave": Arm(
        Reach(
            ("Spine2", (0.42, 1.52, 0.12)),
            (0.15, 0.95, 0.05),
            palm=(0.1, 0.0, 1.0),
            elbow=(0.7, -0.8, -0.1),
            touch="wrist",
        ),
        "air",
        "open",
        "{side} hand waving",
        "main {sidef} qui salue",
        tag="greeting",
    ),
    "up": Arm(
        Hang((12, 112, -20), 14, 0, (-10, 0)),
        "air",
        "soft",
        "{side} arm raised",
        "bras {side} levé",
        both_en="arms raised",
        both_fr="bras levés",
        tag="arms-up",
    ),
    "over": Arm(
        Reach(
            ("Head", (0.08, 1.80, 0.03)),
            (-0.85, 0.35, 0.2),
            palm=(-0.3, -0.9, 0.1),
            elbow=(0.95, 0.6, 0.0),
            touch="wrist",
        ),
        "air",
        "soft",
        "{side} arm curved overhead",
        "bras {side} arrondi au-dessus de la tête",
        both_en="arms rounded overhead",
        both_fr="bras en couronne au-dessus de la tête",
        leaning="feminine",
        tag="arms-up",
    ),
    "side": Arm(
        Hang((6, 38, 0), 12, 12, (-12, 0)),
        "air",
        "soft",
        "{side} arm out to the side",
        "bras {side} tendu sur le côté",
        both_en="arms out to the sides",
        both_fr="bras tendus sur les côtés",
        tag="arms-out",
    ),
    "forward": Arm(
        Reach(
            ("Spine2", (0.16, 1.30, 0.52)),
            (-0.05, 0.05, 1.0),
            palm=(-0.35, -0.95, 0.0),
            elbow=(0.7, -0.7, 0.0),
            touch="wrist",
        ),
        "air",
        "relaxed",
        "{side} arm reaching forward",
        "bras {side} tendu vers l'avant",
        tag="arms-out",
    ),
    "point": Arm(
        Reach(
            ("Spine2", (0.42, 1.40, 0.38)),
            (0.55, 0.15, 0.75),
            palm=(-0.4, -0.9, 0.3),
            elbow=(0.6, -0.8, 0.0),
            touch="wrist",
        ),
        "air",
        "pointing",
        "{side} hand pointing away",
        "main {sidef} montrant au loin",
    ),
    "offer": Arm(
        Reach(
            ("Spine2", (0.36, 1.12, 0.33)),
            (0.35, 0.05, 0.9),
            palm=(-0.25, 0.95, 0.1),
            elbow=(0.5, -0.85, -0.3),
            touch="wrist",
        ),
        "air",
        "soft",
        "{side} palm open",
        "paume {sidef} ouverte",
        both_en="palms open",
        both_fr="paumes ouvertes",
    ),
    "bag": Arm(
        Reach(
            ("Spine2", (0.24, 1.13, 0.27)),
            (-0.2, 0.3, 0.95),
            palm=(-0.4, 0.85, -0.3),
            elbow=(0.6, -0.8, -0.3),
            touch="wrist",
        ),
        "air",
        "loose fist",
        "a bag on the {side} forearm",
        "un sac à l'avant-bras {side}",
        tag="bag",
    ),
    "cup": Arm(
        Reach(
            ("Spine2", (0.17, 1.22, 0.28)),
            (-0.35, 0.75, 0.55),
            palm=(-0.85, -0.25, -0.2),
            elbow=(0.6, -0.85, -0.2),
            touch="wrist",
        ),
        "air",
        "holding",
        "a cup in the {side} hand",
        "une tasse dans la main {sidef}",
        tag="prop",
    ),
    "phone": Arm(
        Reach(
            ("Spine2", (0.15, 1.30, 0.30)),
            (-0.25, 0.9, 0.35),
            palm=(-0.35, 0.1, -0.95),
            elbow=(0.6, -0.85, -0.1),
            touch="wrist",
        ),
        "air",
        "holding",
        "a phone in the {side} hand",
        "un téléphone dans la main {sidef}",
        tag="prop",
    ),
    "coat": Arm(
        Reach(
            ("Spine2", (0.22, 1.47, 0.17)),
            (0.1, 0.1, -0.95),
            palm=(0.2, -0.95, -0.1),
            elbow=(0.75, -0.55, 0.45),
            touch="wrist",
        ),
        "air",
        "loose fist",
        "a coat over the {side} shoulder",
        "un manteau sur l'épaule {sidef}",
        tag="prop",
    ),
    "swing front": Arm(Hang((34, -30, 16), 26, 16), "swing", "relaxed", "", ""),
    "swing back": Arm(Hang((-30, -26, 4), 12, 10), "swing", "relaxed", "", ""),
    # ---- seated and on the floor -----------------------------------------------------------------------------------
    "lap": Arm(
        Reach("top of the thigh", (-0.25, -0.95, 0.0), elbow=(0.8, -0.3, -0.5), gap_mm=4.0),
        "thighs",
        "relaxed",
        "{side} hand in the lap",
        "main {sidef} sur la cuisse",
        both_en="hands in the lap",
        both_fr="mains sur les cuisses",
    ),
    "far thigh": Arm(
        Reach("far thigh", (-0.9, -0.4, 0.0), elbow=(0.8, -0.4, -0.2), gap_mm=5.0),
        "thighs",
        "relaxed",
        "{side} hand on the {other} thigh",
        "main {sidef} sur la cuisse {otherf}",
    ),
    "seat": Arm(
        Hang((-20, -22, -14), 12, -16, (-22, 0)),
        "thighs",
        "flat",
        "{side} hand on the seat",
        "main {sidef} posée sur le siège",
        both_en="hands on the seat",
        both_fr="mains posées sur le siège",
    ),
    "knee": Arm(
        Reach("knee", (-0.1, -0.9, 0.4), elbow=(0.85, -0.2, -0.3), touch="palm", gap_mm=5.0),
        "knees",
        "cupped",
        "{side} hand on the knee",
        "main {sidef} sur le genou",
        both_en="hands on the knees",
        both_fr="mains sur les genoux",
    ),
    "forearm on knee": Arm(
        Reach(
            "knee",
            (-0.55, -0.75, 0.35),
            palm=(-0.3, -0.5, -0.8),
            elbow=(0.85, -0.1, -0.3),
            touch="wrist",
            gap_mm=34.0,
        ),
        "knees",
        "relaxed",
        "{side} wrist over the knee",
        "poignet {side} sur le genou",
        both_en="wrists over the knees",
        both_fr="poignets sur les genoux",
    ),
    "far knee": Arm(
        Reach("far knee", (-0.8, -0.5, 0.2), elbow=(0.8, -0.4, 0.0), gap_mm=6.0),
        "knees",
        "relaxed",
        "{side} hand on the {other} knee",
        "main {sidef} sur le genou {other}",
    ),
    "shin": Arm(
        Reach("shin", (-0.85, -0.4, 0.1), elbow=(0.9, -0.2, 0.0), gap_mm=6.0),
        "knees",
        "cupped",
        "{side} hand on the shin",
        "main {sidef} sur le tibia",
        both_en="hands around the shins",
        both_fr="mains autour des tibias",
    ),
    "floor beside": Arm(
        Reach(("floor", (0.36, 0.0, -0.06)), (0.5, 0.0, 0.85), palm=(0.0, -1.0, 0.0), elbow=(0.6, 0.0, -0.8)),
        "floor",
        "flat",
        "{side} hand on the floor",
        "main {sidef} posée au sol",
        both_en="hands on the floor",
        both_fr="mains posées au sol",
    ),
    "floor behind": Arm(
        Reach(
            ("floor", (0.27, 0.0, -0.30)), (0.75, 0.0, -0.65), palm=(0.0, -1.0, 0.0), elbow=(0.5, 0.0, -0.8)
        ),
        "floor",
        "flat",
        "{side} hand on the floor behind",
        "main {sidef} au sol en arrière",
        both_en="hands on the floor behind",
        both_fr="mains au sol en arrière",
    ),
}
