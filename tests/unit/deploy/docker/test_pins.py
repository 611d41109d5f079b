"""Digests are written beside the tags, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deploy.docker import pins

DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
TEXT = """\
ARG PYTHON_IMAGE=docker.io/library/python:3.11.14-slim-bookworm
FROM ${PYTHON_IMAGE} AS runtime
  postgres:
    image: docker.io/library/postgres:18.3-bookworm
    image: atelier-auth:${ATELIER_VERSION:-0.1.0}
"""


def everywhere(digest: str) -> Callable[[str], str]:
    """A registry where every image has this digest."""
    return lambda _: digest


def test_public_images_are_pinned_and_own_ones_are_not(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(TEXT)
    images = pins.pin(file, everywhere(DIGEST))
    assert images == [
        "docker.io/library/python:3.11.14-slim-bookworm",
        "docker.io/library/postgres:18.3-bookworm",
    ]
    lines = file.read_text().splitlines()
    assert lines[0].endswith(f":3.11.14-slim-bookworm@{DIGEST}")
    assert lines[3].endswith(f":18.3-bookworm@{DIGEST}")
    assert lines[4] == TEXT.splitlines()[4]


def test_an_older_digest_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(TEXT)
    pins.pin(file, everywhere(DIGEST))
    pins.pin(file, everywhere(OTHER))
    assert DIGEST not in file.read_text()
    assert file.read_text().count(OTHER) == 2


def test_the_project_s_files_name_public_images() -> None:
    named = [image for file in pins.FILES for image in pins._IMAGE.findall(file.read_text())]
    assert len(named) > 10
