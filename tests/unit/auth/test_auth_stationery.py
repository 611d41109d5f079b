from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from uuid import UUID

import pytest

from services.auth.adapters.stationery import Stationery
from services.auth.domain.letters import Letter, LetterKind, Posted

AT = datetime(2031, 5, 4, 12, tzinfo=UTC)
ID = UUID("0c1d4c65-7f6a-4a58-9a0e-5f4b1f2c3d4e")
VALUES = {"token": "a-b_c", "job": "job-7", "url": "https://example.com/hook?a=1&b=2"}
STATIONERY = Stationery("Atelier <no-reply@atelier.example>", "https://atelier.example/")
ALL = [(kind, language) for kind in LetterKind for language in ("en", "fr")]


class Text(HTMLParser):
    """The text of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", list[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def written(
    kind: LetterKind, language: str = "en", address: str = "jane@example.org", **values: str
) -> EmailMessage:
    """The letter, as it comes out of the bytes that are sent."""
    letter = Letter(kind, address, language, {**VALUES, **values}, id=ID)
    sent = bytes(STATIONERY.write(Posted(letter, AT)))
    return message_from_bytes(sent, policy=default)


def forms(message: EmailMessage) -> tuple[str, Text]:
    plain, page = message.get_body(["plain"]), message.get_body(["html"])
    assert plain is not None
    assert page is not None
    return plain.get_content().replace("\r\n", "\n"), Text(page.get_content())


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_every_letter_exists_in_every_language_and_both_forms(kind: LetterKind, language: str) -> None:
    message = written(kind, language)
    plain, page = forms(message)
    assert message["Subject"]
    assert message["Content-Language"] == language
    assert "$" not in plain + page.text + message["Subject"]
    flat = re.sub(r"\s+", " ", page.text)
    for paragraph in plain.strip().split("\n\n"):
        said, _, link = paragraph.partition(":\nhttps://")
        assert re.sub(r"\s+", " ", said) in flat
        assert not link or f"https://{link}" in page.links


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_languages_differ(kind: LetterKind) -> None:
    assert written(kind, "en")["Subject"] != written(kind, "fr")["Subject"]
    assert written(kind, "de")["Subject"] == written(kind, "en")["Subject"]


def test_a_repeat_has_the_same_message_id() -> None:
    first, second = written(LetterKind.JOB_COMPLETED), written(LetterKind.JOB_COMPLETED)
    assert first["Message-ID"] == second["Message-ID"] == f"<{ID}@atelier.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert (first["To"], first["From"]) == ("jane@example.org", "Atelier <no-reply@atelier.example>")
    assert first["Date"].datetime == AT


def test_links_lead_to_the_platform_and_carry_the_token_where_no_log_sees_it() -> None:
    parts = {
        LetterKind.VERIFY_EMAIL: "verify",
        LetterKind.RESET_PASSWORD: "reset",
        LetterKind.ADDRESS_TAKEN: "reset",
    }
    for kind, part in parts.items():
        plain, page = forms(written(kind))
        link = f"https://atelier.example/#{part}=a-b_c"
        assert link in plain.split()
        assert page.links == [link]


NASTY = [
    "7\r\nBcc: eve@example.org",
    "7\n\n<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></div><a href='https://evil.example'>",
    "$token ${subject} %s {0} {{7*7}}",
    "7\0\x1b[31m\u2028\u202e",
    "&lt;b&gt; &amp;",
]


@pytest.mark.attack("A41")
@pytest.mark.parametrize("value", NASTY)
def test_whatever_a_value_holds_it_is_text(value: str) -> None:
    good, message = written(LetterKind.JOB_FAILED), written(LetterKind.JOB_FAILED, job=value)
    assert [(name, good[name]) for name in good if name != "Content-Type"] == [
        (name, message[name]) for name in message if name != "Content-Type"
    ]
    (plain, page), (good_plain, good_page) = forms(message), forms(good)
    assert (page.tags, page.links) == (good_page.tags, good_page.links)
    shown = "".join(letter if letter.isprintable() else " " for letter in value)
    assert plain == good_plain.replace("job-7", shown)
    assert page.text == good_page.text.replace("job-7", shown)


@pytest.mark.attack("A41")
@pytest.mark.parametrize(
    "address", ["jane@example.org\r\nBcc: eve@example.org", "a@b.org, eve@example.org", "jane"]
)
def test_an_address_that_is_none_writes_no_header(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        written(LetterKind.PASSWORD_CHANGED, address=address)
