"""Requests: what is sent, what is tried again, what is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier_client import (
    AtelierError,
    AvatarDraft,
    Refused,
    Retries,
    UnexpectedAnswer,
    Unreachable,
    Upload,
    operations,
)
from tests.unit.clients.conftest import Drive
from tests.unit.clients.examples import example
from tests.unit.clients.platform_double import CUT, Answer, PlatformDouble, refused, said

DRAFT = AvatarDraft(body_type="feminine", measurements={"stature": 1662})
AVATAR = example("Avatar", id="a-1")


def test_a_request_says_who_asks_and_only_what_was_given(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(said(AVATAR, 201))
    assert drive("make_avatar", DRAFT).id == "a-1"
    (asked,) = platform.asked
    assert (asked.method, asked.target) == ("POST", "/v1/avatars")
    assert asked.headers["authorization"] == "Bearer atk_1"
    assert asked.headers["accept-language"] == "en"
    assert json.loads(asked.body) == {"bodyType": "feminine", "measurements": {"stature": 1662}}


@pytest.mark.parametrize(
    "failure",
    [
        refused(503, "overloaded", Retry_After="0"),
        refused(409, "idempotency_in_progress"),
        Answer(502, b"<html>"),
        CUT,
    ],
    ids=["overloaded", "at_work", "proxy", "cut"],
)
def test_what_may_pass_is_tried_again_as_the_same_request(
    drive: Drive, platform: PlatformDouble, failure: Answer
) -> None:
    platform.will(failure, failure, said(AVATAR, 201))
    assert drive("make_avatar", DRAFT).id == "a-1"
    keys = {asked.headers["idempotency-key"] for asked in platform.asked}
    assert (len(platform.asked), len(keys)) == (3, 1)
    assert len({asked.body for asked in platform.asked}) == 1


def test_another_request_has_another_key_unless_one_is_given(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(*[said(AVATAR, 201)] * 3)
    drive("make_avatar", DRAFT)
    drive("make_avatar", DRAFT)
    drive("call", operations.avatars_create(DRAFT), key="mine")
    first, second, third = (asked.headers["idempotency-key"] for asked in platform.asked)
    assert first != second
    assert third == "mine"


@pytest.mark.parametrize(("failure", "error"), [(refused(503, "overloaded"), Refused), (CUT, Unreachable)])
def test_trying_ends(
    drive: Drive, platform: PlatformDouble, failure: Answer, error: type[AtelierError]
) -> None:
    platform.will(*[failure] * 4)
    with pytest.raises(error) as caught:
        drive("make_avatar", DRAFT)
    assert caught.value.retryable


def test_a_refusal_that_stays_is_told_at_once(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(refused(400, "invalid_argument"))
    with pytest.raises(Refused) as caught:
        drive("make_avatar", DRAFT)
    error = caught.value
    assert (error.status, error.code, error.request_id, error.retryable) == (
        400,
        "invalid_argument",
        "r-1",
        False,
    )
    assert str(error) == "no: invalid_argument (invalid_argument, request r-1)"


@pytest.mark.parametrize("as_date", [False, True])
def test_a_wait_that_is_too_long_is_left_to_the_caller(
    drive: Drive, platform: PlatformDouble, as_date: bool
) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=900), usegmt=True)
    platform.will(refused(429, "rate_limited", Retry_After=moment if as_date else "900"))
    with pytest.raises(Refused) as caught:
        drive("make_avatar", DRAFT)
    assert caught.value.retry_after_s == pytest.approx(900, abs=20)


def test_a_redirect_is_not_followed(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(Answer(302, b"", {"location": "/elsewhere"}))
    with pytest.raises(Refused) as caught:
        drive("call", operations.credits_balance())
    assert caught.value.code == "http_302"


@pytest.mark.parametrize("link", ["https://example.org/a.glb", "//example.org/a.glb", "v1/a.glb"])
def test_no_other_server_sees_the_token(drive: Drive, link: str) -> None:
    with pytest.raises(ValueError, match="is no path of"):
        drive("download", link, "never.glb")


def test_nothing_in_an_id_makes_it_another_path(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(Answer(204))
    assert drive("call", operations.avatars_delete("../me?x=1")) is None
    assert platform.targets() == ["DELETE /v1/avatars/..%2Fme%3Fx%3D1"]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"balance": "much", "held": 0}', b'{"held": 0}'])
def test_an_answer_that_is_none_of_this_api_is_told(
    drive: Drive, platform: PlatformDouble, body: bytes
) -> None:
    platform.will(Answer(200, body))
    with pytest.raises(UnexpectedAnswer):
        drive("call", operations.credits_balance())


def test_parameters_are_written_as_the_api_reads_them(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(said(example("Scan"), 201))
    drive("upload_scan", Upload(b"ply\n", "model/ply"), with_body=True)
    (asked,) = platform.asked
    assert (asked.target, asked.headers["content-type"], asked.body) == (
        "/v1/clouds?register=true",
        "model/ply",
        b"ply\n",
    )


@given(failures=st.integers(1, 12), first_s=st.floats(0.001, 5), longest_s=st.floats(0.001, 60))
def test_waits_double_up_to_a_bound(failures: int, first_s: float, longest_s: float) -> None:
    wait_s = Retries(most=12, first_s=first_s, longest_s=longest_s).wait_s(failures, Unreachable("gone"))
    bound_s = min(longest_s, first_s * 2 ** (failures - 1))
    assert wait_s is not None
    assert bound_s / 2 <= wait_s <= bound_s
