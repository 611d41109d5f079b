"""What users do with batches and credits: they ask, come again under the same key, look, cancel and delete."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tests.faults.harness.journal import Entry
from tests.faults.harness.users import Api, Operation, User, person

MOST_ROWS = 5
COMES_AGAIN_S = 20.0
"""Time in which a client sends a batch again under its key."""
_PAUSE_S = 1.0
"""Longest pause before that, where the answer names none or a longer one."""
_LATER = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.CONFLICT, None}
"""Answers after which a client with a key comes again; a conflict says that the first request is still at work."""
_KEYED, _CANCELLED = 0.6, 0.25
"""Shares of the batches."""


@dataclass(frozen=True)
class Batch:
    """A batch as its owner means it, however often it is sent."""

    owner: User
    name: str
    """Leads the reference of each row: by it the records are found."""
    rows: int
    key: str = ""
    """Idempotency key; empty for none."""
    seed: int = 0

    @property
    def body(self) -> Mapping[str, Any]:
        """What is sent, the same each time."""
        dice = random.Random(self.seed)
        return {"rows": [{**person(dice), "reference": f"{self.name}/{row}"} for row in range(self.rows)]}


def drawn(owner: User, dice: random.Random, *, rows: int, keyed: bool = True) -> Batch:
    """A batch that nobody has sent before."""
    name = f"batch-{dice.getrandbits(48):012x}"
    return Batch(owner, name, rows, f"key-{name}" if keyed else "", dice.getrandbits(32))


async def send(api: Api, batch: Batch, *, due: float | None = None, again: bool = False) -> Entry:
    """Send it once. ``again`` says that it was sent before: then it is no surprise that the first is still at work."""
    entry, answer = await api.ask(
        "batch",
        "POST",
        "/v1/avatars/batch",
        user=batch.owner,
        due=due,
        json=batch.body,
        headers={"idempotency-key": batch.key} if batch.key else {},
        intent={"name": batch.name, "key": batch.key, "rows": batch.rows},
        welcome=[HTTPStatus.CONFLICT] if again else [],
    )
    if entry.acknowledged and answer is not None and (id := answer.json()["id"]) not in batch.owner.jobs:
        batch.owner.jobs.append(id)
    return entry


async def send_until_told(
    api: Api,
    batch: Batch,
    *,
    due: float | None = None,
    again: bool = False,
    patience_s: float = COMES_AGAIN_S,
) -> Entry:
    """Send it, and again under its key until there is an answer that says what came of it; gives the last one."""
    give_up = api.journal.now + patience_s
    entry = await send(api, batch, due=due, again=again)
    while batch.key and entry.status in _LATER and api.journal.now < give_up:
        await asyncio.sleep(min(_PAUSE_S, float(entry.headers.get("retry-after", _PAUSE_S))))
        entry = await send(api, batch, again=True)
    return entry


async def cancel(api: Api, user: User, id: str) -> Entry:
    """Cancel a job, if it is not too late."""
    path = f"/v1/jobs/{id}/cancel"
    entry, _ = await api.ask(
        "cancel", "POST", path, user=user, intent={"id": id}, welcome=[HTTPStatus.CONFLICT]
    )
    return entry


async def _batch(api: Api, user: User, dice: random.Random, due: float) -> None:
    """Of some batches the owner thinks better at once."""
    batch = drawn(user, dice, rows=dice.randint(2, MOST_ROWS), keyed=dice.random() < _KEYED)
    regretted = dice.random() < _CANCELLED
    entry = await send_until_told(api, batch, due=due)
    if entry.acknowledged and regretted:
        await cancel(api, user, entry.answer["id"])


async def _jobs(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("jobs", "GET", "/v1/jobs", user=user, due=due, params={"limit": 5})


async def _job(api: Api, user: User, dice: random.Random, due: float) -> None:
    if not user.jobs:
        return await _jobs(api, user, dice, due)
    await api.ask("job", "GET", f"/v1/jobs/{dice.choice(user.jobs)}", user=user, due=due)
    return None


async def _receipts(api: Api, user: User, dice: random.Random, due: float) -> None:
    """The receipts of a job, if it has any, and then the end of one of its avatars."""
    if not user.jobs:
        return await _jobs(api, user, dice, due)
    path = f"/v1/jobs/{dice.choice(user.jobs)}/receipts.json"
    entry, answer = await api.ask("receipts", "GET", path, user=user, due=due, welcome=[HTTPStatus.NOT_FOUND])
    if answer is None or not entry.acknowledged:
        return None
    made = {row["avatarId"] for row in answer.json()["rows"] if row["avatarId"]}
    if left := sorted(made - user.deleted):
        id = dice.choice(left)
        user.deleted.add(id)
        await api.ask("delete", "DELETE", f"/v1/avatars/{id}", user=user, intent={"id": id})
    return None


async def _balance(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("balance", "GET", "/v1/credits", user=user, due=due)


async def _statement(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("statement", "GET", "/v1/credits/entries", user=user, due=due, params={"limit": 20})


BATCHES = {
    "batch": Operation(2, _batch),
    "job": Operation(3, _job),
    "jobs": Operation(1, _jobs),
    "receipts": Operation(1, _receipts),
    "balance": Operation(2, _balance),
    "statement": Operation(1, _statement),
}
"""A tenth of what people do."""
