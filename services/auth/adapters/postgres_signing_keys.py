"""The private keys that sign access tokens, in PostgreSQL: table ``signing_keys``, sealed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from services.auth.adapters.sealed_columns import SIGNING_KEYS
from services.auth.adapters.tables.accounts import signing_keys
from services.auth.domain.sealing import Seals

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("atelier.auth.signing_keys", 0)))


async def load_signing_keys(
    engine: AsyncEngine, seals: Seals, new_key: Callable[[], Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The private JWKs, newest first; the very first is made here, once, however many replicas start together.

    Raise Unsealable where the ring lacks the key of theirs.
    """
    async with sql.UnitOfWork(engine) as unit:
        await unit.session.execute(_LOCK)
        found = sa.select(signing_keys.c.kid, signing_keys.c.sealed_jwk).order_by(
            signing_keys.c.created_at.desc()
        )
        rows = (await unit.session.execute(found)).all()
        keys = [json.loads(seals.open(sealed, SIGNING_KEYS.place(kid))) for kid, sealed in rows]
        if not keys:
            keys = [dict(new_key())]
            await unit.session.execute(
                sa.insert(signing_keys).values(kid=keys[0]["kid"], sealed_jwk=_sealed(keys[0], seals))
            )
    return keys


def _sealed(key: Mapping[str, Any], seals: Seals) -> bytes:
    return seals.seal(json.dumps(key).encode(), SIGNING_KEYS.place(key["kid"]))
