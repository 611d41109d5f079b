"""What the mesher needs from outside."""

from __future__ import annotations

from typing import Protocol

from bodymodel.correct import Correction
from services.mesher.domain.model import FileOptions, Scene, StoredBlob


class Files(Protocol):
    """The object store, as far as it is written to."""

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> StoredBlob:
        """Store the bytes by their hash; storing the same bytes again changes nothing."""
        ...


class Writer(Protocol):
    """A file format; the same input gives the same bytes."""

    media_type: str

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file."""
        ...


class Watch(Protocol):
    """Hears how bodies come out."""

    def corrected(self, correction: Correction) -> None:
        """A body was closed on its targets."""
        ...
