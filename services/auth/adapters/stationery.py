"""Letters put into words: one text for both forms of a letter, plain and HTML."""

from __future__ import annotations

import html
import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from importlib.resources import files
from typing import Any

from services.auth.domain.letters import LANGUAGES, LetterKind, Posted

_HTML = string.Template(
    """<!doctype html>
<html lang="$language"><head><meta charset="utf-8"><title>$subject</title></head>
<body style="margin:0;padding:2em 1em;background:#f4f1ec;color:#222;font:16px/1.5 sans-serif">
<div style="max-width:34em;margin:auto;padding:2em;background:#fff">
$paragraphs
</div></body></html>
"""
)


@dataclass(frozen=True)
class Words:
    """What one kind of letter says in one language; ``$name`` stands for a value."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""
    """Text of the link; empty for none."""
    path: str = ""
    """Where the link leads, below the platform's public address."""


@dataclass(frozen=True)
class Stationery:
    """Writes letters in the name of this platform."""

    sender: str
    """``From``: an address, or a name with one in angle brackets."""
    public_url: str
    """Where people reach the platform; links begin with it."""

    def write(self, posted: Posted) -> EmailMessage:
        """The letter as it is sent. The same letter gets the same Message-ID each time."""
        letter = posted.letter
        words = _words(letter.language)[letter.kind]
        values = {name: _one_line(value) for name, value in letter.values.items()}
        link = self.public_url.rstrip("/") + string.Template(words.path).substitute(values)
        message = EmailMessage(policy=SMTP)
        message["From"] = _address(self.sender)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = words.subject
        message["Date"] = format_datetime(posted.posted_at)
        message["Message-ID"] = f"<{letter.id}@{_address(self.sender).domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_text(words, values, link))
        message.add_alternative(_page(words, values, link, _language(letter.language)), subtype="html")
        # Last: setting the content moves headers of this kind into its parts.
        message["Content-Language"] = _language(letter.language)
        return message


def _text(words: Words, values: Mapping[str, str], link: str) -> str:
    paragraphs = [string.Template(text).substitute(values) for text in words.paragraphs]
    if words.link:
        paragraphs.insert(1, f"{words.link}:\n{link}")
    return "\n\n".join(paragraphs) + "\n"


def _page(words: Words, values: Mapping[str, str], link: str, language: str) -> str:
    # Words and values alike are escaped: whatever they hold, it is text.
    paragraphs = [
        f"<p>{html.escape(string.Template(text).substitute(values))}</p>" for text in words.paragraphs
    ]
    if words.link:
        paragraphs.insert(1, f'<p><a href="{html.escape(link)}">{html.escape(words.link)}</a></p>')
    return _HTML.substitute(
        language=language, subject=html.escape(words.subject), paragraphs="\n".join(paragraphs)
    )


def _one_line(value: str) -> str:
    """The value without what could begin a line of its own, or hide: control characters become spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in value)


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(display_name=name, addr_spec=address)


def _language(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


@cache
def _words(language: str) -> Mapping[LetterKind, Words]:
    source = files("services.auth") / "letters" / f"{_language(language)}.json"
    texts: dict[str, dict[str, Any]] = json.loads(source.read_text("utf-8"))
    return {
        LetterKind(kind): Words(**{**text, "paragraphs": tuple(text["paragraphs"])})
        for kind, text in texts.items()
    }
