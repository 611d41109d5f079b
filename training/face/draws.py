"""Random people, rooms and poses for portraits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from scipy import ndimage

from bodymodel.arrays import FloatArray
from facemodel import color
from facemodel.features.tone import MONK
from services.mesher.domain.model import HairPattern
from training.face.accessories import Earring, Frame, Glasses, Hat, Worn
from training.face.heads import BUMPS, Look
from training.face.render import Setting, Sitter
from training.face.scene import Lamp, Lighting

T = TypeVar("T")

_COEFFICIENTS = 96
_HAIR_COLORS = (
    "#1b1512",
    "#2c1d14",
    "#4a2f1d",
    "#7a5230",
    "#a8793f",
    "#d0b079",
    "#8a8580",
    "#c9c6c2",
    "#7c2f1c",
)
_EYE_TINTS = ((1.0, 1.0, 1.0), (0.5, 0.45, 0.4), (1.3, 1.5, 1.4), (0.9, 1.9, 3.6), (1.1, 2.2, 2.0))
"""On the painted eye's brown: brown, dark, hazel, blue, green."""
_FRAME_COLORS = ("#14120f", "#3b2416", "#7a1f1f", "#b08d3c", "#8d9399", "#1f2f55")


def draw_sitter(
    rng: np.random.Generator,
    *,
    tone: int | None = None,
    expression: Mapping[str, float] | None = None,
    worn: Worn | None = None,
    hair: HairPattern | None = None,
) -> Sitter:
    """Anybody; what is given is not drawn. Without `worn` nothing is worn, without `expression` the face rests."""
    tone = int(rng.integers(1, len(MONK) + 1)) if tone is None else tone
    patterns = tuple(HairPattern)
    look = Look(
        skin_color=MONK[tone - 1],
        hair=patterns[rng.integers(len(patterns))] if hair is None else hair,
        hair_color=_one_of(rng, _HAIR_COLORS),
        shirt_color=_hex(rng.uniform(0.02, 0.8, 3)),
        iris_mm=float(rng.normal(11.7, 0.42)),
        eye_tint=_one_of(rng, _EYE_TINTS),
    )
    return Sitter(
        coefficients=rng.standard_normal(_COEFFICIENTS).clip(-2.0, 2.0),
        look=look,
        bumps=draw_bumps(rng),
        expression={} if expression is None else expression,
        worn=Worn() if worn is None else worn,
        tone=tone,
    )


def draw_bumps(rng: np.random.Generator) -> dict[str, float]:
    """Strengths of all `BUMPS`, none beyond two standard deviations from what is usual."""
    return {
        name: bump.usual + float(np.clip(rng.standard_normal(), -2.0, 2.0)) for name, bump in BUMPS.items()
    }


def draw_worn(
    rng: np.random.Generator, *, glasses: bool = False, hat: bool = False, earrings: bool = False
) -> Worn:
    """Some glasses, hat or earrings, of those that are asked for."""
    frame = Glasses(
        frame=_one_of(rng, tuple(Frame)),
        color=_one_of(rng, _FRAME_COLORS),
        thickness=float(rng.uniform(0.0007, 0.0026)),
        tint=float(rng.uniform(0.5, 0.95)) if rng.random() < 0.3 else float(rng.uniform(0.0, 0.15)),
    )
    return Worn(
        glasses=frame if glasses else None,
        hat=_one_of(rng, tuple(Hat)) if hat else None,
        hat_color=_hex(rng.uniform(0.01, 0.7, 3)),
        earring=_one_of(rng, tuple(Earring)) if earrings else None,
        earring_color=_one_of(rng, ("#c9a44a", "#b9bcc2", "#efe9df", "#7a1f2b", "#22304a")),
        earring_size=float(rng.uniform(0.8, 1.6)),
    )


def draw_setting(rng: np.random.Generator, *, size: int = 512, **given: Any) -> Setting:
    """A room, a light and a camera; `given` are fields of `Setting` that are not drawn. The head faces the camera."""
    drawn: dict[str, Any] = {
        "lighting": draw_lighting(rng),
        "background": draw_background(rng, size),
        "pitch_deg": float(rng.uniform(-8.0, 8.0)),
        "roll_deg": float(rng.uniform(-6.0, 6.0)),
        "distance_m": float(rng.uniform(0.4, 1.5)),
        "fill": float(rng.uniform(0.5, 0.75)),
        "noise": float(rng.uniform(0.0, 0.015)),
    }
    return Setting(**(drawn | given))


def draw_lighting(rng: np.random.Generator) -> Lighting:
    """Soft or hard light from some side, warm or cool, with a weaker one against it."""
    ambient = rng.uniform(0.25, 0.65)
    key = Lamp(_direction(rng, 60.0), (0.95 - ambient) * rng.uniform(0.8, 1.2) * _white(rng))
    fill = Lamp(_direction(rng, 80.0), rng.uniform(0.0, 0.25) * _white(rng))
    return Lighting(ambient * _white(rng), (key, fill), shadows=bool(rng.random() < 0.5))


def draw_background(rng: np.random.Generator, size: int) -> FloatArray:
    """(size, size, 3) linear light: plain, a gradient, or soft blotches."""
    first, second = rng.uniform(0.0, 0.9, (2, 3))
    kind = rng.integers(3)
    if kind == 0:
        share = np.zeros((size, size))
    elif kind == 1:
        turn = rng.uniform(0.0, 2.0 * np.pi)
        x, y = np.meshgrid(np.linspace(-0.5, 0.5, size), np.linspace(-0.5, 0.5, size))
        share = np.clip(0.5 + np.cos(turn) * x + np.sin(turn) * y, 0.0, 1.0)
    else:
        coarse = int(rng.integers(4, 24))
        share = ndimage.zoom(rng.random((coarse, coarse)), size / coarse, order=1)[:size, :size]
    light: FloatArray = (first + (second - first) * share[..., None]).astype(np.float32)
    return light


def _direction(rng: np.random.Generator, widest_deg: float) -> FloatArray:
    """A unit vector to a lamp that stands within some angle of the camera, rather above than below."""
    away, turn = np.radians(rng.uniform(0.0, widest_deg)), rng.uniform(-0.25 * np.pi, 1.25 * np.pi)
    return np.array([np.sin(away) * np.cos(turn), np.sin(away) * np.sin(turn), np.cos(away)])


def _white(rng: np.random.Generator) -> FloatArray:
    """(3,) linear RGB of a lamp, from warm to cool, green at 1."""
    warmth = rng.normal(0.0, 0.10)
    return np.array([1.0 + warmth, 1.0, 1.0 - 1.3 * warmth]).clip(0.4, 1.6)


def _one_of(rng: np.random.Generator, choices: tuple[T, ...]) -> T:
    return choices[int(rng.integers(len(choices)))]


def _hex(light: FloatArray) -> str:
    """`#rrggbb` of linear RGB (3,)."""
    return "#" + "".join(f"{level:02x}" for level in color.pixels(light[None])[0])
