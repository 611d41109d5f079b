"""Messages of bodies and garments as try-on understands them."""

from __future__ import annotations

import math

import protovalidate
import pytest

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import body_pb2, outfit_pb2
from services.tryon import convert
from services.tryon.domain.model import EaseRange, Garment, Size, Zone


def test_a_body_brings_the_girths_that_garments_have() -> None:
    message = body_pb2.Measurements(
        stature_mm=1700,
        neck_girth_mm=350,
        chest_girth_mm=950,
        waist_girth_mm=850,
        hip_girth_mm=1000,
        upper_arm_girth_mm=300,
        thigh_girth_mm=600,
        knee_girth_mm=400,
    )
    assert convert.body(message) == {
        Zone.CHEST: 950,
        Zone.WAIST: 850,
        Zone.HIP: 1000,
        Zone.UPPER_ARM: 300,
        Zone.THIGH: 600,
    }
    assert convert.body(body_pb2.Measurements()) == {}


def test_a_garment_brings_its_chart_and_its_ease() -> None:
    girths = outfit_pb2.GarmentGirths(chest_mm=1, waist_mm=2, hip_mm=3, upper_arm_mm=4, thigh_mm=5)
    message = catalog_pb2.Garment(
        sizes=[
            catalog_pb2.SizeOption(label="S", girths=girths),
            catalog_pb2.SizeOption(label="M", girths=outfit_pb2.GarmentGirths(hip_mm=6)),
        ],
        ease=[catalog_pb2.EaseRange(zone="upper_arm", least_mm=-5, ideal_mm=10, most_mm=40)],
    )
    every = {Zone.CHEST: 1.0, Zone.WAIST: 2.0, Zone.HIP: 3.0, Zone.UPPER_ARM: 4.0, Zone.THIGH: 5.0}
    assert convert.garment(message) == Garment(
        sizes=(Size("S", every), Size("M", {Zone.HIP: 6.0})), ease={Zone.UPPER_ARM: EaseRange(-5, 10, 40)}
    )


@pytest.mark.parametrize(
    ("least", "ideal", "most"),
    [
        (0, 0, 50),
        (0, 50, 50),
        (50, 20, 80),
        (0, 0.5, 50),
        (math.nan, 20, 50),
        (0, math.nan, 50),
        (0, 20, math.nan),
        (-math.inf, 20, 50),
        (0, 20, math.inf),
        (0, 20, 3001),
        (-3001, 20, 50),
    ],
)
def test_the_schema_refuses_an_ease_range_that_cannot_be_judged_by(least, ideal, most) -> None:
    good = catalog_pb2.EaseRange(zone="waist", least_mm=0, ideal_mm=20, most_mm=50)
    bad = catalog_pb2.EaseRange(zone="hip", least_mm=least, ideal_mm=ideal, most_mm=most)
    protovalidate.validate(catalog_pb2.Garment(ease=[good]))
    with pytest.raises(protovalidate.ValidationError, match=r"ease\[1\]|in that order"):
        protovalidate.validate(catalog_pb2.Garment(ease=[good, bad]))


@pytest.mark.parametrize("zones", [["waist", "waist"], ["waist", "knee"], ["hip", ""]])
def test_the_schema_refuses_a_zone_that_is_unknown_or_comes_twice(zones) -> None:
    ease = [catalog_pb2.EaseRange(zone=zone, least_mm=0, ideal_mm=20, most_mm=50) for zone in zones]
    with pytest.raises(protovalidate.ValidationError):
        protovalidate.validate(catalog_pb2.Garment(ease=ease))
