"""What the mesher needs from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from bodymodel.correct import Correction
from facemodel.arrays import RgbImage
from services.mesher.domain.model import FileOptions, Scene, StoredBlob
from services.mesher.domain.portrait import Portrait
from services.mesher.domain.scan.cloud import Cloud, CloudFormat
from services.mesher.domain.scan.shell import Shell
from services.mesher.domain.scan.solid import Solid


class Files(Protocol):
    """The object store, as far as it is used here."""

    async def get(self, key: str) -> bytes:
        """All the bytes of an object."""
        ...

    async def put(self, data: bytes, *, prefix: str, media_type: str) -> StoredBlob:
        """Store the bytes by their hash; storing the same bytes again changes nothing."""
        ...

    async def head(self, key: str) -> StoredBlob:
        """What an object is. Raise NotFound."""
        ...

    def written_before(self, when: datetime, *, within: str = "") -> AsyncIterator[Sequence[str]]:
        """Keys of the objects in a folder that were written before then."""
        ...


class Writer(Protocol):
    """A file format; the same input gives the same bytes."""

    media_type: str

    def write(self, scene: Scene, options: FileOptions) -> bytes:
        """The whole file."""
        ...


class Pictures(Protocol):
    """Pictures as files."""

    media_type: str
    """Of what is written."""

    def read(self, data: bytes) -> RgbImage:
        """The picture in a file. Raise InvalidPicture."""
        ...

    def write(self, pixels: RgbImage, most_bytes: int) -> bytes:
        """The picture as a file of at most so many bytes, where that can be."""
        ...


class FaceWriter(Protocol):
    """A file format of faces; the same input gives the same bytes."""

    media_type: str

    def write(self, portrait: Portrait) -> bytes:
        """The whole file."""
        ...


class Watch(Protocol):
    """Hears how bodies come out."""

    def corrected(self, correction: Correction) -> None:
        """A body was closed on its targets."""
        ...

    def cut_wanted(self) -> None:
        """The topology of a garment's cut was asked for."""
        ...

    def cut_made(self) -> None:
        """It was not kept, and had to be made."""
        ...


class Unwatched:
    """The Watch that tells nobody."""

    def corrected(self, correction: Correction) -> None:
        return

    def cut_wanted(self) -> None:
        return

    def cut_made(self) -> None:
        return


class CloudFiles(Protocol):
    """Clouds as files."""

    media_type: str
    """Of what is written."""

    def read(self, data: bytes, format: CloudFormat) -> Cloud:
        """The cloud in a file. Raise InvalidCloud and TooManyPoints."""
        ...

    def write(self, solid: Solid) -> bytes:
        """A closed surface as a file."""
        ...


class Surfaces(Protocol):
    """Makes surfaces of points. Both raise ReconstructionAbsent where what they need is not installed."""

    def oriented(self, shell: Shell) -> Shell:
        """The same points, their normals turned outwards."""
        ...

    def surface(self, shell: Shell) -> Solid:
        """A surface near the points; not closed everywhere, perhaps."""
        ...
