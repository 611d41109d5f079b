"""A person's face in the skin of a body: where it is seen, where it gives way, and which colours it meets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from facemodel import color
from facemodel.arrays import RgbImage
from facemodel.topology import FaceTopology
from services.mesher.adapters import png
from services.mesher.domain import pictures
from services.mesher.domain.body import Body
from services.mesher.domain.face.complexion import SIZE
from services.mesher.domain.face.likeness import Likeness
from services.mesher.domain.face.model import PersonFace, WornFace
from services.mesher.domain.face.mould import Mould
from services.mesher.domain.finish import linear_rgb
from services.mesher.domain.model import Appearance, HairPattern, Part
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import IntArray

SKIN = "#b98a6c"
LOOK = Appearance(SKIN, HairPattern.NONE, "#3b2417")


@dataclass(frozen=True)
class Canvas:
    """A bare body to be painted, and what tells where its skin lies in the picture."""

    likeness: Likeness
    mould: Mould
    parts: list[Part]
    drawn: IntArray
    """(V,) a drawn vertex of each template vertex of the skin."""

    @property
    def inside(self) -> IntArray:
        """Template vertices that show nothing but the face's picture."""
        shown: IntArray = self.mould.cover.vertices[self.mould.cover.share == 1.0]
        return shown

    def about(self, *points: int) -> IntArray:
        """Those near some points of the face, as far as they show its picture."""
        cover = self.mould.cover
        shown: IntArray = cover.vertices[np.isin(cover.corners, points).any(axis=1) & (cover.share > 0.2)]
        return shown

    def painted(self, picture: RgbImage, vertices: IntArray, said: str = SKIN) -> IntArray:
        """(n, 3) sRGB at some template vertices; the picture's skin is said to be of a colour."""
        face = PersonFace(WornFace(self.mould.topology.mean, "", said, ""), picture)
        body = self.likeness.painted(self.parts, face, LOOK)[0]
        assert body.material.texture is not None
        assert body.uv is not None
        at = np.rint(body.uv[self.drawn[vertices]] * SIZE - 0.5).astype(int).clip(0, SIZE - 1)
        pixels: IntArray = body.material.texture.pixels[at[:, 1], at[:, 0]].astype(int)
        return pixels


@pytest.fixture(scope="session")
def canvas(likeness: Likeness, mould: Mould, outfitter: Outfitter, mean_body: Body) -> Canvas:
    source = outfitter.bound["body"].drawn
    vertices, first = np.unique(source, return_index=True)
    drawn = np.zeros(vertices.max() + 1, np.int64)
    drawn[vertices] = first
    return Canvas(likeness, mould, outfitter.bare(mean_body, LOOK), drawn)


def test_a_face_of_one_colour_is_skin(canvas: Canvas) -> None:
    assert np.abs(canvas.painted(plain(SKIN), canvas.inside) - encoded(SKIN)).max() <= 2


def test_what_the_photo_shows_is_where_the_face_has_it(canvas: Canvas, topology: FaceTopology) -> None:
    """A green nose tip: green about the template's nose tip, and nowhere else."""
    picture = plain(SKIN)
    place = np.rint(topology.uv[1] * len(picture)).astype(int)
    picture[place[1] - 16 : place[1] + 17, place[0] - 16 : place[0] + 17] = (20, 160, 40)
    painted = canvas.painted(picture, canvas.inside)
    green = canvas.inside[painted[:, 1] - painted[:, 0] > 50]
    points = canvas.parts[0].positions
    tip = points[canvas.drawn[topology.template_corners[1]]].mean(axis=0)
    assert 1 <= len(green) < 80
    assert np.linalg.norm(points[canvas.drawn[green]] - tip, axis=1).max() < 0.012


def test_a_photo_in_other_light_is_brought_half_the_way_and_the_body_with_it(
    canvas: Canvas, topology: FaceTopology
) -> None:
    """A picture darker than the skin that was told of it: face, border and body are of one colour between the two."""
    darker = color.pixels(np.full((1024, 1024, 3), linear_rgb(SKIN)) / 1.35).astype(np.uint8)
    between = color.pixels(np.array(linear_rgb(SKIN)) / np.sqrt(1.35))
    border = topology.regions["oval"].tolist()
    for place in (canvas.about(*border), canvas.about(4, 5, 195, 197)):
        assert np.abs(canvas.painted(darker, place) - between).max() <= 3
    shown = np.concatenate([canvas.mould.cover.vertices, [0]])
    elsewhere = np.setdiff1d(np.flatnonzero(canvas.drawn), shown)[:2000]
    plain_body = canvas.painted(plain(SKIN), elsewhere)
    lit = color.light(canvas.painted(darker, elsewhere).astype(np.uint8)).sum(axis=0)
    assert lit / color.light(plain_body.astype(np.uint8)).sum(axis=0) == pytest.approx(
        1 / np.sqrt(1.35), rel=0.02
    )


def test_a_shaded_chin_meets_the_skin_at_the_border(canvas: Canvas, topology: FaceTopology) -> None:
    shaded = plain(SKIN)
    chin = int(topology.uv[152, 1] * len(shaded)) - 50
    shaded[chin:] = color.pixels(np.array(linear_rgb(SKIN)) / 1.35)
    assert np.abs(np.median(canvas.painted(shaded, canvas.about(152)), axis=0) - encoded(SKIN)).max() <= 6
    assert np.abs(canvas.painted(shaded, canvas.about(4, 5)) - encoded(SKIN)).max() <= 3


def test_on_another_skin_the_face_is_of_that_skin(canvas: Canvas) -> None:
    """Whatever light the picture is in, and whatever was told of it."""
    painted = canvas.painted(plain("#7d5a44"), canvas.inside, said="#a07e56")
    assert np.abs(painted - encoded(SKIN)).max() <= 2


def test_hair_over_the_forehead_gives_way_to_skin(canvas: Canvas, topology: FaceTopology) -> None:
    hairy = plain(SKIN)
    hairy[: int(topology.uv[[10, 338, 109, 151], 1].max() * len(hairy)) + 30] = (25, 18, 14)
    assert np.abs(canvas.painted(hairy, canvas.about(10)) - encoded(SKIN)).max() <= 8


def test_a_face_said_to_have_another_skin_is_brought_to_the_bodys(canvas: Canvas) -> None:
    painted = canvas.painted(plain("#7d5a44"), canvas.inside, said="#7d5a44")
    assert np.abs(painted - encoded(SKIN)).max() <= 2
    kept = canvas.painted(plain("#7d5a44"), canvas.about(4, 5, 195, 197))
    assert (kept < encoded(SKIN) - 8).all()


def test_only_skin_and_eyes_are_painted(canvas: Canvas, topology: FaceTopology) -> None:
    face = PersonFace(WornFace(topology.mean, "", SKIN, "#4a7fb5"), plain(SKIN))
    painted = {part.name: part for part in canvas.likeness.painted(canvas.parts, face, LOOK)}
    for before in canvas.parts:
        after = painted[before.name]
        assert (after is before) == (before.name not in {"body", "eyes"})
        assert after.positions is before.positions
    skin, eyes = painted["body"], painted["eyes"].material.texture
    assert skin.material.texture is not None
    assert skin.material.texture.pixels.shape == (SIZE, SIZE, 3)
    assert not skin.material.texture.for_everybody
    assert skin.material.color == (1.0, 1.0, 1.0)
    assert skin.licence.endswith("LicenseRef-Person")
    assert eyes is not None
    red, green, blue = color.light(eyes.pixels[128, 128 + 48])  # on the iris
    assert blue > green > red


def test_an_eye_colour_that_cannot_be_told_leaves_the_eyes(canvas: Canvas, topology: FaceTopology) -> None:
    face = PersonFace(WornFace(topology.mean, "", SKIN, ""), plain(SKIN))
    before, after = (
        next(part for part in parts if part.name == "eyes")
        for parts in (canvas.parts, canvas.likeness.painted(canvas.parts, face, LOOK))
    )
    assert after is before


def test_pictures_of_one_person_are_not_kept() -> None:
    """What is kept is what everybody wears: nobody's face stays in memory when its avatar is done."""
    own, shared = (Texture(plain(SKIN)[:8, :8], for_everybody=each) for each in (False, True))
    assert pictures.within(own, 4) is not pictures.within(own, 4)
    assert pictures.within(shared, 4) is pictures.within(shared, 4)
    assert png.encode(own) is not png.encode(own)
    assert png.encode(shared) is png.encode(shared)


def plain(code: str) -> RgbImage:
    """A picture of a face that is all of one colour."""
    return np.full((1024, 1024, 3), encoded(code), np.uint8)


def encoded(code: str) -> IntArray:
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)])
