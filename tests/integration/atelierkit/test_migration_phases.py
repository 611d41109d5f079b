"""The two halves of a rollout, on a real PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from atelierkit import migrations
from atelierkit.migrations import PhaseRefused

pytestmark = pytest.mark.postgres
PACKAGE = "a_shop"

ENV = """
from sqlalchemy import MetaData
from atelierkit.migrations import run_env
run_env(schema="tryon", metadata=MetaData())
"""
REVISION = """
from alembic import op
revision, down_revision = {revision!r}, {before!r}
def upgrade() -> None:
    op.execute("CREATE TABLE t{revision} ()")
"""

Release = Callable[..., None]


@pytest.fixture
def url(database_url: Callable[[str], str]) -> str:
    return database_url("tryon")


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Gives the package these revisions, in their order: what a release of the service brings with it."""
    versions = tmp_path / PACKAGE / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text(ENV)
    monkeypatch.syspath_prepend(tmp_path)

    def bring(*names: str) -> None:
        before = None
        for name in names:
            revision = name.split("_")[0]
            (versions / f"{name}.py").write_text(REVISION.format(revision=revision, before=before))
            before = revision

    return bring


def tables(url: str) -> set[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'tryon'").fetchall()
    return {name for (name,) in rows} - {"alembic_version"}


def test_pre_stops_before_the_first_post_and_post_goes_on(url: str, release: Release) -> None:
    release("0001_pre_a")
    migrations.upgrade(PACKAGE, url)
    release("0001_pre_a", "0002_pre_b", "0003_post_c", "0004_post_d")
    assert migrations.upgrade(PACKAGE, url, "pre") == ["0002"]
    assert tables(url) == {"t0001", "t0002"}
    assert migrations.upgrade(PACKAGE, url, "pre") == []
    assert migrations.upgrade(PACKAGE, url, "post") == ["0003", "0004"]
    assert tables(url) == {"t0001", "t0002", "t0003", "t0004"}


def test_no_old_code_stands_on_an_empty_schema(url: str, release: Release) -> None:
    release("0001_pre_a", "0002_post_b", "0003_pre_c", "0004_post_d")
    assert migrations.upgrade(PACKAGE, url, "pre") == ["0001", "0002", "0003", "0004"]
    assert migrations.upgrade(PACKAGE, url, "post") == []


def test_a_pre_behind_a_post_that_was_never_applied_is_refused(url: str, release: Release) -> None:
    release("0001_pre_a")
    migrations.upgrade(PACKAGE, url)
    release("0001_pre_a", "0002_pre_b", "0003_post_c", "0004_post_d", "0005_pre_e")
    with pytest.raises(PhaseRefused, match="0005 waits behind 0003"):
        migrations.upgrade(PACKAGE, url, "pre")
    assert tables(url) == {"t0001"}
    migrations.upgrade(PACKAGE, url, "post")
    assert tables(url) == {"t0001", "t0002", "t0003", "t0004", "t0005"}


def test_a_revision_without_a_phase_is_a_mistake(url: str, release: Release) -> None:
    release("0001_pre_a")
    migrations.upgrade(PACKAGE, url)
    release("0001_pre_a", "0002_later_b")
    with pytest.raises(ValueError, match="0002_later_b"):
        migrations.upgrade(PACKAGE, url, "pre")


def test_the_command_line_says_what_it_applied_or_why_not(url: str, release: Release, tmp_path: Path) -> None:
    def run(phase: str) -> tuple[int, dict[str, object]]:
        environment = {"ATELIER_A_SHOP_DATABASE_URL": url, "PYTHONPATH": str(tmp_path), "PATH": ""}
        command = [sys.executable, "-m", "atelierkit.migrations", PACKAGE, "--phase", phase]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stderr.splitlines()[-1])

    release("0001_pre_a")
    code, line = run("pre")
    assert (code, line["event"], line["phase"], line["applied"]) == (0, "migrated", "pre", ["0001"])
    release("0001_pre_a", "0002_post_b", "0003_pre_c")
    code, line = run("pre")
    assert (code, line["event"], line["level"]) == (1, "migration refused", "error")
