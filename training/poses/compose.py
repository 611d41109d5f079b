"""A stance, two arms and a look become the turns of 52 joints, on the middling body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from bodypose.arrays import FloatArray
from bodypose.skeleton import BONES, INDEX, Support, forward
from training.poses.arms import ARMS
from training.poses.bodies import middling, soft_skin
from training.poses.heads import LOOKS, Look
from training.poses.holds import held
from training.poses.reach import place
from training.poses.rig import SIDES, Puppet, euler
from training.poses.stances import STANCES, Bent, Stance, Step, Vector

_STRETCH = 0.9945
"""Share of its length that a standing leg spans at most: knees stay soft by some 12 degrees."""
_TRUNK = {"Spine": 0.36, "Spine1": 0.34, "Spine2": 0.30}
"""How the bones of the trunk share its bend."""
_NECK = {"Neck": 0.45, "Head": 0.55}
_BALL_M = 0.027
_BALANCING_STEPS = 3
_SEATED_HIPS_M = 0.565
"""Height of the root over the floor on a chair of 45 cm."""
_MOST_LAID_DEG, _HALVINGS = 40.0, 8
_SINKS_M = 0.004
_DRAWN_UP = Bent((100.0, 0.0, 0.0), 60.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a pose is composed of, by keys."""

    stance: str
    left: str
    right: str
    look: str


def compose(recipe: Recipe) -> FloatArray:
    """(52, 4) quaternions; joints may be beyond their limits."""
    stance = STANCES[recipe.stance]
    puppet = Puppet(middling().heads)
    ground = _ground(stance)
    for _ in range(_BALANCING_STEPS if stance.support is Support.FEET else 1):
        _stand(puppet, stance, ground)
        _hold_trunk(puppet, stance, LOOKS[recipe.look])
        if stance.support is Support.FLOOR:
            puppet.floor = _floor(puppet)
        _hold_arms(puppet, recipe)
        ground = ground + _target(stance, puppet) - _centre_of_mass(puppet)
    return puppet.turns()


def undressed(name: str) -> Puppet:
    """A stance with both arms down, to try holds on."""
    stance = STANCES[name]
    puppet = Puppet(middling().heads)
    _stand(puppet, stance, _ground(stance))
    _hold_trunk(puppet, stance, LOOKS["ahead"])
    if stance.support is Support.FLOOR:
        puppet.floor = _floor(puppet)
    _hold_arms(puppet, Recipe(name, "down", "down", "ahead"))
    return puppet


def _ground(stance: Stance) -> FloatArray:
    """(2,) X and Z of the hips to begin with."""
    steps = [foot for foot in (stance.left, stance.right) if isinstance(foot, Step)]
    if not steps or stance.support is not Support.FEET:
        return np.zeros(2)
    middle: FloatArray = np.mean([[foot.x, foot.z - 0.06] for foot in steps], axis=0)
    return middle


def _stand(puppet: Puppet, stance: Stance, ground: FloatArray) -> None:
    """Hips and legs, hips above a point (2,) of the floor."""
    puppet.world[INDEX["Hips"]] = euler(stance.pitch, stance.turn, stance.roll)
    puppet.hips = np.array([ground[0], 0.0, ground[1]])
    feet = {side: _foot(puppet, side, step) for side, step in _steps(stance).items()}
    reach = [_hip_height(puppet, side, ankle) for side, (ankle, _) in feet.items()]
    puppet.hips[1] = min(reach, default=middling().heads[0, 1]) - stance.drop
    if stance.support is Support.SEAT:
        puppet.hips[1] = _SEATED_HIPS_M
    elif stance.support is Support.FLOOR and feet:
        puppet.hips[1] = _low_height(puppet, stance)
    for side, leg in zip(SIDES, (stance.left, stance.right), strict=True):
        if isinstance(leg, Step):
            ankle, sole = feet[side]
            toward = np.radians(0.5 * (stance.turn + leg.yaw) + leg.knee)
            knee = np.array([np.sin(toward), 0.0, np.cos(toward)])
            puppet.place_leg(side, ankle, sole, knee, toes=leg.heel if leg.lift == 0.0 else 0.0)
        else:
            _bend_leg(puppet, side, _laid(stance, side) if stance.category == "floor" else leg)


def _low_height(puppet: Puppet, stance: Stance) -> float:
    """How high the hips are when one leg kneels, or none; legs that will stand are drawn up for the while."""
    for side, leg in zip(SIDES, (stance.left, stance.right), strict=True):
        kneels = isinstance(leg, Bent) and stance.category != "floor"
        _bend_leg(puppet, side, leg if kneels and isinstance(leg, Bent) else _DRAWN_UP)
    return float(middling().posed(puppet.turns()).heads[0, 1])


@cache
def _laid(stance: Stance, side: str) -> Bent:
    """A leg that lies on the floor beside the pelvis that sits on it: flexed at the hip by what that takes."""
    leg = stance.left if side == "Left" else stance.right
    if not isinstance(leg, Bent):
        raise TypeError(f"{stance.en} stands on that foot")
    puppet = Puppet(middling().heads)
    puppet.world[INDEX["Hips"]] = euler(stance.pitch, stance.turn, stance.roll)
    for each in SIDES:
        _bend_leg(puppet, each, _DRAWN_UP)
    low, high = -_MOST_LAID_DEG, _MOST_LAID_DEG
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        _bend_leg(puppet, side, _flexed(leg, middle))
        if _hovers(puppet, side):
            high = middle
        else:
            low = middle
    return _flexed(leg, round(high, 1))


def _flexed(leg: Bent, more: float) -> Bent:
    flexion, abduction, rotation = leg.hip
    return replace(leg, hip=(flexion + more, abduction, rotation))


def _hovers(puppet: Puppet, side: str) -> bool:
    """Whether all of a leg below the middle of the thigh is higher than the pelvis."""
    skin = middling().posed(puppet.turns()).skin[:, 1]
    names = [BONES[bone] for bone in soft_skin().joints[:, 0]]
    leg = np.isin(names, [f"{side}{bone}" for bone in ("Leg", "Foot", "ToeBase")])
    return bool(skin[leg].min() > skin[np.isin(names, ("Hips",))].min() - _SINKS_M)


def _steps(stance: Stance) -> dict[str, Step]:
    legs = zip(SIDES, (stance.left, stance.right), strict=True)
    return {side: leg for side, leg in legs if isinstance(leg, Step)}


def _foot(puppet: Puppet, side: str, step: Step) -> tuple[FloatArray, FloatArray]:
    """(3,) the ankle and (3, 3) the foot's rotation."""
    rotation = euler(step.heel, step.yaw)
    ball = np.array([step.x, _BALL_M + step.lift, step.z])
    to_ankle = puppet.rest[INDEX[f"{side}Foot"]] - puppet.rest[INDEX[f"{side}ToeBase"]]
    return ball + rotation @ to_ankle, rotation


def _hip_height(puppet: Puppet, side: str, ankle: FloatArray) -> float:
    """How high the hips may be for a leg to reach its ankle (3,)."""
    thigh, shin, foot = (puppet.rest[INDEX[f"{side}{bone}"]] for bone in ("UpLeg", "Leg", "Foot"))
    length = _STRETCH * (np.linalg.norm(shin - thigh) + np.linalg.norm(foot - shin))
    hip = puppet.head(f"{side}UpLeg")
    aside = np.hypot(hip[0] - ankle[0], hip[2] - ankle[2])
    rise = np.sqrt(max(length * length - aside * aside, 0.01))
    return float(ankle[1] + rise - (hip[1] - puppet.hips[1]))


def _bend_leg(puppet: Puppet, side: str, leg: Bent) -> None:
    puppet.bend(f"{side}UpLeg", *leg.hip)
    puppet.bend(f"{side}Leg", leg.knee, 0.0, leg.shin)
    puppet.bend(f"{side}Foot", leg.ankle, 0.0, 0.0)
    puppet.bend(f"{side}ToeBase", leg.toes, 0.0, 0.0)


def _hold_trunk(puppet: Puppet, stance: Stance, look: Look) -> None:
    """Spine, neck and head; a little of a far look is the chest's, as people turn."""
    pitch, lean, turn = stance.chest
    led = 0.14 * look.turn
    _share(puppet, _TRUNK, (pitch, lean, turn + led))
    _share(puppet, _NECK, (look.pitch - 0.35 * pitch, look.lean - 0.5 * lean, look.turn - led))


def _share(puppet: Puppet, bones: dict[str, float], angles: Vector) -> None:
    for bone, share in bones.items():
        puppet.bend(bone, *(share * angle for angle in angles))


def _hold_arms(puppet: Puppet, recipe: Recipe) -> None:
    """The arm that the other one reaches for comes first."""
    chosen = dict(zip(SIDES, (recipe.left, recipe.right), strict=True))
    for side in sorted(SIDES, key=lambda side: chosen[side].startswith("far ")):
        place(puppet, side, held(chosen[side]), ARMS[chosen[side]].hand)


def _floor(puppet: Puppet) -> float:
    """Height of the lowest skin, the arms left out: they are placed next."""
    posed = middling().posed(puppet.turns())
    lifted = posed.heads[0, 1]
    return float(puppet.hips[1] - lifted)


def _target(stance: Stance, puppet: Puppet) -> FloatArray:
    """(2,) where on the floor the body's centre shall be: between both feet, as the weight is shared."""
    shares = {"Left": stance.weight, "Right": 1.0 - stance.weight}
    steps = _steps(stance)
    if not steps:
        return _centre_of_mass(puppet)
    total = sum(shares[side] for side in steps)
    return sum(
        (shares[side] / total * _middle_of_foot(puppet, side, step) for side, step in steps.items()),
        np.zeros(2),
    )


def _middle_of_foot(puppet: Puppet, side: str, step: Step) -> FloatArray:
    """(2,) what a foot stands on: its middle, or its ball where the heel is up."""
    ankle, ball = puppet.head(f"{side}Foot")[[0, 2]], puppet.head(f"{side}ToeBase")[[0, 2]]
    share = float(np.interp(step.heel, (0.0, 25.0), (0.55, 1.0)))
    middle: FloatArray = ankle + share * (ball - ankle)
    return middle


def _centre_of_mass(puppet: Puppet) -> FloatArray:
    """(2,) X and Z."""
    body = middling()
    _, heads = forward(puppet.turns(), body.heads)
    heads = heads + puppet.hips - heads[0]
    centre = body.centre_of_mass(puppet.world, heads)
    found: FloatArray = centre[[0, 2]]
    return found
