"""The spool: in order, over a process' death, and never more than it may hold."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.spool import Spool

_WRITER = """
import sys
from pathlib import Path
from services.gateway.spool import Spool

spool = Spool(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    spool.append(b"record %d" % number)
print("written", flush=True)
sys.stdin.read()
"""


def drained(spool: Spool, most: int = 500) -> list[bytes]:
    """All that waits, given back as done."""
    found: list[bytes] = []
    while spool.waiting:
        batch = spool.oldest(most)
        assert not batch.unreadable
        found += batch.records
        spool.done(batch)
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@given(records=st.lists(st.binary(min_size=1, max_size=60), max_size=40), most=st.integers(1, 7))
def test_records_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], most: int
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool"), file_bytes=200)
    for record in records:
        spool.append(record)
    assert (spool.appended, spool.waiting) == (len(records), len(records))
    assert drained(spool, most) == records
    spool.close()


def test_files_go_with_what_was_in_them_while_more_comes(tmp_path: Path) -> None:
    spool = Spool(tmp_path, file_bytes=100)
    for index in range(200):
        spool.append(b"x" * 20 + b"%d" % index)
        if index >= 10:
            spool.done(spool.oldest(1))
        assert len(files(tmp_path)) <= 6
    drained(spool)
    assert [path.stat().st_size for path in files(tmp_path)] == [0]
    spool.close()
    assert files(tmp_path) == []


def test_what_a_killed_process_wrote_is_taken_over(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path), "7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        beside = Spool(tmp_path)
        assert beside.waiting == 0, "it lives: what it wrote is its own"
        beside.append(b"mine")
        process.kill()
        assert process.wait() == -signal.SIGKILL
    heir = Spool(tmp_path)
    assert drained(heir) == [b"record %d" % number for number in range(7)]
    assert drained(beside) == [b"mine"]
    beside.close()
    heir.close()
    assert files(tmp_path) == []


@pytest.mark.parametrize("torn", range(1, 14))
def test_a_record_that_was_cut_off_is_none(tmp_path: Path, torn: int) -> None:
    dead = Spool(tmp_path)
    for record in (b"first", b"second"):
        dead.append(record)
    dead.close()
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-torn])
    assert drained(Spool(tmp_path)) == [b"first"]
    assert files(tmp_path) == []


def test_a_record_that_was_changed_is_not_taken_for_one(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append(b"first")
    [path] = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    batch = spool.oldest(5)
    assert (list(batch.records), batch.unreadable) == ([], 1)
    spool.done(batch)
    spool.append(b"second")
    assert drained(spool) == [b"second"]


def test_it_holds_no_more_than_it_may_the_dead_ones_records_included(tmp_path: Path) -> None:
    dead = Spool(tmp_path)
    dead.append(b"x" * 40)
    dead.close()
    spool = Spool(tmp_path, most_bytes=100)
    spool.append(b"y" * 40)
    with pytest.raises(OSError, match="the spool is full"):
        spool.append(b"z")
    assert drained(spool) == [b"x" * 40, b"y" * 40]
    spool.append(b"z")
    assert drained(spool) == [b"z"]


def test_a_disk_that_refuses_costs_that_record_alone(tmp_path: Path) -> None:
    """Larger than a file of this process may be: the kernel writes a part, then nothing."""
    command = [sys.executable, "-c", _SMALL_DISK, str(tmp_path)]
    subprocess.run(command, check=True, timeout=30)
    assert drained(Spool(tmp_path)) == [b"first", b"second"]


_SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from services.gateway.spool import Spool

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
spool = Spool(Path(sys.argv[1]))
spool.append(b"first")
for _ in range(2):
    try:
        spool.append(b"x" * 60)
    except OSError:
        pass
    else:
        raise SystemExit("it fitted")
spool.append(b"second")
"""
