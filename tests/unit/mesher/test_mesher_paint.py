"""The face's picture, looked up where the skin's vertices are."""

from __future__ import annotations

import numpy as np

from services.mesher.domain import paint
from services.mesher.domain.body import Body, BodyModel


def light(model: BodyModel, body: Body) -> np.ndarray:
    """(body vertices,) brightness of the picture at each vertex, 0..255; the darkest where a seam gives two."""
    picture = paint.face(model.template, body.vertices).pixels.mean(axis=2)
    corners, places = model.template.body.triangles.ravel(), model.template.body.uv_triangles.ravel()
    size = picture.shape[0]
    u, v = np.clip((model.template.uv[places] * [size, -size] + [0, size]).astype(int), 0, size - 1).T
    found = np.full(model.template.body_vertices, 255.0)
    np.minimum.at(found, corners, picture[v, u])
    return found


def test_the_mouth_is_dark_inside_and_the_cheeks_are_not(model: BodyModel, mean_body: Body) -> None:
    vertices, at = mean_body.vertices, light(model, mean_body)
    skin = vertices[: model.template.body_vertices]
    tongue = vertices[np.unique(model.template.groups["helper-tongue"].quads)]
    teeth = vertices[np.unique(model.template.groups["helper-upper-teeth"].quads)]
    low, high = tongue.min(axis=0), tongue.max(axis=0)
    reach = np.array([0.004, 0.004, 0.0])
    about_tongue = ((skin > low - reach) & (skin < high + reach)).all(axis=1)
    assert about_tongue.sum() > 20
    assert np.median(at[about_tongue]) < 130
    over_tongue = ((skin > low) & (skin < high))[:, [0, 2]].all(axis=1)
    palate = over_tongue & (skin[:, 1] > high[1]) & (skin[:, 1] < high[1] + 0.04)
    assert palate.sum() > 10
    assert at[palate].max() < 130
    beside = (np.abs(skin[:, 0]) > teeth[:, 0].max() + 0.012) & (
        np.abs(skin[:, 1] - teeth[:, 1].mean()) < 0.02
    )
    cheeks = beside & (np.abs(skin[:, 2] - teeth[:, 2].mean()) < 0.03)
    assert cheeks.sum() > 10
    assert at[cheeks].min() > 200


def test_the_body_below_the_head_is_white(model: BodyModel, mean_body: Body) -> None:
    names = np.array(model.template.bones)[model.template.dominant_bones()[: model.template.body_vertices]]
    assert (light(model, mean_body)[np.isin(names, ["Hips", "LeftLeg", "RightHand"])] == 255).mean() > 0.98
