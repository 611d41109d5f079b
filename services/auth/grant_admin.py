"""``python -m services.auth.grant_admin <e-mail>`` makes an account an administrator's.

Needs ``ATELIER_AUTH_DATABASE_URL``. Access tokens that are out already keep their role for their last minutes.
"""

from __future__ import annotations

import argparse
import asyncio

from atelierkit import logs, sql
from atelierkit.errors import AppError
from services.auth.bootstrap import SCHEMA, seals_of, units_of
from services.auth.settings import AuthSettings
from services.auth.use_cases.accounts import GrantAdmin


async def grant_admin(settings: AuthSettings, email: str) -> None:
    """Raise NotFound when no account has that e-mail."""
    async with sql.engine_of(settings, schema=SCHEMA) as engine:
        await GrantAdmin(units_of(settings, engine, seals_of(settings)))(email)


def main() -> None:
    """Command line: exits with a sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m services.auth.grant_admin", description=main.__doc__)
    parser.add_argument("email", help="address of an account that exists")
    email: str = parser.parse_args().email
    logs.configure("auth")
    try:
        asyncio.run(grant_admin(AuthSettings(), email))
    except AppError as error:
        raise SystemExit(error.message) from error


if __name__ == "__main__":
    main()
