"""Three photos of a face, as the form that the platform reads."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from atelier_client.calls import JsonObject, Upload

Field = str | bool | float | JsonObject | None


@dataclass(frozen=True)
class FacePhotos:
    """Files, or what is in them: JPEG, PNG or WebP, 224 to 4096 pixels a side, at most 10 MB each."""

    front: str | Path | bytes
    left: str | Path | bytes
    """The person's left side, turned by 30 to 45 degrees."""
    right: str | Path | bytes
    """The person's right side, turned likewise."""

    def form(self, **fields: Field) -> Upload:
        """The form with them and these fields; what is None is left out."""
        boundary = secrets.token_hex(16)
        parts = [*self._files(), *_texts(fields)]
        body = b"".join(
            f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts
        )
        return Upload(body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")

    def _files(self) -> Iterator[tuple[str, bytes]]:
        for slot, photo in (("front", self.front), ("left", self.left), ("right", self.right)):
            content = photo if isinstance(photo, bytes) else Path(photo).read_bytes()
            # The platform looks at the bytes; a name is for refusals alone.
            name = slot if isinstance(photo, bytes) else Path(photo).name
            yield f'{_disposition(slot)}; filename="{_quoted(name)}"', content


def _texts(fields: dict[str, Field]) -> Iterator[tuple[str, bytes]]:
    for name, value in fields.items():
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            yield _disposition(name), text.encode()


def _disposition(name: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"'


def _quoted(name: str) -> str:
    """As browsers write it (WHATWG HTML, 4.10.22.8)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
