"""Our files in other people's programs: three.js, three-vrm and TalkingHead, in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser
from scipy.spatial import cKDTree

from bodymodel.expressions import ARKIT, EXPRESSIONS, VISEMES
from services.mesher.adapters.vrm import HUMANOID
from services.mesher.bootstrap import WRITERS
from services.mesher.domain.expressions import VRM_PRESETS, VRM_SHAPES, canonical
from services.mesher.domain.model import Compression, FileFormat, FileOptions, RestPose
from tests.e2e.web.readers.page import opened
from tests.unit.mesher.conftest import DRESS, MODELS
from tests.unit.mesher.scenes import Studio

File = Callable[[FileOptions], bytes]
TOLERANCE_M = 1e-4
GRIN = {"jawOpen": 1.0, "mouthSmileLeft": 0.5}


@pytest.fixture(scope="module")
def file() -> File:
    """A file of one dressed avatar, as the mesher makes it."""
    studio = Studio.opened(MODELS, [DRESS])
    return lambda options: WRITERS[options.format].write(studio.scene(options), options)


def middles(drawn: str) -> NDArray[np.float32]:
    """(m, 3) middles of triangles as a page gives them."""
    return np.frombuffer(base64.b64decode(drawn), "<f4").reshape(-1, 3)


def test_three_decodes_what_was_compressed(browser: Browser, file: File) -> None:
    """Every triangle is where the plain file has it, with and without a face shape, drawn through the skin."""
    faces = [{}, GRIN]
    files = {
        kind.value: file(FileOptions(morph_targets=canonical(GRIN), compression=kind)) for kind in Compression
    }
    with opened(browser, "three.mjs", files) as page:
        plain, meshopt, draco = (
            page.evaluate("([url, shapes]) => geometry(url, shapes)", [f"/files/{kind}", faces])
            for kind in files
        )
    assert plain.keys() == meshopt.keys() == draco.keys() >= {"body", "eyes", "dress", "hair"}
    assert plain["body"][0] != plain["body"][1]
    for name, shapes in plain.items():
        for shape, drawn in enumerate(shapes):
            there = middles(drawn)
            for decoded in (meshopt, draco):
                here = middles(decoded[name][shape])
                assert len(there) == len(here)
                assert cKDTree(here).query(there)[0].max() < TOLERANCE_M, name
                assert cKDTree(there).query(here)[0].max() < TOLERANCE_M, name


def test_three_vrm_finds_bones_and_expressions_and_moves_them(browser: Browser, file: File) -> None:
    options = FileOptions(format=FileFormat.VRM, lod=1, pose=RestPose.T, morph_targets=canonical(VRM_SHAPES))
    with opened(browser, "vrm.mjs", {"avatar.vrm": file(options)}) as page:
        vrm = page.evaluate("open('/files/avatar.vrm')")
        silent = np.array(page.evaluate("express('aa', 0)"))
        vowel = np.array(page.evaluate("express('aa', 1)"))
        lowered = np.array(page.evaluate("express('aa', 0), turn('leftUpperArm', 0, 0, -1.2)"))
    assert vrm["meta"]["metaVersion"] == "1"
    assert set(vrm["bones"]) == set(HUMANOID)
    assert set(vrm["expressions"]) == {*VRM_PRESETS, *ARKIT}
    assert vrm["looksBy"] == "expression"

    opened_by = np.linalg.norm(vowel - silent, axis=1)
    top = silent[:, 1].max()
    assert 0.004 < opened_by.max() < 0.06
    assert top - 0.30 < silent[opened_by.argmax(), 1] < top - 0.10
    assert opened_by[silent[:, 1] < top - 0.45].max() == 0.0

    # three-vrm turns the bones of every avatar in the same frame: that of the T pose, whatever ours are turned like.
    left, right = silent[:, 0].argmax(), silent[:, 0].argmin()
    assert silent[left, 1] - lowered[left, 1] > 0.4
    np.testing.assert_allclose(lowered[right], silent[right], atol=1e-5)


def test_talkinghead_speaks_with_our_mouth(browser: Browser, file: File) -> None:
    """It finds its skeleton and all visemes, and the mouth of the face goes through what is spoken."""
    glb = file(FileOptions(lod=2, morph_targets=EXPRESSIONS))
    with opened(browser, "talkinghead.mjs", {"avatar.glb": glb}) as page:
        assert set(page.evaluate("show('/files/avatar.glb')")) >= {"body", "eyes", "teeth", "tongue"}
        silent = page.evaluate("mouth()")
        assert silent == dict.fromkeys(VISEMES, 0.0)
        page.mouse.click(10, 10)  # Browsers let nothing sound before somebody touches the page.
        frames = page.evaluate("speak()")
    loudest = {name: max(frame[name] for frame in frames) for name in VISEMES}
    assert sum(level > 0.2 for level in loudest.values()) >= 3, loudest
    assert loudest["viseme_TH"] == 0.0  # not spoken
