"""What one avatar leaves behind: bytes in the database, its log and the object store, and on the way to its owner.

`python -m benchmarks.footprint [--avatars N]`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from benchmarks.load.people import bodies
from benchmarks.stack import processes, running_platform, served, signed_in, write_result
from deploy.local import Platform

WARM_UP = 3
_CLOUD_BYTES = 10_000 * 3 * 4
"""Points (n, 3) float32 of an avatar, kept so that other files can be made without the network."""
_LOOKS: tuple[dict[str, Any], ...] = (
    {"outfit": [{"garmentId": "dress-ines", "size": "M"}], "look": {"hairstyle": "bob"}},
    {
        "outfit": [{"garmentId": "tshirt-sam", "size": "M"}, {"garmentId": "trousers-milo", "size": "M"}],
        "look": {"hairstyle": "crop"},
    },
)


@contextmanager
def _database(platform: Platform) -> Iterator[psycopg.Connection]:
    url = processes(platform)["generator"][0].environ()["ATELIER_GENERATOR_DATABASE_URL"]
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        yield connection


def _number(database: psycopg.Connection, query: str) -> float:
    found = database.execute(query).fetchone()
    assert found is not None
    return float(found[0])


def _rows_bytes(database: psycopg.Connection) -> float:
    """Of the tables with their indexes and what is stored beside them, rows that are gone left out."""
    database.execute("VACUUM FULL")
    tables = (
        "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = 'generator'"
    )
    return _number(database, tables)


def _log_position(database: psycopg.Connection) -> float:
    return _number(database, "SELECT pg_current_wal_insert_lsn() - '0/0'")


def measure(platform: Platform, api: httpx.Client, avatars: int) -> dict[str, float]:
    """Bytes an avatar."""

    def make(number: int) -> tuple[int, int]:
        draft = {**bodies()[number % 12], **_LOOKS[number % 2], "seed": number}
        avatar = served(api, "POST", "/v1/avatars", json=draft)
        answer = api.get(avatar["links"]["self"], headers={"Accept-Encoding": "gzip"}).raise_for_status()
        return len(api.get(avatar["links"]["glb"]).raise_for_status().content), int(
            answer.headers["content-length"]
        )

    for number in range(WARM_UP):
        make(number)
    with _database(platform) as database:
        rows, log = _rows_bytes(database), _log_position(database)
        made = [make(WARM_UP + number) for number in range(avatars)]
        logged = _log_position(database) - log
        rows = _rows_bytes(database) - rows
    return {
        "database_bytes": rows / avatars,
        "wal_bytes": logged / avatars,
        "glb_bytes": sum(glb for glb, _ in made) / avatars,
        "points_bytes": _CLOUD_BYTES,
        "answer_gzip_bytes": sum(answer for _, answer in made) / avatars,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--avatars", type=int, default=40)
    arguments = parser.parse_args()
    with running_platform() as platform, signed_in(platform.url) as api:
        found = measure(platform, api, arguments.avatars)
    names = {
        "database_bytes": "rows in the database, indexes included",
        "wal_bytes": "write-ahead log",
        "glb_bytes": "the dressed GLB",
        "points_bytes": "its 10,000 points",
        "answer_gzip_bytes": "its record as JSON, gzipped",
    }
    rows = "\n".join(f"| {names[name]} | {value / 1000:,.1f} |" for name, value in found.items())
    table = f"""# What one avatar leaves behind

`python -m benchmarks.footprint --avatars {arguments.avatars}` · {datetime.now(UTC):%Y-%m-%d} · mean of {arguments.avatars} dressed avatars

| what | kB |
|---|---|
{rows}
"""
    write_result("footprint", table, found)


if __name__ == "__main__":
    main()
