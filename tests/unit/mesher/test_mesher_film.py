"""Films: boxes there and back, exact times, and frames that are asked for one at a time."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel.arrays import RgbImage
from services.mesher.adapters.video import avif
from services.mesher.adapters.video.boxes import Box, BrokenBoxes, box, boxes, first, full_box
from services.mesher.adapters.video.film import Av1Films, scene_lengths
from services.mesher.domain.film import Film

SIDE, FRAME_RATE = 64, 8


def drawn(index: int) -> RgbImage:
    """A bar that moves over a wall of many colours."""
    picture = np.random.default_rng(7).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    picture[:, index % SIDE : index % SIDE + 6] = (200, 30, 90)
    return picture


def written(count: int) -> bytes:
    return Av1Films().write(Film(map(drawn, range(count)), count, FRAME_RATE))


def movie(data: bytes) -> Box:
    return first(boxes(memoryview(data)), "moov")


@pytest.fixture(scope="module")
def film() -> bytes:
    """Five seconds."""
    return written(40)


names = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=4)


@given(st.lists(st.tuples(names, st.binary(max_size=64)), max_size=6))
def test_boxes_come_back_as_they_were_written(content: list[tuple[str, bytes]]) -> None:
    data = b"".join(box(name, payload) for name, payload in content)
    assert [(found.name, bytes(found.payload)) for found in boxes(memoryview(data))] == content


@given(st.binary(max_size=80))
def test_whatever_is_no_file_of_boxes_is_told_so_or_read(data: bytes) -> None:
    try:
        found = list(boxes(memoryview(data)))
    except BrokenBoxes:
        return
    assert sum(len(each.payload) for each in found) + 8 * len(found) <= len(data)


@given(st.integers(0, 8), st.data())
def test_a_file_that_ends_too_early_is_told_so(frames: int, data: st.DataObject) -> None:
    whole = box("moov", full_box("mvhd", bytes(4 * frames)))
    cut = whole[: data.draw(st.integers(1, len(whole) - 1))]
    with pytest.raises(BrokenBoxes):
        list(boxes(memoryview(cut)))


def test_what_describes_the_film_comes_before_its_pictures(film: bytes) -> None:
    assert [each.name for each in boxes(memoryview(film))] == ["ftyp", "moov", "mdat"]
    assert film[8:12] == b"isom"
    assert {film[at : at + 4] for at in range(16, 32, 4)} == {b"isom", b"iso2", b"av01", b"mp41"}


def test_times_are_exact(film: bytes) -> None:
    media = movie(film).descend("trak", "mdia")
    assert movie(film).child("mvhd").numbers("II", 12) == (FRAME_RATE, 40)
    assert media.child("mdhd").numbers("II", 12) == (FRAME_RATE, 40)
    assert media.descend("minf", "stbl", "stts").numbers("III", 4) == (1, 40, 1)
    assert movie(film).descend("trak", "tkhd").numbers("I", 20) == (40,)


def test_every_scene_begins_where_a_player_can_jump_to(film: bytes) -> None:
    count, *alone = movie(film).descend("trak", "mdia", "minf", "stbl", "stss").numbers("III", 4)
    assert (count, alone) == (2, [1, 21])
    pictures = avif.samples(film).pictures
    for number in alone:
        assert avif.sequence_header(pictures[number - 1])
    with pytest.raises(BrokenBoxes):
        avif.sequence_header(pictures[1])


def test_the_decoder_is_told_what_the_stream_says_of_itself(film: bytes) -> None:
    found = avif.samples(film)
    assert (found.width, found.height) == (SIDE, SIDE)
    assert found.configuration[0] == 0x81
    assert found.configuration[4:] == avif.sequence_header(found.pictures[0])
    # A unit that says where a picture begins has no place in a box.
    assert all(picture[0] >> 3 != 2 for picture in found.pictures)


def test_a_frame_costs_what_changes_in_it(film: bytes) -> None:
    sizes = [len(picture) for picture in avif.samples(film).pictures]
    assert np.median(sizes[1:20]) < sizes[0] / 3


def test_the_same_film_is_the_same_bytes(film: bytes) -> None:
    assert written(40) == film


def test_frames_are_made_as_they_are_written() -> None:
    alive = most = 0

    class Counted(np.ndarray[tuple[int, ...], np.dtype[np.uint8]]):
        def __del__(self) -> None:
            nonlocal alive
            alive -= self.base is None

    def frames() -> Iterator[RgbImage]:
        nonlocal alive, most
        for index in range(24):
            frame = Counted((SIDE, SIDE, 3), np.uint8)
            frame[:] = drawn(index)
            alive += 1
            most = max(most, alive)
            yield frame
            del frame

    Av1Films().write(Film(frames(), 24, FRAME_RATE))
    assert most <= 4


def test_what_the_frames_raise_ends_the_film() -> None:
    class Gone(Exception):
        pass

    def frames() -> Iterator[RgbImage]:
        yield from map(drawn, range(5))
        raise Gone

    with pytest.raises(Gone):
        Av1Films().write(Film(frames(), 16, FRAME_RATE))


@pytest.mark.parametrize("count", [0, 5])
def test_a_film_that_ends_too_early_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="fewer frames"):
        Av1Films().write(Film(map(drawn, range(count)), 16, FRAME_RATE))


@pytest.mark.parametrize("odd", [3, 40])
def test_frames_of_two_sizes_are_refused(odd: int) -> None:
    frames = (drawn(index)[: SIDE // (2 if index >= odd else 1)] for index in range(80))
    with pytest.raises(ValueError, match="one size"):
        Av1Films().write(Film(frames, 80, FRAME_RATE))


@given(st.integers(2, 700), st.integers(8, 30))
def test_scenes_are_equal_and_none_is_a_single_picture(count: int, frame_rate: int) -> None:
    lengths = scene_lengths(Film(iter(()), count, frame_rate))
    assert sum(lengths) == count
    assert min(lengths) >= 2
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) <= max(3 * frame_rate, 3)


def test_one_picture_is_no_film() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        written(1)


def test_a_sample_behind_the_end_is_told(film: bytes) -> None:
    with pytest.raises(BrokenBoxes):
        avif.samples(film[: film.index(b"mdat") - 4] + struct.pack(">I4s", 8, b"mdat"))
