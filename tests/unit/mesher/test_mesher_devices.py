"""Which device draws, on the EGL of this machine, and that a driver's settings change no picture."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import REGISTRY
from pydantic import ValidationError

from atelierkit.admission import Limits
from atelierkit.workshop import Workshop, workshop
from benchmarks.drawer import DrawerFailed, Drawn, draw_elsewhere
from benchmarks.likeness import likeness
from services.mesher import bootstrap
from services.mesher.adapters.drawing.context import first_opened, open_context
from services.mesher.adapters.drawing.devices import AUTO, CARD, PROCESSOR, Device, devices, wanted
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.model import Scene
from services.mesher.domain.stage import Backdrop, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.views import Camera
from services.mesher.settings import MesherSettings

TWO_CARDS = [
    Device(0, is_card=True, files=("/dev/dri/card0", "/dev/dri/renderD128")),
    Device(1, is_card=True, files=("/dev/dri/card1", "/dev/dri/renderD129")),
    Device(2, is_card=False),
]


@pytest.fixture(scope="module")
def there() -> list[Device]:
    """What EGL tells of on this machine: Mesa's own device at the least."""
    try:
        return devices()
    except DrawingUnavailable as error:
        pytest.skip(f"nothing draws here: {error.metadata['why']}")


@pytest.fixture
def drawings() -> Iterator[Workshop]:
    with workshop("drawings", Limits(places=1, longest_wait_s=60.0)) as opened:
        yield opened


def test_mesas_own_device_is_no_card(there: list[Device]) -> None:
    assert [device.number for device in there] == list(range(len(there)))
    (processor,) = (device for device in there if not device.is_card)
    assert str(processor) == PROCESSOR
    context, opened = open_context(PROCESSOR)
    assert opened == processor
    assert "llvmpipe" in context.info["GL_RENDERER"]
    context.release()


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [(AUTO, [0, 1, 2]), (CARD, [0]), (PROCESSOR, [2]), ("/dev/dri/card1", [1]), ("/dev/dri/renderD128", [0])],
)
def test_the_choice_says_what_is_tried_and_in_which_order(choice: str, numbers: list[int]) -> None:
    assert [device.number for device in wanted(TWO_CARDS, choice)] == numbers


@pytest.mark.parametrize("choice", [CARD, "/dev/dri/card1"])
def test_what_is_not_there_is_named_beside_what_is(choice: str) -> None:
    with pytest.raises(DrawingUnavailable) as refused:
        wanted(TWO_CARDS[2:], choice)
    assert (
        refused.value.metadata["why"] == f"there is no device '{choice}' to draw with; EGL tells of processor"
    )


def test_a_card_that_does_not_work_gives_way(there: list[Device]) -> None:
    (processor,) = (device for device in there if not device.is_card)
    broken = Device(99, is_card=True, files=("/dev/dri/card9",))
    context, opened = first_opened([broken, processor])
    assert opened == processor
    context.release()
    with pytest.raises(DrawingUnavailable) as refused:
        first_opened([broken])
    assert refused.value.metadata["why"].startswith("/dev/dri/card9: ")


@pytest.mark.parametrize("device", [PROCESSOR, AUTO])
async def test_what_draws_is_told(there: list[Device], drawings: Workshop, device: str) -> None:
    await bootstrap.ready_easel(drawings, device)
    assert REGISTRY.get_sample_value("atelier_mesher_drawing_available") == 1.0
    on_card = REGISTRY.get_sample_value("atelier_mesher_drawing_on_card")
    assert on_card == float(device == AUTO and there[0].is_card)


async def test_a_named_device_that_is_absent_ends_the_start(there: list[Device], drawings: Workshop) -> None:
    with pytest.raises(OSError, match=r"ATELIER_MESHER_DRAWING_DEVICE is /dev/dri/card77, .* EGL tells of"):
        await bootstrap.ready_easel(drawings, "/dev/dri/card77")
    assert REGISTRY.get_sample_value("atelier_mesher_drawing_available") == 0.0


@pytest.mark.parametrize("device", ["gpu", "/dev/dri/../mem", ""])
def test_other_words_are_no_device(device: str) -> None:
    with pytest.raises(ValidationError, match="drawing_device"):
        MesherSettings(auth_addr="127.0.0.1:1", drawing_device=device)


def test_what_a_driver_does_otherwise_shows_in_no_picture(
    there: list[Device], person: Scene, tmp_path: Path
) -> None:
    """128 bits are those of processors without AVX; pictures filtered in floats are what a card does.

    All share a cache of shaders, as in a home folder.
    """
    stages = [staged(person, Camera.PORTRAIT, Style.REALISTIC, 128, Backdrop())]
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    def drawn(name: str, value: str) -> Drawn:
        folder = tmp_path / value
        folder.mkdir()
        return draw_elsewhere(stages, folder, {name: value, **cache})

    usual = draw_elsewhere(stages, tmp_path, cache)
    (picture,) = usual.pictures
    with ThreadPoolExecutor(2) as pool:
        narrow, wide, filtered = pool.map(
            drawn,
            ("LP_NATIVE_VECTOR_WIDTH", "LP_NATIVE_VECTOR_WIDTH", "GALLIVM_PERF"),
            ("128", "512", "no_aos_sampling"),
        )
    assert "128 bits" in narrow.renderer
    for other in (narrow, wide, filtered):
        assert likeness(picture[..., :3], other.pictures[0][..., :3]) >= 0.999
        assert np.abs(picture.astype(int) - other.pictures[0]).max() <= 8
    assert (filtered.pictures[0] != picture).any()


def test_a_process_that_dies_is_told(there: list[Device], tmp_path: Path) -> None:
    with pytest.raises(DrawerFailed, match="cannot draw pictures"):
        draw_elsewhere([], tmp_path, {"__EGL_VENDOR_LIBRARY_DIRS": str(tmp_path)})
