"""The inference server of a run: it can be away, and come back at the same address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from atelierkit.testing.triton import Counts, FakeTriton, released
from deploy.local.platform import ROOT
from deploy.local.topology import LOOPBACK, free_ports

MODEL = "body_generator"


class InferenceServer:
    """The released network behind Triton's protocol; `fake` has the knobs."""

    def __init__(self) -> None:
        self.fake = FakeTriton({MODEL: released(ROOT / "models", MODEL)})
        self.address = f"{LOOPBACK}:{free_ports(1)[0]}"
        self._stack = AsyncExitStack()

    async def start(self, *, seed: int = 0) -> None:
        """Serve, with every knob as it was made; the seed decides which inferences fail."""
        self.fake.seed = seed
        self.fake.service_s, self.fake.error_ratio, self.fake.ready = 0.0, 0.0, True
        self.fake.counts = Counts()
        await self._stack.enter_async_context(self.fake.serving(int(self.address.rpartition(":")[2])))

    async def restart(self, *, seed: int) -> None:
        """As at first, whatever the run before has left."""
        await self.stop()
        await self.start(seed=seed)

    async def stop(self) -> None:
        """Be away: connections end, and new ones are refused. Nothing happens where it is away already."""
        await self._stack.aclose()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[InferenceServer]:
        """Serve while the block runs."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()
