"""The manifests of an overlay, as kubectl's kustomize renders them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

Manifest = dict[str, Any]


class RenderFailed(Exception):
    """Kustomize refused the overlay; the text is what it said."""


def overlays() -> list[str]:
    """Names of the overlays."""
    return sorted(path.parent.name for path in (HERE / "overlays").glob("*/kustomization.yaml"))


def folders() -> list[str]:
    """Every folder that is applied as a whole."""
    return [*(f"overlays/{name}" for name in overlays()), "restore-drill"]


@cache
def render(folder: str) -> tuple[Manifest, ...]:
    """Every manifest of a folder below deploy/k8s, such as ``overlays/dev``.

    Raises RenderFailed. An empty answer is one too: a check of nothing would find no fault.
    """
    done = subprocess.run(  # noqa: S603  our own program and folder
        [_kubectl(), "kustomize", str(HERE / folder)], capture_output=True, text=True, check=False
    )
    manifests = tuple(item for item in yaml.load_all(done.stdout, yaml.CSafeLoader) if item)
    if done.returncode != 0 or not manifests:
        raise RenderFailed(f"{folder}: {done.stderr.strip() or 'nothing was rendered'}")
    return manifests


def title(manifest: Manifest) -> str:
    """``Deployment/atelier-auth``."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def _kubectl() -> str:
    """The one that deploy/local/kubectl.sh installs; on machines that it knows no program for, the machine's own."""
    own = ROOT / ".tools" / "kubectl"
    program = str(own) if own.exists() else shutil.which("kubectl")
    if program is None:
        raise RenderFailed("there is no kubectl: run deploy/local/kubectl.sh")
    return program
