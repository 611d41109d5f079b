"""How the cost of a request grows with what is stored: `python -m benchmarks.growth [--requests N] [--largest N]`.

Users, records and the catalogue grow tenfold at each step, all at once, in the running platform's own tables. The
exponent is the slope of log cost over log size: 0 is a cost that does not grow, 1 one that grows as the store does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import numpy as np
import psutil
import psycopg

from benchmarks.load import people
from benchmarks.load.plan import Request
from benchmarks.stack import cpu_seconds, processes, running_platform, served, write_result

SIZES = (100, 1_000, 10_000, 100_000)
MOST = 0.15
"""What the exponent may be."""
OWN_SHARE = 10
"""One record in ten belongs to a person who is measured: their lists grow as well."""
FIRST_PAGES = 5 * people.PEOPLE
"""The first avatars are all theirs, so that a page is full from the first step on."""
ROUNDS = 4
WARM_UP = 1
"""Rounds that are not counted: caches fill, and plans are made."""
SCENARIOS = ("create avatar", "get avatar", "list avatars", "log in", "catalogue", "size advice")

# Strangers' documents are never read, so they are empty; those of measured people are whole.
_SEEDS: Mapping[str, Sequence[str]] = {
    "auth": (
        """INSERT INTO accounts (id, email, email_key, password_hash, role, created_at)
           SELECT gen_random_uuid(), 'seed-' || n, sha256(('seed-' || n)::bytea), '', 'user', now()
           FROM generate_series(%(first)s::int, %(last)s::int) n""",
        """INSERT INTO sessions (id, account_id, kind, created_at, used_at, expires_at)
           SELECT gen_random_uuid(), id, 'tokens', now(), now(), now() + interval '30 days'
           FROM accounts WHERE NOT EXISTS (SELECT FROM sessions WHERE account_id = accounts.id)""",
    ),
    "generator": (
        """INSERT INTO avatars (id, owner, revision, recipe, receipt, created_at, updated_at)
           SELECT gen_random_uuid(), gen_random_uuid()::text, 1, '{}', '{}', now() - n * interval '1 minute', now()
           FROM generate_series(%(first)s::int, %(last)s::int) n WHERE n > %(first_pages)s AND n %% %(share)s <> 0""",
        """INSERT INTO avatars (id, owner, revision, recipe, receipt, created_at, updated_at)
           SELECT gen_random_uuid(), (%(owners)s::text[])[1 + CASE WHEN n <= %(first_pages)s THEN n ELSE n / %(share)s END
                                        %% cardinality(%(owners)s::text[])],
                  1, recipe, receipt, now() - n * interval '1 minute', now()
           FROM generate_series(%(first)s::int, %(last)s::int) n, avatars
           WHERE (n <= %(first_pages)s OR n %% %(share)s = 0) AND avatars.id = %(pattern)s""",
        """INSERT INTO avatar_files (avatar_id, role, key, place)
           SELECT avatars.id, role, key, place FROM avatars, avatar_files
           WHERE avatar_files.avatar_id = %(pattern)s AND receipt <> '{}'
             AND NOT EXISTS (SELECT FROM avatar_files had WHERE had.avatar_id = avatars.id)""",
    ),
    "catalog": (
        """INSERT INTO garments
           SELECT (jsonb_populate_record(garments, jsonb_build_object('id', 'seed-' || n, 'position', 1000 + n))).*
           FROM garments, generate_series(%(first)s::int, %(last)s::int) n WHERE id = 'dress-ines'""",
        *(
            f"""INSERT INTO {table}
                SELECT (jsonb_populate_record({table}, jsonb_build_object('garment_id', 'seed-' || n))).*
                FROM {table}, generate_series(%(first)s::int, %(last)s::int) n WHERE garment_id = 'dress-ines'"""  # noqa: S608
            for table in ("garment_sizes", "garment_colors", "garment_ease_ranges")
        ),
    ),
}


class Store:
    """The databases of the running platform."""

    def __init__(self, groups: Mapping[str, list[psutil.Process]]) -> None:
        self._groups = groups
        self._size = 0

    @contextmanager
    def _connected(self, service: str) -> Iterator[psycopg.Connection]:
        url = self._groups[service][0].environ()[f"ATELIER_{service.upper()}_DATABASE_URL"]
        with psycopg.connect(
            url.replace("postgresql+psycopg", "postgresql"),
            options=f"-c search_path={service}",
            autocommit=True,
        ) as connection:
            yield connection

    def grow(self, size: int) -> None:
        """Fill up to that many rows of each kind, and let the planner know."""
        values: dict[str, object] = {"first": self._size + 1, "last": size, "share": OWN_SHARE}
        with self._connected("auth") as database:
            found = database.execute("SELECT id::text FROM accounts WHERE email LIKE 'load-%%'").fetchall()
        values["owners"] = [owner for (owner,) in found]
        values["first_pages"] = FIRST_PAGES
        with self._connected("generator") as database:
            values["pattern"] = database.execute("SELECT avatar_id FROM avatar_files LIMIT 1").fetchone()[0]  # type: ignore[index]
        for service, statements in _SEEDS.items():
            with self._connected(service) as database:
                for statement in (*statements, "VACUUM ANALYZE"):
                    database.execute(statement, values if "%(" in statement else None)
        self._size = size


def cpu_ms(
    url: str,
    groups: Mapping[str, list[psutil.Process]],
    requests: Mapping[str, Sequence[Request]],
    count: int,
) -> dict[str, float]:
    """CPU ms of all processes for one request of each scenario; rounds take turns, so that all meet the same machine."""
    spent = dict.fromkeys(SCENARIOS, 0.0)
    with httpx.Client(base_url=url, timeout=60) as client:
        for turn in range(WARM_UP + ROUNDS):
            for name in SCENARIOS:
                before = sum(cpu_seconds(groups).values())
                for number in range(count // ROUNDS):
                    request = requests[name][(turn + number) % len(requests[name])]
                    headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
                    served(client, request.method, request.path, json=request.body, headers=headers)
                if turn >= WARM_UP:
                    spent[name] += sum(cpu_seconds(groups).values()) - before
    return {name: seconds * 1e3 / (ROUNDS * (count // ROUNDS)) for name, seconds in spent.items()}


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Slope of the straight line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    arguments = parser.parse_args()
    sizes = [size for size in SIZES if size <= arguments.largest]
    costs: list[dict[str, float]] = []
    with running_platform() as platform:
        requests = people.requests(platform.url)
        groups = processes(platform)
        store = Store(groups)
        for size in sizes:
            store.grow(size)
            costs.append(cpu_ms(platform.url, groups, requests, arguments.requests))
            print(size, {name: round(cost, 1) for name, cost in costs[-1].items()}, flush=True)
    exponents = {name: exponent(sizes, [cost[name] for cost in costs]) for name in SCENARIOS}
    rows = "\n".join(
        f"| {name} | {' | '.join(f'{cost[name]:.1f}' for cost in costs)} | {exponents[name]:.3f} |"
        for name in SCENARIOS
    )
    table = f"""# How costs grow

`python -m benchmarks.growth --requests {arguments.requests} --largest {sizes[-1]}` · {datetime.now(UTC):%Y-%m-%d} ·
CPU ms of all processes, PostgreSQL's included, one request at a time

So many accounts with a session each, so many avatars, and so many garments with sizes, colours and ease, all at once.
One avatar in {OWN_SHARE} belongs to the {people.PEOPLE} people who are measured. Lists are pages: the catalogue's has 100 garments, so its
first step grows from {9} + 100 rows to a full page.

| request | {" | ".join(f"{size:,}" for size in sizes)} | exponent |
|---|{"---|" * len(sizes)}---|
{rows}

At most {MOST:g} is asked.
"""
    write_result("growth", table, {"sizes": sizes, "cpu_ms": costs, "exponents": exponents})


if __name__ == "__main__":
    main()
