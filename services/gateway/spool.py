"""What waits for somewhere else, in files: records outlive the process that wrote them, and the next one finds them.

A record is written with one call of the kernel, which has it from then on: killing the process loses none, losing the
machine may. Each process writes to a file of its own, which it holds a lock on while it lives. A file whose lock is free
was left by a dead one, and whoever starts next in the folder takes it over.

A record is its length, its CRC-32 and itself. What was cut off in the middle of a write is none.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 64 << 20
"""What one process keeps at most, about 300,000 audit entries."""
FILE_BYTES = 1 << 20
"""From this size on a new file is begun: one is deleted when all in it has gone, and with more coming all the time none
would ever be."""
SUFFIX = ".spool"
_HEAD = struct.Struct(">II")
_OURS_ALONE = 0o600


@dataclass
class _File:
    """A file under this process' lock."""

    path: Path
    descriptor: int
    end: int = 0
    """Behind its last record. What lies there was torn, and is written over."""
    gone: int = 0
    """Behind the last record that is not needed any more."""
    waiting: int = 0
    """Records between the two."""

    def append(self, record: bytes) -> None:
        written = os.pwrite(self.descriptor, record, self.end)
        if written < len(record):
            raise OSError(errno.ENOSPC, "the disk is full")
        self.end += written
        self.waiting += 1

    def rest(self) -> bytes:
        return os.pread(self.descriptor, self.end - self.gone, self.gone)

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


@dataclass(frozen=True)
class Batch:
    """Records, oldest first, to be given back with `Spool.done`."""

    records: Sequence[bytes]
    unreadable: int
    """Records that cannot be read any more: somebody else wrote to the file."""
    end: int


class Spool:
    """Records of this process and of dead ones, in their order. All calls are the event loop's own: none is long."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, file_bytes: int = FILE_BYTES) -> None:
        """Take over what dead processes left. Raises OSError where there can be no such folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._file_bytes = file_bytes
        self._files = deque(_left(folder))
        self._own: _File | None = None
        """The last of the files, once there is one."""
        self.appended = self.waiting
        """Records so far, those of the dead included; the first of them has the number 1."""

    @property
    def waiting(self) -> int:
        """Records that are still needed."""
        # A copy: the thread that serves metrics asks as well.
        return sum(file.waiting for file in tuple(self._files))

    def append(self, record: bytes) -> None:
        """Keep a record. Raises OSError where there is no room, in here or on the disk."""
        framed = _HEAD.pack(len(record), zlib.crc32(record)) + record
        if sum(file.end for file in self._files) + len(framed) > self._most_bytes:
            raise OSError(errno.ENOSPC, "the spool is full")
        if self._own is None or self._own.end >= self._file_bytes:
            self._own = _begun(self._folder)
            self._files.append(self._own)
        self._own.append(framed)
        self.appended += 1

    def oldest(self, most: int) -> Batch:
        """The oldest records, so many at most; to be called where some wait."""
        file = self._first()
        records, end = [], file.gone
        for record in _whole(file.rest()):
            records.append(record)
            end += _HEAD.size + len(record)
            if len(records) == most:
                break
        return Batch(records, 0, end) if records else Batch((), file.waiting, file.end)

    def done(self, batch: Batch) -> None:
        """These are not needed any more."""
        file = self._first()
        file.gone = batch.end
        file.waiting -= len(batch.records) + batch.unreadable
        if file.waiting:
            return
        if file is self._own:
            os.ftruncate(file.descriptor, 0)
            file.end = file.gone = 0
        else:
            self._files.remove(file)
            file.delete()

    def close(self) -> None:
        """Leave what waits to the next process."""
        for file in self._files:
            if file.waiting:
                os.close(file.descriptor)
            else:
                file.delete()
        self._files.clear()

    def _first(self) -> _File:
        return next(file for file in self._files if file.waiting)


def _whole(data: bytes) -> Iterator[bytes]:
    """The records up to the first that is not whole."""
    place = 0
    while place + _HEAD.size <= len(data):
        length, check = _HEAD.unpack_from(data, place)
        record = data[place + _HEAD.size : place + _HEAD.size + length]
        if not length or len(record) < length or zlib.crc32(record) != check:
            return
        yield record
        place += _HEAD.size + length


def _left(folder: Path) -> Iterator[_File]:
    """Files of dead processes with what is whole in them, oldest first."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        file = _locked(path, 0)
        if file is None:
            continue
        sizes = [_HEAD.size + len(record) for record in _whole(path.read_bytes())]
        file.end, file.waiting = sum(sizes), len(sizes)
        if sizes:
            yield file
        else:
            file.delete()


def _begun(folder: Path) -> _File:
    """A new file. Whoever starts just then may take it for a dead one's before it is locked: then another is made."""
    while True:
        path = folder / f"{time.time_ns():020d}-{os.getpid()}{SUFFIX}"
        file = _locked(path, os.O_CREAT | os.O_EXCL)
        if file is not None:
            return file


def _locked(path: Path, flags: int) -> _File | None:
    """The file, locked; None where somebody else has it, or had it and deleted it."""
    try:
        descriptor = os.open(path, os.O_RDWR | flags, _OURS_ALONE)
    except (FileNotFoundError, FileExistsError):
        if flags:
            raise
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not os.fstat(descriptor).st_nlink:
        os.close(descriptor)
        return None
    return _File(path, descriptor)
