"""What the person who started the embedded PostgreSQL reads when it cannot start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atelierkit.postgres import process
from atelierkit.postgres.account import Account
from atelierkit.postgres.errors import explained

OUTPUTS = {
    "disk full": (
        "running bootstrap script ... 2026-11-21 FATAL:  could not write to file: No space left on device\nchild failed",
        "PostgreSQL cannot start: the disk that holds /data is full.",
    ),
    "read-only": (
        "initdb: error: Read-only file system",
        "PostgreSQL cannot start: /data lies on a read-only disk.",
    ),
    "forbidden": (
        "FATAL: Permission denied",
        "PostgreSQL cannot start: PostgreSQL's account may not use /data.",
    ),
    "unknown": ("first line\nFATAL:  the reason\n\n", "PostgreSQL cannot start: FATAL:  the reason"),
    "silence": ("", "PostgreSQL cannot start: it said nothing"),
}


@pytest.mark.parametrize(("output", "sentence"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_a_failure_is_one_sentence(output: str, sentence: str) -> None:
    assert str(explained(output, Path("/data"))) == sentence


@pytest.mark.parametrize(
    ("account", "mode", "enters"),
    [
        ("owner", 0o100, True),
        ("owner", 0o611, False),
        ("group", 0o010, True),
        ("group", 0o701, False),
        ("other", 0o001, True),
        ("other", 0o770, False),
    ],
)
def test_who_may_enter_a_folder(tmp_path: Path, account: str, mode: int, enters: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    found = folder.stat()
    ids = {
        "owner": (found.st_uid, found.st_gid + 1),
        "group": (found.st_uid + 1, found.st_gid),
        "other": (found.st_uid + 1, found.st_gid + 1),
    }
    folder.chmod(mode)
    assert Account("someone", *ids[account]).can_enter(folder) is enters
    folder.chmod(0o700)


def test_the_outermost_barrier_is_named(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True, mode=0o755)
    stranger = Account("stranger", os.getuid() + 1, os.getgid() + 1)
    root = Account("root", tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        folder.chmod(0o700)
    assert stranger.barred_by(tmp_path / "a" / "b") in {*tmp_path.parents, tmp_path, tmp_path / "a"}
    assert root.barred_by(tmp_path / "a" / "b") is None


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """``cluster("sleep", "60")``: a folder whose process file names a program that calls itself postgres."""
    started: list[subprocess.Popen[bytes]] = []

    def run(program: str, *arguments: str, name: str = "postgres", status: str = "ready   ") -> int:
        copy = tmp_path / name
        shutil.copy2(f"/bin/{program}", copy)
        started.append(subprocess.Popen([copy, *arguments]))
        pid = started[-1].pid
        lines = [str(pid), "/data", "1763700000", "5433", "", "127.0.0.1", "0 0", status]
        process.file_of(tmp_path).write_text("\n".join(lines) + "\n")
        return pid

    yield run
    for child in started:
        child.kill()
        child.wait()


@pytest.mark.parametrize(("status", "ready"), [("ready   ", True), ("starting", False)])
def test_a_live_server_is_found(
    cluster: Callable[..., int], tmp_path: Path, status: str, ready: bool
) -> None:
    pid = cluster("sleep", "60", status=status)
    assert process.find(tmp_path) == process.Postmaster(pid, 5433, ready)


def test_a_dead_server_that_nobody_has_reaped_is_none(cluster: Callable[..., int], tmp_path: Path) -> None:
    pid = cluster("true")
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert Path(f"/proc/{pid}").exists()
    assert process.find(tmp_path) is None


def test_another_program_with_the_servers_id_is_none(cluster: Callable[..., int], tmp_path: Path) -> None:
    cluster("sleep", "60", name="other")
    assert process.find(tmp_path) is None


@pytest.mark.parametrize("text", ["", "123\n"])
def test_a_process_file_that_is_just_being_written_is_none(tmp_path: Path, text: str) -> None:
    process.file_of(tmp_path).write_text(text)
    assert process.find(tmp_path) is None


def test_no_process_file_is_none(tmp_path: Path) -> None:
    assert process.find(tmp_path) is None
