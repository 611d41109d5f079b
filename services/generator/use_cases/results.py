"""What a batch ends with: an archive of its avatars, and tables of their receipts."""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atelierkit import failpoints
from services.generator.domain.batch import ARCHIVE, DOCUMENT, TABLE, Item
from services.generator.domain.jobs import Job
from services.generator.domain.model import Avatar, StoredFile
from services.generator.domain.ports import FileStore, UnitsOfWork
from services.generator.domain.receipt_tables import Line, file_name, line, write_csv, write_json

_MEDIA_TYPES = {TABLE: "text/csv", DOCUMENT: "application/json", ARCHIVE: "application/zip"}
_ROWS_AT_A_TIME = 20
# The same avatars are the same archive, whenever it is written.
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class CollectResults:
    """Writes archive and tables to this machine's disk, and stores them from there: neither is ever held in memory."""

    units: UnitsOfWork
    store: FileStore
    scratch: Path | None = None
    """Where they are written; the system's own folder by default."""

    async def __call__(self, job: Job, written: list[StoredFile]) -> Mapping[str, StoredFile]:
        """The stored files by name, each entered in ``written`` at once. OSError where the disk is full."""
        results: dict[str, StoredFile] = {}
        with tempfile.TemporaryDirectory(prefix="atelier-batch-", dir=self.scratch) as folder:
            await self._write(job, Path(folder))
            await failpoints.reach("jobs.collected")
            for name, media_type in _MEDIA_TYPES.items():
                results[name] = await self.store.keep(Path(folder) / name, media_type)
                written.append(results[name])
                await failpoints.reach("jobs.result_stored")
        return results

    async def _write(self, job: Job, folder: Path) -> None:
        lines: list[Line] = []
        # The meshes are float data, which hardly shrinks, and PNG pictures: they are stored as they are.
        with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_STORED) as archive:
            after = -1
            while rows := await self._rows(job, after):
                for item, avatar in rows:
                    lines.append(line(item, avatar))
                    if avatar is not None:
                        await self._pack(archive, file_name(item), avatar.files.dressed)
                after = rows[-1][0].index
            await asyncio.to_thread(_write_tables, folder, lines)
            for name in (TABLE, DOCUMENT):
                archive.writestr(_entry(name), await asyncio.to_thread((folder / name).read_bytes))

    async def _rows(self, job: Job, after: int) -> list[tuple[Item, Avatar | None]]:
        async with self.units() as unit:
            items = await unit.items.page(job.id, after=after, limit=_ROWS_AT_A_TIME)
            return [(item, await unit.avatars.get(job.owner, item.avatar_id)) for item in items]

    async def _pack(self, archive: zipfile.ZipFile, name: str, file: StoredFile) -> None:
        with archive.open(_entry(name), "w") as entry:
            async for piece in self.store.stream(file):
                await asyncio.to_thread(entry.write, piece)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WRITTEN_AT)
    entry.external_attr = 0o644 << 16
    return entry


def _write_tables(folder: Path, lines: list[Line]) -> None:
    # With a byte order mark, by which spreadsheets know UTF-8.
    with (folder / TABLE).open("w", encoding="utf-8-sig", newline="") as table:
        write_csv(lines, table)
    with (folder / DOCUMENT).open("w", encoding="utf-8") as document:
        write_json(lines, document)
