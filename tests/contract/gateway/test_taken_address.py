"""Where letters are sent, HTTP tells a taken address from a free one in nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.auth.domain.letters import LetterKind
from tests.contract.gateway.conftest import CREDENTIALS, World

FREE = CREDENTIALS | {"email": "free@example.org"}


@pytest.fixture
def letters_are_sent() -> bool:
    return True


def without_ids(answer: httpx.Response, of: dict[str, str]) -> tuple[int, list[str], Any]:
    """Status, names of the headers and body, but for what is of each request alone."""
    body = answer.json()
    account = body.get("data", body)
    assert account.pop("email") == of["email"]
    assert len(account.pop("id", "") or account.pop("userId")) == 36
    account.pop("createdAt", None)
    return answer.status_code, sorted(answer.headers), body


@pytest.mark.attack("A12")
@pytest.mark.parametrize("path", ["/v1/auth/signup", "/signup"])
async def test_a_taken_address_answers_as_a_free_one(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.post("/v1/auth/signup", json=CREDENTIALS)).status_code == 201
    taken = await client.post(path, json=CREDENTIALS, headers={"Accept-Language": "fr"})
    free = await client.post(path, json=FREE, headers={"Accept-Language": "fr"})
    assert without_ids(taken, CREDENTIALS) == without_ids(free, FREE)
    assert taken.status_code == 201
    assert world.mail.kinds() == [LetterKind.VERIFY_EMAIL, LetterKind.ADDRESS_TAKEN, LetterKind.VERIFY_EMAIL]
    token = world.mail.token(LetterKind.ADDRESS_TAKEN)
    reset = {"token": token, "password": "needle & thread, thrice"}
    assert (await client.post("/v1/auth/password/reset", json=reset)).status_code == 204
