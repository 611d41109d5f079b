"""The generator over the real mesher: receipts of real bodies, and bytes that come back the same."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from anthropometry.measurements import MEASUREMENTS, NAMES
from atelier.common.v1 import file_pb2
from atelier.generator.v1 import generator_pb2 as pb
from atelierkit.inference import LocalInference
from atelierkit.server import Service
from atelierkit.settings import ServiceSettings
from atelierkit.testing import serve
from services.generator.adapters.network import BodyNetwork
from services.mesher.domain.body import BodyModel
from tests.contract.generator.neighbours import Town, body, town
from tests.integration.generator import tiny_network
from tests.integration.generator.real_mesher import real_mesher
from tests.unit.generator.world import MODELS, RecordingBlobs, World

BODY = file_pb2.FileOptions(parts=file_pb2.PARTS_BODY)
DRESSED = file_pb2.FileOptions()
DRESS = pb.Outfit(items=[pb.OutfitItem(garment_id="dress-ines", size="M")])
TROUSERS = pb.Outfit(items=[pb.OutfitItem(garment_id="trousers-milo", size="M")])
LARGEST_PAGE = 100


@pytest.fixture(scope="module")
def model() -> BodyModel:
    return BodyModel.load(MODELS)


@pytest.fixture(scope="module")
def models_dir(model: BodyModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that knows bodies: the mean one, and z moves it along the shape space."""
    folder: Path = tmp_path_factory.mktemp("models")
    matrix = np.zeros((tiny_network.PERSON, tiny_network.COORDINATES))
    matrix[16:] = 0.3 * np.asarray(model.space.cloud_basis, np.float64)[:32]
    tiny_network.install(folder, matrix, np.asarray(model.space.cloud_mean, np.float64))
    return folder


@pytest.fixture(scope="module")
def blobs() -> RecordingBlobs:
    return RecordingBlobs()


@pytest.fixture(scope="module")
def mesher(model: BodyModel, blobs: RecordingBlobs) -> Iterator[Service]:
    with real_mesher(model, blobs) as service:
        yield service


@pytest.fixture
async def here(mesher, models_dir, blobs) -> AsyncIterator[Town]:
    async with LocalInference(models_dir) as inference, serve(mesher) as channel:
        world = World(blobs=blobs, network=BodyNetwork(inference, "0.0.7"))
        async with town(world, mesher=channel) as made:
            yield made


async def sha256(here: Town, avatar: pb.Avatar, file: file_pb2.FileOptions) -> str:
    answer = await here.call("ExportAvatar", pb.ExportAvatarRequest(id=avatar.id, file=file))
    found: str = answer.file.sha256
    return found


async def test_what_was_asked_is_delivered_within_iso_20685(here) -> None:
    avatar = await here.create(body=body(stature=1712, waist_girth=905, hip_girth=1043), outfit=DRESS)
    receipt = avatar.receipt
    assert receipt.within_iso20685
    assert [line.reading.name for line in receipt.lines] == list(NAMES)
    for line, measurement in zip(receipt.lines, MEASUREMENTS, strict=True):
        assert line.reading.feasible
        assert line.error_mm == line.reading.delivered_mm - line.target_mm
        assert abs(line.error_mm) < 0.1 * measurement.iso_20685_limit_mm
    assert receipt.vertex_count > 10_000
    # A person of 1.7 m; skin and volume of the mesh itself are checked where they are measured.
    assert 55.0 < receipt.quantities.volume_l < 95.0
    assert 1.5 < receipt.quantities.surface_area_m2 < 2.5
    assert receipt.weight.interval_low_kg < receipt.weight.estimated_kg < receipt.weight.interval_high_kg


async def test_the_tape_can_be_laid_again(here) -> None:
    """Each tape's own length, from the points of the receipt, is the number beside it."""
    for line in (await here.create(body=body(stature=1650))).receipt.lines:
        path = np.array([(point.x, point.y, point.z) for point in line.reading.tape])
        length_mm = 1000.0 * np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        assert length_mm == pytest.approx(line.reading.delivered_mm, abs=0.5), line.reading.name
        if line.reading.name.endswith("girth"):
            assert np.array_equal(path[0], path[-1])


async def test_the_recipe_alone_gives_the_same_bytes(here) -> None:
    first = await here.create(body=body(stature=1712), look=pb.Look(hairstyle_id="bob"), outfit=DRESS)
    recipe = first.recipe
    again = await here.create(body=recipe.body, look=recipe.look, outfit=recipe.outfit)
    assert await sha256(here, again, DRESSED) == await sha256(here, first, DRESSED)
    assert again.receipt == first.receipt


async def test_a_seed_is_another_person_with_the_same_measurements(here) -> None:
    typical, other = body(stature=1712), body(stature=1712)
    other.seed = 3
    files = {await sha256(here, await here.create(body=spec), BODY) for spec in (typical, other)}
    assert len(files) == 2


async def test_the_body_under_other_clothes_is_the_same_bit_for_bit(here) -> None:
    old = await here.create(body=body(stature=1712), outfit=DRESS)
    body_before = await sha256(here, old, BODY)
    new = (await here.call("UpdateAvatar", pb.UpdateAvatarRequest(id=old.id, outfit=TROUSERS))).avatar
    assert await sha256(here, new, BODY) == body_before
    assert new.receipt.lines == old.receipt.lines
    assert new.receipt.vertex_count != old.receipt.vertex_count


async def test_a_preview_shows_the_body_that_is_made(here) -> None:
    spec = body(stature=1712, hip_girth=1010)
    preview = await here.call("PreviewAvatar", pb.PreviewAvatarRequest(body=spec))
    receipt = (await here.create(body=spec)).receipt
    assert list(preview.delivered_mm) == [line.reading.delivered_mm for line in receipt.lines]
    values = np.frombuffer(preview.positions, "<u2").reshape(-1, 3)
    heights = preview.origin.y + values[:, 1] * np.float64(preview.step.y)
    assert np.ptp(heights) * 1000.0 == pytest.approx(1712, abs=1.0)


async def test_the_largest_page_fits_into_a_message(here) -> None:
    avatar = await here.create(outfit=DRESS)
    assert LARGEST_PAGE * avatar.ByteSize() < ServiceSettings.model_fields["max_message_bytes"].default / 2


async def test_everything_that_was_built_can_be_deleted(here) -> None:
    before = here.world.blobs.keys
    somebody = body(stature=1777)
    somebody.seed = 99
    avatars = [await here.create(body=somebody, outfit=outfit) for outfit in (DRESS, TROUSERS, DRESS)]
    for avatar, file in itertools.product(avatars, (DRESSED, BODY)):
        await sha256(here, avatar, file)
    assert len(here.world.blobs.keys) == len(before) + 4  # the points, two dressed ones, one body
    for avatar in avatars:
        await here.call("DeleteAvatar", pb.DeleteAvatarRequest(id=avatar.id))
    assert here.world.blobs.keys == before
