"""Small TensorFlow Lite files, written by the schema's field numbers; the opposite of `tools/tflite_onnx/model.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
from flatbuffers import flexbuffers

CUSTOM = 32
_CUSTOM_VERSION = 2
"""Of the face mesh's operators."""
_TYPES = {"float32": 0, "float16": 1, "int32": 2}


@dataclass(frozen=True)
class Scalar:
    """A number of a table: b (byte), i (int32) or I (uint32)."""

    kind: str
    value: int


Fields = Mapping[int, Any]
"""A table: by field number a Scalar, a text, an array (a vector), other Fields (a table) or a list of them."""


@dataclass(frozen=True)
class Constant:
    """A tensor whose numbers are in the file; with ``sparsity``, those that are not zero."""

    data: np.ndarray
    shape: tuple[int, ...] | None = None
    sparsity: Fields | None = None


@dataclass(frozen=True)
class Step:
    """One operator. Inputs and outputs are names of tensors."""

    code: int | str
    """The schema's code, or the name of a custom operator."""
    inputs: Sequence[str]
    outputs: Mapping[str, tuple[int, ...]]
    """Shape of each output."""
    options: Fields = field(default_factory=dict)
    union: int = 0
    """The schema's number of the options' table among all such."""
    custom: Mapping[str, Any] | None = None


def sparse(whole: np.ndarray) -> Constant:
    """A constant without its zeros, as those of the full-range detector: all axes dense but the last."""
    lists = [np.flatnonzero(row) for row in whole.reshape(-1, whole.shape[-1])]
    segments = np.cumsum([0, *map(len, lists)])
    levels: list[Fields] = [{0: Scalar("b", 0), 1: Scalar("i", size)} for size in whole.shape[:-1]]
    levels.append(
        {
            0: Scalar("b", 1),
            2: Scalar("b", 2),
            3: {0: segments.astype(np.uint16)},
            4: Scalar("b", 3),
            5: {0: np.concatenate(lists).astype(np.uint8)},
        }
    )
    return Constant(whole[whole != 0], whole.shape, {0: np.arange(whole.ndim, dtype=np.int32), 2: levels})


def model(
    inputs: Mapping[str, tuple[int, ...]],
    constants: Mapping[str, Constant],
    steps: Sequence[Step],
    outputs: Sequence[str],
) -> bytes:
    """A file with one graph of these steps."""
    shapes = {**inputs, **{name: shape for step in steps for name, shape in step.outputs.items()}}
    names = [*constants, *shapes]
    buffers: list[Fields] = [
        {},
        *({0: constant.data.reshape(-1).view(np.uint8)} for constant in constants.values()),
    ]
    tensors = [
        _constant(name, constant, place) for place, (name, constant) in enumerate(constants.items(), 1)
    ]
    tensors += [_tensor(name, shape, "float32", 0) for name, shape in shapes.items()]
    kinds = list(dict.fromkeys(step.code for step in steps))
    graph = {
        0: tensors,
        1: _places(inputs, names),
        2: _places(outputs, names),
        3: [_operator(step, kinds.index(step.code), names) for step in steps],
    }
    return _file({0: Scalar("I", 3), 1: [_kind(code) for code in kinds], 2: [graph], 4: buffers})


def _tensor(name: str, shape: tuple[int, ...], dtype: str, buffer: int) -> dict[int, Any]:
    return {0: np.array(shape, np.int32), 1: Scalar("b", _TYPES[dtype]), 2: Scalar("I", buffer), 3: name}


def _constant(name: str, constant: Constant, buffer: int) -> Fields:
    told = _tensor(name, constant.shape or constant.data.shape, constant.data.dtype.name, buffer)
    return told if constant.sparsity is None else told | {6: constant.sparsity}


def _kind(code: int | str) -> Fields:
    if isinstance(code, str):
        return {0: Scalar("b", CUSTOM), 1: code, 2: Scalar("i", _CUSTOM_VERSION), 3: Scalar("i", CUSTOM)}
    return {0: Scalar("b", min(code, 127)), 2: Scalar("i", 1), 3: Scalar("i", code)}


def _operator(step: Step, kind: int, names: list[str]) -> Fields:
    told: dict[int, Any] = {
        0: Scalar("I", kind),
        1: _places(step.inputs, names),
        2: _places(step.outputs, names),
    }
    if step.options:
        told |= {3: Scalar("b", step.union), 4: step.options}
    if step.custom is not None:
        told[5] = np.frombuffer(_custom(step.custom), np.uint8)
    return told


def _custom(options: Mapping[str, Any]) -> bytes:
    """A map by key; lists are of one type, as mediapipe reads them."""
    builder = flexbuffers.Builder()
    with builder.Map():
        for name, value in options.items():
            builder.Key(name)
            if isinstance(value, list):
                builder.TypedVectorFromElements(value)
            else:
                builder.Add(value)
    return bytes(builder.Finish())


def _places(wanted: Sequence[str] | Mapping[str, Any], names: list[str]) -> np.ndarray:
    return np.array([names.index(name) for name in wanted], np.int32)


def _file(root: Fields) -> bytes:
    builder = flatbuffers.Builder(1024)
    builder.Finish(_table(builder, root), b"TFL3")
    return bytes(builder.Output())


def _table(builder: Any, fields: Fields) -> int:
    """Children first: a table refers to what was written before it."""
    references = {
        number: _reference(builder, value)
        for number, value in fields.items()
        if not isinstance(value, Scalar)
    }
    builder.StartObject(max(fields, default=-1) + 1)
    for number, value in fields.items():
        if isinstance(value, Scalar):
            # A default is written too: reading it must not depend on its being left out.
            builder.ForceDefaults(True)
            {"b": builder.PrependInt8Slot, "i": builder.PrependInt32Slot, "I": builder.PrependUint32Slot}[
                value.kind
            ](number, value.value, 0)
            builder.ForceDefaults(False)
        else:
            builder.PrependUOffsetTRelativeSlot(number, references[number], 0)
    return int(builder.EndObject())


def _reference(builder: Any, value: Any) -> int:
    if isinstance(value, str):
        return int(builder.CreateString(value))
    if isinstance(value, Mapping):
        return _table(builder, value)
    if isinstance(value, np.ndarray):
        return int(builder.CreateNumpyVector(value))
    children = [_table(builder, child) for child in value]
    builder.StartVector(4, len(children), 4)
    for child in reversed(children):
        builder.PrependUOffsetTRelative(child)
    return int(builder.EndVector())
