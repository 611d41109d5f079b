"""``python -m services.auth.admin`` is what operators do beside the running service.

    users show <e-mail>                            what is known of an account
    users grant-admin <e-mail>                     make it an administrator's
    credits grant <e-mail> <credits> <reason>      give it credits, or take some back
    ledger check                                   count all credits anew

Needs ``ATELIER_AUTH_DATABASE_URL``. Access tokens that are out already keep their role for their last minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

from atelierkit import logs
from atelierkit.errors import AppError
from services.auth.bootstrap import units_opened
from services.auth.check_ledger import told
from services.auth.domain.credits import Wallet
from services.auth.domain.model import Account
from services.auth.domain.ports import UnitsOfWork
from services.auth.settings import AuthSettings
from services.auth.use_cases.accounts import GrantAdmin
from services.auth.use_cases.administration import FindAccount
from services.auth.use_cases.credits import CheckLedger, GetBalance, GrantCredits

Command = Callable[[UnitsOfWork, argparse.Namespace], Awaitable[tuple[str, int]]]
"""Does it; gives what to say, and the exit status."""


async def show_user(units: UnitsOfWork, asked: argparse.Namespace) -> tuple[str, int]:
    """Say what is known of an account. Raise NotFound."""
    account = await FindAccount(units)(asked.email)
    return _described(account, await GetBalance(units)(account.id)), 0


async def grant_admin(units: UnitsOfWork, asked: argparse.Namespace) -> tuple[str, int]:
    """Make an account an administrator's. Raise NotFound."""
    await GrantAdmin(units)(asked.email)
    return f"{asked.email} is an administrator's from the next log-in on.", 0


async def grant_credits(units: UnitsOfWork, asked: argparse.Namespace) -> tuple[str, int]:
    """Give an account credits. Raise NotFound or InsufficientCredits."""
    account = await FindAccount(units)(asked.email)
    wallet = await GrantCredits(units)(account.id, asked.credits, asked.reason, uuid4())
    return f"{account.email} has {wallet.available} credits.", 0


async def check_ledger(units: UnitsOfWork, _: argparse.Namespace) -> tuple[str, int]:
    """Count all credits anew; status 1 where something does not fit."""
    recount = await CheckLedger(units)()
    return told(recount), 1 if recount.misfits else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m services.auth.admin")
    topics = made.add_subparsers(required=True, metavar="users | credits | ledger")
    users = topics.add_parser("users").add_subparsers(required=True, metavar="show | grant-admin")
    credits = topics.add_parser("credits").add_subparsers(required=True, metavar="grant")
    ledger = topics.add_parser("ledger").add_subparsers(required=True, metavar="check")
    _command(users, "show", show_user).add_argument("email")
    _command(users, "grant-admin", grant_admin).add_argument("email")
    grant = _command(credits, "grant", grant_credits)
    grant.add_argument("email")
    grant.add_argument("credits", type=int, help="negative ones are taken back")
    grant.add_argument("reason", help="stands on the statement")
    _command(ledger, "check", check_ledger)
    return made


async def run(settings: AuthSettings, arguments: Sequence[str]) -> tuple[str, int]:
    """Do what the arguments say; gives what to say, and the exit status."""
    asked = parser().parse_args(arguments)
    async with units_opened(settings) as units:
        done: tuple[str, int] = await asked.command(units, asked)
    return done


def main() -> None:
    """Exit with a sentence when it cannot be done."""
    logs.configure("auth")
    try:
        said, status = asyncio.run(run(AuthSettings(), sys.argv[1:]))
    except AppError as error:
        raise SystemExit(error.message) from error
    sys.stdout.write(f"{said}\n")
    raise SystemExit(status)


def _command(
    topic: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command
) -> argparse.ArgumentParser:
    made = topic.add_parser(name, help=(command.__doc__ or "").partition(".")[0])
    made.set_defaults(command=command)
    return made


def _described(account: Account, wallet: Wallet | None) -> str:
    facts = {
        "id": account.id,
        "e-mail": account.email,
        "verified": account.email_verified_at or "no",
        "role": account.role,
        "tier": account.tier,
        "closed": account.disabled_at or "no",
        "since": account.created_at,
        "credits": wallet.available if wallet else 0,
        "held": wallet.held if wallet else 0,
    }
    return "\n".join(f"{name:<9} {fact}" for name, fact in facts.items())


if __name__ == "__main__":
    main()
