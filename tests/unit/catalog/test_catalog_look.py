"""What goes together, and what is refused under which field."""

from __future__ import annotations

import pytest

from services.catalog.adapters.seed import released
from services.catalog.domain.errors import ConflictingGarments, UnavailableVariant, UnknownCatalogItem
from services.catalog.domain.look import default_skin, resolve
from services.catalog.domain.model import BodyPart, Category, HairPattern, Look, LookRequest, OutfitItem

SEED = released()
GARMENTS = {garment.id: garment for garment in SEED.garments}

TSHIRT = OutfitItem("tshirt-sam", "M")
SWEATER = OutfitItem("sweater-noa", "L")
SKIRT = OutfitItem("skirt-alba", "S")
TROUSERS = OutfitItem("trousers-vera", "XL")
DRESS = OutfitItem("dress-ines", "M")


def resolved(**asked: object) -> Look:
    return resolve(LookRequest(**asked), SEED.skins, SEED.hairstyles, GARMENTS)  # type: ignore[arg-type]


def worn_ids(look: Look) -> list[str]:
    return [worn.garment.id for worn in look.outfit]


def test_nothing_asked_for_is_the_middle_skin_bare() -> None:
    look = resolved()
    assert look == Look(default_skin(SEED.skins), HairPattern.NONE, "#c68f6b", ())
    assert SEED.skins.index(default_skin(SEED.skins)) == 4


@pytest.mark.parametrize("skin", SEED.skins, ids=lambda skin: skin.id)
def test_every_skin_can_be_chosen(skin) -> None:
    assert resolved(skin_id=skin.id).skin == skin


@pytest.mark.parametrize("hairstyle", SEED.hairstyles, ids=lambda hairstyle: hairstyle.id)
def test_hair_takes_its_first_colour_or_any_that_is_asked_for(hairstyle) -> None:
    plain = resolved(hairstyle_id=hairstyle.id)
    dyed = resolved(hairstyle_id=hairstyle.id, hair_color="#00ff7f")
    assert (plain.hair, plain.hair_color) == (hairstyle.pattern, hairstyle.colors[0].color)
    assert (dyed.hair, dyed.hair_color) == (hairstyle.pattern, "#00ff7f")


def test_a_bare_scalp_has_the_colour_of_the_skin_whatever_was_asked_for() -> None:
    look = resolved(skin_id="tone-09", hair_color="#00ff7f")
    assert (look.hair, look.hair_color) == (HairPattern.NONE, "#533222")


def test_a_garment_comes_with_the_size_and_colour_asked_for() -> None:
    garment = GARMENTS["dress-ines"]
    (worn,) = resolved(outfit=(OutfitItem("dress-ines", "L", garment.colors[2].color),)).outfit
    assert worn.garment == garment
    assert worn.size == garment.sizes[2]
    assert worn.color == garment.colors[2].color


def test_without_a_colour_it_comes_in_its_first() -> None:
    (worn,) = resolved(outfit=(DRESS,)).outfit
    assert worn.color == GARMENTS["dress-ines"].colors[0].color


@pytest.mark.parametrize("outfit", [(SWEATER, TROUSERS), (TROUSERS, SWEATER)])
def test_garments_go_from_the_skin_outwards_in_whatever_order_they_were_named(outfit) -> None:
    assert worn_ids(resolved(outfit=outfit)) == ["trousers-vera", "sweater-noa"]


def test_every_unknown_name_is_told_under_its_own_field() -> None:
    with pytest.raises(UnknownCatalogItem) as refused:
        resolved(skin_id="tone-11", hairstyle_id="mohawk", outfit=(TSHIRT, OutfitItem("kilt", "M")))
    assert [fault.field for fault in refused.value.faults] == [
        "skin_id",
        "hairstyle_id",
        "outfit[1].garment_id",
    ]
    assert {fault.code for fault in refused.value.faults} == {"catalog.unknown"}
    assert refused.value.metadata == {"field": "skin_id", "value": "tone-11"}


def test_a_size_or_colour_not_offered_is_told_with_those_that_are() -> None:
    with pytest.raises(UnavailableVariant) as refused:
        resolved(outfit=(OutfitItem("skirt-alba", "XXL"), OutfitItem("tshirt-sam", "M", "#123456")))
    size, color = refused.value.faults
    assert (size.field, size.limit) == ("outfit[0].size", "S, M, L, XL")
    offered = ", ".join(option.color for option in GARMENTS["tshirt-sam"].colors)
    assert (color.field, color.limit) == ("outfit[1].color", offered)


@pytest.mark.parametrize(
    ("outfit", "faults"),
    [
        ((DRESS, SKIRT), [("outfit[1].garment_id", "covers the legs, as outfit[0] does")]),
        ((TSHIRT, DRESS), [("outfit[1].garment_id", "covers the torso, as outfit[0] does")]),
        ((TSHIRT, SKIRT, SWEATER), [("outfit[2].garment_id", "covers the torso, as outfit[0] does")]),
        ((DRESS, DRESS), [("outfit[1].garment_id", "covers the legs and the torso, as outfit[0] does")]),
        (
            (SKIRT, TSHIRT, DRESS),
            [
                ("outfit[2].garment_id", "covers the legs, as outfit[0] does"),
                ("outfit[2].garment_id", "covers the torso, as outfit[1] does"),
            ],
        ),
    ],
)
def test_two_garments_for_one_part_of_the_body_conflict(outfit, faults) -> None:
    with pytest.raises(ConflictingGarments) as refused:
        resolved(outfit=outfit)
    assert [(fault.field, fault.message) for fault in refused.value.faults] == faults


def test_a_dress_covers_all_that_tops_and_bottoms_cover_between_them() -> None:
    covers = {category: category.covers for category in Category}
    assert covers.pop(Category.DRESS) == {BodyPart.TORSO, BodyPart.LEGS}
    assert {category for category, parts in covers.items() if parts == {BodyPart.TORSO}} == {
        Category.SWEATER,
        Category.TSHIRT,
    }
    assert {category for category, parts in covers.items() if parts == {BodyPart.LEGS}} == {
        Category.SKIRT,
        Category.TROUSERS,
    }
