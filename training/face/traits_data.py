"""Pictures to learn traits from: `python -m training.face.traits_data`, in the environment that has Open3D.

Each head is seated once and photographed three times: from the front, with its left cheek to the camera, with its right.
Everything that a trait is told from is known: what is worn, which weights the face shapes have, which pixels show an
earring. Heads are numbered, and a head's number is its seed, so that a benchmark draws others than training has seen.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facemodel.arrays import IntArray, RgbImage
from training.face.draws import draw_lighting, draw_setting, draw_sitter, draw_worn
from training.face.render import Portrait, Seated, Sitter, Studio
from training.face.traits_labels import FOLDER

SIZE = 320
"""Pixels a side of a picture."""
VIEWS = 3
SHARD = 20
"""Heads a file."""
EXPRESSIONS = ("smile", "frown", "raisedEyebrows", "squint")
TINTED = 0.5
"""Share of light from which on lenses hide the eyes."""
_SHAPES = {
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "frown": ("browDownLeft", "browDownRight"),
    "raisedEyebrows": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    "squint": ("eyeSquintLeft", "eyeSquintRight"),
}
_SHOWN, _RESTING = (0.55, 1.0), (0.0, 0.1)
"""Weights of a shape that is shown, and of one that is not; nobody could say what lies between."""
_QUALITY = (60, 96)
"""Of the JPEG, from and below."""
_FEWEST_PIXELS = 4
"""Of an earring that is there to be seen."""
_WORN_AT = np.array([[-0.004, 0.004, 0.003], [0.004, 0.004, 0.003]])
"""A stud from the lowest vertex of the right and the left ear, metres."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about a head."""

    tone: int
    """1 to 10 on the Monk scale."""
    expressions: tuple[bool, ...]
    """In the order of `EXPRESSIONS`."""
    glasses: bool
    tinted: bool
    """The lenses hide the eyes."""
    hat: bool
    earrings: bool


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a head."""

    jpeg: bytes
    lobes: tuple[bool, bool]
    """Whether a stud could be seen at the right and at the left lobe."""
    ring_pixels: tuple[int, int]
    """Pixels that the right and the left earring cover."""


def heads(studio: Studio, numbers: range) -> Iterator[tuple[Truth, list[Shot]]]:
    """The heads of these numbers, each with three pictures: front, left, right."""
    for number in numbers:
        rng = np.random.default_rng(number)
        sitter, truth = _drawn(number, rng)
        seated = studio.seat(sitter, rng)
        yield truth, [_shot(studio, seated, yaw, rng) for yaw in _yaws(rng)]


def _drawn(number: int, rng: np.random.Generator) -> tuple[Sitter, Truth]:
    brow = rng.choice(["", "frown", "raisedEyebrows"], p=[0.4, 0.3, 0.3])
    shown = {name: name == brow for name in EXPRESSIONS} | {
        name: bool(rng.random() < 0.35) for name in ("smile", "squint")
    }
    worn = draw_worn(rng, glasses=rng.random() < 0.45, hat=rng.random() < 0.4, earrings=rng.random() < 0.5)
    sitter = draw_sitter(rng, tone=number % 10 + 1, expression=_weights(shown, rng), worn=worn)
    tinted = worn.glasses is not None and worn.glasses.tint >= TINTED
    return sitter, Truth(
        tone=number % 10 + 1,
        expressions=tuple(shown[name] for name in EXPRESSIONS),
        glasses=worn.glasses is not None,
        tinted=tinted,
        hat=worn.hat is not None,
        earrings=worn.earring is not None,
    )


def _weights(shown: dict[str, bool], rng: np.random.Generator) -> dict[str, float]:
    """Weights of face shapes, 0..1: those that are shown, a little of the others, and what means nothing here."""
    weights = {}
    for name, shapes in _SHAPES.items():
        strength = rng.uniform(*(_SHOWN if shown[name] else _RESTING))
        for shape in shapes:
            weights[shape] = float(np.clip(strength * rng.uniform(0.9, 1.1), 0.0, 1.0))
    if shown["frown"] and rng.random() < 0.5:
        pulled = float(rng.uniform(0.1, 0.5))
        weights |= {"mouthFrownLeft": pulled, "mouthFrownRight": pulled}
    if rng.random() < 0.25:
        weights["jawOpen"] = float(rng.uniform(0.0, 0.35))
    if rng.random() < 0.15:
        weights["mouthPucker"] = float(rng.uniform(0.0, 0.3))
    return weights


def _yaws(rng: np.random.Generator) -> tuple[float, float, float]:
    return float(rng.uniform(-8.0, 8.0)), -float(rng.uniform(25.0, 50.0)), float(rng.uniform(25.0, 50.0))


def _shot(studio: Studio, seated: Seated, yaw_deg: float, rng: np.random.Generator) -> Shot:
    setting = draw_setting(rng, size=SIZE, yaw_deg=yaw_deg, lighting=draw_lighting(rng))
    portrait = seated.shoot(setting, rng)
    places = seated.vertices[studio.anchors.lobes] + _WORN_AT
    lobes = seated.visible(portrait.camera, places)
    return Shot(
        _encoded(portrait.pixels, int(rng.integers(*_QUALITY))),
        (bool(lobes[0]), bool(lobes[1])),
        _ring_pixels(seated, portrait),
    )


def _ring_pixels(seated: Seated, portrait: Portrait) -> tuple[int, int]:
    counts = [0, 0]
    middle = seated.eyes[:, 0].mean()
    for number, surface in enumerate(seated.scene.surfaces):
        if surface.name == "earring":
            on_left = int(surface.vertices[:, 0].mean() > middle)
            counts[on_left] += int((portrait.hits.surface == number).sum())
    return counts[0], counts[1]


def _encoded(pixels: IntArray, quality: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def prepare(folder: Path, numbers: range, studio: Callable[[], Studio]) -> None:
    """Render the heads of these numbers into files of 20; a file that is there already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [first for first in numbers[::SHARD] if not _file(folder, first).exists()]
    if not missing:
        return
    made = studio()
    for first in missing:
        _write(_file(folder, first), list(heads(made, range(first, first + SHARD))))
        print(_file(folder, first), flush=True)


def stored(folder: Path, numbers: range) -> Iterator[tuple[Truth, list[RgbImage]]]:
    """What `prepare` rendered: each head's truth and its three pictures."""
    for first in numbers[::SHARD]:
        with np.load(_file(folder, first)) as data:
            columns = [data[field.name].tolist() for field in fields(Truth)]
            jpegs = np.split(data["jpegs"], data["ends"][:-1])
        pictures = [np.asarray(Image.open(io.BytesIO(jpeg.tobytes()))) for jpeg in jpegs]
        for number, values in enumerate(zip(*columns, strict=True)):
            yield Truth(*values), pictures[VIEWS * number : VIEWS * (number + 1)]


def at_ears(folder: Path, first: int) -> NDArray[np.bool_]:
    """(60, 2, 2) of a file's pictures, right ear and left: whether a stud could be seen there, whether an earring is."""
    with np.load(_file(folder, first)) as data:
        earring = data["ring_pixels"] >= _FEWEST_PIXELS
        return np.stack([data["lobes"] | earring, earring], axis=-1)


def main() -> None:
    """Render heads to train on."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--first", type=int, default=0, help="number of the first head")
    parser.add_argument("--count", type=int, default=2180, help="heads")
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.count)
    prepare(arguments.folder, numbers, lambda: Studio(arguments.models))


def _file(folder: Path, first: int) -> Path:
    return folder / f"heads-{first:06d}.npz"


def _write(path: Path, found: list[tuple[Truth, list[Shot]]]) -> None:
    shots = [shot for _, each in found for shot in each]
    columns: dict[str, Any] = {
        field.name: np.array([getattr(truth, field.name) for truth, _ in found]) for field in fields(Truth)
    }
    np.savez(
        path,
        **columns,
        jpegs=np.concatenate([np.frombuffer(shot.jpeg, np.uint8) for shot in shots]),
        ends=np.cumsum([len(shot.jpeg) for shot in shots]),
        lobes=np.array([shot.lobes for shot in shots]),
        ring_pixels=np.array([shot.ring_pixels for shot in shots]),
    )


if __name__ == "__main__":
    main()
