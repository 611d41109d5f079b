"""A file that is being downloaded: there whole under its name, or not at all."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from atelier_client.errors import UnexpectedAnswer


class PartFile:
    """The pieces of a file, beside where it will be; leaving the block without `finish` drops them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._part = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        self._stream = self._part.open("xb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._part.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        self._digest.update(piece)
        self._stream.write(piece)

    def finish(self, sha256: str | None) -> None:
        """Put the file under its name. Raises UnexpectedAnswer where it has not that SHA-256."""
        if sha256 is not None and sha256 != self._digest.hexdigest():
            raise UnexpectedAnswer(f"what was downloaded as {self._file.name} is not what it should be")
        self._stream.close()
        self._part.replace(self._file)
