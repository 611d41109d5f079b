"""``python -m services.auth.check_audit [--noted SEQUENCE:HASH]`` verifies the audit trail, and names the first break.

Needs ``ATELIER_AUTH_DATABASE_URL``. It prints where the chain ends. Noted somewhere else, and given to a later check, that
shows what the chain alone cannot: entries that were cut off at its end.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from atelierkit import logs, sql
from atelierkit.errors import AppError
from services.auth.bootstrap import SCHEMA, seals_of, units_of
from services.auth.domain.audit import Head
from services.auth.settings import AuthSettings
from services.auth.use_cases.audit import CheckAudit, Verdict


async def check_audit(settings: AuthSettings, noted: Head | None = None) -> Verdict:
    """Follow the chain from its beginning."""
    async with sql.engine_of(settings, schema=SCHEMA) as engine:
        return await CheckAudit(units_of(settings, engine, seals_of(settings)))(noted)


def told(verdict: Verdict) -> str:
    """The verdict in a sentence."""
    if verdict.fault is not None:
        return f"The audit trail breaks at entry {verdict.head.sequence + 1}: {verdict.fault}."
    return (
        f"The audit trail holds: {verdict.head.sequence} entries, {verdict.forgotten} of them of people who were "
        f"deleted; it ends with {verdict.head.sequence}:{verdict.head.hash.hex()}."
    )


def noted_head(text: str) -> Head:
    """What ``told`` says at its end. Raise ValueError."""
    sequence, _, digest = text.partition(":")
    return Head(int(sequence), bytes.fromhex(digest))


def main() -> None:
    """Command line: exits with status 1 and a sentence when the chain is broken or cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m services.auth.check_audit", description=main.__doc__)
    parser.add_argument("--noted", type=noted_head, help="SEQUENCE:HASH that an earlier check ended with")
    noted: Head | None = parser.parse_args().noted
    logs.configure("auth")
    try:
        verdict = asyncio.run(check_audit(AuthSettings(), noted))
    except AppError as error:
        raise SystemExit(error.message) from error
    if verdict.fault is not None:
        raise SystemExit(told(verdict))
    sys.stdout.write(f"{told(verdict)}\n")


if __name__ == "__main__":
    main()
