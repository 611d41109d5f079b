"""Forms and photos that are made to hurt, on the routes that take photos. ATTACKS A24 to A34."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from photos.limits import LARGEST_FILE
from services.gateway.photo_form import LARGEST_FORM
from services.generator.domain.errors import InvalidPhotos
from services.generator.domain.faces import PhotoFault, Slot
from tests.attacks.cases import cases
from tests.contract.gateway.conftest import World
from tests.contract.gateway.photos import (
    BOUNDARY,
    END,
    FORM,
    chunk,
    form,
    jpeg_head,
    part,
    png,
    png_head,
    three,
    webp_head,
)
from tests.contract.gateway.test_source_001 import GENERATE, generate

CHUNK = 65_536
FRONT = part("front", b"").removesuffix(b"\r\n")


async def streamed(client: httpx.AsyncClient, body: AsyncIterator[bytes], **headers: str) -> Any:
    return await client.post(GENERATE, content=body, headers={"Content-Type": FORM, **headers})


@pytest.mark.attack("A24")
@pytest.mark.parametrize("announced", [None, "1000", str(LARGEST_FORM)], ids=["chunked", "a lie", "allowed"])
async def test_reading_stops_at_a_file_s_limit(
    world: World, client: httpx.AsyncClient, announced: str | None
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield FRONT
        while True:
            sent += CHUNK
            yield bytes(CHUNK)

    headers = {} if announced is None else {"Content-Length": announced}
    answer = await streamed(client, endless(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert answer.json()["details"][0]["error"] == "File too large. Maximum size is 10MB."
    assert sent <= LARGEST_FILE + CHUNK
    assert world.faces.uploads == []


@pytest.mark.attack("A24")
async def test_what_is_announced_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield FRONT

    answer = await streamed(client, body(), **{"Content-Length": str(LARGEST_FORM + 1)})
    assert (answer.status_code, read) == (413, 0)


@pytest.mark.attack("A24")
async def test_a_form_takes_its_photos_and_little_more(client: httpx.AsyncClient) -> None:
    photos = three(front=png(tail=bytes(9_000_000)))
    await generate(client, photos)  # what is imported and kept once is not this form's
    tracemalloc.start()
    answer = await generate(client, photos)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 200
    # The test's own copy of the body, the body's buffer, the photo, and what the double keeps of it.
    assert peak < 64 * 2**20


@pytest.mark.attack("A24")
@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
async def test_ten_megabytes_and_one_byte(client: httpx.AsyncClient, extra: int, status: int) -> None:
    small = png()
    file = small + bytes(LARGEST_FILE - len(small) + extra)
    answer = await generate(client, three(left=file))
    assert answer.status_code == status
    if extra:
        assert answer.json()["details"] == [
            {
                "filename": "photo.png",
                "valid": False,
                "error": "File too large. Maximum size is 10MB.",
                "field": "left",
                "code": "file_too_large",
            }
        ]


PHOTO = part("front", png())
FORMS = {
    "A25": {
        "ten thousand parts": (PHOTO * 10_000 + f"--{BOUNDARY}--\r\n".encode(), 413),
        "ten thousand fields": (part("consent", b"1") * 10_000, 400),
        "a field of a megabyte": (part("consent", b"x" * 1_000_000), 413),
        "a head of a megabyte": (part("front", b"", filename="x" * 1_000_000), 400),
        "no end": (b"".join(part(name, file) for name, file in three().items()), 400),
        "cut off in a photo": (form(three())[:-400], 400),
        "no boundary at all": (b"front=1&left=2", 400),
        "nested": (part("front", form(three()), media_type=f"multipart/mixed; boundary={BOUNDARY}x"), 400),
        "base64": (
            PHOTO.replace(b"Content-Type", b"Content-Transfer-Encoding: base64\r\nContent-Type"),
            400,
        ),
        "a name without an end": (PHOTO.replace(b'"front"', b'"front'), 400),
        "after the end": (form(three()) + bytes(1_000_000), 400),
        "nothing": (b"", 400),
    }
}


@pytest.mark.parametrize("tried", cases(FORMS))
async def test_a_form_that_is_made_to_hurt(
    world: World, client: httpx.AsyncClient, tried: tuple[bytes, int]
) -> None:
    body, status = tried
    answer = await client.post(GENERATE, content=body, headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["success"]) == (status, False), answer.text[:300]
    assert (world.faces.uploads, world.uploads) == ([], [])


REFUSED: dict[str, dict[str, tuple[bytes, int, str]]] = {
    "A26": {
        "169 megapixels in a header": (png_head(13_000, 13_000), 400, "image_too_large"),
        "169 megapixels of grey in 164 kB": (png(13_000, 13_000, colour=0, depth=1), 400, "image_too_large"),
        "as many as a number holds": (png_head(2**31 - 1, 2**31 - 1), 400, "image_too_large"),
        "a JPEG of 65,500 a side": (jpeg_head(65_500, 65_500), 400, "image_too_large"),
        "a WebP of 16,383 a side": (webp_head(16_383, 16_383), 400, "image_too_large"),
    },
    "A27": {
        "223 wide": (png(223, 300), 400, "image_too_small"),
        "223 high": (png(300, 223), 400, "image_too_small"),
        "4097 wide": (png_head(4097, 300), 400, "image_too_large"),
        "4097 high": (png_head(300, 4097), 400, "image_too_large"),
        "one pixel wide": (png(1, 300), 400, "image_too_small"),
        "no pixels": (png_head(0, 0), 400, "invalid_image"),
    },
    "A28": {
        "GIF": (b"GIF89a" + bytes(500), 415, "unsupported_media"),
        "PDF": (b"%PDF-1.7\n" + bytes(500), 415, "unsupported_media"),
        "ZIP": (b"PK\x03\x04" + bytes(500), 415, "unsupported_media"),
        "BMP": (b"BM" + bytes(500), 415, "unsupported_media"),
        "TIFF": (b"II*\0" + bytes(500), 415, "unsupported_media"),
        "FITS": (b"SIMPLE  =" + bytes(500), 415, "unsupported_media"),
        "ICO": (b"\0\0\1\0" + bytes(500), 415, "unsupported_media"),
        "HEIC": (b"\0\0\0\x18ftypheic" + bytes(500), 415, "unsupported_media"),
        "PSD": (b"8BPS" + bytes(500), 415, "unsupported_media"),
        "RIFF that is WAVE": (b"RIFF\xff\0\0\0WAVE" + bytes(500), 415, "unsupported_media"),
        "text": (b"front.jpg", 415, "unsupported_media"),
    },
    "A29": {
        "a script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415, ""),
        "an entity of a file": (
            b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
            415,
            "unsupported_media",
        ),
        "a billion laughs": (
            b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>' * 9,
            415,
            "unsupported_media",
        ),
    },
    "A32": {
        "cut off in the header": (png()[:20], 400, "invalid_image"),
        "a depth that PNG does not have": (png_head(300, 300).replace(b"\x08\x02", b"\x07\x02"), 400, "invalid_image"),
        "a JPEG without a frame": (b"\xff\xd8\xff\xd9", 400, "invalid_image"),
        "fifty thousand chunks": (
            png_head(300, 300)[:-12] + chunk(b"tEXt", b"a\0b") * 50_000 + END,
            400,
            "invalid_image",
        ),
    },
    "A34": {"an empty file": (b"", 400, "file_empty")},
}  # fmt: skip


@pytest.mark.parametrize("tried", cases(REFUSED))
async def test_a_photo_is_refused_by_its_header(
    world: World, client: httpx.AsyncClient, tried: tuple[bytes, int, str]
) -> None:
    file, status, code = tried
    for slot in ("front", "right"):
        answer = await generate(client, three(**{slot: file}))
        assert answer.status_code == status, answer.text[:300]
        [detail] = answer.json()["details"]
        assert (detail["filename"], detail["valid"], detail["field"]) == ("photo.png", False, slot)
        assert code in {"", detail["code"]}
    assert (world.faces.uploads, world.uploads) == ([], [])


@pytest.mark.attack("A27")
@pytest.mark.parametrize("side", [224, 4096])
async def test_the_bounds_themselves_are_taken(client: httpx.AsyncClient, side: int) -> None:
    assert (await generate(client, three(front=png(side, side)))).status_code == 200


@pytest.mark.attack("A28")
@pytest.mark.parametrize("media_type", ["application/pdf", "image/gif", "text/html"])
async def test_what_a_part_says_of_itself_means_nothing(
    world: World, client: httpx.AsyncClient, media_type: str
) -> None:
    body = b"".join(part(name, file, "a.exe", media_type) for name, file in three().items())
    answer = await client.post(
        GENERATE, content=body + f"--{BOUNDARY}--".encode(), headers={"Content-Type": FORM}
    )
    assert answer.status_code == 200
    assert {photo.file.media_type for photo in world.faces.made[0].photos} == {"image/png"}


NAMES = {
    "A33": {
        "a path": ("../../etc/passwd", "passwd"),
        "a path of Windows": ("C:\\\\Users\\\\me\\\\a.png", "a.png"),
        "a NUL": ("a\0.jpg", "a.jpg"),
        "a device": ("CON", "CON"),
        "four kilobytes": ("n" * 3_000, "n" * 100),
        "turned around": ("a\u202egpj.exe", "agpj.exe"),
        "quotes": ('a\\"b.png', 'a"b.png'),
        "a script": ("<script>.png", "<script>.png"),
        "dots alone": ("...", "front"),
        "nothing": ("", "front"),
    }
}


@pytest.mark.parametrize("tried", cases(NAMES))
async def test_a_file_s_name_is_told_and_nothing_else(
    world: World, client: httpx.AsyncClient, tried: tuple[str, str]
) -> None:
    given, told = tried
    body = part("front", png(223), given) + form({"left": png(), "right": png(641)})
    answer = await client.post(GENERATE, content=body, headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["details"][0]["filename"]) == (400, told)
    body = part("front", png(240), given) + form({"left": png(), "right": png(641)})
    made = await client.post(GENERATE, content=body, headers={"Content-Type": FORM})
    assert made.status_code == 200
    photo = world.faces.made[0].photos[0]
    assert (photo.filename, told in photo.file.key) == (told, False)
    file = await client.get(made.json()["data"]["downloadUrl"])
    assert told not in file.headers["content-disposition"]


SETS: dict[str, dict[str, tuple[dict[str, bytes], list[str]]]] = {
    "A34": {
        "no front": ({"left": png(241), "right": png(242)}, ["front:photo_missing"]),
        "front alone": ({"front": png()}, ["left:photo_missing", "right:photo_missing"]),
        "none": ({}, ["front:photo_missing", "left:photo_missing", "right:photo_missing"]),
        "three times the same": (
            dict.fromkeys(("front", "left", "right"), png()),
            ["left:same_photo", "right:same_photo"],
        ),
        "twice the same": (three(right=png(240)), ["right:same_photo"]),
        "one more": (three(back=png()), ["back:unknown_field"]),
        "everything wrong at once": (
            {"front": b"", "left": png(10)},
            ["front:file_empty", "left:image_too_small", "right:photo_missing"],
        ),
    }
}


@pytest.mark.parametrize("tried", cases(SETS))
async def test_photos_that_are_not_three(
    world: World, client: httpx.AsyncClient, tried: tuple[dict[str, bytes], list[str]]
) -> None:
    photos, told = tried
    answer = await generate(client, photos)
    assert answer.status_code == 400
    assert [f"{each['field']}:{each['code']}" for each in answer.json()["details"]] == told
    assert all(each["valid"] is False and each["error"] for each in answer.json()["details"])
    assert (world.faces.uploads, world.uploads) == ([], [])


@pytest.mark.attack("A34")
async def test_a_photo_that_is_given_twice(world: World, client: httpx.AsyncClient) -> None:
    body = part("front", png()) + form(three())
    answer = await client.post(GENERATE, content=body, headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["details"][0]["code"]) == (400, "duplicate_field")


@pytest.mark.attack("A35")
@pytest.mark.parametrize("code", ["face_not_found", "several_faces", "face_unclear", "head_cut_off"])
async def test_a_photo_of_nobody_is_told_by_its_name(
    world: World, client: httpx.AsyncClient, code: str
) -> None:
    fault = PhotoFault(Slot.LEFT, "photo.png", code, "as the generator words it")
    world.faces.failure = InvalidPhotos([fault])
    answer = await generate(client)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_photos")
    [detail] = answer.json()["details"]
    assert (detail["filename"], detail["field"], detail["code"]) == ("photo.png", "left", code)
    assert detail["error"] not in {"", fault.message}  # a text in both languages
    assert (world.faces.faces, world.uploads) == ({}, [])
