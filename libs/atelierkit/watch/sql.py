"""The database as a service sees it: its pool of connections, its statements, its failures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import AsyncAdaptedQueuePool, PoolProxiedConnection

from atelierkit.metrics import observe

STATEMENT_SECONDS = Histogram(
    "atelier_sql_statement_duration_seconds",
    "Time from sending a statement to its answer, by schema and verb.",
    ["schema", "operation"],  # select | insert | update | delete | other
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ERRORS = Counter(
    "atelier_sql_errors_total",
    "Statements and connections that failed, by kind.",
    # pool_timeout | unreachable | stale | statement_timeout | lock_timeout | serialization | constraint | other
    ["schema", "kind"],
)
POOL_CONNECTIONS = Gauge(
    "atelier_sql_pool_connections",
    "Connections of the pool now, by state.",
    ["schema", "state"],  # in_use | idle
)
POOL_LIMIT = Gauge(
    "atelier_sql_pool_limit_connections",
    "Most connections that the pool opens, overflow included.",
    ["schema"],
)
POOL_WAITING = Gauge(
    "atelier_sql_pool_waiting",
    "Units of work that wait for a connection now.",
    ["schema"],
)
POOL_WAIT_SECONDS = Histogram(
    "atelier_sql_pool_wait_duration_seconds",
    "Time until a unit of work had a connection, opening and testing it included.",
    ["schema"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

_VERBS = frozenset({"select", "insert", "update", "delete"})
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_KIND_OF_STATE: Mapping[str, str] = {
    "57014": "statement_timeout",
    "55P03": "lock_timeout",
    "40001": "serialization",
    "40P01": "serialization",
}
_STARTED = "atelier_started"


class WatchedPool(AsyncAdaptedQueuePool):
    """A pool that tells how long its callers wait; ``logging_name`` is the schema that its metrics are labelled with."""

    def connect(self) -> PoolProxiedConnection:
        schema = str(self.logging_name)
        start = time.perf_counter()
        try:
            with POOL_WAITING.labels(schema).track_inprogress():
                return super().connect()
        except PoolTimeout:
            ERRORS.labels(schema, "pool_timeout").inc()
            raise
        finally:
            observe(POOL_WAIT_SECONDS, time.perf_counter() - start, schema=schema)


@contextmanager
def watched(engine: Engine, schema: str, limit: int) -> Iterator[None]:
    """Publish the pool, of at most ``limit`` connections, the statements and the failures while the block runs."""

    def started(connection: Any, *_: Any) -> None:
        connection.info[_STARTED] = time.perf_counter()

    def ended(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seconds = time.perf_counter() - connection.info.pop(_STARTED)
        observe(STATEMENT_SECONDS, seconds, schema=schema, operation=verb(statement))

    def failed(context: Any) -> None:
        ERRORS.labels(schema, "stale" if context.is_pre_ping else kind(context.sqlalchemy_exception)).inc()

    event.listen(engine, "before_cursor_execute", started)
    event.listen(engine, "after_cursor_execute", ended)
    event.listen(engine, "handle_error", failed)
    pool = engine.pool
    if not isinstance(pool, WatchedPool):
        raise TypeError(f"the engine's pool is a {type(pool).__name__}, which tells nothing")
    POOL_LIMIT.labels(schema).set(limit)
    POOL_CONNECTIONS.labels(schema, "in_use").set_function(pool.checkedout)
    POOL_CONNECTIONS.labels(schema, "idle").set_function(pool.checkedin)
    try:
        yield
    finally:
        POOL_LIMIT.remove(schema)
        for state in ("in_use", "idle"):
            POOL_CONNECTIONS.remove(schema, state)


def verb(statement: str) -> str:
    """The first word of a statement where it is one of the four, else ``other``."""
    first = statement.lstrip()[:6].lower()
    return first if first in _VERBS else "other"


def kind(error: BaseException | None) -> str:
    """Why the database refused or did not answer; ``constraint`` is often the caller's doing and expected."""
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    if state in _KIND_OF_STATE:
        return _KIND_OF_STATE[state]
    if isinstance(error, IntegrityError):
        return "constraint"
    return "unreachable" if isinstance(error, OperationalError | InterfaceError) else "other"
