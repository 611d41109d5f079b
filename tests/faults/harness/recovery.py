"""After the load: everything that was acknowledged is asked for again, and records and files are read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from atelierkit.postgres.launcher import DATABASE
from tests.faults.harness.evidence import Evidence, StoredFile, Window
from tests.faults.harness.http import client
from tests.faults.harness.journal import Entry, Journal
from tests.faults.harness.stack import Stack
from tests.faults.harness.users import PASSWORD, Api, User

SWEEP_S = 20.0
"""Longest wait for the sweeper to find files that belong to nobody."""
_POLL_S = 0.2
_ASKED_AT_A_TIME = 4
_FILES = """
SELECT 'avatar ' || avatar_id, role, key, sha256, size, media_type FROM generator.avatar_files JOIN generator.files USING (key)
UNION ALL
SELECT 'scan ' || scan_id, role, key, sha256, size, media_type FROM generator.scan_files JOIN generator.files USING (key)
"""


async def collect(
    stack: Stack, journal: Journal, window: Window, lag_s: float, users: Iterable[User], folder: Path
) -> Evidence:
    """The evidence of a run whose load has ended and whose fault is over."""
    found_again = await _ask_again(stack, journal, users, folder)
    evidence = await asyncio.to_thread(_read, stack, journal, window, lag_s, found_again)
    async with asyncio.timeout(SWEEP_S + _POLL_S) as patience:
        while evidence.stored_keys() - evidence.known_keys and not _expires(patience):
            await asyncio.sleep(_POLL_S)
            evidence = await asyncio.to_thread(_read, stack, journal, window, lag_s, found_again)
    return evidence


def _expires(patience: asyncio.Timeout) -> bool:
    when = patience.when()
    return when is not None and when - asyncio.get_running_loop().time() < 2 * _POLL_S


async def _ask_again(
    stack: Stack, journal: Journal, users: Iterable[User], folder: Path
) -> Mapping[str, Entry]:
    """Read every avatar, and log in to every account, that the journal says was made."""
    by_email = {user.email: user for user in users}
    at_a_time = asyncio.Semaphore(_ASKED_AT_A_TIME)
    again = Journal(folder / f"{journal.path.stem}-again.jsonl")

    async with client(stack.url) as http:
        api = Api(http, again, 10.0)

        async def ask(entry: Entry) -> tuple[str, Entry]:
            async with at_a_time:
                if entry.operation == "create":
                    id = entry.answer["id"]
                    return id, (await api.ask("get", "GET", f"/v1/avatars/{id}", user=by_email[entry.user]))[
                        0
                    ]
                email = entry.intent["email"]
                credentials = {"email": email, "password": PASSWORD}
                return email, (await api.ask("login", "POST", "/v1/auth/login", json=credentials))[0]

        made = [entry for entry in journal if entry.acknowledged and entry.operation in {"create", "signup"}]
        found = dict(await asyncio.gather(*map(ask, made)))
    again.close()
    return found


def _read(
    stack: Stack, journal: Journal, window: Window, lag_s: float, found_again: Mapping[str, Entry]
) -> Evidence:
    with stack.database.admin(DATABASE) as connection:
        files = [StoredFile(*row) for row in connection.execute(_FILES)]
        known = {key for (key,) in connection.execute("SELECT key FROM generator.files")}
    return Evidence(
        journal=journal,
        window=window,
        lag_s=lag_s,
        files=files,
        known_keys=frozenset(known),
        blobs=stack.blobs,
        found_again=found_again,
        unasked_ends=stack.unasked_ends(),
    )
