"""The operators' command line, on the service's own database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit.errors import NotFound
from services.auth import admin
from services.auth.check_ledger import check_ledger
from services.auth.domain.errors import InsufficientCredits
from services.auth.domain.model import Account, Role, email_key
from services.auth.domain.ports import UnitsOfWork
from services.auth.settings import AuthSettings
from tests.unit.auth.world import EMAIL, SetClock

pytestmark = pytest.mark.postgres


@pytest.fixture
def settings(url: str, tmp_path: Path) -> AuthSettings:
    return AuthSettings(database_url=url, data_dir=tmp_path)


@pytest.fixture
async def jane(postgres_units: UnitsOfWork, clock: SetClock) -> Account:
    account = Account.new(EMAIL, "a hash", clock.now)
    async with postgres_units() as unit:
        await unit.accounts.add(account)
    return account


async def said(settings: AuthSettings, *arguments: str) -> str:
    text, status = await admin.run(settings, arguments)
    assert status == 0
    return text


async def test_an_account_is_made_an_administrator_s(
    settings: AuthSettings, jane: Account, postgres_units: UnitsOfWork
) -> None:
    await said(settings, "users", "grant-admin", EMAIL.upper())
    async with postgres_units() as unit:
        found = await unit.accounts.by_email(email_key(EMAIL))
    assert found is not None
    assert found.role is Role.ADMIN


async def test_credits_are_given_and_taken_back(settings: AuthSettings, jane: Account) -> None:
    assert await said(settings, "credits", "grant", EMAIL, "40", "a gift") == f"{EMAIL} has 40 credits."
    assert await said(settings, "credits", "grant", EMAIL, "-15", "a mistake") == f"{EMAIL} has 25 credits."
    with pytest.raises(InsufficientCredits):
        await said(settings, "credits", "grant", EMAIL, "-26", "too many")
    shown = await said(settings, "users", "show", EMAIL)
    assert (
        dict(line.split(maxsplit=1) for line in shown.splitlines()).items()
        >= {
            "id": str(jane.id),
            "e-mail": EMAIL,
            "role": "user",
            "credits": "25",
            "held": "0",
        }.items()
    )


@pytest.mark.parametrize(
    "arguments",
    [("users", "show"), ("users", "grant-admin"), ("credits", "grant")],
    ids=lambda arguments: arguments[-1],
)
async def test_nobody_has_no_account(settings: AuthSettings, arguments: Sequence[str]) -> None:
    more = ("5", "a gift") if "credits" in arguments else ()
    with pytest.raises(NotFound):
        await admin.run(settings, (*arguments, "nobody@example.org", *more))


async def test_the_ledger_is_checked_and_what_does_not_fit_named(
    settings: AuthSettings, jane: Account, engine: AsyncEngine
) -> None:
    await said(settings, "credits", "grant", EMAIL, "40", "a gift")
    assert await said(settings, "ledger", "check") == (
        "The ledger fits: 1 movements of 1 wallets, 0 credits held."
    )
    async with engine.begin() as connection:
        wallet = await connection.scalar(sa.text("UPDATE wallets SET available = 41 RETURNING id"))
    text, status = await admin.run(settings, ["ledger", "check"])
    assert (text, status) == (f"Wallet {wallet}: balance is 41, its entries give 40.", 1)
    assert len((await check_ledger(settings)).misfits) == 1


async def ended(url: str, folder: Path, *arguments: str) -> tuple[int | None, str, str]:
    """Exit status, output and errors of a command."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        env={"ATELIER_AUTH_DATABASE_URL": url, "ATELIER_DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await command.communicate()
    return command.returncode, out.decode(), err.decode()


async def test_a_command_ends_with_a_sentence_when_it_cannot(url: str, tmp_path: Path) -> None:
    status, _, told = await ended(url, tmp_path, "services.auth.admin", "users", "show", "nobody@example.org")
    assert (status, told.splitlines()[-1]) == (1, "no account has that e-mail")
    assert "Traceback" not in told


async def test_the_check_is_a_command_of_its_own(
    url: str, tmp_path: Path, settings: AuthSettings, jane: Account, engine: AsyncEngine
) -> None:
    await said(settings, "credits", "grant", EMAIL, "40", "a gift")
    status, out, _ = await ended(url, tmp_path, "services.auth.check_ledger")
    assert (status, out) == (0, "The ledger fits: 1 movements of 1 wallets, 0 credits held.\n")
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE wallets SET held = 1"))
    status, _, err = await ended(url, tmp_path, "services.auth.check_ledger")
    assert status == 1
    assert "held is 1, its entries give 0." in err
