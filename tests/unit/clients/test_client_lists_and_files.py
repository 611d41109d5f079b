"""Lists that page by themselves, and files that are whole or not there."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path

import pytest

from atelier_client import Atelier, AvatarDraft, BatchRow, UnexpectedAnswer, operations
from tests.unit.clients.conftest import Drive
from tests.unit.clients.examples import example, job
from tests.unit.clients.platform_double import Answer, PlatformDouble, events, said

GLB = b"glTF" * 1000


def page(*ids: str, cursor: str | None) -> Answer:
    return said({"data": [example("Avatar", id=id) for id in ids], "nextCursor": cursor})


def test_a_list_is_read_to_its_end(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(page("1", "2", cursor="c&1"), page(cursor="c2"), page("3", cursor=None))
    assert [avatar.id for avatar in drive("each", operations.avatars_page(limit=2))] == ["1", "2", "3"]
    assert platform.targets() == [
        "GET /v1/avatars?limit=2",
        "GET /v1/avatars?limit=2&cursor=c%261",
        "GET /v1/avatars?limit=2&cursor=c2",
    ]


def test_a_page_is_asked_for_when_it_is_needed(platform: PlatformDouble) -> None:
    platform.will(page("1", "2", cursor="more"))
    with Atelier(platform.url) as atelier:
        assert [avatar.id for avatar in islice(atelier.each(operations.avatars_page()), 2)] == ["1", "2"]
    assert len(platform.asked) == 1


def test_an_avatar_and_its_file_are_one_call(drive: Drive, platform: PlatformDouble, tmp_path: Path) -> None:
    links = example("AvatarLinks", glb="/v1/avatars/a-1.glb")
    platform.will(said(example("Avatar", links=links), 201), Answer(200, GLB))
    draft = AvatarDraft(body_type="neutral")
    assert drive("make_avatar", draft, tmp_path / "a.glb").links.glb == "/v1/avatars/a-1.glb"
    assert (tmp_path / "a.glb").read_bytes() == GLB


def test_a_download_that_breaks_off_begins_again(
    drive: Drive, platform: PlatformDouble, tmp_path: Path
) -> None:
    platform.will(Answer(200, GLB[:100], promised=len(GLB)), Answer(200, GLB))
    file = tmp_path / "a.glb"
    assert drive("download", operations.files_glb("a-1", lod="2"), file) == file
    assert file.read_bytes() == GLB
    assert platform.targets() == ["GET /v1/avatars/a-1.glb?lod=2"] * 2
    assert list(tmp_path.iterdir()) == [file]


def test_a_download_that_is_not_what_it_should_be_is_not_kept(
    drive: Drive, platform: PlatformDouble, tmp_path: Path
) -> None:
    platform.will(Answer(200, GLB))
    (tmp_path / "a.glb").write_bytes(b"older")
    with pytest.raises(UnexpectedAnswer):
        drive("download", "/v1/a.glb", tmp_path / "a.glb", sha256=hashlib.sha256(b"other").hexdigest())
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.glb", b"older")]


def test_a_batch_and_its_archive_are_one_call(drive: Drive, platform: PlatformDouble, tmp_path: Path) -> None:
    archive = example(
        "JobResult",
        name="avatars.zip",
        href="/v1/jobs/j-1/avatars.zip",
        sha256=hashlib.sha256(GLB).hexdigest(),
    )
    done = job("completed", 3, results=[archive])
    platform.will(said(job("pending", 1), 202), events(job("processing", 2), done), Answer(200, GLB))
    seen: list[str] = []
    rows = [BatchRow(body_type="feminine", reference="ada"), {"bodyType": "masculine"}]
    made = drive("make_batch", rows, tmp_path / "all.zip", on_progress=lambda each: seen.append(each.state))
    assert (made.state, seen) == ("completed", ["processing", "completed"])
    assert (tmp_path / "all.zip").read_bytes() == GLB
    assert json.loads(platform.asked[0].body) == {
        "rows": [{"bodyType": "feminine", "reference": "ada"}, {"bodyType": "masculine"}]
    }


def test_a_table_goes_as_it_is(drive: Drive, platform: PlatformDouble, tmp_path: Path) -> None:
    platform.will(said(job("pending", 1), 202))
    table = tmp_path / "people.csv"
    table.write_bytes(b"bodyType,stature\nfeminine,1662\n")
    assert drive("start_batch", table).state == "pending"
    (asked,) = platform.asked
    assert (asked.headers["content-type"], asked.body) == ("text/csv", table.read_bytes())


def test_a_video_is_a_job_until_it_is_a_file(drive: Drive, platform: PlatformDouble) -> None:
    platform.will(said(job("pending", 1), 202), Answer(200, GLB))
    call = operations.pictures_video("a-1", seconds=3, blend_shapes={"jawOpen": 0.5, "viseme_aa": 1})
    accepted, film = drive("call", call), drive("call", call)
    assert (accepted.id, accepted.state) == ("j-1", "pending")
    assert film == GLB
    assert (
        platform.targets()
        == ["GET /v1/avatars/a-1.mp4?blendShapes%5BjawOpen%5D=0.5&blendShapes%5Bviseme_aa%5D=1&seconds=3"] * 2
    )
