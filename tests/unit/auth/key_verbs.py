"""The verbs of API keys on one storage, for tests of them alone."""

from __future__ import annotations

from services.auth.domain.model import Account
from services.auth.domain.ports import UnitsOfWork
from services.auth.use_cases.api_keys import CreateApiKey, ExchangeApiKey, ListApiKeys, RevokeApiKey
from tests.unit.auth.world import EMAIL, SetClock, access_tokens


class KeyVerbs:
    """Every verb, on this storage."""

    def __init__(self, units: UnitsOfWork, clock: SetClock) -> None:
        self.units = units
        self.clock = clock
        self.tokens = access_tokens()
        self.create = CreateApiKey(units, clock)
        self.list = ListApiKeys(units)
        self.revoke = RevokeApiKey(units, clock)
        self.exchange = ExchangeApiKey(units, self.tokens, clock)

    async def account(self, email: str = EMAIL) -> Account:
        """Somebody new."""
        account = Account.new(email, "a hash", self.clock.now)
        async with self.units() as unit:
            await unit.accounts.add(account)
        return account
