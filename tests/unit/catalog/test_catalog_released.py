"""The released data: whole, derived as the README says, and never changed under an id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from itertools import pairwise

import pytest

from services.catalog.adapters.seed import released
from services.catalog.domain.model import Category, Garment, HairPattern, Pattern, Zone

SEED = released()
BY_ID = {garment.id: garment for garment in SEED.garments}

# Girths of the body that a size is drawn for, in millimetres: chest, waist, hip, upper arm, thigh (README).
WOMEN = {
    "S": (860, 755, 945, 275, 560),
    "M": (940, 855, 1015, 305, 610),
    "L": (1020, 950, 1090, 335, 665),
    "XL": (1130, 1085, 1185, 375, 740),
}
MEN = {
    "S": (900, 735, 880, 295, 520),
    "M": (980, 840, 950, 325, 575),
    "L": (1060, 940, 1020, 360, 625),
    "XL": (1140, 1045, 1090, 390, 680),
}
UNISEX = {
    "S": (880, 745, 910, 285, 540),
    "M": (960, 845, 985, 315, 590),
    "L": (1040, 945, 1055, 345, 645),
    "XL": (1135, 1065, 1140, 380, 710),
}
DRAWN_FOR = {
    "dress-ines": WOMEN,
    "dress-maud": WOMEN,
    "skirt-alba": WOMEN,
    "skirt-romy": WOMEN,
    "sweater-noa": UNISEX,
    "tshirt-sam": UNISEX,
    "tshirt-lea": WOMEN,
    "trousers-milo": MEN,
    "trousers-vera": WOMEN,
}

FINGERPRINTS = {
    "dress-ines": "a02f518d7d8d23e5",
    "dress-maud": "aaef66a10b61fe97",
    "skirt-alba": "bbff13beecabf6f5",
    "skirt-romy": "d14165a4394f85bb",
    "sweater-noa": "2e5cfbb0646134b1",
    "tshirt-sam": "9956707761067a86",
    "tshirt-lea": "50094a2791cd3d15",
    "trousers-milo": "2bf563118ed4eb34",
    "trousers-vera": "8622c8779f5b47d8",
}


def fingerprint(garment: Garment) -> str:
    """Of everything that a mesh built from the garment depends on."""
    made_of = {
        "cut": asdict(garment.cut),
        "sizes": [asdict(size) for size in garment.sizes],
        "licence": garment.licence,
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]


def test_what_stands_behind_a_released_id_never_changes() -> None:
    # A recipe rebuilds the same bytes for ever: a changed cut or chart gets a new id, and a line of its own here.
    assert {garment.id: fingerprint(garment) for garment in SEED.garments} == FINGERPRINTS


def test_every_category_is_on_offer() -> None:
    assert {garment.category for garment in SEED.garments} == set(Category)


def test_ids_are_unique() -> None:
    for records in (SEED.garments, SEED.hairstyles, SEED.skins):
        ids = [record.id for record in records]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("garment", SEED.garments, ids=lambda garment: garment.id)
def test_a_garment_is_whole(garment) -> None:
    assert [size.label for size in garment.sizes] == ["S", "M", "L", "XL"]
    assert 4 <= len({color.color for color in garment.colors}) == len(garment.colors) <= 6
    assert all(name.en and name.fr for name in (garment.name, *(color.name for color in garment.colors)))
    assert (
        garment.cut.pattern
        is {
            Category.DRESS: Pattern.DRESS,
            Category.SKIRT: Pattern.SKIRT,
            Category.SWEATER: Pattern.TOP,
            Category.TSHIRT: Pattern.TOP,
            Category.TROUSERS: Pattern.TROUSERS,
        }[garment.category]
    )


@pytest.mark.parametrize("garment", SEED.garments, ids=lambda garment: garment.id)
def test_a_chart_is_the_body_that_each_size_is_drawn_for_plus_the_ease_of_the_cut(garment) -> None:
    zones = {ease.zone: ease.ideal_mm for ease in garment.ease}
    for size in garment.sizes:
        body = dict(zip(Zone, DRAWN_FOR[garment.id][size.label], strict=True))
        girths = {zone: getattr(size.girths, f"{zone}_mm") for zone in Zone}
        assert girths == {zone: body[zone] + zones[zone] if zone in zones else None for zone in Zone}


@pytest.mark.parametrize("garment", SEED.garments, ids=lambda garment: garment.id)
def test_each_size_is_larger_than_the_one_before_wherever_it_has_a_girth(garment) -> None:
    for smaller, larger in pairwise(garment.sizes):
        steps = [
            (getattr(smaller.girths, f"{ease.zone}_mm"), getattr(larger.girths, f"{ease.zone}_mm"))
            for ease in garment.ease
        ]
        assert all(before < after for before, after in steps)


@pytest.mark.parametrize("garment", SEED.garments, ids=lambda garment: garment.id)
def test_ease_ranges_leave_room_on_both_sides(garment) -> None:
    assert all(ease.least_mm < ease.ideal_mm < ease.most_mm for ease in garment.ease)


def test_hairstyles_are_whole() -> None:
    assert [hairstyle.id for hairstyle in SEED.hairstyles] == ["crop", "bob", "long"]
    assert {hairstyle.pattern for hairstyle in SEED.hairstyles} == set(HairPattern) - {HairPattern.NONE}
    for hairstyle in SEED.hairstyles:
        assert 6 <= len({color.color for color in hairstyle.colors}) == len(hairstyle.colors) <= 8
        assert all(color.name.en and color.name.fr for color in hairstyle.colors)


def test_skins_are_the_ten_tones_lightest_first() -> None:
    assert [skin.id for skin in SEED.skins] == [f"tone-{number:02}" for number in range(1, 11)]
    lightness = [luminance(skin.color) for skin in SEED.skins]
    # The scale's second and third tone differ in hue rather than in lightness.
    assert lightness[0] > max(lightness[1:3])
    assert all(before > after for before, after in pairwise([min(lightness[1:3]), *lightness[3:]]))


def luminance(color: str) -> float:
    """Relative luminance of an sRGB colour (IEC 61966-2-1), 0 to 1."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
