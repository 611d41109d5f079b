"""Whichever of a verb's units of work the database undoes, the verb gets through, and makes nothing twice.

These are the verbs of methods that do not declare that they may come twice: nobody else repeats them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from atelierkit.jobs import MemoryRail
from services.generator.adapters.job_changes import JobChanges
from services.generator.adapters.memory import MemoryUnitsOfWork
from services.generator.domain.model import Avatar, LookChange, StoredFile
from services.generator.domain.scan import CloudFormat
from services.generator.use_cases.batches import CreateBatch
from services.generator.use_cases.jobs import CancelJob, ListJobs
from tests.unit.generator.factory import rows
from tests.unit.generator.world import ANN, TROUSERS, World
from tests.unit.undoing import Undoing

Verb = Callable[[World, Avatar], Coroutine[Any, Any, object]]


async def _create(world: World, old: Avatar) -> object:
    return await world.avatar()


async def _update(world: World, old: Avatar) -> object:
    return await world.update(ANN, old.id, LookChange("tone-09"), TROUSERS)


async def _delete(world: World, old: Avatar) -> None:
    await world.delete(ANN, old.id)


async def _scan(world: World, old: Avatar) -> object:
    sent = await world.blobs.put(b"0 0 0\n1 1 1", prefix="uploads/1", media_type="text/plain")
    cloud = StoredFile(sent.key, sent.sha256, sent.media_type, sent.size)
    return await world.create_scan(ANN, cloud, CloudFormat.XYZ, register=True)


async def _batch(world: World, old: Avatar) -> object:
    tools = world.tools
    accept = CreateBatch(tools.units, tools.estimator, tools.credits, tools.clock)
    return await accept(ANN, rows(3))


async def _cancelled_batch(world: World, old: Avatar) -> object:
    tools = world.tools
    accept = CreateBatch(tools.units, tools.estimator, tools.credits, tools.clock)
    job, _ = await accept(ANN, rows(3))
    return await CancelJob(tools.units, tools.clock)(ANN, job.id)


async def _left(world: World) -> dict[str, Any]:
    """What is there afterwards, and what it took."""
    jobs = (await ListJobs(world.units)(ANN, 10, None)).jobs
    return {
        "avatars": len((await world.list(ANN, 10, None)).avatars),
        "files": world.blobs.keys,
        "inferred": world.inference.calls,
        "jobs": [(job.state, job.total) for job in jobs],
        "held": sorted(world.ledger.held.values()),
    }


@pytest.mark.parametrize("verb", [_create, _update, _delete, _scan, _batch, _cancelled_batch])
async def test_a_verb_gets_through(verb: Verb) -> None:
    left = []
    for number in itertools.count(1):
        units = Undoing(MemoryUnitsOfWork(MemoryRail(), JobChanges(poll_s=60.0)))
        world = World(units)
        world.ledger.balance = 10
        old = await world.avatar()
        units.undo(number)
        await verb(world, old)
        was_undone = units.undone
        units.undo(0)
        left.append(await _left(world))
        if not was_undone:
            break
    *with_undone, without = left
    assert with_undone == [without] * len(with_undone)
    assert with_undone
