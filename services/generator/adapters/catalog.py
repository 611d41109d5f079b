"""Looks, resolved by the catalog service."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from atelier.catalog.v1 import catalog_pb2 as pb
from atelier.catalog.v1 import catalog_pb2_grpc
from atelierkit.errors import Code, FieldFault, RemoteError, Unavailable
from services.generator.adapters.neighbours import calling
from services.generator.domain.model import Look, Outfit, OutfitItem, Wardrobe
from services.generator.domain.ports import Looks


class CatalogLooks:
    """Asks the catalogue for defaults, geometry and colours."""

    def __init__(self, stub: catalog_pb2_grpc.CatalogServiceAsyncStub, timeout_s: float) -> None:
        self._stub = stub
        self._timeout_s = timeout_s

    async def resolve(self, look: Look, outfit: Outfit) -> Wardrobe:
        resolved = await self._resolved(look, outfit)
        return Wardrobe(
            look=Look(
                skin_id=resolved.skin_id,
                hairstyle_id=look.hairstyle_id,
                # Without hair the colour means nothing, and a recipe says nothing that has no meaning.
                hair_color=resolved.appearance.hair_color if look.hairstyle_id else "",
            ),
            outfit=_worn(outfit, resolved),
            appearance=resolved.appearance.SerializeToString(deterministic=True),
            garments=tuple(garment.SerializeToString(deterministic=True) for garment in resolved.garments),
        )

    async def _resolved(self, look: Look, outfit: Outfit) -> pb.ResolveLookResponse:
        request = pb.ResolveLookRequest(
            skin_id=look.skin_id,
            hairstyle_id=look.hairstyle_id,
            hair_color=look.hair_color,
            outfit=[
                pb.OutfitItem(garment_id=item.garment_id, size=item.size, color=item.color) for item in outfit
            ],
        )
        try:
            with calling("catalog", Code.INVALID_ARGUMENT):
                return await self._stub.ResolveLook(request, timeout=self._timeout_s)
        except RemoteError as error:
            raise _in_our_words(error) from error


class RememberedLooks:
    """Goes on with what the catalogue said last while it does not answer.

    An id never comes to mean another thing, so an old answer builds what a new one would. A garment that left the
    catalogue meanwhile can be worn until the catalogue is back.
    """

    def __init__(self, inner: Looks, kept: int = 1024) -> None:
        """``kept`` looks are remembered, those that were asked for last."""
        self._inner = inner
        self._kept = kept
        self._answers: OrderedDict[tuple[Look, Outfit], Wardrobe] = OrderedDict()

    async def resolve(self, look: Look, outfit: Outfit) -> Wardrobe:
        asked = (look, outfit)
        try:
            answer = await self._inner.resolve(look, outfit)
        except Unavailable:
            if asked not in self._answers:
                raise
            answer = self._answers[asked]
        self._answers[asked] = answer
        self._answers.move_to_end(asked)
        if len(self._answers) > self._kept:
            self._answers.popitem(last=False)
        return answer


def _worn(outfit: Outfit, resolved: pb.ResolveLookResponse) -> Outfit:
    """What was asked for, in the catalogue's order and with its colours; no garment is worn twice."""
    sizes = {item.garment_id: item.size for item in outfit}
    return tuple(
        OutfitItem(garment.garment_id, sizes[garment.garment_id], garment.color)
        for garment in resolved.garments
    )


def _in_our_words(error: RemoteError) -> RemoteError:
    """The catalogue's refusal with its fields named as in our own requests."""
    metadata = dict(error.metadata)
    if "field" in metadata:
        metadata["field"] = our_field(metadata["field"])
    return RemoteError(
        error.message,
        code=error.code,
        reason=error.reason,
        faults=list(_our_faults(error.faults)),
        retry_after_s=error.retry_after_s,
        metadata=metadata,
    )


def _our_faults(faults: Iterable[FieldFault]) -> Iterable[FieldFault]:
    return (FieldFault(our_field(fault.field), fault.code, fault.message, fault.limit) for fault in faults)


def our_field(field: str) -> str:
    """``outfit[1].size`` of ResolveLook is our ``outfit.items[1].size``; all else is part of the look."""
    if field.startswith("outfit"):
        return f"outfit.items{field.removeprefix('outfit')}"
    return f"look.{field}"
