"""What the verbs of faces need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.generator.domain.faces import AvatarOrder, Face, FaceMesh, FaceOrder, ReadFace, SeenPhoto
from services.generator.domain.model import Position, StoredFile


class Faces(Protocol):
    """The records of faces."""

    async def add(self, face: Face) -> None:
        """Store a new face. Its files are noted in the same unit of work."""
        ...

    async def get(self, id: UUID) -> Face | None:
        """One face, whoever's it is."""
        ...

    async def count_download(self, id: UUID) -> None:
        """Count another download; of two that come together both are counted."""
        ...

    async def remove(self, id: UUID) -> Face | None:
        """Delete a face and say what it was; None when there is none."""
        ...

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Face]:
        """Newest first: at most ``limit`` faces of that person that come after the position."""
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[UUID]:
        """Faces whose time is over."""
        ...

    async def retained_too_long(self, now: datetime, limit: int) -> Sequence[UUID]:
        """Faces whose photos have been kept for as long as they may."""
        ...

    async def forget_photos(self, id: UUID) -> Sequence[StoredFile]:
        """The photos of a face, which are no longer its own; nothing where it has none."""
        ...


class PhotoOrders(Protocol):
    """What jobs with photos were asked for; each goes with its job's end, and its uploads with it."""

    async def add(self, job_id: UUID, order: AvatarOrder) -> None:
        """Store the order of a new job. Its uploads are noted in the same unit of work."""
        ...

    async def get(self, job_id: UUID) -> AvatarOrder | None:
        """The order; None where the job has ended or is gone."""
        ...

    async def broke_down(self, job_id: UUID) -> int:
        """Count another breakdown of the mesher over it; gives how many there were, 0 where the order is gone."""
        ...

    async def remove(self, job_id: UUID) -> Sequence[StoredFile]:
        """Forget an order; gives its uploads, and nothing where it is forgotten already."""
        ...


class FaceReader(Protocol):
    """Turns photos into a face."""

    async def read(self, order: FaceOrder) -> ReadFace:
        """Decode, find, judge, fuse and describe. Raise InvalidPhotos, which names every photo that cannot be used, and
        Unavailable when store or networks do not answer."""
        ...


class FaceModel(NamedTuple):
    """The network that finds the points."""

    name: str
    version: str
    ready: bool
    """Whether a real inference was answered."""


class FaceModels(Protocol):
    """The networks, as others see them."""

    async def look(self) -> FaceModel:
        """What the network is, and whether it answers now."""
        ...


class FaceMesher(Protocol):
    """Paints faces. The same arguments always give the same bytes."""

    async def build_face(self, face: ReadFace, pictures: Sequence[tuple[SeenPhoto, StoredFile]]) -> FaceMesh:
        """Build and store the face from the pictures. Unavailable when the mesher does not answer."""
        ...


class Consents(Protocol):
    """Auth's ledger of consents."""

    async def require(self, version: str) -> None:
        """Pass where the calling person has consented to that version of the policy on photos of faces, and it is in
        force; without a caller, where it is in force. Raise ConsentRequired and Unavailable."""
        ...


class Withdrawals(Protocol):
    """Auth's list of people who no longer consent to having photos of their faces worked on."""

    async def waiting(self) -> Sequence[str]:
        """Subjects of their accounts, a hundred at most. Unavailable when auth does not answer."""
        ...

    async def confirm(self, owner: str) -> bool:
        """Say that their faces are gone; False while what was under way may still bring something new."""
        ...
