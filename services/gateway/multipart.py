"""Bodies in parts (RFC 7578), read strictly: every part has a name, nothing is nested, nothing is encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import collapse_rfc2231_value

from atelierkit.errors import FieldFault, InvalidInput

MEDIA_TYPE = "multipart/form-data"
MOST_PARTS = 32
LONGEST_HEAD = 4096

_LONGEST_BOUNDARY = 70
_LIMIT = f"{MEDIA_TYPE} as RFC 7578 has it, at most {MOST_PARTS} parts"


@dataclass(frozen=True)
class Head:
    """What a part says of itself."""

    name: str
    media_type: str
    """Empty where the part does not say."""
    filename: str
    """As the client wrote it; empty where the part is no file."""


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    head: Head
    data: bytes = field(repr=False)
    """Never written into a log by accident: it may be a photo."""

    @property
    def name(self) -> str:
        return self.head.name

    @property
    def media_type(self) -> str:
        return self.head.media_type


def parts(data: bytes, content_type: str) -> list[Part]:
    """The parts of a body. Raises InvalidInput."""
    return [_part(piece) for piece in _pieces(data, b"--" + boundary(content_type))]


def boundary(content_type: str) -> bytes:
    """What stands between the parts. Raises InvalidInput."""
    found = _parameter(content_type, "boundary")
    if not 0 < len(found) <= _LONGEST_BOUNDARY or not found.isascii():
        raise malformed()
    return found.encode("ascii")


def head(text: bytes) -> Head:
    """What stands before a part's empty line. Raises InvalidInput."""
    try:
        lines = text.decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise malformed() from error
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    described = headers.get("content-disposition", "")
    name = _parameter(described, "name")
    if not described.lower().startswith("form-data") or not name or "content-transfer-encoding" in headers:
        raise malformed()
    media_type = headers.get("content-type", "").split(";")[0].lower()
    if media_type.startswith("multipart/"):
        raise malformed()
    return Head(name[:64], media_type, _parameter(described, "filename"))


def malformed() -> InvalidInput:
    """The refusal of a body that is no form."""
    message = "the body is not a valid form"
    return InvalidInput(message, faults=[FieldFault("", "malformed_form", message, _LIMIT)])


def _pieces(data: bytes, delimiter: bytes) -> Iterator[bytes]:
    """What lies between delimiters, up to the one that closes the body."""
    at = data.find(delimiter)
    if at < 0 or (at > 0 and data[at - 2 : at] != b"\r\n"):
        raise malformed()
    for _ in range(MOST_PARTS + 1):
        at += len(delimiter)
        if data[at : at + 2] == b"--":
            return
        end = data.find(b"\r\n" + delimiter, at)
        if data[at : at + 2] != b"\r\n" or end < 0:
            raise malformed()
        yield data[at + 2 : end]
        at = end + 2
    raise malformed()


def _part(piece: bytes) -> Part:
    end = piece.find(b"\r\n\r\n", 0, LONGEST_HEAD)
    if end < 0:
        raise malformed()
    return Part(head(piece[:end]), piece[end + 4 :])


def _parameter(header: str, name: str) -> str:
    """A parameter of a header's value; empty where it is not there."""
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    found = message.get_param(name, "")
    return collapse_rfc2231_value(found) if found else ""
