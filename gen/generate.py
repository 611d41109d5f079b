"""Turn protos/ into gen/python: `make proto` writes it, `make proto-check` proves that it is fresh.

The rules of protovalidate live in `buf/validate/validate.proto`, which no wheel ships as a file. The
installed protovalidate carries its descriptor, so that is handed to protoc, and the same descriptor
gives the Python module that generated code imports.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import protovalidate
from google.protobuf import (
    descriptor_pb2,
    duration_pb2,
    field_mask_pb2,
    timestamp_pb2,
)
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
OUTPUT = ROOT / "gen" / "python"
VALIDATE_PROTO = "buf/validate/validate.proto"


def rules_descriptor() -> descriptor_pb2.FileDescriptorSet:
    """Descriptors of protovalidate's rules and of what they import, dependencies first."""
    found = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        module.DESCRIPTOR.CopyToProto(found.file.add())
    found.file.add().ParseFromString(protovalidate.ViolationPb.desc().file.proto.to_binary())
    return found


def run_protoc(arguments: list[str]) -> None:
    """Run the bundled protoc; exit with its status when it fails."""
    include = str(files("grpc_tools") / "_proto")
    status = protoc.main(["protoc", f"-I{PROTOS}", f"-I{include}", *arguments])
    if status:
        sys.exit(status)


def sources() -> list[str]:
    """Every proto of the contract, relative to protos/, sorted."""
    return sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / "atelier").rglob("*.proto"))


def generate(output: Path) -> None:
    """Write messages, stubs and types of the whole contract below `output`."""
    output.mkdir(parents=True, exist_ok=True)
    rules = output / "rules.binpb"
    rules.write_bytes(rules_descriptor().SerializeToString())
    descriptors = f"--descriptor_set_in={rules}"
    run_protoc([descriptors, f"--python_out={output}", f"--mypy_out=quiet:{output}", VALIDATE_PROTO])
    image = output / "image.binpb"
    run_protoc([descriptors, "--include_imports", f"--descriptor_set_out={image}", *sources()])
    run_protoc(
        [
            f"--descriptor_set_in={image}",
            f"--python_out={output}",
            f"--grpc_python_out={output}",
            f"--mypy_out=quiet:{output}",
            f"--mypy_grpc_out=quiet:{output}",
            *sources(),
        ]
    )
    rules.unlink()
    image.unlink()
    for package in [
        *(output / "atelier").rglob("*"),
        *(output / "buf").rglob("*"),
        output / "atelier",
        output / "buf",
    ]:
        if package.is_dir() and package.name != "__pycache__":
            (package / "__init__.py").write_text("")
    for file in output.rglob("*_pb2_grpc.py"):
        if "add_" not in file.read_text():  # a proto without a service has no stubs
            file.unlink()
            file.with_suffix(".pyi").unlink(missing_ok=True)


def write_image(path: Path, *, comments: bool) -> None:
    """Write the contract as one image, the form that buf lints (with comments) and compares (without)."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.binpb"
        rules.write_bytes(rules_descriptor().SerializeToString())
        run_protoc(
            [
                f"--descriptor_set_in={rules}",
                "--include_imports",
                *(["--include_source_info"] if comments else []),
                f"--descriptor_set_out={path}",
                *sources(),
            ]
        )


def stale_files(fresh: Path, committed: Path) -> list[str]:
    """Generated files that differ between two trees, or stand in only one of them."""

    def listing(root: Path) -> set[str]:
        return {str(p.relative_to(root)) for p in root.rglob("*.py*") if "__pycache__" not in p.parts}

    both = listing(fresh) & listing(committed)
    different = filecmp.cmpfiles(fresh, committed, sorted(both), shallow=False)
    return sorted(set(different[1] + different[2]) | (listing(fresh) ^ listing(committed)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when gen/python is not fresh")
    parser.add_argument("--image", type=Path, help="write the contract's image for buf here, and stop")
    parser.add_argument(
        "--release", type=Path, help="write the contract that later ones must not break, and stop"
    )
    arguments = parser.parse_args()
    if arguments.image or arguments.release:
        write_image(arguments.image or arguments.release, comments=arguments.image is not None)
        return
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "python"
        generate(fresh)
        if arguments.check:
            stale = stale_files(fresh, OUTPUT)
            if stale:
                sys.exit("gen/python is not what protos/ gives; run `make proto`:\n" + "\n".join(stale))
            return
        shutil.rmtree(OUTPUT, ignore_errors=True)
        shutil.copytree(fresh, OUTPUT)


if __name__ == "__main__":
    main()
