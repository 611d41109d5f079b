"""Letters over a real SMTP server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from atelierkit.errors import Unavailable
from deploy.local.certificates import Authority
from services.auth.adapters.smtp import Security, SmtpMailer
from services.auth.adapters.stationery import Stationery
from services.auth.domain.letters import Letter, LetterKind, LetterRefused, Posted

STATIONERY = Stationery("Atelier <no-reply@atelier.example>", "https://atelier.example")
POSTED = Posted(
    Letter(LetterKind.JOB_COMPLETED, "jane@example.org", "fr", {"job": "7"}), datetime(2031, 5, 4, tzinfo=UTC)
)


class Mailbox:
    """Takes letters, or answers what it is told to at one of the steps."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.letters: list[Envelope] = []
        self.guarded: list[bool] = []
        self.news = asyncio.Event()
        """Set by each letter."""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("data", "250 OK")
        if answer.startswith("250"):
            self.letters.append(envelope)
            self.news.set()
            assert server.transport is not None
            self.guarded.append(server.transport.get_extra_info("sslcontext") is not None)
        return answer


@asynccontextmanager
async def serving(
    mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """The mailbox behind a server on a free port of this machine; ``tls`` guards it from the first byte."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="mail", loop=loop, **options), "127.0.0.1", 0, ssl=tls
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def mailer(port: int, security: Security = "none", **over: Any) -> SmtpMailer:
    return SmtpMailer(STATIONERY, "127.0.0.1", port, security, **over)


async def test_a_letter_arrives_as_it_was_written() -> None:
    mailbox = Mailbox()
    async with serving(mailbox) as port:
        await mailer(port).send(POSTED)
    [envelope] = mailbox.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@atelier.example", ["jane@example.org"])
    assert isinstance(envelope.content, bytes)
    arrived, written = message_from_bytes(envelope.content), STATIONERY.write(POSTED)
    for name in ("Message-ID", "Subject", "From", "To", "Auto-Submitted"):
        assert str(make_header(decode_header(arrived[name]))) == written[name]
    assert [body.splitlines() for body in bodies(arrived)] == [body.splitlines() for body in bodies(written)]


def bodies(message: Message) -> list[str]:
    parts = [part for part in message.walk() if not part.is_multipart()]
    return [cast(bytes, part.get_payload(decode=True)).decode() for part in parts]


async def test_no_password_goes_over_a_connection_that_is_not_guarded() -> None:
    mailbox = Mailbox()
    async with serving(mailbox, authenticator=logged_in, auth_require_tls=False) as port:
        with pytest.raises(Unavailable):
            await mailer(port, "starttls", user="atelier", password="secret").send(POSTED)
        assert mailbox.letters == []
        await mailer(port, user="atelier", password="secret").send(POSTED)
    assert mailbox.guarded == [False]


@pytest.mark.parametrize("step", ["rcpt", "data"])
async def test_a_letter_that_is_never_welcome_is_refused(step: str) -> None:
    async with serving(Mailbox(**{step: "550 no such person"})) as port:
        with pytest.raises(LetterRefused):
            await mailer(port).send(POSTED)


@pytest.mark.parametrize(
    "answers",
    [
        {"rcpt": "450 try again later"},
        {"data": "451 try again later"},
        {"mail": "421 too busy"},
        # Who may send is a setting of ours; the letter is worth another try.
        {"mail": "550 you may not send"},
    ],
)
async def test_everything_else_may_pass(answers: dict[str, str]) -> None:
    async with serving(Mailbox(**answers)) as port:
        with pytest.raises(Unavailable):
            await mailer(port).send(POSTED)


async def test_a_server_that_is_away_may_come_back(unused_tcp_port_factory: Callable[[], int]) -> None:
    with pytest.raises(Unavailable):
        await mailer(unused_tcp_port_factory()).send(POSTED)


def logged_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"atelier", b"secret")
    return AuthResult(success=good, handled=False)


async def test_a_log_in_goes_over_a_guarded_connection(tmp_path: Path) -> None:
    files = Authority().issue("mail", tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.cert, files.key)
    trust = ssl.create_default_context(cafile=str(files.client_ca))
    guards: list[tuple[Security, dict[str, Any]]] = [
        # The server counts STARTTLS alone as a guard.
        ("tls", {"tls": context, "auth_require_tls": False}),
        ("starttls", {"tls_context": context, "require_starttls": True, "auth_required": True}),
    ]
    for security, options in guards:
        mailbox = Mailbox()
        async with serving(mailbox, authenticator=logged_in, **options) as port:
            await mailer(port, security, user="atelier", password="secret", tls=trust).send(POSTED)
            with pytest.raises(Unavailable):
                await mailer(port, security, user="atelier", password="wrong", tls=trust).send(POSTED)
            with pytest.raises(Unavailable):
                # A certificate that nobody vouches for.
                await mailer(port, security, user="atelier", password="secret").send(POSTED)
        assert mailbox.guarded == [True]
