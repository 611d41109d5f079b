"""PostgreSQL: does it answer, who waits for whom, and what grows?"""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.board import Board, Row
from deploy.grafana.panels import GREEN, RED, YELLOW, Query, graph, number
from deploy.grafana.queries import Job, rate, sum_of

POSTGRES = Job("postgres")
OURS = 'datname="atelier"'
HEAVY = 'mode=~"accessexclusivelock|exclusivelock|sharelock|sharerowexclusivelock"'
COMMITS = POSTGRES.series("pg_stat_database_xact_commit", OURS)
ROLLBACKS = POSTGRES.series("pg_stat_database_xact_rollback", OURS)
HITS = POSTGRES.series("pg_stat_database_blks_hit", OURS)
READS = POSTGRES.series("pg_stat_database_blks_read", OURS)
CONNECTIONS = POSTGRES.series("pg_stat_activity_count")

BOARD = Board(
    uid="atelier-database",
    title="Atelier / Database",
    question="Does PostgreSQL answer, who waits for whom, and what grows?",
    jobs=POSTGRES,
    rows=[
        Row(
            "At a glance",
            [
                number(
                    "Answers",
                    "1 while the exporter's queries are answered. 0: see the runbook, then the cluster's own log.",
                    Query(f"min({POSTGRES.series('pg_up')})", "up"),
                    width=6,
                    floor=RED,
                    warn=[(1, GREEN)],
                    alert="DatabaseDown",
                ),
                number(
                    "Connections in use",
                    "Share of all that the server allows. Near 1 services get none: which one holds too many?",
                    Query(
                        f"{sum_of(CONNECTIONS)} / {sum_of(POSTGRES.series('pg_settings_max_connections'))}",
                        "share",
                    ),
                    unit=units.PercentUnit,
                    width=6,
                    warn=[(0.7, YELLOW), (0.85, RED)],
                    alert="DatabaseConnectionsRunOut",
                ),
                number(
                    "Longest transaction",
                    "A transaction that stays open holds locks and keeps dead rows: find it in pg_stat_activity.",
                    Query(f"max({POSTGRES.series('pg_stat_activity_max_tx_duration', OURS)})", "age"),
                    unit=units.Seconds,
                    width=6,
                    warn=[(30, YELLOW), (300, RED)],
                ),
                number(
                    "Size",
                    "Of the database, indexes included. Compare with the disk that it has.",
                    Query(sum_of(POSTGRES.series("pg_database_size_bytes", OURS)), "size"),
                    unit=units.BytesIEC,
                    width=6,
                ),
            ],
        ),
        Row(
            "Transactions and connections",
            [
                graph(
                    "Transactions",
                    "Committed and rolled back.",
                    Query(rate(COMMITS), "committed"),
                    Query(rate(ROLLBACKS), "rolled back"),
                    unit="transactions/s",
                    stacked=True,
                ),
                graph(
                    "Connections by state",
                    "`idle in transaction` that stays is a unit of work that waits for something else meanwhile.",
                    Query(sum_of(CONNECTIONS, "state"), "{{state}}"),
                    stacked=True,
                ),
                graph(
                    "Deadlocks and conflicts",
                    "Transactions that PostgreSQL ended because they waited for each other. Any is a bug in the order "
                    "in which rows are locked.",
                    Query(rate(POSTGRES.series("pg_stat_database_deadlocks", OURS)), "deadlocks"),
                    Query(rate(POSTGRES.series("pg_stat_database_conflicts", OURS)), "conflicts"),
                    unit="events/s",
                    warn=[(0.001, RED)],
                ),
            ],
        ),
        Row(
            "Work and locks",
            [
                graph(
                    "Rows",
                    "Read by scans and indexes, and written.",
                    *[
                        Query(rate(POSTGRES.series(f"pg_stat_database_tup_{verb}", OURS)), verb)
                        for verb in ("fetched", "inserted", "updated", "deleted")
                    ],
                    unit="rows/s",
                ),
                graph(
                    "Pages found in memory",
                    "Share of pages that need no disk. Below 0.99 for long: shared_buffers is too small.",
                    Query(
                        f"{rate(HITS)} / (({rate(HITS)} + {rate(READS)}) > 0) or vector(1)",
                        "share",
                    ),
                    unit=units.PercentUnit,
                    most=1,
                ),
                graph(
                    "Heavy locks by mode",
                    "Those that make readers or writers wait. One that stays is a migration, or a person at a console.",
                    Query(sum_of(POSTGRES.series("pg_locks_count", OURS, HEAVY), "mode"), "{{mode}}"),
                    stacked=True,
                ),
            ],
        ),
    ],
)
