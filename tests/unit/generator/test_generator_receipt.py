"""The receipt's arithmetic, and its way through the records' documents."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from anthropometry.measurements import MEASUREMENTS, NAMES
from services.generator.adapters.documents import receipt_document, receipt_of, recipe_document, recipe_of
from services.generator.domain.model import (
    Build,
    Interval,
    Look,
    Quantities,
    Reading,
    Source,
    StoredFile,
    Target,
    Weight,
)
from services.generator.domain.receipts import receipt
from tests.unit.generator.world import POPULATION, WOMAN

TARGETS = tuple(Target(name, 500.0, Source.ASKED, Interval(500.0, 500.0)) for name in NAMES)
WEIGHT = Weight(None, 70.5, Interval(60.25, 82.0))
GLB = StoredFile("meshes/" + "0" * 64, "0" * 64, "model/gltf-binary", 7)


def build(**errors_mm: float) -> Build:
    readings = tuple(Reading(name, 500.0 + errors_mm.get(name, 0.0), (), True) for name in NAMES)
    return Build(GLB, readings, Quantities(71.5, 1.875), vertex_count=3, face_count=1)


@pytest.mark.parametrize("measurement", MEASUREMENTS, ids=NAMES)
@pytest.mark.parametrize("sign", [-1, 1])
def test_each_measurement_has_its_own_limit(measurement, sign) -> None:
    limit = sign * measurement.iso_20685_limit_mm
    assert receipt(TARGETS, build(**{measurement.name: limit}), WEIGHT).within_iso20685
    assert not receipt(TARGETS, build(**{measurement.name: limit * 1.001}), WEIGHT).within_iso20685


def test_errors_are_delivered_minus_target() -> None:
    lines = receipt(TARGETS, build(hip_girth=-1.5), WEIGHT).lines
    assert [line.error_mm for line in lines] == [-1.5 if name == "hip_girth" else 0.0 for name in NAMES]


def test_a_receipt_knows_what_the_body_was_made_for() -> None:
    targets = (*TARGETS[:-1], Target("back_length", 410.25, Source.ESTIMATED, Interval(380.5, 440.125)))
    assert receipt(targets, build(), WEIGHT).targets == targets


@pytest.mark.parametrize("order", [NAMES[:14], (*NAMES[1:], NAMES[0])])
def test_readings_in_another_order_are_a_broken_contract(order) -> None:
    by_name = {reading.name: reading for reading in build().readings}
    wrong = replace(build(), readings=tuple(by_name[name] for name in order))
    with pytest.raises(ValueError, match="in their order"):
        receipt(TARGETS, wrong, WEIGHT)
    with pytest.raises(ValueError, match="in their order"):
        receipt(TARGETS[::-1], build(), WEIGHT)


def test_readings_beside_the_15_follow_them_with_rounded_tapes() -> None:
    beside = Reading("natural_waist_girth", 700.0, ((0.123456789, 1.0, -0.000004),), False)
    made = receipt(TARGETS, replace(build(), readings=(*build().readings, beside)), WEIGHT)
    assert made.beside == (replace(beside, tape=((0.12346, 1.0, 0.0),)),)


async def test_documents_keep_everything_exactly(world) -> None:
    spec = replace(WOMAN, seed=2**32 - 1, weight_kg=61.3, age=41.7)
    for avatar in (await world.avatar(look=Look("tone-09", "bob")), await world.avatar(spec=spec, outfit=())):
        assert recipe_of(json.loads(json.dumps(recipe_document(avatar.recipe)))) == avatar.recipe
        assert receipt_of(json.loads(json.dumps(receipt_document(avatar.receipt)))) == avatar.receipt


async def test_a_receipt_from_before_there_were_quantities_can_be_read(world) -> None:
    avatar = await world.avatar()
    document = receipt_document(avatar.receipt)
    del document["quantities"], document["weight"]
    old = replace(avatar.receipt, quantities=None, weight=None)
    assert receipt_of(document) == old
    assert receipt_of(receipt_document(old)) == old


async def test_the_weight_is_that_of_people_with_the_delivered_15(world) -> None:
    spec = replace(WOMAN, weight_kg=120.0, age=44.0)
    world.mesher.error_mm = {"waist_girth": 30.0}
    made = (await world.avatar(spec=spec)).receipt
    delivered = [line.reading.delivered_mm for line in made.lines]
    median, low, high = POPULATION.weight(delivered, "feminine", 44.0)
    assert made.weight == Weight(120.0, median, Interval(low, high))
    lighter, _, _ = POPULATION.weight([target.value_mm for target in made.targets], "feminine", 44.0)
    assert median > lighter
