"""CreateAvatar, PreviewAvatar and EstimateMeasurements over doubles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from anthropometry.measurements import NAMES
from atelierkit.errors import AppError, Code, Unavailable
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.memory import MemoryUnitsOfWork
from services.generator.domain.errors import FileLost, ImplausibleMeasurements
from services.generator.domain.model import BodySpec, BodyType, Look, OutfitItem, Source
from services.generator.domain.ports import UnitOfWork
from tests.unit.generator.world import ANN, BODY, DRESS, TROUSERS, WOMAN, RecordingBlobs, World

BEYOND = {"stature": 1700.0, "waist_girth": 1800.0, "hip_girth": 800.0}


class FailingUnits:
    """A database that goes away at the next commits."""

    def __init__(self, failing: int) -> None:
        self._units = MemoryUnitsOfWork()
        self._failing = failing

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        async with self._units() as unit:
            yield unit
            if self._failing:
                self._failing -= 1
                raise Unavailable("the database does not answer")


async def test_an_avatar_is_what_was_asked_for_and_what_was_delivered(world) -> None:
    avatar = await world.avatar(look=Look(hairstyle_id="bob"))
    assert (avatar.owner, avatar.created_at, avatar.updated_at) == (ANN, world.clock.now, world.clock.now)
    assert avatar.recipe.body == WOMAN
    assert avatar.recipe.model_version == "1.2.3"
    assert avatar.recipe.look == Look("tone-04", "bob", "#332211")
    assert avatar.recipe.outfit == (OutfitItem("dress-ines", "M", "#aa0000"),)
    assert [line.reading.name for line in avatar.receipt.lines] == list(NAMES)
    assert [line.error_mm for line in avatar.receipt.lines] == pytest.approx([0.25] * 15)
    stature, waist = avatar.receipt.lines[0], avatar.receipt.lines[4]
    assert (stature.target_mm, stature.source, tuple(stature.interval_mm)) == (
        1680.0,
        Source.ASKED,
        (1680.0, 1680.0),
    )
    assert (waist.target_mm, waist.source) == (820.5, Source.ASKED)
    estimated = [line for line in avatar.receipt.lines if line.source is Source.ESTIMATED]
    assert len(estimated) == 13
    assert all(line.interval_mm.low < line.target_mm < line.interval_mm.high for line in estimated)
    assert [reading.name for reading in avatar.receipt.beside] == ["natural_waist_girth"]
    assert (avatar.receipt.point_count, avatar.receipt.vertex_count, avatar.receipt.face_count) == (
        10_000,
        1100,
        2200,
    )
    assert await world.get(ANN, avatar.id) == avatar
    assert await world.exists(avatar.files.points, avatar.files.dressed) == [True, True]


async def test_the_recipe_alone_rebuilds_the_same_bytes(world) -> None:
    first = await world.avatar(look=Look(hairstyle_id="bob"))
    world.looks.colors["dress-ines"] = "#00ff00"  # the shop's default moves, the recipe stays
    recipe = first.recipe
    again = await world.create(ANN, recipe.body, recipe.look, recipe.outfit)
    assert again.files == first.files
    assert again.recipe == recipe
    assert again.id != first.id


@pytest.mark.parametrize(
    "spec",
    [
        replace(WOMAN, seed=7),
        replace(WOMAN, body_type=BodyType.NEUTRAL),
        replace(WOMAN, weight_kg=90.0),
        replace(WOMAN, age=70.0),
        replace(WOMAN, measurements_mm={"stature": 1680.0, "waist_girth": 820.6}),
    ],
)
async def test_every_part_of_the_person_matters_to_the_body(world, spec) -> None:
    assert (await world.avatar(spec=spec)).files.points != (await world.avatar()).files.points


async def test_measurements_that_fit_nobody_are_refused_before_anybody_is_asked(world) -> None:
    with pytest.raises(ImplausibleMeasurements) as refused:
        await world.avatar(spec=BodySpec(BEYOND, BodyType.FEMININE))
    faults = refused.value.faults
    assert [fault.field for fault in faults] == ["body.measurements.waist_girth_mm"]
    low, high = (float(end) for end in (faults[0].limit or "").removesuffix(" mm").split(".."))
    assert 450 <= low < high < 1800
    assert (refused.value.code, refused.value.reason) == (Code.INVALID_ARGUMENT, "IMPLAUSIBLE_MEASUREMENTS")
    assert (world.inference.calls, world.mesher.builds, await world.kept()) == (0, 0, ())
    for end in (low, high):
        await world.avatar(spec=BodySpec(BEYOND | {"waist_girth": end}, BodyType.FEMININE))


async def test_a_refused_garment_stores_nothing(world) -> None:
    with pytest.raises(AppError) as refused:
        await world.avatar(outfit=(*DRESS, OutfitItem("cape", "M")))
    assert [fault.field for fault in refused.value.faults] == ["outfit.items[1].garment_id"]
    assert (world.mesher.builds, await world.kept()) == (0, ())


@pytest.mark.parametrize("error", [Unavailable("the store does not answer"), asyncio.CancelledError()])
async def test_nothing_is_left_when_the_build_is_not_kept(error) -> None:
    class Away(BlobFiles):
        async def put(self, data, media_type):
            raise error

    blobs = RecordingBlobs()
    world = World(store=Away(blobs), blobs=blobs)
    with pytest.raises(type(error)):
        await world.avatar()
    assert world.mesher.builds == 1
    assert (blobs.keys, await world.kept()) == ([], ())


async def test_nothing_is_left_when_the_database_goes_away() -> None:
    world = World(units=FailingUnits(1))
    with pytest.raises(Unavailable, match="database"):
        await world.avatar()
    assert (world.blobs.keys, await world.kept()) == ([], ())


async def test_the_first_error_is_told_when_tidying_up_fails_too() -> None:
    world = World(units=FailingUnits(2))
    with pytest.raises(Unavailable, match="database"):
        await world.avatar()
    assert await world.kept() == ()
    assert len(world.blobs.keys) == 2
    # The same avatar takes the files over, and takes them along.
    avatar = await world.avatar()
    await world.delete(ANN, avatar.id)
    assert world.blobs.keys == []


async def test_an_avatar_whose_file_went_away_is_not_stored(world) -> None:
    async def lose() -> None:
        for key in world.blobs.keys:
            await world.blobs.delete(key)

    world.mesher.before_answer = lose
    with pytest.raises(FileLost) as lost:
        await world.avatar()
    assert (lost.value.code, lost.value.retry_after_s) == (Code.UNAVAILABLE, 1.0)
    assert await world.kept() == ()


async def test_a_preview_is_the_body_that_would_be_made_and_leaves_nothing(world) -> None:
    preview = await world.preview(WOMAN)
    assert (world.blobs.keys, await world.kept()) == ([], ())
    avatar = await world.avatar()
    about = await world.store.get(avatar.files.dressed)
    assert preview.positions.hex().encode() in about
    assert list(preview.delivered_mm) == [line.target_mm for line in avatar.receipt.lines]


async def test_a_preview_refuses_what_an_avatar_would(world) -> None:
    with pytest.raises(ImplausibleMeasurements):
        await world.preview(BodySpec(BEYOND, BodyType.MASCULINE))


def test_estimates_complete_what_is_known(world) -> None:
    targets = world.estimate(WOMAN)
    assert [target.name for target in targets] == list(NAMES)
    asked = {target.name: target.value_mm for target in targets if target.source is Source.ASKED}
    assert asked == dict(WOMAN.measurements_mm)


def test_estimates_need_no_measurement_at_all(world) -> None:
    targets = world.estimate(BodySpec({}, BodyType.NEUTRAL))
    assert {target.source for target in targets} == {Source.ESTIMATED}


def test_estimates_are_refused_like_avatars(world) -> None:
    with pytest.raises(ImplausibleMeasurements):
        world.estimate(BodySpec(BEYOND, BodyType.NEUTRAL))


async def test_equal_avatars_share_their_files(world) -> None:
    first, second = await world.avatar(), await world.avatar()
    assert first.files == second.files
    assert first.files.of(BODY) is None
    assert (await world.avatar(outfit=TROUSERS)).files.points == first.files.points
