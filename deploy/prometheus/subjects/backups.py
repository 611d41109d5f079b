"""The database's backups and its second copies, as CloudNativePG and its Barman plug-in tell them. Silent without those."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group

_HERE = 'namespace="atelier"'

BACKUPS = Group(
    "atelier-backups",
    [
        Alert(
            "BackupTooOld",
            # A base backup a day; where none was ever made the time is 0.
            f"time() - max by (namespace) (barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{{{_HERE}}})"
            " > 36 * 3600",
            "10m",
            "ticket",
            "No base backup for a day and a half",
            "A restore replays all that was archived since the last one: it takes longer every day.",
        ),
        Alert(
            "WalNotArchived",
            f"cnpg_pg_stat_archiver_last_failed_time{{{_HERE}}} > cnpg_pg_stat_archiver_last_archived_time{{{_HERE}}}",
            "5m",
            "page",
            "PostgreSQL {{ $labels.pod }} cannot archive what it writes",
            "What is not archived is not in the backups, and its disk of write-ahead log fills.",
        ),
        Alert(
            "StandbyLags",
            f"max by (namespace, pod) (cnpg_pg_replication_lag{{{_HERE}}}) > 60",
            "5m",
            "ticket",
            "The standby {{ $labels.pod }} is a minute behind",
            "A failover to it waits until it has caught up.",
        ),
    ],
)
GROUPS = (BACKUPS,)
