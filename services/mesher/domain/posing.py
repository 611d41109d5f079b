"""A pose on a whole avatar: fitted to its body, set down, and either baked into its meshes or taken by its skeleton."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bodymodel.shape import on_grid
from bodypose.bound import GRID_M
from bodypose.clearance import Clearance, Posable
from bodypose.ground import Ground
from bodypose.limits import clamp
from bodypose.skeleton import Pose, Support, pose_of, turns_of
from bodypose.skinning import SoftSkin, Stance, linear
from services.mesher.domain import bending, surface
from services.mesher.domain.anatomy import SIDES
from services.mesher.domain.bending import Fitting, Follower, Hair, Hide, Skin, Wearer
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.cloth import Cloth
from services.mesher.domain.model import Part, Posture, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.pose import level_stance
from services.mesher.domain.surface import FloatArray

_SKIN = "body"
_HAIR = "hair"
_BEHIND_KNEES_M = 0.05
_LEAST_REACH_M = 1e-6


@dataclass(frozen=True, slots=True)
class Held:
    """A pose as one body holds it."""

    pose: Pose
    """Within the joints' limits, hands at rest on this body, limbs clear of it."""
    clamped_bones: tuple[str, ...]
    """Joints that were turned back to what their limits allow."""


class Figure:
    """An avatar that takes poses; what it needs in every one of them is made once."""

    def __init__(self, scene: Scene, wearer: Wearer, followers: Sequence[Follower], ground: Ground) -> None:
        self._scene = scene
        self._wearer = wearer
        self._followers = followers
        self._ground = ground

    def at(self, pose: Pose) -> Scene:
        """The avatar in a pose that its body holds, on the floor; face shapes are turned with its head."""
        hide = self._hide(pose, risen=1.0)
        return self._seen(hide, self._worn(hide))

    def lies(self, pose: Pose, risen: float) -> Sequence[FloatArray]:
        """How clothes and hair lie in a pose on a seat that has so much of its height, as `flow` mixes them."""
        hide = self._hide(pose, risen)
        return [
            bending.lie(follower, part, hide.stance)
            for follower, part in zip(self._followers, self._worn(hide), strict=True)
            if isinstance(follower, Cloth | Hair)
        ]

    def lying(self, pose: Pose, risen: float, lies: Sequence[FloatArray]) -> Scene:
        """The avatar in a pose, its clothes and hair as they are said to lie."""
        hide, following = self._hide(pose, risen), iter(lies)
        return self._seen(
            hide,
            [
                bending.lying(follower, hide, next(following))
                if isinstance(follower, Cloth | Hair)
                else follower.at(hide)
                for follower in self._followers
            ],
        )

    def _worn(self, hide: Hide) -> Sequence[Part]:
        """All meshes, the garments from the skin outwards."""
        parts = []
        for follower in self._followers:
            parts.append(follower.at(hide))
            if isinstance(follower, Cloth):
                hide = hide.under(parts[-1])
        return parts

    def _seen(self, hide: Hide, parts: Sequence[Part]) -> Scene:
        rig = replace(self._scene.rig, heads=hide.stance.heads.astype(np.float32))
        return replace(self._scene, parts=parts, rig=rig)

    def _hide(self, pose: Pose, risen: float) -> Hide:
        """The skin, set down."""
        flesh = self._wearer.flesh
        stance = Stance.of(turns_of(pose), flesh.rest, flesh.skin.parents)
        points, _ = self._wearer.bound.at(stance)
        drop = self._ground.drop(points)
        set_down = stance.moved(drop)
        support = self._support(pose, risen, set_down, points + drop)
        return self._wearer.posed(set_down, points + drop, support)

    def _support(self, pose: Pose, risen: float, stance: Stance, skin: FloatArray) -> bending.Support:
        """What is below the body: where it is seated, a seat from its back to just behind its knees."""
        if pose.support is not Support.SEAT:
            return bending.Support()
        bones = self._scene.rig.bones
        pelvis = stance.heads[bones.index("Hips"), [0, 2]]
        knees = np.mean([stance.heads[bones.index(f"{side}Leg"), [0, 2]] for side in SIDES], axis=0)
        reach = float(np.linalg.norm(knees - pelvis))
        forward = (knees - pelvis) / max(reach, _LEAST_REACH_M)
        return bending.Support(
            seat=risen * self._ground.seat_height(skin),
            pelvis=(float(pelvis[0]), float(pelvis[1])),
            forward=(float(forward[0]), float(forward[1])),
            depth=max(reach - _BEHIND_KNEES_M, 0.0),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """A body that takes poses."""

    clearance: Clearance
    body: Posable

    def hold(self, pose: Pose) -> Held:
        """The pose as the body holds it. Raise UnknownBoneError."""
        within, clamped_bones = clamp(pose)
        own = self.clearance.fitted(turns_of(within), self.body, pose.support)
        return Held(pose_of(on_grid(own, GRID_M), pose.support), clamped_bones)


class Poser:
    """Poses avatars. What depends on the template alone is made here."""

    def __init__(self, model: BodyModel, outfitter: Outfitter) -> None:
        mean = model.stand(np.zeros(model.space.size))
        template = model.template
        self._template = template
        self._skin = SoftSkin.of(template, mean.vertices)
        self._clearance = Clearance(template, self._skin, mean.vertices, mean.heads)
        self._ground = Ground.of(template)
        self._drawn = outfitter.bound[_SKIN].drawn
        self._triangles = template.body.triangles.astype(np.int64)
        self._corners = surface.incidence(self._triangles, template.body_vertices)
        count = template.body_vertices
        self._thighs = np.array([template.bones.index(f"{side}UpLeg") for side in SIDES])
        self._shares = np.zeros((count, len(template.bones)), np.float32)
        joints = template.joints[:count].astype(np.int64)
        np.put_along_axis(self._shares, joints, template.weights[:count], axis=1)
        names = template.bones
        self._low = np.array(
            [n for n, bone in enumerate(names) if bone == "Hips" or "Leg" in bone or "Foot" in bone]
        )
        arms = [n for n, bone in enumerate(names) if "Arm" in bone or "Hand" in bone]
        self._carrying = self._shares[:, arms].sum(axis=1) < 0.5

    def hold(self, body: Body, pose: Pose) -> Held:
        """The pose as this body holds it. Raise UnknownBoneError."""
        return self.holder(body).hold(pose)

    def holder(self, body: Body) -> Holder:
        """A body that many poses are fitted to."""
        flesh = self._skin.on(body.vertices, body.heads)
        return Holder(self._clearance, self._clearance.posable(flesh, body.vertices))

    def figure(self, scene: Scene, body: Body) -> Figure:
        """The avatar of a body, bound in A pose, ready to take poses."""
        skin = body.vertices[: self._template.body_vertices].astype(np.float64)
        flesh = self._skin.on(body.vertices, body.heads)
        wearer = Wearer(
            flesh=flesh,
            bound=flesh.bound_body(body.vertices),
            triangles=self._triangles,
            corners=self._corners,
            shares=self._shares,
            thighs=self._thighs,
            trunk=np.append(self._thighs, self._template.bones.index("Hips")),
            low=self._low,
            carrying=self._carrying,
            skin=skin,
            normals=surface.vertex_normals(skin, self._triangles, self._corners),
        )
        followers = [self._follower(part, wearer) for part in scene.parts]
        return Figure(scene, wearer, followers, self._ground)

    def taken(self, scene: Scene, body: Body, pose: Pose) -> Scene:
        """The avatar with its skeleton in a pose that its body holds and its meshes as they are.

        It may be bound in A pose or in T pose. The floor is where linear blending puts the lowest point.
        """
        stance = Stance.of(turns_of(pose), body.heads, self._template.parents)
        count = self._template.body_vertices
        joints, weights = self._template.joints[:count], self._template.weights[:count]
        skin, _ = linear(stance, body.vertices[:count], joints, weights)
        heads = stance.heads + self._ground.drop(skin)
        bound_in_a = np.array_equal(scene.rig.heads, body.heads)
        # From the T pose, a turn is the one from A less the one that led to T.
        level = np.eye(3) if bound_in_a else level_stance(replace(scene.rig, heads=body.heads)).turns
        return replace(scene, posture=Posture(stance.turns @ level.swapaxes(-1, -2), heads))

    def _follower(self, part: Part, wearer: Wearer) -> Follower:
        if part.name == _SKIN and part.origin is not None:
            return Skin.of(part, wearer, self._drawn[part.origin])
        if part.origin is not None:
            return Fitting.of(part, wearer)
        return Hair.of(part, wearer) if part.name == _HAIR else Cloth.of(part, wearer)
