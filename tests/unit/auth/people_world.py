"""A world in which letters are sent, with every verb that people and administrators have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.auth.adapters.passwords import Argon2Passwords
from services.auth.domain.deletions import GENERATOR
from services.auth.domain.letters import Letter, LetterKind, Letters
from services.auth.domain.model import Account, email_key
from services.auth.domain.ports import UnitOfWork, UnitsOfWork
from services.auth.use_cases.accounts import IssueTokenFor
from services.auth.use_cases.administration import ChangeAccount, ListAccounts, ShowAccount
from services.auth.use_cases.deletion import ConfirmDeletion, DeleteAccount, ListDeletions
from services.auth.use_cases.export import ExportPerson
from services.auth.use_cases.passwords import ChangePassword, ForgotPassword, ResetPassword, SendReset
from services.auth.use_cases.profile import EndOtherSessions, EndSession, ListSessions, UpdateProfile
from services.auth.use_cases.sessions import CheckPassword
from services.auth.use_cases.welcome import ResendVerification, VerifyEmail
from tests.unit.auth.world import ACCESS_LIFE, EMAIL, PASSWORD, SetClock, World

NEW_PASSWORD = "needle & thread, thrice"


class _Posting:
    """Notes what is posted, and posts it."""

    def __init__(self, letters: Letters, posted: list[Letter]) -> None:
        self._letters = letters
        self._posted = posted

    async def post(self, letter: Letter) -> None:
        self._posted.append(letter)
        await self._letters.post(letter)


class Mailbox:
    """Every letter of a unit of work that was committed."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self.letters: list[Letter] = []

    @asynccontextmanager
    async def units(self) -> AsyncIterator[UnitOfWork]:
        posted: list[Letter] = []
        async with self._units() as unit:
            unit.letters = _Posting(unit.letters, posted)  # type: ignore[misc, assignment]
            yield unit
        self.letters += posted

    def kinds(self) -> list[LetterKind]:
        return [letter.kind for letter in self.letters]

    def token(self, kind: LetterKind) -> str:
        """The secret in the latest letter of that kind."""
        return [letter.values["token"] for letter in self.letters if letter.kind is kind][-1]


class PeopleWorld(World):
    """Every verb, with a mailbox that everybody reads."""

    def __init__(
        self,
        units: UnitsOfWork,
        passwords: Argon2Passwords,
        clock: SetClock,
        *,
        letters_are_sent: bool = True,
    ) -> None:
        self.mail = Mailbox(units)
        units = self.mail.units
        super().__init__(units, passwords, clock, letters_are_sent=letters_are_sent)
        check_password = CheckPassword(units, passwords, clock)
        self.verify_email = VerifyEmail(units, clock)
        self.resend_verification = ResendVerification(units, clock)
        self.forgot_password = ForgotPassword(units, letters_are_sent)
        self.send_reset = SendReset(units, clock)
        self.reset_password = ResetPassword(units, passwords, clock)
        self.change_password = ChangePassword(check_password, units, passwords, clock)
        self.update_profile = UpdateProfile(units)
        self.list_sessions = ListSessions(units, clock)
        self.end_session = EndSession(units, clock)
        self.end_other_sessions = EndOtherSessions(units, clock)
        self.list_accounts = ListAccounts(units)
        self.show_account = ShowAccount(units)
        self.change_account = ChangeAccount(units, clock)
        self.export_person = ExportPerson(units)
        self.delete_account = DeleteAccount(check_password, units, clock)
        self.list_deletions = ListDeletions(units, GENERATOR)
        self.confirm_deletion = ConfirmDeletion(units, clock, GENERATOR, ACCESS_LIFE)
        self.issue_token_for = IssueTokenFor(units, self.tokens, clock, GENERATOR)

    async def jane(self) -> Account:
        """An account whose address is verified."""
        account = await self.sign_up(EMAIL, PASSWORD)
        await self.verify_email(self.mail.token(LetterKind.VERIFY_EMAIL))
        return await self.show_account(account.id)

    async def ask_for_reset(self, email: str = EMAIL) -> None:
        """What the request and the worker's job do together."""
        await self.forgot_password(email)
        await self.send_reset(email_key(email))

    async def credits(self, account: Account) -> int:
        """What the account has to spend."""
        async with self.units() as unit:
            wallet = await unit.books.wallet(account.id)
        return wallet.available if wallet else 0
