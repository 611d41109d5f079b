"""Whatever is stored about people is in the export of a person, or here, with the reason why not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from services.auth.adapters.tables import metadata as auth
from services.auth.use_cases.export import SECTIONS
from services.generator.adapters.tables import metadata as generator
from services.generator.use_cases.people import Section

AUTH_LEAVES_OUT: Mapping[str, str] = {
    "session_secrets": "digests of secrets, which say nothing",
    "links": "digests of secrets, which say nothing",
    "failed_log_ins": "times alone, by the digest of an address that may be nobody's",
    "signing_keys": "the platform's own",
    "letters": "on their way to the person; nothing is left in them after that",
    "kept_requests": "what the person was answered, for a day",
    "events": "what became of jobs, which the generator exports; kept for days",
    "deliveries": "how events came to the person's own servers; kept for days",
    "deletions": "of people who are gone",
    "withdrawals": "which of the consents, which are exported, still have something deleted; kept for minutes",
}
GENERATOR_LEAVES_OUT: Mapping[str, str] = {
    "files": "which objects are needed; the objects are links of the avatars, scans, faces and jobs",
    "avatar_files": "as above",
    "scan_files": "as above",
    "face_files": "as above",
    "job_files": "as above",
    "photo_retention": "how long photos are kept, which stands with each face",
    "photo_orders": "what the person sent, until the job ends; what came of it is among the avatars and faces",
    "photo_order_files": "as above",
    "sittings": "what the person sent, until the jobs end; a photo that is kept is shown with each generation",
    "sitting_files": "links to files, as above",
    "drawings": "pictures and videos of avatars, which their recipes draw again",
    "video_orders": "what jobs of videos were asked for; the jobs are exported",
    "given_up_jobs": "ids of jobs that never were",
    "batch_items": "what the person sent; what came of it is among the avatars and in the job's table",
}


def forgotten(metadata: sa.MetaData, exported: set[str], left_out: Mapping[str, str]) -> set[str]:
    """Tables that nobody has thought of, and names that are no tables."""
    return set(metadata.tables) ^ (exported | set(left_out))


@pytest.mark.attack("A62")
def test_auth_exports_every_table_or_says_why_not() -> None:
    exported = {table for section in SECTIONS for table in section.tables}
    assert not forgotten(auth, exported, AUTH_LEAVES_OUT)
    assert not exported & set(AUTH_LEAVES_OUT)


@pytest.mark.attack("A62")
def test_the_generator_exports_every_table_or_says_why_not() -> None:
    exported = {section.value for section in Section}
    assert not forgotten(generator, exported, GENERATOR_LEAVES_OUT)
    owned = {name for name, table in generator.tables.items() if "owner" in table.c}
    assert owned <= exported


@pytest.mark.attack("A62")
def test_whatever_is_an_account_s_goes_with_it_or_loses_its_name() -> None:
    for table in auth.tables.values():
        column = table.c.get("account_id")
        if column is None or table.name in {"audit_entries", "deletions"}:
            continue  # both are emptied by the verb that deletes
        [key] = column.foreign_keys
        assert key.ondelete in {"CASCADE", "SET NULL"}, table.name


def test_the_rule_can_fail() -> None:
    metadata = sa.MetaData()
    sa.Table("photos", metadata, sa.Column("owner", sa.Text))
    assert forgotten(metadata, set(), {}) == {"photos"}
    assert forgotten(metadata, {"photos", "songs"}, {}) == {"songs"}
