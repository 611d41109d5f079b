"""The books in PostgreSQL."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.adapters.tables.accounts import accounts
from services.auth.adapters.tables.credits import holds, ledger_entries, ledger_movements, wallets
from services.auth.domain.credits import Book, Entry, Hold, HoldState, Movement, MovementKind, Wallet
from services.auth.domain.ledger import History, HoldPosition
from services.auth.metrics import CREDITS_MOVED

_WALLETS_AT_ONCE = 100
"""Wallets whose histories one statement reads."""

_CHANGES = (
    sa.select(sa.func.jsonb_object_agg(ledger_entries.c.book, ledger_entries.c.credits))
    .where(
        ledger_entries.c.wallet_id == ledger_movements.c.wallet_id,
        ledger_entries.c.number == ledger_movements.c.number,
    )
    .scalar_subquery()
    .label("changes")
)
_ENTRIES = sa.select(ledger_movements, _CHANGES)
_HOLDS = sa.select(holds, wallets.c.account_id).join(wallets)


class PostgresBooks:
    """Tables ``wallets``, ``ledger_movements``, ``ledger_entries`` and ``holds``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def wallet(self, account_id: UUID) -> Wallet | None:
        return await self._wallet(sa.select(wallets).where(wallets.c.account_id == account_id))

    async def locked(self, account_id: UUID) -> Wallet | None:
        return await self._wallet(
            sa.select(wallets).where(wallets.c.account_id == account_id).with_for_update()
        )

    async def opened(self, account_id: UUID) -> Wallet | None:
        found = await self.locked(account_id)
        if found is not None:
            return found
        zero = sa.literal(0)
        account = sa.select(sa.literal(uuid4()), accounts.c.id, zero, zero, zero)
        await self._session.execute(
            insert(wallets)
            .from_select(list(wallets.c), account.where(accounts.c.id == account_id))
            .on_conflict_do_nothing(index_elements=[wallets.c.account_id])
        )
        return await self.locked(account_id)

    async def entry(self, wallet: Wallet, key: bytes) -> Entry | None:
        one = _ENTRIES.where(ledger_movements.c.wallet_id == wallet.id, ledger_movements.c.key == key)
        row = (await self._session.execute(one)).mappings().one_or_none()
        return None if row is None else _entry(row)

    async def write(self, wallet: Wallet, movement: Movement) -> None:
        line = {"wallet_id": wallet.id, "number": wallet.movements}
        balances = {"available": wallet.available, "held": wallet.held}
        await self._session.execute(
            sa.insert(ledger_movements).values(
                **line,
                **balances,
                kind=movement.kind,
                key=movement.key,
                job_id=movement.job_id,
                reason=movement.reason,
            )
        )
        # One statement for all of them: the trigger adds them up at its end.
        await self._session.execute(
            sa.insert(ledger_entries).values(
                [line | {"book": book, "credits": credits} for book, credits in movement.changes.items()]
            )
        )
        await self._session.execute(
            sa.update(wallets).where(wallets.c.id == wallet.id).values(**balances, movements=wallet.movements)
        )
        counting = functools.partial(_count, movement)
        sa.event.listen(self._session.sync_session, "after_commit", counting, once=True)

    async def hold(self, job_id: UUID) -> Hold | None:
        row = (await self._session.execute(_HOLDS.where(holds.c.job_id == job_id))).mappings().one_or_none()
        return None if row is None else _hold(row)

    async def locked_hold(self, job_id: UUID) -> tuple[Wallet, Hold] | None:
        statement = (
            sa.select(wallets, holds)
            .join(holds)
            .where(holds.c.job_id == job_id)
            .with_for_update(of=[wallets, holds])
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return None if row is None else (_wallet(row), _hold(row))

    async def add_hold(
        self, wallet: Wallet, job_id: UUID, credits: int, reason: str, service: str
    ) -> Hold | None:
        statement = (
            insert(holds)
            .values(
                job_id=job_id,
                wallet_id=wallet.id,
                credits=credits,
                reason=reason,
                service=service,
                state=HoldState.OPEN,
                captured=0,
            )
            .on_conflict_do_nothing(index_elements=[holds.c.job_id])
            .returning(holds.c.reserved_at)
        )
        reserved_at = await self._session.scalar(statement)
        if reserved_at is None:
            return None
        return Hold(job_id, wallet.id, wallet.account_id, credits, reason, reserved_at, service)

    async def settle_hold(self, hold: Hold) -> None:
        await self._session.execute(
            sa.update(holds)
            .where(holds.c.job_id == hold.job_id)
            .values(state=hold.state, captured=hold.captured, settled_at=sa.func.clock_timestamp())
        )

    async def page(self, account_id: UUID, *, limit: int, before: int | None) -> Sequence[Entry]:
        own = sa.select(wallets.c.id).where(wallets.c.account_id == account_id).scalar_subquery()
        newest_first = (
            _ENTRIES.where(ledger_movements.c.wallet_id == own)
            .order_by(ledger_movements.c.number.desc())
            .limit(limit)
        )
        if before is not None:
            newest_first = newest_first.where(ledger_movements.c.number < before)
        return [_entry(row) for row in (await self._session.execute(newest_first)).mappings()]

    async def open_holds(
        self, service: str, *, older_than: timedelta, limit: int, after: HoldPosition | None
    ) -> Sequence[Hold]:
        place = sa.tuple_(holds.c.reserved_at, holds.c.job_id)
        oldest_first = (
            _HOLDS.where(
                holds.c.state == HoldState.OPEN.value,
                holds.c.service == service,
                holds.c.reserved_at <= sa.func.clock_timestamp() - older_than,
            )
            .order_by(holds.c.reserved_at, holds.c.job_id)
            .limit(limit)
        )
        if after is not None:
            oldest_first = oldest_first.where(place > sa.tuple_(*map(sa.literal, after)))
        return [_hold(row) for row in (await self._session.execute(oldest_first)).mappings()]

    async def open_hold_count(self) -> int:
        is_open = holds.c.state == HoldState.OPEN.value
        count = await self._session.scalar(sa.select(sa.func.count()).select_from(holds).where(is_open))
        return int(count or 0)

    async def histories(self) -> AsyncIterator[History]:
        await self._session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        last = UUID(int=0)
        while found := await self._wallets_after(last):
            entries = await self._entries_of([wallet.id for wallet in found])
            held = await self._held_of([wallet.id for wallet in found])
            for wallet in found:
                yield History(wallet, entries.get(wallet.id, ()), held.get(wallet.id, 0))
            last = found[-1].id

    async def _wallet(self, statement: sa.Select[Any]) -> Wallet | None:
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return None if row is None else _wallet(row)

    async def _wallets_after(self, last: UUID) -> Sequence[Wallet]:
        statement = sa.select(wallets).where(wallets.c.id > last).order_by(wallets.c.id)
        rows = (await self._session.execute(statement.limit(_WALLETS_AT_ONCE))).mappings()
        return [_wallet(row) for row in rows]

    async def _entries_of(self, wallet_ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
        statement = _ENTRIES.where(ledger_movements.c.wallet_id.in_(wallet_ids))
        oldest_first = statement.order_by(ledger_movements.c.wallet_id, ledger_movements.c.number)
        found: dict[UUID, list[Entry]] = {}
        for row in (await self._session.execute(oldest_first)).mappings():
            found.setdefault(row[ledger_movements.c.wallet_id], []).append(_entry(row))
        return found

    async def _held_of(self, wallet_ids: Sequence[UUID]) -> dict[UUID, int]:
        statement = (
            sa.select(holds.c.wallet_id, sa.func.sum(holds.c.credits))
            .where(holds.c.wallet_id.in_(wallet_ids), holds.c.state == HoldState.OPEN.value)
            .group_by(holds.c.wallet_id)
        )
        return {id: int(credits) for id, credits in await self._session.execute(statement)}


def _count(movement: Movement, _: object) -> None:
    """Once a movement is committed: what each book got."""
    for book, change in movement.changes.items():
        if change > 0:
            CREDITS_MOVED.labels(kind=movement.kind, book=book).inc(change)


def _wallet(row: RowMapping) -> Wallet:
    return Wallet(
        id=row[wallets.c.id],
        account_id=row[wallets.c.account_id],
        available=row[wallets.c.available],
        held=row[wallets.c.held],
        movements=row[wallets.c.movements],
    )


def _entry(row: RowMapping) -> Entry:
    changes: dict[str, int] = row["changes"] or {}
    return Entry(
        number=row[ledger_movements.c.number],
        movement=Movement(
            kind=MovementKind(row[ledger_movements.c.kind]),
            key=row[ledger_movements.c.key],
            reason=row[ledger_movements.c.reason],
            changes={Book(book): credits for book, credits in changes.items()},
            job_id=row[ledger_movements.c.job_id],
        ),
        available=row[ledger_movements.c.available],
        held=row[ledger_movements.c.held],
        created_at=row[ledger_movements.c.created_at],
    )


def _hold(row: RowMapping) -> Hold:
    return Hold(
        job_id=row[holds.c.job_id],
        wallet_id=row[holds.c.wallet_id],
        account_id=row[wallets.c.account_id],
        credits=row[holds.c.credits],
        reason=row[holds.c.reason],
        reserved_at=row[holds.c.reserved_at],
        service=row[holds.c.service],
        state=HoldState(row[holds.c.state]),
        captured=row[holds.c.captured],
    )
