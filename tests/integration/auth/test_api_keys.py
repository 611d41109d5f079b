"""API keys, in memory and in PostgreSQL alike."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from joserfc import jwk, jwt

from atelierkit.errors import NotFound, Unauthenticated
from atelierkit.scopes import Scope
from services.auth.domain.api_keys import MAX_KEYS, REMEMBERED, ApiKey, InvalidApiKey, TooManyApiKeys
from services.auth.domain.model import Account, Role, secret_digest
from tests.unit.auth.key_verbs import KeyVerbs
from tests.unit.auth.world import SIGNING_KEY, SetClock, verifier

SCOPES = frozenset({Scope.AVATARS_READ, Scope.JOBS_WRITE})


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def keys(request: pytest.FixtureRequest, clock: SetClock) -> KeyVerbs:
    return KeyVerbs(request.getfixturevalue(f"{request.param}_units"), clock)


async def made(keys: KeyVerbs, account: Account, life: timedelta | None = None) -> tuple[ApiKey, str]:
    return await keys.create(account.id, "a server", SCOPES, life)


async def known(keys: KeyVerbs, account: Account) -> list[UUID]:
    async with keys.units() as unit:
        return [key.id for key in await unit.api_keys.of(account.id)]


async def test_a_key_stands_for_its_account_with_its_scopes(keys: KeyVerbs) -> None:
    account = await keys.account()
    key, text = await made(keys, account)
    assert key == ApiKey(key.id, account.id, "a server", SCOPES, keys.clock.now)
    token = await keys.exchange(text)
    caller = await verifier(keys.tokens, keys.clock).verify(token.value)
    assert (caller.subject, caller.roles) == (str(account.id), frozenset({"user"}))
    assert caller.scopes == frozenset({"avatars:read", "jobs:write"})
    assert token.life == timedelta(minutes=5)


@pytest.mark.attack("A21")
async def test_a_key_never_administrates(keys: KeyVerbs) -> None:
    account = await keys.account()
    async with keys.units() as unit:
        await unit.accounts.change(replace(account, role=Role.ADMIN))
    _, text = await made(keys, account)
    token = await keys.exchange(text)
    assert (await verifier(keys.tokens, keys.clock).verify(token.value)).roles == {"user"}


async def test_keys_are_listed_newest_first_and_each_to_its_owner(keys: KeyVerbs) -> None:
    account, other = await keys.account(), await keys.account("other@example.org")
    first, _ = await made(keys, account)
    keys.clock.advance(seconds=1)
    second, _ = await made(keys, account, timedelta(days=1))
    await made(keys, other)
    assert await keys.list(account.id) == [second, first]
    keys.clock.advance(days=2)
    assert await keys.list(account.id) == [second, first]
    assert await keys.list(uuid4()) == []


async def test_use_is_noted_to_the_hour(keys: KeyVerbs) -> None:
    account = await keys.account()
    _, text = await made(keys, account)
    hour = keys.clock.now
    keys.clock.advance(minutes=20)
    await keys.exchange(text)
    assert [key.used_at for key in await keys.list(account.id)] == [hour]
    keys.clock.advance(minutes=39)
    await keys.exchange(text)
    assert [key.used_at for key in await keys.list(account.id)] == [hour]
    keys.clock.advance(minutes=1)
    await keys.exchange(text)
    assert [key.used_at for key in await keys.list(account.id)] == [hour + timedelta(hours=1)]


async def test_a_revoked_key_is_dead_and_gone_from_the_list(keys: KeyVerbs) -> None:
    account = await keys.account()
    key, text = await made(keys, account)
    await keys.revoke(account.id, key.id)
    await keys.revoke(account.id, key.id)
    with pytest.raises(InvalidApiKey):
        await keys.exchange(text)
    assert await keys.list(account.id) == []


async def test_nobody_revokes_another_s_key(keys: KeyVerbs) -> None:
    account, other = await keys.account(), await keys.account("other@example.org")
    key, text = await made(keys, account)
    for stranger, id in ((other.id, key.id), (account.id, uuid4())):
        with pytest.raises(NotFound):
            await keys.revoke(stranger, id)
    await keys.exchange(text)


async def test_a_key_and_its_tokens_end_with_its_life(keys: KeyVerbs) -> None:
    account = await keys.account()
    _, text = await made(keys, account, timedelta(days=1))
    keys.clock.advance(days=1, seconds=-90)
    assert (await keys.exchange(text)).life == timedelta(seconds=90)
    keys.clock.advance(seconds=90)
    with pytest.raises(InvalidApiKey):
        await keys.exchange(text)


@pytest.mark.attack("A10")
async def test_a_closed_or_deleted_account_s_key_is_dead(keys: KeyVerbs) -> None:
    account = await keys.account()
    _, text = await made(keys, account)
    async with keys.units() as unit:
        await unit.accounts.change(replace(account, disabled_at=keys.clock.now))
    with pytest.raises(InvalidApiKey):
        await keys.exchange(text)
    async with keys.units() as unit:
        await unit.accounts.remove(account.id)
    with pytest.raises(InvalidApiKey):
        await keys.exchange(text)
    assert await known(keys, account) == []
    with pytest.raises(Unauthenticated):
        await made(keys, account)


async def test_of_keys_that_are_made_side_by_side_as_many_are_made_as_there_is_room_for(
    keys: KeyVerbs,
) -> None:
    account = await keys.account()
    for _ in range(MAX_KEYS - 3):
        await made(keys, account)
    results = await asyncio.gather(*(made(keys, account) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, TooManyApiKeys) for result in results) == 2
    assert sum(isinstance(result, tuple) for result in results) == 3
    assert len(await keys.list(account.id)) == MAX_KEYS


async def test_keys_that_have_ended_make_room_and_are_forgotten_in_the_end(keys: KeyVerbs) -> None:
    account = await keys.account()
    short, _ = await made(keys, account, timedelta(days=1))
    revoked, _ = await made(keys, account)
    kept = {(await made(keys, account))[0].id for _ in range(MAX_KEYS - 2)}
    with pytest.raises(TooManyApiKeys):
        await made(keys, account)
    await keys.revoke(account.id, revoked.id)
    keys.clock.advance(days=1)
    kept |= {(await made(keys, account))[0].id for _ in range(2)}
    assert set(await known(keys, account)) == kept | {short.id, revoked.id}

    first = min(kept)
    await keys.revoke(account.id, first)
    keys.clock.now += REMEMBERED
    latest, _ = await made(keys, account)
    assert set(await known(keys, account)) == kept - {first} | {latest.id}


@pytest.mark.attack("A15")
async def test_what_is_stored_opens_nothing(keys: KeyVerbs) -> None:
    account = await keys.account()
    key, text = await made(keys, account)
    assert re.fullmatch(r"atk_[0-9a-f]{32}_[0-9A-Za-z]{49}", text)
    async with keys.units() as unit:
        found = await unit.api_keys.by_digest(secret_digest(text))
    assert found is not None
    assert (found.key, found.account.id) == (key, account.id)
    assert text[-49:] not in repr(found)


async def test_a_token_of_a_key_belongs_to_no_session(keys: KeyVerbs) -> None:
    account = await keys.account()
    _, text = await made(keys, account)
    token = (await keys.exchange(text)).value
    claims = jwt.decode(token, jwk.ECKey.import_key(SIGNING_KEY), algorithms=["ES256"]).claims
    assert "sid" not in claims
    assert claims["scope"] == "avatars:read jobs:write"
