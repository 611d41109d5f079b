"""Credits under attack: races for the last one, refunds twice, prices of one's own. ATTACKS A43 to A46."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.test_batches import ENDS, accepted, avatars, balance, ended, rows, settled

CROWD = 100
WORTH_A_SECOND_TRY = {429, 503}
"""What a gateway answers to a crowd; its client comes again."""


def at_once(count: int, ask: Callable[[int], httpx.Response]) -> Sequence[httpx.Response]:
    """That many requests side by side; those that are turned away for the crowd come again."""

    def patiently(number: int) -> httpx.Response:
        while (answer := ask(number)).status_code in WORTH_A_SECOND_TRY:
            assert answer.json()["retryable"]
        return answer

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(patiently, range(count)))


def left_with(client: httpx.Client, admin: httpx.Client, credits: int) -> None:
    """Take from somebody all but so many credits."""
    account = client.get("/v1/me").json()["id"]
    taken = {"accountId": account, "credits": credits - balance(client)["balance"], "reason": "a test"}
    admin.post("/v1/admin/credits", json=taken).raise_for_status()
    assert balance(client) == {"balance": credits, "held": 0}


@pytest.mark.attack("A43", ways=3)
def test_of_a_hundred_jobs_at_once_one_gets_the_last_credit(gil: httpx.Client, admin: httpx.Client) -> None:
    left_with(gil, admin, 1)
    key = str(uuid.uuid4())
    body = {"rows": rows(1)}

    def ask(number: int) -> httpx.Response:
        # Half of them are one request that is sent again and again.
        headers = {"Idempotency-Key": key} if number % 2 else {}
        return gil.post("/v1/avatars/batch", json=body, headers=headers)

    answers = at_once(CROWD, ask)
    statuses = Counter(answer.status_code for answer in answers)
    jobs = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert len(jobs) == 1
    # With its key the one that was accepted may be answered to all of its repeats, or refused to all of them.
    assert statuses.keys() <= {202, 402, 409}
    assert statuses[402] >= CROWD // 2 - 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 402} == {
        "insufficient_credits"
    }
    [job] = gil.get("/v1/jobs").json()["data"]
    assert ended(gil, job)["items"]["made"] == 1
    assert settled(gil) == 0
    assert len(avatars(gil)) == 1


@pytest.mark.attack("A44", ways=3)
def test_of_many_who_cancel_at_once_one_is_heard_and_what_was_not_made_comes_back_once(
    gil: httpx.Client,
) -> None:
    job = accepted(gil, 40)
    answers = at_once(8, lambda _: gil.post(f"/v1/jobs/{job['id']}/cancel"))
    assert Counter(answer.status_code for answer in answers) in ({200: 1, 409: 7}, {409: 8})
    last = ended(gil, job)
    assert last["state"] in ENDS
    assert settled(gil) == 100 - last["items"]["made"]
    lines = gil.get("/v1/credits/entries").json()["data"]
    assert len(lines) == 3  # the gift, the hold, one end
    assert ended(gil, job)["state"] == last["state"]


@pytest.mark.attack("A44")
@pytest.mark.parametrize(
    "path", ["/v1/jobs/{}/cancel", "/v1/admin/jobs/{}/cancel", "/v1/admin/jobs/{}/retry"]
)
def test_a_job_that_has_ended_is_not_ended_again(path: str, gil: httpx.Client, admin: httpx.Client) -> None:
    job = ended(gil, accepted(gil, 1))
    before = settled(gil)
    client = admin if "admin" in path else gil
    answers = at_once(3, lambda _: client.post(path.format(job["id"])))
    assert {answer.status_code for answer in answers} == {409}
    assert (balance(gil), ended(gil, job)["state"]) == ({"balance": before, "held": 0}, "completed")


def deleted(client: httpx.Client, path: str, _: int) -> httpx.Response:
    return client.delete(path)


@pytest.mark.attack("A44")
@pytest.mark.parametrize("made_first", [0, 1])
def test_avatars_that_are_deleted_under_their_job_are_paid_once(made_first: int, gil: httpx.Client) -> None:
    job = accepted(gil, 3)
    if made_first:
        job = ended(gil, job)
    for avatar in avatars(gil):
        path = avatar["links"]["self"]
        assert {each.status_code for each in at_once(2, partial(deleted, gil, path))} == {204, 404}
    last = ended(gil, job)
    assert (last["state"], last["items"]["failed"]) == ("completed", 0)
    assert settled(gil) == 97


OF_ONE_S_OWN: dict[str, dict[str, Any]] = {
    "a price": {"credits": 0},
    "a negative price": {"credits": -100},
    "priority": {"priority": True},
    "a lane": {"lane": "priority"},
    "a better picture": {"hd": True},
    "a count": {"quantity": -1},
    "another's account": {"accountId": str(uuid.uuid4())},
}


@pytest.mark.attack("A46", "A19")
@pytest.mark.parametrize("what", OF_ONE_S_OWN)
def test_no_client_says_what_its_work_costs(what: str, ada: httpx.Client) -> None:
    before = balance(ada)
    for body in ({"rows": rows(1), **OF_ONE_S_OWN[what]}, {"rows": [rows(1)[0] | OF_ONE_S_OWN[what]]}):
        answer = ada.post("/v1/avatars/batch", json=body)
        [fault] = answer.json()["details"]
        assert (answer.status_code, fault["code"]) == (400, "unknown_field")
    assert balance(ada) == before


@pytest.mark.attack("A46")
@pytest.mark.parametrize("credits", [0, 2**31, -(2**63), 10**30, 1.5, "5", None, True])
def test_no_grant_is_more_than_a_number_of_credits(
    credits: Any, ada: httpx.Client, admin: httpx.Client
) -> None:
    before = balance(ada)
    grant = {"accountId": ada.get("/v1/me").json()["id"], "credits": credits, "reason": "a test"}
    answer = admin.post("/v1/admin/credits", json=grant)
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, "credits")
    assert balance(ada) == before


@pytest.mark.attack("A45", ways=3)
def test_another_s_key_and_another_gateway_s_answer_stay_theirs(gil: httpx.Client, eve: httpx.Client) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "a server", "scopes": ["avatars:read"]}
    mine = gil.post("/v1/api-keys", json=body, headers=key)
    theirs = eve.post("/v1/api-keys", json=body, headers=key)
    again = gil.post("/v1/api-keys", json=body, headers=key)
    other = gil.post("/v1/api-keys", json=body | {"name": "another"}, headers=key)
    assert (mine.status_code, theirs.status_code, other.status_code) == (201, 201, 422)
    assert mine.json()["key"] != theirs.json()["key"]
    assert (again.content, again.headers["idempotency-replayed"]) == (mine.content, "true")
    long = {"Idempotency-Key": "k" * 10_240}
    assert gil.post("/v1/api-keys", json=body, headers=long).status_code == 400
