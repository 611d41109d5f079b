"""What there is to draw with: the devices that EGL tells of, and which of them are wanted."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

from services.mesher.domain.errors import DrawingUnavailable

LIBRARY = "libEGL.so.1"
"""By the name that packages without headers install it under."""
AUTO, CARD, PROCESSOR = "auto", "card", "processor"
"""A card where one works, else the processor; the first card and nothing else; the processor, whatever cards there are."""

_EXTENSIONS, _CARD_FILE, _RENDER_FILE = 0x3055, 0x3233, 0x3377
_SOFTWARE = "EGL_MESA_device_software"

_QueryDevices = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int)
)
_QueryString = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)


@dataclass(frozen=True, slots=True)
class Device:
    """Something that EGL can open a context on."""

    number: int
    """As EGL counts them."""
    is_card: bool
    """Whether it is one; else Mesa draws on the processor."""
    files: tuple[str, ...] = ()
    """Of its driver in the kernel, as /dev/dri/card0 and /dev/dri/renderD128; none where EGL does not tell."""

    def __str__(self) -> str:
        if not self.is_card:
            return PROCESSOR
        return self.files[0] if self.files else f"{CARD} {self.number}"


def devices(library: str = LIBRARY) -> list[Device]:
    """All that EGL tells of, in its own order. Raise DrawingUnavailable where there is no EGL that could tell."""
    try:
        egl = ctypes.CDLL(library)
        find = egl.eglGetProcAddress
    except (OSError, AttributeError) as error:
        raise DrawingUnavailable(str(error)) from error
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    query_devices, query_string = (find(name) for name in (b"eglQueryDevicesEXT", b"eglQueryDeviceStringEXT"))
    if query_devices is None or query_string is None:
        raise DrawingUnavailable(f"{library} cannot list devices")
    told = _QueryString(query_string)
    return [
        _described(number, told, handle)
        for number, handle in enumerate(_handles(_QueryDevices(query_devices)))
    ]


def wanted(found: Sequence[Device], choice: str) -> list[Device]:
    """Those of the choice, in the order to try them: `auto`, `card`, `processor`, or a file of a card's driver.

    Raise DrawingUnavailable where there is none.
    """
    cards = [device for device in found if device.is_card]
    processors = [device for device in found if not device.is_card]
    chosen = {AUTO: cards + processors, CARD: cards[:1], PROCESSOR: processors}.get(choice)
    if chosen is None:
        chosen = [device for device in cards if choice in device.files]
    if not chosen:
        there = ", ".join(map(str, found)) or "nothing"
        raise DrawingUnavailable(f"there is no device {choice!r} to draw with; EGL tells of {there}")
    return chosen


def _handles(query: ctypes._CFunctionType) -> list[int | None]:
    count = ctypes.c_int()
    if not query(0, None, ctypes.byref(count)):
        raise DrawingUnavailable("EGL does not list its devices")
    handles = (ctypes.c_void_p * count.value)()
    query(count.value, handles, ctypes.byref(count))
    return list(handles[: count.value])


def _described(number: int, told: ctypes._CFunctionType, handle: int | None) -> Device:
    extensions = (told(handle, _EXTENSIONS) or b"").decode().split()
    files = [told(handle, name) for name in (_CARD_FILE, _RENDER_FILE)]
    return Device(number, _SOFTWARE not in extensions, tuple(file.decode() for file in files if file))
