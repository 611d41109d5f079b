"""An avatar's pictures and videos at their addresses: what a query asks for, and what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from atelier.common.v1 import picture_pb2 as pb
from bodymodel.expressions import EXPRESSIONS
from services.gateway.convert.pictures import FACES, FORMATS, MEDIA_TYPES, SAME_SHAPES, SPIRITS
from services.generator.domain.jobs import Job
from tests.contract.gateway.conftest import CREDENTIALS, World
from tests.contract.gateway.pictures import FILM
from tests.unit.generator.factory import Factory
from tests.unit.generator.gallery import Gallery

DRAFT = {"measurements": {}, "bodyType": "neutral"}
OWN = "0a1b2c3d-1111-4222-8333-444455556666"
RPM = "camera=portrait&size=512&quality=80&background=255,0,128&expression=rage&uat=2024-01-01T00:00:00Z"


@pytest.fixture
async def path(signed_in: httpx.AsyncClient) -> str:
    """Where an avatar lies."""
    made: str = (await signed_in.post("/v1/avatars", json=DRAFT)).json()["links"]["self"]
    return made


def picture(**over: Any) -> pb.PictureOptions:
    plain = {
        "camera": pb.CAMERA_FULL_BODY,
        "style": pb.STYLE_REALISTIC,
        "format": pb.PICTURE_FORMAT_PNG,
    }
    return pb.PictureOptions(**{**plain, **over})


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["details"]]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_picture_is_shown_and_then_known(
    world: World, signed_in: httpx.AsyncClient, path: str, format: Any
) -> None:
    shown = await signed_in.get(f"{path}.{format}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, MEDIA_TYPES[format])
    assert shown.headers["cache-control"] == "private, no-cache"
    sha256 = shown.headers["etag"].strip('"')
    assert shown.headers["content-location"] == f"/v1/pictures/{sha256}.{format}"
    avatar_id = path.rpartition("/")[2]
    assert shown.headers["content-disposition"] == f'inline; filename="avatar-{avatar_id}.{format}"'
    known = await signed_in.get(f"{path}.{format}", headers={"If-None-Match": shown.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["content-location"] == shown.headers["content-location"]
    assert [asked.picture.format for asked in world.pictures.asked] == [FORMATS[format]] * 2


async def test_a_picture_by_its_content_never_changes(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    shown = await signed_in.get(f"{path}.png")
    kept = await signed_in.get(shown.headers["content-location"])
    assert (kept.status_code, kept.content) == (200, shown.content)
    assert kept.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert kept.headers["etag"] == shown.headers["etag"]
    other = shown.headers["content-location"].replace(".png", ".webp")
    assert (await signed_in.get(other)).status_code == 404
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    assert (await signed_in.get(shown.headers["content-location"], headers=stranger)).status_code == 404
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(shown.headers["content-location"])).status_code == 404
    assert (await signed_in.get(f"{path}.png")).status_code == 404


@pytest.mark.parametrize("name", ["0" * 63, "0" * 65, "G" * 64, "..", "%00"])
async def test_what_is_no_content_is_refused(signed_in: httpx.AsyncClient, name: str) -> None:
    assert (await signed_in.get(f"/v1/pictures/{name}.png")).status_code in {400, 404}


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", picture()),
        ("camera=portrait&style=anime&size=2048", picture(camera=pb.CAMERA_PORTRAIT, style=3, size=2048)),
        ("camera=side&style=cartoon&size=64", picture(camera=pb.CAMERA_SIDE, style=2, size=64)),
        ("camera=back", picture(camera=pb.CAMERA_BACK)),
        ("camera=fit", picture()),
        ("quality=10", picture()),
        ("background=aabbCC", picture(background=pb.Background(color="#aabbcc"))),
        ("background=%23aabbcc", picture(background=pb.Background(color="#aabbcc"))),
        ("background=1,20,255", picture(background=pb.Background(color="#0114ff"))),
        ("background=transparent", picture(background=pb.Background(transparent=True))),
        (f"background={OWN}", picture(background=pb.Background(own_id=OWN))),
        (
            "background=ffffff,%23000000",
            picture(background=pb.Background(gradient=pb.Gradient(top="#ffffff", bottom="#000000"))),
        ),
        ("expression=happy", picture(face_shapes=FACES["happy"])),
        ("expression=lol&blendShapes[x][jawOpen]=0", picture(face_shapes={**FACES["lol"], "jawOpen": 0})),
        (
            "blendShapes[Wolf3D_Head][jawOpen]=0.5&blendShapes[Wolf3D_Teeth][jawOpen]=0.5&blendShapes[viseme_aa]=1",
            picture(face_shapes={"jawOpen": 0.5, "viseme_aa": 1.0}),
        ),
        (
            "blendShapes[mouthSmile]=0.25",
            picture(face_shapes={"mouthSmileLeft": 0.25, "mouthSmileRight": 0.25}),
        ),
        (
            RPM,
            picture(
                camera=pb.CAMERA_PORTRAIT,
                size=512,
                background=pb.Background(color="#ff0080"),
                face_shapes=FACES["rage"],
            ),
        ),
    ],
)
async def test_a_query_asks_for_one_picture(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, options: pb.PictureOptions
) -> None:
    answer = await signed_in.get(f"{path}.png?{query}")
    assert answer.status_code == 200, answer.text
    assert [asked.picture for asked in world.pictures.asked] == [options]


@pytest.mark.parametrize(("quality", "asked"), [("0", 1), ("1", 1), ("77", 77), ("100", 100)])
async def test_what_loses_something_has_a_quality(
    world: World, signed_in: httpx.AsyncClient, path: str, quality: str, asked: int
) -> None:
    for format in ("webp", "jpg"):
        assert (await signed_in.get(f"{path}.{format}?quality={quality}")).status_code == 200
    assert [each.picture.quality for each in world.pictures.asked] == [asked, asked]


@pytest.mark.parametrize(
    ("query", "pose_id"),
    [
        ("", None),
        ("pose=A", ""),
        ("pose=contrapposto-012", "contrapposto-012"),
        ("pose=11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555"),
    ],
)
async def test_a_query_names_a_pose(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, pose_id: str | None
) -> None:
    assert (await signed_in.get(f"{path}.png?{query}")).status_code == 200
    [asked] = world.pictures.asked
    assert (asked.pose_id if asked.HasField("pose_id") else None) == pose_id


@pytest.mark.parametrize("name", SPIRITS)
async def test_ready_player_mes_poses_are_poses_of_the_catalogue(
    world: World, signed_in: httpx.AsyncClient, path: str, name: str
) -> None:
    assert (await signed_in.get(f"{path}.png?pose={name}")).status_code == 200
    assert (await signed_in.get(f"{path}.mp4?pose=A,{name}")).status_code == 202
    taken = world.pictures.asked[0].pose_id
    assert world.pictures.videos[0].pose_ids == ["", taken]
    pose = (await signed_in.get(f"/v1/catalog/poses/{taken}")).json()
    assert pose["category"] == "standing"
    assert set(SPIRITS[name]) <= set(pose["tags"])


async def test_joints_that_were_turned_back_are_told(signed_in: httpx.AsyncClient, path: str) -> None:
    answer = await signed_in.get(f"{path}.png?pose=beyond")
    assert answer.headers["atelier-clamped-bones"] == "LeftForeArm, Head"
    assert "atelier-clamped-bones" not in (await signed_in.get(f"{path}.png")).headers


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("style=oil", ("style", "not_offered")),
        ("camera=top", ("camera", "not_offered")),
        ("expression=bored", ("expression", "not_offered")),
        ("size=2049", ("size", "out_of_range")),
        ("size=63", ("size", "out_of_range")),
        ("size=big", ("size", "wrong_type")),
        ("quality=101", ("quality", "out_of_range")),
        ("pose=../x", ("pose", "invalid_format")),
        ("pose=T", ("pose", "invalid_format")),
        ("background=red", ("background", "not_offered")),
        ("background=256,0,0", ("background", "not_offered")),
        ("background=aabbcc,ddeeff,001122", ("background", "not_offered")),
        ("background=", ("background", "not_offered")),
        (f"background={OWN.replace('-', '')}", ("background", "not_offered")),
        ("blendShapes[jawOpen]=1.5", ("blendShapes.jawOpen", "out_of_range")),
        ("blendShapes[jawOpen]=nan", ("blendShapes.jawOpen", "wrong_type")),
        ("blendShapes[jawOpen]=x", ("blendShapes.jawOpen", "wrong_type")),
        ("blendShapes[eyesGlow]=1", ("blendShapes[eyesGlow]", "not_offered")),
        ("blendShapes[a][jawOpen]=1&blendShapes[b][jawOpen]=0", ("", "invalid")),
        ("camera=back&camera=side", ("camera", "duplicate_field")),
        ("zoom=2", ("zoom", "unknown_field")),
        ("seconds=3", ("seconds", "unknown_field")),
    ],
)
async def test_what_there_is_not_is_refused_with_what_there_is(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, fault: tuple[str, str]
) -> None:
    answer = await signed_in.get(f"{path}.png?{query}")
    assert answer.status_code == 400, answer.text
    assert faults(answer) == [fault]
    assert world.pictures.asked == []


async def test_refusals_say_what_is_offered(signed_in: httpx.AsyncClient, path: str) -> None:
    styles = (await signed_in.get(f"{path}.png?style=oil")).json()["details"][0]
    assert styles["limit"] == "'realistic', 'cartoon' or 'anime'"
    shapes = (await signed_in.get(f"{path}.png?blendShapes[glow]=1")).json()
    assert shapes["code"] == "unknown_morph_target"
    assert shapes["details"][0]["limit"] == ", ".join([*SAME_SHAPES, *EXPRESSIONS])
    backgrounds = [
        (await signed_in.get(f"{path}.{format}?background=red")).json()["details"][0]["limit"]
        for format in ("png", "jpg")
    ]
    assert backgrounds == [
        "rrggbb, r,g,b of 0 to 255, rrggbb,rrggbb, the UUID of one of your own, transparent",
        "rrggbb, r,g,b of 0 to 255, rrggbb,rrggbb, the UUID of one of your own",
    ]
    assert (await signed_in.get(f"{path}.jpg?background=transparent")).status_code == 400


async def test_an_unknown_pose_is_not_found(signed_in: httpx.AsyncClient, path: str) -> None:
    for address in (f"{path}.png?pose=no-such-pose", f"{path}.mp4?pose=no-such-pose"):
        answer = await signed_in.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nobody_sees_somebody_elses_avatar(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    for suffix in ("png", "webp", "jpg", "mp4"):
        assert (await signed_in.get(f"{path}.{suffix}", headers=stranger)).status_code == 404
        assert (await signed_in.get(f"{path}.{suffix}", headers={"Authorization": ""})).status_code == 401


async def test_a_video_is_a_job_first(world: World, signed_in: httpx.AsyncClient, path: str) -> None:
    accepted = await signed_in.get(f"{path}.mp4?camera=portrait&size=256&seconds=3&fps=12&background=ffffff")
    assert accepted.status_code == 202
    job = accepted.json()
    assert accepted.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert accepted.headers["retry-after"] == "2"
    assert accepted.headers["cache-control"] == "no-store"
    assert (job["kind"], job["state"], job["progressPercent"], job["credits"]) == (
        "video",
        "processing",
        40,
        5,
    )
    asked = world.pictures.videos[0].video
    assert (asked.seconds, asked.frame_rate, asked.picture.size) == (3, 12, 256)
    assert asked.picture.camera == pb.CAMERA_PORTRAIT
    assert asked.picture.background.color == "#ffffff"


@pytest.mark.attack("A57")
@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_link_on_another_site_spends_nothing(
    world: World, signed_in: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await signed_in.get(f"{path}.mp4", headers=headers)).status_code == 202
    assert (await signed_in.post("/login", data=CREDENTIALS)).json()["success"] is True
    # From here on a browser that was logged in by its cookie.
    del signed_in.headers["Authorization"]
    world.pictures.videos.clear()
    refused = await signed_in.get(f"{path}.mp4", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert world.pictures.videos == []
    assert (await signed_in.get(f"{path}.png", headers=headers)).status_code == 200
    for own in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert (await signed_in.get(f"{path}.mp4", headers=own)).status_code == 202


async def test_a_finished_video_is_played(world: World, signed_in: httpx.AsyncClient, path: str) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4?pose=a,A,c")
    assert (whole.status_code, whole.content) == (200, FILM)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert world.pictures.videos[0].pose_ids == ["a", "", "c"]
    known = await signed_in.get(f"{path}.mp4", headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-99", (0, 99)),
        ("bytes=1000-", (1000, len(FILM) - 1)),
        ("bytes=262100-524400", (262_100, 524_400)),
        ("bytes=-7", (len(FILM) - 7, len(FILM) - 1)),
        ("bytes=767990-99999999", (767_990, len(FILM) - 1)),
        ("bytes=-99999999", (0, len(FILM) - 1)),
    ],
)
async def test_a_part_of_a_video_is_sent(
    world: World, signed_in: httpx.AsyncClient, path: str, asked: str, span: tuple[int, int]
) -> None:
    world.pictures.finished = True
    part = await signed_in.get(f"{path}.mp4", headers={"Range": asked})
    first, last = span
    assert (part.status_code, part.content) == (206, FILM[first : last + 1])
    assert part.headers["content-range"] == f"bytes {first}-{last}/{len(FILM)}"
    assert part.headers["content-length"] == str(last + 1 - first)


async def test_a_head_of_a_video_is_that_of_the_whole_and_costs_no_reading(
    world: World, signed_in: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4")

    def read(*_: Any) -> None:
        raise AssertionError("nobody is sent the film")

    monkeypatch.setattr(world.jobs.world.blobs, "stream", read)
    head = await signed_in.head(f"{path}.mp4", headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.content) == (200, b"")
    told = {"etag", "content-length", "content-type", "cache-control", "accept-ranges", "content-disposition"}
    assert {name: head.headers.get(name) for name in told} == {name: whole.headers[name] for name in told}


@pytest.mark.attack("A37")
@pytest.mark.parametrize("asked", ["bytes=768000-", "bytes=-0", "bytes=9999999-99999999"])
async def test_a_part_that_there_is_not_is_refused(
    world: World, signed_in: httpx.AsyncClient, path: str, asked: str
) -> None:
    world.pictures.finished = True
    part = await signed_in.get(f"{path}.mp4", headers={"Range": asked})
    assert (part.status_code, part.headers["content-range"]) == (416, f"bytes */{len(FILM)}")


@pytest.mark.attack("A37")
@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-1"},
        {"Range": "bytes=-"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=" + ",".join(["0-"] * 10_000)},
        {"Range": f"bytes=0-{'9' * 1000}"},
        {"Range": "bytes=--1"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-9", "If-Range": '"another"'},
    ],
)
async def test_what_is_no_range_is_answered_with_all(
    world: World, signed_in: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    world.pictures.finished = True
    whole = await signed_in.get(f"{path}.mp4", headers=headers)
    assert (whole.status_code, whole.content) == (200, FILM)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("size=1025", ("size", "out_of_range")),
        ("seconds=21", ("seconds", "out_of_range")),
        ("fps=7", ("fps", "out_of_range")),
        ("background=transparent", ("background", "not_offered")),
        ("pose=a,,b", ("pose", "invalid_format")),
        (f"pose={quote(','.join('abcdefghi'))}", ("pose", "invalid_format")),
        ("quality=50", ("quality", "not_offered")),
    ],
)
async def test_a_video_has_its_own_bounds(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, fault: tuple[str, str]
) -> None:
    answer = await signed_in.get(f"{path}.mp4?{query}")
    assert answer.status_code == 400, answer.text
    assert faults(answer) == [fault]
    assert world.pictures.videos == []


async def test_a_job_names_its_video(world: World, signed_in: httpx.AsyncClient) -> None:
    ada = (await signed_in.get("/v1/me")).json()["id"]
    gallery = Gallery(Factory(world.jobs.world))
    job = await gallery.video(await gallery.world.avatar(ada), owner=ada)
    assert isinstance(job, Job)
    address = f"/v1/jobs/{job.id}"
    assert (await signed_in.get(f"{address}/video.mp4")).status_code == 404
    await world.jobs.work()
    shown = (await signed_in.get(address)).json()
    assert (shown["kind"], shown["state"], shown["progressPercent"]) == ("video", "completed", 100)
    [result] = shown["results"]
    assert (result["name"], result["href"], result["mediaType"]) == (
        "video.mp4",
        f"{address}/video.mp4",
        "video/mp4",
    )
    whole = await signed_in.get(result["href"])
    part = await signed_in.get(result["href"], headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole.content[2:6])
