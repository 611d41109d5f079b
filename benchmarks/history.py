"""Pages of jobs where there are a million, beside a thousand: `python -m benchmarks.history [--pages N]`.

Two databases of one cluster, under the service's own tables and queries; their pages take turns. In the large one
somebody has a hundred thousand jobs. What counts is the time until the page is there.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import migrations, sql
from atelierkit.jobs import Rail
from atelierkit.postgres import EmbeddedPostgres
from benchmarks.stack import write_result
from services.generator.adapters.postgres import PostgresUnitOfWork
from services.generator.bootstrap import SCHEMA
from services.generator.domain.jobs import State
from services.generator.domain.model import Position
from services.generator.domain.ports import UnitsOfWork

SIZES = {"small": 1_000, "large": 1_000_000}
OF_ONE = {"small": 100, "large": 100_000}
"""Jobs of the one person whose pages are read; everybody else has ten."""
MOST_TIMES = 1.5
PAGE = 20
_SOMEBODY = "somebody"
# One in fifty is pending, as on a busy day; the rest has come to its end.
_JOBS = sa.text(
    """
    INSERT INTO jobs
    SELECT gen_random_uuid(), CASE WHEN n <= :of_one THEN :somebody ELSE 'person-' || n / 10 END,
           'avatar_batch', 'normal', 1, 10, 0, 0, CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'completed' END, NULL,
           timestamptz '2026-01-01' + n * interval '1 second', NULL,
           CASE WHEN n % 50 = 0 THEN NULL ELSE timestamptz '2026-01-01' + n * interval '2 seconds' END, 1
    FROM generate_series(1, :jobs) n
    """
)
_MIDDLE = sa.text(
    "SELECT created_at, id FROM jobs WHERE owner = :somebody ORDER BY created_at DESC, id DESC OFFSET :half LIMIT 1"
)


async def fill(engine: AsyncEngine, size: str) -> Position:
    """Write the records; gives the place in the middle of somebody's history."""
    values = {"somebody": _SOMEBODY, "jobs": SIZES[size], "of_one": OF_ONE[size]}
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("SET statement_timeout = 0"))
        await connection.execute(_JOBS, values)
        await connection.execute(sa.text("VACUUM ANALYZE jobs"))
        found = await connection.execute(_MIDDLE, {"somebody": _SOMEBODY, "half": OF_ONE[size] // 2})
        return Position(*found.one())


async def page_ms(units: UnitsOfWork, middle: Position) -> Mapping[str, float]:
    """What each kind of page takes."""
    kinds = {
        "somebody's newest": (_SOMEBODY, None, None),
        "the middle of somebody's history": (_SOMEBODY, None, middle),
        "somebody's that wait": (_SOMEBODY, State.PENDING, None),
        "everybody's newest, for administrators": (None, None, None),
        "everybody's that wait, for administrators": (None, State.PENDING, None),
    }
    taken = {}
    for name, (owner, state, after) in kinds.items():
        began = time.perf_counter()
        async with units() as unit:
            page = await unit.jobs.page(owner=owner, state=state, limit=PAGE, after=after)
        taken[name] = (time.perf_counter() - began) * 1e3
        assert page, name
    return taken


@contextmanager
def migrated() -> Iterator[Mapping[str, str]]:
    """URLs of two databases, by size."""
    with tempfile.TemporaryDirectory(prefix="atelier-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account must be able to enter it
        with EmbeddedPostgres(Path(folder) / "data", [SCHEMA], durable=False) as server:
            urls = {}
            for size in SIZES:
                server.create_database(size)
                server.create_schemas(size)
                urls[size] = server.url(SCHEMA, size)
                migrations.upgrade("services.generator", urls[size])
            yield urls


async def measure(urls: Mapping[str, str], pages: int) -> dict[str, dict[str, float]]:
    """Median of each kind of page, by size; the sizes take turns."""
    async with AsyncExitStack() as stack:
        stores, middles = {}, {}
        for size, url in urls.items():
            engine = await stack.enter_async_context(sql.engine(url, schema=SCHEMA))
            stores[size] = functools.partial(PostgresUnitOfWork, engine, Rail(url, schema=SCHEMA))
            middles[size] = await fill(engine, size)
        taken: dict[str, dict[str, list[float]]] = {size: {} for size in SIZES}
        for _ in range(pages):
            for size, units in stores.items():
                for kind, ms in (await page_ms(units, middles[size])).items():
                    taken[size].setdefault(kind, []).append(ms)
    return {
        size: {kind: statistics.median(times) for kind, times in kinds.items()}
        for size, kinds in taken.items()
    }


def _table(pages: int, taken: Mapping[str, Mapping[str, float]]) -> str:
    rows = "\n".join(
        f"| {kind} | {taken['small'][kind]:.2f} | {ms:.2f} | {ms / taken['small'][kind]:.2f} |"
        for kind, ms in taken["large"].items()
    )
    return f"""# Pages of jobs

`python -m benchmarks.history --pages {pages}` · {datetime.now(UTC):%Y-%m-%d} · PostgreSQL, pages of {PAGE}, in turns; ms, medians

{SIZES["large"]:,} jobs, {OF_ONE["large"]:,} of them one person's, beside {SIZES["small"]:,} and {OF_ONE["small"]}.

| page | among {SIZES["small"]:,} | among {SIZES["large"]:,} | times, at most {MOST_TIMES:g} |
|---|---|---|---|
{rows}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    pages = parser.parse_args().pages
    with migrated() as urls:
        taken = uvloop.run(measure(urls, pages))
    write_result("history", _table(pages, taken), {"page_ms": taken})


if __name__ == "__main__":
    main()
