"""CPU time of the stages inside the main way, in one process: the services' own objects, called one by one.

`python -m benchmarks.stages RECORDS COUNT WARM_UP` prints CPU ms by stage as JSON; `benchmarks.main_way` runs it with
the environment that the launcher gives to services.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from anthropometry.measurements import NAMES
from anthropometry.plausibility import check
from anthropometry.population import Population
from atelierkit.inference import LocalInference
from benchmarks.people import Person, sample
from services.catalog import convert as catalog_convert
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.domain.model import LookRequest, OutfitItem
from services.catalog.use_cases.looks import ResolveLook
from services.mesher import convert as mesher_convert
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.model import Appearance, FileOptions, Garment, Rig, Scene
from services.mesher.domain.outfit import Outfitter

MODELS = Path(__file__).resolve().parents[1] / "models"
OUTFITS = {"feminine": ("dress-ines",), "masculine": ("tshirt-sam", "trousers-milo")}
BODY_TYPE = {"feminine": 1.0, "masculine": -1.0}
KEPT_CUTS = 256
LATENT = 32

_Made = TypeVar("_Made")


class Stopwatch:
    """CPU seconds of this process, by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def __call__(self, stage: str, make: Callable[[], _Made]) -> _Made:
        """Run `make` and count its CPU time under that stage."""
        start = time.process_time()
        made = make()
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - start
        return made


async def cpu_ms(people: Sequence[Person], warm_up: int) -> dict[str, float]:
    """CPU ms a person by stage, after `warm_up` people who are not counted."""
    population = Population.load(MODELS)
    model, writer = BodyModel.load(MODELS), GlbWriter()
    outfitter = Outfitter(model, KEPT_CUTS)
    looks = {body_type: await _look(garments) for body_type, garments in OUTFITS.items()}
    async with LocalInference(MODELS) as network:
        watch = Stopwatch()
        for index, person in enumerate(people):
            if index == warm_up:
                watch = Stopwatch()
            await _make(person, watch, population, network, model, outfitter, writer, looks[person.body_type])
    counted = len(people) - warm_up
    return {stage: seconds * 1000 / counted for stage, seconds in watch.spent.items()}


async def _look(garments: Sequence[str]) -> tuple[Appearance, list[Garment]]:
    asked = LookRequest(
        skin_id="", hairstyle_id="bob", hair_color="", outfit=tuple(OutfitItem(id, "M") for id in garments)
    )
    settled = catalog_convert.look(await ResolveLook(lambda: MemoryUnitOfWork(released()))(asked))
    return mesher_convert.appearance(settled.appearance), [
        mesher_convert.garment(item) for item in settled.garments
    ]


async def _make(
    person: Person,
    watch: Stopwatch,
    population: Population,
    network: LocalInference,
    model: BodyModel,
    outfitter: Outfitter,
    writer: GlbWriter,
    look: tuple[Appearance, list[Garment]],
) -> None:
    known, body_type = person.measurements, person.body_type
    watch(
        "plausibility and estimate", lambda: (check(known, population), population.estimate(known, body_type))
    )
    inputs = {
        "measurements": np.array([[known[name] for name in NAMES]], np.float32),
        "body_type": np.array([[BODY_TYPE[body_type]]], np.float32),
        "z": np.zeros((1, LATENT), np.float32),
    }
    start = time.process_time()
    points = (await network.infer("body_generator", inputs))["points"][0]
    watch.spent["network"] = watch.spent.get("network", 0.0) + time.process_time() - start
    targets = np.array([known[name] for name in NAMES])
    correction = watch("fit and close the loop on the tape", lambda: model.solve(points, targets))
    body = watch("vertices", lambda: model.stand(correction.coefficients))
    parts = watch("dress", lambda: outfitter.dress(body, *look))
    rig = Rig(model.template.bones, model.template.parents.tolist(), body.heads)
    watch("write the GLB", lambda: writer.write(Scene(parts, rig, {}), FileOptions()))
    watch("receipt", lambda: model.measured(body, correction))


if __name__ == "__main__":
    records, count, uncounted = sys.argv[1:]
    print(json.dumps(asyncio.run(cpu_ms(sample(Path(records), int(count)), int(uncounted)))))
