"""Verify the trained models against their manifests: `make models`."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parents[1] / "models"


def faults(models: Path) -> list[str]:
    """One sentence per file that is missing or not what its manifest says; empty when all is well."""
    found = []
    for manifest in sorted(models.glob("*/manifest.json")):
        for name, expected in json.loads(manifest.read_text())["files"].items():
            file = manifest.parent / name
            if not file.is_file():
                found.append(f"{file} is missing.")
            elif hashlib.sha256(file.read_bytes()).hexdigest() != expected["sha256"]:
                found.append(f"{file} is not the file that its manifest names.")
    return found


def main() -> None:
    wrong = faults(MODELS)
    if wrong:
        sys.exit("\n".join(wrong))
    names = ", ".join(sorted(manifest.parent.name for manifest in MODELS.glob("*/manifest.json")))
    print(f"Models are complete: {names}.")


if __name__ == "__main__":
    main()
