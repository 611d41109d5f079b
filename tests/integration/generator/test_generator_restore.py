"""The restore drill: a base backup and an archive of WAL bring the records back as they were at a moment.

What docs/kubernetes.md says of the object store is shown too: it is newer than the restored records, so every record has
its files, and some files have no record.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from atelierkit import blobs, migrations, sql
from atelierkit.postgres import EmbeddedPostgres, PostgresFailed
from atelierkit.postgres import account as accounts
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.domain.model import Avatar, Files
from tests.integration.generator.conftest import RAIL
from tests.unit.generator.world import ANN, World

pytestmark = pytest.mark.postgres
SERVICE = "generator"


@dataclass(frozen=True)
class Site:
    """Everything that a restore needs: a cluster's data, its backups, and the object store."""

    folder: Path

    @property
    def live(self) -> Path:
        return self.folder / "live"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    @property
    def files(self) -> BlobFiles:
        return BlobFiles(blobs.open((self.folder / "blobs").as_uri()))


@pytest.fixture
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="atelier-restore-"))
    # Started by root, the server runs as another account, which passes through and writes to its archive.
    folder.chmod(0o711)
    made = Site(folder)
    made.archive.mkdir()
    made.archive.chmod(0o777)
    yield made
    shutil.rmtree(folder)


def archiving(site: Site) -> EmbeddedPostgres:
    """A cluster that archives its WAL, as the production one does."""
    server = EmbeddedPostgres(site.live, [SERVICE], durable=False)
    server.start()
    with server.admin() as admin:
        admin.execute("ALTER SYSTEM SET archive_mode = on")
        admin.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {site.archive}/%f'".encode())
    server.stop()
    server.start()
    migrations.upgrade(f"services.{SERVICE}", server.url(SERVICE))
    return server


def back_up(site: Site, server: EmbeddedPostgres) -> None:
    """A base backup over the replication protocol, while the server works."""
    program = accounts.programs(site.live, None) / "pg_basebackup"
    with server.admin() as admin:
        source = f"host=127.0.0.1 port={admin.info.port} user=postgres password={admin.info.password}"
    done = accounts.run(
        [program, "-d", source, "-D", site.backup, "-c", "fast", "-X", "none", "--no-sync"], None
    )
    assert done.returncode == 0, done.stdout


@contextmanager
def restored(site: Site, moment: datetime) -> Iterator[EmbeddedPostgres]:
    """A second cluster from the backup and the archive, as of the moment."""
    folder = site.folder / "restored"
    folder.mkdir(mode=0o711)
    shutil.copy2(site.live / "passwords.json", folder)
    cluster = folder / "cluster"
    shutil.copytree(site.backup, cluster)
    (cluster / "recovery.signal").touch()
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f"restore_command = 'cp {site.archive}/%f %p'\n"
            f"recovery_target_time = '{moment.isoformat()}'\n"
            "recovery_target_action = 'promote'\n"
            "archive_mode = off\n"
            # Until it is promoted it takes no connection: nothing half recovered is ever read.
            "hot_standby = off\n"
        )
    owner = accounts.unprivileged(site.folder / "nobody's")
    if owner is not None:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, owner.uid, owner.gid)
    with EmbeddedPostgres(folder, [SERVICE], durable=False) as server:
        yield server


async def make(site: Site, url: str, pattern: Avatar, text: str) -> Avatar:
    """An avatar with files of its own: first the files, then the record, as the generator does it."""
    body = await site.files.put(text.encode(), "model/gltf-binary")
    picture = await site.files.put(f"{text}, seen".encode(), "image/png")
    now = datetime.now(UTC)
    avatar = replace(pattern, id=uuid4(), created_at=now, updated_at=now, files=Files(body, picture, {}))
    async with sql.engine(url, schema=SERVICE) as engine, PostgresUnitOfWork(engine, RAIL) as unit:
        await unit.avatars.add(avatar)
        await unit.files.note(needed=avatar.files.all())
    return avatar


async def kept(url: str, ids: Sequence[UUID]) -> list[Avatar | None]:
    async with sql.engine(url, schema=SERVICE) as engine:
        units = partial(PostgresUnitOfWork, engine, RAIL)
        async with units() as unit:
            return [await unit.avatars.get(ANN, id) for id in ids]


async def test_the_records_of_a_moment_come_back_and_find_their_files(site: Site) -> None:
    pattern = await World().avatar()
    server = archiving(site)
    url = server.url(SERVICE)
    in_the_backup = await make(site, url, pattern, "before the base backup")
    back_up(site, server)
    in_the_archive = await make(site, url, pattern, "after the base backup")
    with server.admin() as admin:
        row = admin.execute("SELECT clock_timestamp()").fetchone()
    too_late = await make(site, url, pattern, "after the moment")
    with server.admin() as admin:
        admin.execute("SELECT pg_switch_wal()")
    # A stop archives what is finished. Then the disk is lost.
    server.stop()
    shutil.rmtree(site.live / "cluster")
    assert row is not None

    ids = [in_the_backup.id, in_the_archive.id, too_late.id]
    with restored(site, row[0]) as again:
        assert await kept(again.url(SERVICE), ids) == [in_the_backup, in_the_archive, None]
        # The restored cluster takes writes.
        await make(site, again.url(SERVICE), pattern, "after the restore")

    for avatar in (in_the_backup, in_the_archive):
        assert [await site.files.exists(file) for file in avatar.files.all()] == [True, True]
    written = [
        key
        async for keys in site.files.written_before(datetime.now(UTC) + timedelta(hours=1))
        for key in keys
    ]
    orphans = set(written) - {
        file.key for avatar in (in_the_backup, in_the_archive) for file in avatar.files.all()
    }
    assert {file.key for file in too_late.files.all()} < orphans
    # Two of the avatar that is forgotten, and two of the one made after the restore.
    assert len(orphans) == 4


async def test_an_archive_with_a_hole_is_no_restore(site: Site) -> None:
    """Less than was asked for is not passed off as the moment that was asked for."""
    pattern = await World().avatar()
    server = archiving(site)
    back_up(site, server)
    await make(site, server.url(SERVICE), pattern, "late")
    moment = datetime.now(UTC)
    await make(site, server.url(SERVICE), pattern, "later")
    server.stop()
    segments = sorted(site.archive.iterdir())
    mark = next(index for index, path in enumerate(segments) if path.name.endswith(".backup"))
    # The backup itself keeps all that it needs; what came after it is lost.
    for path in segments[mark + 1 :]:
        path.unlink()
    with pytest.raises(PostgresFailed), restored(site, moment):
        pass
    log = (site.folder / "restored" / "cluster" / "server.log").read_text()
    assert "recovery ended before configured recovery target was reached" in log
