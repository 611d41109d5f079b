"""``python -m services.auth.reseal`` seals every sealed column with the first key of the ring.

Needs ``ATELIER_AUTH_DATABASE_URL`` and the ring, as the service does. Afterwards the other keys open nothing that is left,
and may go. It may be interrupted and run again, beside the running service.
"""

from __future__ import annotations

import argparse
import asyncio

from atelierkit import logs, sql
from atelierkit.errors import AppError
from services.auth.adapters import sealed_columns
from services.auth.bootstrap import SCHEMA, seals_of
from services.auth.domain.sealing import Unsealable
from services.auth.settings import AuthSettings

_log = logs.get_logger(__name__)


async def reseal(settings: AuthSettings) -> int:
    """Seal all of it; gives how many values were sealed anew. Raise Unsealable, ValueError for a bad ring."""
    seals, total = seals_of(settings), 0
    async with sql.engine_of(settings, schema=SCHEMA) as engine:
        for sealed in sealed_columns.ALL:
            count = await sealed_columns.reseal(engine, seals, sealed)
            _log.info("sealed anew", column=str(sealed.column), rows=count)
            total += count
    return total


def main() -> None:
    """Command line: exits with a sentence when it cannot be done."""
    argparse.ArgumentParser(prog="python -m services.auth.reseal", description=main.__doc__).parse_args()
    logs.configure("auth")
    try:
        asyncio.run(reseal(AuthSettings()))
    except (Unsealable, AppError, OSError) as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
