"""AES-256-GCM with a ring of keys.

Sealed bytes are ``version | length of the key's id | the id | nonce | ciphertext and tag``; what comes before the nonce is
the header. The tag covers the header and the place, each part with its length in front, so that no two places read alike.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.auth.domain.sealing import Place, Unsealable

KEY_BYTES = 32
# 96 random bits: a key may seal 2^32 values before two of them are likely to share one (NIST SP 800-38D, 8.3).
_NONCE_BYTES = 12
_VERSION = b"\x01"
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,32}")
_FORM = "key id, colon, 32 bytes in base64; commas between keys, no id twice"


class AesGcmSeals:
    """Seals with the first key of the ring; every key of it opens what it sealed."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """``keys`` by their id, the one that seals first; at least one."""
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        first = next(iter(keys))
        self._cipher = self._ciphers[first]
        self.header = _VERSION + bytes([len(first)]) + first.encode("ascii")
        """What everything sealed by the first key begins with."""

    def seal(self, plain: bytes, context: Place) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self.header + nonce + self._cipher.encrypt(nonce, plain, _bound(self.header, context))

    def open(self, sealed: bytes, context: Place) -> bytes:
        header = sealed[: 2 + sealed[1]] if len(sealed) > 1 else b""
        cipher = self._ciphers.get(header[2:].decode("ascii", "replace"))
        if header[:1] != _VERSION or cipher is None:
            raise Unsealable("no key of the ring has sealed this")
        nonce = sealed[len(header) : len(header) + _NONCE_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[len(header) + _NONCE_BYTES :], _bound(header, context))
        except (InvalidTag, ValueError) as error:
            raise Unsealable("this was sealed for another place, or changed") from error


def ring_of(text: str) -> dict[str, bytes]:
    """The keys that ``id:base64,id:base64`` names. Raise ValueError, which repeats none of it."""
    ring: dict[str, bytes] = {}
    for entry in text.split(","):
        id, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError(_FORM) from error
        if _KEY_ID.fullmatch(id) is None or len(key) != KEY_BYTES or id in ring:
            raise ValueError(_FORM)
        ring[id] = key
    return ring


def new_key(id: str) -> str:
    """A ring of one new key, as text."""
    return f"{id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode('ascii')}"


def kept_in(file: Path) -> str:
    """The ring that the file holds; made by whoever comes first, readable by its owner alone. Raise OSError."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(new_key("local"))
            opened.flush()
            os.fsync(opened.fileno())
        # A link is whole or not there, and the first one stays: nobody ever reads half a key, or two.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text("ascii").strip()


def _bound(header: bytes, place: Place) -> bytes:
    parts = (header, place.table.encode(), place.column.encode(), place.row.encode())
    return b"".join(len(part).to_bytes(4) + part for part in parts)
