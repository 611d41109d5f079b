"""Plain hair and clothes, chosen from what the catalog service has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.catalog.v1 import catalog_pb2_grpc
from atelier.common.v1 import outfit_pb2
from facemodel import color as colors
from facemodel.arrays import FloatArray
from services.generator.adapters.neighbours import calling
from services.generator.domain.model import BodyType, Look, Outfit, OutfitItem, Targets

_PATTERNS: Mapping[BodyType, outfit_pb2.HairPattern.ValueType] = {
    BodyType.FEMININE: outfit_pb2.HAIR_PATTERN_LONG,
    BodyType.MASCULINE: outfit_pb2.HAIR_PATTERN_CROP,
    BodyType.NEUTRAL: outfit_pb2.HAIR_PATTERN_BOB,
}
"""The usual hair of a body type."""
_WORN = (pb.CATEGORY_TSHIRT, pb.CATEGORY_TROUSERS)


class CatalogPlainLooks:
    """Takes the catalogue's first of a kind: what stands first is what it shows to everybody."""

    def __init__(self, stub: catalog_pb2_grpc.CatalogServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def hair(self, body_type: BodyType) -> Look:
        with calling("catalog"):
            answer = await self._stub.ListHairstyles(pb.ListHairstylesRequest(), timeout=self._timeout_s)
        wanted = _PATTERNS[body_type]
        found = [style for style in answer.hairstyles if style.pattern == wanted]
        return Look(hairstyle_id=found[0].id, hair_color=found[0].colors[0].color) if found else Look()

    async def clothes(self, body: Targets, color: str) -> Outfit:
        top, trousers = [await self._first(category) for category in _WORN]
        worn = [(top, _nearest(top, color)), (trousers, trousers.colors[0].color)]
        return tuple(OutfitItem(garment.id, _fitting(garment, body), dyed) for garment, dyed in worn)

    async def _first(self, category: pb.Category.ValueType) -> pb.Garment:
        request = pb.ListGarmentsRequest(category=category, page_size=1)
        with calling("catalog"):
            answer = await self._stub.ListGarments(request, timeout=self._timeout_s)
        return answer.garments[0]


def _nearest(garment: pb.Garment, color: str) -> str:
    """Of its colours the one that looks most like that; its first where none is named."""
    offered = [option.color for option in garment.colors]
    if not color:
        return offered[0]
    apart = colors.difference(_lab(offered), _lab([color]))
    return offered[int(np.argmin(apart))]


def _lab(codes: Sequence[str]) -> FloatArray:
    """(n, 3) CIELAB of ``#rrggbb``."""
    return colors.lab(colors.light(np.array([list(bytes.fromhex(code[1:])) for code in codes], np.uint8)))


def _fitting(garment: pb.Garment, body: Targets) -> str:
    """The size whose room around the body is nearest to what its cut intends, over all zones that it has."""
    around = {target.name: target.value_mm for target in body}

    def misfit_mm(size: pb.SizeOption) -> float:
        room_mm = {
            ease.zone: float(getattr(size.girths, f"{ease.zone}_mm")) - around[f"{ease.zone}_girth"]
            for ease in garment.ease
        }
        return sum(abs(room_mm[ease.zone] - ease.ideal_mm) for ease in garment.ease)

    return min(garment.sizes, key=misfit_mm).label
