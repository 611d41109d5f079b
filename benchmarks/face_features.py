"""What is told of rendered heads, against what is known of them.

`python -m benchmarks.face_features [--count N] [--folder FOLDER]`. Heads that training never saw: numbers from 100,000 on,
three pictures each, all ten Monk tones alike. Pictures are rendered once and kept in the folder; then they go through
the whole pipeline (search, pose, fusion, network, description) on one thread of this process. What is said of them is kept
too, as long as models and code stay as they are: `--part 1/3`, in three processes, says it of a third each.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.face_networks import PlainNetworks
from benchmarks.stack import write_result
from facemodel import color
from facemodel.arrays import FloatArray, RgbImage
from facemodel.features import Features, RawTraits, describe, looked_at
from facemodel.features.tone import MONK_LIGHT
from facemodel.fusion import fuse
from facemodel.search import FaceSearch
from facemodel.topology import FaceTopology
from facemodel.view import View
from training.face.render import Studio
from training.face.traits_data import EXPRESSIONS, SHARD, Truth, prepare, stored

MODELS = Path("models")
FOLDER = Path("build/face_features")
FIRST = 100_000
"""Training draws the numbers below."""
WANTED = {**dict.fromkeys(EXPRESSIONS, 0.95), "glasses": 0.97, "hat": 0.97, "earrings": 0.90}
BANDS = {"light (1-3)": range(1, 4), "medium (4-7)": range(4, 8), "dark (8-10)": range(8, 11)}


@dataclass(frozen=True, slots=True)
class Said:
    """What is judged of a description."""

    traits: Mapping[str, bool | None]
    rgb: Sequence[int] | None
    """The skin, 0..255."""
    monk: int | None

    @classmethod
    def of(cls, features: Features) -> Said:
        everything = {**features.expressions, **features.accessories}
        rgb = None if features.skin.color is None else features.skin.color.rgb
        return cls({name: everything[name].present for name in WANTED}, rgb, features.skin.monk)


@dataclass(frozen=True, slots=True)
class Answer:
    """One head: what is true of it, and what was said; nothing where a face was not found."""

    truth: Truth
    said: Said | None


class PlainTraits:
    """`facemodel.features.TraitNetwork` by onnxruntime alone, on one thread."""

    def __init__(self, models: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        file = models / "face_traits" / "model.onnx"
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    async def traits(self, inputs: Mapping[str, FloatArray]) -> RawTraits:
        return RawTraits(*self._session.run(["worn", "shown", "at_ears"], dict(inputs)))


class Describer:
    """The whole way from photos to features."""

    def __init__(self, models: Path) -> None:
        self._topology = FaceTopology.load(models)
        self._search = FaceSearch(PlainNetworks(models), self._topology.mirror)
        self._traits = PlainTraits(models)

    async def describe(self, images: Sequence[RgbImage]) -> Features | None:
        """Features of the largest face of each photo; None where one has none."""
        found = await self._search.each(images)
        if not all(found):
            return None
        sizes = [(image.shape[1], image.shape[0]) for image in images]
        views = [View.of(faces[0], size, self._topology) for faces, size in zip(found, sizes, strict=True)]
        raw = await looked_at(self._traits, views, images)
        return describe(views, images, fuse(views, self._topology), raw)


def answers(describer: Describer, heads: Iterator[tuple[Truth, list[RgbImage]]]) -> Iterator[Answer]:
    """One for each head."""
    for truth, images in heads:
        told = asyncio.run(describer.describe(images))
        yield Answer(truth, None if told is None else Said.of(told))


def kept(folder: Path, first: int, describer: Describer) -> list[Answer]:
    """Answers for the heads of one file, from an earlier run where the same models and code gave them."""
    path = folder / f"answers-{_state()}" / f"{first:06d}.json"
    heads = range(first, first + SHARD)
    if path.exists():
        rows = json.loads(path.read_text(encoding="utf-8"))
        truths = (truth for truth, _ in stored(folder, heads))
        return [Answer(truth, row and Said(**row)) for truth, row in zip(truths, rows, strict=True)]
    made = list(answers(describer, stored(folder, heads)))
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([each.said and asdict(each.said) for each in made]), encoding="utf-8")
    return made


@cache
def _state() -> str:
    """Changes with whatever may change an answer."""
    digest = hashlib.sha256()
    for path in sorted([*Path("libs/facemodel").rglob("*.py"), *MODELS.glob("face_*/manifest.json")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def figures(all_answers: Sequence[Answer]) -> dict[str, Any]:
    """Everything that is told of them."""
    found = [(answer.truth, answer.said) for answer in all_answers if answer.said is not None]
    off: dict[int, list[float]] = {tone: [] for tone in range(1, 11)}
    for truth, said in found:
        if said.rgb is not None:
            off[truth.tone].append(_difference(truth, said.rgb))
    return {
        "heads": len(all_answers),
        "not_found": len(all_answers) - len(found),
        "traits": _yes_no(found),
        "skin": _skin(off),
        "skin_told": sum(map(len, off.values())) / len(found),
        "monk_within_one": float(
            np.mean([abs(said.monk - truth.tone) <= 1 for truth, said in found if said.monk])
        ),
    }


def _yes_no(found: Sequence[tuple[Truth, Said]]) -> dict[str, dict[str, float]]:
    """For each thing: of how many it was told, and how often rightly."""
    told: dict[str, dict[str, float]] = {}
    for name in WANTED:
        pairs = [(_known(truth, name), said.traits[name]) for truth, said in found]
        sure = [(known, present) for known, present in pairs if present is not None]
        told[name] = {
            "told": len(sure) / len(pairs),
            "right": _share(known == present for known, present in sure),
            "found": _share(present for known, present in sure if known),
            "false_alarms": _share(present for known, present in sure if not known),
        }
    return told


def _share(values: Iterable[bool]) -> float:
    """Of the values that are true; not a number where there are none."""
    every = list(values)
    return sum(every) / len(every) if every else float("nan")


def _skin(off: Mapping[int, Sequence[float]]) -> dict[str, Any]:
    by_band = {
        name: float(np.median(np.concatenate([off[tone] for tone in band]))) for name, band in BANDS.items()
    }
    by_tone = {str(tone): float(np.median(values)) for tone, values in off.items()}
    return {
        "median": float(np.median(np.concatenate(list(off.values())))),
        "p90": float(np.percentile(np.concatenate(list(off.values())), 90)),
        "by_band": by_band,
        "worst_band_to_best": max(by_band.values()) / min(by_band.values()),
        "by_tone": by_tone,
        "worst_tone_to_best": max(by_tone.values()) / min(by_tone.values()),
    }


def _known(truth: Truth, name: str) -> bool:
    if name in EXPRESSIONS:
        return truth.expressions[EXPRESSIONS.index(name)]
    return bool(getattr(truth, name))


def _difference(truth: Truth, rgb: Sequence[int]) -> float:
    told = color.light(np.array(rgb, np.uint8))
    return float(color.difference(color.lab(told), color.lab(MONK_LIGHT[truth.tone - 1])))


def table(found: Mapping[str, Any]) -> str:
    """The result as a page."""
    rows = "\n".join(
        f"| {name} | {each['told']:.1%} | {each['right']:.1%} | {WANTED[name]:.0%} | {each['found']:.1%} | {each['false_alarms']:.1%} |"
        for name, each in found["traits"].items()
    )
    skin = found["skin"]
    bands = " | ".join(f"{value:.1f}" for value in skin["by_band"].values())
    tones = " | ".join(f"{value:.1f}" for value in skin["by_tone"].values())
    return f"""# What is told of rendered heads

`python -m benchmarks.face_features` · {datetime.now(UTC):%Y-%m-%d} · {found["heads"]} heads, three pictures of 320 pixels each

Held-out heads of `training/face`: both sexes and all ages that the shape space has, ten Monk tones alike, each picture in a
light of its own. Right counts what was told; what could not be told is left out of it, and its share is the rest of
"told". In {found["not_found"]} of the heads a face was not found in all three pictures.

| | told | right | wanted | found where there | said where not |
|---|---|---|---|---|---|
{rows}

Skin: CIEDE2000 between what is told and the colour that the head was painted with; told for {found["skin_told"]:.1%}. Median
{skin["median"]:.2f} (wanted: 5), 90 % below {skin["p90"]:.1f}; within one step of the Monk scale: {found["monk_within_one"]:.1%}.

| {" | ".join(skin["by_band"])} | worst to best |
|{"---|" * (len(skin["by_band"]) + 1)}
| {bands} | {skin["worst_band_to_best"]:.2f} |

| {" | ".join(skin["by_tone"])} | worst to best |
|{"---|" * (len(skin["by_tone"]) + 1)}
| {tones} | {skin["worst_tone_to_best"]:.2f} |

Each head is a render: nothing here was measured on real people.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument(
        "--part", default="1/1", help="which of how many parts; more than one write no result"
    )
    arguments = parser.parse_args()
    part, parts = map(int, arguments.part.split("/"))
    numbers = range(FIRST, FIRST + arguments.count // SHARD * SHARD)
    prepare(arguments.folder, numbers, lambda: Studio(MODELS))
    describer = Describer(MODELS)
    mine = numbers[::SHARD][part - 1 :: parts]
    everything = [answer for first in mine for answer in kept(arguments.folder, first, describer)]
    if parts == 1:
        found = figures(everything)
        write_result("face_features", table(found), found)


if __name__ == "__main__":
    main()
