"""Triton's model repository, made from the platform's models: ``python -m deploy.triton.repository``."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from atelierkit.errors import AppError
from atelierkit.inference.files import onnx_file
from atelierkit.inference.versions import triton_version
from deploy.triton.config import Batching, QueueLimits, Target, model_config
from deploy.triton.ensemble import Chain, ChainInvalid

ROOT = Path(__file__).resolve().parents[2]
_STAND_IN = Path(__file__).with_name("model.py")


def lay_out(models_dir: Path, repository: Path, target: Target) -> list[str]:
    """Make ``<repository>/<name>/`` for each model and each chain of ``models_dir``; gives the names.

    Other versions that lie there stay. Raise ModelMissing for a file that is not the released one, ChainInvalid
    for a chain that does not fit its models.
    """
    configs: dict[str, Any] = {}
    chains = [Chain.read(declared) for declared in sorted(models_dir.glob("*/ensemble.json"))]
    for name, model, file in _files(models_dir, chains):
        configs[name] = _lay_out_model(name, onnx_file(models_dir, model, file), repository, target)
    for chain in chains:
        configs[chain.name] = chain.config(configs)
        # A chain is its configuration: the folder of its version is empty.
        (repository / chain.name / triton_version(chain.version)).mkdir(parents=True, exist_ok=True)
    for name, config in configs.items():
        (repository / name / "config.pbtxt").write_text(text_format.MessageToString(config))
    return sorted(configs)


def _files(models_dir: Path, chains: list[Chain]) -> Iterator[tuple[str, str, str]]:
    """Name on Triton, folder and file of each model; one that is a chain as well is served as that."""
    whole = {chain.name for chain in chains}
    for found in sorted(models_dir.glob("*/model.onnx")):
        if found.parent.name not in whole:
            yield found.parent.name, found.parent.name, found.name
    for chain in chains:
        for step in chain.steps:
            if step.file is not None:
                yield step.model, chain.name, step.file


def _lay_out_model(name: str, onnx: Path, repository: Path, target: Target) -> Any:
    manifest = json.loads((onnx.parent / "manifest.json").read_bytes())
    version = manifest["version"]
    folder = repository / name / triton_version(version)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(onnx, folder / "model.onnx")
    if target.backend == "python":
        shutil.copy2(_STAND_IN, folder / "model.py")
    notes = {"released_version": version, "sha256": manifest["files"][onnx.name]["sha256"]}
    return model_config(name, onnx, target, notes)


def main() -> None:
    """Lay out the released models for production: NVIDIA's ONNX backend."""
    parser = argparse.ArgumentParser(prog="python -m deploy.triton.repository", description=main.__doc__)
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="folder of the models")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "triton", help="folder of the repository"
    )
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument(
        "--instances", type=int, default=1, help="copies of each model; on a GPU, on each card"
    )
    parser.add_argument("--tensorrt", action="store_true", help="compile for the card, with half precision")
    parser.add_argument(
        "--queue-limits", action="store_true", help="refuse on the server too; see Batching.limits"
    )
    arguments = parser.parse_args()
    target = Target(
        device=arguments.device,
        instances=arguments.instances,
        tensorrt=arguments.tensorrt,
        batching=Batching(limits=QueueLimits() if arguments.queue_limits else None),
    )
    try:
        names = lay_out(arguments.models, arguments.out, target)
    except (AppError, ChainInvalid) as error:
        sys.exit(str(error))
    print(f"{arguments.out} serves {', '.join(names)} on the {arguments.device.upper()}.")


if __name__ == "__main__":
    main()
