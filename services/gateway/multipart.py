"""Bodies in parts (RFC 7578), read strictly: every part has a name, nothing is nested, nothing is encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from atelierkit.errors import FieldFault, InvalidInput

MEDIA_TYPE = "multipart/form-data"

_MOST_PARTS = 16
_LONGEST_HEAD = 4096
_LONGEST_BOUNDARY = 70
_LIMIT = f"{MEDIA_TYPE} as RFC 7578 has it, at most {_MOST_PARTS} parts"


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    name: str
    media_type: str
    """Empty where the part does not say."""
    data: bytes


def parts(data: bytes, content_type: str) -> list[Part]:
    """The parts of a body. Raises InvalidInput."""
    return [_part(piece) for piece in _pieces(data, b"--" + boundary(content_type))]


def boundary(content_type: str) -> bytes:
    """What stands between the parts. Raises InvalidInput."""
    found = _parameter(content_type, "boundary")
    if not 0 < len(found) <= _LONGEST_BOUNDARY or not found.isascii():
        raise _malformed()
    return found.encode("ascii")


def _pieces(data: bytes, delimiter: bytes) -> Iterator[bytes]:
    """What lies between delimiters, up to the one that closes the body."""
    at = data.find(delimiter)
    if at < 0 or (at > 0 and data[at - 2 : at] != b"\r\n"):
        raise _malformed()
    for _ in range(_MOST_PARTS + 1):
        at += len(delimiter)
        if data[at : at + 2] == b"--":
            return
        end = data.find(b"\r\n" + delimiter, at)
        if data[at : at + 2] != b"\r\n" or end < 0:
            raise _malformed()
        yield data[at + 2 : end]
        at = end + 2
    raise _malformed()


def _part(piece: bytes) -> Part:
    end = piece.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
    if end < 0:
        raise _malformed()
    try:
        lines = piece[:end].decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise _malformed() from error
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    described = headers.get("content-disposition", "")
    name = _parameter(described, "name")
    if not described.lower().startswith("form-data") or not name or "content-transfer-encoding" in headers:
        raise _malformed()
    return Part(name[:64], headers.get("content-type", "").split(";")[0].lower(), piece[end + 4 :])


def _parameter(header: str, name: str) -> str:
    """A parameter of a header's value; empty where it is not there."""
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    return str(message.get_param(name, ""))


def _malformed() -> InvalidInput:
    message = "the body is not a valid form"
    return InvalidInput(message, faults=[FieldFault("", "malformed_form", message, _LIMIT)])
