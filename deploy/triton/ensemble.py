"""Chains of models that Triton runs as one: what a step answers never leaves the server.

A chain is ``<models>/<name>/ensemble.json``:

    {"version": "1.0.0",
     "steps": [{"model": "first", "inputs": {"x": "picture"}, "outputs": {"y": "crop"}},
               {"model": "second", "inputs": {"x": "crop"}, "outputs": {"y": "points"}}],
     "outputs": ["points"]}

Each step names the chain's tensor for each of its model's own. What no step makes is an input of the chain. A step may
bring its model along, as ``"file": "crop.onnx"`` beside the declaration. Where ``model.onnx`` lies there too, it is the
whole chain in one file, for inference in process: Triton serves the chain in its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tritonclient.grpc import model_config_pb2 as pb


class ChainInvalid(Exception):
    """The declaration does not fit the models; the text says where."""


@dataclass(frozen=True)
class Step:
    """One model's run."""

    model: str
    inputs: Mapping[str, str]
    """Tensor of the chain for each input of the model."""
    outputs: Mapping[str, str]
    """Name in the chain for each output of the model that is used."""
    file: str | None = None
    """The model's file beside the declaration; without one it is a model of its own."""


@dataclass(frozen=True)
class Chain:
    """Steps in any order; Triton runs each as soon as its inputs are there."""

    name: str
    version: str
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    @classmethod
    def read(cls, file: Path) -> Self:
        """From ``ensemble.json``; the folder's name is the chain's. ChainInvalid where it cannot be read."""
        try:
            told = json.loads(file.read_bytes())
            steps = tuple(
                Step(step["model"], step["inputs"], step["outputs"], step.get("file"))
                for step in told["steps"]
            )
            return cls(file.parent.name, told["version"], steps, tuple(told["outputs"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ChainInvalid(f"{file.parent.name}: ensemble.json cannot be read ({error!r})") from error

    def config(self, models: Mapping[str, Any]) -> Any:
        """The chain's ModelConfig; ``models`` are those of its steps' models, by name."""
        unknown = sorted({step.model for step in self.steps} - models.keys())
        if unknown:
            raise ChainInvalid(f"{self.name}: there is no model {', '.join(unknown)}")
        made = self._made(models)
        config = pb.ModelConfig(name=self.name, platform="ensemble")
        config.max_batch_size = min(models[step.model].max_batch_size for step in self.steps)
        for name, tensor in self._wanted(models, made).items():
            config.input.add(name=name, data_type=tensor.data_type, dims=tensor.dims)
        for name in self.outputs:
            if name not in made:
                raise ChainInvalid(f"{self.name}: no step makes {name}")
            config.output.add(name=name, data_type=made[name].data_type, dims=made[name].dims)
        for step in self.steps:
            config.ensemble_scheduling.step.add(
                model_name=step.model, model_version=-1, input_map=step.inputs, output_map=step.outputs
            )
        return config

    def _made(self, models: Mapping[str, Any]) -> dict[str, Any]:
        """The tensors that steps make, by their name in the chain."""
        made: dict[str, Any] = {}
        for step in self.steps:
            declared = {tensor.name: tensor for tensor in models[step.model].output}
            for own, name in step.outputs.items():
                if own not in declared or name in made:
                    raise ChainInvalid(f"{self.name}: {step.model} cannot make {name} as its {own}")
                made[name] = declared[own]
        return made

    def _wanted(self, models: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
        """The tensors that no step makes, by their name in the chain; every use of a tensor must fit the others."""
        wanted: dict[str, Any] = {}
        for step in self.steps:
            declared = {tensor.name: tensor for tensor in models[step.model].input}
            if declared.keys() != step.inputs.keys():
                raise ChainInvalid(f"{self.name}: {step.model} takes {', '.join(sorted(declared))}")
            for own, name in step.inputs.items():
                source = made[name] if name in made else wanted.setdefault(name, declared[own])
                if not _fits(source, declared[own]):
                    raise ChainInvalid(f"{self.name}: {name} is not what {step.model} takes as {own}")
        return wanted


def _fits(source: Any, taken: Any) -> bool:
    return (
        source.data_type == taken.data_type
        and len(source.dims) == len(taken.dims)
        and all(-1 in (a, b) or a == b for a, b in zip(source.dims, taken.dims, strict=True))
    )
