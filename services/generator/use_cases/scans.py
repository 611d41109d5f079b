"""The life of a scan: made of an upload that does not outlive the call, shown, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from atelierkit.repeat import repeated
from services.generator.domain.errors import ScanNotFound
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import Clock, Scanner, UnitsOfWork
from services.generator.domain.scan import CloudFormat, Scan
from services.generator.use_cases.shelf import Shelf
from services.generator.use_cases.uploads import consumed, require_upload


@dataclass(frozen=True)
class CreateScan:
    """Makes a mesh and, where asked, a body of an upload; nothing is stored when anything fails."""

    scanner: Scanner
    shelf: Shelf
    clock: Clock

    async def __call__(self, owner: str, cloud: StoredFile, format: CloudFormat, *, register: bool) -> Scan:
        """Raise NotAnUpload and the mesher's refusals; Unavailable when it is away."""
        require_upload(cloud, "cloud")
        async with consumed(self.shelf.store, cloud), self.shelf.writing() as written:
            build = await self.scanner.reconstruct(cloud, format, register=register)
            written.extend(build.files())
            scan = Scan(id=uuid4(), owner=owner, build=build, created_at=self.clock())
            await self.shelf.add_scan(scan)
        return scan


@dataclass(frozen=True)
class GetScan:
    """Shows one scan to its owner."""

    units: UnitsOfWork

    async def __call__(self, owner: str, id: UUID) -> Scan:
        """Raise ScanNotFound."""
        async with self.units() as unit:
            scan = await unit.scans.get(owner, id)
        if scan is None:
            raise ScanNotFound
        return scan


@dataclass(frozen=True)
class DeleteScan:
    """Deletes a scan, and its files unless somebody else has the same."""

    units: UnitsOfWork
    shelf: Shelf

    @repeated
    async def __call__(self, owner: str, id: UUID) -> None:
        """Raise ScanNotFound."""
        async with self.units() as unit:
            scan = await unit.scans.remove(owner, id)
            if scan is None:
                raise ScanNotFound
            await unit.files.note(dropped=scan.build.files())
        await self.shelf.sweep()
