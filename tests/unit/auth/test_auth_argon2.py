from __future__ import annotations

import pytest

from services.auth.adapters.passwords import Argon2Passwords
from services.auth.settings import AuthSettings
from tests.unit.auth.world import cheap_passwords


@pytest.fixture
def settings() -> AuthSettings:
    return AuthSettings(database_url="postgresql+psycopg://nobody@localhost/none")


@pytest.mark.attack("A15")
async def test_the_defaults_are_owasps_profile(settings: AuthSettings) -> None:
    with cheap_passwords(settings.password_memory_kib, settings.password_time_cost) as passwords:
        assert (await passwords.hash("tape & chalk")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.attack("A14")
@pytest.mark.parametrize(
    "password",
    ["short one", " spaces around ", "👗🧵" * 32, "nul\0here", "x" * 128, "é" * 64, "e\u0301" * 32],
)
async def test_a_password_counts_to_its_last_character(passwords: Argon2Passwords, password: str) -> None:
    made = await passwords.hash(password)
    assert await passwords.matches(made, password)
    for other in (password[:-1], password + " ", password.swapcase() + "!", password.strip() + "\0"):
        assert not await passwords.matches(made, other)


@pytest.mark.attack("A14")
async def test_composed_and_decomposed_letters_stay_different(passwords: Argon2Passwords) -> None:
    assert not await passwords.matches(await passwords.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")


@pytest.mark.attack("A15")
async def test_salts_differ(passwords: Argon2Passwords) -> None:
    assert await passwords.hash("tape & chalk") != await passwords.hash("tape & chalk")


@pytest.mark.attack("A12")
async def test_nobody_matches_any_password(passwords: Argon2Passwords) -> None:
    assert not await passwords.matches(None, "")
    assert not await passwords.matches(None, "tape & chalk")


@pytest.mark.attack("A15")
async def test_a_hash_is_outdated_when_either_cost_has_grown(passwords: Argon2Passwords) -> None:
    made = await passwords.hash("tape & chalk")
    assert not passwords.is_outdated(made)
    for memory_kib, time_cost in ((16, 1), (8, 2)):
        with cheap_passwords(memory_kib, time_cost) as grown:
            assert grown.is_outdated(made)
            assert await grown.matches(made, "tape & chalk")
            assert not passwords.is_outdated(await grown.hash("tape & chalk"))
