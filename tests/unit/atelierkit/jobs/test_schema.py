"""Migrations install what the installed release of procrastinate brings, so that release must not change unseen."""

from __future__ import annotations

import hashlib

from atelierkit.jobs import schema

KNOWN = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
"""Of release 3.10.0. Another one needs a revision of each service that has a rail, with procrastinate's own migrations."""


def test_the_tables_are_those_that_the_migrations_were_written_for() -> None:
    assert hashlib.sha256(schema.tables().encode()).hexdigest() == KNOWN
