"""Where a model's files lie, and the proof that they are the released ones."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from atelierkit.inference.port import ModelMissing


def onnx_file(models_dir: Path, model: str, file: str = "model.onnx") -> Path:
    """``<models_dir>/<model>/<file>`` after its SHA-256 was compared with ``manifest.json`` beside it.

    Raises ModelMissing, which names what is wrong.
    """
    folder = models_dir / model
    path = folder / file
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        released = manifest["files"][file]["sha256"]
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelMissing(
            "the model is not installed", model=model, file=Path(str(error.filename)).name
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelMissing("the model's manifest cannot be read", model=model) from error
    if found != released:
        raise ModelMissing("the model's file is not the one that its manifest describes", model=model)
    return path
