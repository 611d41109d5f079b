"""Letters in PostgreSQL."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.sealed_columns import LETTERS
from services.auth.adapters.tables.letters import letters
from services.auth.domain.jobs import SEND_LETTER, Backlog, Jobs
from services.auth.domain.letters import Letter, LetterKind, LetterOutcome, Posted
from services.auth.domain.sealing import Seals


class PostgresLetters:
    """Table ``letters``. Without ``mail`` nothing is written: no mail server would ever take it."""

    def __init__(self, session: AsyncSession, seals: Seals, jobs: Jobs, *, mail: bool) -> None:
        self._session = session
        self._seals = seals
        self._jobs = jobs
        self._mail = mail

    async def post(self, letter: Letter) -> None:
        if not self._mail:
            return
        content = json.dumps({"address": letter.address, "values": dict(letter.values)}).encode()
        await self._session.execute(
            sa.insert(letters).values(
                id=letter.id,
                account_id=letter.account_id,
                kind=letter.kind,
                language=letter.language,
                sealed_content=self._seals.seal(content, LETTERS.place(letter.id)),
            )
        )
        await self._jobs.put(SEND_LETTER, {"letter_id": str(letter.id)})

    async def waiting(self, id: UUID) -> Posted | None:
        statement = sa.select(letters).where(letters.c.id == id, letters.c.ended_at.is_(None))
        row = (await self._session.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        content = json.loads(self._seals.open(row[letters.c.sealed_content], LETTERS.place(id)))
        letter = Letter(
            LetterKind(row[letters.c.kind]),
            content["address"],
            row[letters.c.language],
            content["values"],
            row[letters.c.account_id],
            id,
        )
        return Posted(letter, row[letters.c.posted_at], row[letters.c.tries])

    async def put_off(self, id: UUID, tries: int, until: datetime) -> None:
        noted = await self._session.scalar(
            sa.update(letters)
            .where(letters.c.id == id, letters.c.ended_at.is_(None))
            .values(tries=tries)
            .returning(letters.c.id)
        )
        if noted is not None:
            await self._jobs.put(SEND_LETTER, {"letter_id": str(id)}, until)

    async def end(self, id: UUID, how: LetterOutcome, now: datetime) -> None:
        await self._session.execute(
            sa.update(letters).where(letters.c.id == id).values(ended_at=now, ending=how, sealed_content=None)
        )

    async def drop_ended(self, before: datetime) -> None:
        await self._session.execute(sa.delete(letters).where(letters.c.ended_at < before))

    async def backlog(self) -> Backlog:
        statement = sa.select(sa.func.count(), sa.func.min(letters.c.posted_at))
        row = (await self._session.execute(statement.where(letters.c.ended_at.is_(None)))).one()
        return Backlog(*row)
