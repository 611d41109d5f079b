"""PostgreSQL and the object store: what the services see of them, and what PostgreSQL's exporter says."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group, Recording
from deploy.prometheus.names import quantile, share

_ERRORS = "atelier_sql_errors_total"
_STATEMENTS = "atelier_sql_statement_duration_seconds_bucket"
_BLOBS = "atelier_blobs_operation_duration_seconds_count"
_LOST = f'{_BLOBS}{{outcome=~"unavailable|failed"}}'

RECORDINGS = Group(
    "atelier-storage-recorded",
    [
        Recording(
            "job_operation:atelier_sql_statement_duration_seconds:p95_rate5m",
            quantile(0.95, _STATEMENTS, "job, operation", "5m"),
        ),
        Recording(
            "job:atelier_sql_pool_connections:ratio",
            'sum by (job) (atelier_sql_pool_connections{state="in_use"})'
            " / sum by (job) (atelier_sql_pool_limit_connections)",
        ),
        Recording(
            "job:atelier_blobs_failures:ratio_rate5m",
            share(f'{_BLOBS}{{outcome!~"ok|missing"}}', _BLOBS, "job", "5m"),
        ),
    ],
)
DATABASE = Group(
    "atelier-database",
    [
        Alert(
            "DatabaseDown",
            'pg_up{job="postgres"} == 0',
            "1m",
            "page",
            "PostgreSQL does not answer its exporter",
            "No account, garment, avatar or scan can be read or written.",
        ),
        Alert(
            "DatabaseUnreachable",
            f'sum by (job) (rate({_ERRORS}{{kind="unreachable"}}[2m])) > 0.01',
            "1m",
            "page",
            "{{ $labels.job }} does not reach its database",
            "Statements and connections fail; callers are told 503 and to come back.",
        ),
        Alert(
            "DatabaseConnectionsBreak",
            f'sum by (job) (rate({_ERRORS}{{kind="stale"}}[5m])) > 0.05',
            "2m",
            "ticket",
            "Connections of {{ $labels.job }} to its database break again and again",
            "They are replaced before they are used, and work that they broke is done again: it costs time, and hides a cause.",
        ),
        Alert(
            "DatabasePoolExhausted",
            f'sum by (job) (rate({_ERRORS}{{kind="pool_timeout"}}[2m])) > 0.01',
            "1m",
            "page",
            "{{ $labels.job }} has no connection left for its work",
            "Units of work wait longer than `ATELIER_<SERVICE>_DATABASE_POOL_TIMEOUT_S` and are answered 503.",
        ),
        Alert(
            "DatabasePoolNearlyExhausted",
            'sum by (job, instance) (atelier_sql_pool_connections{state="in_use"})'
            " / sum by (job, instance) (atelier_sql_pool_limit_connections) > 0.9",
            "5m",
            "ticket",
            "{{ $labels.instance }} of {{ $labels.job }} uses nine tenths of its connections",
            "Slow statements or more traffic than the pool is made for.",
        ),
        Alert(
            "DatabaseSlow",
            f"{quantile(0.95, _STATEMENTS, 'job', '5m')} > 0.25",
            "5m",
            "ticket",
            "One statement in twenty of {{ $labels.job }} takes a quarter of a second",
            "Usually a few milliseconds: a plan has changed, locks are held, or the disk is slow.",
        ),
        Alert(
            "DatabaseStatementsStopped",
            f'sum by (job, kind) (rate({_ERRORS}{{kind=~"statement_timeout|lock_timeout|serialization"}}[5m])) > 0.01',
            "2m",
            "ticket",
            "PostgreSQL stops statements of {{ $labels.job }}: {{ $labels.kind }}",
            "They ran longer than `ATELIER_<SERVICE>_DATABASE_STATEMENT_TIMEOUT_S`, waited longer than `…_LOCK_TIMEOUT_S`, or met.",
        ),
        Alert(
            "DatabaseConnectionsRunOut",
            'sum by (instance) (pg_stat_activity_count{job="postgres"})'
            ' / on (instance) pg_settings_max_connections{job="postgres"} > 0.85',
            "5m",
            "ticket",
            "PostgreSQL {{ $labels.instance }} has few connections left",
            "At `max_connections` it refuses every further one, ours and the administrator's.",
        ),
    ],
)
OBJECTS = Group(
    "atelier-object-store",
    [
        Alert(
            "ObjectStoreFails",
            f"{share(_LOST, _BLOBS, 'job', '2m')} > 0.02",
            "1m",
            "page",
            "The object store fails {{ $labels.job }}",
            "Avatars cannot be stored or downloaded.",
        ),
        Alert(
            "ObjectStoreSlow",
            f"{quantile(0.95, 'atelier_blobs_operation_duration_seconds_bucket', 'job, operation', '5m')} > 1",
            "10m",
            "ticket",
            "The object store takes a second and more to {{ $labels.operation }} for {{ $labels.job }}",
            "Making and downloading avatars gets slower by as much.",
        ),
        Alert(
            "StoredFileDamaged",
            'sum by (job) (increase(atelier_blobs_operation_duration_seconds_count{outcome="corrupt"}[1h])) > 0',
            "0s",
            "ticket",
            "{{ $labels.job }} read a file whose bytes are not those that were stored",
            "A file's name is the hash of its bytes: the store has changed them. Its reader was given an error, no wrong bytes.",
        ),
    ],
)
GROUPS = (RECORDINGS, DATABASE, OBJECTS)
