"""What auth's worker does for the ledger: it counts all credits anew, and tells how many jobs hold some."""

from __future__ import annotations

from atelierkit.jobs.model import Tasks
from atelierkit.logs import get_logger
from services.auth.domain.ports import UnitsOfWork
from services.auth.metrics import LEDGER_CHECKS, OPEN_HOLDS
from services.auth.use_cases.credits import CheckLedger

_CHECK_EVERY_S = 3600.0
_log = get_logger(__name__)


def add_check(rail: Tasks, check: CheckLedger) -> None:
    """Once an hour, in one of the workers."""
    # Born at zero: the first check that finds something is told from none only where there was a count before.
    outcomes = {outcome: LEDGER_CHECKS.labels(outcome=outcome) for outcome in ("fits", "misfits")}

    @rail.task("check_ledger", every_s=_CHECK_EVERY_S)
    async def check_ledger() -> None:
        recount = await check()
        for misfit in recount.misfits:
            _log.error(
                "the ledger does not fit",
                wallet=str(misfit.wallet_id),
                what=misfit.what,
                written=misfit.written,
                counted=misfit.counted,
            )
        outcomes["misfits" if recount.misfits else "fits"].inc()


async def look_at_holds(units: UnitsOfWork) -> None:
    """Tell in the metrics how many jobs hold credits."""
    async with units() as unit:
        OPEN_HOLDS.set(await unit.books.open_hold_count())
