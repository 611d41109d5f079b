"""Brows and lashes as strokes: where hairs are, whole, tapering, and wherever a face goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from services.mesher.domain import fringe, staging, strokes
from services.mesher.domain.model import Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.stage import Prop, Style, Substance
from services.mesher.domain.strokes import Brush
from services.mesher.domain.stylised import Face
from services.mesher.domain.surface import FloatArray
from services.mesher.domain.variants import Variants

BRUSH = Brush(brow=0.1, drop=0.0, upper=0.12, lower=0.02, wing=0.2)


def hairs(scene: Scene, name: str) -> Prop:
    part = next(part for part in scene.parts if part.name == name)
    return Prop(Substance.LASH, part.positions, part.normals, part.triangles, part.material.color)


def drawn(scene: Scene, name: str, brush: Brush = BRUSH) -> list[FloatArray]:
    """(stations, 3, 3) each stroke in the face's own frame."""
    face = staging._face(scene)
    prop = strokes.drawn(name, hairs(scene, name), face, brush)
    points = face.inside(prop.positions).reshape(-1, 3, 3)
    pieces = 2 if name == fringe.BROWS else 4
    counts = [strokes._STATIONS] * 2 if pieces == 2 else [strokes._STATIONS + 4] * 4
    return np.split(points, np.cumsum(counts)[:-1])


def breadth(stroke: FloatArray) -> FloatArray:
    across: FloatArray = np.linalg.norm(stroke[:, 2] - stroke[:, 0], axis=1)
    return across


def test_hairs_lie_in_the_rows_that_the_fringe_says(person: Scene) -> None:
    for name, rows in fringe.ROWS.items():
        assert len(hairs(person, name).positions) == sum(rows) * fringe.POINTS


def test_a_brow_lies_along_its_hairs_and_ends_in_a_point(person: Scene) -> None:
    ribbons = staging._face(person).inside(hairs(person, fringe.BROWS).positions)
    for stroke, side in zip(drawn(person, fringe.BROWS), np.split(ribbons, 2), strict=True):
        middle = stroke[:, 1, :2]
        nearest = np.linalg.norm(middle[:, None] - side[None, :, :2], axis=2).min(axis=1)
        assert nearest.max() < 0.06
        assert np.ptp(np.abs(middle[:, 0])) > 0.9 * np.ptp(np.abs(side[:, 0])) - 0.15
        wide = breadth(stroke)
        assert wide.max() == pytest.approx(2.0 * BRUSH.brow, rel=0.05)
        assert wide[-1] < 0.35 * wide.max()
        assert wide.argmax() < len(wide) // 2


def test_lids_are_lined_from_corner_to_corner_and_the_upper_one_beyond(person: Scene) -> None:
    ribbons = staging._face(person).inside(hairs(person, fringe.LASHES).positions)
    rows = np.split(ribbons.reshape(-1, fringe.POINTS, 3), np.cumsum(fringe.ROWS[fringe.LASHES])[:-1])
    for number, (stroke, row) in enumerate(zip(drawn(person, fringe.LASHES), rows, strict=True)):
        outer = np.abs(row[:, 0, 0]).max()
        beyond = np.abs(stroke[:, 0, 0]).max() - outer
        assert (0.1 < beyond < 0.25) if number % 2 == 0 else (beyond < 0.03)
        wide = breadth(stroke)
        assert wide[-1] < 0.02
        # The broadest place is in the outer half, and no stroke is so broad as an eye is open.
        assert wide.argmax() > len(wide) // 2
        assert wide.max() < 0.2


def test_strokes_go_along_when_eyes_close(person: Scene, model, outfitter: Outfitter, mean_body) -> None:
    blink = Variants(model, outfitter).faced(person, mean_body, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    for number, (opened, closed) in enumerate(
        zip(drawn(person, fringe.LASHES), drawn(blink, fringe.LASHES), strict=True)
    ):
        middle = strokes._STATIONS // 2
        fallen = opened[middle, 0, 1] - closed[middle, 0, 1]
        assert fallen > 0.1 if number % 2 == 0 else abs(fallen) < 0.1


def test_both_sides_are_drawn_alike(person: Scene) -> None:
    flip = np.array([-1.0, 1.0, 1.0])
    for name in fringe.ROWS:
        one, other = np.split(np.concatenate(drawn(person, name)), 2)
        # Hairs are scattered by chance on both lids, and strokes even them out.
        assert np.linalg.norm(one * flip - other, axis=2).max() < 0.06


def test_a_head_that_turns_takes_its_strokes_along(person: Scene) -> None:
    face = staging._face(person)
    plain = strokes.drawn(fringe.BROWS, hairs(person, fringe.BROWS), face, BRUSH).positions
    turn = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    turned = Face(turn @ face.middle, face.unit, face.axes @ turn.T)
    prop = hairs(person, fringe.BROWS)
    moved = replace(prop, positions=(prop.positions @ turn.T).astype(np.float32))
    np.testing.assert_allclose(
        strokes.drawn(fringe.BROWS, moved, turned, BRUSH).positions, plain @ turn.T, atol=1e-5
    )


def test_what_is_no_hair_stays_as_it_is(person: Scene) -> None:
    part = next(part for part in person.parts if part.name == "teeth")
    prop = Prop(Substance.TOOTH, part.positions, part.normals, part.triangles, part.material.color)
    assert strokes.drawn("teeth", prop, staging._face(person), BRUSH) is prop


@pytest.mark.parametrize("style", [Style.CARTOON, Style.ANIME])
def test_each_drawn_style_has_its_brush(style: Style) -> None:
    brush = staging._BRUSHES[style]
    assert brush.upper > 3.0 * brush.lower
    assert Style.REALISTIC not in staging._BRUSHES
