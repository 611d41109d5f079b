"""The sinks, met by the platform's own courier and mailer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from atelierkit.errors import Unavailable
from services.auth.adapters import outbound
from services.auth.adapters.smtp import SmtpMailer
from services.auth.adapters.stationery import Stationery
from services.auth.domain.deliveries import Answer
from services.auth.domain.letters import Letter, LetterKind, Posted
from services.auth.domain.targets import TargetRules
from tests.faults.harness import sinks
from tests.faults.harness.sinks import Behaviour, PersonsServer, Sinks

TIMEOUT_S = 1.0
POSTED = Posted(
    Letter(LetterKind.VERIFY_EMAIL, "jane@example.org", "en", {"token": "a-token"}),
    datetime(2031, 5, 4, tzinfo=UTC),
)
ANSWERS = {
    Behaviour.TAKES: Answer(204),
    Behaviour.FAILS: Answer(500, "refused"),
    Behaviour.IS_GONE: Answer(410, "refused"),
    Behaviour.REDIRECTS: Answer(302, "redirected"),
    Behaviour.LURES: Answer(307, "redirected"),
    Behaviour.HANGS: Answer(error="timeout"),
    Behaviour.DRIPS: Answer(error="timeout"),
}


@pytest.fixture
async def opened() -> AsyncIterator[Sinks]:
    async with sinks.opened() as made:
        yield made


async def sent(server: PersonsServer, path: str = "/hook") -> Answer:
    async with outbound.courier(TargetRules(loopback=True), timeout_s=TIMEOUT_S) as courier:
        headers = {"webhook-id": "msg_1", "webhook-timestamp": "1900000000"}
        return await courier.send(server.url.replace("/hook", path), headers, b"{}")


@pytest.mark.parametrize("behaviour", Behaviour)
async def test_a_server_fails_as_it_is_told_and_remembers_what_came(
    behaviour: Behaviour, opened: Sinks
) -> None:
    server = await opened.server()
    server.behaviour = behaviour
    assert await sent(server) == ANSWERS[behaviour]
    assert await sent(opened.everybodys) == Answer(204)
    [told] = server.messages()
    assert (told.webhook_id, told.timestamp, told.body, told.met) == ("msg_1", "1900000000", b"{}", behaviour)
    assert server.took("msg_1") is behaviour.takes
    assert not server.took("msg_2")
    assert len(opened.webhooks) == 2


async def test_whoever_follows_a_lure_is_seen(opened: Sinks) -> None:
    server = await opened.server()
    await sent(server)
    assert not server.lured
    await sent(server, "/elsewhere")
    assert server.lured


async def test_a_server_refuses_and_comes_back_where_it_was(opened: Sinks) -> None:
    server = await opened.server()
    url = server.url
    await server.refuse()
    assert await sent(server) == Answer(error="not_reached")
    await server.listen()
    assert server.url == url
    assert await sent(server) == Answer(204)


async def test_a_mail_server_goes_and_comes_back_where_it_was(opened: Sinks) -> None:
    stationery = Stationery("Atelier <no-reply@atelier.example>", "https://atelier.example")
    mailer = SmtpMailer(stationery, "127.0.0.1", opened.mail.port, "none")
    await opened.mail.go_away()
    with pytest.raises(Unavailable):
        await mailer.send(POSTED)
    await opened.mail.come()
    await mailer.send(POSTED)
    [letter] = opened.letters
    assert letter["Message-ID"] == f"<{POSTED.letter.id}@atelier.example>"
    assert opened.mail.to("jane@example.org") == [letter]
    assert await opened.verification_token("jane@example.org") == "a-token"
