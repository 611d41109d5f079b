"""Digests beside the tags of every public image: `python -m deploy.docker pin`, where a registry can be reached.

A tag can be moved; a digest cannot. Rerun it after changing a tag.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from deploy.docker.buildah import ImagesFailed, run
from deploy.docker.settings import ROOT

FILES = (ROOT / "deploy/docker/Dockerfile", ROOT / "deploy/compose/compose.yaml")

# A registry's host makes a public image; what is built here has none.
_IMAGE = re.compile(
    r"(?P<before>^ARG \w+_IMAGE=|^\s+image: )(?P<image>[a-z0-9.-]+\.[a-z]+/[^\s@]+:[^\s@]+)(@sha256:\w+)?",
    re.M,
)


def digest(image: str) -> str:
    """What the registry serves under the tag now: `sha256:...` of the list of all platforms."""
    if shutil.which("skopeo") is None:
        raise ImagesFailed("skopeo is missing (Debian: apt-get install skopeo).")
    return run(["skopeo", "inspect", "--no-tags", "--format", "{{.Digest}}", f"docker://{image}"]).strip()


def pin(file: Path, digest_of: Callable[[str], str]) -> list[str]:
    """Write the digests into the file; gives the images."""
    text = file.read_text("utf-8")
    images = [found["image"] for found in _IMAGE.finditer(text)]
    digests = {image: digest_of(image) for image in dict.fromkeys(images)}
    pinned = _IMAGE.sub(lambda found: f"{found['before']}{found['image']}@{digests[found['image']]}", text)
    file.write_text(pinned, "utf-8")
    return images
