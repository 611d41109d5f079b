"""Train `models/face_traits` on rendered heads: `python -m training.face.traits`, after `training.face.traits_data`.

Every picture is worn down anew each time it is seen: mirrored, tinted, blurred, made noisy, partly covered. What is
measured on the last tenth of the heads goes into manifest and card; `benchmarks.face_features` judges on others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor
from torch.nn import functional

from facemodel.features.cuts import MARKS
from training.body.manifest import write_manifest
from training.face.traits_card import card
from training.face.traits_labels import EAR_ANSWERS, FOLDER, SHOWN, WORN
from training.face.traits_model import Traits

OPSET = 18
OUTPUTS = ("worn", "shown", "at_ears")
INPUTS = ("head", "eyes", "ears", "marks")
_HELD_OUT = 0.1
_BLUR_OF_MARKS = 0.0015
"""Standard deviation, in shares of the square around the eyes: what the mesh network is off by from photo to photo."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """How long and how fast."""

    epochs: int = 20
    batch: int = 64
    rate: float = 2e-3
    decay: float = 1e-3
    seed: int = 6


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pictures as bytes and marks, with what is true of them; the first index of each is the picture's."""

    head: Tensor
    eyes: Tensor
    ears: Tensor
    marks: Tensor
    worn: Tensor
    shown: Tensor
    at_ears: Tensor

    def take(self, rows: Tensor) -> Batch:
        return Batch(*(getattr(self, name)[rows] for name in self.__slots__))

    def inputs(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What the network takes, as `facemodel.features.cuts.tensors` makes it."""
        return _light(self.head), _light(self.eyes), _light(self.ears), self.marks


def load(folder: Path) -> tuple[Batch, Batch]:
    """Pictures to train on, and those of the last tenth of the heads."""
    files = [np.load(path) for path in sorted(folder.glob("cuts-*.npz"))]
    whole = {name: np.concatenate([file[name] for file in files]) for name in files[0].files}
    face, numbers = whole["face"].astype(np.float32), whole["number"]
    head, eyes, ears, marks = (torch.from_numpy(whole[name]) for name in ("head", "eyes", "ears", "marks"))
    worn, shown = (torch.from_numpy(part) for part in np.split(face, [len(WORN)], axis=1))
    at_ears = torch.from_numpy(whole["ear"].astype(np.float32))
    everything = Batch(head, eyes, ears, marks, worn, shown, at_ears)
    kept = torch.from_numpy(numbers < np.quantile(np.unique(numbers), 1.0 - _HELD_OUT))
    return everything.take(kept), everything.take(~kept)


def fit(network: Traits, examples: Batch, arguments: Arguments) -> Iterator[float]:
    """Train; yields each epoch's mean loss."""
    optimiser = torch.optim.AdamW(network.parameters(), arguments.rate, weight_decay=arguments.decay)
    count = len(examples.head)
    steps = arguments.epochs * (count // arguments.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, arguments.rate, total_steps=steps)
    for _ in range(arguments.epochs):
        network.train()
        losses = []
        for rows in torch.randperm(count)[: count // arguments.batch * arguments.batch].split(
            arguments.batch
        ):
            batch = _mirrored(examples.take(rows))
            head, eyes, ears, marks = batch.inputs()
            worn_down = _worn_down(head), _worn_down(eyes), _worn_down(ears.flatten(0, 1)).view_as(ears)
            loss = _loss(network(*worn_down, marks + _BLUR_OF_MARKS * torch.randn_like(marks)), batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        yield float(np.mean(losses))


def judge(network: Traits, examples: Batch) -> dict[str, float]:
    """Share of right answers for each thing on single pictures; what cannot be seen does not count."""
    network.eval()
    with torch.no_grad():
        parts = [
            network(*examples.take(rows).inputs()) for rows in torch.arange(len(examples.head)).split(256)
        ]
    worn, shown, ears = (torch.cat(each) > 0.0 for each in zip(*parts, strict=True))
    right = {name: worn[:, n] == (examples.worn[:, n] > 0.5) for n, name in enumerate(WORN)}
    clear = examples.worn[:, WORN.index("eyesHidden")] < 0.5
    right |= {name: (shown[:, n] == (examples.shown[:, n] > 0.5))[clear] for n, name in enumerate(SHOWN)}
    right |= {name: ears[..., n] == (examples.at_ears[..., n] > 0.5) for n, name in enumerate(EAR_ANSWERS)}
    return {name: round(float(each.float().mean()), 4) for name, each in right.items()}


def _loss(answers: tuple[Tensor, Tensor, Tensor], batch: Batch) -> Tensor:
    worn, shown, ears = answers
    hidden = batch.worn[:, WORN.index("eyesHidden"), None]
    # Behind dark lenses there is nothing to learn of eyes; brows may still be seen, but half of them are not.
    trust = (1.0 - 0.9 * hidden).expand_as(shown)
    return (
        functional.binary_cross_entropy_with_logits(worn, batch.worn)
        + functional.binary_cross_entropy_with_logits(shown, batch.shown, weight=trust)
        + functional.binary_cross_entropy_with_logits(ears, batch.at_ears)
    )


def _mirrored(batch: Batch) -> Batch:
    """Half of the pictures in the mirror: right becomes left."""
    turned = torch.rand(len(batch.head)) < 0.5
    half = MARKS // 2
    other = torch.cat([batch.marks[:, half:], batch.marks[:, :half]], dim=1) * torch.tensor([-1.0, 1.0])

    def either(flipped: Tensor, plain: Tensor) -> Tensor:
        return torch.where(turned.view(-1, *[1] * (plain.dim() - 1)), flipped, plain)

    return Batch(
        either(batch.head.flip(2), batch.head),
        either(batch.eyes.flip(2), batch.eyes),
        either(batch.ears.flip(1), batch.ears),
        either(other, batch.marks),
        batch.worn,
        batch.shown,
        either(batch.at_ears.flip(1), batch.at_ears),
    )


def _worn_down(pictures: Tensor) -> Tensor:
    """(N, 3, s, s) in 0..1 as worse cameras would have taken them."""
    count, _, side, _ = pictures.shape
    one = (count, 1, 1, 1)
    shift = int(torch.randint(-1, 2, (1,))), int(torch.randint(-1, 2, (1,)))
    made = pictures.roll(shift, (2, 3))
    beside = (made + made.roll((1, 1), (2, 3))) / 2.0
    made = torch.lerp(
        made, (beside + beside.roll((-1, 0), (2, 3))) / 2.0, torch.rand(one) * (torch.rand(one) < 0.5)
    )
    cast = torch.exp(0.12 * torch.randn(count, 3, 1, 1) + 0.3 * torch.randn(one))
    made = made * cast + 0.12 * torch.rand(one) * (torch.rand_like(made) - 0.5)
    return _covered(made, side).clamp(0.0, 1.0)


def _covered(pictures: Tensor, side: int) -> Tensor:
    """A square of up to a quarter of the side is hidden by one colour in a third of the pictures."""
    count = len(pictures)
    place = torch.arange(side)
    start, length = torch.rand(2, count, 1) * side, torch.rand(count, 1) * side * 0.25
    rows, columns = ((place >= first) & (place < first + length) for first in start)
    hidden = (rows[:, :, None] & columns[:, None, :])[:, None] & (torch.rand(count, 1, 1, 1) < 0.33)
    return torch.where(hidden, torch.rand(count, 3, 1, 1), pictures)


def _light(pictures: Tensor) -> Tensor:
    """(..., s, s, 3) bytes -> (..., 3, s, s) in 0..1."""
    return pictures.movedim(-1, -3).float() / 255.0


def export(network: Traits, examples: Batch, path: Path) -> float:
    """Write the network, probabilities for logits; returns the largest difference of onnxruntime to torch."""
    network.eval()
    served = _Served(network).eval()
    inputs = examples.take(torch.arange(8)).inputs()
    torch.onnx.export(
        served, inputs, path, dynamo=False, opset_version=OPSET, input_names=list(INPUTS), output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "n"} for name in INPUTS + OUTPUTS},
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(path))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    few = [each[:3] for each in inputs]
    found = session.run(list(OUTPUTS), {name: each.numpy() for name, each in zip(INPUTS, few, strict=True)})
    with torch.no_grad():
        wanted = served(*few)
    return max(float(np.abs(a - b.numpy()).max()) for a, b in zip(found, wanted, strict=True))


class _Served(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, network: Traits) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, head: Tensor, eyes: Tensor, ears: Tensor, marks: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        worn, shown, at_ears = self.network(head, eyes, ears, marks)
        return worn.sigmoid(), shown.sigmoid(), at_ears.sigmoid()


def main() -> None:
    """Train, judge, export."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--epochs", type=int, default=Arguments().epochs)
    given = parser.parse_args()
    arguments = Arguments(epochs=given.epochs)
    torch.manual_seed(arguments.seed)
    examples, held_out = load(given.folder)
    network = Traits()
    for epoch, loss in enumerate(fit(network, examples, arguments)):
        print(f"{epoch}: {loss:.4f} {judge(network, held_out) if epoch % 3 == 1 else ''}", flush=True)
    folder = given.models / "face_traits"
    folder.mkdir(parents=True, exist_ok=True)
    difference = export(network, held_out, folder / "model.onnx")
    metrics = {
        "training_pictures": len(examples.head),
        "held_out_pictures": len(held_out.head),
        "held_out_pictures_right": judge(network, held_out),
        "onnxruntime_against_torch": difference,
    }
    (folder / "MODEL_CARD.md").write_text(card(metrics), encoding="utf-8")
    write_manifest(
        folder,
        name="face_traits",
        version="1.0.0",
        licence="Apache-2.0",
        provenance=[
            "heads rendered by training/face: body_template and face_shapes (MakeHuman assets, CC0-1.0)"
        ],
        data="rendered heads alone; no photo of anybody",
        metrics=metrics,
        rebuild="make train-traits",
    )
    print(json.dumps(metrics, indent=2))


if __name__ == "__main__":
    main()
