from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from services.auth.adapters.memory import MemoryUnitsOfWork
from services.auth.domain.errors import InvalidRefreshToken, ReusedRefreshToken
from services.auth.domain.model import SessionKind, secret_digest
from tests.unit.auth.world import EMAIL, PASSWORD, SESSION_LIFE, SetClock, World, cheap_passwords

_T = TypeVar("_T")


@dataclass
class Family:
    """What the outside knows of one session: its tokens in order, the last one live, and whether it ended."""

    expires_at: datetime
    tokens: list[str] = field(default_factory=list)
    ended: bool = False


class RefreshRotation(RuleBasedStateMachine):
    """People who log in, refresh, replay old tokens, log out and wait, in any order."""

    families = Bundle("families")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.clock = SetClock()
        passwords = self.stack.enter_context(cheap_passwords())
        self.world = World(MemoryUnitsOfWork(), passwords, self.clock)
        self.all: list[Family] = []
        self.run(self.world.sign_up(EMAIL, PASSWORD))

    def teardown(self) -> None:
        self.runner.close()
        self.stack.close()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(work)

    def is_open(self, family: Family) -> bool:
        return not family.ended and self.clock.now < family.expires_at

    @rule(target=families)
    def log_in(self) -> Family:
        pair = self.run(self.world.log_in(EMAIL, PASSWORD))
        self.all.append(Family(self.clock.now + SESSION_LIFE, [pair.refresh]))
        return self.all[-1]

    @rule(family=families)
    def refresh_with_the_newest(self, family: Family) -> None:
        if self.is_open(family):
            family.tokens.append(self.run(self.world.refresh(family.tokens[-1])).refresh)
        else:
            with pytest.raises(InvalidRefreshToken):
                self.run(self.world.refresh(family.tokens[-1]))

    @rule(family=families, index=st.integers(0, 20))
    def replay_a_spent_one(self, family: Family, index: int) -> None:
        spent = family.tokens[:-1]
        if not spent:
            return
        with pytest.raises(InvalidRefreshToken) as refused:
            self.run(self.world.refresh(spent[index % len(spent)]))
        assert isinstance(refused.value, ReusedRefreshToken) == self.is_open(family)
        family.ended = True

    @rule(family=families, index=st.integers(0, 20))
    def log_out(self, family: Family, index: int) -> None:
        self.run(self.world.log_out(family.tokens[index % len(family.tokens)]))
        family.ended = True

    @rule(days=st.sampled_from([0.5, 10, 31]))
    def wait(self, days: float) -> None:
        self.clock.advance(days=days)

    @invariant()
    def one_token_lives_in_an_open_session_and_none_in_another(self) -> None:
        for family in self.all:
            assert self.run(self.live(family)) == (family.tokens[-1:] if self.is_open(family) else [])

    async def live(self, family: Family) -> list[str]:
        """The family's tokens that would be taken now."""
        live = []
        async with self.world.units() as unit:
            for token in family.tokens:
                found = await unit.sessions.locked(secret_digest(token))
                if found and not found.spent and found.carries_on(SessionKind.TOKENS, self.clock.now):
                    live.append(token)
        return live


TestRefreshRotation = RefreshRotation.TestCase
TestRefreshRotation.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
