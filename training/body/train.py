"""Train the conditional GAN: `python -m training.body.train --config training/body/config.yaml`.

Reads the shape space, the bodies and the population; writes `generator.pt`, `discriminator.pt`, the resolved
`config.yaml` and `log.jsonl` into the run's folder. The same configuration gives the same weights on one machine.
The networks run on a GPU where there is one; the tape, which is exact and runs in NumPy, stays on the CPU.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
import yaml
from torch import Tensor

from anthropometry.population import Population
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from training.body import latent
from training.body.dataset import load_bodies, sample_people
from training.body.losses import (
    TapeLoss,
    adversarial_loss,
    discriminator_loss,
    diversity_guard,
    surface_loss,
)
from training.body.model import Discriminator, Generator, Scale, Surface, quadratic_features


@dataclass(frozen=True, slots=True)
class TrainArguments:
    """Everything that a run depends on, besides the data itself."""

    bodies: str
    """Data set that `training.body.shape_space` writes."""
    models: str
    """Folder with `body_template`, `body_shape` and `population`."""
    output: str
    """Folder of the run."""
    people: int
    """Conditions drawn from the population, beside those of the bodies."""
    latent: int
    """Length L of z."""
    skip: bool
    """Whether the generator starts from the closed-form regression of the condition."""
    ridge: float
    """Ridge penalty of the closed-form regression, per body."""
    widths: tuple[int, ...]
    """Widths of the generator's trunk, each a multiple of 8."""
    judge_stride: int
    """The discriminator looks at every so many-th canonical point."""
    judge_width: int
    """Size of the summaries of the discriminator's two paths."""
    steps: int
    """Optimisation steps of each network."""
    batch: int
    """Bodies that both networks see in a step."""
    measured: int
    """Bodies that the tape goes round in a step, the dearest part: half from the batch, half people without a body."""
    generator_rate: float
    """Peak learning rate of the generator; it falls to zero along a half cosine."""
    discriminator_rate: float
    """Same for the discriminator."""
    average: float
    """Share of the averaged weights that a step keeps; the averaged generator is the result."""
    surface_weight: float
    """Weight of the distance to real bodies with their own z, per square centimetre."""
    tape_weight: float
    """Weight of the tape's Huber loss."""
    tape_unit_mm: float
    """Where that loss turns from square to linear."""
    adversarial_weight: float
    """Weight of the discriminator's opinion."""
    guard_weight: float
    """Weight of the diversity guard."""
    guard_share: float
    """Share of real diversity that the guard insists on."""
    real_penalty: float
    """Weight of the discriminator's R1 penalty."""
    seed: int
    """Of everything random."""
    log_every: int
    """Steps between two lines of the log."""

    @classmethod
    def read(cls, path: Path) -> TrainArguments:
        """Parse a YAML file that gives every field; TypeError names what is missing or unknown."""
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(**values | {"widths": tuple(values["widths"])})


ABLATIONS = ("gan", "skip", "tape")
"""Parts of the training that can be left out, to see what each is good for."""


def ablated(arguments: TrainArguments, part: str) -> TrainArguments:
    """The same run without its discriminator (`gan`), its closed form (`skip`) or its tape loss (`tape`)."""
    output = f"{arguments.output}-without-{part}"
    match part:
        case "gan":
            return replace(arguments, output=output, adversarial_weight=0.0)
        case "skip":
            return replace(arguments, output=output, skip=False)
        case "tape":
            return replace(arguments, output=output, tape_weight=0.0)
        case _:
            raise ValueError(f"no such part: {part}")


@dataclass(frozen=True, slots=True)
class Data:
    """Training tensors, on the device that trains, and the frozen parts of the body model that losses use."""

    coefficients: Tensor
    """(N, K) of the bodies."""
    measurements: Tensor
    """(N, 15) millimetres of the bodies."""
    body_type: Tensor
    """(N, 1) of the bodies."""
    people: Tensor
    """(P, 15) millimetres of people without a body."""
    people_type: Tensor
    """(P, 1) of those."""
    surface: Surface
    scale: Scale
    tape_loss: TapeLoss


def load(arguments: TrainArguments, device: torch.device) -> Data:
    """Everything a run reads, on the device that trains."""
    models = Path(arguments.models)
    template = Template.load(models)
    space = ShapeSpace.load(models, template)
    bodies, _ = load_bodies(Path(arguments.bodies))
    people, people_type = sample_people(Population.load(models), arguments.people, arguments.seed)
    measurements = torch.from_numpy(bodies.measurements_mm).to(device)
    return Data(
        coefficients=torch.from_numpy(bodies.coefficients).to(device),
        measurements=measurements,
        body_type=torch.from_numpy(bodies.body_type).to(device),
        people=torch.from_numpy(people).to(device),
        people_type=torch.from_numpy(people_type).to(device),
        surface=Surface.of(space),
        scale=Scale(measurements.mean(dim=0), measurements.std(dim=0)),
        tape_loss=TapeLoss(space, TapeMeasure(template), arguments.tape_unit_mm, device),
    )


def train(arguments: TrainArguments) -> Generator:
    """Run the whole training and write its folder; returns the averaged generator."""
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = load(arguments, device)
    weights_mm = data.surface.weights_mm.to(device)

    # Closed form first: what regression knows, and a z for every real body.
    condition = data.scale.condition(data.measurements, data.body_type)
    features = quadratic_features(condition)
    start = latent.fit(features, data.coefficients, weights_mm, arguments.latent, arguments.ridge)
    codes = start.encode(features, data.coefficients)
    skip = start.skip if arguments.skip else torch.zeros_like(start.skip)
    generator = Generator(data.scale, data.surface, skip, start.decoder, arguments.widths)
    generator.skip.requires_grad_(arguments.skip)
    generator = generator.to(device)
    judge = Discriminator(data.surface, arguments.judge_stride, arguments.judge_width).to(device)
    averaged: Generator = copy.deepcopy(generator).requires_grad_(False)

    creates = torch.optim.Adam(generator.parameters(), arguments.generator_rate, betas=(0.5, 0.99))
    judges = torch.optim.Adam(judge.parameters(), arguments.discriminator_rate, betas=(0.0, 0.99))
    cosine = [
        torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: half_cosine(step / arguments.steps))
        for optimiser in (creates, judges)
    ]

    output = Path(arguments.output)
    output.mkdir(parents=True, exist_ok=True)
    (output / "config.yaml").write_text(
        yaml.safe_dump(asdict(arguments) | {"widths": list(arguments.widths)})
    )
    log = (output / "log.jsonl").open("w", encoding="utf-8")
    began = time.process_time()
    for step in range(arguments.steps):
        # A batch of real bodies with their own z, and the same measurements with a random one.
        chosen = torch.randint(len(data.coefficients), (arguments.batch,))
        asked, body_type, real = data.measurements[chosen], data.body_type[chosen], data.coefficients[chosen]
        random_z = _normal(arguments.batch, arguments.latent, device)
        fake = generator.coefficients(asked, body_type, random_z)

        # The discriminator compares both.
        pair = judge.offsets(real), judge.offsets(fake.detach())
        judge_loss, right = discriminator_loss(judge, *pair, condition[chosen], arguments.real_penalty)
        judges.zero_grad()
        judge_loss.backward()
        judges.step()

        # Half of the tape's batch are people without a body: the tape alone teaches what fits them.
        half = arguments.measured // 2
        persons = torch.randint(len(data.people), (arguments.measured - half,))
        people, people_type = data.people[persons], data.people_type[persons]
        strangers = generator.coefficients(
            people, people_type, _normal(len(people), arguments.latent, device)
        )
        measured = torch.cat([fake[:half], strangers]), torch.cat([asked[:half], people])

        # The generator: its own z gives the body back, any z obeys the tape, convinces, and makes a difference.
        again = generator.coefficients(asked, body_type, codes[chosen])
        other_z = _normal(arguments.batch, arguments.latent, device)
        other = generator.coefficients(asked, body_type, other_z)
        expected = (random_z - other_z) @ start.decoder
        losses = {
            "surface": surface_loss(again, real, weights_mm),
            "tape": data.tape_loss(*measured),
            "adversarial": adversarial_loss(judge, judge.offsets(fake), condition[chosen]),
            "guard": diversity_guard(fake, other, expected, weights_mm, arguments.guard_share),
        }
        total = sum(getattr(arguments, f"{name}_weight") * loss for name, loss in losses.items())
        creates.zero_grad()
        total.backward()
        creates.step()
        follow(averaged, generator, arguments.average)
        for schedule in cosine:
            schedule.step()

        if step % arguments.log_every == 0 or step == arguments.steps - 1:
            line = {name: round(loss.item(), 4) for name, loss in losses.items()}
            line |= {"judge": round(judge_loss.item(), 4), "right": round(right.item(), 3)}
            line |= {"step": step, "cpu_s": round(time.process_time() - began)}
            log.write(json.dumps(line) + "\n")
            print(line, flush=True)
    log.close()
    torch.save(averaged.cpu().state_dict(), output / "generator.pt")
    torch.save(judge.cpu().state_dict(), output / "discriminator.pt")
    return averaged


def _normal(count: int, size: int, device: torch.device) -> Tensor:
    """(count, size) standard normal numbers: drawn on the CPU, so that every device sees the same."""
    return torch.randn(count, size).to(device)


def half_cosine(progress: float) -> float:
    """From 1 at 0 down to 0 at 1."""
    return 0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0))


def follow(averaged: Generator, generator: Generator, keep: float) -> None:
    """Move the averaged weights a step towards the current ones."""
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), generator.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - keep)


def main() -> None:
    """Train with a configuration file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--config", type=Path, default=Path("training/body/config.yaml"))
    parser.add_argument("--without", choices=ABLATIONS, help="leave a part of the training out")
    options = parser.parse_args()
    arguments = TrainArguments.read(options.config)
    train(arguments if options.without is None else ablated(arguments, options.without))


if __name__ == "__main__":
    main()
