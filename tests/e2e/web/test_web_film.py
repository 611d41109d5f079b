"""A film as Chromium plays it: its size, its length, and the pictures at the times where they belong."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from facemodel.arrays import RgbImage
from services.mesher.adapters.video.film import Av1Films
from services.mesher.domain.film import Film

WIDTH, HEIGHT, COUNT, FRAME_RATE = 160, 120, 60, 24
_OPEN = """async (source) => {
  const film = document.createElement('video');
  film.muted = true;
  document.body.replaceChildren(film);
  await new Promise((done, failed) => {
    film.oncanplaythrough = done;
    film.onerror = () => failed(new Error(film.error.message));
    film.src = source;
  });
  return [film.videoWidth, film.videoHeight, film.duration];
}"""
_SEEN_AT = """async (seconds) => {
  const film = document.querySelector('video');
  await new Promise((shown) => { film.requestVideoFrameCallback(shown); film.currentTime = seconds; });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
  const brush = canvas.getContext('2d');
  brush.drawImage(film, 0, 0);
  return [...brush.getImageData(0, 0, canvas.width, canvas.height).data];
}"""
_PLAYED = """async () => {
  const film = document.querySelector('video');
  film.currentTime = 0;
  const ended = new Promise((done) => { film.onended = done; });
  await film.play();
  await ended;
  return film.getVideoPlaybackQuality().totalVideoFrames;
}"""


def drawn(index: int) -> RgbImage:
    """A ball that crosses a picture whose colours change from frame to frame."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    share = index / (COUNT - 1)
    picture = np.stack([x * 255 / WIDTH, np.full_like(x, 255 * share), y * 255 / HEIGHT], axis=-1)
    picture[np.hypot(x - WIDTH * share, y - HEIGHT / 2) < 20] = (250, 240, 60)
    return picture.astype(np.uint8)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A page with nothing but the film."""
    film = Av1Films().write(Film(map(drawn, range(COUNT)), COUNT, FRAME_RATE))
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<!doctype html><title>film</title>")
    source = f"data:video/mp4;base64,{base64.b64encode(film).decode()}"
    assert page.evaluate(_OPEN, source) == [WIDTH, HEIGHT, COUNT / FRAME_RATE]
    yield page
    context.close()


@pytest.mark.parametrize("index", [0, 30, 31, 59])
def test_a_jump_shows_the_frame_of_that_time(screen: Page, index: int) -> None:
    seen = np.array(screen.evaluate(_SEEN_AT, (index + 0.5) / FRAME_RATE), np.uint8)
    picture = seen.reshape(HEIGHT, WIDTH, 4)[..., :3].astype(int)
    off = [np.abs(picture - drawn(other)).mean() for other in range(COUNT)]
    assert int(np.argmin(off)) == index
    assert off[index] < 4


def test_it_plays_to_its_end(screen: Page) -> None:
    assert screen.evaluate(_PLAYED) >= COUNT * 0.5
