"""Pictures made small, and meshes made one with one picture."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest

from facemodel import color
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain import atlas, pictures
from services.mesher.domain.model import FileOptions, Part, Scene
from services.mesher.domain.paint import Texture
from services.mesher.domain.surface import FloatArray, IntArray
from tests.unit.mesher.glb_reader import Glb
from tests.unit.mesher.scenes import Studio

SHAPES = ("jawOpen", "viseme_aa")
SIDE = 512


@pytest.fixture(scope="module")
def scene(studio: Studio) -> Scene:
    return studio.scene(FileOptions(morph_targets=SHAPES))


@pytest.fixture(scope="module")
def avatar(scene: Scene) -> Part:
    (part,) = atlas.merged(scene, SIDE).parts
    return part


def picture(part: Part) -> IntArray:
    assert part.material.texture is not None
    return part.material.texture.pixels


def test_light_is_averaged_not_numbers() -> None:
    board = np.indices((8, 8)).sum(axis=0)[..., None] % 2 * np.full(3, 255)
    small = pictures.within(Texture(board.astype(np.uint8)), 4)
    assert np.unique(small.pixels).tolist() == [188]  # half the light; half the number would be 128


def test_a_small_picture_keeps_its_proportions_and_its_mean() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (300, 500, 3)).astype(np.uint8)
    small = pictures.within(Texture(pixels), 128).pixels
    assert small.shape == (77, 128, 3)
    np.testing.assert_allclose(color.light(small).mean(), color.light(pixels).mean(), rtol=2e-3)


def test_a_picture_that_is_small_enough_is_left_alone(scene: Scene) -> None:
    textures = [part.material.texture for part in scene.parts]
    assert [part.material.texture for part in pictures.limited(scene, 1024).parts] == textures
    shown = pictures.limited(scene, 256).parts
    assert {max(texture.pixels.shape) for part in shown if (texture := part.material.texture)} == {256}


@pytest.mark.parametrize("side", [256, 512, 1024])
def test_one_square_picture_of_the_size_asked_for(scene: Scene, side: int) -> None:
    options = FileOptions(texture_atlas=side)
    glb = Glb(GlbWriter().write(atlas.merged(scene, side), options))
    kinds = ("meshes", "materials", "textures", "images")
    assert [len(glb.content[kind]) for kind in kinds] == [1, 1, 1, 1]
    assert glb.content["meshes"][0]["name"] == glb.content["materials"][0]["name"] == "avatar"
    png = glb.image(0)
    assert struct.unpack(">II", png[16:24]) == (side, side)


def test_every_vertex_shows_the_colour_that_it_had(scene: Scene, avatar: Part) -> None:
    """Light at each vertex, read from the one picture and from the pictures and colours before."""
    wanted = np.concatenate([shown(part) for part in scene.parts])
    found = shown(avatar)
    apart = np.abs(color.encode(found) - color.encode(wanted)).max(axis=1)
    # Vertices on the edge of the brows, the lips or the iris fall on mixed pixels.
    assert np.median(apart) < 0.005
    assert np.quantile(apart, 0.99) < 0.05
    plain = np.concatenate([np.full(len(part.positions), part.uv is None) for part in scene.parts])
    assert apart[plain].max() < 0.012


def shown(part: Part) -> FloatArray:
    """(n, 3) linear colour of each vertex's own pixel."""
    light = np.tile(np.array(part.material.color), (len(part.positions), 1))
    if part.material.texture is not None and part.uv is not None:
        pixels = color.light(part.material.texture.pixels)
        height, width, _ = pixels.shape
        u, v = np.clip(part.uv, 0.0, 1.0 - 1e-6).T
        light *= pixels[(v * height).astype(int), (u * width).astype(int)]
    return light if part.colors is None else light * part.colors[:, :3] / 255.0


def test_the_mesh_is_all_meshes_after_each_other(scene: Scene, avatar: Part) -> None:
    np.testing.assert_array_equal(avatar.positions, np.concatenate([part.positions for part in scene.parts]))
    np.testing.assert_array_equal(
        avatar.positions[avatar.triangles],
        np.concatenate([part.positions[part.triangles] for part in scene.parts]),
    )
    assert [morph.name for morph in avatar.morphs] == list(SHAPES)
    for shape, morph in enumerate(avatar.morphs):
        assert (np.diff(morph.vertices) > 0).all()
        np.testing.assert_array_equal(
            avatar.positions[morph.vertices],
            np.concatenate(
                [part.positions[part.morphs[shape].vertices] for part in scene.parts if part.morphs]
            ),
        )
    assert avatar.material.double_sided
    assert avatar.colors is not None
    assert len(avatar.colors) == len(avatar.positions)


def test_vertex_colours_are_not_made_up(scene: Scene) -> None:
    bare = replace(scene, parts=[part for part in scene.parts if part.colors is None])
    (part,) = atlas.merged(bare, SIDE).parts
    assert part.colors is None


def test_cells_fill_the_picture_and_do_not_meet(scene: Scene, avatar: Part) -> None:
    """No pixel is left black, and each part's coordinates stay clear of those of parts of other materials."""
    assert (picture(avatar).max(axis=2) > 0).all()
    assert avatar.uv is not None
    start, boxes = 0, []
    for part in scene.parts:
        own = avatar.uv[start : start + len(part.positions)] * SIDE
        boxes.append((own.min(axis=0) - 2, own.max(axis=0) + 2))
        start += len(part.positions)
    for index, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[index + 1 :]:
            assert (low >= other_high).any() or (other_low >= high).any()


def test_the_same_scene_gives_the_same_picture(scene: Scene, avatar: Part) -> None:
    (again,) = atlas.merged(scene, SIDE).parts
    assert zlib.crc32(picture(again).tobytes()) == zlib.crc32(picture(avatar).tobytes())
