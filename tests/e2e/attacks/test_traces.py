"""What a person leaves behind, everywhere on the running platform: ATTACKS A62.

The search reads every value of every table of every schema, and every file of the data folder but the database's own,
in which PostgreSQL keeps what was deleted until it needs the room.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from atelierkit.postgres import EmbeddedPostgres
from atelierkit.postgres.launcher import DATABASE
from deploy.local import Platform
from services.auth.use_cases.export import SECTIONS
from services.generator.use_cases.people import Section
from tests.arch.test_export import AUTH_LEAVES_OUT, GENERATOR_LEAVES_OUT
from tests.e2e.attacks.person import NOWHERE, Belongings
from tests.e2e.conftest import PASSWORD, sign_in
from tests.patience import PATIENCE_S

Rows = Sequence[tuple[Any, ...]]
BETWEEN_LOOKS_S = 0.1


@pytest.fixture
def connection(database: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    with database.admin(DATABASE) as made:
        yield made


def tables(connection: psycopg.Connection[Any]) -> Rows:
    """Schema and name of every table of ours."""
    return connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()


def holding(
    connection: psycopg.Connection[Any], traces: Sequence[str], but: Set[str] = frozenset()
) -> dict[str, list[str]]:
    """Tables in which one of the texts stands, in whatever type of column; with those texts."""
    # Bytes are written in hexadecimal, so each text is looked for in both ways.
    forms = {
        trace: {trace.encode(), trace.encode().hex().encode(), trace.replace("-", "").encode()}
        for trace in traces
    }
    hits = {}
    for schema, table in tables(connection):
        text = written(connection, sql.Identifier(schema, table))
        found = [trace for trace, ways in forms.items() if any(way in text for way in ways)]
        if found and f"{schema}.{table}" not in but:
            hits[f"{schema}.{table}"] = found
    return hits


def written(connection: psycopg.Connection[Any], table: sql.Identifier) -> bytes:
    """The whole table as text."""
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copy:
        return b"".join(bytes(part) for part in copy)


def in_files(folder: Path, traces: Sequence[str]) -> dict[str, list[str]]:
    """Files in which one of the texts stands, the database's own left out; with those texts."""
    hits = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != "postgres":
            data = path.read_bytes()
            if found := [trace for trace in traces if trace.encode() in data]:
                hits[str(name)] = found
    return hits


def eventually_none(look: Callable[[], Mapping[str, Sequence[str]]]) -> None:
    """Return once nothing is found any more: workers tell nobody when they are through."""
    pause, left = threading.Event(), look()
    for _ in range(int(PATIENCE_S / BETWEEN_LOOKS_S)):
        if not left:
            return
        pause.wait(BETWEEN_LOOKS_S)
        left = look()
    pytest.fail(f"these are left: {left}")


def traces_of(person: Belongings) -> Sequence[str]:
    """All that names somebody. Ids of things that are gone name nobody: books and trail keep them."""
    return [person.account, person.email, person.name, person.agent, f"{NOWHERE}{person.account}"]


@pytest.fixture
def leaver(platform_url: str, cloud: bytes) -> Iterator[Belongings]:
    with sign_in(platform_url, f"{uuid.uuid4().hex}@example.net") as client:
        yield Belongings.made(client, cloud)


@pytest.mark.attack("A62", ways=3)
def test_every_table_that_names_a_person_is_in_the_export_or_says_why_not(
    vic: Belongings, connection: psycopg.Connection[Any]
) -> None:
    exported = {table for section in SECTIONS for table in section.tables} | set(Section)
    excused = {*AUTH_LEAVES_OUT, *GENERATOR_LEAVES_OUT}
    named = holding(connection, [vic.account, vic.email])
    assert {"auth.accounts", "auth.sessions", "auth.webhooks", "generator.avatars", "generator.jobs"} <= set(
        named
    )
    unknown = [name for name in named if name.partition(".")[2] not in exported | excused]
    assert unknown == []
    document = vic.client.get("/v1/me/export").json()
    for collection, id in vic.ids.items():
        assert id in str(document), collection


@pytest.mark.attack("A62", ways=4)
def test_nothing_on_the_platform_names_who_is_deleted(
    leaver: Belongings, vic: Belongings, platform: Platform, connection: psycopg.Connection[Any]
) -> None:
    folder, traces = platform.state_file.parent, traces_of(leaver)
    # The searches can find.
    assert len(holding(connection, traces)) > 10
    assert in_files(folder, [platform.url]).keys() == {"platform.json"}
    others = vic.client.get("/v1/me/export").json()
    blobs = {path for path in (folder / "blobs").rglob("*") if path.is_file()}
    leaver.client.request("DELETE", "/v1/me", json={"password": PASSWORD}).raise_for_status()

    # The id stays where it says whom to forget, for as long as an access token may still bring something new.
    eventually_none(lambda: holding(connection, traces, but={"auth.deletions"}))
    connection.execute("UPDATE auth.deletions SET deleted_at = deleted_at - interval '1 hour'")
    eventually_none(lambda: holding(connection, traces))
    eventually_none(lambda: in_files(folder, traces))
    assert blobs - {path for path in (folder / "blobs").rglob("*") if path.is_file()}
    assert vic.client.get("/v1/me/export").json() | {"sessions": []} == others | {"sessions": []}
