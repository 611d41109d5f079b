"""Scans in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.generator.adapters.documents import (
    registration_document,
    registration_of,
    scan_report_document,
    scan_report_of,
)
from services.generator.adapters.linked import left, still
from services.generator.adapters.tables.avatars import ScanFileRow, ScanRow
from services.generator.domain.model import Position
from services.generator.domain.scan import Scan, ScanBuild


class PostgresScans:
    """The records."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, scan: Scan) -> None:
        await self._session.execute(
            insert(ScanRow).values(
                id=scan.id,
                owner=scan.owner,
                report=scan_report_document(scan.build.report),
                registration=registration_document(scan.build.registration),
                created_at=scan.created_at,
            )
        )
        files = {"mesh": scan.build.mesh, "body": scan.build.body}
        links = [{"scan_id": scan.id, "role": role, "key": file.key} for role, file in files.items() if file]
        await self._session.execute(insert(ScanFileRow), links)

    async def get(self, owner: str, id: UUID) -> Scan | None:
        with_files = selectinload(ScanRow.files).joinedload(ScanFileRow.file)
        own = select(ScanRow).where(ScanRow.owner == owner, ScanRow.id == id)
        row = still(await self._session.scalar(own.options(with_files)))
        return None if row is None else _scan(row)

    async def remove(self, owner: str, id: UUID) -> Scan | None:
        scan = await self.get(owner, id)
        if scan is None:
            return None
        # A scan never changes, so the row that was read is the row that goes; of two deletions one finds it gone.
        gone = delete(ScanRow).where(ScanRow.id == id).returning(ScanRow.id)
        deleted = (await self._session.execute(gone)).one_or_none()
        return None if deleted is None else scan

    async def page(self, owner: str, *, limit: int, after: Position | None) -> Sequence[Scan]:
        place = tuple_(ScanRow.created_at, ScanRow.id)
        with_files = selectinload(ScanRow.files).joinedload(ScanFileRow.file)
        own = select(ScanRow).where(ScanRow.owner == owner).options(with_files)
        query = own.order_by(ScanRow.created_at.desc(), ScanRow.id.desc()).limit(limit)
        if after is not None:
            query = query.where(place < tuple_(*map(literal, after)))
        return [_scan(row) for row in left(await self._session.scalars(query))]


def _scan(row: ScanRow) -> Scan:
    files = {link.role: link.file.stored for link in row.files}
    build = ScanBuild(
        report=scan_report_of(row.report),
        mesh=files["mesh"],
        registration=registration_of(row.registration),
        body=files.get("body"),
    )
    return Scan(id=row.id, owner=row.owner, build=build, created_at=row.created_at)
