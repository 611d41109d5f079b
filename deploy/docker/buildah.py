"""Images without a container engine: buildah with a store of its own and chroot for isolation. Needs root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.docker.settings import ImagesSettings

PROGRAMS = ("buildah", "crun", "debootstrap", "ip", "unshare")


class ImagesFailed(Exception):
    """The images cannot be made or do not work; the text is one sentence that says why."""


def refuse_without_tools() -> None:
    """Raise ImagesFailed where this machine lacks what the rest needs."""
    if os.geteuid() != 0:
        raise ImagesFailed("Building images without a container engine needs root.")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        raise ImagesFailed(
            f"{', '.join(missing)} is missing (Debian: apt-get install buildah crun debootstrap iproute2 util-linux)."
        )


def run(command: Sequence[str | Path], *, quiet: bool = True) -> str:
    """Run a program and give its output; ImagesFailed with its last line where it fails."""
    ended = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)  # noqa: S603  our own commands
    if ended.returncode:
        words = (ended.stderr or ended.stdout).strip() or "it said nothing"
        raise ImagesFailed(f"{command[0]} failed ({ended.returncode}): {words[-2000:]}")
    if not quiet:
        print(ended.stdout, end="")
    return ended.stdout


@dataclass(frozen=True)
class Image:
    """A built image."""

    name: str
    """With its tag."""
    digest: str
    config: Mapping[str, Any]
    """The OCI configuration: entry point, user, environment, labels; Docker's health check beside them."""


class Store:
    """The images of one folder."""

    def __init__(self, settings: ImagesSettings) -> None:
        self._settings = settings
        self._buildah = (
            "buildah",
            *("--root", str(settings.dir / "store"), "--runroot", str(settings.dir / "run")),
            *("--storage-driver", settings.storage_driver),
        )

    def has(self, name: str) -> bool:
        """Whether an image of that name is there."""
        images = json.loads(self._run("images", "--json") or "[]") or []
        return any(f"{name}" in (image.get("names") or ()) for image in images)

    def keep(self, tree: Path, name: str, *, env: Mapping[str, str]) -> None:
        """Make an image of one layer from a folder."""
        container = self._run("from", "scratch").strip()
        try:
            mounted = Path(self._run("mount", container).strip())
            run(["cp", "-a", f"{tree}/.", mounted])
            settings = [part for key, value in env.items() for part in ("--env", f"{key}={value}")]
            self._run("config", *settings, container)
            self._run("commit", "--quiet", container, name)
        finally:
            self._run("rm", container)

    def build(
        self, target: str, tag: str, *, context: Path, arguments: Mapping[str, str], epoch: int
    ) -> None:
        """Build one target of the Dockerfile, from local bases alone."""
        given = [part for key, value in arguments.items() for part in ("--build-arg", f"{key}={value}")]
        certificates = self._settings.certificates
        self._run(
            "build",
            *(
                "--isolation",
                "chroot",
                "--network",
                "host",
                "--pull-never",
                "--layers",
                "--force-rm",
                "--format",
                "docker",
            ),
            *("--timestamp", str(epoch), "--volume", f"{certificates}:/etc/ssl/certs/ca-certificates.crt:ro"),
            *("--file", str(context / "deploy" / "docker" / "Dockerfile")),
            *("--target", target, "--tag", tag),
            *given,
            str(context),
        )

    def inspect(self, name: str) -> Image:
        """What the image says about itself."""
        told = json.loads(self._run("inspect", "--type", "image", name))
        return Image(name, told["FromImageDigest"], told["Docker"]["config"])

    @contextmanager
    def mounted(self, name: str) -> Iterator[Path]:
        """The image's files, in a container of their own that goes with the block."""
        container = self._run("from", "--pull-never", name).strip()
        try:
            yield Path(self._run("mount", container).strip())
        finally:
            self._run("umount", container)
            self._run("rm", container)

    def _run(self, *arguments: str) -> str:
        return run([*self._buildah, *arguments])
