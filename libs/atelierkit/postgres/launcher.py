"""Starts, prepares and stops one PostgreSQL cluster in a data folder."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psycopg
from psycopg import sql

from atelierkit.postgres import account as accounts
from atelierkit.postgres import process
from atelierkit.postgres.errors import PostgresFailed, explained

DATABASE = "atelier"
_HOST = "127.0.0.1"
_SUPERUSER = "postgres"
_START_TIMEOUT_S = 60
_ATTEMPTS = 40
_PAUSE_S = 0.25

# Six services with ten connections each, and room for tools.
_DURABLE: Mapping[str, str] = {"max_connections": "100"}
# For tests: a crash of the machine may lose data, and nobody minds.
_FLEETING: Mapping[str, str] = {
    "max_connections": "100",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
}


class EmbeddedPostgres:
    """A cluster in ``data_dir`` with one database, and in it a login role and a schema for each service.

    Listens on loopback TCP; the port is remembered, and another one taken when it is no longer free,
    unless ``port`` demands one. ``durable=False`` trades the disk's safety for speed, for tests.
    Blocking; raises PostgresFailed.
    """

    def __init__(
        self, data_dir: Path, services: Sequence[str], *, port: int | None = None, durable: bool = True
    ) -> None:
        self._data_dir = data_dir.absolute()
        self._services = tuple(services)
        self._wanted_port = port
        self._durable = durable
        self._cluster = self._data_dir / "cluster"
        self._log = self._cluster / "server.log"
        self._account: accounts.Account | None = None
        self._bin = Path()
        self._port = 0
        self._passwords: dict[str, str] = {}
        self._pause = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> dict[str, str]:
        """Start the server, or take a running one over, and prepare it; gives each service's URL."""
        try:
            self._prepare_folder()
            if not self._cluster.exists():
                self._initialise()
            self._serve()
            (self._data_dir / "port").write_text(f"{self._port}\n")
        except OSError as error:
            raise explained(f"{error.strerror}", self._data_dir) from error
        return {service: self.url(service) for service in self._services}

    def stop(self) -> None:
        """Stop the server at once, ending its sessions; nothing happens where it does not run."""
        self._stop("fast")

    def crash(self) -> None:
        """End the server as a crash of its machine would: the next start recovers from what is on disk."""
        self._stop("immediate")

    def url(self, service: str, database: str = DATABASE) -> str:
        """SQLAlchemy's URL for the service's role; its search path is its schema."""
        return f"postgresql+psycopg://{service}:{self._passwords[service]}@{_HOST}:{self._port}/{database}"

    @contextmanager
    def admin(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """A superuser's connection in autocommit mode."""
        with psycopg.connect(
            host=_HOST,
            port=self._port,
            user=_SUPERUSER,
            password=self._passwords[_SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            yield connection

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Create a database, as a copy of another where one is named; nobody may be connected to that one."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with self.admin() as connection:
            connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database where it exists, ending its sessions."""
        with self.admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def create_schemas(self, database: str) -> None:
        """Create each service's schema in a database, owned by its role; those that exist stay."""
        with self.admin(database) as connection:
            for service in self._services:
                name = sql.Identifier(service)
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {0} AUTHORIZATION {0}").format(name))

    def _stop(self, mode: Literal["fast", "immediate"]) -> None:
        if process.find(self._cluster) is not None:
            self._prepare_folder()
            self._pg_ctl("stop", "-m", mode, "-w", "-t", str(_START_TIMEOUT_S))

    def _prepare_folder(self) -> None:
        self._account = accounts.unprivileged(self._cluster)
        # Where the server has an account of its own, that one may pass through; the rest is ours alone.
        self._data_dir.mkdir(mode=0o700 if self._account is None else 0o711, parents=True, exist_ok=True)
        self._account = self._let_in(self._account)
        self._bin = accounts.programs(self._data_dir, self._account)
        self._passwords = self._kept_passwords()

    def _let_in(self, account: accounts.Account | None) -> accounts.Account | None:
        """The account, able to reach the data folder even below folders that only root may enter."""
        barrier = None if account is None else account.barred_by(self._data_dir)
        if account is None or barrier is None:
            return account
        able = account.let_through()
        if able is None:
            raise PostgresFailed(
                f"PostgreSQL does not run as root but as {account.name}, who may not enter {barrier}: "
                "put the data folder where others may pass, or start as another user."
            )
        return able

    def _kept_passwords(self) -> dict[str, str]:
        """Passwords of the superuser and the services, kept in a file of mode 0600; new services get new ones."""
        path = self._data_dir / "passwords.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        passwords = {
            name: kept.get(name) or secrets.token_urlsafe(24) for name in (_SUPERUSER, *self._services)
        }
        if passwords != kept:
            _write_private(path, json.dumps(kept | passwords, indent=1))
        return passwords

    def _initialise(self) -> None:
        """Make the cluster under another name first, so that a killed start leaves none that is half made."""
        fresh = self._data_dir / "cluster.new"
        password_file = self._data_dir / "initdb.password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _write_private(password_file, self._passwords[_SUPERUSER])
        if self._account is not None:
            for path in (fresh, password_file):
                os.chown(path, self._account.uid, self._account.gid)
        made = accounts.run(
            [
                *(self._bin / "initdb", "-D", fresh, "-U", _SUPERUSER),
                *("-A", "scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                *(() if self._durable else ("--no-sync",)),
            ],
            self._account,
        )
        password_file.unlink()
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise explained(made.stdout, self._data_dir)
        fresh.rename(self._cluster)

    def _launch(self) -> None:
        """Start the server. After a kill the first tries can fail while the old one's children are still ending."""
        output = ""
        for _ in range(_ATTEMPTS):
            port = self._free_port()
            options = ("-l", str(self._log), "-o", self._server_options(port))
            started = self._pg_ctl("start", "-w", "-t", str(_START_TIMEOUT_S), *options)
            if started.returncode == 0:
                return
            output = self._log.read_text(errors="replace") if self._log.exists() else started.stdout
            if not _passing(output):
                raise explained(output, self._data_dir)
            self._pause.wait(_PAUSE_S)
        raise explained(output, self._data_dir)

    def _server_options(self, port: int) -> str:
        chosen = {
            "port": str(port),
            "listen_addresses": _HOST,
            "unix_socket_directories": "",
            "log_timezone": "UTC",
            **(_DURABLE if self._durable else _FLEETING),
        }
        return " ".join(f"-c {name}='{value}'" for name, value in chosen.items())

    def _pg_ctl(self, *arguments: str) -> Any:
        if arguments[0] == "start":
            self._log.unlink(missing_ok=True)
            # A dead server's file: its process id may be another program's by now, and would bar the start.
            process.file_of(self._cluster).unlink(missing_ok=True)
        return accounts.run(
            [self._bin / "pg_ctl", "-D", self._cluster, *arguments],
            self._account,
            timeout_s=2 * _START_TIMEOUT_S,
        )

    def _serve(self) -> None:
        """Have a server that is prepared: the running one, or one that is started.

        A server that was killed a moment ago still looks alive, and one that is taken over may still
        recover from a crash: only answered statements prove it.
        """
        failed: psycopg.Error | None = None
        for _ in range(_ATTEMPTS):
            found = process.find(self._cluster)
            if found is None:
                self._launch()
            elif found.ready:
                self._port = found.port
                try:
                    self._prepare_roles()
                except psycopg.OperationalError as error:
                    failed = error
                else:
                    return
            self._pause.wait(_PAUSE_S if found is not None else 0)
        reason = str(failed).splitlines()[0] if failed is not None else "it still recovers from a crash"
        raise PostgresFailed(
            f"PostgreSQL in {self._data_dir} runs and takes no statements: {reason}"
        ) from failed

    def _free_port(self) -> int:
        """The port demanded, else the one remembered, else any free one."""
        if self._wanted_port is not None:
            if not _is_free(self._wanted_port):
                raise PostgresFailed(f"port {self._wanted_port}, which PostgreSQL was to use, is taken.")
            return self._wanted_port
        remembered = self._data_dir / "port"
        if remembered.exists() and _is_free(port := int(remembered.read_text())):
            return port
        with socket.socket() as probe:
            probe.bind((_HOST, 0))
            return int(probe.getsockname()[1])

    def _prepare_roles(self) -> None:
        with self.admin() as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for service in self._services:
                name, password = sql.Identifier(service), sql.Literal(self._passwords[service])
                verb = sql.SQL("ALTER" if service in known else "CREATE")
                connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, password))
                connection.execute(sql.SQL("ALTER ROLE {0} SET search_path = {0}").format(name))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            self.create_database(DATABASE)
        self.create_schemas(DATABASE)


def _write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone from its first byte on."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does: a port whose last connections are still fading counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _passing(output: str) -> bool:
    """Whether a failed start may succeed when tried again: an old server's rests, or a port lost to someone else."""
    signs = ("pre-existing shared memory", "lock file", "Address already in use", "could not bind")
    return any(sign in output for sign in signs)
