"""Portraits of our own heads with known truth: shape, pose, light, accessories; nobody's photo.

`Studio` loads once (some two seconds), `seat` makes one person's surfaces, `shoot` renders one picture of them:

    studio = Studio(Path("models"))
    seated = studio.seat(draw_sitter(rng), rng)
    portrait = seated.shoot(draw_setting(rng, yaw_deg=30.0), rng)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bodymodel.arrays import FloatArray
from facemodel.arrays import RgbImage
from services.mesher.domain.model import HairPattern
from training.face import accessories
from training.face.accessories import Anchors, Worn
from training.face.camera import Camera, turned
from training.face.heads import HeadModel, Look
from training.face.scene import Hits, Lighting, Scene, developed

_FACE_HEIGHT_M = 0.22
"""From chin to crown, about: what `Setting.fill` counts in."""
_HAIR_M = 0.016
"""Hats are so much wider over hair."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """A person: everything that stays the same from one picture to the next."""

    coefficients: FloatArray
    """(K,) of the shape space."""
    look: Look
    bumps: Mapping[str, float] = field(default_factory=dict)
    """Strengths of `heads.BUMPS`."""
    expression: Mapping[str, float] = field(default_factory=dict)
    """Weights of face shapes, 0..1, by `bodymodel.expressions`."""
    worn: Worn = field(default_factory=Worn)
    tone: int | None = None
    """1 to 10 on the Monk scale, where the skin's colour is one of its ten."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One picture: pose, camera and light."""

    lighting: Lighting
    background: FloatArray
    """(h, w, 3) linear light; its size is the picture's."""
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_m: float = 0.6
    """From the camera to the middle between the eyes."""
    fill: float = 0.62
    """Height of the head as a share of the picture's."""
    offset: tuple[float, float] = (0.0, 0.0)
    """How far the face is off the middle: right and up, in shares of the picture's width."""
    noise: float = 0.006
    """Standard deviation of the sensor's noise, in shares of the full range."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture and what is known about it."""

    pixels: RgbImage
    camera: Camera
    hits: Hits
    """`seated.scene.surfaces[hits.surface]` is what each pixel shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Seated:
    """One person ready to be photographed."""

    sitter: Sitter
    vertices: FloatArray
    """(V, 3) template vertices, metres, expression included."""
    scene: Scene
    eyes: FloatArray
    """(2, 3) middles of the eyeballs, right and left."""

    def shoot(self, setting: Setting, rng: np.random.Generator) -> Portrait:
        """One picture; `rng` makes the sensor's noise alone."""
        camera = self.camera(setting)
        hits = self.scene.cast(camera)
        light = self.scene.picture(camera, hits, setting.lighting, setting.background)
        return Portrait(developed(light, setting.noise, rng), camera, hits)

    def camera(self, setting: Setting) -> Camera:
        """Where the camera of a setting stands."""
        height, width, _ = setting.background.shape
        rotation = turned(setting.yaw_deg, setting.pitch_deg, setting.roll_deg)
        focal = setting.fill * height * setting.distance_m / _FACE_HEIGHT_M
        aside = np.array([-setting.offset[0], -setting.offset[1], 0.0]) * width / focal * setting.distance_m
        target = self.eyes.mean(axis=0) - [0.0, 0.028, 0.0] + aside @ rotation
        return Camera.facing(target, rotation, setting.distance_m, focal, (width, height))

    def visible(self, camera: Camera, points: FloatArray) -> NDArray[np.bool_]:
        """(n,) which points (n, 3) on the head the camera sees."""
        return self.scene.visible(camera, points)


class Studio:
    """Makes people to photograph."""

    def __init__(self, models: Path) -> None:
        self.heads = HeadModel(models)
        self.anchors = Anchors.of(self.heads.template, self.heads.mean)

    def seat(self, sitter: Sitter, rng: np.random.Generator) -> Seated:
        """One person with all that they wear; `rng` mottles their skin."""
        vertices = self.heads.vertices(sitter.coefficients, sitter.bumps, sitter.expression)
        room = 0.0 if sitter.look.hair is HairPattern.NONE else _HAIR_M
        worn = accessories.surfaces(sitter.worn, self.anchors, self.heads.template, vertices, room)
        scene = Scene([*self.heads.surfaces(vertices, sitter.look, rng), *worn])
        middles, _ = self.heads.eyes(vertices)
        return Seated(sitter, vertices, scene, middles)
