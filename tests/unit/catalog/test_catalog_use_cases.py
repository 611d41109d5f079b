"""The verbs over the twin in memory."""

from __future__ import annotations

import pytest

from atelierkit.errors import NotFound
from services.catalog.adapters.memory import MemoryUnitOfWork
from services.catalog.adapters.seed import released
from services.catalog.domain.errors import UnknownCatalogItem
from services.catalog.domain.model import Category, Garment, GarmentPage, LookRequest, OutfitItem
from services.catalog.use_cases.looks import GetGarment, ListGarments, ListHairstyles, ListSkins, ResolveLook

SEED = released()


def units() -> MemoryUnitOfWork:
    return MemoryUnitOfWork(SEED)


async def test_everything_is_listed_in_the_catalogues_order() -> None:
    assert await ListGarments(units)(None, 100, "") == GarmentPage(SEED.garments, next="")
    assert await ListHairstyles(units)() == SEED.hairstyles
    assert await ListSkins(units)() == SEED.skins


@pytest.mark.parametrize("category", Category)
async def test_a_category_lists_its_own_garments_in_the_same_order(category) -> None:
    expected = tuple(garment for garment in SEED.garments if garment.category is category)
    assert expected
    assert await ListGarments(units)(category, 100, "") == GarmentPage(expected, next="")


@pytest.mark.parametrize("limit", [1, 2, 4, len(SEED.garments)])
async def test_pages_put_together_are_the_whole_list(limit) -> None:
    listed: tuple[Garment, ...] = ()
    after = ""
    while not listed or after:
        page = await ListGarments(units)(None, limit, after)
        assert 0 < len(page.garments) <= limit
        listed, after = (*listed, *page.garments), page.next
    assert listed == SEED.garments


async def test_a_garment_is_found_by_its_id() -> None:
    assert (await GetGarment(units)("skirt-romy")).id == "skirt-romy"


async def test_an_unknown_garment_is_not_found() -> None:
    with pytest.raises(NotFound):
        await GetGarment(units)("kilt")


async def test_a_look_is_put_together_from_the_records() -> None:
    look = await ResolveLook(units)(LookRequest("tone-02", "bob", "", (OutfitItem("tshirt-lea", "S"),)))
    assert look.skin.color == "#eccbb2"
    assert look.hair_color == SEED.hairstyles[1].colors[0].color
    assert [worn.garment.id for worn in look.outfit] == ["tshirt-lea"]


async def test_a_look_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownCatalogItem):
        await ResolveLook(units)(LookRequest(skin_id="tone-99"))
