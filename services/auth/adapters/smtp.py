"""Letters handed to a mail server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Literal

import aiosmtplib

from atelierkit.errors import Unavailable
from services.auth.adapters.stationery import Stationery
from services.auth.domain.letters import LetterRefused, Posted

Security = Literal["none", "starttls", "tls"]

_PERMANENT = 500
"""Replies from here on say that trying again will not help."""


@dataclass(frozen=True)
class SmtpMailer:
    """One connection a letter: letters are few, and none waits for another."""

    stationery: Stationery
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = None
    timeout_s: float = 30.0
    """Longest wait for the connection, and for each answer."""
    tls: ssl.SSLContext | None = None
    """Replaces the usual authorities."""

    async def send(self, posted: Posted) -> None:
        """Raise LetterRefused when the server will never take it, Unavailable when it may later."""
        message = self.stationery.write(posted)
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                tls_context=self.tls,
                timeout=self.timeout_s,
                # Else the name of this machine is looked up, which may take long.
                local_hostname=message["From"].addresses[0].domain,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(each.code >= _PERMANENT for each in error.recipients):
                raise LetterRefused("the mail server refuses the address") from error
            raise Unavailable("the mail server does not take the letter now", dependency="mail") from error
        except aiosmtplib.SMTPDataError as error:
            if error.code >= _PERMANENT:
                raise LetterRefused("the mail server refuses the letter") from error
            raise Unavailable("the mail server does not take the letter now", dependency="mail") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            # A refused log-in or sender is a setting to mend, not a letter to lose.
            raise Unavailable("the mail server does not answer", dependency="mail") from error


class NoMailServer:
    """Stands in where none is configured: letters from before wait for one, as long as letters wait."""

    async def send(self, posted: Posted) -> None:
        """Raise Unavailable."""
        raise Unavailable("there is no mail server", dependency="mail")
