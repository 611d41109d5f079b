"""``python -m services.auth.check_ledger`` counts all credits anew, and names what does not fit.

Needs ``ATELIER_AUTH_DATABASE_URL``. It reads one moment, beside the running service.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from atelierkit import logs
from atelierkit.errors import AppError
from services.auth.bootstrap import units_opened
from services.auth.domain.recount import Recount
from services.auth.settings import AuthSettings
from services.auth.use_cases.credits import CheckLedger


async def check_ledger(settings: AuthSettings) -> Recount:
    """Count every wallet."""
    async with units_opened(settings) as units:
        return await CheckLedger(units)()


def told(recount: Recount) -> str:
    """What was counted in a sentence, or a line for each number that does not fit."""
    if not recount.misfits:
        return f"The ledger fits: {recount.entries} movements of {recount.wallets} wallets, {recount.held} credits held."
    return "\n".join(
        f"Wallet {misfit.wallet_id}: {misfit.what} is {misfit.written}, its entries give {misfit.counted}."
        for misfit in recount.misfits
    )


def main() -> None:
    """Command line: exits with status 1 and says what does not fit."""
    argparse.ArgumentParser(
        prog="python -m services.auth.check_ledger", description=main.__doc__
    ).parse_args()
    logs.configure("auth")
    try:
        recount = asyncio.run(check_ledger(AuthSettings()))
    except AppError as error:
        raise SystemExit(error.message) from error
    if recount.misfits:
        raise SystemExit(told(recount))
    sys.stdout.write(f"{told(recount)}\n")


if __name__ == "__main__":
    main()
