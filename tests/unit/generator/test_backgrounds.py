"""What stands behind people who are drawn: a picture of their own, by what it shows."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from atelier.common.v1 import picture_pb2 as pb
from services.generator.adapters.documents_backgrounds import background_of
from services.generator.convert import pictures as convert
from services.generator.domain.custom_backgrounds import CustomBackground
from services.generator.domain.errors import BackgroundNotFound
from services.generator.domain.jobs import State
from services.generator.domain.pictures import OwnBackground, PictureOptions, Scenery, VideoOptions
from services.generator.domain.shares import ShareOrder
from services.generator.offers import background_verbs, share_verbs
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import PICTURE, VIDEO, Gallery
from tests.unit.generator.studio import Studio
from tests.unit.generator.world import ANN, BOB, World


@pytest.fixture
def gallery(factory: Factory) -> Gallery:
    return Gallery(factory)


@pytest.fixture
def studio(factory: Factory) -> Studio:
    return Studio(factory)


async def kept(world: World, text: str = "a beach", owner: str = ANN) -> CustomBackground:
    return await background_verbs(world.tools).create(owner, "", (await world.photo(text)).file)


def before(background: CustomBackground) -> PictureOptions:
    return replace(PICTURE, background=OwnBackground(str(background.id)))


def filmed(background: CustomBackground) -> VideoOptions:
    return replace(VIDEO, picture=before(background))


async def test_the_mesher_is_told_where_the_picture_lies(gallery: Gallery) -> None:
    avatar, beach = await gallery.world.avatar(), await kept(gallery.world)
    drawn = await gallery.picture(avatar, options=before(beach))
    told = (await gallery.world.store.get(drawn.file)).decode()
    assert repr(Scenery(beach.file)) in told
    assert str(beach.id) not in told


async def test_the_same_picture_under_another_id_draws_nothing(gallery: Gallery) -> None:
    avatar, first = await gallery.world.avatar(), await kept(gallery.world)
    drawn = await gallery.picture(avatar, options=before(first))
    await background_verbs(gallery.world.tools).delete(ANN, first.id)
    again, street = await kept(gallery.world), await kept(gallery.world, "a street")
    assert again.id != first.id
    assert await gallery.picture(avatar, options=before(again)) == drawn
    assert gallery.world.mesher.pictures == 1
    assert (await gallery.picture(avatar, options=before(street))).file != drawn.file


async def test_what_was_drawn_stays_when_its_background_goes(gallery: Gallery) -> None:
    avatar, beach = await gallery.world.avatar(), await kept(gallery.world)
    file = (await gallery.picture(avatar, options=before(beach))).file
    await background_verbs(gallery.world.tools).delete(ANN, beach.id)
    assert await gallery.get_picture(ANN, file.sha256) == file
    assert await gallery.world.exists(file, beach.file) == [True, False]
    with pytest.raises(BackgroundNotFound):
        await gallery.picture(avatar, options=before(beach))


async def test_a_background_is_nobody_elses(gallery: Gallery, studio: Studio) -> None:
    avatar, theirs = await gallery.world.avatar(), await kept(gallery.world, owner=BOB)
    nothing = before(replace(theirs, id=uuid4()))
    share = share_verbs(gallery.world.tools).create
    files, answers = gallery.world.blobs.keys, set()
    for options in (before(theirs), nothing):
        for asked in (
            gallery.picture(avatar, options=options),
            gallery.video(avatar, options=VideoOptions(options)),
            share(ANN, ShareOrder(avatar_id=avatar.id, options=options)),
            studio.accepted(background=options.background),
        ):
            with pytest.raises(BackgroundNotFound) as refused:
                await asked
            answers.add((refused.value.message, refused.value.faults))
    [(_, (fault,))] = answers
    assert (fault.field, fault.code) == ("background", "background.unknown")
    assert gallery.world.blobs.keys == files
    assert gallery.world.ledger.held == {}


async def test_a_video_is_one_job_whichever_id_its_background_has(gallery: Gallery) -> None:
    avatar, beach, same = await gallery.world.avatar(), await kept(gallery.world), await kept(gallery.world)
    job = await gallery.job(avatar, options=filmed(beach))
    assert (await gallery.job(avatar, options=filmed(same))).id == job.id
    ended = await gallery.worked(job.id)
    assert ended is not None
    assert ended.state is State.COMPLETED
    file = await gallery.file(avatar, options=filmed(same))
    assert repr(Scenery(beach.file)) in (await gallery.world.store.get(file)).decode()


async def test_a_video_whose_background_is_gone_by_then_costs_nothing(gallery: Gallery) -> None:
    avatar, beach = await gallery.world.avatar(), await kept(gallery.world)
    job = await gallery.job(avatar, options=filmed(beach))
    await background_verbs(gallery.world.tools).delete(ANN, beach.id)
    ended = await gallery.worked(job.id)
    assert ended is not None
    assert (ended.state, ended.failure and ended.failure.reason) == (State.FAILED, "NOT_FOUND")
    assert gallery.world.mesher.videos == 0


async def test_generations_are_drawn_before_it(studio: Studio) -> None:
    beach = await kept(studio.world)
    first, second = await studio.accepted("contrapposto", "seated", background=OwnBackground(str(beach.id)))
    assert (await studio.factory.tasks.generations(first.id)) is not None
    assert repr(Scenery(beach.file)) in await studio.told(first)
    await background_verbs(studio.world.tools).delete(ANN, beach.id)
    ended = await studio.factory.tasks.generations(second.id)
    assert ended is not None
    assert ended.state is State.FAILED
    assert (await studio.now(first)).picture is not None


def test_an_id_is_read_however_it_is_spelt_and_written_once() -> None:
    id = str(uuid4())
    asked = convert.options(pb.PictureOptions(background=pb.Background(own_id=id.upper())))
    assert asked.background == OwnBackground(id)
    assert convert.options_message(asked).background.own_id == id
    assert background_of({"id": id}) == OwnBackground(id)
