"""What tests of generations share: every verb of them on one factory."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from services.generator.bootstrap import generation_verbs
from services.generator.domain.generations import Generation, GenerationOrder, Sketch
from services.generator.domain.model import BodySpec, BodyType
from tests.unit.generator.doubles import Signatures
from tests.unit.generator.factory import Factory
from tests.unit.generator.world import ANN

TYPICAL = BodySpec({}, BodyType.NEUTRAL)


class Studio:
    """The verbs of generations, on one factory."""

    def __init__(self, factory: Factory) -> None:
        self.factory, self.world = factory, factory.world
        verbs = generation_verbs(self.world.tools)
        self.create, self.get, self.list = verbs.create, verbs.get, verbs.list
        self.delete, self.sums = verbs.delete, verbs.sums

    async def order(self, *pose_ids: str, photo: str = "ahead", **over: Any) -> GenerationOrder:
        sketch = {name: over.pop(name) for name in ("quality", "style", "background") if name in over}
        sketches = tuple(Sketch(pose_id, **sketch) for pose_id in pose_ids or ("contrapposto",))
        asked = {"body": TYPICAL, "consent_version": Signatures.VERSION}
        return GenerationOrder(await self.world.photo(photo), sketches, **{**asked, **over})

    async def accepted(
        self, *pose_ids: str, owner: str = ANN, request: UUID | None = None, **over: Any
    ) -> list[Generation]:
        self.world.clock.advance(seconds=1)
        order = await self.order(*pose_ids, **over)
        return [each for each, _ in await self.create(owner, order, request or uuid4())]

    async def one(self, *pose_ids: str, **over: Any) -> Generation:
        [accepted] = await self.accepted(*pose_ids, **over)
        return accepted

    async def now(self, generation: Generation, owner: str = ANN) -> Generation:
        return (await self.get(owner, generation.id))[0]

    async def told(self, generation: Generation) -> str:
        """What the picture was drawn from, as the clay mesher writes it."""
        picture = (await self.now(generation)).picture
        assert picture is not None
        return (await self.world.store.get(picture)).decode()

    @property
    def keys(self) -> list[str]:
        return self.world.blobs.keys
