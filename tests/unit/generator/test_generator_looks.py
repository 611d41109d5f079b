"""What the generator does while the catalogue is away."""

from __future__ import annotations

import pytest

from atelierkit.errors import RemoteError, Unavailable
from services.generator.adapters.catalog import RememberedLooks
from services.generator.domain.model import Look, Outfit, OutfitItem, Wardrobe
from tests.unit.generator.world import DRESS, TROUSERS, Shop

DARK = Look("tone-09", "bob")


class Street(Shop):
    """The shop, which can close."""

    open = True

    async def resolve(self, look: Look, outfit: Outfit) -> Wardrobe:
        if not self.open:
            raise Unavailable("the catalog does not answer")
        return await super().resolve(look, outfit)


async def test_a_look_that_was_resolved_is_known_while_the_catalogue_is_away() -> None:
    shop = Street()
    looks = RememberedLooks(shop)
    answer = await looks.resolve(DARK, DRESS)
    shop.open = False
    assert await looks.resolve(DARK, DRESS) == answer
    for look, outfit in ((DARK, TROUSERS), (Look(), DRESS)):
        with pytest.raises(Unavailable):
            await looks.resolve(look, outfit)


async def test_a_catalogue_that_answers_is_believed() -> None:
    shop = Street()
    looks = RememberedLooks(shop)
    await looks.resolve(DARK, DRESS)
    del shop.colors["dress-ines"]
    with pytest.raises(RemoteError):
        await looks.resolve(DARK, DRESS)


async def test_only_the_last_ones_are_remembered() -> None:
    shop = Street()
    looks = RememberedLooks(shop, kept=2)
    for outfit in ((), DRESS, (), TROUSERS):
        await looks.resolve(DARK, outfit)
    shop.open = False
    assert (await looks.resolve(DARK, ())).outfit == ()
    assert (await looks.resolve(DARK, TROUSERS)).outfit == (OutfitItem("trousers-milo", "L", "#112233"),)
    with pytest.raises(Unavailable):
        await looks.resolve(DARK, DRESS)
