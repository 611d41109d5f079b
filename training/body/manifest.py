"""The one form of `manifest.json` beside every trained or baked artifact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_manifest(
    folder: Path,
    *,
    name: str,
    version: str,
    licence: str,
    provenance: Sequence[str],
    data: str,
    metrics: Mapping[str, object],
    rebuild: str,
) -> None:
    """Write `folder/manifest.json` over the weight files that lie in `folder`."""
    weights = sorted(path for path in folder.iterdir() if path.name not in {"manifest.json", "MODEL_CARD.md"})
    manifest = {
        "name": name,
        "version": version,
        "files": {path.name: _fingerprint(path) for path in weights},
        "licence": licence,
        "provenance": list(provenance),
        "data": data,
        "metrics": dict(metrics),
        "rebuild": rebuild,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _fingerprint(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
