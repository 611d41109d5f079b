"""A. Processes die at their work on photos of people and on videos: at every place of it. What may not be left is a photo."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.faults.experiments.jobs import PAUSE_S, REACHED_S, SERVER, WORKER, crash_server, crashed
from tests.faults.harness import photos
from tests.faults.harness.experiment import experiment
from tests.faults.harness.journal import Entry
from tests.faults.harness.photos import PhotoRequest, Wish
from tests.faults.harness.records import ENDS, job_states, left_of_photos
from tests.faults.harness.waiting import until
from tests.faults.harness.world import World

PEOPLE = 2
"""A hundred credits each, and five for each wish."""
ENDED_S = 300.0
"""Longest wait for all jobs to end, and then for the last photo to go."""
KEPT_BY_NOBODY = ("uploads/", "faces/photos/")
"""Where photos lie while somebody works on them; here no person asked to keep any."""


async def _worker_dies(world: World, place: str, asked: PhotoRequest) -> Entry:
    """The job waits for the worker that is to end."""
    told = await photos.send_until_told(world.api, asked, patience_s=REACHED_S)
    world.stack.spawn(WORKER, failpoints=f"{place}=crash")
    await crashed(world, WORKER, place)
    return told


async def _server_dies_deleting(world: World, place: str, asked: PhotoRequest) -> Entry:
    """The record goes, and the server with it, before any file does."""
    told = await photos.send_until_told(world.api, asked, patience_s=REACHED_S)

    async def delete() -> None:
        await photos.delete(world.api, asked.owner, told.answer["id"])

    await crash_server(world, place, delete)
    await world.stack.start(SERVER)
    return told


async def _server_dies_accepting(world: World, place: str, asked: PhotoRequest) -> Entry:
    """A copy of the photo is stored, and the server goes before any record of it is. What is accepted then is deleted."""

    async def send() -> None:
        await photos.send(world.api, asked, again=True)

    await crash_server(world, place, send)
    await world.stack.start(SERVER)
    told = await photos.send_until_told(world.api, asked, patience_s=REACHED_S)
    await photos.delete(world.api, asked.owner, told.answer["id"])
    return told


@dataclass(frozen=True)
class Place:
    """Where a process is killed, and the wish that brings it there."""

    wish: Wish
    die: Callable[[World, str, PhotoRequest], Awaitable[Entry]] = _worker_dies
    """Has the wish sent and the process killed; gives what the wish was answered. The worker is away when it begins."""
    of_a_wall: bool = False
    kept: bool = False


PLACES: Mapping[str, Place] = {
    "work.leased": Place(Wish.AVATAR),
    "faces.searched": Place(Wish.PICTURE),
    "faces.read": Place(Wish.AVATAR),
    "faces.picture_stored": Place(Wish.PICTURE),
    "faces.built": Place(Wish.AVATAR),
    "faces.geometry_stored": Place(Wish.PICTURE),
    "generations.portrait_kept": Place(Wish.PICTURE),
    "generations.drawn": Place(Wish.PICTURE),
    "work.completed": Place(Wish.PICTURE),
    "work.given_up": Place(Wish.PICTURE, of_a_wall=True),
    "generations.deleted": Place(Wish.PICTURE, _server_dies_deleting),
    "generations.photo_renewed": Place(Wish.PICTURE, _server_dies_accepting, kept=True),
    "videos.drawn": Place(Wish.VIDEO),
}
"""Every place in the work on photos and videos; a test holds them against the code."""


@experiment(
    "F35", "a process is killed at every place of work on photos and videos", alert="ServiceRestarted"
)
async def photos_are_swept(world: World) -> None:
    """SIGKILL at each place in turn, in the order of the seed; the next process to be killed starts where the last one fell.

    All that was asked for is made or given up, paid once or not at all, and no photo is left.
    """
    people = [await _person(world) for _ in range(PEOPLE)]
    names = world.random.sample(sorted(PLACES), min(len(PLACES), world.scale.job_places))
    told: list[Entry] = []
    async with world.fault():
        for number, name in enumerate(names):
            world.journal.note("place", name=name, at=world.journal.now)
            asked = _asked(world, people[number % PEOPLE], PLACES[name])
            world.stack.kill(WORKER)
            told.append(await PLACES[name].die(world, name, asked))
        await world.stack.start(WORKER)
        await _ended(world)
    _claim_once(world, told)
    await _claim_no_photo(world)


async def _person(world: World) -> PhotoRequest:
    """Somebody new with an avatar who has consented; every request of theirs is a copy of this one."""
    user = await world.newcomer()
    made = await world.api.make(user, {"measurements": {}, "bodyType": "feminine"})
    assert made.acknowledged, made
    consent, pose = await photos.consented(world.api, user), await photos.a_pose(world.api)
    return PhotoRequest(user, Wish.PICTURE, "", pose, consent, made.answer["id"])


def _asked(world: World, person: PhotoRequest, place: Place) -> PhotoRequest:
    name = f"photos-{world.random.getrandbits(48):012x}"
    return replace(person, wish=place.wish, name=name, of_a_wall=place.of_a_wall, kept=place.kept)


async def _ended(world: World) -> None:
    give_up = world.journal.now + ENDED_S
    while True:
        states = await asyncio.to_thread(job_states, world.stack.database)
        if states.keys() <= ENDS:
            return
        if world.journal.now > give_up:
            world.claim(False, f"the jobs have not ended after {ENDED_S:g} s: {states}")
            return
        await asyncio.sleep(PAUSE_S)


def _claim_once(world: World, told: Sequence[Entry]) -> None:
    """Each wish was accepted, and is one job however often it was sent."""
    refused = [str(entry) for entry in told if not entry.acknowledged]
    world.claim(not refused, f"{len(refused)} requests with photos were not accepted: {refused[:5]}")
    ids: dict[str, set[str]] = defaultdict(set)
    for entry in world.journal:
        if entry.operation == "photos" and entry.acknowledged:
            ids[entry.intent["name"]].add(entry.answer["id"])
    twice = {name: sorted(found) for name, found in ids.items() if len(found) > 1}
    world.claim(not twice, f"these requests became several jobs: {twice}")


async def _claim_no_photo(world: World) -> None:
    """Neither in the store nor in the records."""
    try:
        await until(lambda: not _photos(world) and not left_of_photos(world.stack.database), ENDED_S)
    except TimeoutError:
        left = left_of_photos(world.stack.database)
        world.claim(False, f"photos are left: {_photos(world)[:5]}, and {left} records of them")


def _photos(world: World) -> list[str]:
    """Objects that are photos of somebody."""
    stored = (
        str(path.relative_to(world.stack.blobs)) for path in world.stack.blobs.rglob("*") if path.is_file()
    )
    return sorted(key for key in stored if key.startswith(KEPT_BY_NOBODY))
