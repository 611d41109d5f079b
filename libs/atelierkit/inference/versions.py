"""A model's released version, and the number under which Triton serves it."""

from __future__ import annotations

import json
from pathlib import Path

from atelierkit.inference.port import ModelMissing

_PLACES = 1000


def released_version(models_dir: Path, model: str) -> str:
    """The version in ``<models_dir>/<model>/manifest.json``, e.g. ``2.0.0``. ModelMissing where there is none."""
    try:
        return str(json.loads((models_dir / model / "manifest.json").read_bytes())["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelMissing("the model's manifest cannot be read", model=model) from error


def triton_version(version: str) -> str:
    """``2.0.1`` is ``2000001``: Triton's versions are whole numbers, and the latest is the largest.

    ValueError unless it has three parts below 1000.
    """
    parts = [int(part) for part in version.split(".")]
    if len(parts) != 3 or not all(0 <= part < _PLACES for part in parts) or not any(parts):
        raise ValueError(f"a model's version reads major.minor.patch, each below {_PLACES}: not {version}")
    major, minor, patch = parts
    return str((major * _PLACES + minor) * _PLACES + patch)
