"""Which images there are, what they are called, and how all of them are built."""

from __future__ import annotations

import tomllib

from deploy.docker.buildah import Store, run
from deploy.docker.settings import ROOT
from deploy.local.topology import CALLS

SERVICES = tuple(CALLS)
"""One image each, in the order in which they start."""


def version() -> str:
    """The platform's version, which is every image's tag."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def tag(service: str) -> str:
    """The image's name in this machine's own store."""
    return f"localhost/atelier-{service}:{version()}"


def build(store: Store) -> None:
    """Build every service's image from the working tree."""
    for service in SERVICES:
        print(f"atelier-{service} ...", flush=True)
        store.build(
            service,
            tag(service),
            context=ROOT,
            arguments={"VERSION": version(), "REVISION": _git("rev-parse", "HEAD")},
            epoch=int(_git("log", "-1", "--format=%ct")),
        )


def _git(*arguments: str) -> str:
    return run(["git", "-C", ROOT, *arguments]).strip()
