"""A thief with the tokens of a phone, and every way in which their owner can be rid of them: ATTACKS A10."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.e2e.conftest import PASSWORD

NEW = "needle & thread, thrice"
Tokens = dict[str, str]
Way = Callable[[httpx.Client, Tokens, httpx.Client], None]
"""What the owner does, the phone's tokens at hand, or has an administrator do."""


def log_out(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    owner.post("/v1/auth/logout", json={"refreshToken": phone["refreshToken"]}).raise_for_status()


def end_that_session(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    [other] = [each for each in owner.get("/v1/me/sessions").json()["data"] if not each["current"]]
    owner.delete(f"/v1/me/sessions/{other['id']}").raise_for_status()


def end_all_others(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    owner.delete("/v1/me/sessions").raise_for_status()


def change_the_password(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    owner.post("/v1/me/password", json={"current": PASSWORD, "new": NEW}).raise_for_status()


def use_the_token_first(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    """The thief comes second, and ends the session with that."""
    newer = (
        owner.post("/v1/auth/refresh", json={"refreshToken": phone["refreshToken"]}).raise_for_status().json()
    )
    assert refreshed(owner, phone) == 401
    phone |= newer


def delete_the_account(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    owner.request("DELETE", "/v1/me", json={"password": PASSWORD}).raise_for_status()


def have_it_closed(owner: httpx.Client, phone: Tokens, admin: httpx.Client) -> None:
    account = owner.get("/v1/me").json()["id"]
    admin.patch(f"/v1/admin/users/{account}", json={"disabled": True}).raise_for_status()


def refreshed(client: httpx.Client, tokens: Tokens) -> int:
    """Whether the session goes on, as a status."""
    return client.post("/v1/auth/refresh", json={"refreshToken": tokens["refreshToken"]}).status_code


def on_a_phone(client: httpx.Client) -> Tokens:
    """Tokens of a second log-in."""
    credentials = {"email": client.get("/v1/me").json()["email"], "password": PASSWORD}
    tokens: Tokens = client.post("/v1/auth/login", json=credentials).raise_for_status().json()
    return tokens


@pytest.mark.attack("A10")
@pytest.mark.parametrize(
    "way",
    [
        log_out,
        end_that_session,
        end_all_others,
        change_the_password,
        use_the_token_first,
        delete_the_account,
        have_it_closed,
    ],
)
def test_a_session_that_was_ended_goes_on_nowhere(way: Way, gil: httpx.Client, admin: httpx.Client) -> None:
    phone = on_a_phone(gil)
    way(gil, phone, admin)
    answers = [gil.post("/v1/auth/refresh", json={"refreshToken": phone["refreshToken"]}) for _ in range(2)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (401, "invalid_refresh_token")
    ] * 2


@pytest.mark.attack("A10")
@pytest.mark.parametrize("way", [delete_the_account, have_it_closed])
def test_whoever_is_gone_has_no_account_though_the_token_lives(
    way: Way, gil: httpx.Client, admin: httpx.Client
) -> None:
    phone = on_a_phone(gil)
    thief = {"Authorization": f"Bearer {phone['accessToken']}"}
    assert gil.get("/v1/me", headers=thief).status_code == 200
    way(gil, phone, admin)
    for _ in range(2):
        answer = gil.get("/v1/me", headers=thief)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.attack("A10", "A62")
def test_the_last_token_of_a_deleted_person_finds_nothing(gil: httpx.Client, admin: httpx.Client) -> None:
    delete_the_account(gil, {}, admin)
    exported = gil.get("/v1/me/export").json()
    assert {name: records for name, records in exported.items() if records} == {}


@pytest.mark.attack("A10", "A12")
@pytest.mark.parametrize("way", [delete_the_account, change_the_password])
def test_the_old_password_opens_nothing(way: Way, gil: httpx.Client, admin: httpx.Client) -> None:
    email = gil.get("/v1/me").json()["email"]
    way(gil, on_a_phone(gil), admin)
    answer = gil.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    nobody = gil.post("/v1/auth/login", json={"email": f"no-{email}", "password": PASSWORD})
    assert answer.status_code == nobody.status_code == 401
    assert answer.json() | {"requestId": ""} == nobody.json() | {"requestId": ""}
