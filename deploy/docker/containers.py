"""A built image at work: started by an OCI runtime as a cluster's restricted pod would be.

Another user than root, no capability, no new privilege, a read-only root with /tmp and /data to write to. The network is
the caller's.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.docker.buildah import Image, ImagesFailed

STOP_TIMEOUT_S = 30.0
USER = 65532
_HIDDEN = ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware")
_FROZEN = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


@dataclass(frozen=True)
class Mount:
    """A folder of this machine in the container."""

    source: Path
    target: str
    writable: bool = False


class Container:
    """One process of an image, from its start to its end."""

    def __init__(
        self,
        name: str,
        image: Image,
        root: Path,
        *,
        folder: Path,
        variables: Mapping[str, str],
        mounts: Sequence[Mount] = (),
        command: Sequence[str] = (),
    ) -> None:
        """Start it; ``command`` takes the entry point's place. Its output goes to ``<folder>/<name>.log``."""
        self.name = name
        self.log = folder / f"{name}.log"
        self._runtime = ("crun", "--cgroup-manager=disabled", "--root", str(folder / "crun"))
        bundle = folder / name
        bundle.mkdir(parents=True)
        specification = _specification(image, root, variables, mounts, command)
        (bundle / "config.json").write_text(json.dumps(specification, indent=1))
        with self.log.open("wb") as output:
            self._popen = subprocess.Popen(  # noqa: S603  our own command
                [*self._runtime, "run", "--bundle", str(bundle), name],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def execute(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a command inside, as an engine runs the health check; exit status and output."""
        ended = subprocess.run(  # noqa: S603  our own command
            [*self._runtime, "exec", self.name, *command], capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    def memory_bytes(self) -> int:
        """Resident memory of its first process."""
        state = json.loads(subprocess.check_output([*self._runtime, "state", self.name]))  # noqa: S603  our own command
        pages = Path(f"/proc/{state['pid']}/statm").read_text().split()[1]
        return int(pages) * 4096

    def wait(self, timeout_s: float) -> int:
        """Its exit status once it ends by itself. Raises ImagesFailed when it does not."""
        try:
            return self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ImagesFailed(f"{self.name} did not end within {timeout_s:g} s.") from None

    def stop(self) -> int:
        """Its exit status after SIGTERM."""
        subprocess.run([*self._runtime, "kill", self.name, "TERM"], check=False, capture_output=True)  # noqa: S603  our own command
        return self.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End it, whatever it does."""
        subprocess.run([*self._runtime, "delete", "--force", self.name], check=False, capture_output=True)  # noqa: S603  our own command
        self._popen.wait()

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1500:]


def _specification(
    image: Image, root: Path, variables: Mapping[str, str], mounts: Sequence[Mount], command: Sequence[str]
) -> dict[str, Any]:
    """The OCI runtime's configuration of the image's process."""
    user = image.config["User"]
    if user != f"{USER}:{USER}":
        raise ImagesFailed(f"{image.name} runs as {user or 'root'}.")
    own = dict(pair.split("=", 1) for pair in image.config["Env"])
    arguments = command or [*(image.config["Entrypoint"] or ()), *(image.config["Cmd"] or ())]
    return {
        "ociVersion": "1.0.0",
        "process": {
            "user": {"uid": USER, "gid": USER},
            "args": list(arguments),
            "env": [f"{key}={value}" for key, value in {**own, **variables}.items()],
            "cwd": image.config["WorkingDir"],
            "capabilities": {},
            "noNewPrivileges": True,
        },
        "root": {"path": str(root), "readonly": True},
        "mounts": [*_system_mounts(), *map(_bind, mounts)],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")],
            "maskedPaths": list(_HIDDEN),
            "readonlyPaths": list(_FROZEN),
        },
    }


def _system_mounts() -> list[dict[str, Any]]:
    quiet = ["nosuid", "nodev"]
    return [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {
            "destination": "/dev",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "mode=755", "size=64k"],
        },
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [*quiet, "size=64m"]},  # noqa: S108  in the container
        {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": [*quiet, "size=64m"]},  # noqa: S108  in the container
        {"destination": "/sys", "type": "bind", "source": "/sys", "options": ["rbind", "ro", *quiet]},
    ]


def _bind(mount: Mount) -> dict[str, Any]:
    options = ["rbind", "rw" if mount.writable else "ro", "nosuid", "nodev"]
    return {"destination": mount.target, "type": "bind", "source": str(mount.source), "options": options}
