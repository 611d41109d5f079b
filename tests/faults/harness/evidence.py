"""What a run leaves behind: the journal, the marks of the fault, the records and the files."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.harness.journal import Entry, Journal
from tests.faults.harness.records import Records
from tests.faults.harness.sinks import Sinks

_GLB_HEADER = struct.Struct("<4sII")
_CHUNK_HEADER = struct.Struct("<I4s")
_TYPE_SUFFIX = ".media-type"


@dataclass(frozen=True)
class Window:
    """Times of a run, in the journal's seconds."""

    load_began: float
    fault_began: float
    fault_ended: float
    load_ended: float


@dataclass(frozen=True)
class StoredFile:
    """A file that a record refers to."""

    record: str
    role: str
    key: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Evidence:
    """Everything that the checker judges by."""

    journal: Journal
    window: Window
    lag_s: float
    """Longest time in which the harness itself did not get to read answers: no answer is seen sooner."""
    patience: float
    """By how much claimed times are stretched."""
    files: Sequence[StoredFile]
    """Files that avatars, scans and jobs refer to, from the database."""
    known_keys: frozenset[str]
    """Every key of the database's index of files."""
    blobs: Path
    """Folder of the object store."""
    found_again: Mapping[str, Entry]
    """After recovery: the answer to reading each avatar, job and account that the journal tells of, by id or e-mail."""
    unasked_ends: Sequence[str]
    """Processes that ended by themselves."""
    records: Records
    """What the database says of jobs, credits and requests."""
    sinks: Sinks
    """What the platform has told people."""

    def orphans(self) -> list[str]:
        """Keys of objects in the store that no record knows."""
        return sorted(self.stored_keys() - self.known_keys)

    def stored_keys(self) -> frozenset[str]:
        """Keys of all objects in the store."""
        every = (str(path.relative_to(self.blobs)) for path in self.blobs.rglob("*") if path.is_file())
        return frozenset(key.removesuffix(_TYPE_SUFFIX) for key in every)


def damage(file: StoredFile, blobs: Path) -> str | None:
    """What is wrong with a stored file; None where nothing is."""
    path = blobs / file.key
    if not path.exists():
        return "is not there"
    data = path.read_bytes()
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        return "is not what was stored"
    if file.media_type == "model/gltf-binary" and not _is_glb(data):
        return "is no GLB"
    return None


def _is_glb(data: bytes) -> bool:
    """Whether the header, the length and the JSON chunk are those of a GLB 2.0."""
    magic, version, length = _GLB_HEADER.unpack_from(data)
    size, kind = _CHUNK_HEADER.unpack_from(data, _GLB_HEADER.size)
    if (magic, version, length, kind) != (b"glTF", 2, len(data), b"JSON"):
        return False
    begin = _GLB_HEADER.size + _CHUNK_HEADER.size
    document: dict[str, Any] = json.loads(data[begin : begin + size])
    return bool(document["meshes"])
