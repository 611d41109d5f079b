"""After the load: everything that was acknowledged is asked for again, and records and files are read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from atelierkit.postgres.launcher import DATABASE
from tests.faults.harness import checker
from tests.faults.harness.dealings import is_mutating
from tests.faults.harness.evidence import Evidence, StoredFile, Window
from tests.faults.harness.http import client
from tests.faults.harness.journal import Entry, Journal
from tests.faults.harness.records import records
from tests.faults.harness.sinks import Sinks
from tests.faults.harness.stack import Stack
from tests.faults.harness.users import PASSWORD, Api, User

AT_REST_S = 90.0
"""Longest wait for what is under way: for jobs, settling and telling, which are tried again after up to a minute where a
fault has lasted a minute, and for the generator to delete files that belong to nobody."""
_POLL_S = 0.5
_ASKED_AT_A_TIME = 4
_DEADLINE_S = 10.0
_COMES_BACK = 5
_ASKED_AGAIN = {"create": "avatars", "delete": "avatars", "batch": "jobs", "photos": "jobs", "signup": ""}
"""Operations whose outcome is looked at afterwards, and what of."""
_LATER = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT, None}
"""Answers that say nothing about what is stored."""
_FILES = """
SELECT 'avatar ' || avatar_id, role, key, sha256, size, media_type
FROM generator.avatar_files JOIN generator.files USING (key)
UNION ALL
SELECT 'scan ' || scan_id, role, key, sha256, size, media_type
FROM generator.scan_files JOIN generator.files USING (key)
UNION ALL
SELECT 'job ' || job_id, name, key, sha256, size, media_type
FROM generator.job_files JOIN generator.files USING (key)
UNION ALL
SELECT 'face ' || face_id, role, key, sha256, size, media_type
FROM generator.face_files JOIN generator.files USING (key)
"""


@dataclass(frozen=True)
class Recovery:
    """Collects the evidence of a run whose load has ended and whose fault is over."""

    stack: Stack
    sinks: Sinks
    journal: Journal
    window: Window
    lag_s: float
    patience: float

    async def collect(self, users: Iterable[User], folder: Path) -> Evidence:
        """Everything that the checker judges by, once nothing is under way any more or has had the time to end."""
        found_again = await self._ask_again({user.email: user for user in users}, folder)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + AT_REST_S
        while True:
            evidence = await self._read(found_again)
            if await asyncio.to_thread(checker.at_rest, evidence) or loop.time() > give_up:
                return evidence
            await asyncio.sleep(_POLL_S)

    async def _ask_again(self, by_email: Mapping[str, User], folder: Path) -> Mapping[str, Entry]:
        """Read every avatar and job, and log in to every account, that the journal says was made or deleted."""
        at_a_time = asyncio.Semaphore(_ASKED_AT_A_TIME)
        again = Journal(folder / f"{self.journal.path.stem}-again.jsonl")

        async with client(self.stack.url) as http:
            api = Api(http, again, _DEADLINE_S)

            async def found(entry: Entry) -> tuple[str, Entry]:
                async with at_a_time:
                    name, answer = await _ask(api, by_email, entry)
                    for _ in range(_COMES_BACK):
                        if answer.status in _LATER:
                            name, answer = await _ask(api, by_email, entry)
                    return name, answer

            told = [entry for entry in self.journal if entry.acknowledged and entry.operation in _ASKED_AGAIN]
            answers = dict(await asyncio.gather(*map(found, told)))
        again.close()
        return answers

    async def _read(self, found_again: Mapping[str, Entry]) -> Evidence:
        mutating = [entry.request_id for entry in self.journal if is_mutating(entry)]
        with self.stack.database.admin(DATABASE) as connection:
            files = [StoredFile(*row) for row in connection.execute(_FILES)]
            known = {key for (key,) in connection.execute("SELECT key FROM generator.files")}
        return Evidence(
            journal=self.journal,
            window=self.window,
            lag_s=self.lag_s,
            patience=self.patience,
            files=files,
            known_keys=frozenset(known),
            blobs=self.stack.blobs,
            found_again=found_again,
            unasked_ends=self.stack.unasked_ends(),
            records=await records(self.stack, mutating),
            sinks=self.sinks,
        )


async def _ask(api: Api, by_email: Mapping[str, User], told: Entry) -> tuple[str, Entry]:
    """The avatar's, job's or account's name, and the answer to reading or using it."""
    if kind := _ASKED_AGAIN[told.operation]:
        id = told.intent.get("id") or told.answer["id"]
        answer, _ = await api.ask("get", "GET", f"/v1/{kind}/{id}", user=by_email[told.user])
        return id, answer
    email = told.intent["email"]
    credentials = {"email": email, "password": PASSWORD}
    answer, _ = await api.ask("login", "POST", "/v1/auth/login", json=credentials)
    return email, answer
