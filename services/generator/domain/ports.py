"""What the verbs need from the outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from services.generator.domain.model import (
    Avatar,
    BodySpec,
    Build,
    Look,
    Outfit,
    Person,
    Position,
    Preview,
    StoredFile,
    Targets,
    Wardrobe,
    Weight,
)
from services.generator.domain.options import FileOptions
from services.generator.domain.ports_albums import Albums, VideoOrders
from services.generator.domain.ports_backgrounds import CustomBackgrounds
from services.generator.domain.ports_faces import Faces, PhotoOrders
from services.generator.domain.ports_generations import Generations, Sittings
from services.generator.domain.ports_jobs import Items, Jobs, Rail
from services.generator.domain.ports_poses import CustomPoses
from services.generator.domain.ports_shares import Shares
from services.generator.domain.scan import CloudFormat, Scan, ScanBuild

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""


class Estimator(Protocol):
    """What the population knows about a person."""

    def complete(self, spec: BodySpec) -> Targets:
        """All 15: what was asked, and the most likely values of the rest.

        Raises ImplausibleMeasurements when what was asked does not fit one person.
        """
        ...

    def weight(self, spec: BodySpec, delivered_mm: Sequence[float]) -> Weight:
        """What people weigh who have the 15 that were delivered, and the age that was given."""
        ...


class Network(Protocol):
    """The network that turns measurements into a body."""

    @property
    def version(self) -> str:
        """Version of the network; the same version makes the same points."""
        ...

    async def points(self, spec: BodySpec, targets: Targets) -> bytes:
        """10,000 points in canonical order, little-endian float32, metres. Unavailable when it does not answer."""
        ...


class Looks(Protocol):
    """The catalogue."""

    async def resolve(self, look: Look, outfit: Outfit) -> Wardrobe:
        """Fill in the defaults and fetch geometry; the catalogue's refusals name the fields of a request of ours."""
        ...


class Mesher(Protocol):
    """Turns points into meshes. The same arguments always give the same bytes."""

    async def build(
        self, person: Person, wardrobe: Wardrobe, options: FileOptions, pose: bytes | None = None
    ) -> Build:
        """Build and store that file, in the pose that its options speak of: the contract's ``Pose``.

        Unavailable when the mesher does not answer; refuses unknown face shapes.
        """
        ...

    async def preview(self, person: Person) -> Preview:
        """The body's positions alone; nothing is stored."""
        ...


class Scanner(Protocol):
    """Makes meshes and bodies of scans."""

    async def reconstruct(self, cloud: StoredFile, format: CloudFormat, *, register: bool) -> ScanBuild:
        """Make and store a watertight mesh and, where asked, a body. Unavailable when it does not answer; refuses what
        is no cloud, or no person where a body is asked for.
        """
        ...


class FileStore(Protocol):
    """The object store; its keys follow from the bytes, so equal bytes are one object."""

    async def put(self, data: bytes, media_type: str) -> StoredFile:
        """Store the bytes."""
        ...

    async def put_apart(self, data: bytes, media_type: str) -> StoredFile:
        """Store the bytes as an object of their own: whoever has the same bytes does not share it."""
        ...

    async def put_background(self, data: bytes, media_type: str) -> StoredFile:
        """Store the bytes of a picture that is to stand behind people."""
        ...

    async def keep(self, path: Path, media_type: str) -> StoredFile:
        """Store a file of this machine, which may be larger than memory."""
        ...

    async def get(self, file: StoredFile) -> bytes:
        """The bytes."""
        ...

    def stream(self, file: StoredFile) -> AsyncIterator[bytes]:
        """The bytes in pieces, for what is larger than memory."""
        ...

    async def exists(self, file: StoredFile) -> bool:
        """Whether the object is there."""
        ...

    async def delete(self, key: str) -> None:
        """Delete the object; nothing happens when it is gone already."""
        ...

    def written_before(self, when: datetime) -> AsyncIterator[Sequence[str]]:
        """Keys of all objects that were last written before then and that the service's records are made of."""
        ...

    def uploaded_before(self, when: datetime) -> AsyncIterator[Sequence[str]]:
        """Keys of the uploads among them, and of what was stored apart; nothing else is listed for it."""
        ...


class Avatars(Protocol):
    """The records. Somebody else's avatar is treated as one that does not exist."""

    async def add(self, avatar: Avatar) -> None:
        """Store a new avatar. Its files are noted in the same unit of work."""
        ...

    async def get(self, owner: str, id: UUID) -> Avatar | None:
        """One avatar."""
        ...

    async def replace(self, avatar: Avatar) -> None:
        """Store a changed avatar. Raise Outdated unless the revision before this one is the stored one."""
        ...

    async def remove(self, owner: str, id: UUID) -> Avatar | None:
        """Delete an avatar and say what it was; None when there is none."""
        ...

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Avatar]:
        """Newest first: at most ``limit`` avatars that come after the position."""
        ...


class Scans(Protocol):
    """The records of scans, which never change. Somebody else's scan is treated as one that does not exist."""

    async def add(self, scan: Scan) -> None:
        """Store a new scan. Its files are noted in the same unit of work."""
        ...

    async def get(self, owner: str, id: UUID) -> Scan | None:
        """One scan."""
        ...

    async def remove(self, owner: str, id: UUID) -> Scan | None:
        """Delete a scan and say what it was; None when there is none."""
        ...

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Scan]:
        """Newest first: at most ``limit`` scans that come after the position."""
        ...


class FileIndex(Protocol):
    """Which objects avatars, scans, faces, sittings and jobs need, so that those nobody needs any more can be deleted.

    Noting an object waits for a unit of work that has claimed it, and a claim passes over objects that
    another unit of work has noted. So an object is never deleted under an avatar that is being stored, as
    long as its existence is checked after it was noted.
    """

    async def note(self, *, needed: Iterable[StoredFile] = (), dropped: Iterable[StoredFile] = ()) -> None:
        """Enter files that an avatar refers to from now on, and mark those that one needs no more."""
        ...

    async def unknown(self, keys: Sequence[str]) -> Sequence[str]:
        """Those of the keys that the index does not know."""
        ...

    async def adopt(self, keys: Sequence[str]) -> None:
        """Enter objects that the index does not know, as needed by nobody; those it knows stay as they are."""
        ...

    async def claim_unused(self, limit: int) -> Sequence[str]:
        """Forget marked files that nothing refers to; gives their keys, to be deleted before the commit."""
        ...


class UnitOfWork(Protocol):
    """Everything that one transaction reads and writes."""

    @property
    def avatars(self) -> Avatars: ...

    @property
    def scans(self) -> Scans: ...

    @property
    def files(self) -> FileIndex: ...

    @property
    def faces(self) -> Faces: ...

    @property
    def photo_orders(self) -> PhotoOrders: ...

    @property
    def albums(self) -> Albums: ...

    @property
    def video_orders(self) -> VideoOrders: ...

    @property
    def generations(self) -> Generations: ...

    @property
    def sittings(self) -> Sittings: ...

    @property
    def custom_poses(self) -> CustomPoses: ...

    @property
    def custom_backgrounds(self) -> CustomBackgrounds: ...

    @property
    def shares(self) -> Shares: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def items(self) -> Items: ...

    @property
    def rail(self) -> Rail: ...


UnitsOfWork = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Begins a unit of work: it commits when the block ends, and rolls back when it raises."""
