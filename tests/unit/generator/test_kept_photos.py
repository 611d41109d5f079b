"""Photos that people keep: encoded anew before anything is recorded, and what was sent is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from atelierkit.admission import Admission, Limits
from atelierkit.failpoints import FailpointHit
from photos import strip
from photos.model import PhotoFormat
from services.generator.adapters.kept_photos import RenewedPhotos
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import Photo, Slot
from services.generator.domain.model import StoredFile
from tests.unit.generator.studio import Studio
from tests.unit.generator.world import ANN
from tests.unit.photos import photo_files as files


async def upload(studio: Studio, data: bytes, kind: PhotoFormat = PhotoFormat.JPEG) -> Photo:
    ref = await studio.world.blobs.put(data, prefix=f"uploads/{uuid4().hex}", media_type=kind.media_type)
    return Photo(Slot.FRONT, StoredFile(ref.key, ref.sha256, ref.media_type, ref.size), "me.jpg")


def renewing(studio: Studio) -> RenewedPhotos:
    return RenewedPhotos(studio.world.store, Admission("photos", Limits(places=1)))


@pytest.mark.attack("A30", "A31")
@pytest.mark.parametrize("kind", list(PhotoFormat))
async def test_a_photo_to_keep_is_upright_and_says_nothing(studio: Studio, kind: PhotoFormat) -> None:
    lying = Image.fromarray(np.rot90(files.colours()).copy())
    sent = await upload(studio, files.telling(kind.name, lying, orientation=6), kind)
    kept = await renewing(studio).to_keep(sent)
    data = await studio.world.store.get(kept.file)
    assert (kept.file.media_type, kept.filename, kept.file.size) == (kind.media_type, "me.jpg", len(data))
    assert files.SECRET not in data
    assert strip.bare(data, kind) == data
    with Image.open(BytesIO(data)) as picture:
        assert picture.size == files.SIZE
        assert not picture.getexif()


async def test_equal_photos_of_two_people_are_two_files(studio: Studio) -> None:
    sent = await upload(studio, files.photo("JPEG"))
    first, second = [await renewing(studio).to_keep(sent) for _ in range(2)]
    assert first.file.sha256 == second.file.sha256
    assert first.file.key != second.file.key


@pytest.mark.attack("A32")
async def test_what_makes_no_picture_is_refused_by_its_name(studio: Studio) -> None:
    with pytest.raises(InvalidPhotos) as refused:
        await renewing(studio).to_keep(await upload(studio, files.photo("JPEG")[:3000]))
    [fault] = refused.value.photo_faults
    assert (fault.slot, fault.filename, fault.code) == (Slot.FRONT, "me.jpg", "invalid_image")


async def test_only_the_renewed_photo_is_left_and_the_work_is_done_on_it(studio: Studio) -> None:
    accepted = await studio.accepted("contrapposto", "seated", keep_photo=True)
    [photo] = {each.photo for each in accepted}
    assert photo is not None
    assert studio.keys == [photo.file.key]
    assert await studio.world.store.get(photo.file) == b"renewed ahead"
    await studio.factory.work()
    assert (await studio.now(accepted[0])).photo == photo


async def test_a_photo_to_keep_that_makes_no_picture_is_refused_and_leaves_nothing(studio: Studio) -> None:
    studio.world.ledger.balance = 10
    studio.world.kept_photos.fault = "invalid_image"
    with pytest.raises(InvalidPhotos):
        await studio.one(keep_photo=True)
    assert (studio.keys, studio.world.ledger.balance, studio.world.ledger.held) == ([], 10, {})


async def test_the_same_request_is_renewed_once_and_its_second_photo_goes(studio: Studio) -> None:
    request = uuid4()
    first = await studio.accepted(request=request, keep_photo=True)
    kept = studio.keys
    assert await studio.accepted(request=request, keep_photo=True) == first
    assert studio.keys == kept


async def test_two_of_the_same_request_at_once_keep_one_photo(studio: Studio) -> None:
    request = uuid4()
    orders = [await studio.order(keep_photo=True) for _ in range(2)]
    await asyncio.gather(*(studio.create(ANN, order, request) for order in orders))
    [generation] = (await studio.list(ANN, 10)).generations
    assert generation.photo is not None
    assert studio.keys == [generation.photo.file.key]


async def test_a_request_that_is_cut_off_behind_the_copy_leaves_neither(
    studio: Studio, armed: Callable[[str], object]
) -> None:
    armed("generations.photo_renewed=raise")
    with pytest.raises(FailpointHit):
        await studio.one(keep_photo=True)
    assert studio.keys == []


async def test_a_copy_that_a_process_has_left_behind_goes_after_an_hour(studio: Studio) -> None:
    kept = await studio.one(keep_photo=True)
    assert kept.photo is not None
    await studio.world.store.put_apart(b"of a request that died", "image/jpeg")
    studio.world.clock.now = datetime.now(UTC) + timedelta(minutes=50)
    assert (await studio.world.clear_faces()).uploads == 0
    studio.world.clock.advance(minutes=20)
    assert (await studio.world.clear_faces()).uploads == 1
    assert studio.keys == [kept.photo.file.key]


async def test_nobody_s_photo_is_renewed_unasked(studio: Studio) -> None:
    order = await studio.order()
    await studio.create(ANN, replace(order, keep_photo=False), uuid4())
    assert studio.keys == [order.photo.file.key]
