"""Pytest plugin: PostgreSQL for tests that ask for it. ``pytest_plugins = ["atelierkit.testing.fixtures"]``.

One server per worker process, started by the first test that needs it. Each test gets databases of
its own, copied from a migrated template: seeds are there, and nothing is left of other tests.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from atelierkit import migrations
from atelierkit.postgres import EmbeddedPostgres

_names = itertools.count()

MigratedUrl = Callable[[str], str]


@pytest.fixture(scope="session")
def postgres_services() -> Sequence[str]:
    """The services that get a role and a schema; a conftest.py overrides it."""
    return ()


@pytest.fixture(scope="session")
def postgres(postgres_services: Sequence[str]) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL with a role for each service; stopped and removed after the last test."""
    folder = Path(tempfile.mkdtemp(prefix="atelier-postgres-"))
    # Started by root, the server runs as another account, which has to pass through.
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "data", postgres_services, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres) -> Callable[[str], str]:
    """``migrated_template("services.auth")``: name of a database in which that service's schema is at head."""
    made: dict[str, str] = {}

    def template(package: str) -> str:
        if package not in made:
            service = package.rpartition(".")[2]
            name = f"template_{service}"
            postgres.create_database(name)
            postgres.create_schemas(name)
            migrations.upgrade(package, postgres.url(service, name))
            made[package] = name
        return made[package]

    return template


@pytest.fixture
def migrated_url(
    postgres: EmbeddedPostgres, migrated_template: Callable[[str], str]
) -> Iterator[MigratedUrl]:
    """``migrated_url("services.auth")``: URL of a database of this test's own, migrated and seeded."""
    names: list[str] = []

    def url(package: str) -> str:
        name = f"test_{next(_names)}"
        postgres.create_database(name, template=migrated_template(package))
        names.append(name)
        return postgres.url(package.rpartition(".")[2], name)

    yield url
    for name in names:
        postgres.drop_database(name)


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], str]]:
    """``database_url("auth")``: URL of an empty database of this test's own, with that role's schema."""
    names: list[str] = []

    def url(service: str) -> str:
        name = f"test_{next(_names)}"
        postgres.create_database(name)
        postgres.create_schemas(name)
        names.append(name)
        return postgres.url(service, name)

    yield url
    for name in names:
        postgres.drop_database(name)
